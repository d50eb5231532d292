/*
 * The HTML of a tree, by an own walk over it: a table says what each kind of node opens and closes with. What is not in
 * the table (and no extension brings more) shows its text only.
 */
#include <cmark-gfm-core-extensions.h>
#include <string.h>

#include "catalog/explicit_ids.h"
#include "catalog/html.h"
#include "catalog/html_tags.h"
#include "markdown_html.h"
#include "markdown_impl.h"

struct kind {
	const char *name; /* the parser's own */
	void (*enter)(struct html_page *p, cmark_node *node);
	void (*leave)(struct html_page *p, cmark_node *node);
	const char *open, *close; /* where no function is needed */
};

/* ---- blocks ---- */

/* Paragraphs of a tight list stand without <p>. */
static bool is_tight(cmark_node *paragraph)
{
	cmark_node *list = cmark_node_parent(cmark_node_parent(paragraph));
	return list && cmark_node_get_type(list) == CMARK_NODE_LIST && cmark_node_get_list_tight(list);
}

static void enter_paragraph(struct html_page *p, cmark_node *node)
{
	if (!is_tight(node))
		buf_add_c(p->out, "<p>");
}

static void leave_paragraph(struct html_page *p, cmark_node *node)
{
	buf_add_c(p->out, is_tight(node) ? "\n" : "</p>\n");
}

static struct str heading_anchor(const struct html_page *p)
{
	return p->heading < p->m->heading_count ? p->m->headings[p->heading].anchor : (struct str){0};
}

static void write_id(struct html_page *p, struct str id)
{
	buf_add_c(p->out, "<span id=\"");
	html_text(p->out, id);
	buf_add_c(p->out, "\"></span>");
}

/* They were collected in this order, each once. */
static void write_stated_id(struct html_page *p, struct str id)
{
	if (p->id == p->m->ids.n || !str_eq(p->m->ids.v[p->id], id))
		return;
	write_id(p, id);
	p->id++;
}

static void write_stated_ids(struct html_page *p, struct str html)
{
	struct str id;
	for (size_t at = 0; html_next_id(html, &at, &id);)
		write_stated_id(p, id);
}

static void enter_html_heading(struct html_page *p, cmark_node *node)
{
	struct str anchor = heading_anchor(p);
	buf_printf(p->out, "<h%d", cmark_node_get_heading_level(node));
	if (anchor.n) {
		buf_add_c(p->out, " id=\"");
		html_text(p->out, anchor);
		buf_add_char(p->out, '"');
	}
	buf_add_char(p->out, '>');
	if (p->m->more_ids && p->heading < p->m->heading_count && p->m->more_ids[p->heading].n)
		write_id(p, p->m->more_ids[p->heading]);
}

static void leave_heading(struct html_page *p, cmark_node *node)
{
	struct str anchor = heading_anchor(p);
	if (anchor.n && p->m->headings[p->heading].id.n)
		anchor = p->m->headings[p->heading].id;
	if (anchor.n) {
		buf_add_c(p->out, " <a class=\"anchor\" aria-label=\"Link to this section\" href=\"#");
		html_text(p->out, anchor);
		buf_add_c(p->out, "\">#</a>");
	}
	buf_printf(p->out, "</h%d>\n", cmark_node_get_heading_level(node));
	p->heading++;
}

static void enter_list(struct html_page *p, cmark_node *node)
{
	int start = cmark_node_get_list_start(node);
	if (cmark_node_get_list_type(node) == CMARK_BULLET_LIST)
		buf_add_c(p->out, "<ul>\n");
	else if (start == 1)
		buf_add_c(p->out, "<ol>\n");
	else
		buf_printf(p->out, "<ol start=\"%d\">\n", start);
}

static void leave_list(struct html_page *p, cmark_node *node)
{
	buf_add_c(p->out, cmark_node_get_list_type(node) == CMARK_BULLET_LIST ? "</ul>\n" : "</ol>\n");
}

/* To be ticked off while working; nothing is sent. */
static void enter_task(struct html_page *p, cmark_node *node)
{
	bool checked = cmark_gfm_extensions_get_tasklist_item_checked(node);
	buf_printf(p->out, "<li class=\"task\"><input type=\"checkbox\" autocomplete=\"off\" aria-label=\"done\"%s> ",
	           checked ? " checked" : "");
}

static void write_code(struct html_page *p, struct str code)
{
	if (p->links && p->links->code)
		p->links->code(p->links->code_arg, code, p->out);
	else
		html_text(p->out, code);
}

