/* Which heading says that a page is one to act by, not a list of others? The whole heading must be the phrase. */
#include "words/table_acting_sections.h"

static const struct word_row rows[] = {
	{"symptom", 0, "what one sees when it happens"},
	{"diagnosis", 0, "how to find out"},
	{"investigation", 0, "how to find out"},
	{"investigate", 0, "how to find out"},
	{"triage", 0, "how to find out"},
	{"mitigation", 0, "what to do"},
	{"mitigate", 0, "what to do"},
	{"remediation", 0, "what to do"},
	{"resolution", 0, "what to do"},
	{"resolve", 0, "what to do"},
	{"recovery step", 0, "what to do"},
	{"immediate action", 0, "what to do"},
	{"step", 0, "what to do"},
	{"procedure", 0, "what to do"},
	{"troubleshooting", 0, "what to do"},
	{"rollback", 0, "how to undo it"},
};

const struct word_table acting_sections = {rows, sizeof rows / sizeof *rows};
