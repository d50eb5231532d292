/* The sections of a runbook: which are empty or hold a placeholder, and every link. */
#include <string.h>

#include "catalog/html_tags.h"

#include "base/ascii.h"
#include "runbook_impl.h"

#define LINKS_MAX 5000 /* of one page */

static struct fact_heading *heading(const struct reading *r, size_t i)
{
	return &r->out->headings[i];
}

static void add_headings(struct reading *r)
{
	struct runbook_facts *out = r->out;
	out->headings = arena_alloc(r->arena, (r->heading_count + 1) * sizeof *out->headings);
	for (size_t i = 0; i < r->heading_count; i++) {
		const struct heading *h = &r->headings[i];
		out->headings[i] = (struct fact_heading){.text = h->text,
		                                         .anchor = h->anchor,
		                                         .read = h,
		                                         .level = h->level,
		                                         .at = {r->file, h->line, 1},
		                                         .empty = true};
	}
	out->heading_count = r->heading_count;
}

/* Something stands below heading `i`, and so below those that it is part of. */
static void mark_full(const struct reading *r, size_t i)
{
	int level = 7;
	for (size_t k = i + 1; k-- > 0 && level > 1;) {
		if (heading(r, k)->level >= level)
			continue;
		level = heading(r, k)->level;
		heading(r, k)->empty = false;
	}
}

/* ---- placeholders ---- */

/* A marker as a word of its own within a text. */
static struct str marker_in(struct str text)
{
	static const struct str markers[] = {STR_INIT("TODO"), STR_INIT("TBD"),         STR_INIT("FIXME"),
	                                     STR_INIT("XXX"),  STR_INIT("lorem ipsum"), STR_INIT("Lorem ipsum")};
	for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
		ptrdiff_t at = str_find(text, markers[i]);
		if (at < 0)
			continue;
		size_t end = (size_t)at + markers[i].n;
		bool alone =
			(at == 0 || !ascii_is_identifier(text.p[at - 1])) && (end == text.n || !ascii_is_identifier(text.p[end]));
		if (alone)
			return markers[i];
	}
	return (struct str){NULL, 0};
}

static struct str placeholder_of_text(struct str text)
{
	ptrdiff_t colon = str_index(text, ':');
	struct str value = colon < 0 ? text : str_trim(str_slice(text, (size_t)colon + 1, text.n));
	if (str_is_placeholder(str_trim(text)))
		return str_trim(text);
	return value.n && str_is_placeholder(value) ? value : (struct str){NULL, 0};
}

/* The text of a block without its code: commands may look like anything. */
static struct str prose(struct arena *arena, cmark_node *block)
{
	AUTOBUF struct buf out;
	buf_init(&out, 64 * 1024);
	cmark_iter *it = cmark_iter_new(block);
	for (cmark_event_type event; (event = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
		cmark_node *node = cmark_iter_get_node(it);
		cmark_node_type type = cmark_node_get_type(node);
		if (event == CMARK_EVENT_ENTER && type == CMARK_NODE_TEXT)
			buf_add_c(&out, cmark_node_get_literal(node));
		else if (event == CMARK_EVENT_ENTER && (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_CODE))
			buf_add_char(&out, ' ');
	}
	cmark_iter_free(it);
	return arena_str(arena, str_trim(buf_str(&out)));
}

static void look_for_placeholder(struct reading *r, cmark_node *block, size_t i)
{
	struct fact_heading *h = heading(r, i);
	if (h->placeholder.n)
		return;
	struct str text = prose(r->arena, block), found = marker_in(text);
	if (!found.n)
		found = placeholder_of_text(text);
	if (!found.n)
		return;
	h->placeholder = arena_str(r->arena, found);
	h->placeholder_at = node_at(r, block);
	if (node_is(block, "table_cell") && h->placeholder_at.line <= r->m->line)
		h->placeholder_at = node_at(r, cmark_node_parent(block));
}

static void look_at_heading(struct reading *r, size_t i)
{
	struct fact_heading *h = heading(r, i);
	struct str found = marker_in(h->text);
	if (!found.n && str_is_placeholder(h->text))
		found = h->text;
	if (found.n) {
		h->placeholder = found;
		h->placeholder_at = h->at;
	}
}

/* ---- links ---- */

static void add_fact_link(struct reading *r, const struct fact_link *link, size_t *capacity)
{
	struct runbook_facts *out = r->out;
	/* [^1] is a footnote: its "[^1]: Measured." only looks like the definition of a link. */
	if (out->link_count == LINKS_MAX || str_starts(link->name, STR("^")))
		return;
	if (out->link_count == *capacity) {
		struct fact_link *old = out->links;
		*capacity = *capacity ? 2 * *capacity : 16;
		out->links = arena_alloc(r->arena, *capacity * sizeof *old);
		if (old)
			memcpy(out->links, old, out->link_count * sizeof *old);
	}
	out->links[out->link_count] = *link;
	out->links[out->link_count++].url = arena_str(r->arena, link->url);
}

/* Its link or picture, or those of its HTML. */
static void add_links(struct reading *r, cmark_node *node, struct pos at, size_t *capacity)
{
	cmark_node_type type = cmark_node_get_type(node);
	struct fact_link link = {.kind = LINK_RELATED, .at = at, .image = type == CMARK_NODE_IMAGE};
	size_t from = 0;
	if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE) {
		link.name = node_value(r->arena, node).text;
		link.url = str_c(cmark_node_get_url(node));
		add_fact_link(r, &link, capacity);
	} else if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE) {
		struct str html = str_c(cmark_node_get_literal(node));
		while (html_next_link(html, &from, &link.url, &link.image))
			add_fact_link(r, &link, capacity);
	}
}

/* ---- the walk ---- */

static bool is_content(cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);
	return type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_CODE_BLOCK || node_is(node, "table");
}

static bool holds_text(cmark_node *node)
{
	return cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH || node_is(node, "table_cell");
}

void runbook_take_sections(struct reading *r)
{
	size_t next = 0, capacity = 0;
	struct pos at = {r->file, 1, 1};
	add_headings(r);
	cmark_iter *it = cmark_iter_new(r->m->root);
	for (cmark_event_type event; (event = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
		cmark_node *node = cmark_iter_get_node(it);
		if (event != CMARK_EVENT_ENTER)
			continue;
		if (cmark_node_get_start_line(node) > 0)
			at = node_at(r, node);
		if (cmark_node_get_type(node) == CMARK_NODE_HEADING && next < r->heading_count)
			look_at_heading(r, next++);
		if (next && is_content(node))
			mark_full(r, next - 1);
		if (next && holds_text(node))
			look_for_placeholder(r, node, next - 1);
		add_links(r, node, at, &capacity);
	}
	cmark_iter_free(it);
}
