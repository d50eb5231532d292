/* Which column of a list of runbooks is this? */
#ifndef WORDS_TABLE_RUNBOOK_COLUMNS_H
#define WORDS_TABLE_RUNBOOK_COLUMNS_H

#include "words/word_table.h"

enum field {
	LINK,
	TITLE,
	SEVERITY,
	DESCRIPTION,
	COVERS, /* what it is for: names of alerts, or a description */
	ESTIMATE,
	APPROVAL,
	OWNER,
	UPDATED,
	REVIEW,
	TYPE,
	CATEGORY,
	ALERTS,
	ID,
	OTHER
};

extern const struct word_table runbook_columns;

#endif
