/* Who is on call when: a schedule's shifts, swept, with the people that they name. */
#include "base/ascii.h"
#include "base/time.h"
#include "catalog/schedule.h"

/* ---- shifts ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Handovers are counted on the wall, so that 09:00 stays 09:00 when the clocks change. */
static bool rotation_shifts(const struct schedule *s, int64_t from, int64_t until, struct arena *arena,
                            struct shifts *out)
{
	const struct rotation *r = &s->rotation;
	if (!r->people.n)
		return true;
	int64_t first = floor_div(zone_wall(s->zone, from) - r->start, r->every) - 1;
	bool ok = true;
	for (int64_t k = first < 0 ? 0 : first; ok; k++) {
		int64_t begins = zone_instant(s->zone, r->start + k * r->every);
		int64_t ends = zone_instant(s->zone, r->start + (k + 1) * r->every);
		if (begins >= until)
			break;
		if (ends > from)
			ok = shifts_add(arena, out,
			                (struct shift){.from = begins,
			                               .until = ends,
			                               .who = r->people.v[(size_t)k % r->people.n],
			                               .source = SHIFT_ROTATION});
	}
	return ok;
}

static int64_t instant_of(const struct schedule *s, struct schedule_time t)
{
	return t.wall ? zone_instant(s->zone, t.ms) : t.ms;
}

static bool override_shifts(const struct schedule *s, int64_t from, int64_t until, struct arena *arena,
                            struct shifts *out)
{
	bool ok = true;
	for (size_t i = 0; ok && i < s->override_count; i++) {
		const struct schedule_override *o = &s->overrides[i];
		const struct shift shift = {.from = instant_of(s, o->from),
		                            .until = instant_of(s, o->until),
		                            .who = o->person,
		                            .source = SHIFT_OVERRIDE,
		                            .single = true};
		if (shift.from < until && shift.until > from)
			ok = shifts_add(arena, out, shift);
	}
	return ok;
}

static bool all_shifts(const struct schedule *s, int64_t from, int64_t until, struct arena *arena, struct shifts *out,
                       const char **why)
{
	const struct calendar *calendar = s->calendar->calendar;
	*why = "its calendar has not been read";
	if (schedule_is_calendar(s) && !calendar)
		return false;
	*why = "it has more shifts than can be counted";
	return (!calendar || calendar_shifts(calendar, from, until, arena, out)) &&
	       rotation_shifts(s, from, until, arena, out) && override_shifts(s, from, until, arena, out);
}

/* ---- people ---- */

/* The name stands in the text as whole words: "ana" in "On call: Ana", not in "Diana". */
static bool has_words(struct str text, struct str name)
{
	for (size_t i = 0; name.n && i + name.n <= text.n; i++)
		if (str_eq_nocase(str_slice(text, i, i + name.n), name) && (!i || !ascii_is_word_byte(text.p[i - 1])) &&
		    (i + name.n == text.n || !ascii_is_word_byte(text.p[i + name.n])))
			return true;
	return false;
}

/* The longest of their names that stands there; empty: none. */
static struct str named_as(struct str text, const struct person *p)
{
	struct str longest = has_words(text, p->name) ? p->name : (struct str){0};
	for (size_t i = 0; i < p->calendar_names.n; i++)
		if (p->calendar_names.v[i].n > longest.n && has_words(text, p->calendar_names.v[i]))
			longest = p->calendar_names.v[i];
	return longest;
}

/* "Ana Lopez" in the text names Ana Lopez, and not the other Ana. */
static bool is_named_in(const struct catalog *c, struct str text, const struct person *p)
{
	const struct person *const *people;
	size_t count = catalog_people(c, &people);
	struct str name = named_as(text, p);
	for (size_t i = 0; name.n && i < count; i++) {
		struct str other = people[i] == p ? (struct str){0} : named_as(text, people[i]);
		if (other.n > name.n && has_words(other, name))
			return false;
	}
	return name.n > 0;
}

static void add_person_on_call(struct arena *arena, struct turn *t, size_t *capacity, struct on_call who)
{
	for (size_t i = 0; i < t->count; i++)
		if (who.person ? t->v[i].person == who.person : str_eq(t->v[i].name, who.name))
			return;
	t->v = arena_room(arena, t->v, t->count, capacity, sizeof *t->v);
	t->v[t->count++] = who;
}