static void enter_code_block(struct html_page *p, cmark_node *node)
{
	buf_add_c(p->out, "<div class=\"code\"><pre tabindex=\"0\"><code>");
	write_code(p, str_c(cmark_node_get_literal(node)));
	buf_add_c(p->out, "</code></pre></div>\n");
}

/* Its tags are gone, its text is not: a <summary> may be the only thing that says what follows. */
static void enter_html_block(struct html_page *p, cmark_node *node)
{
	AUTOBUF struct buf text;
	buf_init(&text, MARKDOWN_MAX);
	write_stated_ids(p, str_c(cmark_node_get_literal(node)));
	html_strip(str_c(cmark_node_get_literal(node)), &text);
	struct str shown = str_trim(buf_str(&text));
	if (!shown.n)
		return;
	buf_add_c(p->out, "<p class=\"raw\">");
	html_text(p->out, shown);
	buf_add_c(p->out, "</p>\n");
}

/* ---- tables ---- */

#define TABLE_NAME_MAX 200

/* The words of its head: what a screen reader calls the box that a wide table is scrolled in. */
static void write_table_name(struct html_page *p, cmark_node *table)
{
	AUTOBUF struct buf name;
	cmark_node *head = cmark_node_first_child(table);
	cmark_iter *walk = cmark_iter_new(head ? head : table);
	bool said = false;

	buf_init(&name, TABLE_NAME_MAX);
	for (cmark_event_type event; (event = cmark_iter_next(walk)) != CMARK_EVENT_DONE;) {
		cmark_node *at = cmark_iter_get_node(walk);
		const char *literal = event == CMARK_EVENT_ENTER ? cmark_node_get_literal(at) : NULL;
		if (strcmp(cmark_node_get_type_string(at), "table_cell") == 0)
			said = false;
		if (!literal)
			continue;
		buf_add_c(&name, said ? "" : name.n ? ", " : ": ");
		buf_add_c(&name, cmark_node_get_type(at) == CMARK_NODE_HTML_INLINE ? " " : literal);
		said = true;
	}
	cmark_iter_free(walk);
	buf_add_c(p->out, "Table");
	if (buf_ok(&name))
		html_text(p->out, buf_str(&name));
}

