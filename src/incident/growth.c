/* Updates while a group grows or shrinks: see incident/delivery.h. */
#include "incident/delivery.h"
#include "incident/generations.h"
#include "incident/target.h"

/* FNV-1a: what matters is that two rosters differ, not that nobody can make them alike. */
#define FNV_BASE UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)

static uint64_t mix(uint64_t h, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * FNV_PRIME;
	return (h ^ 0xff) * FNV_PRIME;
}

/* Whoever is not in the sample counts by their number. The order does not matter. */
uint64_t incident_roster(const struct incident *inc)
{
	uint64_t sum = incident_firing(inc) + 1;
	for (size_t i = 0; i < inc->sample_count; i++) {
		const struct incident_sample *s = &inc->sample[i];
		if (incident_sample_fires(inc, s))
			sum += mix(mix(FNV_BASE, s->source), s->fingerprint);
	}
	return sum ? sum : 1;
}

/* It was told of the page in force, and nothing else is to be told now. */
static bool is_up_to_date(const struct incident *inc, const struct delivery *d)
{
	const struct told_generation *g = generation_find(d, inc->generation);
	return g && !g->maybe && (g->told == TOLD_FIRING || g->told == TOLD_ACKNOWLEDGED) && d->want.verb == WANT_NOTHING &&
	       d->roster;
}

static int64_t update_due_for(const struct incident *inc, const struct delivery *d, uint64_t roster,
                              const struct incident_policy *policy)
{
	const struct incident_terms *terms = incident_terms(policy, d->receiver);
	if (!terms->updates || d->update_due || delivery_is_followed(inc, d) || !is_up_to_date(inc, d) ||
	    d->roster == roster)
		return 0;
	return d->told_at + terms->update_interval;
}

static bool can_grow(const struct incident *inc)
{
	return incident_is_paged(inc) && !inc->quiet_at && incident_firing(inc);
}

int64_t incident_update_due(const struct incident *inc, const struct incident_policy *policy)
{
	int64_t first = 0;
	uint64_t roster = can_grow(inc) ? incident_roster(inc) : 0;
	for (size_t i = 0; roster && i < inc->delivery_count; i++) {
		int64_t at = update_due_for(inc, &inc->deliveries[i], roster, policy);
		if (at && (!first || at < first))
			first = at;
	}
	return first;
}

bool incident_update_passed(struct incident *inc, const struct incident_policy *policy, int64_t now)
{
	bool passed = false;
	uint64_t roster = can_grow(inc) ? incident_roster(inc) : 0;
	for (size_t i = 0; roster && i < inc->delivery_count; i++) {
		int64_t at = update_due_for(inc, &inc->deliveries[i], roster, policy);
		if (at && at <= now)
			inc->deliveries[i].update_due = passed = true;
	}
	return passed;
}
