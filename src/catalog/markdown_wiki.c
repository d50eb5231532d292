/* Links that are none of Markdown's: [[page|label]] of wikis, and <a href> in raw HTML. They become nodes like the others. */
#include <string.h>

#include "base/ascii.h"
#include "catalog/html_tags.h"
#include "catalog/pages.h"
#include "markdown_impl.h"

#define WIKI_NAME_MAX 200
#define WIKI_LINKS_MAX 5000 /* of one page */

/* A tree takes nodes of its own memory only. */
static cmark_node *new_node(cmark_node_type type)
{
	return cmark_node_new_with_mem(type, &markdown_memory);
}

/* ---- [[page|label]] ---- */

/* [[SERVICE_NAME]] is filled in later, [[_TOC_]] and [[TOC]] are lists of contents. */
static bool is_upper_case(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_upper(s.p[i]) && s.p[i] != '_')
			return false;
	return true;
}

/* [[File:pump.png]], [[user:ana]], [[https://…]]: a colon that no blank follows. */
static bool has_prefix(struct str s)
{
	ptrdiff_t colon = str_index(s, ':');
	return colon >= 0 && ((size_t)colon + 1 == s.n || s.p[colon + 1] != ' ');
}

/* [[pump.png]], [[notes.pdf]]: a file that is no page. */
static bool is_other_file(struct str s)
{
	ptrdiff_t hash = str_index(s, '#');
	struct str name = str_slice(s, 0, hash < 0 ? s.n : (size_t)hash), ending = str_behind_last(name, '.');
	bool file = ending.n && ending.n < name.n && ending.n <= 4 && str_index(ending, ' ') < 0;
	return file && page_kind_of(name) == PAGE_NONE;
}

/* [[1]], [[2,3]], [[1:4]]: no page is called so. */
static bool is_numeric_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_digit(s.p[i]) && !strchr(" ,.:;+-*", s.p[i]))
			return false;
	return true;
}

static bool may_be_wiki(struct str inner)
{
	ptrdiff_t bar = str_index(inner, '|');
	struct str page = str_slice(inner, 0, bar < 0 ? inner.n : (size_t)bar);
	if (!page.n || inner.n > WIKI_NAME_MAX || page.p[0] == ' ' || page.p[page.n - 1] == ' ' || is_upper_case(page))
		return false;
	for (size_t i = 0; i < page.n; i++)
		if (strchr("[]{}<>$=\"\n", page.p[i]))
			return false;
	return !has_prefix(page) && !is_other_file(page) && !is_numeric_name(page);
}

bool wiki_link_take(struct str target, struct str *inner)
{
	if (target.n < 5 || !str_starts(target, STR("[[")) || !str_ends(target, STR("]]")))
		return false;
	*inner = str_slice(target, 2, target.n - 2);
	return true;
}

/* x[[1]], m[[i]][[j]]: what an index stands behind, and what another stands behind, is code. */
static bool is_index(struct str text, size_t open, size_t end)
{
	char before = open ? text.p[open - 1] : ' ', after = end < text.n ? text.p[end] : ' ';
	return ascii_is_identifier(before) || before == ']' || after == '[';
}

/* "a [[b]] c": the next link at or behind `from`. */
static bool find_wiki(struct str text, size_t from, size_t *open, struct str *link)
{
	while (from < text.n) {
		ptrdiff_t at = str_find(str_slice(text, from, text.n), STR("[["));
		if (at < 0)
			return false;
		*open = from + (size_t)at;
		size_t most = *open + WIKI_NAME_MAX + 4;
		struct str rest = str_slice(text, *open, most < text.n ? most : text.n);
		ptrdiff_t close = str_find(rest, STR("]]"));
		from = *open + 2;
		if (close < 0)
			continue;
		*link = str_slice(rest, 0, (size_t)close + 2);
		if (may_be_wiki(str_slice(rest, 2, (size_t)close)) && !is_index(text, *open, *open + link->n))
			return true;
	}
	return false;
}

static cmark_node *add_text_node(struct arena *arena, cmark_node *after, struct str text)
{
	cmark_node *node = new_node(CMARK_NODE_TEXT);
	cmark_node_set_literal(node, arena_cstr(arena, text));
	cmark_node_insert_after(after, node);
	return node;
}

static cmark_node *add_wiki_link(struct arena *arena, cmark_node *after, struct str link)
{
	cmark_node *node = new_node(CMARK_NODE_LINK), *text = new_node(CMARK_NODE_TEXT);
	struct str inner = str_slice(link, 2, link.n - 2);
	ptrdiff_t bar = str_index(inner, '|');
	cmark_node_set_url(node, arena_cstr(arena, link));
	cmark_node_set_literal(text, arena_cstr(arena, str_trim(str_slice(inner, (size_t)(bar + 1), inner.n))));
	cmark_node_append_child(node, text);
	cmark_node_insert_after(after, node);
	return node;
}

