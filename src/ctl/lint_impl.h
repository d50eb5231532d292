/*
 * The parts of runbookctl lint: evidence in, findings out.
 */
#ifndef CTL_LINT_IMPL_H
#define CTL_LINT_IMPL_H

#include <jansson.h>

#include "lint/runbook_use.h"

/* ---- lint_journal.c ---- */

struct evidence {
	struct arena *arena;
	struct map *by_alert;
	struct lint_seen *v;
	size_t n, capacity;
	struct runbook_uses uses;
	size_t unreadable; /* lines that hold no alert */
	bool full;         /* more different alerts than LINT_ALERTS_MAX: the others were passed over */
};
#define LINT_ALERTS_MAX 200000

void evidence_init(struct evidence *e, const struct catalog *catalog);
void evidence_release(struct evidence *e);
/* Every journal file that a pattern finds; a folder stands for its *.jsonl. False with a line in `err`. */
bool evidence_read(struct evidence *e, const char *pattern, struct err *err);

/* ---- lint_baseline.c ---- */

/* Marks findings that the file knows. One entry knows one finding. False with a line in `err`. */
bool lint_baseline_apply(struct lint *l, const char *file, struct err *err);
bool lint_baseline_write(const struct lint *l, const char *file, struct err *err);

/* ---- lint_report.c, lint_sarif.c ---- */

void lint_print(const struct lint *l);
/* INTERFACE section 7; the caller owns it. */
json_t *lint_json(const struct lint *l);
/* What became of runbooks since they were last edited, by path; the caller owns it. */
json_t *lint_uses_json(const struct runbook_uses *uses);
/* SARIF 2.1.0; the caller owns it. */
json_t *lint_sarif(const struct lint *l, bool has_baseline);

#endif
