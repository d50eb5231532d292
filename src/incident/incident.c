/* Small questions to a record: its keys, ceilings and lists. */
#include "incident/incident.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/time.h"
#include "incident/deadline.h"
#include "incident/delivery.h"
#include "incident/delivery_hours.h"
#include "incident/escalation.h"
#include "incident/message.h"
#include "incident/row.h"
#include "incident/silence.h"

struct incident *incident_new(struct arena *arena, struct str key)
{
	struct incident *inc = arena_alloc(arena, sizeof *inc);
	inc->arena = arena;
	inc->page = 1;
	size_t n = key.n < INCIDENT_KEY_SIZE - 1 ? key.n : INCIDENT_KEY_SIZE - 1;
	memcpy(inc->key, key.p, n);
	return inc;
}

char *incident_provider_key(const struct incident *inc, uint64_t generation, char out[INCIDENT_PROVIDER_KEY_MAX])
{
	if (generation <= 1)
		snprintf(out, INCIDENT_PROVIDER_KEY_MAX, "%s", inc->key);
	else
		snprintf(out, INCIDENT_PROVIDER_KEY_MAX, "%s-%llu", inc->key, (unsigned long long)generation);
	return out;
}

/* The page's own key where there is no target. */
char *incident_target_key(const struct incident *inc, uint64_t generation, struct str target,
                          char out[INCIDENT_PROVIDER_KEY_MAX])
{
	incident_provider_key(inc, generation, out);
	size_t n = strlen(out);
	if (target.n)
		snprintf(out + n, INCIDENT_PROVIDER_KEY_MAX - n, ".%08x", (unsigned)str_fnv1a(target, STR_FNV_SEED));
	return out;
}

static bool is_hex(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_digit(s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
			return false;
	}
	return s.n > 0;
}

bool incident_provider_key_read(struct str text, struct provider_key *out)
{
	ptrdiff_t dot = str_index(text, '.');
	struct str page = str_slice(text, 0, dot < 0 ? text.n : (size_t)dot);
	ptrdiff_t dash = str_index(page, '-');
	int64_t generation = 1;
	struct provider_key read = {.key = str_slice(page, 0, dash < 0 ? page.n : (size_t)dash)};
	if (dot >= 0)
		read.role = str_slice(text, (size_t)dot + 1, text.n);
	if (read.key.n != INCIDENT_KEY_SIZE - 1 || !is_hex(read.key) || (dot >= 0 && !is_hex(read.role)))
		return false;
	if (dash >= 0 && (!str_to_i64(str_slice(page, (size_t)dash + 1, page.n), &generation) || generation < 2))
		return false;
	read.generation = (uint64_t)generation;
	*out = read;
	return true;
}

int incident_lane(const struct incident *inc)
{
	return inc->severity.rank < 0 ? 0 : inc->severity.rank > 3 ? 3 : inc->severity.rank;
}

bool incident_dead(const struct incident *inc)
{
	for (size_t i = 0; i < inc->delivery_count; i++)
		if (delivery_is_dead(inc, &inc->deliveries[i]))
			return true;
	return false;
}

/* The longest silence so far tells how rarely this sender repeats itself; at most four times the configured time. */
int64_t incident_patience(const struct incident *inc, const struct incident_policy *policy)
{
	int64_t patience = policy->expire_after;
	if (3 * inc->longest_gap > patience)
		patience = 3 * inc->longest_gap;
	if (patience > 4 * policy->expire_after)
		patience = 4 * policy->expire_after;
	return patience;
}

int64_t incident_member_ttl(const struct incident *inc, const struct member *m, const struct incident_policy *policy)
{
	if (member_is_listed(m))
		return 2 * incident_patience(inc, policy) + TIME_DAY;
	if (policy->partial_since)
		return 2 * policy->expire_after + TIME_DAY;
	int64_t least = 2 * policy->late_grace;
	int64_t ttl = m->episode ? TIME_DAY : TIME_HOUR;
	return ttl > least ? ttl : least;
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
	if (incident_is_open(inc))
		return inc->started_at;
	if (incident_beat_due(inc, policy))
		return incident_beat_due(inc, policy);
	if (inc->episode)
		return inc->resolved_at;
	bool kept = inc->delivery_count || inc->alertname.n; /* somebody was told, or a rule says that nobody is */
	return kept ? inc->last.at : inc->last.at - policy->retention + TIME_HOUR;
}

int64_t incident_deferral_ends(const struct incident *inc, const struct incident_policy *policy)
{
	int64_t out_of_sight = policy->partial_since ? policy->partial_since + policy->late_grace : 0;
	bool late = inc->due_why == DUE_LATE_GRACE;
	int64_t ends = inc->due_at && late && out_of_sight > inc->due_at ? out_of_sight : inc->due_at;
	return ends && inc->silence.until > ends ? inc->silence.until : ends;
}

int64_t incident_row_left(const struct incident_row *row, const struct incident_policy *policy)
{
	int64_t earliest = policy->attentive_since ? policy->attentive_since + policy->late_grace : 0;
	int64_t left_at =
		row->left_at ? row->left_at : row->heard_at + policy->expire_after; /* 0: of a record of format 1 */
	return left_at > earliest ? left_at : earliest;
}

static void sooner(int64_t *at, int64_t other)
{
	if (other && (!*at || other < *at))
		*at = other;
}

