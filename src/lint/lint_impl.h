/*
 * One run of lint_rules().
 */
#ifndef LINT_LINT_IMPL_H
#define LINT_LINT_IMPL_H

#include "lint/lint.h"
#include "lint/shadow.h"

struct linting {
	const struct lint_world *world;
	struct shadow *shadow;
	struct lint *out;
	const struct rule *const *rules;
	size_t count;
	bool *contradictory; /* by rule: has been reported, and is nobody's cover */
};

/* Reports a rule without which everything would be the same. */
void lint_default(struct linting *l, const struct rule *rule);

#endif
