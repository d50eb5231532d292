/* Prints columns within a width: the widest give way, and what does not fit goes on in the next line. */
#include "ctl/table.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/time.h"
#include "ctl/terminal.h"

#define GAP 2       /* between columns */
#define LEAST 8     /* of a column that is made narrower */
#define SENTENCE 24 /* room in which a text is still readable */
#define FIELD 15    /* where the values of fields begin */

struct table {
	const char *const *titles;
	size_t columns;
	char **cells;
	size_t count, capacity;
};

struct table *table_new(const char *const *titles)
{
	struct table *t = mem_zero(sizeof *t);

	t->titles = titles;
	while (titles[t->columns])
		t->columns++;
	return t;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++)
		mem_cleanup(&t->cells[i]);
	mem_cleanup(&t->cells);
	mem_cleanup(&t);
}

/* A copy in which bytes that are no UTF-8 and control characters have become '?'. */
static char *printable(struct str s)
{
	AUTOBUF struct buf out;

	buf_init(&out, 4 * s.n + 8);
	while (s.n) {
		size_t n = str_utf8_len(s);
		if (n && !str_steers_terminal(str_slice(s, 0, n)))
			buf_add(&out, str_slice(s, 0, n));
		else
			buf_add_char(&out, '?');
		s = str_slice(s, n ? n : 1, s.n);
	}
	return buf_take(&out);
}

void table_add(struct table *t, struct str cell)
{
	MEM_ROOM(t->cells, t->count, t->capacity);
	t->cells[t->count++] = cell.n ? printable(cell) : mem_strdup("-");
}

void table_add_time(struct table *t, struct str at)
{
	ptrdiff_t dot = terminal_columns() ? str_index(at, '.') : -1;

	if (dot < 0)
		table_add(t, at);
	else
		table_printf(t, "%.*sZ", (int)dot, at.p);
}

void table_add_c(struct table *t, const char *cell)
{
	table_add(t, str_c(cell));
}

void table_printf(struct table *t, const char *fmt, ...)
{
	AUTOBUF struct buf text;
	va_list ap;

	buf_init(&text, SIZE_MAX);
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	table_add(t, buf_str(&text));
}

/* ---- how wide ---- */

/* The first character; a byte that is none stands for itself. */
static struct str first_character(struct str s)
{
	size_t n = str_utf8_len(s);
	return str_slice(s, 0, n ? n : 1);
}

/* Columns, not bytes; the next cell begins behind the widest one. */
static size_t width(struct str cell)
{
	size_t n = 0;
	while (cell.n) {
		struct str c = first_character(cell);
		n += terminal_width(c);
		cell = str_slice(cell, c.n, cell.n);
	}
	return n;
}

static size_t column_width(const struct table *t, size_t column)
{
	size_t widest = width(str_c(t->titles[column]));
	for (size_t i = column; i < t->count; i += t->columns) {
		size_t n = width(str_c(t->cells[i]));
		widest = n > widest ? n : widest;
	}
	return widest;
}

static size_t widest_column(const struct table *t, const size_t *widths)
{
	size_t found = 0;
	for (size_t c = 1; c < t->columns; c++)
		if (widths[c] > widths[found])
			found = c;
	return found;
}

/* Takes from the widest column until all fit; below LEAST there is nothing to take, and they do not. */
static bool fit(const struct table *t, size_t *widths, size_t columns)
{
	size_t all = GAP * (t->columns - 1);
	for (size_t c = 0; c < t->columns; c++)
		all += widths[c];
	while (all > columns) {
		size_t c = widest_column(t, widths);
		if (widths[c] <= LEAST)
			return false;
		widths[c]--;
		all--;
	}
	return true;
}

/* ---- printing ---- */

/* The bytes of what fits into `n` columns; at least one character, so that whoever cuts comes to an end. */
static size_t bytes_of_columns(struct str s, size_t n)
{
	size_t i = 0;
	while (i < s.n) {
		struct str c = first_character(str_slice(s, i, s.n));
		size_t columns = terminal_width(c);
		if (columns > n && i > 0)
			break;
		n -= columns < n ? columns : n;
		i += c.n;
	}
	return i;
}

static void print_cell(struct str cell, size_t room, FILE *out)
{
	size_t n = width(cell);

	if (n <= room) {
		fprintf(out, "%.*s%*s", STR_ARG(cell), (int)(room - n + GAP), "");
		return;
	}
	struct str cut = str_slice(cell, 0, bytes_of_columns(cell, room - 1));
	size_t shown = width(cut) + 1;
	fprintf(out, "%.*s…%*s", STR_ARG(cut), (int)(GAP + (shown < room ? room - shown : 0)), "");
}

/* As much of the text as fits, up to its last blank where it has one. */
static struct str take_cell_line(struct str *rest, size_t room)
{
	struct str line = str_slice(*rest, 0, bytes_of_columns(*rest, room));
	if (line.n < rest->n) {
		size_t blank = line.n;
		while (blank && line.p[blank - 1] != ' ')
			blank--;
		line.n = blank ? blank : line.n;
	}
	*rest = str_trim(str_slice(*rest, line.n, rest->n));
	return str_trim(line);
}

