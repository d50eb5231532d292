/* catalog_finish(): what can only be said when everything has been collected. */
#include <assert.h>

#include "catalog/collect.h"
#include "catalog/schedule.h"

/* Of a flood of mistakes only the first are told, and guessed. */
static const char *meant_in_catalog(const struct catalog *c, struct str word,
                                    const char *(*guess)(const struct catalog *, struct str, struct arena *),
                                    const struct err *err)
{
	return err->count < ERR_LINES_MAX ? guess(c, word, c->arena) : "";
}

static bool check_escalation(const struct catalog *c, struct pos at, const char *what, struct str who,
                             struct str escalation, struct err *err)
{
	if (!escalation.n || catalog_escalation(c, escalation))
		return true;
	err_at(err, at, "%s \"%.*s\": there is no escalation \"%.*s\"%s", what, STR_ARG(who), STR_ARG(escalation),
	       meant_in_catalog(c, escalation, catalog_meant_escalation, err));
	return false;
}

static bool check_severity_escalations(const struct catalog *c, struct err *err)
{
	bool ok = true;
	for (size_t i = 0; i < map_count(c->severities); i++) {
		const struct severity *s = c->severity_list[i];
		ok = check_escalation(c, s->escalation_at.file ? s->escalation_at : s->at, "severity", s->name, s->escalation,
		                      err) &&
		     ok;
	}
	return ok;
}

static bool named_before(const struct owner *o, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (str_eq_nocase(o->receivers[k].severity, o->receivers[i].severity))
			return true;
	return false;
}

/* Keys may be aliases; look-ups are by the severity's own name. */
static bool resolve_receivers(const struct catalog *c, struct owner *o, struct err *err)
{
	bool ok = true;
	for (size_t i = 0; i < o->receivers_count; i++) {
		struct owner_receivers *row = &o->receivers[i];
		struct str written = row->severity;
		const struct severity *s = catalog_severity(c, written);
		if (s)
			row->severity = s->name;
		if (!s && !str_eq_nocase(written, STR("default")))
			err_at(err, row->at, "owner \"%.*s\": there is no severity \"%.*s\"%s", STR_ARG(o->name), STR_ARG(written),
			       meant_in_catalog(c, written, catalog_meant_severity, err));
		else if (named_before(o, i))
			err_at(err, row->at, "owner \"%.*s\": \"%.*s\" is the same severity as one above", STR_ARG(o->name),
			       STR_ARG(written));
		else
			continue;
		ok = false;
	}
	return ok;
}

static bool check_owner_escalations(struct catalog *c, struct err *err)
{
	bool ok = true;
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->owners, &i, &key, &value);) {
		struct owner *o = value;
		ok = check_escalation(c, o->escalation_at.file ? o->escalation_at : o->at, "owner", o->name, o->escalation,
		                      err) &&
		     ok;
		ok = resolve_receivers(c, o, err) && ok;
	}
	return ok;
}

/* Only what catalog.yml says must be known: a page's word that nobody knows routes nothing, and is for lint to find. */
static bool check_declared_severities(const struct catalog *c, struct err *err)
{
	bool ok = true;
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->declared, &i, &key, &value);) {
		const struct runbook *r = value;
		for (size_t k = 0; k < r->severities.n; k++) {
			if (catalog_severity(c, r->severities.v[k]))
				continue;
			err_at(err, r->at, "runbook \"%.*s\": there is no severity \"%.*s\"%s", STR_ARG(r->path),
			       STR_ARG(r->severities.v[k]), meant_in_catalog(c, r->severities.v[k], catalog_meant_severity, err));
			ok = false;
		}
	}
	return ok;
}

void catalog_set_zone(struct catalog *c, const struct zone *zone)
{
	c->zone = zone;
}

/* Deadlines of severities and policies know whose weekdays they count. */
static void place_deadlines(struct catalog *c)
{
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->severities, &i, &key, &value);) {
		struct severity *s = value;
		s->response.zone = s->resolution.zone = c->zone;
	}
	for (size_t i = 0; i < c->stated.policies_count; i++)
		c->stated.policies[i].within.zone = c->zone;
}

#define FILL(c, plural, one)                                                                                           \
	do {                                                                                                               \
		size_t n_ = 0;                                                                                                 \
		struct str key_;                                                                                               \
		void *value_;                                                                                                  \
		(c)->one##_list = arena_alloc((c)->arena, (map_count((c)->plural) + 1) * sizeof *(c)->one##_list);             \
		for (size_t i_ = 0; map_next((c)->plural, &i_, &key_, &value_);)                                               \
			(c)->one##_list[n_++] = value_;                                                                            \
	} while (0)

bool catalog_finish(struct catalog *c, struct err *err)
{
	assert(!c->finished);
	merge_severities(c);
	merge_contacts(c);
	merge_escalations(c);
	merge_lists(c);
	bool ok = severities_finish(c, err);
	place_deadlines(c);
	bind_escalations(c);
	pages_finish(c);
	indexes_mark(c);
	site_pages_finish(c);
	index_links_resolve(c);
	runbooks_finish(c);
	postmortem_page_finish(c);
	own_templates_finish(c);
	names_finish(c);
	merge_owners(c);
	FILL(c, severities, severity);
	FILL(c, owners, owner);
	FILL(c, contacts, contact);
	FILL(c, escalations, escalation);
	FILL(c, runbooks, runbook);
	FILL(c, schedules, schedule);
	FILL(c, people, person);
	c->finished = true;
	escalations_spread(c);
	ok = check_severity_escalations(c, err) && ok;
	ok = check_owner_escalations(c, err) && ok;
	ok = schedules_finish(c, err) && ok;
	return check_declared_severities(c, err) && ok;
}
