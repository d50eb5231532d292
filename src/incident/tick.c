#include "incident/tick.h"

#include "incident/delivery.h"
#include "incident/heartbeat.h"

static const char *const names[TICK_REASONS] = {
	[TICK_PAGE_AFTER_PASSED] = "page_after_passed",
	[TICK_LATE_GRACE_PASSED] = "late_grace_passed",
	[TICK_RESOLVE_HOLD_PASSED] = "resolve_hold_passed",
	[TICK_ACK_TIMEOUT_PASSED] = "ack_timeout_passed",
	[TICK_EXPIRED] = "expired",
	[TICK_HEARTBEAT_MISSED] = "heartbeat_missed",
	[TICK_REPEAT_INTERVAL_PASSED] = "repeat_interval_passed",
};

const char *tick_reason_name(enum tick_reason r)
{
	return names[r];
}

static bool page_after_passed(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	if (inc->paging != PAGING_DEFERRED || incident_deferral_ends(inc, policy) > now)
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

static bool resolve_hold_passed(struct incident *inc, const struct incident_policy *policy, int64_t now,
                                struct counts *counts)
{
	int64_t beat_due = incident_beat_due(inc, policy);
	/* A beat that was missed before ends the hold. */
	if (!inc->open || !inc->hold_until || inc->hold_until > now || (beat_due && beat_due < inc->hold_until))
		return false;
	incident_close(inc, now, "last_member_resolved", counts);
	return true;
}

static bool expired(struct incident *inc, const struct incident_policy *policy, int64_t now, struct counts *counts)
{
	if (!inc->open || inc->heartbeat.every || incident_expires_at(inc, policy) > now)
		return false;
	incident_close(inc, now, "expired", counts);
	return true;
}

/* What happens to an open one that stays open. */
static size_t go_on(struct incident *inc, const struct incident_policy *policy, int64_t now, enum tick_reason *out,
                    struct counts *counts)
{
	enum tick_reason deferred =
		inc->deferred_why == DEFERRED_LATE_GRACE ? TICK_LATE_GRACE_PASSED : TICK_PAGE_AFTER_PASSED;
	size_t n = 0;
	if (page_after_passed(inc, policy, now)) {
		out[n++] = deferred;
		incident_note(inc, now, names[deferred], "still firing: paged");
	}
	if (acknowledgement_passed(inc, now))
		out[n++] = TICK_ACK_TIMEOUT_PASSED;
	if (heartbeat_remind(inc, now, counts))
		out[n++] = TICK_REPEAT_INTERVAL_PASSED;
	return n;
}

size_t incident_tick(struct incident *inc, const struct incident_policy *policy, int64_t now,
                     enum tick_reason out[TICK_REASONS], struct counts *counts)
{
	bool was_open = inc->open;
	size_t n = 0;
	if (expired(inc, policy, now, counts))
		out[n++] = TICK_EXPIRED;
	if (resolve_hold_passed(inc, policy, now, counts))
		out[n++] = TICK_RESOLVE_HOLD_PASSED;
	if (heartbeat_miss(inc, policy, now, counts))
		out[n++] = TICK_HEARTBEAT_MISSED;
	if (inc->open)
		n += go_on(inc, policy, now, out + n, counts);
	if (was_open || n)
		incident_refresh(inc, now);
	return n;
}
