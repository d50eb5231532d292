/* Statements of a runbook about itself: bold `Key: value` lines, bullets, tables of keys and values. */
#include <string.h>

#include "base/ascii.h"
#include "runbook_impl.h"

#define FIELDS_MAX 2000

/* Ends in a word for alerts: "Related alerts", "Azure Monitor alerts"; or says what leads here: "Triggered by". */
static bool ends_in_alerts(struct str folded)
{
	return folded.n < 48 && (str_ends(folded, STR(" alerts")) || str_ends(folded, STR(" alert")) ||
	                         str_eq_c(folded, "triggered by") || str_eq_c(folded, "trigger"));
}

void runbook_add_field(struct reading *r, struct str key, struct runbook_value value)
{
	struct str folded = runbook_fold(r->arena, key);
	struct runbook_field f = {.key = runbook_key_of(folded), .zone = r->zone, .part = r->part, .value = value};
	if (f.key == KEY_NONE && ends_in_alerts(folded)) {
		f.key = KEY_ALERTS;
		f.weak = true;
		f.plain = str_eq_c(folded, "triggered by");
		f.related = runbook_says_related(folded);
	}
	bool of_other = r->other_reviewed && (f.key == KEY_REVIEW || f.key == KEY_NEXT_REVIEW);
	if (of_other || f.key == KEY_NONE || !value.text.n || str_is_placeholder(value.text) ||
	    r->fields_count == FIELDS_MAX)
		return;
	if (f.key == KEY_ALERTS)
		runbook_alerts_of_value(r, &f);
	MEM_ROOM(r->fields, r->fields_count, r->fields_capacity);
	r->fields[r->fields_count++] = f;
}

/* ---- several statements on a line ---- */

/* The bytes of the mark that a statement ends in; 0 where it goes on. */
static size_t statement_mark(struct str s)
{
	static const char *const ends[] = {".", ";", ",", "|", "·", "•", " —", " –", " -", " /"};
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_ends(s, str_c(ends[i])))
			return strlen(ends[i]);
	return 0;
}

/* Where ". Next review:" begins behind a value: the key, and what is left of the value before it; n where none does. */
static size_t next_statement(struct reading *r, struct str s, struct str *key, size_t *behind)
{
	for (size_t i = 1; i + 1 < s.n; i++) {
		size_t mark = s.p[i] == ' ' ? statement_mark(str_slice(s, 0, i)) : 0;
		if (!mark)
			continue;
		struct str rest = str_slice(s, i + 1, s.n);
		ptrdiff_t colon = str_index(rest, ':');
		*key = str_slice(rest, 0, colon < 0 ? 0 : (size_t)colon);
		*behind = i + 1 + key->n + 1;
		if (key->n && key->n < 48 && runbook_key_of(runbook_fold(r->arena, *key)) != KEY_NONE)
			return i - mark;
	}
	return s.n;
}

static void add_statements(struct reading *r, struct str key, struct runbook_value value)
{
	struct str rest = value.text, next = {NULL, 0};
	while (key.n) {
		size_t behind = rest.n, end = next_statement(r, rest, &next, &behind);
		value.text = str_trim(str_slice(rest, 0, end));
		runbook_add_field(r, key, value);
		key = end < rest.n ? next : (struct str){NULL, 0};
		rest = str_slice(rest, behind, rest.n);
	}
}

/* "Last updated 2026-01-05 by Ana": a key that is about a day needs no colon before one. */
static bool take_dated_line(struct reading *r, struct runbook_value value)
{
	struct str text = str_trim(value.text);
	for (size_t i = 1; i < text.n && i < 32; i++) {
		struct str key = str_slice(text, 0, i), day = str_slice(text, i + 1, text.n);
		bool word = text.p[i] == ' ' && ascii_is_alpha(text.p[i - 1]);
		enum runbook_key is = word ? runbook_key_of(runbook_fold(r->arena, key)) : KEY_NONE;
		bool dated = is == KEY_UPDATED || is == KEY_NEXT_REVIEW;
		if (!dated || !day.n || !ascii_is_digit(day.p[0]) || !fact_date_read(r->arena, day).n)
			continue;
		value.text = day;
		runbook_add_field(r, key, value);
		return true;
	}
	return false;
}

