/* What kind of place does a line that opens so lead to? */
#ifndef WORDS_TABLE_LINK_KINDS_H
#define WORDS_TABLE_LINK_KINDS_H

#include "words/word_table.h"

enum fact_link_kind { LINK_WAR_ROOM, LINK_STATUS_PAGE, LINK_SERVICE, LINK_RELATED };

extern const struct word_table link_kinds;

#endif
