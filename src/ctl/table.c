#include "ctl/table.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/time.h"

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

/* Copies at most `most` characters (0: all); bytes that are no UTF-8 and control characters become '?'. */
static char *printable(struct str s, size_t most)
{
	AUTOBUF struct buf out;
	size_t columns = 0;

	buf_init(&out, 4 * s.n + 8);
	while (s.n) {
		size_t n = str_utf8_len(s);
		if (most && ++columns == most && s.n > (n ? n : 1)) {
			buf_add_c(&out, "…");
			break;
		}
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
	bool last = t->count % t->columns == t->columns - 1;

	MEM_ROOM(t->cells, t->count, t->capacity);
	t->cells[t->count++] = cell.n ? printable(cell, last ? 0 : TABLE_CELL_MAX) : mem_strdup("-");
}

void table_add_c(struct table *t, const char *cell)
{
	table_add(t, str_c(cell));
}

void table_printf(struct table *t, const char *fmt, ...)
{
	AUTOBUF struct buf text;
	va_list ap;

	buf_init(&text, 4096);
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	table_add(t, buf_str(&text));
}

/* Characters, not bytes; the next cell begins behind the widest one. */
static size_t width(const char *cell)
{
	size_t n = 0;
	for (; *cell; cell++)
		n += ((unsigned char)*cell & 0xc0) != 0x80;
	return n;
}

static size_t column_width(const struct table *t, size_t column)
{
	size_t widest = width(t->titles[column]);
	for (size_t i = column; i < t->count; i += t->columns)
		if (width(t->cells[i]) > widest)
			widest = width(t->cells[i]);
	return widest;
}

static void print_row(const struct table *t, const char *const *cells, const size_t *widths, FILE *out)
{
	for (size_t c = 0; c + 1 < t->columns; c++)
		fprintf(out, "%s%*s", cells[c], (int)(widths[c] - width(cells[c]) + 2), "");
	fprintf(out, "%s\n", cells[t->columns - 1]);
}

void table_print(const struct table *t, FILE *out)
{
	AUTOFREE size_t *widths = mem_grow_array(NULL, t->columns, sizeof *widths);

	for (size_t c = 0; c < t->columns; c++)
		widths[c] = column_width(t, c);
	print_row(t, t->titles, widths, out);
	for (size_t i = 0; i + t->columns <= t->count; i += t->columns)
		print_row(t, (const char *const *)&t->cells[i], widths, out);
}

void table_field(const char *name, struct str value, FILE *out)
{
	AUTOFREE char *text = printable(value, 0);
	if (value.n)
		fprintf(out, "%-14s %s\n", name, text);
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
