/*
 * What one body means for one incident: INTAKE.md's steps 1 to 6, each a function, in that order (the fourth in decide_page.c). decide_reason.c says
 * afterwards, alert by alert, what became of it.
 */
#include "incident/decide.h"

#include <string.h>

#include "base/time.h"
#include "incident/communication.h"
#include "incident/deciding.h"
#include "incident/delivery.h"
#include "incident/escalation.h"
#include "incident/heartbeat.h"
#include "incident/held.h"
#include "incident/invariants.h"
#include "incident/silence.h"

bool arrival_sticks(const struct member *m, const struct incident *record)
{
	if (!m->found || !m->mark || !record || !str_eq_c(m->key, record->key))
		return false;
	return record->heartbeat.every || (m->counted && row_place(record, m) != PLACE_NONE);
}

bool incident_has_row(const struct incident *inc, const char *group)
{
	return row_find(inc, group) != NULL;
}

/* Two Prometheus replicas start the same alert a little apart; 0 means that the sender does not say. */
static bool starts_newer(const struct deciding *on, int64_t starts_at, int64_t than)
{
	return starts_at && than && starts_at > than + on->policy->start_skew;
}

/* Closed by hand: the same trouble stays closed until it resolves, starts anew, or repeat_interval has passed. */
static bool stays_closed(const struct deciding *on, const struct arrival *a)
{
	const struct incident *inc = on->inc;
	int64_t closed_at = inc->closed_by_hand.at, starts = alert_since(a->alert);
	if (on->was_open || !closed_at || on->now - closed_at >= inc->repeat_interval)
		return false;
	const struct member *m = &a->member;
	if (m->found && !m->mark)
		return false; /* it has resolved since */
	if (m->found && m->episode == inc->episode && str_eq_c(m->key, inc->key))
		return !starts_newer(on, starts, m->starts_at);
	return starts && starts <= closed_at;
}

/* ---- 1: who is listed is taken out of the row in which he stands, whichever group's ---- */

/* An end before the known beginning is a lagging peer's, of an earlier episode: as good as not listed. */
static bool is_old_end(const struct arrival *a)
{
	const struct member *m = &a->member;
	return m->found && m->mark && a->alert->ends_at && m->starts_at && a->alert->ends_at < m->starts_at;
}

static int64_t arrival_end(const struct deciding *on, const struct arrival *a)
{
	return a->alert->ends_at ? a->alert->ends_at : on->now;
}

static void resolve_one(struct deciding *on, size_t i)
{
	const struct arrival *a = on->of[i].a;
	struct member *m = &on->of[i].after;
	if (!m->found) {
		m->key = str_c(on->inc->key);
		m->starts_at = a->alert->starts_at;
	}
	m->found = true;
	m->mark = 0;
	m->ends_at = arrival_end(on, a) > m->ends_at ? arrival_end(on, a) : m->ends_at;
	on->of[i].changed = true;
}

static void take_out_listed(struct deciding *on)
{
	for (size_t i = 0; i < on->n; i++) {
		struct listed *l = &on->of[i];
		l->stood = row_place(on->inc, &l->a->member) != PLACE_NONE;
		l->stays_closed = !l->a->alert->resolved && stays_closed(on, l->a);
		l->old_end = l->a->alert->resolved && is_old_end(l->a);
		if (l->old_end || l->stays_closed)
			continue;
		if (l->stood)
			row_take_out(on->inc, &l->a->member);
		/* of one that had ended before, only a later end is news */
		bool news = !l->a->member.found || l->a->member.mark || arrival_end(on, l->a) > l->a->member.ends_at;
		if (l->a->alert->resolved && news)
			resolve_one(on, i);
	}
}

/* ---- 2: who is left in this group's row was not listed ---- */

static void count_absence(struct deciding *on)
{
	struct incident_row *row = row_find(on->inc, on->body->group);
	int64_t since = row ? row->counted_at : 0;
	if (on->policy->attentive_since > since)
		since = on->policy->attentive_since;
	if (row && on->body->whole && on->now - since >= on->policy->late_grace)
		on->absent += row_shift(on->inc, row, on->now);
}

/* ---- 3: who is listed as firing is put in ---- */

/* A firing that was over before: a lagging peer's, or a genuine one after lost contact. */
static bool is_late_arrival(const struct listed *l)
{
	const struct member *m = &l->a->member;
	int64_t starts = l->a->alert->starts_at;
	return !l->stood && m->found && starts && m->ends_at && starts <= m->ends_at;
}

static enum kind kind_of_listed(const struct deciding *on, const struct listed *l)
{
	if (!l->a->plan->page)
		return KIND_QUIET;
	if (l->stood && l->a->member.counted && !starts_newer(on, alert_since(l->a->alert), l->a->member.starts_at))
		return KIND_VETERAN;
	return is_late_arrival(l) ? KIND_LATE : KIND_NEWCOMER;
}

