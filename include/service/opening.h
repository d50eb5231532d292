/*
 * Incidents by hand: what no alert reports, and drills. It is an alert of our own by a rule of its own (runbook, severity,
 * owner), so it pages, escalates and is told as any other; nobody resolves it but a person (or expire_after). A drill is one
 * whose every message says DRILL, and after which nothing is owed.
 */
#ifndef SERVICE_OPENING_H
#define SERVICE_OPENING_H

#include "service/operate.h"

#define OPENING_ALERTNAME "OpenedByHand"
#define OPENING_DRILL "Drill"

struct opening_order {
	struct str runbook;  /* a path of the catalog, or a URL */
	struct str severity; /* empty: the runbook's, else the default */
	struct str owner, summary, by;
	bool drill;
};
/* Data: the incident. OPERATE_BAD: the runbook or the severity does not exist. Strings must live until the callback. */
void operate_open(struct router *r, const struct opening_order *order, operate_done *done, void *arg);

#endif
