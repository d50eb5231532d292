/* What an incident's clock does when it rings. */
#include "incident/tick.h"

#include "incident/communication.h"
#include "incident/deadline.h"
#include "incident/delivery.h"
#include "incident/episode.h"
#include "incident/escalation.h"
#include "incident/heartbeat.h"
#include "incident/held.h"
#include "incident/invariants.h"
#include "incident/row.h"
#include "incident/silence.h"

static const char *const names[TICK_REASONS] = {
	[TICK_PAGE_AFTER_PASSED] = "page_after_passed",
	[TICK_LATE_GRACE_PASSED] = "late_grace_passed",
	[TICK_RESOLVE_HOLD_PASSED] = "resolve_hold_passed",
	[TICK_ACK_TIMEOUT_PASSED] = "ack_timeout_passed",
	[TICK_EXPIRED] = "expired",
	[TICK_HEARTBEAT_MISSED] = "heartbeat_missed",
	[TICK_REPEAT_INTERVAL_PASSED] = "repeat_interval_passed",
	[TICK_ESCALATED] = "escalated",
	[TICK_RESPONSE_MISSED] = "response_missed",
	[TICK_RESOLUTION_MISSED] = "resolution_missed",
	[TICK_FALLBACK_AFTER_PASSED] = "fallback_after_passed",
	[TICK_UPDATE_INTERVAL_PASSED] = "update_interval_passed",
};

const char *tick_reason_name(enum tick_reason r)
{
	return names[r];
}

/* Who has it already is not woken, nor is anybody else before he gives it back or his time is over. */
static void page_when_due(struct incident *inc, int64_t now, const char *why)
{
	const struct incident_person *who = incident_acknowledgement(inc);
	bool taken = who && !incident_is_paged(inc);
	if (!taken) {
		episode_page(inc, now, why);
		incident_note(inc, now, why, "still firing: paged");
		return;
	}
	incident_note(inc, now, why, "still firing: nobody is told, %.*s has it",
	              STR_ARG(who->by.n ? who->by : STR("somebody")));
	episode_page(inc, now, why);
	inc->taken_generation = inc->generation;
}

static bool page_after_passed(struct incident *inc, const struct incident_policy *policy, int64_t now,
                              enum tick_reason why)
{
	if (!incident_is_waiting(inc) || incident_deferral_ends(inc, policy) > now || silence_is_unasked(inc, policy))
		return false;
	page_when_due(inc, now, names[why]);
	return true;
}

/* Still firing, and nobody has it any more: the next reminder comes with the next repeat. */
static bool acknowledgement_passed(struct incident *inc, int64_t now)
{
	if (!incident_acknowledgement(inc) || !inc->ack_until || inc->ack_until > now)
		return false;
	incident_unacknowledge(inc, now, "ack_timeout passed");
	return true;
}

static bool resolve_hold_passed(struct incident *inc, const struct incident_policy *policy, int64_t now,
                                struct counts *counts)
{
	int64_t beat_due = incident_beat_due(inc, policy);
	/* A beat that was missed before ends the hold. */
	int64_t until = incident_hold_until(inc, policy);
	if (!until || until > now || (beat_due && beat_due < until))
		return false;
	incident_close(inc, now, "last_member_resolved", counts);
	return true;
}

/* A row of which nothing is heard is dropped, and who stood in it has ended. `gone`: each is, whatever was heard of it. */
static bool rows_left(struct incident *inc, const struct incident_policy *policy, int64_t now, bool gone,
                      struct counts *counts)
{
	const char *why = NULL;
	uint64_t ended = 0;
	if (silence_is_unasked(inc, policy) || (!gone && silence_holds(inc, now)))
		return false;
	for (size_t i = inc->row_count; i-- > 0;) {
		struct incident_row *row = &inc->rows[i];
		if (!gone && incident_row_left(row, policy) > now)
			continue;
		/* The last word of a group in which nothing fires any more, or a silence that was too long. */
		bool silent = !gone && (!row->left_at || row->left_at - row->heard_at >= policy->expire_after);
		why = silent ? "expired" : "no_longer_reported";
		ended += row->n0 + row->n1;
		row_drop(inc, row);
	}
	if (!why)
		return false;
	incident_absent(inc, ended, now, counts);
	if (inc->row_count)
		episode_settle(inc, policy, now, why, counts);
	else
		incident_close(inc, now, incident_is_paged(inc) ? why : reason_name(REASON_NEVER_PAGED), counts);
	return !inc->row_count;
}

/* What happens to an open one that stays open. */
static size_t go_on_after_waiting(struct incident *inc, const struct incident_policy *policy, int64_t now,
                                  enum tick_reason *out, struct counts *counts)
{
	enum tick_reason due = inc->due_why == DUE_LATE_GRACE ? TICK_LATE_GRACE_PASSED : TICK_PAGE_AFTER_PASSED;
	size_t n = 0;
	if (page_after_passed(inc, policy, now, due))
		out[n++] = due;
	if (acknowledgement_passed(inc, now))
		out[n++] = TICK_ACK_TIMEOUT_PASSED;
	if (heartbeat_remind(inc, now, counts))
		out[n++] = TICK_REPEAT_INTERVAL_PASSED;
	if (incident_fallback_passed(inc, policy, now))
		out[n++] = TICK_FALLBACK_AFTER_PASSED;
	if (incident_update_passed(inc, policy, now))
		out[n++] = TICK_UPDATE_INTERVAL_PASSED;
	return n;
}

size_t incident_tick(struct incident *inc, const struct incident_policy *policy, int64_t now,
                     enum tick_reason out[TICK_REASONS], struct counts *counts)
{
	bool was_open = incident_is_open(inc);
	const uint64_t before = inc->generation;
	size_t n = 0;
	held_look(inc, policy, now);
	bool gone = silence_hear(inc, policy, now);
	if (rows_left(inc, policy, now, gone, counts))
		out[n++] = TICK_EXPIRED;
	if (resolve_hold_passed(inc, policy, now, counts))
		out[n++] = TICK_RESOLVE_HOLD_PASSED;
	if (heartbeat_miss(inc, policy, now, counts))
		out[n++] = TICK_HEARTBEAT_MISSED;
	if (incident_is_open(inc))
		n += go_on_after_waiting(inc, policy, now, out + n, counts);
	if (deadline_response_missed(inc, now))
		out[n++] = TICK_RESPONSE_MISSED;
	if (deadline_resolution_missed(inc, now))
		out[n++] = TICK_RESOLUTION_MISSED;
	if (escalation_run(inc, policy, now))
		out[n++] = TICK_ESCALATED;
	if (inc->generation > before)
		incident_use_runbook(inc, counts, COUNT_RUNBOOK_DECIDED);
	communication_join(inc, policy, now);
	if (was_open || n)
		incident_refresh(inc, now);
	incident_holds(inc);
	return n;
}