static bool is_in_link(cmark_node *node)
{
	for (node = cmark_node_parent(node); node; node = cmark_node_parent(node))
		if (cmark_node_get_type(node) == CMARK_NODE_LINK || cmark_node_get_type(node) == CMARK_NODE_IMAGE)
			return true;
	return false;
}

struct wiki {
	struct arena *arena;
	bool (*leads)(void *arg, struct str target);
	void *arg;
	size_t left; /* links that may still be made */
};

static void link_wiki_text(struct wiki *w, cmark_node *node)
{
	struct str text = arena_str(w->arena, str_c(cmark_node_get_literal(node))), link;
	cmark_node *after = node;
	size_t done = 0, open = 0; /* before `done` all is in nodes */
	for (size_t from = 0; w->left && find_wiki(text, from, &open, &link);) {
		from = open + link.n;
		if (w->leads && !w->leads(w->arg, link))
			continue;
		struct str before = str_slice(text, done, open);
		if (after == node)
			cmark_node_set_literal(node, arena_cstr(w->arena, before));
		else
			after = add_text_node(w->arena, after, before);
		after = add_wiki_link(w->arena, after, link);
		w->left--;
		done = from;
	}
	if (after != node && done < text.n)
		add_text_node(w->arena, after, str_slice(text, done, text.n));
}

/* Nodes are collected before they are changed: the walk does not see what is put behind it. */
static size_t collect_nodes(cmark_node *root, cmark_node_type type, const char *part, cmark_node **out)
{
	size_t n = 0;
	cmark_iter *it = cmark_iter_new(root);
	for (cmark_event_type event; (event = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
		cmark_node *node = cmark_iter_get_node(it);
		bool fits = event == CMARK_EVENT_ENTER && cmark_node_get_type(node) == type &&
		            strstr(cmark_node_get_literal(node), part) && !is_in_link(node);
		if (fits && out)
			out[n] = node;
		n += fits;
	}
	cmark_iter_free(it);
	return n;
}

void markdown_link_wiki(struct markdown *m, struct arena *arena, struct str text,
                        bool (*leads)(void *arg, struct str target), void *arg)
{
	struct wiki w = {arena, leads, arg, WIKI_LINKS_MAX};
	if (str_find(text, STR("[[")) < 0)
		return;
	cmark_consolidate_text_nodes(m->root);
	size_t n = collect_nodes(m->root, CMARK_NODE_TEXT, "[[", NULL);
	cmark_node **nodes = arena_alloc(arena, (n + 1) * sizeof(cmark_node *));
	collect_nodes(m->root, CMARK_NODE_TEXT, "[[", nodes);
	for (size_t i = 0; i < n; i++)
		link_wiki_text(&w, nodes[i]);
}

/* ---- <a href> ---- */

/* The </a> that closes it; NULL where it stands elsewhere, or another link or tag of this kind in between. */
static cmark_node *closing_tag(cmark_node *open)
{
	for (cmark_node *n = cmark_node_next(open); n; n = cmark_node_next(n)) {
		if (cmark_node_get_type(n) == CMARK_NODE_LINK)
			return NULL;
		if (cmark_node_get_type(n) != CMARK_NODE_HTML_INLINE)
			continue;
		struct str tag = str_c(cmark_node_get_literal(n));
		if (str_eq_nocase(tag, STR("</a>")))
			return n;
		if (str_starts(tag, STR("<a ")) || str_starts(tag, STR("<A ")))
			return NULL;
	}
	return NULL;
}

/* The tag itself stays before its link: it may have an id. */
static void link_html_tag(struct arena *arena, cmark_node *open)
{
	struct str href = {NULL, 0};
	bool image = false;
	size_t at = 0;
	cmark_node *close = closing_tag(open);
	if (!close || !html_next_link(str_c(cmark_node_get_literal(open)), &at, &href, &image) || image || !href.n)
		return;
	cmark_node *link = new_node(CMARK_NODE_LINK);
	cmark_node_set_url(link, arena_cstr(arena, href));
	cmark_node_insert_after(open, link);
	for (cmark_node *n = cmark_node_next(link); n && n != close; n = cmark_node_next(link)) {
		cmark_node_unlink(n);
		cmark_node_append_child(link, n);
	}
}

void markdown_link_html(struct markdown *m, struct arena *arena)
{
	size_t n = collect_nodes(m->root, CMARK_NODE_HTML_INLINE, "href", NULL);
	cmark_node **nodes = arena_alloc(arena, (n + 1) * sizeof(cmark_node *));
	collect_nodes(m->root, CMARK_NODE_HTML_INLINE, "href", nodes);
	for (size_t i = 0; i < n; i++)
		link_html_tag(arena, nodes[i]);
}
