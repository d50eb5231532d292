/*
 * Markdown of the help texts to the parts of a page, see help/manual.h: our own texts, so what is not known is a paragraph.
 */
#include "help/manual.h"

#include "base/mem.h"

#define CELLS_MAX 8

struct cells {
	struct str v[CELLS_MAX];
	size_t n;
};

/* The text, line by line, and the table that its lines stand in. */
struct reader {
	const struct manual *page;
	struct str rest;
	struct cells titles;
	bool list; /* the last part was an entry or a bullet: an empty line ends it in text */
};

static struct str peek(const struct reader *r)
{
	ptrdiff_t end = str_index(r->rest, '\n');
	return str_slice(r->rest, 0, end < 0 ? r->rest.n : (size_t)end);
}

static struct str next_markdown_line(struct reader *r)
{
	struct str line = peek(r);
	r->rest = str_slice(r->rest, line.n + 1 > r->rest.n ? r->rest.n : line.n + 1, r->rest.n);
	return line;
}

static bool is_blank_markdown(struct str line)
{
	return !str_trim(line).n;
}

/* "- text", "1. text": where the text begins, 0 where it is no item. */
static size_t item_at(struct str line)
{
	if (str_starts(line, STR("- ")))
		return 2;
	size_t digits = 0;
	while (digits < line.n && line.p[digits] >= '0' && line.p[digits] <= '9')
		digits++;
	return digits && str_starts(str_slice(line, digits, line.n), STR(". ")) ? digits + 2 : 0;
}

static bool is_indented(struct str line)
{
	return str_starts(line, STR("    "));
}

static bool begins_part(struct str line)
{
	return is_blank_markdown(line) || item_at(line) || *line.p == '#' || *line.p == '|' || str_starts(line, STR("```"));
}

static void end_list(struct reader *r)
{
	if (r->list && r->page->format == MANUAL_TEXT)
		buf_add_char(r->page->out, '\n');
	r->list = false;
}

/* ---- parts ---- */

static void read_manual_heading(struct reader *r)
{
	struct str line = next_markdown_line(r);
	int level = 0;

	while (line.n && *line.p == '#') {
		line = str_slice(line, 1, line.n);
		level++;
	}
	manual_heading(r->page, level, str_trim(line));
}

static void read_fenced(struct reader *r)
{
	next_markdown_line(r);
	ptrdiff_t end = str_find(r->rest, STR("\n```"));
	struct str lines = str_slice(r->rest, 0, end < 0 ? r->rest.n : (size_t)end);
	manual_example(r->page, lines);
	r->rest = str_slice(r->rest, lines.n + (end >= 0), r->rest.n);
	next_markdown_line(r);
}

static void read_indented(struct reader *r)
{
	AUTOBUF struct buf lines;

	buf_init(&lines, SIZE_MAX);
	while (r->rest.n && is_indented(peek(r))) {
		struct str line = next_markdown_line(r);
		buf_add(&lines, str_slice(line, 4, line.n));
		buf_add_char(&lines, '\n');
	}
	manual_example(r->page, buf_str(&lines));
}

/* The line and those that continue it. */
static void join_lines(struct reader *r, size_t from, struct buf *out)
{
	struct str line = next_markdown_line(r);

	buf_add(out, str_slice(line, from, line.n));
	while (r->rest.n && !begins_part(peek(r))) {
		buf_add_char(out, ' ');
		buf_add(out, str_trim(next_markdown_line(r)));
	}
}

static void read_manual_text(struct reader *r)
{
	AUTOBUF struct buf text;
	size_t item = item_at(peek(r));

	buf_init(&text, SIZE_MAX);
	join_lines(r, item, &text);
	if (item) {
		manual_bullet(r->page, buf_str(&text));
		r->list = true;
	} else {
		manual_paragraph(r->page, buf_str(&text));
	}
}

/* ---- tables ---- */

/* Where a cell ends: at a '|' that no backslash stands before. */
static size_t cell_end(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '|' && (i == 0 || s.p[i - 1] != '\\'))
			return i;
	return s.n;
}

static struct cells split_cells(struct str line)
{
	struct cells c = {.n = 0};

	for (struct str rest = str_slice(line, 1, line.n); rest.n && c.n < CELLS_MAX;) {
		size_t end = cell_end(rest);
		c.v[c.n++] = str_trim(str_slice(rest, 0, end));
		rest = str_slice(rest, end + 1 > rest.n ? rest.n : end + 1, rest.n);
	}
	return c;
}

static void add_cell(struct str cell, struct buf *out)
{
	for (size_t i = 0; i < cell.n; i++)
		if (cell.p[i] != '\\' || i + 1 == cell.n || cell.p[i + 1] != '|')
			buf_add_char(out, cell.p[i]);
}

/* A term is bold by itself. */
static void add_term_cell(struct str cell, struct buf *out)
{
	AUTOBUF struct buf plain;

	buf_init(&plain, SIZE_MAX);
	add_cell(cell, &plain);
	for (size_t i = 0; i < plain.n; i++)
		if (plain.p[i] != '`')
			buf_add_char(out, plain.p[i]);
}

static void read_cell_row(struct reader *r)
{
	struct cells c = split_cells(next_markdown_line(r));
	AUTOBUF struct buf term, text;

	buf_init(&term, SIZE_MAX);
	buf_init(&text, SIZE_MAX);
	if (c.n)
		add_term_cell(c.v[0], &term);
	for (size_t i = 1; i < c.n; i++) {
		if (!c.v[i].n)
			continue;
		buf_add_c(&text, text.n ? "; " : "");
		if (c.n > 2 && i < r->titles.n && r->titles.v[i].n)
			buf_printf(&text, "%.*s: ", STR_ARG(r->titles.v[i]));
		add_cell(c.v[i], &text);
	}
	manual_entry(r->page, buf_str(&term), STR(""), buf_str(&text));
	r->list = true;
}

static void read_table(struct reader *r)
{
	r->titles = split_cells(next_markdown_line(r));
	if (str_starts(peek(r), STR("|-")))
		next_markdown_line(r);
	while (r->rest.n && *peek(r).p == '|')
		read_cell_row(r);
}

void manual_markdown(const struct manual *p, struct str text)
{
	struct reader r = {.page = p, .rest = text};

	while (r.rest.n) {
		struct str line = peek(&r);
		if (r.list && !item_at(line))
			end_list(&r);
		if (is_blank_markdown(line))
			next_markdown_line(&r);
		else if (*line.p == '#')
			read_manual_heading(&r);
		else if (str_starts(line, STR("```")))
			read_fenced(&r);
		else if (is_indented(line))
			read_indented(&r);
		else if (*line.p == '|')
			read_table(&r);
		else
			read_manual_text(&r);
	}
	end_list(&r);
}
