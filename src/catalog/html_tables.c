/* A <table> of raw HTML as the Markdown of the same table, so that one reader reads both. */
#include "catalog/html_tables.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/mem.h"

#define COLUMNS_MAX 32

enum table_tag { OTHER, TABLE_ENDS, ROW, ROW_ENDS, HEAD, CELL, CELL_ENDS };

struct table_scan {
	struct str html;
	struct html_table *out;
	struct buf row;
	size_t columns;     /* of the row that is open */
	size_t cell;        /* where the open cell's content begins; 0: none is open */
	bool heads, values; /* the open row has a <th>, a <td> */
	bool begun;         /* the first row is written */
	int line, row_line; /* from 0: where the scan is; where the open row began */
};

static enum table_tag tag_of(struct str name, bool closing)
{
	static const struct {
		const char *name;
		enum table_tag opens, ends;
	} kinds[] = {
		{"table", OTHER, TABLE_ENDS},
		{"tr", ROW, ROW_ENDS},
		{"th", HEAD, CELL_ENDS},
		{"td", CELL, CELL_ENDS},
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_eq_nocase(name, str_c(kinds[i].name)))
			return closing ? kinds[i].ends : kinds[i].opens;
	return OTHER;
}

/* What a cell holds, on one line: cmark reads what it still has of HTML. */
static void add_content(struct buf *row, struct str content)
{
	for (size_t i = 0; i < content.n; i++) {
		if (content.p[i] == '|')
			buf_add_char(row, '\\');
		buf_add_char(row, content.p[i] == '\n' || content.p[i] == '\r' ? ' ' : content.p[i]);
	}
}

static void close_cell(struct table_scan *s, size_t end)
{
	if (!s->cell)
		return;
	if (s->columns++ < COLUMNS_MAX) {
		buf_add_c(&s->row, "| ");
		add_content(&s->row, str_trim(str_slice(s->html, s->cell, end)));
		buf_add_char(&s->row, ' ');
	}
	s->cell = 0;
}

static void add_table_line(struct table_scan *s, struct str text, int line)
{
	struct html_table *t = s->out;
	MEM_ROOM(t->lines, t->count, t->capacity);
	t->lines[t->count++] = line;
	buf_add(&t->markdown, text);
	buf_add_c(&t->markdown, "|\n");
}

static void add_filled(struct table_scan *s, const char *cell)
{
	AUTOBUF struct buf text;
	buf_init(&text, COLUMNS_MAX * 8);
	for (size_t i = 0; i < s->columns && i < COLUMNS_MAX; i++)
		buf_add_c(&text, cell);
	add_table_line(s, buf_str(&text), s->row_line);
}

/*
 * Markdown has |---| below the row of heads. A first row with its head at the left (<th>P1</th><td>15 min</td>) is no row
 * of heads: an empty one is written before it.
 */
static void close_row(struct table_scan *s, size_t end)
{
	close_cell(s, end);
	if (!s->columns)
		return;
	bool first = !s->begun, sideways = s->heads && s->values;
	s->begun = true;
	if (first && sideways) {
		add_filled(s, "|   ");
		add_filled(s, "|---");
	}
	add_table_line(s, buf_str(&s->row), s->row_line);
	if (first && !sideways)
		add_filled(s, "|---");
	buf_reset(&s->row);
	s->columns = 0;
	s->heads = s->values = false;
}

static void open_cell(struct table_scan *s, bool head, size_t at)
{
	if (!s->columns)
		s->row_line = s->line;
	s->heads |= head;
	s->values |= !head;
	s->cell = at;
}

/* The tag from `open` to before `behind`; false where the table ends. */
static bool take_table_tag(struct table_scan *s, struct str name, bool closing, size_t open, size_t behind)
{
	enum table_tag tag = tag_of(name, closing);
	switch (tag) {
	case OTHER: return true;
	case TABLE_ENDS: close_row(s, open); return false;
	case ROW:
	case ROW_ENDS: close_row(s, open); return true;
	case HEAD:
	case CELL:
		close_cell(s, open);
		open_cell(s, tag == HEAD, behind);
		return true;
	case CELL_ENDS: close_cell(s, open); return true;
	}
	return true;
}

static size_t tag_end(struct str html, size_t at)
{
	char quote = '\0';
	if (str_starts(str_slice(html, at, html.n), STR("<!--"))) {
		ptrdiff_t end = str_find(str_slice(html, at, html.n), STR("-->"));
		return end < 0 ? html.n : at + (size_t)end + 3;
	}
	for (; at < html.n; at++) {
		if (quote)
			quote = html.p[at] == quote ? '\0' : quote;
		else if (html.p[at] == '"' || html.p[at] == '\'')
			quote = html.p[at];
		else if (html.p[at] == '>')
			return at + 1;
	}
	return html.n;
}

/* "5 < 6" has none: a tag's name, its slash or a comment's mark follows at once. */
static bool is_tag(struct str html, size_t at)
{
	char next = at + 1 < html.n ? html.p[at + 1] : '\0';
	return html.p[at] == '<' && (ascii_is_alpha(next) || next == '/' || next == '!');
}

static void read_rows(struct table_scan *s, size_t at)
{
	bool inside = true;
	while (at < s->html.n && inside) {
		s->line += s->html.p[at] == '\n';
		if (!is_tag(s->html, at)) {
			at++;
			continue;
		}
		bool closing = at + 1 < s->html.n && s->html.p[at + 1] == '/';
		size_t from = at + 1 + closing, to = from, end = tag_end(s->html, at);
		while (to < end && ascii_is_alnum(s->html.p[to]))
			to++;
		inside = take_table_tag(s, str_slice(s->html, from, to), closing, at, end);
		for (; at < end; at++)
			s->line += s->html.p[at] == '\n';
	}
	close_row(s, at);
}

static ptrdiff_t find_table(struct str html)
{
	for (size_t i = 0; i + 6 <= html.n; i++)
		if (str_eq_nocase(str_slice(html, i, i + 6), STR("<table")))
			return (ptrdiff_t)i;
	return -1;
}

bool html_table_read(struct str html, struct html_table *out)
{
	ptrdiff_t at = find_table(html);
	*out = (struct html_table){.lines = NULL};
	buf_init(&out->markdown, HTML_TABLE_MAX);
	if (at < 0)
		return false;
	struct table_scan s = {.html = html, .out = out};
	buf_init(&s.row, HTML_TABLE_MAX);
	for (size_t i = 0; i < (size_t)at; i++)
		s.line += html.p[i] == '\n';
	read_rows(&s, (size_t)at);
	buf_release(&s.row);
	return out->count > 1;
}

void html_table_release(struct html_table *t)
{
	free(t->lines);
	t->lines = NULL;
	buf_release(&t->markdown);
}