/* A keyboard can scroll it. A page may have two tables with the same head, so it is no landmark, which needs a name of its own. */
static void enter_table(struct html_page *p, cmark_node *node)
{
	p->alignments = cmark_gfm_extensions_get_table_alignments(node);
	p->columns = cmark_gfm_extensions_get_table_columns(node);
	p->in_body = false;
	buf_add_c(p->out, "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"");
	write_table_name(p, node);
	buf_add_c(p->out, "\"><table>\n");
}

static void leave_table(struct html_page *p, cmark_node *node)
{
	(void)node;
	buf_add_c(p->out, p->in_body ? "</tbody></table></div>\n" : "</table></div>\n");
}

static void enter_head(struct html_page *p, cmark_node *node)
{
	(void)node;
	p->column = 0;
	p->in_head = true;
	buf_add_c(p->out, "<thead><tr>");
}

static void leave_head(struct html_page *p, cmark_node *node)
{
	(void)node;
	p->in_head = false;
	buf_add_c(p->out, "</tr></thead>\n");
}

static void enter_row(struct html_page *p, cmark_node *node)
{
	(void)node;
	p->column = 0;
	buf_add_c(p->out, p->in_body ? "<tr>" : "<tbody>\n<tr>");
	p->in_body = true;
}

static void enter_cell(struct html_page *p, cmark_node *node)
{
	(void)node;
	char side = p->alignments && p->column < p->columns ? (char)p->alignments[p->column] : '\0';
	p->column++;
	buf_add_c(p->out, p->in_head ? "<th" : "<td");
	buf_add_c(p->out, side == 'r' ? " class=\"right\">" : side == 'c' ? " class=\"center\">" : ">");
}

static void leave_cell(struct html_page *p, cmark_node *node)
{
	(void)node;
	buf_add_c(p->out, p->in_head ? "</th>" : "</td>");
}

/* ---- inlines ---- */

static void enter_text(struct html_page *p, cmark_node *node)
{
	struct str id, text = markdown_text_id(node, &id);
	if (id.n)
		write_stated_id(p, id);
	if (p->in_link || p->images)
		html_text(p->out, text);
	else
		html_bare_links(p, text);
}

static void enter_code(struct html_page *p, cmark_node *node)
{
	buf_add_c(p->out, p->images ? "" : "<code>");
	if (p->images)
		html_text(p->out, str_c(cmark_node_get_literal(node)));
	else
		write_code(p, str_c(cmark_node_get_literal(node)));
	buf_add_c(p->out, p->images ? "" : "</code>");
}

/* Cells have no other way to break a line; and without <pod> "restart <pod>" would say "restart". */
static void enter_html_inline(struct html_page *p, cmark_node *node)
{
	struct str tag = str_c(cmark_node_get_literal(node));
	write_stated_ids(p, tag);
	if (str_eq_nocase(tag, STR("<br>")) || str_eq_nocase(tag, STR("<br/>")) || str_eq_nocase(tag, STR("<br />")))
		buf_add_c(p->out, p->images ? " " : "<br>\n");
	else if (html_is_placeholder(tag) && p->images)
		html_text(p->out, tag);
	else if (html_is_placeholder(tag))
		write_code(p, tag);
}

static const struct kind kinds[] = {
	{"text", enter_text, NULL, "", ""},
	{"softbreak", NULL, NULL, "\n", ""},
	{"linebreak", NULL, NULL, "<br>\n", ""},
	{"code", enter_code, NULL, "", ""},
	{"emph", NULL, NULL, "<em>", "</em>"},
	{"strong", NULL, NULL, "<strong>", "</strong>"},
	{"strikethrough", NULL, NULL, "<del>", "</del>"},
	{"link", html_enter_link, html_leave_link, "", ""},
	{"image", html_enter_image, html_leave_image, "", ""},
	{"html_inline", enter_html_inline, NULL, "", ""},
	{"paragraph", enter_paragraph, leave_paragraph, "", ""},
	{"heading", enter_html_heading, leave_heading, "", ""},
	{"list", enter_list, leave_list, "", ""},
	{"item", NULL, NULL, "<li>", "</li>\n"},
	{"tasklist", enter_task, NULL, "", "</li>\n"},
	{"code_block", enter_code_block, NULL, "", ""},
	{"block_quote", NULL, NULL, "<blockquote>\n", "</blockquote>\n"},
	{"thematic_break", NULL, NULL, "<hr>\n", ""},
	{"html_block", enter_html_block, NULL, "", ""},
	{"table", enter_table, leave_table, "", ""},
	{"table_header", enter_head, leave_head, "", ""},
	{"table_row", enter_row, NULL, "", "</tr>\n"},
	{"table_cell", enter_cell, leave_cell, "", ""},
	{NULL, NULL, NULL, "", ""},
};

static const struct kind *node_kind_of(cmark_node *node)
{
	const char *name = cmark_node_get_type_string(node);
	const struct kind *k = kinds;
	while (k->name && strcmp(k->name, name) != 0)
		k++;
	return k;
}

/* Inside an image's text nothing but text is written. */
static bool is_shown(const struct html_page *p, const struct kind *k)
{
	return !p->images || k->enter == enter_text || k->enter == enter_code || k->enter == enter_html_inline ||
	       k->enter == html_enter_image;
}

static void write_html_node(struct html_page *p, cmark_node *node, bool entering)
{
	const struct kind *k = node_kind_of(node);
	void (*run)(struct html_page * page, cmark_node * n) = entering ? k->enter : k->leave;
	if (!is_shown(p, k))
		return;
	if (run)
		run(p, node);
	buf_add_c(p->out, entering ? k->open : k->close);
}

void html_write_node(struct html_page *p, cmark_node *node)
{
	cmark_iter *it = cmark_iter_new(node);
	for (cmark_event_type event; buf_ok(p->out) && (event = cmark_iter_next(it)) != CMARK_EVENT_DONE;)
		write_html_node(p, cmark_iter_get_node(it), event == CMARK_EVENT_ENTER);
	cmark_iter_free(it);
}

bool markdown_html(const struct markdown *m, const struct markdown_links *links, struct buf *out)
{
	struct html_page p = {.m = m, .links = links, .out = out};
	html_write_node(&p, m->root);
	return buf_ok(out);
}

void markdown_contents(const struct markdown *m, int least, int most, struct buf *out)
{
	size_t entries = 0;
	for (size_t i = 0; i < m->heading_count; i++)
		entries += m->headings[i].level >= least && m->headings[i].level <= most && m->headings[i].anchor.n;
	if (entries < 2)
		return;
	buf_add_c(out, "<ul>\n");
	for (size_t i = 0; i < m->heading_count; i++) {
		const struct heading *h = &m->headings[i];
		if (h->level < least || h->level > most || !h->anchor.n)
			continue;
		buf_printf(out, "<li class=\"level-%d\"><a href=\"#", h->level - least + 1);
		html_text(out, h->id.n ? h->id : h->anchor);
		buf_add_c(out, "\">");
		html_text(out, h->text);
		buf_add_c(out, "</a></li>\n");
	}
	buf_add_c(out, "</ul>\n");
}
