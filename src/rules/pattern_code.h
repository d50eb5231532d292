/*
 * A regular expression's PCRE2 code, with JIT where that is to be had, made when it is first used: most patterns never are.
 * Of ten thousand rules an alert meets the few that the literal index leaves. Several threads may use one.
 */
#ifndef RULES_PATTERN_CODE_H
#define RULES_PATTERN_CODE_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/err.h"
#include "rules/re2.h"

struct pattern_code;
/*
 * NULL with a line in `err` at `at` when the regex is no good: it is compiled once to know that. The names of `groups` are
 * views into the regex that is kept.
 */
struct pattern_code *pattern_code_new(struct str regex, struct pos at, struct regex_groups *groups, struct err *err);
void pattern_code_free(struct pattern_code *c); /* NULL is fine */

/* NULL: PCRE2 is out of memory. */
const pcre2_code *pattern_code_use(struct pattern_code *c);

#endif
