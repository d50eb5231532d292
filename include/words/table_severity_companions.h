/* Which word stands behind every severity alike, and says nothing of it? */
#ifndef WORDS_TABLE_SEVERITY_COMPANIONS_H
#define WORDS_TABLE_SEVERITY_COMPANIONS_H

#include "words/word_table.h"

extern const struct word_table severity_companions;

#endif
