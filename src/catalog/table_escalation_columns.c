/* Which column of an escalation is this? Rows are tried in order where a text holds a phrase: the special before the general. */
#include "table_escalation_columns.h"

static const struct word_row rows[] = {
	{"escalate after", AFTER, "after how long"},
	{"time elapsed", AFTER, "after how long"},
	{"elapsed", AFTER, "after how long"},
	{"timeframe", AFTER, "after how long"},
	{"time frame", AFTER, "after how long"},
	{"timeline", AFTER, "after how long"},
	{"after", AFTER, "after how long"},
	{"time", AFTER, "after how long"},
	{"minute", AFTER, "after how long"},
	{"when", AFTER, "after how long"},
	{"delay", AFTER, "after how long"},
	{"severity", SEVERITY, "for which severity"},
	{"priority", SEVERITY, "for which severity"},
	{"notify", NOTIFY, "who is told"},
	{"escalate to", NOTIFY, "who is told"},
	{"page", NOTIFY, "who is told"},
	{"who", NOTIFY, "who is told"},
	{"role", NOTIFY, "who is told"},
	{"contact", NOTIFY, "who is told"},
	{"responder", NOTIFY, "who is told"},
	{"person", NOTIFY, "who is told"},
	{"team", NOTIFY, "who is told"},
	{"to", NOTIFY, "who is told"},
	{"level", LEVEL, "the place in the order"},
	{"tier", LEVEL, "the place in the order"},
	{"step", LEVEL, "the place in the order"},
};

const struct word_table escalation_columns = {rows, sizeof rows / sizeof *rows};
