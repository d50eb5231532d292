/* What was done of what was owed, on either side of two records of one incident. */
#include "incident/followup.h"
#include "incident/merging.h"

static int done_order(const struct incident_done *a, const struct incident_done *b)
{
	int order = merging_order(a->at, b->at);
	order = order ? order : str_cmp(a->by, b->by);
	return order ? order : str_cmp(a->note, b->note);
}

static struct incident_done *find_done(struct incident *inc, struct str name)
{
	for (size_t i = 0; i < inc->done_count; i++)
		if (str_eq(inc->done[i].name, name))
			return &inc->done[i];
	return NULL;
}

/* By name, so that the sides' order does not matter; of one done on both, what came first. */
static void take_done(struct incident *out, const struct incident_done *one)
{
	struct incident_done *known = find_done(out, one->name);
	if (known) {
		*known = done_order(one, known) < 0 ? *one : *known;
		return;
	}
	struct incident_done *d = INCIDENT_ADD(out, out->done, out->done_count, out->done_capacity, FOLLOWUPS_MAX);
	if (!d)
		return;
	for (; d > out->done && str_cmp(d[-1].name, one->name) > 0; d--)
		*d = d[-1];
	*d = *one;
}

void merging_done(struct merging *m)
{
	m->out->done = NULL;
	m->out->done_count = m->out->done_capacity = 0;
	for (size_t s = 0; s < SIDES; s++)
		for (size_t i = 0; merging_belongs(m, s) && m->side[s]->episode == m->episode && i < m->side[s]->done_count;
		     i++)
			take_done(m->out, &m->side[s]->done[i]);
}
