/* The steps of an episode: opened, paged, joined, reminded, quiet. */
#include "incident/episode.h"

#include <string.h>

#include "incident/aftermath.h"
#include "incident/deadline.h"
#include "incident/delivery.h"
#include "incident/escalation.h"
#include "incident/generations.h"
#include "incident/record.h"
#include "incident/row.h"

/* "Next business day" is no number of hours: how many it is depends on when it began. */
static int64_t time_allowed(int64_t ms, const struct fact_duration *stated, int64_t started_at)
{
	int64_t end = ms == stated->ms ? fact_duration_end(stated, started_at) : 0;
	return end ? end - started_at : ms;
}

static void take_planned_severity(struct incident *inc, const struct plan *plan, int64_t started_at)
{
	inc->severity.name = arena_str(inc->arena, plan->severity.name);
	inc->severity.rank = plan->severity.rank;
	const struct severity *s = plan->severity.entry;
	inc->severity.pagerduty = s ? arena_str(inc->arena, s->pagerduty) : (struct str){NULL, 0};
	inc->severity.response_ms = s ? time_allowed(s->response_ms, &s->response, started_at) : 0;
	inc->severity.resolution_ms = s ? time_allowed(s->resolution_ms, &s->resolution, started_at) : 0;
}

#define RULES_BESIDE_MAX 8 /* named; of more than that a reader learns nothing */

static void take_rules(struct incident *inc, const struct plan *plan)
{
	AUTOBUF struct buf names;
	size_t n = 0;
	buf_init(&names, SIZE_MAX);
	for (size_t i = 0; i < plan->matched_count && n < RULES_BESIDE_MAX; i++) {
		if (plan->matched[i] == plan->rule)
			continue;
		buf_add_c(&names, n++ ? "\n" : "");
		buf_add(&names, plan->matched[i]->name);
	}
	inc->rule = plan->rule ? arena_str(inc->arena, plan->rule->name) : (struct str){NULL, 0};
	inc->rules_beside = arena_str(inc->arena, buf_str(&names));
}

void episode_speak(struct incident *inc, const struct arrival *a)
{
	struct arena *arena = inc->arena;
	inc->summary = arena_str(arena, a->plan->summary.text);
	inc->generator_url = arena_str(arena, a->alert->generator_url);
	inc->annotations = labels_copy(arena, &a->alert->annotations);
	inc->speaker.source = arena_str(arena, a->member.source);
	inc->speaker.fingerprint = arena_str(arena, a->member.fingerprint);
}

/* What a page says comes from the plan that pages. Who owns the incident is part of its key and does not change. */
static void take_plan(struct incident *inc, const struct arrival *a)
{
	const struct plan *plan = a->plan;
	struct arena *arena = inc->arena;
	take_rules(inc, plan);
	inc->runbook.path = arena_str(arena, plan->runbook.path);
	inc->runbook.url = arena_str(arena, plan->runbook.url);
	inc->runbook.title = arena_str(arena, plan->runbook.title);
	const struct runbook *runbook = plan->runbook.entry;
	inc->runbook.estimated_time = runbook ? arena_str(arena, runbook->estimated_time) : (struct str){NULL, 0};
	inc->runbook.approval = runbook ? arena_str(arena, runbook->approval) : (struct str){NULL, 0};
	escalation_take(inc, plan->escalation.entry);
	episode_speak(inc, a);
	inc->repeat_interval = plan->repeat_interval.ms;
	inc->resolve_hold = plan->resolve_hold.ms;
}

void episode_begin(struct incident *inc, int64_t now)
{
	aftermath_keep(inc);
	inc->earlier_generation = inc->generation;
	inc->episode++;
	inc->started_at = now;
	inc->resolved_at = inc->longest_gap = 0;
	inc->resolved_why = STR("");
	inc->acknowledged = inc->closed_by_hand = inc->approved = (struct incident_person){0};
	inc->ack_generation = 0;
	inc->ack_until = 0;
	memset(&inc->deadlines, 0, sizeof inc->deadlines);
	memset(&inc->update, 0, sizeof inc->update);
	inc->done_count = 0;
	escalation_begin(inc, now);
	episode_changed(inc, now);
}

void episode_describe(struct incident *inc, const struct arrival *a, int64_t started_at)
{
	inc->alertname = arena_str(inc->arena, a->plan->alertname);
	inc->owner = arena_str(inc->arena, a->plan->owner.name);
	inc->source = arena_str(inc->arena, a->member.source);
	take_plan(inc, a);
	take_planned_severity(inc, a->plan, started_at);
}

/* Whoever was told of an earlier episode hears of this one only if somebody names him again: rules change, budgets run out. */
static void forget_receivers(struct incident *inc)
{
	for (size_t i = 0; i < inc->delivery_count; i++)
		inc->deliveries[i].from = DELIVERY_NOT_YET;
}

