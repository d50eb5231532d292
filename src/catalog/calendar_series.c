/* Events of one UID: versions of each other, or what stands for occurrences of another one (RFC 5545, section 3.8.4.4). */
#include <stdlib.h>

#include "base/time.h"
#include "calendar_impl.h"

void calendar_add_without(struct calendar *c, struct calendar_event *e, struct calendar_time time)
{
	e->without = arena_room(c->arena, e->without, e->without_count, &e->without_capacity, sizeof *e->without);
	e->without[e->without_count++] = time;
}

static bool same_occurrence(const struct calendar_event *a, const struct calendar_event *b)
{
	return a->replaces == b->replaces && a->onward == b->onward && (!a->replaces || a->replaced.at == b->replaced.at);
}

/* Of one event in several versions the last counts. */
static void drop_older(struct calendar_event *a, struct calendar_event *b)
{
	if (!same_occurrence(a, b))
		return;
	(a->sequence <= b->sequence ? a : b)->left_out = true;
}

/* `part` stands for one occurrence of the series, or for that and all that follow. What it says is not guessed where it is
 * left out: nobody is on call then. */
static void connect_part(struct calendar *c, struct calendar_event *series, struct calendar_event *part)
{
	if (!part->onward) {
		calendar_add_without(c, series, part->replaced);
		return;
	}
	part->in_series = true;
	if (!part->left_out && part->start.date != series->start.date)
		part->doubt = "it turns times into whole days, or these into times, for all later occurrences of another event";
	series->later =
		arena_room(c->arena, series->later, series->later_count, &series->later_capacity, sizeof *series->later);
	series->later[series->later_count++] = part;
}

static void connect(struct calendar *c, struct calendar_event *a, struct calendar_event *b)
{
	if (a->replaces && !b->replaces)
		connect_part(c, b, a);
	else if (b->replaces && !a->replaces)
		connect_part(c, a, b);
	else
		drop_older(a, b);
}

static int by_uid(const void *a, const void *b)
{
	const struct calendar_event *x = a, *y = b;
	int order = str_cmp(x->uid, y->uid);
	return order ? order : x->order < y->order ? -1 : 1;
}

static void connect_events_of(struct calendar *c, size_t from, size_t end)
{
	for (size_t a = from; c->events[from].uid.n && a < end; a++)
		for (size_t b = a + 1; b < end; b++)
			connect(c, &c->events[a], &c->events[b]);
	for (size_t i = from; i < end; i++)
		if (c->events[i].onward && !c->events[i].in_series && !c->events[i].left_out)
			c->events[i].doubt = "it changes all later occurrences of an event that is not in the calendar";
}

void calendar_connect(struct calendar *c)
{
	if (c->count)
		qsort(c->events, c->count, sizeof *c->events, by_uid);
	for (size_t i = 0, end; i < c->count; i = end) {
		for (end = i + 1; end < c->count && str_eq(c->events[i].uid, c->events[end].uid); end++)
			;
		connect_events_of(c, i, end);
	}
}

/* The last that begins before it counts, whether it is understood or not; of two versions the one that was not dropped. */
const struct calendar_event *calendar_says(const struct calendar_event *e, int64_t at)
{
	const struct calendar_event *says = e;
	for (size_t i = 0; i < e->later_count; i++) {
		const struct calendar_event *part = e->later[i];
		bool later = says == e || part->replaced.at > says->replaced.at ||
		             (part->replaced.at == says->replaced.at && says->left_out);
		if (part->replaced.at <= at && later)
			says = part;
	}
	return says;
}

/* By how much it moves them, on the wall. */
int64_t calendar_moves(const struct calendar_event *part)
{
	if (!part->onward)
		return 0;
	bool one_zone = part->start.zone == part->replaced.zone;
	return part->start.wall - (one_zone ? part->replaced.wall : zone_wall(part->start.zone, part->replaced.at));
}
