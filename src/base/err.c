/* Lines about what is wrong, in the form that editors read. */
#include "base/err.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"

/* Longer messages are cut: they quote what a person wrote, and nobody reads more. */
#define LINE_MAX_BYTES 4096

void err_release(struct err *e)
{
	for (size_t i = 0; i < e->count; i++)
		free(e->lines[i]);
	free(e->lines);
	*e = (struct err)ERR_INIT;
}

bool err_any(const struct err *e)
{
	return e->count > 0;
}

/* A message is one line on somebody's terminal, whatever the text it quotes contains. */
static void flatten(char *line)
{
	for (char *p = line; *p; p++) {
		if (*p == '\n' || *p == '\r' || *p == '\t')
			*p = ' ';
		else if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	}
}

static void count_more(struct err *e, size_t more)
{
	e->more += more;
	if (e->count > ERR_LINES_MAX)
		free(e->lines[--e->count]);
	MEM_ROOM(e->lines, e->count, e->capacity);
	e->lines[e->count++] = mem_printf("… and %zu more", e->more);
}

/* Takes over `line`. */
static void keep_error_line(struct err *e, char *line)
{
	if (e->count >= ERR_LINES_MAX) {
		free(line);
		count_more(e, 1);
		return;
	}
	MEM_ROOM(e->lines, e->count, e->capacity);
	e->lines[e->count++] = line;
}

/* `b` holds what stands before the message. */
__attribute__((format(printf, 3, 0))) static void add_message_lines(struct err *e, struct buf *b, const char *fmt,
                                                                    va_list ap)
{
	AUTOBUF struct buf message;
	buf_init(&message, SIZE_MAX);
	buf_vprintf(&message, fmt, ap);
	size_t n = message.n < LINE_MAX_BYTES ? message.n : LINE_MAX_BYTES;
	while (n < message.n && ((unsigned char)message.p[n] & 0xc0) == 0x80)
		n--; /* never through a character */
	buf_add(b, str_slice(buf_str(&message), 0, n));
	char *line = buf_take(b);
	flatten(line);
	keep_error_line(e, line);
}

void err_add(struct err *e, const char *fmt, ...)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	va_list ap;
	va_start(ap, fmt);
	add_message_lines(e, &b, fmt, ap);
	va_end(ap);
}

/* "FILE:LINE:COLUMN: level: ", as far as it is known. */
static void add_line_place(const struct err *e, struct buf *b, struct pos at, const char *level)
{
	buf_init(b, SIZE_MAX);
	if (at.file && e->folder)
		buf_printf(b, "%s/", e->folder);
	if (at.file)
		buf_printf(b, "%s:", at.file);
	if (at.file && at.line > 0)
		buf_printf(b, "%d:", at.line);
	if (at.file && at.line > 0 && at.column > 0)
		buf_printf(b, "%d:", at.column);
	buf_printf(b, "%s%s: ", b->n ? " " : "", level);
}

void err_at(struct err *e, struct pos at, const char *fmt, ...)
{
	AUTOBUF struct buf b;
	va_list ap;

	add_line_place(e, &b, at, "error");
	va_start(ap, fmt);
	add_message_lines(e, &b, fmt, ap);
	va_end(ap);
}

void err_warn(struct err *e, struct pos at, const char *fmt, ...)
{
	AUTOBUF struct buf b;
	va_list ap;

	add_line_place(e, &b, at, "warning");
	va_start(ap, fmt);
	add_message_lines(e, &b, fmt, ap);
	va_end(ap);
}

void err_move(struct err *to, struct err *from)
{
	size_t whole = from->more ? from->count - 1 : from->count;
	for (size_t i = 0; i < whole; i++) {
		keep_error_line(to, from->lines[i]);
		from->lines[i] = NULL;
	}
	if (from->more)
		count_more(to, from->more);
	err_release(from);
}

void err_print(const struct err *e, struct buf *out)
{
	for (size_t i = 0; i < e->count; i++) {
		if (i)
			buf_add_char(out, '\n');
		buf_add_c(out, e->lines[i]);
	}
}

const char *err_first(const struct err *e)
{
	return e->count ? e->lines[0] : "";
}
