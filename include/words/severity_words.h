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
/* The N of P1, SEV-1, S1…, and how it is spelt (may be NULL); -1 when it is none of these. */
int severity_number(struct str name, const struct severity_prefix **prefix);

#endif
