/* Which words say that a page has moved, where it has one link and little else? */
#ifndef WORDS_TABLE_MOVED_PAGES_H
#define WORDS_TABLE_MOVED_PAGES_H

#include "words/word_table.h"

extern const struct word_table moved_pages;

#endif
