/*
 * What is wrong with the runbook folder and its index page: INTERFACE section 7, "lint". Positions of findings are
 * relative to the folder, as the catalog's are. Codes are those of lint/lint.h.
 */
#ifndef LINT_RUNBOOK_LINT_H
#define LINT_RUNBOOK_LINT_H

#include "lint/lint.h"

struct lint_folder {
	const struct ruleset *rules;
	const struct catalog *catalog;
	int64_t as_of_ms; /* reviews that were due before are overdue */
	/* Whether something lies there, path relative to the runbook folder; it may begin with "../". */
	bool (*on_disk)(void *arg, struct str path);
	/* An approver who is a receiver can be told. */
	bool (*receiver_known)(void *arg, struct str name);
	void *arg;
};
/* Nothing where the catalog has no file of a folder. */
void lint_runbooks(const struct lint_folder *f, struct lint *out);

/* A date as pages state it ("2026-03-01", "2026-03"), in ms; 0: it is none. */
int64_t lint_date(struct str date);
/* When its review became overdue (by its own cycle, else by the one the index page states for all); 0: it is not. */
int64_t runbook_overdue_since(const struct catalog *c, const struct runbook *r, int64_t now);

#endif
