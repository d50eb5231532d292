#include "incident/incident.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "incident/delivery.h"
#include "incident/message.h"

struct incident *incident_new(struct arena *arena, struct str key)
{
	struct incident *inc = arena_alloc(arena, sizeof *inc);
	inc->arena = arena;
	size_t n = key.n < INCIDENT_KEY_SIZE - 1 ? key.n : INCIDENT_KEY_SIZE - 1;
	memcpy(inc->key, key.p, n);
	inc->deliveries = arena_alloc(arena, INCIDENT_RECEIVERS_MAX * sizeof *inc->deliveries);
	inc->sample = arena_alloc(arena, INCIDENT_SAMPLE_MAX * sizeof *inc->sample);
	inc->timeline = arena_alloc(arena, INCIDENT_TIMELINE_MAX * sizeof *inc->timeline);
	return inc;
}

const char *incident_state(const struct incident *inc)
{
	if (!inc->open)
		return "resolved";
	return inc->acknowledged.at ? "acknowledged" : "firing";
}

char *incident_provider_key(const struct incident *inc, uint64_t generation, char out[INCIDENT_PROVIDER_KEY_MAX])
{
	if (generation <= 1)
		snprintf(out, INCIDENT_PROVIDER_KEY_MAX, "%s", inc->key);
	else
		snprintf(out, INCIDENT_PROVIDER_KEY_MAX, "%s-%llu", inc->key, (unsigned long long)generation);
	return out;
}

int incident_lane(const struct incident *inc)
{
	return inc->severity.rank < 0 ? 0 : inc->severity.rank > 3 ? 3 : inc->severity.rank;
}

bool incident_dead(const struct incident *inc)
{
	for (size_t i = 0; i < inc->delivery_count; i++)
		if (delivery_is_dead(&inc->deliveries[i]))
			return true;
	return false;
}

/* The longest silence so far tells how rarely this sender repeats itself; at most four times the configured time. */
int64_t incident_expires_at(const struct incident *inc, const struct incident_policy *policy)
{
	int64_t patience = policy->expire_after;
	if (3 * inc->longest_gap > patience)
		patience = 3 * inc->longest_gap;
	if (patience > 4 * policy->expire_after)
		patience = 4 * policy->expire_after;
	return inc->last_seen_at + patience;
}

bool incident_is_missed(const struct incident *inc)
{
	return inc->open && inc->heartbeat.every && !inc->heartbeat.beat_at;
}

/* Other routers may have heard of it up to the moment in which this store began to stand in for theirs. */
int64_t incident_beat_due(const struct incident *inc, const struct incident_policy *policy)
{
	int64_t heard = inc->heartbeat.beat_at;
	if (!inc->heartbeat.every || !heard)
		return 0;
	if (policy->partial_since > heard)
		heard = policy->partial_since;
	return heard + inc->heartbeat.every;
}

int64_t incident_since(const struct incident *inc, const struct incident_policy *policy)
{
	if (inc->open)
		return inc->started_at;
	if (incident_beat_due(inc, policy))
		return incident_beat_due(inc, policy);
	if (inc->episode)
		return inc->resolved_at;
	return inc->delivery_count ? inc->last.at : inc->last.at - policy->retention + TIME_HOUR;
}

int64_t incident_deferral_ends(const struct incident *inc, const struct incident_policy *policy)
{
	int64_t out_of_sight = policy->partial_since ? policy->partial_since + policy->late_grace : 0;
	bool late = inc->deferred_why == DEFERRED_LATE_GRACE;
	return late && out_of_sight > inc->deferred_until ? out_of_sight : inc->deferred_until;
}

static void sooner(int64_t *at, int64_t other)
{
	if (other && (!*at || other < *at))
		*at = other;
}

int64_t incident_clock(const struct incident *inc, const struct incident_policy *policy)
{
	int64_t at = incident_beat_due(inc, policy);
	if (!inc->open)
		return at;
	/* Nobody says any more that a missed one goes on: its reminders ride on the clock, and it does not expire. */
	if (incident_is_missed(inc))
		sooner(&at, incident_repeat_due(inc));
	else if (!inc->heartbeat.every)
		at = incident_expires_at(inc, policy) > 0 ? incident_expires_at(inc, policy) : 1;
	if (inc->paging == PAGING_DEFERRED)
		sooner(&at, incident_deferral_ends(inc, policy));
	sooner(&at, inc->hold_until);
	if (inc->acknowledged.at)
		sooner(&at, inc->ack_until);
	return at < 0 ? 1 : at;
}

void incident_note(struct incident *inc, int64_t now, const char *what, const char *fmt, ...)
{
	char detail[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(detail, sizeof detail, fmt, ap);
	va_end(ap);
	if (inc->timeline_count == INCIDENT_TIMELINE_MAX) {
		struct incident_event *from = inc->timeline + INCIDENT_TIMELINE_BEGINNING;
		memmove(from, from + 1, (INCIDENT_TIMELINE_MAX - INCIDENT_TIMELINE_BEGINNING - 1) * sizeof *from);
		inc->timeline_count--;
		inc->timeline_dropped++;
	}
	inc->timeline[inc->timeline_count++] = (struct incident_event){
		.at = now, .what = arena_str(inc->arena, str_c(what)), .detail = arena_str(inc->arena, str_c(detail))};
}

static void remember_episode(struct incident *inc)
{
	size_t keep = inc->previous_count < INCIDENT_PREVIOUS_MAX ? inc->previous_count : INCIDENT_PREVIOUS_MAX - 1;
	memmove(inc->previous + 1, inc->previous, keep * sizeof *inc->previous);
	inc->previous[0] = (struct incident_episode){
		.started_at = inc->started_at, .resolved_at = inc->resolved_at, .acknowledged = inc->acknowledged};
	inc->previous_count = keep + 1;
}

void incident_measure(const struct incident *inc, struct counts *counts, const char *what, struct str detail)
{
	counts_add(counts, (struct count){.alertname = inc->alertname,
	                                  .rule = inc->rule,
	                                  .owner = inc->owner,
	                                  .severity = inc->severity.name,
	                                  .what = str_c(what),
	                                  .detail = detail,
	                                  .n = 1});
}

/* The memberships of this episode stop counting by themselves: they name the episode (see incident/member.h). */
void incident_close(struct incident *inc, int64_t now, const char *why, struct counts *counts)
{
	bool told = inc->paging == PAGING_ON;
	inc->open = false;
	inc->resolved_at = now;
	inc->resolved_why = str_c(why);
	inc->hold_until = inc->deferred_until = inc->ack_until = 0;
	inc->count.firing = 0;
	for (size_t i = 0; i < inc->sample_count; i++)
		inc->sample[i].firing = false;
	remember_episode(inc);
	incident_note(inc, now, "resolved", "%s", why);
	if (!told)
		return;
	incident_measure(inc, counts, "time_to_resolve",
	                 str_c(arena_printf(inc->arena, "%d", counts_bucket(now - inc->started_at))));
	if (!inc->acknowledged.at && !inc->closed_by_hand.at)
		incident_measure(inc, counts, "self_resolved", STR(""));
}

void incident_unacknowledge(struct incident *inc, int64_t now, const char *why)
{
	if (!inc->acknowledged.at)
		return;
	inc->acknowledged = (struct incident_person){0};
	inc->ack_until = 0;
	incident_note(inc, now, "unacknowledged", "%s", why);
}
