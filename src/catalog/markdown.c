#include "catalog/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/slug.h"
#include "markdown_impl.h"

/* ---- parsing ---- */

static void *zeroed(size_t n, size_t size)
{
	return memset(mem_grow_array(NULL, n, size), 0, n * size);
}

static cmark_mem memory = {zeroed, mem_grow, free};

static const char *const extensions[] = {"table", "strikethrough", "tasklist"};

static cmark_node *parse(struct str text)
{
	cmark_gfm_core_extensions_ensure_registered();
	cmark_parser *parser = cmark_parser_new_with_mem(CMARK_OPT_VALIDATE_UTF8, &memory);
	for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
		cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(extensions[i]));
	cmark_parser_feed(parser, text.n ? text.p : "", text.n);
	cmark_node *root = cmark_parser_finish(parser);
	cmark_parser_free(parser);
	cmark_consolidate_text_nodes(root);
	return root;
}

/* ---- headings ---- */

static size_t count_headings(cmark_node *root)
{
	size_t n = 0;
	cmark_iter *it = cmark_iter_new(root);
	for (cmark_event_type event; (event = cmark_iter_next(it)) != CMARK_EVENT_DONE;)
		n += event == CMARK_EVENT_ENTER && cmark_node_get_type(cmark_iter_get_node(it)) == CMARK_NODE_HEADING;
	cmark_iter_free(it);
	return n < HEADINGS_MAX ? n : HEADINGS_MAX;
}

/* What a node shows, as GitHub counts it: an image has no text of its own. */
static void add_shown(cmark_node *node, struct buf *out)
{
	cmark_node_type type = cmark_node_get_type(node);
	if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
		buf_add_c(out, cmark_node_get_literal(node));
	else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
		buf_add_char(out, ' ');
}

static struct str text_of_heading(struct arena *arena, cmark_node *heading)
{
	AUTOBUF struct buf text;
	buf_init(&text, MARKDOWN_MAX);
	int images = 0;
	cmark_iter *it = cmark_iter_new(heading);
	for (cmark_event_type event; (event = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
		cmark_node *node = cmark_iter_get_node(it);
		if (cmark_node_get_type(node) == CMARK_NODE_IMAGE)
			images += event == CMARK_EVENT_ENTER ? 1 : -1;
		else if (event == CMARK_EVENT_ENTER && !images)
			add_shown(node, &text);
	}
	cmark_iter_free(it);
	size_t n = text.n < SLUG_TEXT_MAX ? text.n : SLUG_TEXT_MAX;
	while (n && n < text.n && ((unsigned char)text.p[n] & 0xC0) == 0x80)
		n--;
	return arena_str(arena, str_slice(buf_str(&text), 0, n));
}

static void add_heading(struct arena *arena, struct markdown *m, struct slugs *slugs, cmark_node *node)
{
	struct heading *h = &m->headings[m->heading_count++];
	h->level = cmark_node_get_heading_level(node);
	h->line = cmark_node_get_start_line(node) + m->line;
	h->text = text_of_heading(arena, node);
	h->anchor = slugs_next(slugs, arena, h->text);
}

static void read_headings(struct arena *arena, struct markdown *m)
{
	size_t count = count_headings(m->root);
	m->headings = arena_alloc(arena, (count + 1) * sizeof *m->headings);
	struct slugs *slugs = slugs_new();
	cmark_iter *it = cmark_iter_new(m->root);
	for (cmark_event_type event; m->heading_count < count && (event = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
		cmark_node *node = cmark_iter_get_node(it);
		if (event == CMARK_EVENT_ENTER && cmark_node_get_type(node) == CMARK_NODE_HEADING)
			add_heading(arena, m, slugs, node);
	}
	cmark_iter_free(it);
	slugs_free(slugs);
}

/* ---- the whole ---- */

struct markdown *markdown_parse(struct arena *arena, struct str text, const char **why)
{
	int lines = 0;
	front_matter_take(&text, &lines);
	*why = markdown_weigh(text);
	if (*why)
		return NULL;
	struct markdown *m = mem_zero(sizeof *m);
	m->line = lines;
	m->root = parse(text);
	read_headings(arena, m);
	return m;
}

void markdown_free(struct markdown *m)
{
	if (!m)
		return;
	cmark_node_free(m->root);
	free(m);
}

size_t markdown_headings(const struct markdown *m, const struct heading **out)
{
	*out = m->headings;
	return m->heading_count;
}
