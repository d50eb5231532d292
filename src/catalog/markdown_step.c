/* What a runbook says is to be done first: for whoever has a phone's screen and no time. */
#include <string.h>

#include "catalog/html.h"

#include "base/ascii.h"
#include "markdown_html.h"
#include "words/table_first_steps.h"

#define PARAGRAPHS_MOST 2 /* before the first item or command */

static bool is_word_at(struct str text, size_t i, const char *word)
{
	size_t n = strlen(word);
	if (i + n > text.n || (i && text.p[i - 1] != ' '))
		return false;
	for (size_t k = 0; k < n; k++)
		if (ascii_lower(text.p[i + k]) != word[k])
			return false;
	return true;
}

static bool opens_steps(struct str heading)
{
	for (size_t w = 0; w < first_steps.count; w++)
		for (size_t i = 0; i < heading.n; i++)
			if (is_word_at(heading, i, first_steps.rows[w].phrase))
				return true;
	return false;
}

static bool is(cmark_node *node, const char *name)
{
	return !strcmp(cmark_node_get_type_string(node), name);
}

static void write_first_item(struct html_page *p, cmark_node *list)
{
	buf_add_c(p->out, "<ul class=\"first\">\n");
	html_write_node(p, cmark_node_first_child(list));
	buf_add_c(p->out, "</ul>\n");
}

/* True when the step is whole. */
static bool write_part(struct html_page *p, cmark_node *node, int *paragraphs)
{
	if (is(node, "list") && cmark_node_first_child(node)) {
		write_first_item(p, node);
		return true;
	}
	if (is(node, "code_block")) {
		html_write_node(p, node);
		return true;
	}
	if (is(node, "paragraph") && ++*paragraphs <= PARAGRAPHS_MOST)
		html_write_node(p, node);
	return *paragraphs > PARAGRAPHS_MOST;
}

/* What follows the heading `from`, up to the next one that stands as high. */
static bool write_section(struct html_page *p, cmark_node *from, int level)
{
	size_t before = p->out->n;
	int paragraphs = 0;
	for (cmark_node *n = from; n; n = cmark_node_next(n)) {
		if (is(n, "heading") && cmark_node_get_heading_level(n) <= level)
			break;
		if (write_part(p, n, &paragraphs))
			break;
	}
	return p->out->n > before;
}

static struct str heading_text(const struct markdown *m, cmark_node *heading)
{
	int line = cmark_node_get_start_line(heading) + m->line;
	for (size_t i = 0; i < m->heading_count; i++)
		if (m->headings[i].line == line)
			return m->headings[i].text;
	return (struct str){NULL, 0};
}

static bool try_sections(struct html_page *p, bool any, struct str *title)
{
	for (cmark_node *n = cmark_node_first_child(p->m->root); n; n = cmark_node_next(n)) {
		if (!is(n, "heading"))
			continue;
		int level = cmark_node_get_heading_level(n);
		struct str text = heading_text(p->m, n);
		if (level == 1 || (!any && !opens_steps(text)))
			continue;
		*title = text;
		if (write_section(p, cmark_node_next(n), level))
			return true;
	}
	return false;
}

bool markdown_first_step(const struct markdown *m, const struct markdown_links *links, struct str *title,
                         struct buf *out)
{
	struct html_page p = {.m = m, .links = links, .out = out, .id = m->ids.n};
	*title = (struct str){NULL, 0};
	if (try_sections(&p, false, title) || try_sections(&p, true, title))
		return buf_ok(out);
	*title = (struct str){NULL, 0};
	cmark_node *first = cmark_node_first_child(m->root);
	if (first && is(first, "heading"))
		first = cmark_node_next(first);
	return first && write_section(&p, first, 6) && buf_ok(out);
}
