/*
 * Characters beyond ASCII: what kind they are, their lower case, and their parts (utf8proc's tables). Total: bytes that are
 * no UTF-8 are passed over.
 */
#ifndef WORDS_UNICODE_H
#define WORDS_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Takes the next character off `s`; false at its end. */
bool unicode_take(struct str *s, int32_t *c);
void unicode_add(struct buf *out, int32_t c);
#define UNICODE_BYTES 4                                  /* of a character at most */
size_t unicode_put(char room[UNICODE_BYTES], int32_t c); /* its bytes; how many */

bool unicode_is_letter(int32_t c);
bool unicode_is_digit(int32_t c);  /* decimal: 7, not a half */
bool unicode_is_number(int32_t c); /* also a half, a superscript two, a Roman ten */
bool unicode_is_mark(int32_t c);   /* an accent of its own, a vowel sign, a variation selector */
bool unicode_joins(int32_t c);     /* the underscore and its like */
bool unicode_is_space(int32_t c);
/* Letters, and what Unicode counts with them: Roman numerals, circled letters, vowel signs. */
bool unicode_is_alphabetic(int32_t c);

/* One character for one, as Go and Haskell do it. */
int32_t unicode_lower(int32_t c);
int32_t unicode_upper(int32_t c);
/* As JavaScript, Ruby and Rust do it: a dotted capital I becomes an i and a dot. */
void unicode_add_lower(struct buf *out, int32_t c);
/* Compatible decomposition (NFKD): an accented letter is the letter and the accent, a half is 1, a fraction slash and 2. */
void unicode_decompose(struct str s, struct buf *out);
/* A letter without its accent; any other character is itself. */
int32_t unicode_base(int32_t c);

#endif
