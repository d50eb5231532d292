/* What was done of what was owed, on either side of two records of one incident: after this episode, and after earlier ones. */
#include "incident/aftermath.h"
#include "incident/followup.h"
#include "incident/merging.h"

static bool is_of_this_episode(const struct merging *m, size_t side)
{
	return merging_belongs(m, side) && m->side[side]->episode == m->episode;
}

/* By name, so that the sides' order does not matter; of one done on both, what came first. */
static void merge_done_of_this(struct merging *m)
{
	struct incident_aftermath all = {.done = NULL};
	for (size_t s = 0; s < SIDES; s++)
		for (size_t i = 0; is_of_this_episode(m, s) && i < m->side[s]->done_count; i++)
			aftermath_add_done(m->out->arena, &all, &m->side[s]->done[i]);
	m->out->done = all.done;
	m->out->done_count = all.done_count;
	m->out->done_capacity = all.done_capacity;
}

/* A side whose last episode the other has left behind: for the merger that is an earlier one. */
static void keep_last(struct merging *m, size_t side)
{
	const struct incident *inc = m->side[side];
	const struct incident_aftermath one = aftermath_of(inc);
	if (inc->episode < m->episode && followup_may_be_owed(inc))
		aftermath_add(m->out, &one);
}

void merging_done(struct merging *m)
{
	merge_done_of_this(m);
	m->out->aftermaths = NULL;
	m->out->aftermath_count = m->out->aftermath_capacity = 0;
	for (size_t s = 0; s < SIDES; s++) {
		for (size_t i = 0; i < m->side[s]->aftermath_count; i++)
			aftermath_add(m->out, &m->side[s]->aftermaths[i]);
		keep_last(m, s);
	}
}
