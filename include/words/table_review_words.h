/* Which words stand in a heading over the reviews of the page itself, and not of something else? Folded. */
#ifndef WORDS_TABLE_REVIEW_WORDS_H
#define WORDS_TABLE_REVIEW_WORDS_H

#include "words/word_table.h"

extern const struct word_table review_words;

#endif
