/* A calendar's events to shifts: rules on the wall clock by libical, the rest by RFC 5545, sections 3.8.4.4 to 3.8.5.3. */
#include <stdio.h>

#include "base/time.h"
#include "calendar_impl.h"

/* Times on the wall go forward; the instants of two of them may change places where a clock is put on. */
#define CLOCK_CHANGE_MAX TIME_DAY

static struct icaltimetype first_time(const struct calendar_rule *r, const struct calendar_time *start)
{
	int64_t wall = calendar_rule_begin(r, start->wall);
	char text[TIME_FORMAT_MAX];
	struct icaltimetype t = icaltime_null_time();
	time_format(wall ? wall : 1, text);
	sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &t.year, &t.month, &t.day, &t.hour, &t.minute, &t.second);
	t.is_date = start->date;
	return t;
}

/*
 * Without a zone libical leaves no hour out and doubles none: an occurrence in an hour that does not exist moves nothing
 * after it.
 */
bool calendar_rule_each(const struct calendar_rule *r, const struct calendar_time *start, int64_t until, size_t *work,
                        calendar_each *each, void *arg)
{
	icalrecur_iterator *it = icalrecur_iterator_new(r->rule, first_time(r, start));
	size_t n = 0;
	bool ok = true;
	for (struct icaltimetype t; ok && it && !icaltime_is_null_time(t = icalrecur_iterator_next(it));) {
		int64_t wall = calendar_wall(t) - r->moved, at = zone_instant(start->zone, wall);
		if (at - CLOCK_CHANGE_MAX > r->until || at - CLOCK_CHANGE_MAX >= until)
			break;
		if (at > r->until || at >= until)
			continue;
		ok = ++n <= CALENDAR_OCCURRENCES_MAX && *work && each(arg, wall, at);
		*work -= *work > 0;
	}
	if (it)
		icalrecur_iterator_free(it);
	return ok;
}

/* ---- one event ---- */

struct expanding {
	const struct calendar_event *e;
	struct arena *arena;
	int64_t from, until;
	struct shifts *out;
	size_t *work;
	int64_t *seen; /* starts that a rule or a date gave: each counts once */
	size_t seen_count, seen_capacity;
	int64_t *excluded; /* by EXRULE */
	size_t excluded_count, excluded_capacity;
};

static bool is_without(const struct expanding *x, int64_t wall, int64_t at)
{
	const struct calendar_event *e = x->e;
	for (size_t i = 0; i < e->without_count; i++) {
		const struct calendar_time *w = &e->without[i];
		if (w->date ? w->wall == wall - wall % TIME_DAY : w->at == at)
			return true;
	}
	for (size_t i = 0; i < x->excluded_count; i++)
		if (x->excluded[i] == at)
			return true;
	return false;
}

static bool already_seen(const struct expanding *x, int64_t at)
{
	for (size_t i = 0; i < x->seen_count; i++)
		if (x->seen[i] == at)
			return true;
	return false;
}

/* `until` is of an occurrence of which nothing else `says` when it is. */
static struct shift shift_of_span(const struct expanding *x, const struct calendar_event *says, int64_t wall,
                                  int64_t from, int64_t until)
{
	const struct calendar_event *e = x->e;
	int64_t moved = calendar_moves(says);
	struct calendar_time start = {.wall = wall + moved, .at = from, .zone = e->start.zone};
	if (moved)
		start.at = zone_instant(start.zone, start.wall);
	return (struct shift){.from = start.at,
	                      .until = says == e ? until : calendar_end(&start, says->length),
	                      .who = says->summary,
	                      .addresses = says->attendees,
	                      .source = SHIFT_ICAL,
	                      .single = e->replaces || !(e->rule_count + e->extra_count)};
}

static bool add_span(struct expanding *x, int64_t wall, int64_t from, int64_t until)
{
	size_t looks = x->e->later_count;
	if (*x->work < looks)
		return false;
	*x->work -= looks;
	const struct calendar_event *says = calendar_says(x->e, from);
	struct shift shift = shift_of_span(x, says, wall, from, until);
	if (says->left_out || says->cancelled || shift.until <= x->from || shift.from >= x->until ||
	    shift.until <= shift.from || is_without(x, wall, from) || already_seen(x, from))
		return true;
	x->seen = arena_room(x->arena, x->seen, x->seen_count, &x->seen_capacity, sizeof *x->seen);
	x->seen[x->seen_count++] = from;
	return shifts_add(x->arena, x->out, shift);
}

static bool add_occurrence(void *arg, int64_t wall, int64_t at)
{
	struct expanding *x = arg;
	const struct calendar_time start = {.wall = wall, .at = at, .zone = x->e->start.zone};
	return add_span(x, wall, at, calendar_end(&start, x->e->length));
}

static bool add_excluded(void *arg, int64_t wall, int64_t at)
{
	struct expanding *x = arg;
	const struct calendar_time start = {.wall = wall, .at = at, .zone = x->e->start.zone};
	if (calendar_end(&start, x->e->length) <= x->from && !x->e->later_count)
		return true;
	x->excluded = arena_room(x->arena, x->excluded, x->excluded_count, &x->excluded_capacity, sizeof *x->excluded);
	x->excluded[x->excluded_count++] = at;
	return true;
}

/* So much later an occurrence may be, and yet be moved to where it is looked for. */
static int64_t calendar_reach(const struct calendar_event *e)
{
	int64_t most = 0;
	for (size_t i = 0; i < e->later_count; i++) {
		int64_t earlier = -calendar_moves(e->later[i]);
		most = earlier > most ? earlier : most;
	}
	return most ? most + CLOCK_CHANGE_MAX : 0;
}

static bool follow_rules(struct expanding *x, bool exclude)
{
	const struct calendar_event *e = x->e;
	for (size_t i = 0; i < e->rule_count; i++)
		if (e->rules[i].excludes == exclude &&
		    !calendar_rule_each(&e->rules[i], &e->start, x->until + calendar_reach(e), x->work,
		                        exclude ? add_excluded : add_occurrence, x))
			return false;
	return true;
}

static bool has_rule(const struct calendar_event *e)
{
	for (size_t i = 0; i < e->rule_count; i++)
		if (!e->rules[i].excludes)
			return true;
	return false;
}

static bool expand_event(struct expanding *x)
{
	const struct calendar_event *e = x->e;
	if (e->cancelled || e->left_out || e->in_series)
		return true;
	bool ok = follow_rules(x, true) && follow_rules(x, false);
	if (ok && !has_rule(e))
		ok = add_occurrence(x, e->start.wall, e->start.at);
	for (size_t i = 0; ok && i < e->extra_count; i++) {
		const struct calendar_extra *extra = &e->extras[i];
		int64_t until = extra->sized ? extra->until : calendar_end(&extra->time, e->length);
		ok = add_span(x, extra->time.wall, extra->time.at, until);
	}
	return ok;
}

bool calendar_shifts(const struct calendar *c, int64_t from, int64_t until, struct arena *arena, struct shifts *out)
{
	size_t work = CALENDAR_WORK_MAX;
	for (size_t i = 0; i < c->count; i++) {
		struct expanding x = {
			.e = &c->events[i], .arena = arena, .from = from, .until = until, .out = out, .work = &work};
		if (!expand_event(&x))
			return false;
	}
	return true;
}
