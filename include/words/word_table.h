/* What a table of words is made of. */
#ifndef WORDS_WORD_TABLE_H
#define WORDS_WORD_TABLE_H

#include <stddef.h>

struct word_row {
	const char *phrase; /* folded */
	int value;
	const char *why; /* what people mean by it, or where it is seen */
};
/* The tables are files of their own, one for each question: table_QUESTION.c. */
struct word_table {
	const struct word_row *rows;
	size_t count;
};

#endif
