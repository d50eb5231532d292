/* The fallback by the clock, and what a takeover is: see incident/delivery.h. */
#include "incident/fallback.h"

#include "incident/delivery.h"

const struct incident_terms *incident_terms(const struct incident_policy *policy, struct str receiver)
{
	size_t from = 0, to = policy->term_count;
	while (from < to) {
		size_t middle = (from + to) / 2;
		int order = str_cmp(receiver, policy->terms[middle].receiver);
		if (!order)
			return &policy->terms[middle];
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return &policy->unknown_terms;
}

/* Whoever waits to be told with a later page is told of this one. */
static bool add_fallback(struct incident *inc, struct str receiver, struct str target, int64_t now)
{
	struct delivery *d = incident_add_delivery(inc, receiver, target, now);
	if (!d)
		return false;
	if (d->from > inc->generation)
		d->from = inc->generation;
	return true;
}

void fallback_take_over(struct incident *inc, struct delivery *d, const struct incident_policy *policy, int64_t now)
{
	struct str from = d->receiver, target = d->target;
	const struct strs *fallback = &incident_terms(policy, from)->fallback;
	if (d->fell_back || !fallback->n)
		return;
	d->fell_back = true; /* `d` is of a list that grows below */
	for (size_t i = 0; i < fallback->n; i++)
		if (!str_eq(fallback->v[i], from) && add_fallback(inc, fallback->v[i], target, now))
			incident_note(inc, now, "fallback", "%.*s takes over from %.*s", STR_ARG(fallback->v[i]), STR_ARG(from));
}

/* Of a record that an older version wrote, only since when it is tried is known. */
static int64_t waited_for_since(const struct delivery *d)
{
	return d->first_due_at ? d->first_due_at : d->want_since;
}

static int64_t due_for(const struct incident *inc, const struct delivery *d, const struct incident_policy *policy)
{
	if (policy->nothing_is_sent || d->want.verb != WANT_TRIGGER || !d->due_at || d->fell_back ||
	    incident_acknowledgement(inc))
		return 0;
	return incident_terms(policy, d->receiver)->fallback.n ? waited_for_since(d) + policy->fallback_after : 0;
}

int64_t incident_fallback_due(const struct incident *inc, const struct incident_policy *policy)
{
	int64_t first = 0;
	for (size_t i = 0; i < inc->delivery_count; i++) {
		int64_t at = due_for(inc, &inc->deliveries[i], policy);
		if (at && (!first || at < first))
			first = at;
	}
	return first;
}

bool incident_fallback_passed(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	size_t failing = inc->delivery_count; /* those added below have not been due for long */
	bool passed = false;
	for (size_t i = 0; i < failing; i++) {
		int64_t at = due_for(inc, &inc->deliveries[i], policy);
		if (!at || at > now)
			continue;
		fallback_take_over(inc, &inc->deliveries[i], policy, now);
		passed = true;
	}
	return passed;
}
