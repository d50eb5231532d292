/* What is this word to somebody who lists runbooks? Phrases are folded. */
#include "words/table_index_words.h"

static const struct word_row rows[] = {
	{"runbook index", INDEX_GENERAL, "what the page is"},
	{"runbook", INDEX_GENERAL, "what the page is"},
	{"available runbook", INDEX_GENERAL, "all of them"},
	{"runbook list", INDEX_GENERAL, "all of them"},
	{"table of content", INDEX_GENERAL, "what the page is"},
	{"index", INDEX_GENERAL, "what the page is"},
	{"content", INDEX_GENERAL, "what the page is"},
	{"list of runbook", INDEX_GENERAL, "all of them"},
	{"all runbook", INDEX_GENERAL, "all of them"},
	{"runbook category", INDEX_GENERAL, "above the categories"},
	{"runbook", INDEX_PROMISE, "Runbook | Owner"},
	{"playbook", INDEX_PROMISE, "Playbook | Owner"},
	{"procedure", INDEX_PROMISE, "Procedure | Owner"},
	{"guide", INDEX_PROMISE, "Guide | Owner"},
	{"document", INDEX_PROMISE, "Document | Owner"},
	{"critical", INDEX_LEVEL, "Critical Runbooks"},
	{"high", INDEX_LEVEL, "High Runbooks"},
	{"medium", INDEX_LEVEL, "Medium Runbooks"},
	{"low", INDEX_LEVEL, "Low Runbooks"},
	{"major", INDEX_LEVEL, "Major Runbooks"},
	{"minor", INDEX_LEVEL, "Minor Runbooks"},
	{"warning", INDEX_LEVEL, "Warning Runbooks"},
	{"info", INDEX_LEVEL, "Info Runbooks"},
	{"runbook", INDEX_BESIDE_LEVEL, "Critical Runbooks"},
	{"playbook", INDEX_BESIDE_LEVEL, "Critical Playbooks"},
	{"severity", INDEX_BESIDE_LEVEL, "Critical Severity"},
	{"priority", INDEX_BESIDE_LEVEL, "Critical Priority"},
	{"alert", INDEX_BESIDE_LEVEL, "Critical Alerts"},
	{"incident", INDEX_BESIDE_LEVEL, "Critical Incidents"},
	{"issue", INDEX_BESIDE_LEVEL, "Critical Issues"},
};

const struct word_table index_words = {rows, sizeof rows / sizeof *rows};
