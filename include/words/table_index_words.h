/* What is this word to somebody who lists runbooks? Phrases are folded. */
#ifndef WORDS_TABLE_INDEX_WORDS_H
#define WORDS_TABLE_INDEX_WORDS_H

#include "words/word_table.h"

enum index_word {
	INDEX_GENERAL,         /* a heading over all of them: no category */
	INDEX_PROMISE,         /* a column of this name holds runbooks: what is not linked is still to be written */
	INDEX_LEVEL,           /* a heading over a list of runbooks may be their severity */
	INDEX_LEVEL_OF_ALERTS, /* so where it says that it speaks of alerts */
	INDEX_BESIDE_LEVEL,    /* says nothing more beside it: "Critical Runbooks" */
	INDEX_MEANS_LEVEL,     /* behind a severity: what it means, not what the section is about */
};

extern const struct word_table index_words;

#endif
