/* Which day of the week is this word? As Alertmanager's time intervals have it: Sunday is 0. */
#ifndef CATALOG_TABLE_WEEKDAYS_H
#define CATALOG_TABLE_WEEKDAYS_H

#include "word_table.h"

extern const struct word_table weekday_names;

#endif
