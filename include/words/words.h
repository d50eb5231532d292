/*
 * Comparing what people call things: a heading or a column is folded ("Response Times:" -> "response time") and looked
 * up in a table of phrases. Phrases in tables are written folded.
 */
#ifndef WORDS_WORDS_H
#define WORDS_WORDS_H

#include <stdbool.h>

#include "base/mem.h"
#include "base/options.h"
#include "base/str.h"
#include "words/word_table.h"

/* Letters without their accents ("Gravité", "días"): what ASCII has none for stays as it is. */
struct str words_plain(struct arena *arena, struct str text);
/* That in lower case, words in the singular, all else one blank; leading numbers ("1. ") go, bytes beyond ASCII too. */
struct str words_fold(struct arena *arena, struct str text);
/* Whether a folded text is, or holds, a folded phrase as whole words. */
bool words_are(struct str folded, const char *phrase);
bool words_have(struct str folded, const char *phrase);

/* The row whose phrase is the text, else the first whose phrase it holds, else `none`. */
int words_find(const struct word_row *rows, size_t count, struct str folded, int none);

/* Whether a word is a row of this value, whatever its case; whether a folded text holds, or a text opens with, such a row. */
bool words_table_is(const struct word_table *table, int value, struct str word);
bool words_table_has(const struct word_table *table, int value, struct str folded);
bool words_table_opens(const struct word_table *table, int value, struct str text);

/* Without blanks, quotes and separators (: - – — | → >) at either end. */
struct str words_trim(struct str s);
/* "", "-", "–", "—", "n/a", "tbd"…: a cell that states nothing. */
bool words_nothing(struct str s);
/* A field that says nothing yet takes a value that says something. */
void words_fill(struct str *field, struct str value);
/* The first separator of the given bytes outside of parentheses at or after `from`; s.n when there is none. */
size_t words_until(struct str s, size_t from, const char *bytes);
/* Takes a "(…)" at the end off `s`: what stands in it, or the empty view. */
struct str words_take_note(struct str *s);

void strs_add(struct arena *arena, struct strs *list, struct str s);
bool strs_have(const struct strs *list, struct str s);

#endif
