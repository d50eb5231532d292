/* Which heading says that a page is one to act by, not a list of others? The whole heading must be the phrase. */
#ifndef WORDS_TABLE_ACTING_SECTIONS_H
#define WORDS_TABLE_ACTING_SECTIONS_H

#include "words/word_table.h"

extern const struct word_table acting_sections;

#endif
