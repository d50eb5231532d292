/*
 * Errors that a person is to read, collected rather than only the first one: each is one line. An err with no line
 * means success. Functions that can fail on what a person wrote return bool and add at least one line on false.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Where in a file something stands; line and column count from 1, 0 means unknown. `file` is borrowed. */
struct pos {
	const char *file;
	int line, column;
};

struct err {
	char **lines;
	size_t count, capacity;
	size_t more;        /* left out beyond ERR_LINES_MAX */
	const char *folder; /* borrowed; what `file` of a struct pos is relative to; NULL: to where the program runs */
};

#define ERR_INIT                                                                                                       \
	{                                                                                                                  \
		NULL, 0, 0, 0, NULL                                                                                            \
	}
/* Kept at most; further lines are counted in a last line "… and N more". */
#define ERR_LINES_MAX 200

void err_release(struct err *e);
bool err_any(const struct err *e);
void err_add(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "FILE:LINE:COLUMN: error: …" */
void err_at(struct err *e, struct pos at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* "FILE:LINE:COLUMN: warning: …": in a list of warnings, in the form that editors read. */
void err_warn(struct err *e, struct pos at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Appends all lines of `from` to `to` and empties `from`. */
void err_move(struct err *to, struct err *from);
/* All lines joined with '\n' (no newline at the end), appended to `out`. */
void err_print(const struct err *e, struct buf *out);
/* The first line, "" when there is none. */
const char *err_first(const struct err *e);
#define AUTOERR __attribute__((cleanup(err_release)))

#endif
