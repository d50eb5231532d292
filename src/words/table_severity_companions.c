/* Which word stands behind every severity alike, and says nothing of it? */
#include "words/table_severity_companions.h"

static const struct word_row rows[] = {
	{"priority", 0, "Low priority"},    {"severity", 0, "High severity"}, {"incident", 0, "a P1 incident"},
	{"incidents", 0, "P1 incidents"},   {"runbooks", 0, "P1 runbooks"},   {"runbook", 0, "a P1 runbook"},
	{"alerts", 0, "Critical alerts"},   {"issues", 0, "Critical issues"}, {"level", 0, "Critical level"},
	{"escalation", 0, "P1 escalation"},
};

const struct word_table severity_companions = {rows, sizeof rows / sizeof *rows};
