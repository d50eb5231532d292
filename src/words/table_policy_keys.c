/* What is a line below "Reviews" about, where it is not about reading the pages again? */
#include "words/table_policy_keys.h"

static const struct word_row rows[] = {
	{"training", POLICY_TRAINING, "people learn, no page is read"},
	{"drill", POLICY_TRAINING, "people learn, no page is read"},
	{"testing", POLICY_TRAINING, "people learn, no page is read"},
	{"exercise", POLICY_TRAINING, "people learn, no page is read"},
	{"version control", POLICY_UPDATE_PROCESS, "how a change is made, not when"},
	{"change", POLICY_UPDATE_PROCESS, "how a change is made, not when"},
	{"update", POLICY_UPDATE_PROCESS, "how a change is made, not when"},
	{"approval", POLICY_UPDATE_PROCESS, "how a change is made, not when"},
};

const struct word_table policy_keys = {rows, sizeof rows / sizeof *rows};
