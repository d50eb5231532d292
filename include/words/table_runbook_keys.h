/* What does a runbook say of itself under this key? Of front matter, bold lines, tables of fields and headings alike. */
#ifndef WORDS_TABLE_RUNBOOK_KEYS_H
#define WORDS_TABLE_RUNBOOK_KEYS_H

#include "words/word_table.h"

/* What a runbook may say of itself, under the many names that people give it. */
enum runbook_key {
	KEY_NONE,
	KEY_TITLE,
	KEY_SEVERITY,
	KEY_OWNER,
	KEY_APPROVAL,
	KEY_TIME,
	KEY_UPDATED,
	KEY_REVIEW,
	KEY_NEXT_REVIEW,
	KEY_OWNER_CHANNEL, /* how to reach whoever owns it, where nothing says who that is */
	KEY_ALERTS,
	KEY_TYPE,
	KEY_CATEGORY,
	KEY_DESCRIPTION,
};

extern const struct word_table runbook_keys; /* enum runbook_key; folded by runbook_fold(), so plurals as written */

#endif