/* ---- one line of inline nodes ---- */

/* `**Key:**` or `**Key**:`; also *Key*: and `key`:. */
static bool is_bold_key(struct arena *arena, cmark_node *node, struct str *key)
{
	cmark_node_type type = cmark_node_get_type(node);
	if (type != CMARK_NODE_STRONG && type != CMARK_NODE_EMPH && type != CMARK_NODE_CODE)
		return false;
	struct str text = inlines_value(arena, node, cmark_node_next(node)).text;
	cmark_node *next = cmark_node_next(node);
	bool colon_behind = next && cmark_node_get_type(next) == CMARK_NODE_TEXT &&
	                    str_starts(str_trim(str_c(cmark_node_get_literal(next))), STR(":"));
	if (!colon_behind && !str_ends(text, STR(":")))
		return false;
	*key = text;
	return text.n > 0;
}

/* `**Key** — value`: a dash is common in prose, so only where a page says what it is, and for keys that are known. */
static bool is_dashed_key(const struct reading *r, cmark_node *node, struct str *key)
{
	cmark_node *next = cmark_node_next(node);
	if (r->zone == ZONE_BODY || cmark_node_get_type(node) != CMARK_NODE_STRONG || !next ||
	    cmark_node_get_type(next) != CMARK_NODE_TEXT)
		return false;
	struct str behind = str_trim(str_c(cmark_node_get_literal(next)));
	if (!str_starts(behind, STR("—")) && !str_starts(behind, STR("–")) && !str_starts(behind, STR("- ")))
		return false;
	*key = inlines_value(r->arena, node, next).text;
	return runbook_key_of(runbook_fold(r->arena, *key)) != KEY_NONE;
}

static struct str without_edges(struct str s)
{
	s = str_trim(s);
	while (s.n && strchr(":|", s.p[0]))
		s = str_trim(str_slice(s, 1, s.n));
	while (s.n && s.p[s.n - 1] == '|')
		s = str_trim(str_slice(s, 0, s.n - 1));
	return s;
}

/* The next key on the same line, or the line's end. */
static cmark_node *end_of_value(const struct reading *r, cmark_node *node)
{
	struct str key;
	while (node && !node_is_break(node) && !is_bold_key(r->arena, node, &key) && !is_dashed_key(r, node, &key))
		node = cmark_node_next(node);
	return node;
}

/* "Severity — warning", "Owner - harbour" on a line of its own, where a page says what it is: a key that is known. */
static bool take_dashed_line(struct reading *r, struct runbook_value value)
{
	static const char *const dashes[] = {" — ", " – ", " - "};
	for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++) {
		ptrdiff_t at = str_find(value.text, str_c(dashes[i]));
		struct str key = str_slice(value.text, 0, at < 0 ? 0 : (size_t)at);
		enum runbook_key is = runbook_key_of(runbook_fold(r->arena, key));
		if (!key.n || is == KEY_NONE || is == KEY_TITLE)
			continue;
		value.text = str_trim(str_slice(value.text, key.n + strlen(dashes[i]), value.text.n));
		runbook_add_field(r, key, value);
		return true;
	}
	return false;
}

/* "⚠️ " before a key in bold. */
static bool is_sign(cmark_node *node)
{
	if (cmark_node_get_type(node) != CMARK_NODE_TEXT || !cmark_node_next(node) ||
	    cmark_node_get_type(cmark_node_next(node)) != CMARK_NODE_STRONG)
		return false;
	for (const char *p = cmark_node_get_literal(node); *p; p++)
		if (ascii_is_alnum(*p))
			return false;
	return true;
}

/* Plain "Key: value" counts only where nothing else is to be expected. */
static void take_plain_line(struct reading *r, cmark_node *first, cmark_node *end)
{
	struct runbook_value value = inlines_value(r->arena, first, end);
	ptrdiff_t colon = str_index(value.text, ':');
	if (r->zone != ZONE_BODY && (take_dated_line(r, value) || (colon < 0 && take_dashed_line(r, value))))
		return;
	if (colon < 1 || colon > 48)
		return;
	struct str key = str_slice(value.text, 0, (size_t)colon);
	bool alerts = ends_in_alerts(runbook_fold(r->arena, key));
	if (r->zone == ZONE_BODY && !alerts && !r->states)
		return;
	value.text = without_edges(str_slice(value.text, (size_t)colon + 1, value.text.n));
	add_statements(r, key, value);
}

