/*
 * One matcher in Alertmanager's syntax: name="v", name!="v", name=~"re", name!~"re", with or without quotes and braces.
 * Two parsers exist (FACTS): classic (escapes \n \" \\ only, any other backslash is literal; value may be empty) and UTF-8
 * (quoted values are Go string literals; names may be quoted; value required). Both are tried; where they disagree classic
 * wins, as in Alertmanager's default mode. `amtool config routes test` is the oracle.
 */
#ifndef RULES_MATCHER_H
#define RULES_MATCHER_H

#include "alert/alert.h"
#include "base/err.h"
#include "rules/pattern.h"

enum matcher_op { MATCH_EQUAL, MATCH_NOT_EQUAL, MATCH_REGEX, MATCH_NOT_REGEX };

struct matcher {
	enum matcher_op op;
	struct str name, value;  /* value as meant, escapes resolved */
	struct str text;         /* as written */
	struct pattern *pattern; /* regex operators */
	struct pos at;
};

/*
 * Parses the text of one list item, which may hold one matcher or several separated by commas, with or without braces.
 * Appends to `*out` (grown with mem_grow_array). Strings live in `arena`. False with lines in `err`.
 */
bool matchers_parse(struct arena *arena, struct str text, struct pos at, struct matcher **out, size_t *count,
                    struct err *err);
/* Frees patterns only; strings belong to the arena. */
void matcher_release(struct matcher *m);
/*
 * A missing label equals the empty string. Captures of =~ are appended to `captures`/`*count`, which has room for
 * PATTERN_CAPTURES_MAX in all (rulefile_parse refuses rules with more); NULL for none.
 */
enum pattern_result matcher_match(const struct matcher *m, const struct labels *labels, struct capture *captures,
                                  size_t *count);
const char *matcher_op_text(enum matcher_op op);
/*
 * Whether an = or != looks as if a pattern were meant: alertname="A|B", alertname="*", namespace="payments-.*". `better`
 * gets the matcher that says so, in `arena`. A guess from the looks, for a warning.
 */
bool matcher_means_pattern(const struct matcher *m, struct arena *arena, struct str *better);

#endif
