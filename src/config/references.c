/* What one part of the configuration names of another: receivers, time intervals, roles of escalations. */
#include "catalog/hours.h"
#include "catalog/whom.h"
#include "incident/escalation.h"
#include "load.h"

static void must_exist(struct loading *l, const struct strs *names, struct pos at, const char *what, struct str whose)
{
	for (size_t i = 0; i < names->n; i++) {
		if (!load_receiver_known(l->c, names->v[i]))
			err_at(l->err, at, "%s \"%.*s\": receiver \"%.*s\" %s", what, STR_ARG(whose), STR_ARG(names->v[i]),
			       load_receiver_trouble(l, names->v[i]));
	}
}

static void hours_exist(struct loading *l, const struct hours_said *said, struct pos at, const char *what,
                        struct str whose)
{
	const struct strs *lists[] = {&said->active, &said->mute};
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < lists[k]->n; i++)
			if (!catalog_hours(l->c->catalog, lists[k]->v[i]))
				err_at(l->err, at, "%s \"%.*s\": time interval \"%.*s\" does not exist%s", what, STR_ARG(whose),
				       STR_ARG(lists[k]->v[i]), catalog_meant_hours(l->c->catalog, lists[k]->v[i], l->c->arena));
}

static void check_receiver_references(struct loading *l)
{
	for (size_t i = 0; i < l->c->receiver_count; i++) {
		const struct config_receiver *r = &l->c->receivers[i];
		const struct strs one = {&l->c->receivers[i].fallback, r->fallback.n ? 1 : 0};
		must_exist(l, &one, r->at, "fallback of receiver", r->name);
		if (r->fallback.n && str_eq(r->fallback, r->name))
			err_at(l->err, r->at, "receiver \"%.*s\" is its own fallback", STR_ARG(r->name));
		hours_exist(l, &r->hours, r->at, "receiver", r->name);
	}
}

static void check_severity_references(struct loading *l)
{
	const struct severity *const *list;
	size_t count = catalog_severities(l->c->catalog, &list);
	for (size_t i = 0; i < count; i++) {
		must_exist(l, &list[i]->receivers, list[i]->at, "severity", list[i]->name);
		hours_exist(l, &list[i]->hours, list[i]->at, "severity", list[i]->name);
	}
}

static void check_owner_references(struct loading *l)
{
	const struct owner *const *list;
	size_t count = catalog_owners(l->c->catalog, &list);
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < list[i]->receivers_count; k++)
			must_exist(l, &list[i]->receivers[k].receivers, list[i]->at, "owner", list[i]->name);
		hours_exist(l, &list[i]->hours, list[i]->at, "owner", list[i]->name);
	}
}

/* A page's place is relative to its folder; editors look from where the program runs. */
static struct pos from_config_folder(const struct loading *l, struct pos at)
{
	if (at.file && catalog_text(l->c->catalog, str_c(at.file)))
		at.file = arena_printf(l->c->arena, "%.*s/%s", STR_ARG(l->c->runbook_folder), at.file);
	return at;
}

static void warn_doubtful_contact(struct loading *l, const struct contact *contact)
{
	struct str doubt;
	if (contact_is_doubtful(l->c->catalog, contact, &doubt))
		err_warn(l->warnings, from_config_folder(l, contact->at),
		         "contact \"%.*s\": \"%.*s\" could be several of people: or schedules:, so nobody is reached by it",
		         STR_ARG(contact->role), STR_ARG(doubt));
	if (contact_leaves_open(l->c->catalog, contact, &doubt))
		err_warn(l->warnings, from_config_folder(l, contact->at),
		         "contact \"%.*s\": \"%.*s\" leaves open whom: all of them are told", STR_ARG(contact->role),
		         STR_ARG(doubt));
}

static void check_contacts(struct loading *l)
{
	const struct contact *const *list;
	size_t count = catalog_contacts(l->c->catalog, &list);
	for (size_t i = 0; i < count; i++) {
		must_exist(l, &list[i]->receivers, list[i]->at, "contact", list[i]->role);
		warn_doubtful_contact(l, list[i]);
	}
}

static void check_person_receivers(struct loading *l)
{
	const struct person *const *list;
	size_t count = catalog_people(l->c->catalog, &list);
	for (size_t i = 0; i < count; i++)
		must_exist(l, &list[i]->receivers, list[i]->at, "person", list[i]->name);
}

static bool is_role_known(const struct loading *l, struct str who)
{
	return catalog_is_somebody(l->c->catalog, who) || load_receiver_known(l->c, who);
}

static void warn_step(struct loading *l, const struct escalation *e, struct str who, const char *why)
{
	err_warn(l->warnings, from_config_folder(l, e->at), "escalation \"%.*s\" notifies \"%.*s\", %s", STR_ARG(e->name),
	         STR_ARG(who), why);
}

static void say_either(struct loading *l, const struct escalation *e, const struct escalation_step *step)
{
	for (size_t i = 0; i < step->either.n; i++)
		warn_step(l, e, step->either.v[i], "which leaves open whom: all of them are told");
}

/* The first step is the page: where its roles have no receivers, those of the page do. */
static void check_step_roles(struct loading *l, const struct escalation *e, size_t step)
{
	const struct strs *notify = &e->steps[step].notify;
	say_either(l, e, &e->steps[step]);
	for (size_t i = 0; i < notify->n; i++) {
		if (!is_role_known(l, notify->v[i]))
			warn_step(l, e, notify->v[i], "who is neither a contact nor a receiver");
		else if (step && (e->steps[step].after_ms >= 0 || e->steps[step].when != STEP_BY_TIME) &&
		         !config_reaches(l->c, notify->v[i]))
			warn_step(l, e, notify->v[i], "who has no receiver: the default receivers are told whom to call");
		if (step && e->steps[step].after_ms < 0 && e->steps[step].when == STEP_BY_TIME)
			warn_step(l, e, notify->v[i], "and does not say when: nobody is told by itself");
		if (step == ESCALATION_STEPS_MAX)
			warn_step(l, e, notify->v[i], "in a step that does not run: the path is too long");
	}
}

static void check_step_hours(struct loading *l, const struct escalation *e)
{
	for (size_t i = 0; i < e->count; i++)
		hours_exist(l, &e->steps[i].hours, e->at, "escalation", e->name);
}

static void check_escalation_roles(struct loading *l)
{
	if (l->options->tolerant) /* lint has its own words for it */
		return;
	const struct escalation *const *list;
	size_t count = catalog_escalations(l->c->catalog, &list);
	for (size_t i = 0; i < count; i++) {
		check_step_hours(l, list[i]);
		for (size_t k = 0; k < list[i]->count; k++)
			check_step_roles(l, list[i], k);
	}
}

void load_references(struct loading *l)
{
	if (l->names_doubtful)
		return;
	check_receiver_references(l);
	check_severity_references(l);
	check_owner_references(l);
	check_contacts(l);
	check_person_receivers(l);
	check_escalation_roles(l);
}
