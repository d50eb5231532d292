/* What becomes of an attempt: told, to be tried again, or dead. */
#include "base/time.h"
#include "incident/delivery.h"
#include "incident/fallback.h"
#include "incident/generations.h"
#include "incident/invariants.h"

#define BACKOFF_FIRST (1 * TIME_SECOND)
#define BACKOFF_MOST (5 * TIME_MINUTE)
#define RETRY_AFTER_MOST TIME_HOUR
#define ERROR_MAX 300 /* bytes of a provider's words that are kept */

const char *outcome_name(enum outcome o)
{
	switch (o) {
	case OUTCOME_DELIVERED: return "delivered";
	case OUTCOME_RETRY: return "retry";
	case OUTCOME_UNKNOWN: return "unknown";
	case OUTCOME_REJECTED: return "rejected";
	case OUTCOME_NOT_SENT: return "not_sent";
	}
	return "";
}

const char *want_verb_name(enum want_verb v)
{
	switch (v) {
	case WANT_NOTHING: return "nothing";
	case WANT_TRIGGER: return "trigger";
	case WANT_ACKNOWLEDGE: return "acknowledge";
	case WANT_RESOLVE: return "resolve";
	case WANT_ECHO: return "resolve again";
	case WANT_UPDATE: return "update";
	}
	return "";
}

int64_t delivery_backoff(unsigned attempts, int64_t retry_after_ms, uint64_t dice)
{
	int64_t most = BACKOFF_FIRST << (attempts < 9 ? attempts : 9);
	if (most > BACKOFF_MOST)
		most = BACKOFF_MOST;
	int64_t wait = (int64_t)(dice % (uint64_t)most) + 1;
	if (retry_after_ms > RETRY_AFTER_MOST)
		retry_after_ms = RETRY_AFTER_MOST;
	return wait > retry_after_ms ? wait : retry_after_ms;
}

static void resolve_delivered(struct told_generation *g, enum want_verb verb, const struct incident_policy *policy,
                              int64_t now)
{
	g->told = TOLD_RESOLVED;
	g->maybe = g->gave_up = false;
	if (verb == WANT_ECHO)
		g->echo = false;
	g->echo_at = g->echo ? now + policy->delivery_timeout + INCIDENT_ECHO_SLACK : 0;
}

static bool is_current(const struct delivery *d, const struct settlement *s)
{
	return d->want.verb == s->attempt.want.verb && d->want.generation == s->attempt.want.generation;
}

/* It knows who fires. What a person wrote before the first message, or since this one was made, is still to be said. */
static void told_of_members(const struct incident *inc, struct delivery *d, const struct settlement *s)
{
	bool first = s->attempt.want.verb == WANT_TRIGGER && !s->attempt.update;
	d->roster = s->attempt.roster;
	if (s->attempt.said == inc->update.number && !(first && inc->update.number))
		d->update_due = false;
}

/* A late settle may find its generation forgotten: what it told is put back, so that it gets its resolve. */
static void keep_what_was_told(struct incident *inc, struct delivery *d, const struct settlement *s,
                               const struct incident_policy *policy, int64_t now)
{
	struct told_generation *g = generation_make(inc, d, s->attempt.want.generation);
	switch (s->attempt.want.verb) {
	case WANT_NOTHING: break;
	case WANT_TRIGGER:
		g->told = TOLD_FIRING;
		g->maybe = false;
		if (s->attempt.notice > d->notice)
			d->notice = s->attempt.notice;
		told_of_members(inc, d, s);
		break;
	case WANT_UPDATE:
		g->maybe = false;
		told_of_members(inc, d, s);
		break;
	case WANT_ACKNOWLEDGE:
		if (g->told == TOLD_FIRING)
			g->told = TOLD_ACKNOWLEDGED;
		break;
	case WANT_RESOLVE:
	case WANT_ECHO: resolve_delivered(g, s->attempt.want.verb, policy, now); break;
	}
}

static void note_what_was_told(struct incident *inc, const struct delivery *d, const struct settlement *s, int64_t now)
{
	const struct want *w = &s->attempt.want;
	bool reminds = s->attempt.update && w->verb == WANT_TRIGGER;
	if (w->verb != WANT_ECHO && !s->nothing)
		incident_note(inc, now, "told", "%.*s: %s, generation %llu", STR_ARG(d->receiver),
		              reminds ? "reminder" : want_verb_name(w->verb), (unsigned long long)w->generation);
}

