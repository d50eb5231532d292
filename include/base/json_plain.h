/*
 * What stands in JSON's strings as it is: ASCII but for control characters, the quote and the backslash.
 */
#ifndef BASE_JSON_PLAIN_H
#define BASE_JSON_PLAIN_H

#include "base/str.h"

/* How many such bytes there are from `i` on, without a break. */
size_t json_plain_run(struct str s, size_t i);

#endif
