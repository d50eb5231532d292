/* What a receiver's own hours hold: the dispatcher asks before it tells, the census after a reload. */
#include "incident/delivery_hours.h"

#include "base/time.h"
#include "catalog/hours.h"
#include "incident/delivery.h"
#include "incident/fallback.h"
#include "incident/generations.h"

static bool may_be_held(const struct delivery *d)
{
	return d->want.verb == WANT_TRIGGER || d->want.verb == WANT_UPDATE;
}

/*
 * Somebody took what waited here already, to be told for the first time: while he has it nobody is woken for it. Whoever is
 * to be told since then (a retry, a rule that joins, an update for stakeholders) is told.
 */
static bool was_taken_meanwhile(const struct incident *inc, const struct delivery *d)
{
	const struct told_generation *g = generation_find(d, inc->generation);
	const struct incident_person *who = incident_acknowledgement(inc);
	bool waited = who && d->want_since <= who->at && who->at < d->first_due_at;
	return waited && !d->update_due && d->want.verb == WANT_TRIGGER && !d->attempts &&
	       (!g || (g->told == TOLD_NOTHING && !g->maybe));
}

/* One that is taken for good is looked at now and then; whoever gives it back says so (deliveries_released()). */
static int64_t given_back_at(const struct incident *inc, int64_t now)
{
	return inc->ack_until > now ? inc->ack_until : now + TIME_DAY;
}

/* `now`: it waits for nothing. */
static int64_t waits_until(const struct incident *inc, const struct delivery *d, const struct incident_policy *policy,
                           int64_t now)
{
	const struct incident_terms *terms = incident_terms(policy, d->receiver);
	if (!hours_are_said(&terms->hours) || !may_be_held(d))
		return now;
	int64_t open = hours_open_from(terms->catalog, &terms->hours, now);
	return open <= now && was_taken_meanwhile(inc, d) ? given_back_at(inc, now) : open;
}

/* What was tried before counts no more: it is not late, and fails for the first time if it fails then. */
static void wait_until_open(struct delivery *d, int64_t open)
{
	d->due_at = d->first_due_at = open;
	d->attempts = 0;
	d->failing_since = 0;
}

bool delivery_hold(struct incident *inc, struct delivery *d, const struct incident_policy *policy, int64_t now)
{
	char text[TIME_FORMAT_MAX];
	bool taken = was_taken_meanwhile(inc, d);
	int64_t open = waits_until(inc, d, policy, now);
	if (open <= now)
		return false;
	wait_until_open(d, open);
	if (!taken)
		incident_note(inc, now, "held", "%.*s hears of it at %s, if it still holds then", STR_ARG(d->receiver),
		              time_format(open, text));
	return true;
}

/* Nothing else is due later without having been tried, but what a contradiction keeps waiting. */
static bool waits_for_hours(const struct incident *inc, const struct delivery *d, int64_t now)
{
	return may_be_held(d) && d->due_at > now && d->due_at == d->first_due_at && !d->attempts &&
	       d->due_at > delivery_want(inc, d).not_before;
}

bool deliveries_hold_anew(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	bool differs = false;
	for (size_t i = 0; i < inc->delivery_count; i++) {
		struct delivery *d = &inc->deliveries[i];
		if (!waits_for_hours(inc, d, now))
			continue;
		int64_t open = waits_until(inc, d, policy, now);
		differs = differs || open != d->due_at;
		wait_until_open(d, open);
	}
	return differs;
}

void deliveries_released(struct incident *inc, int64_t now)
{
	for (size_t i = 0; i < inc->delivery_count; i++)
		if (waits_for_hours(inc, &inc->deliveries[i], now))
			wait_until_open(&inc->deliveries[i], now);
}
