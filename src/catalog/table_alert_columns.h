/* Which column holds the names of alerts? The whole heading must be the phrase. */
#ifndef CATALOG_TABLE_ALERT_COLUMNS_H
#define CATALOG_TABLE_ALERT_COLUMNS_H

#include "word_table.h"

extern const struct word_table alert_columns;

#endif
