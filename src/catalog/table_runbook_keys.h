/* What does a runbook say of itself under this key? Of front matter, bold lines, tables of fields and headings alike. */
#ifndef CATALOG_TABLE_RUNBOOK_KEYS_H
#define CATALOG_TABLE_RUNBOOK_KEYS_H

#include "word_table.h"

extern const struct word_table runbook_keys; /* enum runbook_key; folded by runbook_fold(), so plurals as written */

#endif
