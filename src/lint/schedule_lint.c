/* lint_schedules(): what catalog/schedule.h answers for the next two weeks, as findings. */
#include "lint/schedule_lint.h"

#include "base/time.h"

static const struct pos nowhere = {NULL, 0, 0};

struct looking {
	const struct catalog *c;
	const struct schedule *s;
	int64_t now;
	struct arena *arena;
	struct lint *out;
};

static void add_schedule_finding(const struct looking *l, enum lint_code code, const struct turn *first,
                                 const char *what, size_t more)
{
	char from[ZONE_TIME_MAX], until[ZONE_TIME_MAX];
	lint_add(l->out, code, NULL, l->s->at, nowhere, "schedule \"%.*s\": %s from %s to %s%s", STR_ARG(l->s->name), what,
	         zone_format(l->s->zone, first->from, from), zone_format(l->s->zone, first->until, until),
	         more ? arena_printf(l->arena, ", and %zu more times within two weeks", more) : "");
}

static bool is_gap(const struct turn *t)
{
	return t->count == 0;
}

static bool is_overlap(const struct turn *t)
{
	return t->overlap;
}

/* One finding for all of a kind: the first, and how many more. */
static void look_for(const struct looking *l, const struct turns *turns, enum lint_code code,
                     bool (*is)(const struct turn *t), const char *what)
{
	const struct turn *first = NULL;
	size_t count = 0;
	for (size_t i = 0; i < turns->count; i++) {
		if (!is(&turns->v[i]))
			continue;
		first = first ? first : &turns->v[i];
		count++;
	}
	if (first)
		add_schedule_finding(l, code, first, what, count - 1);
}

static bool was_before(const struct turns *turns, size_t turn, size_t who)
{
	struct str name = turns->v[turn].v[who].name;
	for (size_t i = 0; i < turn; i++)
		for (size_t k = 0; k < turns->v[i].count; k++)
			if (str_eq(turns->v[i].v[k].name, name))
				return true;
	return false;
}

static void look_at_person(const struct looking *l, const struct on_call *who)
{
	if (!who->person)
		lint_add(l->out, LINT_UNKNOWN_PERSON, NULL, l->s->at, nowhere,
		         "schedule \"%.*s\" names \"%.*s\", who is not among the people: the default receivers are paged",
		         STR_ARG(l->s->name), STR_ARG(who->name));
	else if (!who->person->receivers.n)
		lint_add(l->out, LINT_UNKNOWN_PERSON, NULL, who->person->at, l->s->at,
		         "\"%.*s\" is on call, and has no receivers: the default receivers are paged", STR_ARG(who->name));
}

static void look_at_people(const struct looking *l, const struct turns *turns)
{
	for (size_t i = 0; i < turns->count; i++)
		for (size_t k = 0; k < turns->v[i].count; k++)
			if (!was_before(turns, i, k))
				look_at_person(l, &turns->v[i].v[k]);
}

/* "team.ics:12: error: event …": the calendar is a file of its own, its line stays in the message. */
static void look_at_calendar(const struct looking *l)
{
	const struct schedule_calendar *known = l->s->calendar;
	char text[TIME_DURATION_MAX];
	for (size_t i = 0; i < known->doubts.count; i++)
		lint_add(l->out, LINT_CALENDAR_DOUBT, NULL, l->s->at, nowhere, "schedule \"%.*s\": %s", STR_ARG(l->s->name),
		         known->doubts.lines[i]);
	if (!schedule_is_polled(l->s) || !known->calendar)
		return;
	int64_t age = l->now - known->fetched_at;
	if (age > SCHEDULE_STALE_AFTER)
		lint_add(l->out, LINT_CALENDAR_STALE, NULL, l->s->at, nowhere,
		         "schedule \"%.*s\": its calendar was last confirmed %s ago", STR_ARG(l->s->name),
		         time_duration_format(age / TIME_HOUR * TIME_HOUR, text));
}

static void look_at_turns(const struct looking *l)
{
	struct turns turns;
	const char *why;
	if (!schedule_turns(l->c, l->s, l->now, l->now + SCHEDULE_LINT_AHEAD, l->arena, &turns, &why)) {
		lint_add(l->out, LINT_SCHEDULE_UNKNOWN, NULL, l->s->at, nowhere,
		         "schedule \"%.*s\": it cannot be said who is on call: %s", STR_ARG(l->s->name), why);
		return;
	}
	look_for(l, &turns, LINT_SCHEDULE_GAP, is_gap, "nobody is on call");
	look_for(l, &turns, LINT_SCHEDULE_OVERLAP, is_overlap, "several are on call");
	look_at_people(l, &turns);
}

void lint_schedules(const struct catalog *c, int64_t now, struct lint *out)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct schedule *const *list;
	size_t count = catalog_schedules(c, &list);
	for (size_t i = 0; i < count; i++) {
		const struct looking l = {c, list[i], now, arena, out};
		look_at_calendar(&l);
		look_at_turns(&l);
	}
}
