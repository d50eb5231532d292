#include "incident/decide.h"

#include <string.h>

#include "base/time.h"
#include "incident/delivery.h"
#include "incident/episode.h"
#include "incident/heartbeat.h"

/* One call's state: what the arrivals of one webhook have in common. */
struct deciding {
	struct incident *inc;
	const struct incident_policy *policy;
	int64_t now;
	bool generation_started; /* in this call: further re-fires belong to it */
};

bool arrival_sticks(const struct member *m, const struct incident *record)
{
	if (!m->found || !m->firing || !record || !str_eq_c(m->key, record->key))
		return false;
	return record->heartbeat.every || (record->open && m->episode == record->episode);
}

/* Two Prometheus replicas start the same alert a little apart; 0 means that the sender does not say. */
static bool starts_newer(const struct deciding *on, int64_t starts_at, int64_t than)
{
	return starts_at && than && starts_at > than + on->policy->start_skew;
}

/* A firing that was over before: a lagging peer's, or a genuine one after lost contact. */
static bool is_late(const struct arrival *a)
{
	int64_t starts = a->alert->starts_at;
	return a->member.found && !a->member.firing && starts && a->member.ends_at && starts <= a->member.ends_at;
}

static bool plan_raises(const struct deciding *on, const struct plan *plan)
{
	return plan->page && on->inc->paging != PAGING_QUIET && plan->severity.rank < on->inc->severity.rank;
}

/* Closed by hand: the same trouble stays closed until it resolves, starts anew, or repeat_interval has passed. */
static bool stays_closed(const struct deciding *on, const struct arrival *a)
{
	const struct incident *inc = on->inc;
	if (inc->open || !inc->closed_by_hand.at || on->now - inc->closed_by_hand.at >= inc->repeat_interval)
		return false;
	int64_t starts = a->alert->starts_at;
	const struct member *m = &a->member;
	if (m->found && m->firing && m->episode == inc->episode && str_eq_c(m->key, inc->key))
		return !starts_newer(on, starts, m->starts_at);
	if (m->found && !m->firing)
		return false; /* it has resolved since */
	return starts && starts <= inc->closed_by_hand.at;
}

static void become_member(struct deciding *on, const struct arrival *a, struct decision *d)
{
	d->member = a->member;
	d->member.found = d->member.firing = true;
	d->member.key = str_c(on->inc->key);
	d->member.episode = on->inc->episode;
	d->member.starts_at = a->alert->starts_at;
	/* so that a store which has not heard of the end does not out-shout who has */
	d->member.ends_at = is_late(a) ? a->member.ends_at : 0;
	d->member.touched_at = on->now;
	d->member_changed = true;
}

static void join(struct deciding *on, const struct arrival *a, struct decision *d)
{
	become_member(on, a, d);
	on->inc->count.firing++;
	on->inc->count.total++;
	episode_join(on->inc, a);
}

/* Counts a join, tells the plan's receivers, and says which reason it is when nothing louder applies. */
static enum reason join_open(struct deciding *on, const struct arrival *a, struct decision *d, enum reason quietly)
{
	struct incident *inc = on->inc;
	bool was_held = inc->hold_until != 0;
	if (was_held) {
		inc->hold_until = 0;
		episode_changed(inc, on->now);
	}
	join(on, a, d);
	if (plan_raises(on, a->plan)) {
		episode_page(inc, a, on->now, "severity_raised");
		return REASON_SEVERITY_RAISED;
	}
	if (!a->plan->page)
		return inc->paging == PAGING_QUIET ? REASON_PAGE_FALSE : quietly;
	if (quietly == REASON_LATE_FIRING)
		return inc->paging == PAGING_QUIET ? episode_defer_late(inc, a, on->policy, on->now) : quietly;
	if (inc->paging == PAGING_QUIET)
		return episode_page_first(inc, a, on->now);
	if (inc->paging == PAGING_DEFERRED && inc->deferred_why == DEFERRED_LATE_GRACE) {
		episode_page(inc, a, on->now, "reopened");
		return REASON_REOPENED;
	}
	episode_hasten(inc, a->plan, on->now);
	episode_receivers(inc, a->plan, on->now);
	if (was_held) {
		inc->count.flaps++;
		return REASON_FLAPPING;
	}
	return quietly;
}

