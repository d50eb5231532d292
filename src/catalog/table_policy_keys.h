/* What is a line below "Reviews" about, where it is not about reading the pages again? */
#ifndef CATALOG_TABLE_POLICY_KEYS_H
#define CATALOG_TABLE_POLICY_KEYS_H

#include "word_table.h"

extern const struct word_table policy_keys;

#endif
