/* Which words say that the list below them holds what a page must have? Phrases are folded. */
#include "words/table_section_intros.h"

static const struct word_row rows[] = {
	{"runbook", LIST_WHAT_RUNBOOK, "\"Each runbook has this structure:\""},
	{"playbook", LIST_WHAT_RUNBOOK, "\"Each playbook has this structure:\""},
	{"document", LIST_WHAT_RUNBOOK, "\"Each document has this structure:\""},
	{"page", LIST_WHAT_RUNBOOK, "\"Each page has this structure:\""},
	{"postmortem", LIST_WHAT_POSTMORTEM, "\"Each postmortem has this structure:\""},
	{"post mortem", LIST_WHAT_POSTMORTEM, "\"Each post mortem has this structure:\""},
	{"incident report", LIST_WHAT_POSTMORTEM, "\"Each incident report has this structure:\""},
	{"structure", LIST_HOW, "\"this structure:\""},
	{"standard format", LIST_HOW, "\"in the standard format:\""},
	{"following section", LIST_HOW, "\"has the following sections:\""},
	{"must include", LIST_HOW, "\"must include:\""},
	{"must contain", LIST_HOW, "\"must contain:\""},
	{"must have", LIST_HOW, "\"must have:\""},
	{"these section", LIST_HOW, "\"has these sections:\""},
	{"template", LIST_HOW, "\"use this template:\""},
	{"should include", LIST_HOW, "\"should include:\""},
	{"required section", LIST_HOW, "\"required sections:\""},
};

const struct word_table section_intros = {rows, sizeof rows / sizeof *rows};
