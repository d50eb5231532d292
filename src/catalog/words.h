/*
 * Comparing what people call things: a heading or a column is folded ("Response Times:" -> "response time") and looked
 * up in a table of phrases. Phrases in tables are written folded.
 */
#ifndef CATALOG_WORDS_H
#define CATALOG_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/options.h"
#include "base/str.h"
#include "base/time.h"
#include "word_table.h"

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

/* A span of time before it is a deadline: what its words say of both ends. */
#define BUSINESS_DAY_MS (8 * TIME_HOUR)
struct span {
	int64_t low_ms, high_ms;
	bool found, range, open_ended, at_most, next_business_day;
	int64_t business_ms; /* of the upper end, as in struct fact_duration */
	bool cadence; /* how often, not how long: "monthly", "every 6 months" */
	int months;   /* the upper end in the calendar's months, where it is made of them; 0: it is not */
};
struct span words_span(struct arena *arena, struct str words);

/* fact_severities_read() of a value that must be a severity: also words that mean one nowhere else ("page"). */
struct strs words_severities(struct arena *arena, struct str value);

/* Of a link's text: "here", "view"; and "disk-full.md", "disk-full", "IR-1". Neither says what the page is about. */
bool words_only_point(struct str title);
bool words_are_a_reference(struct str title);

void strs_add(struct arena *arena, struct strs *list, struct str s);
bool strs_have(const struct strs *list, struct str s);

#endif
