/* How long is this word? Units behind a number, and cadences that are words alone. */
#ifndef WORDS_TABLE_TIME_WORDS_H
#define WORDS_TABLE_TIME_WORDS_H

#include <stddef.h>
#include <stdint.h>

enum time_word {
	UNIT_ENGLISH,
	UNIT_FOREIGN, /* not behind "a", which is English: "a tag" is no day */
	CADENCE,      /* folded; a text that holds it says how often */
};

struct time_row {
	const char *phrase;
	enum time_word kind;
	int64_t ms;
	int months; /* the calendar's, where it is made of them */
	const char *why;
};

extern const struct time_row time_words[];
extern const size_t time_words_count;

#endif