int64_t incident_clock(const struct incident *inc, const struct incident_policy *policy)
{
	int64_t at = incident_beat_due(inc, policy), step;
	/* Nobody says any more that a missed one goes on: its reminders ride on the clock. */
	if (incident_is_missed(inc))
		sooner(&at, incident_repeat_due(inc));
	for (size_t i = 0; i < inc->row_count; i++) {
		int64_t left = incident_row_left(&inc->rows[i], policy);
		left = left > inc->silence.until ? left : inc->silence.until;
		sooner(&at, left > 0 ? left : 1);
	}
	sooner(&at, incident_deferral_ends(inc, policy));
	sooner(&at, incident_hold_until(inc, policy));
	if (incident_is_open(inc) && incident_acknowledgement(inc))
		sooner(&at, inc->ack_until);
	sooner(&at, incident_deadline(inc));
	sooner(&at, silence_check_due(inc, policy));
	if (policy->roster && escalation_next(inc, &step))
		sooner(&at, step > 0 ? step : 1);
	sooner(&at, incident_fallback_due(inc, policy));
	sooner(&at, incident_update_due(inc, policy));
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
	struct incident_event *event =
		INCIDENT_ADD(inc, inc->timeline, inc->timeline_count, inc->timeline_capacity, INCIDENT_TIMELINE_MAX);
	*event = (struct incident_event){
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

static void measure(const struct incident *inc, struct counts *counts, const char *what, struct str detail, uint64_t n)
{
	counts_add(counts, (struct count){.alertname = inc->alertname,
	                                  .rule = inc->rule,
	                                  .owner = inc->owner,
	                                  .severity = inc->severity.name,
	                                  .what = str_c(what),
	                                  .detail = detail,
	                                  .n = n});
}

void incident_measure(const struct incident *inc, struct counts *counts, const char *what, struct str detail)
{
	measure(inc, counts, what, detail, 1);
}

void incident_use_runbook(const struct incident *inc, struct counts *counts, const char *what)
{
	if (inc->runbook.path.n)
		measure(inc, counts, what, inc->runbook.path, 1);
}

void incident_absent(struct incident *inc, uint64_t n, int64_t now, struct counts *counts)
{
	if (!n)
		return;
	measure(inc, counts, COUNT_MEMBER_ABSENT, STR(""), n);
	incident_note(inc, now, COUNT_MEMBER_ABSENT, "%llu no longer reported by Alertmanager", (unsigned long long)n);
}

/* It was told once, when it began or its plan's page_after later: not held by hours or a grace, and it went quiet once. */
static bool is_plain_page(const struct incident *inc)
{
	size_t turns = 0;
	for (size_t i = 0; i < inc->change_count; i++)
		turns += inc->changes[i] >= inc->started_at;
	return inc->generation == inc->earlier_generation + 1 && turns <= 2 && inc->due_why == DUE_PAGE_AFTER &&
	       inc->escalation.from <= inc->started_at && !inc->heartbeat.every;
}

/* What is to be known of a page when it is over: before anything of it is taken away. */
static struct count_fate fate_of_page(const struct incident *inc, int64_t now)
{
	int64_t quiet = inc->quiet_at ? inc->quiet_at : now;
	int64_t taken = incident_responded_at(inc) ? incident_responded_at(inc) : inc->closed_by_hand.at;
	return (struct count_fate){.plain = is_plain_page(inc),
	                           .taken = taken != 0,
	                           .lasted = counts_waits_passed(quiet - inc->started_at),
	                           .taken_after = counts_waits_passed(taken - inc->started_at)};
}

/* Its members stop counting by themselves: the rows that they name are gone. */
void incident_close(struct incident *inc, int64_t now, const char *why, struct counts *counts)
{
	bool told = incident_is_paged(inc);
	bool acknowledged = incident_acknowledgement(inc);
	const struct count_fate fate = fate_of_page(inc, now);
	char fate_text[COUNT_FATE_SIZE];
	if (inc->due_at)
		incident_measure(inc, counts, COUNT_PAGE_CANCELLED, STR(""));
	inc->resolved_at = now;
	inc->resolved_why = str_c(why);
	inc->row_count = 0;
	rows_wait_no_more(inc);
	inc->quiet_at = inc->heartbeat.missed_at = 0;
	inc->silence.since = inc->silence.until = inc->silence.asked_at = inc->silence.gone_at = inc->silence.known_at = 0;
	inc->ended_generation = inc->generation;
	remember_episode(inc);
	incident_note(inc, now, "resolved", "%s", why);
	if (!told)
		return;
	struct str lasted = str_c(arena_printf(inc->arena, "%d", counts_bucket(now - inc->started_at)));
	incident_measure(inc, counts, "time_to_resolve", lasted);
	incident_measure(inc, counts, COUNT_PAGE_FATE, arena_str(inc->arena, str_c(count_fate_text(&fate, fate_text))));
	incident_use_runbook(inc, counts, COUNT_RUNBOOK_RESOLVED);
	if (acknowledged || inc->closed_by_hand.at)
		return;
	incident_measure(inc, counts, "self_resolved", STR(""));
}

void incident_unacknowledge(struct incident *inc, int64_t now, const char *why)
{
	if (!inc->acknowledged.at)
		return;
	if (incident_is_taken(inc)) /* its page is told now, and its path begins with that */
		inc->escalation.from = now;
	inc->acknowledged = (struct incident_person){0};
	inc->ack_until = 0;
	inc->ack_generation = inc->taken_generation = 0;
	inc->ack_round++;
	deliveries_released(inc, now);
	incident_note(inc, now, "unacknowledged", "%s", why);
}
