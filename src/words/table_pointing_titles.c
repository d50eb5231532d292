/* Which text of a link only points, and does not say what the page is about? */
#include "words/table_pointing_titles.h"

static const struct word_row rows[] = {
	{"here", 0, "\"click here\", shorter"},
	{"click", 0, "the page is behind it"},
	{"click here", 0, "the page is behind it"},
	{"below", 0, "further down on the same page"},
	{"see below", 0, "the same"},
	{"see", 0, "the page is behind it"},
	{"link", 0, "the column's own word"},
	{"url", 0, "the column's own word"},
	{"page", 0, "the column's own word"},
	{"runbook", 0, "the column's own word"},
	{"playbook", 0, "the column's own word"},
	{"guide", 0, "the column's own word"},
	{"docs", 0, "the column's own word"},
	{"details", 0, "the column's own word"},
	{"view", 0, "as a button"},
	{"open", 0, "as a button"},
	{"more", 0, "as a button"},
	{"read more", 0, "as a button"},
};

const struct word_table pointing_titles = {rows, sizeof rows / sizeof *rows};
