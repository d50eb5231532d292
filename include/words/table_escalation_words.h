/* What is this word to somebody who writes down an escalation? */
#ifndef WORDS_TABLE_ESCALATION_WORDS_H
#define WORDS_TABLE_ESCALATION_WORDS_H

#include "words/word_table.h"

enum escalation_word {
	WORD_VERB,
	WORD_ROLE,
	WORD_CONDITION,
	WORD_TELLING,
	WORD_ROLE_END,
	WORD_IF,
	WORD_BYSTANDER,
	WORD_ARTICLE,
	WORD_TOLD,
	WORD_MODAL,
	WORD_DOING,
	WORD_INFORMS,
	WORD_LINK,
	WORD_LEVEL,
	WORD_ORDER,
	WORD_REACH,
	WORD_NOW,
	WORD_FURTHER,
	WORD_LATER,
	WORD_FIRST,
	WORD_ROLE_FIRST,
	WORD_AFTER,
	WORD_WHEN,
	WORD_WAIT,
	WORD_FORBIDS,
	WORD_NO_NAME,
};

extern const struct word_table escalation_words;

#endif