/* The whole summary is somebody's name, else an attendee is known, else the summary mentions people; else it is a name itself. */
static void add_people(const struct catalog *c, struct arena *arena, const struct shift *s, struct turn *t,
                       size_t *capacity)
{
	struct on_call who = {.name = s->who, .person = catalog_person(c, s->who), .source = s->source};
	const struct person *const *people;
	size_t before = t->count, count = catalog_people(c, &people);
	for (size_t i = 0; !who.person && i < s->addresses.n; i++) {
		const struct person *p = catalog_person(c, s->addresses.v[i]);
		if (p)
			add_person_on_call(arena, t, capacity, (struct on_call){.name = p->name, .person = p, .source = s->source});
	}
	bool attended = t->count > before;
	for (size_t i = 0; !who.person && !attended && i < count; i++)
		if (is_named_in(c, s->who, people[i]))
			add_person_on_call(arena, t, capacity,
			                   (struct on_call){.name = people[i]->name, .person = people[i], .source = s->source});
	if (who.person)
		who.name = who.person->name;
	if (t->count == before)
		add_person_on_call(arena, t, capacity, who);
}

static struct turn turn_of(const struct catalog *c, struct arena *arena, const struct span *span)
{
	struct turn t = {.from = span->from, .until = span->until, .overlap = span->count > 1};
	size_t capacity = 0;
	for (size_t i = 0; i < span->count; i++)
		add_people(c, arena, span->v[i], &t, &capacity);
	t.overlap = t.overlap && t.count > 1;
	for (size_t i = 0; i < t.count; i++) {
		t.v[i].from = span->from;
		t.v[i].until = span->until;
	}
	return t;
}

static bool same_people(const struct turn *a, const struct turn *b)
{
	for (size_t i = 0; a->count == b->count && i < a->count; i++)
		if (!str_eq(a->v[i].name, b->v[i].name) || a->v[i].source != b->v[i].source)
			return false;
	return a->count == b->count;
}

/* One person's two turns in a row are one only where nothing hands over between them: gaps join, turns do not. */
static void add_turn_or_extend(struct arena *arena, struct turns *out, struct turn t)
{
	struct turn *last = out->count ? &out->v[out->count - 1] : NULL;
	if (last && !last->count && same_people(last, &t)) {
		last->until = t.until;
		return;
	}
	out->v = arena_room(arena, out->v, out->count, &out->capacity, sizeof *out->v);
	out->v[out->count++] = t;
}

bool schedule_turns(const struct catalog *c, const struct schedule *s, int64_t from, int64_t until, struct arena *arena,
                    struct turns *out, const char **why)
{
	struct shifts shifts = {0};
	*out = (struct turns){0};
	if (!all_shifts(s, from, until, arena, &shifts, why))
		return false;
	struct spans spans = shifts_sweep(arena, &shifts, from, until);
	for (size_t i = 0; i < spans.count; i++)
		add_turn_or_extend(arena, out, turn_of(c, arena, &spans.v[i]));
	return true;
}

#define LOOK_AROUND (31 * TIME_DAY)

#define NOT_SAID_FOR TIME_HOUR /* what cannot be said is not tried again for so long */

static void look_around(const struct catalog *c, const struct schedule *s, int64_t at)
{
	struct schedule_calendar *known = s->calendar;
	struct turns turns;
	const char *why = NULL;
	schedule_forget(s);
	known->kept = arena_new();
	known->turn = (struct turn){.from = at, .until = at};
	known->kept_from = at;
	known->kept_until = at + NOT_SAID_FOR;
	if (!schedule_turns(c, s, at - LOOK_AROUND, at + LOOK_AROUND, known->kept, &turns, &why)) {
		known->kept_why = why;
		return;
	}
	known->kept_why = NULL;
	for (size_t i = 0; i < turns.count; i++)
		if (turns.v[i].from <= at && turns.v[i].until > at)
			known->turn = turns.v[i];
	known->kept_from = known->turn.from;
	known->kept_until = known->turn.until;
}

void schedule_forget(const struct schedule *s)
{
	arena_free(s->calendar->kept);
	s->calendar->kept = NULL;
}

bool schedule_turn_at(const struct catalog *c, const struct schedule *s, int64_t at, struct turn *out, const char **why)
{
	struct schedule_calendar *known = s->calendar;
	if (!known->kept || at < known->kept_from || at >= known->kept_until)
		look_around(c, s, at);
	*out = known->turn;
	*why = known->kept_why;
	return !known->kept_why;
}
