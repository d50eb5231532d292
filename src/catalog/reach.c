/* A role to receivers, at the moment in which its step runs. */
#include "catalog/reach.h"

#include <string.h>

static void add_reached_receiver(struct arena *arena, struct reached *out, struct str name)
{
	if (!out->receivers.v)
		out->receivers.v = arena_alloc(arena, REACH_MOST * sizeof *out->receivers.v);
	for (size_t i = 0; i < out->receivers.n; i++)
		if (str_eq(out->receivers.v[i], name))
			return;
	if (out->receivers.n < REACH_MOST)
		out->receivers.v[out->receivers.n++] = name;
}

static void add_reached_receivers(struct arena *arena, struct reached *out, const struct strs *names)
{
	for (size_t i = 0; i < names->n; i++)
		add_reached_receiver(arena, out, names->v[i]);
}

static struct str joined_between(struct arena *arena, struct str a, const char *between, struct str b)
{
	if (!a.n || !b.n)
		return a.n ? a : b;
	return str_c(arena_printf(arena, "%.*s%s%.*s", STR_ARG(a), between, STR_ARG(b)));
}

static void add_reached_person(struct arena *arena, struct reached *out, struct str name, const struct person *p)
{
	out->who = joined_between(arena, out->who, ", ", name);
	if (!p)
		return;
	add_reached_receivers(arena, out, &p->receivers);
	out->contact = joined_between(arena, out->contact, ", ", p->contact);
}

static void add_reached_schedule(const struct catalog *c, const struct schedule *s, int64_t now, struct arena *arena,
                                 struct reached *out)
{
	struct turn turn = {0};
	const char *why;
	if (!schedule_turn_at(c, s, now, &turn, &why))
		return;
	for (size_t i = 0; i < turn.count; i++)
		add_reached_person(arena, out, turn.v[i].name, turn.v[i].person);
}

static bool has_letters(struct str s)
{
	return s.n && !str_eq_c(s, "-");
}

static void add_reached_contact(const struct catalog *c, const struct contact *contact, int64_t now,
                                struct arena *arena, struct reached *out)
{
	const struct schedule *s = contact_schedule(c, contact);
	if (s && (contact->schedule.n || !contact->receivers.n))
		add_reached_schedule(c, s, now, arena, out);
	if (!out->receivers.n)
		add_reached_receivers(arena, out, &contact->receivers);
	if (!out->who.n && !s && has_letters(contact->primary))
		out->who = contact->primary;
	const struct str texts[] = {contact->say, contact->address, contact->method};
	for (size_t i = 0; !out->contact.n && i < sizeof texts / sizeof *texts; i++)
		out->contact = has_letters(texts[i]) ? texts[i] : out->contact;
}

void catalog_reach(const struct catalog *c, struct str role, int64_t now,
                   bool (*receiver_known)(void *arg, struct str name), void *arg, struct arena *arena,
                   struct reached *out)
{
	const struct contact *contact = catalog_contact(c, role);
	const struct schedule *s = catalog_schedule_meant(c, role);
	const struct person *p = catalog_person(c, role);
	bool receiver = receiver_known(arg, role);
	*out = (struct reached){.known = contact || s || p || receiver};
	if (contact)
		add_reached_contact(c, contact, now, arena, out);
	if (!out->receivers.n && s && !contact)
		add_reached_schedule(c, s, now, arena, out);
	if (!out->receivers.n && p)
		add_reached_person(arena, out, p->name, p);
	if (!out->receivers.n && receiver)
		add_reached_receiver(arena, out, role);
}

static bool schedule_could(const struct catalog *c, const struct schedule *s)
{
	const struct person *const *people;
	size_t count = catalog_people(c, &people);
	for (size_t i = 0; s && i < count; i++)
		if (people[i]->receivers.n)
			return true;
	return false;
}

bool catalog_reaches(const struct catalog *c, struct str role, bool (*receiver_known)(void *arg, struct str name),
                     void *arg)
{
	const struct contact *contact = catalog_contact(c, role);
	const struct person *p = catalog_person(c, role);
	return (contact && (contact->receivers.n || schedule_could(c, contact_schedule(c, contact)))) ||
	       schedule_could(c, catalog_schedule_meant(c, role)) || (p && p->receivers.n) || receiver_known(arg, role);
}