static void settle_delivered(struct incident *inc, struct delivery *d, const struct settlement *s,
                             const struct incident_policy *policy, int64_t now)
{
	keep_what_was_told(inc, d, s, policy, now);
	if (is_current(d, s)) { /* a late settle does not reset the backoff of what is wanted by now */
		d->attempts = 0;
		d->failing_since = 0;
		d->due_at = 0;
		d->want.verb = WANT_NOTHING;
	}
	if (d->dead.generation == s->attempt.want.generation && d->dead.verb == s->attempt.want.verb)
		d->dead = (struct want){.verb = WANT_NOTHING};
	d->told_at = now;
	d->last_error = STR("");
	note_what_was_told(inc, d, s, now);
}

/* What an attempt left behind that certainly was not accepted: `maybe` stays only for an earlier one (then echo is set). */
static void forget_attempt(struct delivery *d, const struct settlement *s)
{
	struct told_generation *g = generation_find(d, s->attempt.want.generation);
	if (g && want_may_open(&s->attempt.want))
		g->maybe = g->echo && g->maybe;
}

/* A dead letter. A resolve that is given up must not stand in the way of the next generation's page. */
static void bury(struct incident *inc, struct delivery *d, const struct settlement *s, int64_t now, const char *why)
{
	const struct want *w = &s->attempt.want;
	struct told_generation *g = generation_find(d, w->generation);
	if (w->verb == WANT_UPDATE) { /* the next one says it all; nobody needs to retry this one */
		told_of_members(inc, d, s);
		d->due_at = 0;
		return;
	}
	if (w->verb == WANT_RESOLVE || w->verb == WANT_ECHO) {
		if (g)
			g->gave_up = true;
	} else {
		d->dead = *w;
		d->dead_notice = s->attempt.notice;
	}
	d->due_at = 0;
	d->dead_error = d->last_error;
	incident_note(inc, now, "dead_letter", "%.*s: %s %s: %.*s", STR_ARG(d->receiver), want_verb_name(w->verb), why,
	              STR_ARG(s->error));
}

static void give_up(struct incident *inc, struct delivery *d, const struct settlement *s,
                    const struct incident_policy *policy, int64_t now, const char *why)
{
	bury(inc, d, s, now, why);
	if (s->attempt.want.verb == WANT_TRIGGER)
		fallback_take_over(inc, d, policy, now);
}

static void note_failed_delivery(struct incident *inc, struct delivery *d, const struct settlement *s,
                                 const struct incident_policy *policy, int64_t now)
{
	bool current = is_current(d, s);
	if (!d->failing_since) {
		d->failing_since = now;
		incident_note(inc, now, "failed", "%.*s: %s: %.*s", STR_ARG(d->receiver), want_verb_name(s->attempt.want.verb),
		              STR_ARG(s->error));
	}
	d->last_error = arena_str(inc->arena, str_slice(s->error, 0, s->error.n < ERROR_MAX ? s->error.n : ERROR_MAX));
	if (s->outcome == OUTCOME_REJECTED) {
		give_up(inc, d, s, policy, now, "rejected");
	} else if (current && now - d->want_since >= policy->delivery_expire) {
		give_up(inc, d, s, policy, now, "expired");
	} else if (current) {
		d->due_at = now + delivery_backoff(d->attempts, s->retry_after_ms, s->dice);
	}
}

static void settle_not_sent(struct delivery *d, const struct settlement *s, int64_t now)
{
	forget_attempt(d, s);
	if (!is_current(d, s))
		return; /* an echo that is wanted by now waits until nothing can be on its way any more */
	if (d->attempts)
		d->attempts--;
	if (d->due_at)
		d->due_at = now;
}

void incident_settle(struct incident *inc, const struct settlement *s, const struct incident_policy *policy,
                     int64_t now)
{
	struct delivery *d = incident_add_delivery(inc, s->receiver, s->target, now);
	if (!d)
		return; /* no room, which incident_add_delivery() has noted */
	struct told_generation *g;
	d->tried_by = STR("");
	switch (s->outcome) {
	case OUTCOME_DELIVERED: settle_delivered(inc, d, s, policy, now); break;
	case OUTCOME_UNKNOWN:
		g = generation_make(inc, d, s->attempt.want.generation);
		if (want_may_open(&s->attempt.want))
			g->maybe = true; /* the next attempt of whatever kind finds it so, and marks the echo */
		note_failed_delivery(inc, d, s, policy, now);
		break;
	case OUTCOME_RETRY:
	case OUTCOME_REJECTED:
		forget_attempt(d, s);
		note_failed_delivery(inc, d, s, policy, now);
		break;
	case OUTCOME_NOT_SENT: settle_not_sent(d, s, now); break;
	}
	incident_refresh(inc, now);
	incident_holds(inc);
}
