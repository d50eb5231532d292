/* Which text of a link only points, and does not say what the page is about? */
#ifndef WORDS_TABLE_POINTING_TITLES_H
#define WORDS_TABLE_POINTING_TITLES_H

#include "words/word_table.h"

extern const struct word_table pointing_titles;

#endif
