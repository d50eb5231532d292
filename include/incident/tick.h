/*
 * Timer events of an incident: a deferred page becomes due, a held resolve is told, an acknowledgement runs out, an
 * incident that nobody has heard of for long expires, a heartbeat is missed (and its reminders come due), a page that was not taken
 * goes to the fallback, who was told hears that the group has grown, a step of the escalation is due, a deadline passes. Pure;
 * driven by store.claim(STORE_CLOCK).
 */
#ifndef INCIDENT_TICK_H
#define INCIDENT_TICK_H

#include "incident/counts.h"
#include "incident/incident.h"

enum tick_reason {
	TICK_PAGE_AFTER_PASSED,
	TICK_LATE_GRACE_PASSED,
	TICK_RESOLVE_HOLD_PASSED,
	TICK_ACK_TIMEOUT_PASSED,
	TICK_EXPIRED,
	TICK_HEARTBEAT_MISSED,
	TICK_REPEAT_INTERVAL_PASSED,
	TICK_ESCALATED,
	TICK_RESPONSE_MISSED,
	TICK_RESOLUTION_MISSED,
	TICK_FALLBACK_AFTER_PASSED,
	TICK_UPDATE_INTERVAL_PASSED,
	TICK_REASONS
};
const char *tick_reason_name(enum tick_reason r);
/* Returns how many events happened, their reasons in `out` (room for TICK_REASONS). */
size_t incident_tick(struct incident *inc, const struct incident_policy *policy, int64_t now,
                     enum tick_reason out[TICK_REASONS], struct counts *counts);

#endif
