/*
 * What an Alertmanager answers when it is asked for its alerts (GET /api/v2/alerts): of each, who it is here (behind what its
 * source does to labels) and whether it would be notified of. Alerts that have ended are not in it. Pure.
 * Measured against 0.25 and 0.33: status.state is active, suppressed (silencedBy, inhibitedBy, mutedBy) or unprocessed.
 */
#ifndef ALERT_LISTING_H
#define ALERT_LISTING_H

#include "alert/alert.h"
#include "alert/source_labels.h"
#include "base/err.h"

#define LISTING_BY_MAX 200 /* bytes of `by` */

struct alert_listed {
	struct labels sent, here;                /* its labels as they are there, and as they are here */
	char fingerprint[ALERT_FINGERPRINT_MAX]; /* of those here */
	bool suppressed;
	struct str by; /* what suppresses it, for people: "silence 6b1c…" */
};

struct alert_list {
	struct alert_listed *v;
	size_t n;
};

/* False with a line in `err`: no list of alerts. Everything lives in `arena`; `body` is borrowed for the call. */
bool listing_read(struct arena *arena, struct str body, const struct source_labels *source, struct alert_list *out,
                  struct err *err);

#endif
