/*
 * Whether a rule may match an alert of which only the definition is known: coverage_depends.c says it, for the alert's own
 * runbook and owner, and for coverage_rules.c.
 */
#ifndef LINT_COVERAGE_IMPL_H
#define LINT_COVERAGE_IMPL_H

#include "lint/coverage.h"

#define COVERAGE_DEPENDS_MAX 20 /* labels that are told of one alert, or rule */

struct finding_depends {
	const struct coverage *c;
	struct coverage_alert *a;
	const struct alert *alert;
	struct strs ended_by; /* labels without which the search has ended at an earlier rule */
};

enum rule_chance { RULE_NEVER, RULE_MAYBE, RULE_ALWAYS };

/* `by`: the labels that decide, where it may be either. */
enum rule_chance coverage_chance(const struct finding_depends *f, const struct rule *rule, struct strs *by);
/* Whether the alert may come with a value of this label that is not known here. */
bool coverage_may_have(const struct finding_depends *f, struct str name);
/* Adds a name once. */
void coverage_depend_on(const struct coverage *c, struct strs *to, struct str name);

/* coverage_rules.c: which rules a definition, or an alert that fired, reaches. */
void coverage_rules_init(struct coverage *c);
void coverage_rules_release(struct coverage *c);
void coverage_reach(struct coverage *c, struct coverage_alert *definition, const struct alert *alert);
void coverage_reached_by(struct coverage *c, const struct plan *plan);

#endif
