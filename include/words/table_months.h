/* Which month is this word? Without accents; the English names first, which may be cut to three letters. */
#ifndef WORDS_TABLE_MONTHS_H
#define WORDS_TABLE_MONTHS_H

#include "words/word_table.h"

extern const struct word_table month_names;

#endif
