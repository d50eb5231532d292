/* Decides about a watch: a beat came, a beat is missing, a reminder of that is due. */
#include "incident/heartbeat.h"

#include "base/options.h"
#include "base/time.h"
#include "incident/delivery.h"
#include "incident/episode.h"
#include "incident/generations.h"
#include "incident/message.h"
#include "incident/row.h"

/* ---- members ---- */

bool heartbeat_leaves(const struct incident *inc, const struct arrival *a)
{
	if (a->alert->resolved || !arrival_sticks(&a->member, inc) || str_eq_c(str_c(a->plan->key), inc->key))
		return false;
	return inc->heartbeat.every || plan_watches(a->plan);
}

static void end_watch(struct incident *inc, int64_t now, struct counts *counts)
{
	inc->heartbeat.every = inc->heartbeat.beat_at = 0;
	incident_note(inc, now, "heartbeat_ended", "its rules watch it no more, or as another incident");
	if (!incident_is_open(inc))
		return;
	episode_changed(inc, now);
	incident_close(inc, now, reason_name(REASON_LAST_MEMBER_RESOLVED), counts);
}

void heartbeat_leave(struct incident *inc, const struct arrival *a, const struct incident_policy *policy, int64_t now,
                     struct decision *d, struct counts *counts)
{
	d->leaves = d->member_changed = true;
	d->member = (struct member){.source = a->member.source, .fingerprint = a->member.fingerprint};
	d->member_ttl = TIME_HOUR;
	if (inc->heartbeat.every) {
		end_watch(inc, now, counts);
	} else {
		row_take_out(inc, &a->member);
		episode_settle(inc, policy, now, reason_name(REASON_LAST_MEMBER_RESOLVED), counts);
	}
	episode_sample(inc, &d->member, NULL);
}

static void keep_member(const struct incident *inc, const struct arrival *a, int64_t now, struct decision *d)
{
	const struct member *m = &a->member;
	bool same = arrival_sticks(m, inc) && m->starts_at == a->alert->starts_at;
	if (same && now - m->touched_at < MEMBER_TOUCH)
		return;
	d->member_changed = true;
	d->member = (struct member){.source = m->source,
	                            .fingerprint = m->fingerprint,
	                            .found = true,
	                            .key = str_c(inc->key),
	                            .mark = ROW_BEAT_MARK,
	                            .starts_at = a->alert->starts_at,
	                            .episode = inc->episode,
	                            .touched_at = now};
}

static void forget_silent_samples(struct incident *inc)
{
	size_t n = 0;
	for (size_t i = 0; i < inc->sample_count; i++)
		if (inc->sample[i].mark)
			inc->sample[n++] = inc->sample[i];
	inc->sample_count = n;
}

static void take_beat_sample(struct incident *inc, const struct arrival *a)
{
	const struct labels *all[INCIDENT_SAMPLE_MAX];
	struct member m = a->member;
	m.mark = ROW_BEAT_MARK;
	m.starts_at = a->alert->starts_at;
	forget_silent_samples(inc);
	episode_sample(inc, &m, &a->alert->labels);
	for (size_t i = 0; i < inc->sample_count; i++)
		all[i] = &inc->sample[i].labels;
	inc->count.total = inc->sample_count;
	inc->labels = labels_common(inc->arena, all, inc->sample_count);
}

/* ---- who would be told ---- */

static bool is_telling_owed(const struct incident *inc, const struct delivery *d)
{
	bool owed = d->due_at || delivery_is_dead(inc, d);
	for (size_t i = 0; i < d->gen_count; i++)
		owed = owed || generation_may_be_open(&d->gens[i]) || d->gens[i].echo || d->gens[i].gave_up;
	return owed;
}

