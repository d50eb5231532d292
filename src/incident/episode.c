#include "incident/episode.h"

#include <string.h>

#include "base/buf.h"
#include "incident/delivery.h"
#include "incident/generations.h"
#include "incident/record_json.h"

/* "Next business day" is no number of hours: how many it is depends on when it began. */
static int64_t time_allowed(int64_t ms, const struct fact_duration *stated, int64_t started_at)
{
	return !ms && stated->next_business_day ? time_next_business_day(started_at) - started_at : ms;
}

static void take_severity(struct incident *inc, const struct plan *plan, int64_t started_at)
{
	inc->severity.name = arena_str(inc->arena, plan->severity.name);
	inc->severity.rank = plan->severity.rank;
	const struct severity *s = plan->severity.entry;
	inc->severity.pagerduty = s ? arena_str(inc->arena, s->pagerduty) : (struct str){NULL, 0};
	inc->severity.response_ms = s ? time_allowed(s->response_ms, &s->response, started_at) : 0;
	inc->severity.resolution_ms = s ? time_allowed(s->resolution_ms, &s->resolution, started_at) : 0;
}

static void take_escalation(struct incident *inc, const struct escalation *x)
{
	AUTOBUF struct buf names;
	buf_init(&names, SIZE_MAX);
	for (size_t i = 0; x && x->count && i < x->steps[0].notify.n; i++) {
		buf_add_c(&names, i ? "\n" : "");
		buf_add(&names, x->steps[0].notify.v[i]);
	}
	inc->escalation.name = x ? arena_str(inc->arena, x->name) : (struct str){NULL, 0};
	inc->escalation.notify = arena_str(inc->arena, buf_str(&names));
	inc->escalation.after_ms = x && x->count ? x->steps[0].after_ms : 0;
}

/* What a page says comes from the plan that pages. Who owns the incident is part of its key and does not change. */
static void take_plan(struct incident *inc, const struct arrival *a)
{
	const struct plan *plan = a->plan;
	struct arena *arena = inc->arena;
	inc->rule = plan->rule ? arena_str(arena, plan->rule->name) : (struct str){NULL, 0};
	inc->runbook.path = arena_str(arena, plan->runbook.path);
	inc->runbook.url = arena_str(arena, plan->runbook.url);
	inc->runbook.title = arena_str(arena, plan->runbook.title);
	const struct runbook *runbook = plan->runbook.entry;
	inc->runbook.estimated_time = runbook ? arena_str(arena, runbook->estimated_time) : (struct str){NULL, 0};
	inc->runbook.approval = runbook ? arena_str(arena, runbook->approval) : (struct str){NULL, 0};
	take_escalation(inc, plan->escalation.entry);
	inc->summary = arena_str(arena, plan->summary.text);
	inc->generator_url = arena_str(arena, a->alert->generator_url);
	inc->annotations = record_labels_copy(&a->alert->annotations, arena);
	inc->repeat_interval = plan->repeat_interval.ms;
	inc->resolve_hold = plan->resolve_hold.ms;
}

void episode_begin(struct incident *inc, int64_t now)
{
	inc->open = true;
	inc->episode++;
	inc->generation++;
	inc->episode_generation = inc->generation;
	inc->generation_starts_at = 0;
	inc->paging = PAGING_QUIET;
	inc->started_at = now;
	inc->resolved_at = inc->longest_gap = inc->hold_until = 0;
	inc->resolved_why = STR("");
	inc->acknowledged = inc->closed_by_hand = (struct incident_person){0};
	inc->count.firing = 0;
	episode_changed(inc, now);
}

void episode_describe(struct incident *inc, const struct arrival *a, int64_t started_at)
{
	inc->alertname = arena_str(inc->arena, a->plan->alertname);
	inc->owner = arena_str(inc->arena, a->plan->owner.name);
	inc->source = arena_str(inc->arena, a->member.source);
	take_plan(inc, a);
	take_severity(inc, a->plan, started_at);
}

void episode_open(struct incident *inc, const struct arrival *a, int64_t now)
{
	episode_begin(inc, now);
	inc->generation_starts_at = a->alert->starts_at;
	inc->last_seen_at = now;
	inc->count.total = 0;
	inc->sample_count = 0;
	inc->labels = record_labels_copy(&a->alert->labels, inc->arena);
	episode_describe(inc, a, now);
}

static void page_now(struct incident *inc, int64_t now)
{
	inc->paging = PAGING_ON;
	inc->deferred_until = 0;
	inc->last_notice_at = now;
}

static void start_paging(struct incident *inc, const struct arrival *a, int64_t now, int64_t wait,
                         enum deferred_why why)
{
	take_plan(inc, a);
	if (inc->paging == PAGING_QUIET || a->plan->severity.rank < inc->severity.rank)
		take_severity(inc, a->plan, inc->started_at);
	inc->notice++;
	if (wait > 0) {
		inc->paging = PAGING_DEFERRED;
		inc->deferred_until = now + wait;
		inc->deferred_why = why;
	} else {
		page_now(inc, now);
	}
	episode_receivers(inc, a->plan, now);
}

void episode_page_opened(struct incident *inc, const struct arrival *a, int64_t now, const char *what)
{
	incident_note(inc, now, what, "severity %.*s, rule %.*s", STR_ARG(a->plan->severity.name), STR_ARG(inc->rule));
	start_paging(inc, a, now, a->plan->page_after.ms, DEFERRED_PAGE_AFTER);
}

