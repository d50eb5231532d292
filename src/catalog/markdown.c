/* cmark-gfm behind guards, and the headings of its tree. */
#include "catalog/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/explicit_ids.h"
#include "catalog/slug.h"
#include "markdown_impl.h"

/* ---- parsing ---- */

static void *zeroed(size_t n, size_t size)
{
	return memset(mem_grow_array(NULL, n, size), 0, n * size);
}

cmark_mem markdown_memory = {zeroed, mem_grow, free};

static const char *const extensions[] = {"table", "strikethrough", "tasklist"};

static cmark_node *parse_markdown(struct str text)
{
	cmark_gfm_core_extensions_ensure_registered();
	cmark_parser *parser = cmark_parser_new_with_mem(CMARK_OPT_VALIDATE_UTF8, &markdown_memory);
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

/* The bytes around code spans are ours alone. */
static void add_literal(struct buf *out, const char *literal)
{
	for (; *literal; literal++)
		if (*literal != HEADING_CODE_BEGINS && *literal != HEADING_CODE_ENDS)
			buf_add_char(out, *literal);
}

/* What a node shows, as GitHub counts it: an image has no text of its own. */
static void add_shown(cmark_node *node, struct buf *out)
{
	cmark_node_type type = cmark_node_get_type(node);
	bool code = type == CMARK_NODE_CODE;
	if (type == CMARK_NODE_TEXT || code) {
		if (code)
			buf_add_char(out, HEADING_CODE_BEGINS);
		add_literal(out, cmark_node_get_literal(node));
		if (code)
			buf_add_char(out, HEADING_CODE_ENDS);
	} else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
		buf_add_char(out, '\n');
	}
}

static struct str marked_text(struct arena *arena, cmark_node *heading)
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
	return arena_str(arena, heading_cut(buf_str(&text)));
}

static struct str without_heading_marks(struct arena *arena, struct str marked)
{
	char *text = arena_cstr(arena, marked);
	size_t n = 0;
	for (size_t i = 0; i < marked.n; i++)
		if (marked.p[i] != HEADING_CODE_BEGINS && marked.p[i] != HEADING_CODE_ENDS)
			text[n++] = marked.p[i] == '\n' ? ' ' : marked.p[i];
	text[n] = '\0';
	return (struct str){text, n};
}

/* Headings come in the order of their lines, so the text is gone through once. */
struct source {
	struct str rest;
	int line; /* that `rest` begins with */
};

static struct str source_of(struct source *s, cmark_node *heading)
{
	int line = cmark_node_get_start_line(heading), column = cmark_node_get_start_column(heading);
	while (s->line < line && s->rest.n) {
		ptrdiff_t end = str_index(s->rest, '\n');
		s->rest = str_slice(s->rest, end < 0 ? s->rest.n : (size_t)end + 1, s->rest.n);
		s->line++;
	}
	ptrdiff_t end = str_index(s->rest, '\n');
	struct str text = str_slice(s->rest, 0, end < 0 ? s->rest.n : (size_t)end);
	text = str_trim(str_slice(text, column > 0 ? (size_t)column - 1 : 0, text.n));
	return heading_cut(heading_without_hashes(text));
}

static void add_parsed_heading(struct arena *arena, struct markdown *m, struct slugs *slugs, cmark_node *node,
                               struct str source)
{
	struct heading *h = &m->headings[m->heading_count++];
	h->level = cmark_node_get_heading_level(node);
	h->line = cmark_node_get_start_line(node) + m->line;
	h->source = arena_str(arena, source);
	h->marked = marked_text(arena, node);
	h->text = without_heading_marks(arena, h->marked);
	attr_list_take(&h->text, &h->id);
	h->anchor = slugs_next(slugs, arena, h);
}

static void read_headings(struct arena *arena, struct markdown *m, struct str text)
{
	size_t count = count_headings(m->root);
	m->headings = arena_alloc(arena, (count + 1) * sizeof *m->headings);
	struct slugs *slugs = slugs_new(SLUG_GITHUB);
	struct source source = {text, 1};
	cmark_iter *it = cmark_iter_new(m->root);
	for (cmark_event_type event; m->heading_count < count && (event = cmark_iter_next(it)) != CMARK_EVENT_DONE;) {
		cmark_node *node = cmark_iter_get_node(it);
		if (event == CMARK_EVENT_ENTER && cmark_node_get_type(node) == CMARK_NODE_HEADING)
			add_parsed_heading(arena, m, slugs, node, source_of(&source, node));
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
	m->root = parse_markdown(text);
	struct str bullets = markdown_with_bullets(arena, m->root, text);
	if (bullets.p != text.p) {
		cmark_node_free(m->root);
		m->root = parse_markdown(text = bullets);
	}
	read_headings(arena, m, text);
	markdown_read_ids(arena, m);
	return m;
}

void markdown_free(struct markdown *m)
{
	if (!m)
		return;
	cmark_node_free(m->root);
	map_free(m->anchors);
	free(m);
}

size_t markdown_headings(const struct markdown *m, const struct heading **out)
{
	*out = m->headings;
	return m->heading_count;
}