/* Those of this plan; of earlier ones those that still have a resolve to come. */
static void take_receivers(struct incident *inc, const struct plan *plan, int64_t now)
{
	size_t n = 0;
	for (size_t i = 0; i < inc->delivery_count; i++)
		if (is_telling_owed(inc, &inc->deliveries[i]) ||
		    strs_contain(&plan->receivers.names, inc->deliveries[i].receiver))
			inc->deliveries[n++] = inc->deliveries[i];
	inc->delivery_count = n;
	episode_receivers(inc, plan, 0, now);
}

/* ---- beats ---- */

bool heartbeat_takes(const struct incident *inc, const struct arrival *a)
{
	if (a->alert->resolved)
		return inc->heartbeat.every && arrival_sticks(&a->member, inc);
	return plan_watches(a->plan);
}

static enum reason take_beat(struct incident *inc, const struct arrival *a, const struct incident_policy *policy,
                             int64_t now, struct decision *d, struct counts *counts)
{
	enum reason reason = REASON_PAGE_FALSE;
	bool was_missed = incident_is_missed(inc);
	inc->heartbeat.every = a->plan->heartbeat.ms;
	inc->heartbeat.beat_at = inc->last_seen_at = now;
	inc->heartbeat.missed_at = 0;
	if (was_missed) {
		inc->resolve_hold = a->plan->resolve_hold.ms;
		reason = REASON_LAST_MEMBER_RESOLVED;
		episode_go_quiet(inc, policy, now, reason_name(reason), counts);
	}
	if (!incident_is_open(inc)) {
		episode_describe(inc, a, now + inc->heartbeat.every);
		take_receivers(inc, a->plan, now);
	}
	take_beat_sample(inc, a);
	keep_member(inc, a, now, d);
	return reason;
}

enum reason heartbeat_decide(struct incident *inc, const struct arrival *a, const struct incident_policy *policy,
                             int64_t now, struct decision *d, struct counts *counts)
{
	if (!a->alert->resolved)
		return take_beat(inc, a, policy, now, d, counts);
	struct member over = a->member;
	over.mark = 0;
	over.ends_at = a->alert->ends_at;
	episode_sample(inc, &over, NULL);
	return REASON_PAGE_FALSE;
}

/* ---- its absence ---- */

static void page(struct incident *inc, int64_t now)
{
	const char *reason = reason_name(inc->count.pages ? REASON_REOPENED : REASON_NEW);
	episode_begin(inc, now);
	inc->heartbeat.missed_at = now;
	for (size_t i = 0; i < inc->sample_count; i++)
		inc->sample[i].mark = 0;
	episode_page(inc, now, reason);
	inc->count.pages++;
	inc->last.verdict = str_c(verdict_name(VERDICT_PAGE));
	inc->last.reason = str_c(reason);
	inc->last.at = now;
}

bool heartbeat_miss(struct incident *inc, const struct incident_policy *policy, int64_t now, struct counts *counts)
{
	char every[TIME_DURATION_MAX];
	int64_t due = incident_beat_due(inc, policy);
	if (!due || due > now)
		return false;
	inc->heartbeat.beat_at = 0;
	incident_note(inc, now, "heartbeat_missed", "not heard of for %s",
	              time_duration_format(inc->heartbeat.every, every));
	if (incident_is_open(inc)) { /* its resolve was held back: whoever was told knows nothing else */
		inc->quiet_at = 0;
		inc->heartbeat.missed_at = now;
		inc->count.flaps++;
		episode_changed(inc, now);
		return true;
	}
	page(inc, now);
	incident_measure(inc, counts, COUNT_HEARTBEAT_MISSED, STR(""));
	return true;
}

bool heartbeat_remind(struct incident *inc, int64_t now, struct counts *counts)
{
	int64_t due = incident_is_missed(inc) ? incident_repeat_due(inc) : 0;
	if (!due || due > now || !episode_remind(inc, now, "still not heard of, nobody has acknowledged"))
		return false;
	inc->count.reminders++;
	incident_measure(inc, counts, COUNT_HEARTBEAT_REMINDED, STR(""));
	return true;
}
