/*
 * What became of runbooks since they were last edited, by a decision journal: how often they stood on a page, and what people
 * found them worth (runbookctl incidents feedback). So a page that is used and found outdated says so where its author looks.
 */
#ifndef LINT_RUNBOOK_USE_H
#define LINT_RUNBOOK_USE_H

#include "lint/lint.h"

struct runbook_use {
	const struct runbook *runbook;
	int64_t edited_at; /* nothing before counts; 0: nobody says when */
	size_t pages, acknowledged, resolved, helped, outdated, missing;
};
struct runbook_uses {
	const struct catalog *catalog; /* set by the caller, outlives it */
	struct runbook_use *v;
	size_t n, capacity;
};
/* What happened to a runbook; `missing` is of what it does not say. */
enum runbook_used { USED_PAGE, USED_ACKNOWLEDGED, USED_RESOLVED, USED_HELPED, USED_OUTDATED, USED_MISSING, USED_KINDS };
/* "helped", "outdated", "missing"; false for other words. */
bool runbook_used_find(struct str verdict, enum runbook_used *out);
/* `path` is as journals have it, an anchor is passed over; what is no page of the catalog is not counted. */
void runbook_uses_add(struct runbook_uses *u, struct str path, enum runbook_used what, int64_t at);
void runbook_uses_release(struct runbook_uses *u);
/* A finding for each page that somebody found outdated, or missing something, since it was last edited. */
void lint_runbook_uses(const struct runbook_uses *u, struct lint *out);

#endif
