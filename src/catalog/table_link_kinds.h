/* What kind of place does a line that opens so lead to? */
#ifndef CATALOG_TABLE_LINK_KINDS_H
#define CATALOG_TABLE_LINK_KINDS_H

#include "word_table.h"

extern const struct word_table link_kinds;

#endif
