/* Which column of a table about duties is this? Rows are tried in order where a text holds a phrase. */
#ifndef WORDS_TABLE_POLICY_COLUMNS_H
#define WORDS_TABLE_POLICY_COLUMNS_H

#include "words/word_table.h"

enum policy_column {
	POLICY_COLUMN_EVERY,
	POLICY_COLUMN_WITHIN,
	POLICY_COLUMN_SEVERITY,
};

extern const struct word_table policy_columns;

#endif
