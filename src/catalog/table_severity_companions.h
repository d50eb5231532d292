/* Which word stands behind every severity alike, and says nothing of it? */
#ifndef CATALOG_TABLE_SEVERITY_COMPANIONS_H
#define CATALOG_TABLE_SEVERITY_COMPANIONS_H

#include "word_table.h"

extern const struct word_table severity_companions;

#endif
