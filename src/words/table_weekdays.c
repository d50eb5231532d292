/* Which day of the week is this word? As Alertmanager's time intervals have it: Sunday is 0. */
#include "words/table_weekdays.h"

static const struct word_row rows[] = {
	{"sunday", 0, "English"},   {"monday", 1, "English"}, {"tuesday", 2, "English"},  {"wednesday", 3, "English"},
	{"thursday", 4, "English"}, {"friday", 5, "English"}, {"saturday", 6, "English"},
};

const struct word_table weekday_names = {rows, sizeof rows / sizeof *rows};