static void open_incident(struct deciding *on)
{
	if (on->was_open)
		return;
	for (size_t i = 0; i < on->n; i++) {
		const struct listed *l = &on->of[i];
		if (!is_firing(l) || !l->a->plan->page)
			continue;
		episode_open(on->inc, l->a, on->now);
		on->opened = true;
		return;
	}
}

/* Counted anew in this episode: it is one more of its members. */
static void count_member(struct deciding *on, struct listed *l)
{
	struct incident *inc = on->inc;
	const struct labels *both[] = {&inc->labels, &l->a->alert->labels};
	if (l->a->member.episode == inc->episode && str_eq_c(l->a->member.key, inc->key))
		return;
	l->after.episode = inc->episode;
	if (inc->count.total++ && !labels_equal(&inc->labels, &l->a->alert->labels))
		inc->labels = labels_common(inc->arena, both, 2);
}

static void put_in_one(struct deciding *on, struct incident_row *row, struct listed *l)
{
	const struct arrival *a = l->a;
	struct member *m = &l->after;
	bool later = a->alert->starts_at > m->starts_at;
	m->found = true;
	m->key = str_c(on->inc->key);
	m->counted = a->plan->page;
	if (l->kind != KIND_VETERAN) {
		m->waits = 0;
		m->starts_at = a->alert->starts_at;
	} else if (later) {
		m->starts_at = a->alert->starts_at;
	}
	if (m->counted)
		count_member(on, l);
	if (row)
		row_put_in(on->inc, row, m);
	else
		m->mark = row_next_mark(on->inc, on->now);
}

static bool wants_row(const struct deciding *on)
{
	for (size_t i = 0; i < on->n; i++)
		if (is_firing(&on->of[i]) && on->of[i].a->plan->page)
			return true;
	return false;
}

static void put_in_firing(struct deciding *on)
{
	struct incident_row *row =
		wants_row(on) ? row_make(on->inc, on->body->group, on->now) : row_find(on->inc, on->body->group);
	/* Who sends parts says nothing of the others of his row: it folds as another group's would. */
	on->sure = on->body->sure || on->inc->quiet_at || (row && on->body->parts && row_folds(on, row));
	for (size_t i = 0; i < on->n; i++) {
		struct listed *l = &on->of[i];
		if (!is_firing(l))
			continue;
		l->kind = kind_of_listed(on, l);
		put_in_one(on, row, l);
	}
}

/* ---- 5: when what this row counts ends by time alone ---- */

#define SENDER_URL_MAX 1024

static void take_sender(struct deciding *on)
{
	struct str url = on->body->alertmanager_url;
	if (url.n && url.n <= SENDER_URL_MAX && !str_eq(url, on->inc->alertmanager_url))
		on->inc->alertmanager_url = arena_str(on->inc->arena, url);
}

static void hear(struct deciding *on)
{
	struct incident_row *row = row_find(on->inc, on->body->group);
	bool firing = wants_row(on);
	if (!row && on->inc->row_count > INCIDENT_ROWS_MAX)
		row = row_find(on->inc, ROW_SHARED);
	if (!row)
		return;
	bool cut = !on->body->whole;
	if (firing) {
		row->heard_at = on->now;
		silence_lift(on->inc, on->now);
		take_sender(on);
	}
	if (firing || cut)
		row->left_at = on->now + incident_patience(on->inc, on->policy);
	if (on->body->whole && on->body->none_fires && row->left_at > on->now + on->policy->late_grace)
		row->left_at = on->now + on->policy->late_grace;
	row->truncated = on->body->truncated && !on->body->all_resolved;
}

/* ---- one body ---- */

static void write_members(struct deciding *on)
{
	for (size_t i = 0; i < on->n; i++) {
		struct listed *l = &on->of[i];
		const struct member *was = &l->a->member;
		struct member *m = &l->after;
		if (l->stays_closed || l->old_end)
			continue;
		l->changed = l->changed || m->mark != was->mark || m->counted != was->counted || m->waits != was->waits ||
		             m->starts_at != was->starts_at || m->episode != was->episode ||
		             strcmp(m->group, was->group) != 0 || !str_eq(m->key, was->key) ||
		             (is_firing(l) && on->now - was->touched_at >= MEMBER_TOUCH);
		if (!l->changed)
			continue;
		m->touched_at = on->now;
		episode_sample(on->inc, m, is_firing(l) ? &l->a->alert->labels : NULL);
	}
}

static bool is_counted(const struct listed *l)
{
	return is_firing(l) && l->after.counted;
}

/* Of more members than are sampled, those that fire are named, whether this body changed anything of them or not. */
static void name_firing(struct deciding *on)
{
	size_t spare = episode_sample_spare(on->inc);
	for (size_t i = 0; i < on->n; i++) {
		const struct listed *l = &on->of[i];
		if (is_counted(l) && (spare || l->begins) &&
		    episode_sample_instead(on->inc, &l->after, &l->a->alert->labels, l->begins))
			spare -= spare > 0;
	}
}

