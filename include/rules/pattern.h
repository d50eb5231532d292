/*
 * One regular expression as Alertmanager's matchers use it: fully anchored, `.` does not match a newline, `$` is the end
 * of the text only. PCRE2 with JIT where the system allows it, UTF with invalid bytes tolerated, \C refused, a match
 * limit so that a hostile pattern costs at most PATTERN_MATCH_LIMIT steps, a length cap.
 */
#ifndef RULES_PATTERN_H
#define RULES_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

#define PATTERN_MATCH_LIMIT 100000
#define PATTERN_LENGTH_MAX 8192
#define PATTERN_CAPTURES_MAX 16 /* named groups of one pattern */

enum pattern_result {
	PATTERN_MATCH,
	PATTERN_NO_MATCH,
	PATTERN_CANNOT_TELL /* the match limit, or an internal error */
};

struct capture {
	struct str name, value;
};

struct pattern;
/* NULL with a line in `err` at `at`. What RE2 refuses (look-around, back-references, atomic groups…) is refused with a hint. */
struct pattern *pattern_compile(struct str regex, struct pos at, struct err *err);
void pattern_free(struct pattern *p); /* drops one reference */
/* Another owner of the same pattern (the matchers of a file's scope stand in all its rules). Not while others match. */
struct pattern *pattern_ref(struct pattern *p);
/* The named groups, in order of appearance. */
size_t pattern_groups(const struct pattern *p, const struct str **names);
/* `captures` (may be NULL) gets the named groups that took part, room for PATTERN_CAPTURES_MAX; values are views into `subject`. */
enum pattern_result pattern_match(const struct pattern *p, struct str subject, struct capture *captures, size_t *count);
/*
 * All groups, by number and the whole first: `groups` has `room`, and what took no part or is beyond it is empty.
 * The number of a named one, or 0.
 */
enum pattern_result pattern_match_numbered(const struct pattern *p, struct str subject, struct str *groups,
                                           size_t room);
size_t pattern_group_number(const struct pattern *p, struct str name);

#endif
