/*
 * Go's regular expressions (the RE2 syntax that Alertmanager's matchers speak) as PCRE2 patterns that mean the same.
 * Everything is read and written anew, nothing is passed through unread: so what RE2 refuses is refused here, with a
 * hint, and what both accept with different meanings (\s, octal escapes, scripts, {,n}, class corner cases) is spelled
 * out. One thing is stricter: two groups of one name, which Go allows, are refused (which would a template mean?).
 * Syntax: https://github.com/google/re2/wiki/Syntax, Go's regexp/syntax with the Perl flags.
 */
#ifndef RULES_RE2_H
#define RULES_RE2_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define RE2_REPEAT_MAX 1000 /* RE2's own limit, nested repetitions multiplied */
#define RE2_DEPTH_MAX 100   /* groups within groups */

/* A named group and its number in the translation. */
struct re2_group {
	struct str name; /* view into the regex */
	unsigned number;
};

struct re2_groups {
	struct re2_group *v; /* room for `room` */
	size_t n, room;
};

/* Appends the translation to `out`. False with a line in `err` at `at`. */
bool re2_translate(struct str regex, struct pos at, struct buf *out, struct re2_groups *groups, struct err *err);

#endif
