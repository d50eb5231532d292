/* What the nodes of a runbook show, and the words that people use for the same thing. */
#include <string.h>

#include "runbook_impl.h"
#include "words/table_runbook_keys.h"
#include "words/words.h"

#define VALUE_MAX (64 * 1024)
#define CODES_MAX 64

bool node_is(cmark_node *node, const char *type)
{
	return !strcmp(cmark_node_get_type_string(node), type);
}

bool node_is_break(cmark_node *node)
{
	cmark_node_type type = cmark_node_get_type(node);
	return type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK;
}

struct pos node_at(const struct reading *r, cmark_node *node)
{
	return (struct pos){r->file, cmark_node_get_start_line(node) + r->m->line, cmark_node_get_start_column(node)};
}

/* ---- text ---- */

static void add_node_text(cmark_node *node, struct buf *text, struct arena *arena, struct strs *codes)
{
	cmark_node_type type = cmark_node_get_type(node);
	if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
		buf_add_char(text, ' ');
	if (type == CMARK_NODE_HTML_INLINE && str_starts(str_c(cmark_node_get_literal(node)), STR("<br")))
		buf_add_c(text, "; "); /* within a cell: something else begins */
	if (type != CMARK_NODE_TEXT && type != CMARK_NODE_CODE)
		return;
	const char *literal = cmark_node_get_literal(node);
	buf_add_c(text, literal);
	if (type == CMARK_NODE_CODE && codes->n < CODES_MAX)
		codes->v[codes->n++] = arena_str(arena, str_trim(str_c(literal)));
}

static void add_nodes_text(cmark_node *node, struct buf *text, struct arena *arena, struct strs *codes)
{
	cmark_iter *it = cmark_iter_new(node);
	for (cmark_event_type event; (event = cmark_iter_next(it)) != CMARK_EVENT_DONE;)
		if (event == CMARK_EVENT_ENTER)
			add_node_text(cmark_iter_get_node(it), text, arena, codes);
	cmark_iter_free(it);
}

struct runbook_value inlines_value(struct arena *arena, cmark_node *first, const cmark_node *end)
{
	struct str room[CODES_MAX];
	struct strs codes = {room, 0};
	AUTOBUF struct buf text;
	buf_init(&text, VALUE_MAX);
	for (cmark_node *n = first; n && n != end; n = cmark_node_next(n))
		add_nodes_text(n, &text, arena, &codes);
	struct runbook_value value = {arena_str(arena, str_trim(buf_str(&text))), {NULL, 0}};
	if (codes.n) {
		value.codes.v = arena_alloc(arena, codes.n * sizeof *codes.v);
		memcpy(value.codes.v, codes.v, codes.n * sizeof *codes.v);
		value.codes.n = codes.n;
	}
	return value;
}

struct runbook_value node_value(struct arena *arena, cmark_node *node)
{
	return inlines_value(arena, cmark_node_first_child(node), NULL);
}

/* ---- words ---- */

static bool is_folded_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

struct str runbook_fold(struct arena *arena, struct str s)
{
	s = words_plain(arena, s);
	char *out = arena_alloc(arena, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
		if (is_folded_word_byte(c))
			out[n++] = c;
		else if (n && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	return str_trim((struct str){out, n});
}

enum runbook_key runbook_key_of(struct str folded)
{
	for (size_t i = 0; i < runbook_keys.count; i++)
		if (str_eq_c(folded, runbook_keys.rows[i].phrase))
			return (enum runbook_key)runbook_keys.rows[i].value;
	return KEY_NONE;
}

/* ---- placeholders ---- */

/* [Title], [X minutes]: brackets around words, no checkbox. */
static bool is_bracketed(struct str s)
{
	if (s.n < 5 || s.p[0] != '[' || s.p[s.n - 1] != ']' || str_index(str_slice(s, 1, s.n - 1), ']') >= 0)
		return false;
	return (s.p[1] >= 'A' && s.p[1] <= 'Z') || (s.p[1] >= 'a' && s.p[1] <= 'z');
}

bool str_is_placeholder(struct str s)
{
	static const char *const words[] = {"TODO",
	                                    "TBD",
	                                    "TBA",
	                                    "FIXME",
	                                    "XXX",
	                                    "WIP",
	                                    "N/A yet",
	                                    "YYYY-MM-DD",
	                                    "HH:MM",
	                                    "Lorem ipsum",
	                                    "Coming soon",
	                                    "To be written",
	                                    "To be determined",
	                                    "To be defined",
	                                    "To be done"};
	s = str_trim(s);
	while (s.n && strchr(".!:*_", s.p[s.n - 1]))
		s.n--;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq_nocase(s, str_c(words[i])))
			return true;
	return is_bracketed(s);
}
