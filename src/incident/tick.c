#include "incident/tick.h"

#include "incident/delivery.h"

static const char *const names[TICK_REASONS] = {
	[TICK_PAGE_AFTER_PASSED] = "page_after_passed",
	[TICK_LATE_GRACE_PASSED] = "late_grace_passed",
	[TICK_RESOLVE_HOLD_PASSED] = "resolve_hold_passed",
	[TICK_ACK_TIMEOUT_PASSED] = "ack_timeout_passed",
	[TICK_EXPIRED] = "expired",
};

const char *tick_reason_name(enum tick_reason r)
{
	return names[r];
}

static bool page_after_passed(struct incident *inc, int64_t now)
{
	if (inc->paging != PAGING_DEFERRED || inc->deferred_until > now)
		return false;
	inc->paging = PAGING_ON;
	inc->deferred_until = 0;
	inc->last_notice_at = now;
	return true;
}

/* Still firing, and nobody has it any more: the next reminder comes with the next repeat. */
static bool acknowledgement_passed(struct incident *inc, int64_t now)
{
	if (!inc->acknowledged.at || !inc->ack_until || inc->ack_until > now)
		return false;
	incident_unacknowledge(inc, now, "ack_timeout passed");
	return true;
}

size_t incident_tick(struct incident *inc, const struct incident_policy *policy, int64_t now,
                     enum tick_reason out[TICK_REASONS], struct counts *counts)
{
	size_t n = 0;
	if (!inc->open)
		return 0;
	if (incident_expires_at(inc, policy) <= now) {
		out[n++] = TICK_EXPIRED;
		incident_close(inc, now, "expired", counts);
	} else if (inc->hold_until && inc->hold_until <= now) {
		out[n++] = TICK_RESOLVE_HOLD_PASSED;
		incident_close(inc, now, "last_member_resolved", counts);
	} else {
		enum tick_reason deferred =
			inc->deferred_why == DEFERRED_LATE_GRACE ? TICK_LATE_GRACE_PASSED : TICK_PAGE_AFTER_PASSED;
		if (page_after_passed(inc, now)) {
			out[n++] = deferred;
			incident_note(inc, now, names[deferred], "still firing: paged");
		}
		if (acknowledgement_passed(inc, now))
			out[n++] = TICK_ACK_TIMEOUT_PASSED;
	}
	incident_refresh(inc, now);
	return n;
}
