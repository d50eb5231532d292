/*
 * What runbookctl prints holds text of others: alerts, runbooks, what a daemon answers. Their control characters would
 * steer the terminal of who reads it (escapes, C0, C1) or show a line in another order than it is (bidirectional ones).
 * From terminal_guard() on, standard output and standard error take none: '?' stands in its place, in JSON its escape.
 */
#ifndef CTL_TERMINAL_H
#define CTL_TERMINAL_H

#include "base/buf.h"

/* Of standard output, 80 where the terminal does not say; 0 where it is none. */
size_t terminal_columns(void);

/* Columns of one character: 2 of Chinese, Japanese and Korean and of pictures, 0 of marks upon the one before. */
size_t terminal_width(struct str c);

void terminal_guard(void); /* once, before anything is printed */
void terminal_json(void);  /* what follows on standard output is JSON: nothing of it is lost */

/*
 * Appends `in` to `out` without what steers a terminal, line feeds and tabs excepted. What an unfinished character at its
 * end leaves over (at most 3 bytes) is returned, unless this is the `last` piece.
 */
size_t terminal_clean(struct str in, bool json, bool last, struct buf *out);

#endif