void episode_open(struct incident *inc, const struct arrival *a, int64_t now)
{
	episode_begin(inc, now);
	forget_receivers(inc);
	inc->last_seen_at = now;
	inc->count.total = 0;
	inc->sample_count = 0;
	inc->labels = labels_copy(inc->arena, &a->alert->labels);
	episode_describe(inc, a, now);
}

void episode_take_page(struct incident *inc, const struct arrival *a, bool first)
{
	take_plan(inc, a);
	if (first || a->plan->severity.rank < inc->severity.rank)
		take_planned_severity(inc, a->plan, incident_promises_from(inc));
}

/* Its path and its promises are held with it: nobody is escalated to for the hours in which nobody was paged. */
void episode_hold_page(struct incident *inc, const struct plan *plan, int64_t from)
{
	inc->escalation.from = inc->deadlines.from = from;
	if (str_eq(plan->severity.name, inc->severity.name))
		take_planned_severity(inc, plan, from);
}

void episode_page(struct incident *inc, int64_t now, const char *why)
{
	if (incident_is_paged(inc)) {
		/* Somebody had it: whoever begins to fire now is another trouble, and its path begins now. */
		if (incident_acknowledgement(inc) && strcmp(why, "severity_raised") != 0)
			escalation_begin(inc, now);
		incident_unacknowledge(inc, now, why);
		escalation_page_anew(inc);
		inc->ended_generation = inc->generation;
	}
	if (inc->escalation.from > now) /* it was held, and is paged sooner than that */
		inc->escalation.from = now;
	if (inc->deadlines.from > now)
		inc->deadlines.from = now;
	inc->generation++;
	if (incident_is_paged(inc) && strcmp(why, "severity_raised") == 0)
		inc->escalation.raised = inc->generation;
	inc->notice++;
	inc->last_notice_at = now;
	rows_wait_no_more(inc);
}

void episode_receivers(struct incident *inc, const struct plan *plan, uint64_t from, int64_t now)
{
	for (size_t i = 0; i < plan->receivers.names.n; i++) {
		struct delivery *known = incident_delivery(inc, plan->receivers.names.v[i]);
		if (known && from < known->from)
			known->from = from;
		if (!known && incident_add_receiver(inc, plan->receivers.names.v[i], now))
			incident_delivery(inc, plan->receivers.names.v[i])->from = from;
	}
}

bool episode_remind(struct incident *inc, int64_t now, const char *why)
{
	if (!incident_is_paged(inc) || inc->repeat_interval <= 0 || now - inc->last_notice_at < inc->repeat_interval)
		return false;
	inc->notice++;
	inc->last_notice_at = now;
	incident_note(inc, now, "reminded", "%s", why);
	return true;
}

static struct incident_sample *sample_of(struct incident *inc, const struct member *m)
{
	for (size_t i = 0; i < inc->sample_count; i++)
		if (str_eq(inc->sample[i].fingerprint, m->fingerprint) && str_eq(inc->sample[i].source, m->source))
			return &inc->sample[i];
	return NULL;
}

static struct incident_sample *add_episode_sample(struct incident *inc, const struct member *m,
                                                  const struct labels *labels)
{
	struct incident_sample *s =
		INCIDENT_ADD(inc, inc->sample, inc->sample_count, inc->sample_capacity, INCIDENT_SAMPLE_MAX);
	if (s) /* of an earlier episode, another one may have stood there */
		*s = (struct incident_sample){.source = arena_str(inc->arena, m->source),
		                              .fingerprint = arena_str(inc->arena, m->fingerprint),
		                              .labels = labels_copy(inc->arena, labels)};
	return s;
}

void episode_sample(struct incident *inc, const struct member *m, const struct labels *labels)
{
	struct incident_sample *s = sample_of(inc, m);
	if (!s && labels)
		s = add_episode_sample(inc, m, labels);
	if (!s)
		return;
	memcpy(s->group, m->group, sizeof s->group);
	s->mark = m->mark;
	s->counted = m->counted;
	s->waits = m->waits;
	s->starts_at = m->starts_at;
	s->ends_at = m->ends_at;
}

/* Somebody is not named: so many are who do not fire. Usually everybody is, and nobody is looked at. */
size_t episode_sample_spare(const struct incident *inc)
{
	size_t firing = 0;
	if (inc->sample_count < INCIDENT_SAMPLE_MAX && inc->count.total <= inc->sample_count)
		return 0;
	for (size_t i = 0; i < inc->sample_count; i++)
		firing += incident_sample_fires(inc, &inc->sample[i]);
	return incident_firing(inc) > firing ? inc->sample_count - firing : 0;
}

/* The first that has recovered; the speaker's is kept, so that it is known that what it said is over. */
static size_t sample_to_leave(const struct incident *inc)
{
	const struct incident_sample *speaker = incident_speaker(inc);
	size_t i = 0;
	while (i < inc->sample_count && (&inc->sample[i] == speaker || incident_sample_fires(inc, &inc->sample[i])))
		i++;
	return i;
}

