/* Which words say that the list below them holds what a page must have? Phrases are folded. */
#ifndef WORDS_TABLE_SECTION_INTROS_H
#define WORDS_TABLE_SECTION_INTROS_H

#include "words/word_table.h"

enum section_intro {
	LIST_WHAT_RUNBOOK,    /* of whom it is said */
	LIST_WHAT_POSTMORTEM, /* the same */
	LIST_HOW,             /* that it must */
};

extern const struct word_table section_intros;

#endif
