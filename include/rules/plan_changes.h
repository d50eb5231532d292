/*
 * In what two plans for one alert differ, field by field: for whoever compares rule sets (shadow rules, runbookctl diff).
 * Only what somebody would notice: another rule that says the same is no difference, nor is another source of a value.
 */
#ifndef RULES_PLAN_CHANGES_H
#define RULES_PLAN_CHANGES_H

#include "rules/plan.h"

#define PLAN_CHANGES_MAX 16

struct plan_change {
	const char *field; /* "page", "severity", "receivers", …: as `explain` names it */
	struct str before, after;
};

/* Returns how many; texts are in `arena` or in the plans. */
size_t plan_changes(const struct plan *before, const struct plan *after, struct arena *arena,
                    struct plan_change out[PLAN_CHANGES_MAX]);

#endif
