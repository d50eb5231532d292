/* Which heading opens what is to be done? One of its words begins so. */
#include "words/table_first_steps.h"

static const struct word_row rows[] = {
	{"immediate", 0, "Immediate actions"},
	{"first", 0, "First steps"},
	{"triage", 0, "Triage"},
	{"diagnos", 0, "Diagnosis, Diagnostics"},
	{"investigat", 0, "Investigation, How to investigate"},
	{"mitigat", 0, "Mitigation, Mitigate it"},
	{"step", 0, "Steps, Step 1"},
	{"procedure", 0, "Procedure"},
	{"action", 0, "Actions"},
	{"remediat", 0, "Remediation"},
	{"resolution", 0, "Resolution"},
	{"response", 0, "Response"},
	{"fix", 0, "Fix, Fixes"},
	{"check", 0, "Checks, What to check"},
	{"debug", 0, "Debugging"},
	{"recover", 0, "Recovery"},
	{"quick", 0, "Quick fix"},
	{"what to do", 0, "What to do"},
	{"solution", 0, "Solution"},
	{"troubleshoot", 0, "Troubleshooting"},
};

const struct word_table first_steps = {rows, sizeof rows / sizeof *rows};
