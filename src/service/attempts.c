/* From lane_apply.c, which makes the commit; the way goes on in job_send.c. */
#include "service/attempts.h"

#include <string.h>

#include "base/map.h"
#include "incident/delivery_hours.h"
#include "service/job.h"

/* This router has the pair's lease already: who is at it looks again when it settles. */
static bool is_at_it(const struct outlet *o, struct str key)
{
	for (const struct job *j = o->d->jobs; j; j = j->next)
		if (j->outlet == o && str_eq(j->key, key))
			return true;
	return false;
}

static struct job *begin_one(struct outlet *o, struct incident *inc, struct delivery *d, int64_t now,
                             int64_t asked_mono, const char *claim)
{
	int64_t lease_ms = o->d->r->config->delivery.lease;
	struct job *j = job_new(o, str_c(inc->key), claim, now + lease_ms, asked_mono + lease_ms);

	j->target = arena_str(j->arena, d->target);
	j->attempt = delivery_begin(inc, d, now, j->lease_until);
	delivery_tried_by(inc, d, str_c(o->d->r->node));
	return j;
}

struct job *attempts_begin(struct router *r, struct incident *inc, int64_t now, int64_t asked_mono, const char *claim)
{
	struct job *first = NULL;

	for (size_t i = 0; r->dispatcher && i < inc->delivery_count; i++) {
		struct delivery *d = &inc->deliveries[i];
		if (!d->due_at || d->due_at > now)
			continue;
		struct outlet *o = map_get(r->dispatcher->outlets, d->receiver);
		if (!o || is_at_it(o, str_c(inc->key)) || delivery_hold(inc, d, &r->config->policy, now) || !outlet_take(o))
			continue;
		struct job *j = begin_one(o, inc, d, now, asked_mono, claim);
		j->along = first;
		first = j;
	}
	return first;
}

size_t attempts_leases(const struct job *first, struct arena *arena, const struct store_lease **out)
{
	struct store_lease *leases = arena_alloc(arena, INCIDENT_RECEIVERS_MAX * sizeof *leases);
	size_t n = 0;

	for (const struct job *j = first; j; j = j->along, n++) {
		leases[n] = (struct store_lease){.receiver = j->outlet->name, .until = j->lease_until};
		memcpy(leases[n].claim, j->claim, sizeof leases[n].claim);
	}
	*out = leases;
	return n;
}

void attempts_send(struct job *first, const struct incident *inc)
{
	for (struct job *next, *j = first; j; j = next) {
		next = j->along;
		job_begun(j, inc);
	}
}

void attempts_drop(struct job *first)
{
	for (struct job *next, *j = first; j; j = next) {
		next = j->along;
		job_begun(j, NULL);
	}
}
