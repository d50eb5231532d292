/* Which day of the week is this word? As Alertmanager's time intervals have it: Sunday is 0. */
#ifndef WORDS_TABLE_WEEKDAYS_H
#define WORDS_TABLE_WEEKDAYS_H

#include "words/word_table.h"

extern const struct word_table weekday_names;

#endif
