/* Earlier episodes after which something may be owed: kept when the incident opens again, and when two records meet. */
#include "incident/aftermath.h"

#include <string.h>

#include "incident/followup.h"
#include "incident/merging.h"

static int done_order(const struct incident_done *a, const struct incident_done *b)
{
	int order = merging_order(a->at, b->at);
	order = order ? order : str_cmp(a->by, b->by);
	return order ? order : str_cmp(a->note, b->note);
}

static struct incident_done *done_named(struct incident_aftermath *a, struct str name)
{
	for (size_t i = 0; i < a->done_count; i++)
		if (str_eq(a->done[i].name, name))
			return &a->done[i];
	return NULL;
}

void aftermath_add_done(struct arena *arena, struct incident_aftermath *to, const struct incident_done *one)
{
	struct incident_done *known = done_named(to, one->name);
	if (known) {
		*known = done_order(one, known) < 0 ? *one : *known;
		return;
	}
	if (to->done_count == FOLLOWUPS_MAX)
		return;
	to->done = arena_room(arena, to->done, to->done_count, &to->done_capacity, sizeof *to->done);
	struct incident_done *d = &to->done[to->done_count++];
	for (; d > to->done && str_cmp(d[-1].name, one->name) > 0; d--)
		*d = d[-1];
	*d = *one;
}

struct incident_aftermath aftermath_of(const struct incident *inc)
{
	return (struct incident_aftermath){.started_at = inc->started_at,
	                                   .resolved_at = inc->resolved_at,
	                                   .severity = inc->severity.name,
	                                   .rank = inc->severity.rank,
	                                   .done = inc->done,
	                                   .done_count = inc->done_count,
	                                   .done_capacity = inc->done_capacity};
}

/* <0: `a` stays sooner than `b`. */
static int worth(const struct incident_aftermath *a, const struct incident_aftermath *b)
{
	return a->rank != b->rank ? (a->rank < b->rank ? -1 : 1) : merging_order(b->started_at, a->started_at);
}

static size_t place_of_episode(const struct incident *inc, int64_t started_at)
{
	size_t i = 0;
	while (i < inc->aftermath_count && inc->aftermaths[i].started_at != started_at)
		i++;
	return i;
}

/* What two say of one episode: it ended when the later one says, and was as grave as the graver one. */
static struct incident_aftermath both(struct arena *arena, const struct incident_aftermath *a,
                                      const struct incident_aftermath *b)
{
	struct incident_aftermath out = {.started_at = a->started_at,
	                                 .resolved_at = merging_later(a->resolved_at, b->resolved_at),
	                                 .severity = a->severity,
	                                 .rank = a->rank};
	if (b->rank < a->rank || (b->rank == a->rank && str_cmp(b->severity, a->severity) < 0)) {
		out.severity = b->severity;
		out.rank = b->rank;
	}
	for (size_t i = 0; i < a->done_count; i++)
		aftermath_add_done(arena, &out, &a->done[i]);
	for (size_t i = 0; i < b->done_count; i++)
		aftermath_add_done(arena, &out, &b->done[i]);
	return out;
}

static void take_out(struct incident *inc, size_t at)
{
	struct incident_aftermath *there = &inc->aftermaths[at];
	memmove(there, there + 1, (--inc->aftermath_count - at) * sizeof *there);
}

void aftermath_add(struct incident *inc, const struct incident_aftermath *one)
{
	size_t at = place_of_episode(inc, one->started_at);
	bool known = at < inc->aftermath_count;
	struct incident_aftermath merged = both(inc->arena, one, known ? &inc->aftermaths[at] : one);
	if (known)
		take_out(inc, at);
	if (inc->aftermath_count == INCIDENT_AFTERMATHS_MAX) {
		if (worth(&merged, &inc->aftermaths[INCIDENT_AFTERMATHS_MAX - 1]) > 0)
			return;
		inc->aftermath_count--;
	}
	inc->aftermaths = arena_room(inc->arena, inc->aftermaths, inc->aftermath_count, &inc->aftermath_capacity,
	                             sizeof *inc->aftermaths);
	for (at = inc->aftermath_count++; at > 0 && worth(&merged, &inc->aftermaths[at - 1]) < 0; at--)
		inc->aftermaths[at] = inc->aftermaths[at - 1];
	inc->aftermaths[at] = merged;
}

void aftermath_keep(struct incident *inc)
{
	const struct incident_aftermath one = aftermath_of(inc);
	if (followup_may_be_owed(inc))
		aftermath_add(inc, &one);
}
