/* What a receiver's own hours hold: the dispatcher asks before it tells, the census after a reload. */
#include "incident/delivery_hours.h"

#include "base/time.h"
#include "catalog/hours.h"
#include "incident/delivery.h"
#include "incident/fallback.h"

static bool may_be_held(const struct delivery *d)
{
	return d->want.verb == WANT_TRIGGER || d->want.verb == WANT_UPDATE;
}

static int64_t opens_at(const struct delivery *d, const struct incident_policy *policy, int64_t now)
{
	const struct incident_terms *terms = incident_terms(policy, d->receiver);
	return hours_are_said(&terms->hours) ? hours_open_from(terms->catalog, &terms->hours, now) : now;
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
	int64_t open = may_be_held(d) ? opens_at(d, policy, now) : now;
	if (open <= now)
		return false;
	wait_until_open(d, open);
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
		int64_t open = opens_at(d, policy, now);
		differs = differs || open != d->due_at;
		wait_until_open(d, open);
	}
	return differs;
}
