/* Which column of a list of severities is this? */
#ifndef WORDS_TABLE_SEVERITY_COLUMNS_H
#define WORDS_TABLE_SEVERITY_COLUMNS_H

#include "words/word_table.h"

enum field { NAME, WORDS, RESPONSE, RESOLUTION, ESCALATION, COMMUNICATION, EXAMPLES, DESCRIPTION };

extern const struct word_table severity_columns;

#endif
