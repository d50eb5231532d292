/* Which column of a table about duties is this? Rows are tried in order where a text holds a phrase. */
#include "words/table_policy_columns.h"

static const struct word_row rows[] = {
	{"frequency", POLICY_COLUMN_EVERY, "how often"},
	{"cadence", POLICY_COLUMN_EVERY, "how often"},
	{"cycle", POLICY_COLUMN_EVERY, "how often"},
	{"how often", POLICY_COLUMN_EVERY, "how often"},
	{"interval", POLICY_COLUMN_EVERY, "how often"},
	{"schedule", POLICY_COLUMN_EVERY, "how often"},
	{"deadline", POLICY_COLUMN_WITHIN, "by when"},
	{"within", POLICY_COLUMN_WITHIN, "by when"},
	{"due", POLICY_COLUMN_WITHIN, "by when"},
	{"timeline", POLICY_COLUMN_WITHIN, "by when"},
	{"timeframe", POLICY_COLUMN_WITHIN, "by when"},
	{"time frame", POLICY_COLUMN_WITHIN, "by when"},
	{"severity", POLICY_COLUMN_SEVERITY, "after which incidents"},
	{"priority", POLICY_COLUMN_SEVERITY, "after which incidents"},
};

const struct word_table policy_columns = {rows, sizeof rows / sizeof *rows};
