/* Which column of an escalation is this? */
#ifndef CATALOG_TABLE_ESCALATION_COLUMNS_H
#define CATALOG_TABLE_ESCALATION_COLUMNS_H

#include "word_table.h"

enum field { AFTER, NOTIFY, SEVERITY, LEVEL };

extern const struct word_table escalation_columns;

#endif
