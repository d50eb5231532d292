/* What incidents have to know of the receivers (incident_policy.terms): made of `receivers` and `defaults`. */
#include <stdlib.h>

#include "load.h"

/* The default receivers take over where a receiver names no fallback of its own. */
static struct strs fallback_of(struct config *c, const struct config_receiver *r)
{
	struct strs out = {arena_alloc(c->arena, sizeof *out.v), 1};
	if (r->stakeholders)
		return (struct strs){NULL, 0};
	if (!r->fallback.n)
		return c->defaults.receivers;
	out.v[0] = r->fallback;
	return out;
}

static void load_stakeholders(struct config *c)
{
	struct strs *out = &c->policy.stakeholders;
	out->v = arena_alloc(c->arena, (c->receiver_count + 1) * sizeof *out->v);
	for (size_t i = 0; i < c->receiver_count; i++)
		if (c->receivers[i].stakeholders && !c->receivers[i].retired)
			out->v[out->n++] = c->receivers[i].name;
}

static int compare_receivers(const void *a, const void *b)
{
	const struct incident_terms *x = a, *y = b;
	return str_cmp(x->receiver, y->receiver);
}

void load_terms(struct loading *l)
{
	struct config *c = l->c;
	struct incident_terms *terms = arena_alloc(c->arena, (c->receiver_count + 1) * sizeof *terms);
	for (size_t i = 0; i < c->receiver_count; i++) {
		const struct config_receiver *r = &c->receivers[i];
		terms[i] = (struct incident_terms){.receiver = r->name,
		                                   .fallback = fallback_of(c, r),
		                                   .updates = r->updates && !r->stakeholders && !c->policy.nothing_is_sent,
		                                   .update_interval = r->update_interval,
		                                   .hours = r->hours,
		                                   .catalog = c->catalog};
	}
	load_stakeholders(c);
	qsort(terms, c->receiver_count, sizeof *terms, compare_receivers);
	c->policy.terms = terms;
	c->policy.term_count = c->receiver_count;
	c->policy.unknown_terms.fallback = c->defaults.receivers;
}