static enum reason open_closed(struct deciding *on, const struct arrival *a, struct decision *d)
{
	struct incident *inc = on->inc;
	bool late = is_late(a), first = inc->episode == 0;
	episode_open(inc, a, on->now);
	on->generation_started = true;
	join(on, a, d);
	if (!a->plan->page)
		return REASON_PAGE_FALSE;
	if (late)
		return episode_defer_late(inc, a, on->policy, on->now);
	episode_page_opened(inc, a, on->now, first ? "opened" : "reopened");
	return first ? REASON_NEW : REASON_REOPENED;
}

/*
 * A resolve was never sent to us. One that started no later than the alert that began this generation belongs to it: a
 * group of forty that fires again wakes once.
 */
static enum reason refire(struct deciding *on, const struct arrival *a, struct decision *d)
{
	struct incident *inc = on->inc;
	become_member(on, a, d);
	episode_began_later(inc, a);
	if (inc->paging == PAGING_QUIET && !a->plan->page)
		return REASON_PAGE_FALSE;
	bool known = on->generation_started || !starts_newer(on, a->alert->starts_at, inc->generation_starts_at);
	if ((known && !plan_raises(on, a->plan)) || !a->plan->page)
		return inc->acknowledged.at ? REASON_ACKNOWLEDGED : REASON_REPEAT;
	on->generation_started = true;
	episode_changed(inc, on->now);
	episode_page(inc, a, on->now, "reopened");
	return REASON_REOPENED;
}

/* Another store may know of the end of what began before: then it counts that this began later, though it is no new page here. */
static void keep_fact(struct deciding *on, const struct arrival *a, struct decision *d)
{
	bool later = a->member.starts_at && a->alert->starts_at > a->member.starts_at;
	if (!later && on->now - a->member.touched_at < MEMBER_TOUCH)
		return;
	d->member = a->member;
	if (later) {
		d->member.starts_at = a->alert->starts_at;
		episode_began_later(on->inc, a);
	}
	d->member.touched_at = on->now;
	d->member_changed = true;
}

static enum reason repeat(struct deciding *on, const struct arrival *a, struct decision *d)
{
	struct incident *inc = on->inc;
	keep_fact(on, a, d);
	if (inc->paging == PAGING_QUIET)
		return a->plan->page ? episode_page_first(inc, a, on->now) : REASON_PAGE_FALSE;
	if (plan_raises(on, a->plan)) {
		episode_page(inc, a, on->now, "severity_raised");
		return REASON_SEVERITY_RAISED;
	}
	if (!a->plan->page)
		return inc->acknowledged.at ? REASON_ACKNOWLEDGED : REASON_REPEAT;
	episode_receivers(inc, a->plan, on->now);
	if (inc->acknowledged.at)
		return REASON_ACKNOWLEDGED;
	inc->repeat_interval = a->plan->repeat_interval.ms;
	return episode_remind(inc, on->now, "still firing, nobody has acknowledged") ? REASON_REPEAT_INTERVAL
	                                                                             : REASON_REPEAT;
}

static enum reason decide_firing(struct deciding *on, const struct arrival *a, struct decision *d)
{
	struct incident *inc = on->inc;
	if (stays_closed(on, a))
		return REASON_CLOSED_BY_HAND;
	if (!inc->open)
		return open_closed(on, a, d);
	if (arrival_sticks(&a->member, inc)) {
		if (starts_newer(on, a->alert->starts_at, a->member.starts_at))
			return refire(on, a, d);
		return repeat(on, a, d);
	}
	return join_open(on, a, d, is_late(a) ? REASON_LATE_FIRING : REASON_MEMBER_JOINED);
}

static void resolve_member(struct deciding *on, const struct arrival *a, struct decision *d)
{
	d->member = a->member;
	d->member.found = true;
	d->member.firing = false;
	if (!a->member.found) {
		d->member.key = str_c(on->inc->key);
		d->member.starts_at = a->alert->starts_at;
	}
	d->member.ends_at = a->alert->ends_at ? a->alert->ends_at : on->now;
	d->member.touched_at = on->now;
	d->member_changed = true;
	episode_leave(on->inc, a, d->member.ends_at);
}

static enum reason last_member_left(struct deciding *on, const struct arrival *a, struct counts *counts)
{
	struct incident *inc = on->inc;
	episode_changed(inc, on->now);
	if (a->plan->page)
		inc->resolve_hold = a->plan->resolve_hold.ms;
	return episode_last_left(inc, on->policy, on->now, counts);
}

/* Never heard of. While another store is away, that one may know it and somebody may have been paged. */
static enum reason resolve_unknown(struct deciding *on, const struct arrival *a)
{
	bool tells =
		on->policy->partial_since && a->plan->page && !on->inc->open && episode_resolve_unknown(on->inc, a, on->now);
	return tells ? REASON_LAST_MEMBER_RESOLVED : REASON_NEVER_PAGED;
}