/* Who spoke has recovered: the gravest who fires speaks, the first of equals. */
static void pass_word(struct deciding *on)
{
	struct listed *next = NULL;
	if (!incident_speaker_left(on->inc))
		return;
	for (size_t i = 0; i < on->n; i++) {
		struct listed *l = &on->of[i];
		if (is_counted(l) && (!next || l->a->plan->severity.rank < next->a->plan->severity.rank))
			next = l;
	}
	if (!next)
		return;
	episode_speak(on->inc, next->a);
	if (!episode_sample_instead(on->inc, &next->after, &next->a->alert->labels, true))
		episode_sample(on->inc, &next->after, &next->a->alert->labels);
}

/* A body that lists somebody as firing, or anything of what is open, is a sign of life. */
static void see_body(struct deciding *on)
{
	struct incident *inc = on->inc;
	bool firing = false;
	for (size_t i = 0; i < on->n; i++)
		firing = firing || is_firing(&on->of[i]);
	if (!on->n || (!firing && !on->was_open))
		return;
	if (on->was_open && on->now - inc->last_seen_at > inc->longest_gap)
		inc->longest_gap = on->now - inc->last_seen_at;
	inc->last_seen_at = on->now;
}

static const char *ended_by(const struct deciding *on)
{
	if (!on->was_paged)
		return reason_name(REASON_NEVER_PAGED);
	for (size_t i = 0; i < on->n; i++)
		if (on->of[i].stood && on->of[i].a->member.counted && on->of[i].a->alert->resolved && !on->of[i].old_end)
			return reason_name(REASON_LAST_MEMBER_RESOLVED);
	for (size_t i = 0; i < on->n; i++)
		if (is_firing(&on->of[i]) && !on->of[i].a->plan->page)
			return reason_name(REASON_PAGE_FALSE);
	return "no_longer_reported";
}

/* How long the resolve is held back is what the plan of the last one says. */
static void take_hold(struct deciding *on)
{
	for (size_t i = 0; i < on->n; i++)
		if (on->of[i].stood && on->of[i].a->alert->resolved && on->of[i].a->plan->page)
			on->inc->resolve_hold = on->of[i].a->plan->resolve_hold.ms;
}

static void decide_listed(struct deciding *on, struct counts *counts)
{
	on->was_open = incident_is_open(on->inc);
	on->was_paged = incident_is_paged(on->inc);
	on->was_waiting = incident_is_waiting(on->inc);
	see_body(on);
	take_out_listed(on);
	count_absence(on);
	incident_absent(on->inc, on->absent, on->now, counts);
	open_incident(on);
	put_in_firing(on);
	decide_pages(on);
	hear(on);
	take_hold(on);
	episode_settle(on->inc, on->policy, on->now, ended_by(on), counts);
	write_members(on);
	name_firing(on);
	pass_word(on);
	held_look(on->inc, on->policy, on->now); /* the clock pages it, where nothing holds it any more */
}

/* ---- all of it ---- */

static void decide_beat(struct deciding *on, const struct arrival *a, struct decision *d, struct counts *counts)
{
	struct incident *inc = on->inc;
	if (heartbeat_leaves(inc, a)) {
		heartbeat_leave(inc, a, on->policy, on->now, d, counts);
		return;
	}
	if (incident_is_open(inc) || !a->alert->resolved)
		inc->last_seen_at = on->now;
	d->reason = heartbeat_decide(inc, a, on->policy, on->now, d, counts);
	decided_count(on, a, d, counts);
}

uint64_t incident_decide(struct incident *inc, const struct body *body, const struct arrival *arrivals, size_t n,
                         const struct incident_policy *policy, int64_t now, struct decision *out, struct counts *counts)
{
	struct deciding on = {.inc = inc, .body = body, .policy = policy, .now = now};
	const uint64_t before = inc->generation;
	on.of = arena_alloc(inc->arena, (n + 1) * sizeof *on.of);
	size_t *index = arena_alloc(inc->arena, (n + 1) * sizeof *index);
	for (size_t i = 0; i < n; i++) {
		memset(&out[i], 0, sizeof out[i]);
		if (heartbeat_leaves(inc, &arrivals[i]) || heartbeat_takes(inc, &arrivals[i])) {
			decide_beat(&on, &arrivals[i], &out[i], counts);
			continue;
		}
		index[on.n] = i;
		on.of[on.n++] = (struct listed){.a = &arrivals[i], .after = arrivals[i].member};
	}
	if (on.n || row_find(inc, body->group))
		decide_listed(&on, counts);
	decided_report(&on, index, out, counts);
	if (incident_is_paged(inc) && inc->generation > before)
		incident_use_runbook(inc, counts, COUNT_RUNBOOK_DECIDED);
	communication_join(inc, policy, now);
	escalation_run(inc, policy, now);
	incident_refresh(inc, now);
	incident_holds(inc);
	return on.absent;
}
