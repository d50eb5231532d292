/* When hours open: what rules, owners, severities and steps say, by the intervals of hours.c. */
#include "base/time.h"
#include "catalog/hours_impl.h"

#define LOOK_MOST (366 * TIME_DAY)

/* ---- at an instant ---- */

static bool any_interval_holds(const struct catalog *c, const struct strs *names, int64_t ms)
{
	for (size_t i = 0; i < names->n; i++) {
		const struct hours *h = catalog_hours(c, names->v[i]);
		if (h && hours_hold(h, ms))
			return true;
	}
	return false;
}

bool hours_open(const struct catalog *c, const struct hours_said *said, int64_t ms)
{
	return (!said->active.n || any_interval_holds(c, &said->active, ms)) && !any_interval_holds(c, &said->mute, ms);
}

/* ---- from an instant on ---- */

/*
 * One day after the other. They can only open where an interval's day, or one of its times, begins or ends: on a day without
 * a change of clocks these are few minutes, all others are passed over.
 */
struct opening_search {
	const struct catalog *c;
	const struct hours_said *said;
	int64_t day, until; /* from this instant on, one day at most */
	int64_t found;      /* the first so far; 0: none */
};

static void try_opening(struct opening_search *s, int64_t at)
{
	if (at >= s->day && at < s->until && (!s->found || at < s->found) && hours_open(s->c, s->said, at))
		s->found = at;
}

/* The instant of this day at which the clocks of the interval show this minute. */
static void try_minute(struct opening_search *s, const struct hours_interval *i, int minute)
{
	int64_t passed = zone_wall(i->zone, s->day) % TIME_DAY;
	int64_t ahead = (minute * TIME_MINUTE - passed + TIME_DAY) % TIME_DAY;
	try_opening(s, s->day + ahead);
}

static bool clocks_change(const struct hours_interval *i, int64_t from, int64_t until)
{
	return zone_wall(i->zone, until) - zone_wall(i->zone, from) != until - from;
}

static void try_interval(struct opening_search *s, const struct hours_interval *i)
{
	if (clocks_change(i, s->day, s->until)) {
		for (int64_t at = s->day; at < s->until && (!s->found || at < s->found); at += TIME_MINUTE)
			try_opening(s, at);
		return;
	}
	try_minute(s, i, 0);
	for (size_t k = 0; k < i->times.n; k++) {
		try_minute(s, i, i->times.v[k].from);
		try_minute(s, i, i->times.v[k].until + 1);
	}
}

static void try_names(struct opening_search *s, const struct strs *names)
{
	for (size_t i = 0; i < names->n; i++) {
		const struct hours *h = catalog_hours(s->c, names->v[i]);
		for (size_t k = 0; h && k < h->count; k++)
			try_interval(s, &h->intervals[k]);
	}
}

int64_t hours_open_from(const struct catalog *c, const struct hours_said *said, int64_t ms)
{
	struct opening_search s = {c, said, ms - ms % TIME_MINUTE + TIME_MINUTE, 0, 0};
	if (!hours_are_said(said) || hours_open(c, said, ms))
		return ms;
	for (int64_t end = ms + LOOK_MOST; s.day < end && !s.found; s.day = s.until) {
		s.until = s.day + TIME_DAY;
		try_names(&s, &said->active);
		try_names(&s, &said->mute);
	}
	return s.found ? s.found : ms;
}

bool hours_never_open(const struct catalog *c, const struct hours_said *said, int64_t ms)
{
	return !hours_open(c, said, ms) && hours_open_from(c, said, ms) == ms;
}
