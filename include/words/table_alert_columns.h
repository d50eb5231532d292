/* Which column holds the names of alerts? The whole heading must be the phrase. */
#ifndef WORDS_TABLE_ALERT_COLUMNS_H
#define WORDS_TABLE_ALERT_COLUMNS_H

#include "words/word_table.h"

extern const struct word_table alert_columns;

#endif
