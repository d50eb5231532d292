/*
 * A regular expression's PCRE2 code, made when it is first used: most patterns never are. Of ten thousand rules an alert
 * meets the few that the literal index leaves. So a pattern costs its text, some 300 bytes of code once it is used, and
 * 30 µs and 1 KiB for JIT once it is used often. Several threads may use one.
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
struct pattern_code *pattern_code_new(struct str regex, struct pos at, struct re2_groups *groups, struct err *err);
void pattern_code_free(struct pattern_code *c); /* NULL is fine */

/* With options for pcre2_match(): PCRE2_NO_JIT as long as the interpreter will do. NULL: PCRE2 is out of memory. */
const pcre2_code *pattern_code_use(struct pattern_code *c, uint32_t *options);
/* The same when the interpreter has no clear answer. */
const pcre2_code *pattern_code_use_jit(struct pattern_code *c, uint32_t *options);

#endif
