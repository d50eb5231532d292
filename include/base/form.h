/*
 * Bodies of forms (application/x-www-form-urlencoded), as browsers and Slack send them, and cookies.
 */
#ifndef BASE_FORM_H
#define BASE_FORM_H

#include "base/mem.h"
#include "base/str.h"

/*
 * The first value of this name, decoded, of at most `most` bytes as written; false where there is none, or it is longer.
 * A '%' that nothing fits behind stands for itself.
 */
bool form_value(struct arena *arena, struct str body, const char *name, size_t most, struct str *out);
/* The value of a Cookie header's pair, as it is written; empty where it has none. */
struct str form_cookie(struct str header, const char *name);
/* '%' and two digits become their byte; '+' stays. */
struct str form_unescape(struct arena *arena, struct str s);

#endif