static enum reason decide_resolved(struct deciding *on, const struct arrival *a, struct decision *d,
                                   struct counts *counts)
{
	struct incident *inc = on->inc;
	const struct member *m = &a->member;
	if (!m->found) {
		resolve_member(on, a, d);
		return resolve_unknown(on, a);
	}
	if (!m->firing) {
		/* the end of something that another store has heard the beginning of */
		if (m->ends_at && a->alert->ends_at > m->ends_at)
			resolve_member(on, a, d);
		return REASON_DUPLICATE;
	}
	if (a->alert->ends_at && m->starts_at && a->alert->ends_at < m->starts_at)
		return REASON_DUPLICATE; /* a lagging peer's resolve of an earlier episode */
	bool counted = arrival_sticks(m, inc);
	resolve_member(on, a, d);
	if (!counted)
		return inc->closed_by_hand.at && m->episode == inc->episode ? REASON_CLOSED_BY_HAND : REASON_DUPLICATE;
	if (--inc->count.firing > 0)
		return inc->paging == PAGING_QUIET ? REASON_PAGE_FALSE : REASON_MEMBER_LEFT;
	return last_member_left(on, a, counts);
}

static void count_decision(struct deciding *on, const struct arrival *a, struct decision *d, struct counts *counts)
{
	struct incident *inc = on->inc;
	d->verdict = reason_verdict(d->reason);
	inc->count.received++;
	switch (d->verdict) {
	case VERDICT_PAGE: inc->count.pages++; break;
	case VERDICT_REMIND: inc->count.reminders++; break;
	case VERDICT_DEDUPLICATE: inc->count.deduplicated++; break;
	case VERDICT_SUPPRESS: inc->count.suppressed++; break;
	case VERDICT_RESOLVE:
	case VERDICTS: break;
	}
	inc->last.verdict = str_c(verdict_name(d->verdict));
	inc->last.reason = str_c(reason_name(d->reason));
	inc->last.at = on->now;
	episode_count(inc, a->plan, counts, verdict_name(d->verdict), reason_name(d->reason));
}

/* A membership outlives its incident's patience; a resolved one is remembered for a day, a tombstone for an hour; for as
 * long as a firing one where another store may still think that it fires. */
static int64_t member_ttl(const struct deciding *on, const struct member *m)
{
	if (m->firing)
		return 2 * (incident_expires_at(on->inc, on->policy) - on->inc->last_seen_at) + TIME_DAY;
	if (on->policy->partial_since)
		return 2 * on->policy->expire_after + TIME_DAY;
	int64_t least = 2 * on->policy->late_grace;
	int64_t ttl = m->episode ? TIME_DAY : TIME_HOUR;
	return ttl > least ? ttl : least;
}

static enum reason decide_ordinary(struct deciding *on, const struct arrival *a, struct decision *d,
                                   struct counts *counts)
{
	struct incident *inc = on->inc;
	if (inc->open && on->now - inc->last_seen_at > inc->longest_gap)
		inc->longest_gap = on->now - inc->last_seen_at;
	if (inc->open || !a->alert->resolved)
		inc->last_seen_at = on->now;
	return a->alert->resolved ? decide_resolved(on, a, d, counts) : decide_firing(on, a, d);
}

static void decide_one(struct deciding *on, const struct arrival *a, struct decision *d, struct counts *counts)
{
	struct incident *inc = on->inc;
	memset(d, 0, sizeof *d);
	if (heartbeat_leaves(inc, a)) {
		heartbeat_leave(inc, a, on->policy, on->now, d, counts);
		return;
	}
	d->reason = heartbeat_takes(inc, a) ? heartbeat_decide(inc, a, on->policy, on->now, d, counts)
	                                    : decide_ordinary(on, a, d, counts);
	if (d->member_changed)
		d->member_ttl = member_ttl(on, &d->member);
	count_decision(on, a, d, counts);
}

void incident_decide(struct incident *inc, const struct arrival *arrivals, size_t n,
                     const struct incident_policy *policy, int64_t now, struct decision *out, struct counts *counts)
{
	struct deciding on = {.inc = inc, .policy = policy, .now = now};
	for (size_t i = 0; i < n; i++)
		if (!arrivals[i].alert->resolved)
			decide_one(&on, &arrivals[i], &out[i], counts);
	for (size_t i = 0; i < n; i++)
		if (arrivals[i].alert->resolved)
			decide_one(&on, &arrivals[i], &out[i], counts);
	incident_refresh(inc, now);
}
