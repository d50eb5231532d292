/* Below which keys of front matter do a page's own statements stand? The whole key must be the phrase. */
#ifndef WORDS_TABLE_FRONT_HOLDERS_H
#define WORDS_TABLE_FRONT_HOLDERS_H

#include "words/word_table.h"

extern const struct word_table front_holders;

#endif
