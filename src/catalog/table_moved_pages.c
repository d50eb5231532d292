/* Which words say that a page has moved, where it has one link and little else? */
#include "table_moved_pages.h"

static const struct word_row rows[] = {
	{"moved", 0, "\"This page has moved to …\""}, {"relocated", 0, "\"Relocated to …\""},
	{"renamed", 0, "\"Renamed to …\""},           {"superseded", 0, "\"Superseded by …\""},
	{"redirect", 0, "\"Redirects to …\""},        {"replaced", 0, "\"Replaced by …\""},
	{"merged into", 0, "\"Merged into …\""},
};

const struct word_table moved_pages = {rows, sizeof rows / sizeof *rows};
