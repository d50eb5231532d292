/* What is this word to somebody who writes down an escalation? */
#ifndef WORDS_TABLE_ESCALATION_WORDS_H
#define WORDS_TABLE_ESCALATION_WORDS_H

#include "words/word_table.h"

enum escalation_word {
	/* of escalation_words */
	WORD_VERB,
	WORD_ROLE,
	WORD_ROLE_FIRST,
	WORD_ROLE_ENDING,
	WORD_BYSTANDER,
	WORD_ARTICLE,
	WORD_EITHER,
	WORD_NO_NAME,
	WORD_LINK,
	WORD_LEVEL,
	WORD_ORDER,
	WORD_DOING,
	WORD_INFORMS,
	/* of escalation_phrases */
	WORD_CONDITION,
	WORD_TELLING,
	WORD_HANDED,
	WORD_ROLE_END,
	WORD_IF,
	WORD_TOLD,
	WORD_MODAL,
	WORD_REACH,
	WORD_NOW,
	WORD_FURTHER,
	WORD_LATER,
	WORD_FIRST,
	WORD_AFTER,
	WORD_WHEN,
	WORD_WAIT,
	WORD_EACH_BEHIND,
	WORD_EACH_BEFORE,
	WORD_APART,
	WORD_FORBIDS,
	WORD_START,
	WORD_THEN,
	WORD_RELATIVE,
	WORD_ASIDE,
	WORD_BESIDE,
};

#define WORD_FIRST_OF_PHRASES WORD_CONDITION

/* Each sorted by kind. */
extern const struct word_table escalation_words, escalation_phrases;

#endif
