/* Which word in a heading over a template does not say what kind of runbook it is for? A plural's last letter is cut off. */
#include "words/table_template_fillers.h"

static const struct word_row rows[] = {
	{"runbook", 0, "Runbook template"},
	{"template", 0, "Runbook template"},
	{"the", 0, "The structure of a runbook"},
	{"a", 0, "Structure of a runbook"},
	{"standard", 0, "Standard structure"},
	{"structure", 0, "Structure of a runbook"},
	{"format", 0, "Format of a runbook"},
	{"section", 0, "Required sections"},
	{"for", 0, "Template for alerts"},
	{"of", 0, "Structure of a runbook"},
	{"playbook", 0, "Playbook template"},
	{"default", 0, "Default template"},
	{"required", 0, "Required sections"},
	{"mandatory", 0, "Mandatory sections"},
	{"optional", 0, "Optional sections"},
	{"basic", 0, "Basic template"},
	{"and", 0, "Structure and format"},
	{"what", 0, "What a runbook contains"},
	{"contain", 0, "What runbooks contain"},
	{"layout", 0, "Layout of a runbook"},
	{"anatomy", 0, "Anatomy of a runbook"},
	{"every", 0, "What every runbook needs"},
	{"each", 0, "What each runbook needs"},
	{"need", 0, "What each runbook needs"},
	{"our", 0, "Our runbook template"},
	{"must", 0, "What a runbook must have"},
	{"should", 0, "What a runbook should have"},
	{"have", 0, "What a runbook must have"},
	{"include", 0, "What a runbook should include"},
};

const struct word_table template_fillers = {rows, sizeof rows / sizeof *rows};
