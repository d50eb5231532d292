/*
 * What the parts of the RE2 translation share: the reader's state and the escapes that mean one character.
 */
#ifndef RULES_RE2_IMPL_H
#define RULES_RE2_IMPL_H

#include <stdint.h>

#include "rules/re2.h"

struct re2 {
	const char *p, *end; /* what is still to be read */
	struct str regex;
	struct pos at;
	struct buf *out;
	struct re2_groups *groups;
	struct err *err;

	unsigned captures; /* capturing groups so far */
	size_t depth;
	unsigned repeats[RE2_DEPTH_MAX + 1]; /* per open group: the most repetitions of anything in it */
	unsigned atom;                       /* repetitions within the last atom; 0: nothing to repeat */
	bool repeated;                       /* the last thing read was a repetition */
};

/* Adds the line to err; `from` is where the offending text begins. Always false. */
bool re2_refuse(struct re2 *t, const char *from, const char *hint);
/* The next character, which there must be; the regex is known to be UTF-8. */
uint32_t re2_next(struct re2 *t);
/* Writes one character so that PCRE2 takes it literally, in and outside a class. */
void re2_put_char(struct re2 *t, uint32_t c);

/* At '{'. False when it is no repetition: then the brace stands for itself. `*p` is moved behind it; `*most` < 0: no limit. */
bool re2_braces(const char **p, const char *end, long *least, long *most);
/* At a backslash: an escape that stands for one character. */
bool re2_escaped_char(struct re2 *t, uint32_t *c);
/* At \p or \P. */
bool re2_unicode_group(struct re2 *t);
/* At '['. */
bool re2_class(struct re2 *t);

#endif
