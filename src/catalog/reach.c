/* A role to receivers, at the moment in which its step runs. */
#include "catalog/reach.h"

#include <string.h>

#include "catalog/whom.h"

/* One question under way. */
struct reaching {
	const struct catalog *c;
	int64_t now;
	bool (*receiver_known)(void *arg, struct str name);
	void *arg;
	struct arena *arena;
	struct reached *out;
};

/* What is no receiver (any more) reaches nobody. */
static void add_reached_receiver(const struct reaching *r, struct str name)
{
	struct reached *out = r->out;
	if (!r->receiver_known(r->arg, name))
		return;
	if (!out->receivers.v)
		out->receivers.v = arena_alloc(r->arena, REACH_MOST * sizeof *out->receivers.v);
	for (size_t i = 0; i < out->receivers.n; i++)
		if (str_eq(out->receivers.v[i], name))
			return;
	if (out->receivers.n < REACH_MOST)
		out->receivers.v[out->receivers.n++] = name;
}

static void add_reached_receivers(const struct reaching *r, const struct strs *names)
{
	for (size_t i = 0; i < names->n; i++)
		add_reached_receiver(r, names->v[i]);
}

static struct str joined_between(struct arena *arena, struct str a, const char *between, struct str b)
{
	if (!a.n || !b.n)
		return a.n ? a : b;
	return str_c(arena_printf(arena, "%.*s%s%.*s", STR_ARG(a), between, STR_ARG(b)));
}

static void add_reached_person(const struct reaching *r, struct str name, const struct person *p)
{
	struct reached *out = r->out;
	out->who = joined_between(r->arena, out->who, ", ", name);
	if (!p)
		return;
	add_reached_receivers(r, &p->receivers);
	out->contact = joined_between(r->arena, out->contact, ", ", p->contact);
}

static void add_reached_schedule(const struct reaching *r, const struct schedule *s)
{
	struct turn turn = {0};
	const char *why;
	if (!schedule_turn_at(r->c, s, r->now, &turn, &why))
		return;
	for (size_t i = 0; i < turn.count; i++)
		add_reached_person(r, turn.v[i].name, turn.v[i].person);
}

static bool has_letters(struct str s)
{
	return s.n && !str_eq_c(s, "-");
}

static void add_contact_people(const struct reaching *r, const struct contact *contact)
{
	const struct person *people[CONTACT_PEOPLE_MAX];
	size_t n = contact_people(r->c, contact, people);
	for (size_t i = 0; i < n; i++)
		add_reached_person(r, people[i]->name, people[i]);
}

/* Words that only say that somebody is on call come last: a receiver or a person of that name is meant first. */
static void add_implied_schedule(const struct reaching *r, const struct contact *contact)
{
	const struct schedule *s = contact_schedule_implied(r->c, contact);
	if (!s)
		return;
	r->out->who = STR("");
	add_reached_schedule(r, s);
}

static void add_reached_contact(const struct reaching *r, const struct contact *contact)
{
	struct reached *out = r->out;
	const struct schedule *s = contact_schedule(r->c, contact);
	if (s && (contact->schedule.n || !contact->receivers.n))
		add_reached_schedule(r, s);
	if (!out->receivers.n)
		add_reached_receivers(r, &contact->receivers);
	if (!out->receivers.n && !out->who.n)
		add_contact_people(r, contact);
	if (!out->who.n && !s && has_letters(contact->primary))
		out->who = contact->primary;
	const struct str texts[] = {contact->say, contact->address, contact->method};
	for (size_t i = 0; !out->contact.n && i < sizeof texts / sizeof *texts; i++)
		out->contact = has_letters(texts[i]) ? texts[i] : out->contact;
}

/* A receiver of this name goes before a person of whose name it is a part. */
static const struct person *person_of_role(const struct catalog *c, struct str role,
                                           bool (*receiver_known)(void *arg, struct str name), void *arg)
{
	const struct person *p = catalog_person(c, role);
	return p || receiver_known(arg, role) ? p : catalog_person_meant(c, role);
}

void catalog_reach(const struct catalog *c, struct str role, int64_t now,
                   bool (*receiver_known)(void *arg, struct str name), void *arg, struct arena *arena,
                   struct reached *out)
{
	const struct reaching r = {c, now, receiver_known, arg, arena, out};
	const struct contact *contact = catalog_contact(c, role);
	const struct schedule *s = catalog_schedule_meant(c, role);
	const struct person *p = person_of_role(c, role, receiver_known, arg);
	*out = (struct reached){.known = contact || s || p || receiver_known(arg, role)};
	if (contact)
		add_reached_contact(&r, contact);
	if (!out->receivers.n && s && !contact)
		add_reached_schedule(&r, s);
	if (!out->receivers.n && p)
		add_reached_person(&r, p->name, p);
	if (!out->receivers.n)
		add_reached_receiver(&r, role);
	if (!out->receivers.n && contact)
		add_implied_schedule(&r, contact);
}

static bool any_receiver_known(const struct strs *names, bool (*receiver_known)(void *arg, struct str name), void *arg)
{
	for (size_t i = 0; i < names->n; i++)
		if (receiver_known(arg, names->v[i]))
			return true;
	return false;
}

static bool schedule_could(const struct catalog *c, const struct schedule *s,
                           bool (*receiver_known)(void *arg, struct str name), void *arg)
{
	const struct person *const *people;
	size_t count = catalog_people(c, &people);
	for (size_t i = 0; s && i < count; i++)
		if (any_receiver_known(&people[i]->receivers, receiver_known, arg))
			return true;
	return false;
}

static bool contact_could(const struct catalog *c, const struct contact *contact,
                          bool (*receiver_known)(void *arg, struct str name), void *arg)
{
	const struct person *people[CONTACT_PEOPLE_MAX];
	bool could = any_receiver_known(&contact->receivers, receiver_known, arg) ||
	             schedule_could(c, contact_schedule(c, contact), receiver_known, arg) ||
	             schedule_could(c, contact_schedule_implied(c, contact), receiver_known, arg);
	size_t n = contact_people(c, contact, people);
	for (size_t i = 0; !could && i < n; i++)
		could = any_receiver_known(&people[i]->receivers, receiver_known, arg);
	return could;
}

bool catalog_is_somebody(const struct catalog *c, struct str role)
{
	return catalog_contact(c, role) || catalog_schedule_meant(c, role) || catalog_person_meant(c, role);
}

bool catalog_reaches(const struct catalog *c, struct str role, bool (*receiver_known)(void *arg, struct str name),
                     void *arg)
{
	const struct contact *contact = catalog_contact(c, role);
	const struct person *p = person_of_role(c, role, receiver_known, arg);
	return (contact && contact_could(c, contact, receiver_known, arg)) ||
	       schedule_could(c, catalog_schedule_meant(c, role), receiver_known, arg) ||
	       (p && any_receiver_known(&p->receivers, receiver_known, arg)) || receiver_known(arg, role);
}