void episode_page(struct incident *inc, const struct arrival *a, int64_t now, const char *what)
{
	inc->generation++;
	inc->generation_starts_at = a->alert->starts_at;
	incident_unacknowledge(inc, now, what);
	episode_page_opened(inc, a, now, what);
}

enum reason episode_page_first(struct incident *inc, const struct arrival *a, int64_t now)
{
	bool paged_before = inc->count.pages > 0;
	episode_page_opened(inc, a, now, paged_before ? "reopened" : "opened");
	return paged_before ? REASON_REOPENED : REASON_NEW;
}

enum reason episode_defer_late(struct incident *inc, const struct arrival *a, const struct incident_policy *policy,
                               int64_t now)
{
	incident_note(inc, now, "late_firing", "pages only if it still fires after the grace");
	start_paging(inc, a, now, policy->late_grace, DEFERRED_LATE_GRACE);
	return REASON_LATE_FIRING;
}

void episode_hasten(struct incident *inc, const struct plan *plan, int64_t now)
{
	if (inc->paging != PAGING_DEFERRED || now + plan->page_after.ms >= inc->deferred_until)
		return;
	inc->deferred_until = now + plan->page_after.ms;
	if (plan->page_after.ms <= 0)
		page_now(inc, now);
}

void episode_receivers(struct incident *inc, const struct plan *plan, int64_t now)
{
	for (size_t i = 0; i < plan->receivers.names.n; i++)
		incident_add_receiver(inc, plan->receivers.names.v[i], now);
}

bool episode_remind(struct incident *inc, int64_t now, const char *why)
{
	if (inc->paging != PAGING_ON || inc->repeat_interval <= 0 || now - inc->last_notice_at < inc->repeat_interval)
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

void episode_join(struct incident *inc, const struct arrival *a)
{
	const struct labels *both[] = {&inc->labels, &a->alert->labels};
	if (inc->count.total > 1 && !labels_equal(&inc->labels, &a->alert->labels)) {
		struct labels common = labels_common(inc->arena, both, 2);
		inc->labels = common;
	}
	struct incident_sample *s = sample_of(inc, &a->member);
	if (!s && inc->sample_count < INCIDENT_SAMPLE_MAX) {
		s = &inc->sample[inc->sample_count++];
		s->source = arena_str(inc->arena, a->member.source);
		s->fingerprint = arena_str(inc->arena, a->member.fingerprint);
		s->labels = record_labels_copy(&a->alert->labels, inc->arena);
	}
	if (s) {
		s->firing = true;
		s->starts_at = a->alert->starts_at;
		s->ends_at = 0;
	}
}

void episode_began_later(struct incident *inc, const struct arrival *a)
{
	struct incident_sample *s = sample_of(inc, &a->member);
	if (s)
		s->starts_at = a->alert->starts_at;
}

void episode_leave(struct incident *inc, const struct arrival *a, int64_t ends_at)
{
	struct incident_sample *s = sample_of(inc, &a->member);
	if (!s)
		return;
	s->firing = false;
	s->ends_at = ends_at;
}

void episode_changed(struct incident *inc, int64_t now)
{
	if (inc->change_count == INCIDENT_CHANGES_MAX) {
		memmove(inc->changes, inc->changes + 1, (INCIDENT_CHANGES_MAX - 1) * sizeof *inc->changes);
		inc->change_count--;
	}
	inc->changes[inc->change_count++] = now;
}

static bool is_flapping(const struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	int recent = 0;
	for (size_t i = 0; i < inc->change_count; i++)
		recent += inc->changes[i] > now - policy->flap_window;
	return policy->flap_changes > 0 && recent >= policy->flap_changes;
}

static bool somebody_may_know(const struct incident *inc)
{
	for (size_t i = 0; i < inc->delivery_count; i++)
		for (size_t g = 0; g < inc->deliveries[i].gen_count; g++)
			if (generation_may_be_open(&inc->deliveries[i].gens[g]))
				return true;
	return false;
}

/* A flapping incident is held for a whole window of quiet: by then it is not flapping any more. */
static int64_t hold_for(const struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	bool flapping = is_flapping(inc, policy, now);
	return flapping && policy->flap_window > inc->resolve_hold ? policy->flap_window : inc->resolve_hold;
}

enum reason episode_last_left(struct incident *inc, const struct incident_policy *policy, int64_t now,
                              struct counts *counts)
{
	enum reason reason = REASON_LAST_MEMBER_RESOLVED;
	if (inc->paging == PAGING_QUIET)
		reason = REASON_PAGE_FALSE;
	else if (inc->paging == PAGING_DEFERRED && !somebody_may_know(inc))
		reason = REASON_NEVER_PAGED;
	int64_t hold = inc->paging == PAGING_ON ? hold_for(inc, policy, now) : 0;
	if (hold <= 0) {
		incident_close(inc, now, reason_name(reason), counts);
		return reason;
	}
	inc->hold_until = now + hold;
	incident_note(inc, now, "resolve_held", "quiet, told after %llds without a re-fire",
	              (long long)(hold / TIME_SECOND));
	return reason;
}

/* What a message says of an incident that never opened here. Its first generation is spent: a page has a later one. */
static void describe_unknown(struct incident *inc, const struct arrival *a, int64_t now)
{
	inc->labels = record_labels_copy(&a->alert->labels, inc->arena);
	inc->generation = 1;
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
		struct told_generation *g = generation_make(incident_delivery(inc, receiver), inc->generation);
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
	                                  .n = 1});
}
