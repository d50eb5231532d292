/* What kind of place does a line that opens so lead to? */
#include "words/table_link_kinds.h"

static const struct word_row rows[] = {
	{"status page", LINK_STATUS_PAGE, "what customers see"},  {"statuspage", LINK_STATUS_PAGE, "what customers see"},
	{"war room", LINK_WAR_ROOM, "where people meet"},         {"bridge", LINK_WAR_ROOM, "where people meet"},
	{"incident channel", LINK_WAR_ROOM, "where people meet"},
};

const struct word_table link_kinds = {rows, sizeof rows / sizeof *rows};
