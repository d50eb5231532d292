/*
 * What the parts of the reader of regular expressions share: where reading stands, classes and escapes.
 */
#ifndef RULES_REGEX_IMPL_H
#define RULES_REGEX_IMPL_H

#include "rules/regex.h"

struct regex_flags {
	bool fold, dot_all, multi_line;
};

struct regex_reader {
	const char *p, *end; /* what is still to be read */
	struct arena *arena;
	struct str regex;
	struct pos at;
	struct regex_groups *groups;
	struct err *err;
	struct regex_flags flags; /* that hold here */
	unsigned captures;        /* capturing groups so far */
	size_t depth;
	char *chars; /* room for the characters of all texts, which are never longer than they are written */
};

/* Adds the line to err; `from` is where the offending text begins. Always false. */
bool regex_refuse(struct regex_reader *r, const char *from, const char *hint);
/* Whether the rest begins so. */
bool regex_ahead(const struct regex_reader *r, const char *prefix);
/* The next character, which there must be; the regex is known to be UTF-8. */
uint32_t regex_next(struct regex_reader *r);

/* At a backslash: an escape that stands for one character. */
bool regex_escaped_char(struct regex_reader *r, uint32_t *c);
/* At '['. NULL when refused. */
struct regex_node *regex_class(struct regex_reader *r);
/* At \d \W \p and so on: the class that it is. NULL when refused. */
struct regex_node *regex_escaped_class(struct regex_reader *r);
/* Whether \LETTER names characters as \d does. */
bool regex_is_perl(char letter);

/*
 * A name behind \p, by UTS 18: case, blanks, hyphens and low lines do not count. NULL for one that Go does not know;
 * whether PCRE2 knows the script, compiling tells.
 */
const char *regex_unicode_name(struct arena *arena, struct str name, bool *negated);

#endif
