/* Which column of a list of contacts is this? */
#ifndef WORDS_TABLE_CONTACT_COLUMNS_H
#define WORDS_TABLE_CONTACT_COLUMNS_H

#include "words/word_table.h"

enum field { ROLE, PRIMARY, BACKUP, METHOD, ADDRESS };

extern const struct word_table contact_columns;

#endif