/* The last column goes on below itself. */
static void print_last_cell(struct str cell, size_t room, size_t indent, FILE *out)
{
	struct str line = take_cell_line(&cell, room);

	fprintf(out, "%.*s\n", STR_ARG(line));
	while (cell.n) {
		line = take_cell_line(&cell, room);
		fprintf(out, "%*s%.*s\n", (int)indent, "", STR_ARG(line));
	}
}

/* The first column and those from `from` to before `to`. */
struct table_block {
	size_t from, to;
};

static void print_row(const char *const *cells, const size_t *widths, struct table_block block, FILE *out)
{
	size_t last = block.to - 1, indent = 0;

	for (size_t c = 0; c < last; c = c ? c + 1 : block.from) {
		print_cell(str_c(cells[c]), widths[c], out);
		indent += widths[c] + GAP;
	}
	print_last_cell(str_c(cells[last]), widths[last], indent, out);
}

static void print_block(const struct table *t, const size_t *widths, struct table_block block, FILE *out)
{
	print_row(t->titles, widths, block, out);
	for (size_t i = 0; i + t->columns <= t->count; i += t->columns)
		print_row((const char *const *)&t->cells[i], widths, block, out);
}

/* As many columns as fit beside the first one; at least one. */
static struct table_block next_block(const struct table *t, size_t *widths, size_t from, size_t columns)
{
	struct table_block block = {from, from};
	size_t left = columns > widths[0] ? columns - widths[0] : 0;

	while (block.to < t->columns) {
		size_t room = left > GAP ? left - GAP : 0, *own = &widths[block.to];
		bool shrinks = block.to + 1 == t->columns && *own > SENTENCE; /* it goes on below itself */
		if (*own > room && block.to > from && !(shrinks && room >= SENTENCE))
			break;
		*own = *own < room || room < LEAST ? *own : room;
		left = *own + GAP < left ? left - *own - GAP : 0;
		block.to++;
	}
	return block;
}

/* What cannot be made narrow enough is printed in parts, one below the other, each with the first column. */
static void print_parts(const struct table *t, size_t *widths, size_t columns, FILE *out)
{
	for (size_t c = 0; c < t->columns; c++)
		widths[c] = column_width(t, c);
	widths[0] = widths[0] < columns / 3 ? widths[0] : columns / 3;
	for (size_t from = 1; from < t->columns;) {
		struct table_block block = next_block(t, widths, from, columns);
		fputs(from > 1 ? "\n" : "", out);
		print_block(t, widths, block, out);
		from = block.to;
	}
}

void table_print_within(const struct table *t, size_t columns, FILE *out)
{
	AUTOFREE size_t *widths = mem_grow_array(NULL, t->columns, sizeof *widths);

	for (size_t c = 0; c < t->columns; c++)
		widths[c] = column_width(t, c);
	bool fits = !columns || fit(t, widths, columns);
	if (!fits && columns >= 3 * LEAST && t->columns > 2)
		print_parts(t, widths, columns, out);
	else
		print_block(t, widths, (struct table_block){1, t->columns}, out);
}

void table_print(const struct table *t, FILE *out)
{
	table_print_within(t, out == stdout ? terminal_columns() : 0, out);
}

void table_field(const char *name, struct str value, FILE *out)
{
	AUTOFREE char *text = printable(value);
	size_t columns = out == stdout ? terminal_columns() : 0;

	if (!value.n)
		return;
	fprintf(out, "%-*s ", FIELD - 1, name);
	print_last_cell(str_c(text), columns > FIELD + LEAST ? columns - FIELD : SIZE_MAX, FIELD, out);
}

void table_text(const char *fmt, ...)
{
	AUTOBUF struct buf text;
	va_list ap;
	size_t columns = terminal_columns(), indent = 0;

	buf_init(&text, SIZE_MAX);
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	while (indent < text.n && text.p[indent] == ' ')
		indent++;
	printf("%*s", (int)indent, "");
	print_last_cell(str_slice(buf_str(&text), indent, text.n), columns > indent + LEAST ? columns - indent : SIZE_MAX,
	                indent, stdout);
}

char *table_ago(int64_t at, int64_t now, char out[AGO_MAX])
{
	static const struct {
		int64_t ms;
		char letter;
	} units[] = {{TIME_DAY, 'd'}, {TIME_HOUR, 'h'}, {TIME_MINUTE, 'm'}, {TIME_SECOND, 's'}};
	int64_t apart = now > at ? now - at : at - now;

	snprintf(out, AGO_MAX, "%s", at ? "now" : "-");
	for (size_t i = 0; at && i < sizeof units / sizeof *units; i++)
		if (apart >= units[i].ms) {
			snprintf(out, AGO_MAX, now > at ? "%lld%c ago" : "in %lld%c", (long long)(apart / units[i].ms),
			         units[i].letter);
			break;
		}
	return out;
}