static void take_inlines(struct reading *r, cmark_node *first)
{
	while (first) {
		struct str key;
		if (node_is_break(first) || is_sign(first)) {
			first = cmark_node_next(first);
			continue;
		}
		bool bold = is_bold_key(r->arena, first, &key), dashed = !bold && is_dashed_key(r, first, &key);
		cmark_node *end = end_of_value(r, cmark_node_next(first));
		if (bold || dashed) {
			struct runbook_value value = inlines_value(r->arena, cmark_node_next(first), end);
			value.text = dashed ? words_trim(value.text) : without_edges(value.text);
			runbook_add_field(r, key, value);
		} else {
			take_plain_line(r, first, end);
		}
		first = end;
	}
}

bool runbook_is_footer(struct arena *arena, cmark_node *block)
{
	cmark_node *n = node_is(block, "paragraph") ? cmark_node_first_child(block) : NULL;
	bool any = false, starts = true;
	for (; n; n = cmark_node_next(n)) {
		struct str key;
		if (starts && !is_bold_key(arena, n, &key) && cmark_node_get_type(n) != CMARK_NODE_EMPH)
			return false;
		any = true;
		starts = node_is_break(n);
	}
	return any;
}

/* ---- tables ---- */

static struct runbook_value cell(struct arena *arena, cmark_node *row, int column)
{
	cmark_node *c = cmark_node_first_child(row);
	while (c && column-- > 0)
		c = cmark_node_next(c);
	return c ? node_value(arena, c) : (struct runbook_value){{NULL, 0}, {NULL, 0}};
}

static int count_children(cmark_node *node)
{
	int n = 0;
	for (cmark_node *c = cmark_node_first_child(node); c; c = cmark_node_next(c))
		n++;
	return n;
}

static enum runbook_key key_of_cell(const struct reading *r, cmark_node *row, int column)
{
	return runbook_key_of(runbook_fold(r->arena, cell(r->arena, row, column).text));
}

static void take_field_pair(struct reading *r, cmark_node *row)
{
	runbook_add_field(r, cell(r->arena, row, 0).text, cell(r->arena, row, 1));
}

/* | Field | Value |, or the first row already a pair. */
static void take_table_of_pairs(struct reading *r, cmark_node *header)
{
	size_t known = 0;
	for (cmark_node *row = cmark_node_next(header); row; row = cmark_node_next(row))
		known += key_of_cell(r, row, 0) != KEY_NONE;
	for (cmark_node *row = header; known && row; row = cmark_node_next(row))
		take_field_pair(r, row);
}

/* Keys in the header, one row of values. */
static void take_table_of_one(struct reading *r, cmark_node *header, cmark_node *row)
{
	int columns = count_children(header), known = 0;
	for (int i = 0; i < columns; i++)
		known += key_of_cell(r, header, i) != KEY_NONE;
	for (int i = 0; known > 1 && i < columns; i++)
		runbook_add_field(r, cell(r->arena, header, i).text, cell(r->arena, row, i));
}

static void take_field_table(struct reading *r, cmark_node *table)
{
	cmark_node *header = cmark_node_first_child(table);
	cmark_node *row = header ? cmark_node_next(header) : NULL;
	if (!row || (r->zone == ZONE_BODY && !r->states))
		return;
	if (count_children(header) == 2)
		take_table_of_pairs(r, header);
	if (!cmark_node_next(row))
		take_table_of_one(r, header, row);
}

void runbook_take_fields(struct reading *r, cmark_node *block)
{
	if (node_is(block, "paragraph")) {
		take_inlines(r, cmark_node_first_child(block));
	} else if (node_is(block, "table")) {
		take_field_table(r, block);
	} else if (node_is(block, "list") || node_is(block, "item") || node_is(block, "tasklist") ||
	           node_is(block, "block_quote")) {
		for (cmark_node *n = cmark_node_first_child(block); n; n = cmark_node_next(n))
			runbook_take_fields(r, n);
	}
}
