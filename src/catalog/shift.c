/* Overlapping shifts to spans: who is on call when. calendar_expand.c and rotation.c make the shifts. */
#include "catalog/shift.h"

#include <stdlib.h>

const char *shift_source_name(enum shift_source s)
{
	static const char *const names[] = {"ical", "rotation", "override"};
	return names[s];
}

bool shifts_add(struct arena *arena, struct shifts *s, struct shift shift)
{
	if (s->count == SHIFTS_MAX)
		return false;
	s->v = arena_room(arena, s->v, s->count, &s->capacity, sizeof *s->v);
	s->v[s->count++] = shift;
	return true;
}

/* <0: `a` goes before `b` where both would be in force. */
static int by_specificity(const struct shift *a, const struct shift *b)
{
	int64_t x = a->until - a->from, y = b->until - b->from;
	if (a->single != b->single)
		return a->single ? -1 : 1;
	return x < y ? -1 : x > y;
}

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

/* Every time within the window at which something may change, its two ends among them; sorted. */
static size_t boundaries(struct arena *arena, const struct shifts *s, int64_t from, int64_t until, int64_t **out)
{
	int64_t *at = arena_alloc(arena, (2 * s->count + 2) * sizeof *at);
	size_t n = 0;
	at[n++] = from;
	at[n++] = until;
	for (size_t i = 0; i < s->count; i++) {
		if (s->v[i].from > from && s->v[i].from < until)
			at[n++] = s->v[i].from;
		if (s->v[i].until > from && s->v[i].until < until)
			at[n++] = s->v[i].until;
	}
	qsort(at, n, sizeof *at, by_time);
	*out = at;
	return n;
}

static struct span in_force(struct arena *arena, const struct shifts *s, int64_t from, int64_t until)
{
	struct span span = {.from = from, .until = until};
	size_t capacity = 0;
	for (size_t i = 0; i < s->count; i++) {
		const struct shift *shift = &s->v[i];
		if (shift->from > from || shift->until <= from)
			continue;
		int order = span.count ? by_specificity(shift, span.v[0]) : 0;
		if (order > 0)
			continue;
		if (order < 0)
			span.count = 0;
		span.v = arena_room(arena, span.v, span.count, &capacity, sizeof *span.v);
		span.v[span.count++] = shift;
	}
	return span;
}

static bool same_shifts(const struct span *a, const struct span *b)
{
	for (size_t i = 0; a->count == b->count && i < a->count; i++)
		if (a->v[i] != b->v[i])
			return false;
	return a->count == b->count;
}

struct spans shifts_sweep(struct arena *arena, const struct shifts *s, int64_t from, int64_t until)
{
	struct spans out = {0};
	int64_t *at;
	size_t n = boundaries(arena, s, from, until, &at);
	for (size_t i = 0; i + 1 < n; i++) {
		if (at[i] == at[i + 1])
			continue;
		struct span span = in_force(arena, s, at[i], at[i + 1]);
		if (out.count && same_shifts(&out.v[out.count - 1], &span)) {
			out.v[out.count - 1].until = span.until;
			continue;
		}
		out.v = arena_room(arena, out.v, out.count, &out.capacity, sizeof *out.v);
		out.v[out.count++] = span;
	}
	return out;
}
