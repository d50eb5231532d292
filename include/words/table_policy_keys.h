/* What is a line below "Reviews" about, where it is not about reading the pages again? */
#ifndef WORDS_TABLE_POLICY_KEYS_H
#define WORDS_TABLE_POLICY_KEYS_H

#include "words/word_table.h"

enum fact_policy_kind {
	POLICY_REVIEW,
	POLICY_POST_INCIDENT,
	POLICY_FORMATTING,
	POLICY_TRAINING,
	POLICY_TOOL,
	POLICY_ACCESS,
	POLICY_UPDATE_PROCESS
};

extern const struct word_table policy_keys;

#endif
