/* Which words say that a page has moved, where it has one link and little else? */
#include "words/table_moved_pages.h"

static const struct word_row rows[] = {
	{"moved", 0, "\"This page has moved to …\""},
	{"relocated", 0, "\"Relocated to …\""},
	{"renamed", 0, "\"Renamed to …\""},
	{"superseded", 0, "\"Superseded by …\""},
	{"redirect", 0, "\"Redirects to …\""},
	{"replaced", 0, "\"Replaced by …\""},
	{"now live", 0, "\"This runbook now lives at …\""},
	{"deprecated in favour of", 0, "\"Deprecated in favour of …\""},
	{"deprecated in favor of", 0, "\"Deprecated in favor of …\""},
	{"obsolete see", 0, "\"Obsolete, see …\""},
	{"deprecated use", 0, "\"Deprecated. Use … instead\""},
	{"obsolete use", 0, "\"Obsolete: use …\""},
	{"no longer maintained", 0, "\"No longer maintained, see …\""},
	{"no longer used", 0, "\"No longer used, see …\""},
	{"deprecated see", 0, "\"Deprecated: see …\""},
	{"verschoben", 0, "German"},
	{"umgezogen", 0, "German"},
	{"deplace", 0, "French"},
	{"ha movido", 0, "Spanish"},
	{"se movio", 0, "Spanish"},
	{"foi movida", 0, "Portuguese"},
	{"foi movido", 0, "Portuguese"},
	{"merged into", 0, "\"Merged into …\""},
};

const struct word_table moved_pages = {rows, sizeof rows / sizeof *rows};
