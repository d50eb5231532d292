/*
 * Rules as text, and what lint says of them: "code rule-line>other-line" one after the other, as one text.
 */
#ifndef TESTS_LINT_FIXTURE_H
#define TESTS_LINT_FIXTURE_H

#include "lint/lint.h"

struct linted {
	struct catalog *catalog;
	struct plan_defaults defaults;
	struct ruleset *rules;
	struct lint_world world;
	struct lint lint;
};

/* Loads without lint; fails the test when the rules cannot be read. What they name need not exist. */
void lint_load(struct linted *l, const char *catalog, const char *rules);
/* The same, and runs lint_rules(). */
void lint_text(struct linted *l, const char *rules);
void lint_done(struct linted *l);
/* The caller frees. */
char *lint_summary(const struct linted *l);

#endif
