/* What do these words say of the alerts that stand below them? */
#ifndef WORDS_TABLE_ALERT_INTROS_H
#define WORDS_TABLE_ALERT_INTROS_H

#include "words/word_table.h"

enum alert_intro {
	INTRO_WORD_OWN, /* the page is for them */
	INTRO_WORD_ELSEWHERE,
	INTRO_WORD_OPENS,  /* they fire beside its own: whoever reads is sent elsewhere */
	INTRO_WORD_GUIDE,  /* in a page's title: it is about alerts in general */
	INTRO_WORD_SAMPLE, /* over a block of rules: they are samples */
};

extern const struct word_table alert_intros;

#endif
