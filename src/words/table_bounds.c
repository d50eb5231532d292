/* What does an opening word say of the time behind it? The text begins with it. */
#include "table_bounds.h"

static const struct word_row rows[] = {
	{"<", BOUND_MOST, "< 15 min"},
	{"≤", BOUND_MOST, "≤ 15 min"},
	{"within", BOUND_MOST, "within 15 minutes"},
	{"under", BOUND_MOST, "under an hour"},
	{"less than", BOUND_MOST, "less than an hour"},
	{"up to", BOUND_MOST, "up to 2 hours"},
	{"at most", BOUND_MOST, "at most 2 hours"},
	{"max", BOUND_MOST, "max. 30 min"},
	{"first", BOUND_MOST, "the first 30 minutes"},
	{">", BOUND_LEAST, "> 1 hour"},
	{"≥", BOUND_LEAST, "≥ 1 hour"},
	{"over", BOUND_LEAST, "over an hour"},
	{"more than", BOUND_LEAST, "more than an hour"},
	{"at least", BOUND_LEAST, "at least 2 hours"},
	{"from", BOUND_LEAST, "from 30 minutes on"},
};

const struct word_table time_bounds = {rows, sizeof rows / sizeof *rows};
