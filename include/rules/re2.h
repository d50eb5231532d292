/*
 * Regular expressions of rules/regex.h as PCRE2 patterns that mean the same. Everything is written anew, nothing is passed
 * through: so what both accept with different meanings (\s, octal escapes, scripts, {,n}, class corner cases) is spelled out.
 */
#ifndef RULES_RE2_H
#define RULES_RE2_H

#include "base/buf.h"
#include "rules/regex.h"

/* Appends the translation to `out`. False with a line in `err` at `at`. */
bool re2_translate(struct str regex, struct pos at, struct buf *out, struct regex_groups *groups, struct err *err);

#endif
