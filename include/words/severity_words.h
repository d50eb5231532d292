/* The words and spellings of severities that everybody uses: rows with where each one is seen. */
#ifndef WORDS_SEVERITY_WORDS_H
#define WORDS_SEVERITY_WORDS_H

#include <stdbool.h>

#include "base/str.h"

struct severity_word {
	const char *word;
	int rank;
	bool text;
	const char *why;
};
const struct severity_word *severity_words_all(size_t *count);

struct severity_prefix {
	const char *text;
	bool from_one;
	const char *why;
};
const struct severity_prefix *severity_prefixes_all(size_t *count);

/* -1: no such word. `in_text`: only words that mean a severity in a sentence. */
int severity_word_rank(struct str word, bool in_text);
/* For sorting: the gravest first, finer than ranks. -1: no such word in a text. */
int severity_word_order(struct str word);
/* The bytes of the "P1", "SEV-1", "Severity 1"… with which the text begins, its N, its spelling (may be NULL); 0: with none. */
size_t severity_numbered(struct str text, int *number, const struct severity_prefix **prefix);
/* The N of a name that is nothing else; -1 when it is none of these. */
int severity_number(struct str name, const struct severity_prefix **prefix);
/* Case aside, and how prefix and number are joined: "SEV-1" and "Sev 1" are one. */
bool severity_names_same(struct str a, struct str b);

#endif
