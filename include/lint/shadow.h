/*
 * What can be proved about rules from their matchers alone: that one always matches where another does, that two never
 * match together, that one never matches. Proofs are by lint/language.h; what cannot be proved is answered false, and
 * only an alert whose value drives a pattern to its match limit could say otherwise.
 */
#ifndef LINT_SHADOW_H
#define LINT_SHADOW_H

#include "rules/ruleset.h"

struct shadow;
/* The ruleset is borrowed. */
struct shadow *shadow_new(const struct ruleset *rs);
void shadow_free(struct shadow *s); /* NULL is fine */

/*
 * True when the matchers of a rule can never hold together. `why` gets two that cannot (the same twice for one that never
 * holds alone), or where only more than two cannot, the first and the last of them.
 */
bool shadow_never_matches(struct shadow *s, const struct rule *rule, const struct matcher *why[2]);
/* Every alert that `narrow` matches, `wide` matches. Meaningless for a `narrow` that never matches. */
bool shadow_implies(struct shadow *s, const struct rule *narrow, const struct rule *wide);
/* The same for alerts without a line break in any value, which `.` does not match: what `=~".*"` is taken to mean. */
bool shadow_implies_but_for_line_breaks(struct shadow *s, const struct rule *narrow, const struct rule *wide);
/* No alert is matched by both. */
bool shadow_disjoint(struct shadow *s, const struct rule *a, const struct rule *b);
/*
 * The rules before `rule` that may be implied by it, in order: all that match an example of what it matches. The array is
 * valid until the next call.
 */
size_t shadow_candidates(struct shadow *s, const struct rule *rule, const struct rule *const **out);
/* A smallest alert that the rule matches, valid until shadow_free(); NULL: none is known. */
const struct alert *shadow_example(struct shadow *s, const struct rule *rule);
/* The texts that the matchers of `rule` on this label leave open, when these are at most `most`; false otherwise. */
bool shadow_values(struct shadow *s, const struct rule *rule, struct str label, size_t most, struct strs *out);

/* All matchers of the rule hold. */
bool shadow_matches(const struct rule *rule, const struct alert *alert);

#endif
