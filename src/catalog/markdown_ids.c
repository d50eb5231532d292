/* The ids that a page's author states, where its tree has them: in text and in raw HTML, never in code. */
#include "catalog/explicit_ids.h"
#include "catalog/html_tags.h"
#include "markdown_impl.h"

struct collecting {
	struct arena *arena;
	struct map *taken;
	struct str *v;
	size_t n, capacity;
};

static bool ends_line(cmark_node *node)
{
	cmark_node *next = cmark_node_next(node);
	return !next || cmark_node_get_type(next) == CMARK_NODE_SOFTBREAK ||
	       cmark_node_get_type(next) == CMARK_NODE_LINEBREAK;
}

struct str markdown_text_id(cmark_node *text, struct str *id)
{
	struct str s = str_c(cmark_node_get_literal(text));
	*id = (struct str){NULL, 0};
	if (ends_line(text))
		attr_list_take(&s, id);
	return s;
}

static void add_id(struct collecting *c, struct str id)
{
	if (c->n == MARKDOWN_IDS_MAX || map_get(c->taken, id))
		return;
	if (c->n == c->capacity) {
		struct str *old = c->v;
		c->capacity = c->capacity ? 2 * c->capacity : 8;
		c->v = arena_alloc(c->arena, c->capacity * sizeof *c->v);
		for (size_t i = 0; i < c->n; i++)
			c->v[i] = old[i];
	}
	c->v[c->n] = arena_str(c->arena, id);
	map_set(c->taken, id, c->arena);
	c->n++;
}

static void take_node(struct collecting *c, cmark_node *node)
{
	struct str id, html;
	size_t at = 0;
	cmark_node_type type = cmark_node_get_type(node);
	if (type == CMARK_NODE_TEXT) {
		markdown_text_id(node, &id);
		if (id.n)
			add_id(c, id);
	} else if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE) {
		html = str_c(cmark_node_get_literal(node));
		while (html_next_id(html, &at, &id))
			add_id(c, id);
	}
}

/* The id of a heading counts where no other heading has it by its text. */
static void take_headings(struct markdown *m)
{
	for (size_t i = 0; i < m->heading_count; i++)
		map_set(m->anchors, m->headings[i].anchor, m);
	for (size_t i = 0; i < m->heading_count; i++)
		if (map_get(m->anchors, m->headings[i].id))
			m->headings[i].id = (struct str){NULL, 0};
}

void markdown_read_ids(struct arena *arena, struct markdown *m)
{
	m->anchors = map_new();
	take_headings(m);
	struct collecting c = {.arena = arena, .taken = m->anchors};
	cmark_iter *it = cmark_iter_new(m->root);
	for (cmark_event_type event; (event = cmark_iter_next(it)) != CMARK_EVENT_DONE;)
		if (event == CMARK_EVENT_ENTER)
			take_node(&c, cmark_iter_get_node(it));
	cmark_iter_free(it);
	m->ids = (struct strs){c.v, c.n};
}

struct strs markdown_ids(const struct markdown *m)
{
	return m->ids;
}

void markdown_add_ids(struct markdown *m, struct arena *arena, const struct str *ids)
{
	m->more_ids = arena_alloc(arena, (m->heading_count + 1) * sizeof *m->more_ids);
	for (size_t i = 0; i < m->heading_count; i++) {
		if (!ids[i].n || map_get(m->anchors, ids[i]))
			continue;
		m->more_ids[i] = ids[i];
		map_set(m->anchors, ids[i], m);
	}
}
