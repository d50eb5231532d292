/* Which column of an escalation is this? */
#ifndef WORDS_TABLE_ESCALATION_COLUMNS_H
#define WORDS_TABLE_ESCALATION_COLUMNS_H

#include "words/word_table.h"

enum field { AFTER, NOTIFY, SEVERITY, LEVEL };

extern const struct word_table escalation_columns;

#endif