bool episode_sample_instead(struct incident *inc, const struct member *m, const struct labels *labels, bool speaks)
{
	if (sample_of(inc, m))
		return false;
	size_t i = sample_to_leave(inc);
	if (i == inc->sample_count && (!speaks || !i))
		return false;
	i -= i == inc->sample_count;
	inc->sample_count--;
	memmove(&inc->sample[i], &inc->sample[i + 1], (inc->sample_count - i) * sizeof *inc->sample);
	episode_sample(inc, m, labels);
	return true;
}

void episode_changed(struct incident *inc, int64_t now)
{
	if (inc->change_count == INCIDENT_CHANGES_MAX) {
		memmove(inc->changes, inc->changes + 1, (INCIDENT_CHANGES_MAX - 1) * sizeof *inc->changes);
		inc->change_count--;
	}
	inc->changes[inc->change_count++] = now;
}

static bool is_flapping(const struct incident *inc, const struct incident_policy *policy, int64_t at)
{
	int recent = 0;
	for (size_t i = 0; i < inc->change_count; i++)
		recent += inc->changes[i] > at - policy->flap_window && inc->changes[i] <= at;
	return policy->flap_changes > 0 && recent >= policy->flap_changes;
}

/* A flapping incident is held for a whole window of quiet: by then it is not flapping any more. */
int64_t episode_hold(const struct incident *inc, const struct incident_policy *policy, int64_t quiet_at)
{
	bool flapping = is_flapping(inc, policy, quiet_at);
	return flapping && policy->flap_window > inc->resolve_hold ? policy->flap_window : inc->resolve_hold;
}

/* Of a cut body's row, members may fire that were never listed: while somebody was paged, it keeps the incident open. */
static bool row_is_over(const struct incident *inc, const struct incident_row *row)
{
	return !row->n0 && !row->n1 && !(row->truncated && incident_is_paged(inc));
}

void episode_drop_rows(struct incident *inc)
{
	for (size_t i = inc->row_count; i-- > 0;)
		if (row_is_over(inc, &inc->rows[i]))
			row_drop(inc, &inc->rows[i]);
}

void episode_go_quiet(struct incident *inc, const struct incident_policy *policy, int64_t now, const char *why,
                      struct counts *counts)
{
	episode_changed(inc, now);
	int64_t hold = incident_is_paged(inc) ? episode_hold(inc, policy, now) : 0;
	if (hold <= 0) {
		incident_close(inc, now, why, counts);
		return;
	}
	inc->quiet_at = now;
	incident_note(inc, now, "resolve_held", "quiet, told after %llds without a re-fire",
	              (long long)(hold / TIME_SECOND));
}

void episode_settle(struct incident *inc, const struct incident_policy *policy, int64_t now, const char *why,
                    struct counts *counts)
{
	bool fired = inc->row_count > 0;
	episode_drop_rows(inc);
	if (inc->due_at && !rows_waiting(inc)) {
		incident_measure(inc, counts, COUNT_PAGE_CANCELLED, STR(""));
		rows_wait_no_more(inc);
	}
	if (fired && !inc->row_count && !incident_is_missed(inc))
		episode_go_quiet(inc, policy, now, why, counts);
}

/* What a message says of an incident that never opened here. Its first generation is spent: a page has a later one. */
static void describe_unknown(struct incident *inc, const struct arrival *a, int64_t now)
{
	inc->labels = labels_copy(inc->arena, &a->alert->labels);
	inc->generation = inc->ended_generation = inc->earlier_generation = 1;
	episode_describe(inc, a, now);
}

bool episode_resolve_unknown(struct incident *inc, const struct arrival *a, int64_t now)
{
	bool tells = false;
	if (!inc->generation)
		describe_unknown(inc, a, now);
	for (size_t i = 0; i < a->plan->receivers.names.n; i++) {
		struct str receiver = a->plan->receivers.names.v[i];
		if (!incident_add_receiver(inc, receiver, now))
			continue;
		struct told_generation *g = generation_make(inc, incident_delivery(inc, receiver), inc->generation);
		if (g->told == TOLD_RESOLVED && !g->maybe)
			continue;
		g->maybe = tells = true;
	}
	if (tells)
		incident_note(inc, now, "resolved_unknown", "%.*s, whose firing is not known here",
		              STR_ARG(a->member.fingerprint));
	return tells;
}

void episode_count(struct incident *inc, const struct plan *plan, struct counts *counts, const char *what,
                   const char *detail)
{
	struct arena *arena = inc->arena;
	counts_add(counts, (struct count){.alertname = arena_str(arena, plan->alertname),
	                                  .rule = plan->rule ? arena_str(arena, plan->rule->name) : (struct str){NULL, 0},
	                                  .owner = arena_str(arena, plan->owner.name),
	                                  .severity = arena_str(arena, plan->severity.name),
	                                  .what = str_c(what),
	                                  .detail = str_c(detail),
	                                  .n = 1,
	                                  .of_alert = true});
}
