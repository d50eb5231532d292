/* What does the index page say of itself under this key? */
#ifndef WORDS_TABLE_PAGE_KEYS_H
#define WORDS_TABLE_PAGE_KEYS_H

#include "words/word_table.h"

enum meta { META_NONE, META_OWNER, META_UPDATED, META_REVIEW, META_NEXT_REVIEW, META_CONTACT };

extern const struct word_table page_keys;

#endif
