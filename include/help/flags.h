/*
 * Command lines from tables: one row says a flag's name, argument, default and documentation; the parser and --help come
 * from the same row. Forms: --name=VALUE, --name VALUE, -x VALUE, -xVALUE; "--" ends the flags. What is no flag is a word.
 */
#ifndef HELP_FLAGS_H
#define HELP_FLAGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "help/manual.h"

struct flag {
	const char *name;     /* "config.file" is --config.file */
	char letter;          /* 'o' is -o; 0: none */
	const char *argument; /* "FILE"; NULL: a switch */
	const char *fallback; /* NULL: none */
	bool repeated;        /* may be given more than once */
	const char *doc;
	const char *values; /* what it may be, blanks between, for completion; NULL: anything */
};

struct flags;
struct flags *flags_new(void);
void flags_free(struct flags *f); /* NULL is fine */
/* The rows are borrowed. */
void flags_add(struct flags *f, const struct flag *rows, size_t count);
/*
 * Reads argv from *at on, to the end or (`stop_at_word`) to the first word; *at says where it stopped. May be called
 * again with more rows added. False with a line in `err` for every mistake. The values are views into argv.
 */
bool flags_parse(struct flags *f, int argc, const char *const *argv, int *at, bool stop_at_word, struct err *err);
/* The value given, else the row's default, else NULL. A name without a row is a mistake of the program. */
const char *flags_get(const struct flags *f, const char *name);
bool flags_given(const struct flags *f, const char *name);
size_t flags_all(const struct flags *f, const char *name, const char *const **values);
size_t flags_words(const struct flags *f, const char *const **words);
/* An entry for each row: --help, help and manual pages. */
void flags_print(const struct flag *rows, size_t count, const struct manual *page);
/* daemon_flags.c: the rows of runbookd's own command line. */
size_t daemon_flags(const struct flag **out);

#endif
