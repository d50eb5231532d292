/* What is this word in a runbook's title? A longer opening stands before what it begins with. */
#ifndef WORDS_TABLE_TITLE_WORDS_H
#define WORDS_TABLE_TITLE_WORDS_H

#include "words/word_table.h"

enum title_word {
	TITLE_OPENING,         /* says what the page is: "Runbook: HighCPU" */
	TITLE_ALERT,           /* what follows is an alert's name, whatever it looks like */
	TITLE_CLOSING,         /* behind the name */
	TITLE_PART,            /* behind "Alert" it names a part of the page, not an alert */
	TITLE_BESIDE_SEVERITY, /* in brackets beside a severity */
};

extern const struct word_table title_words;

#endif
