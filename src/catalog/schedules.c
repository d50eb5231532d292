/* Schedules and people by the names that rules, contacts and calendars have for them. */
#include <string.h>

#include "catalog/collect.h"
#include "catalog/schedule.h"

static void *look_up_trimmed(const struct map *m, struct str name)
{
	char room[CATALOG_NAME_MAX];
	struct str folded = catalog_fold(str_trim(name), room);
	return folded.n ? map_get(m, folded) : NULL;
}

static bool add_word(struct map *words, struct str word, void *entry, const char *what, struct pos at, struct err *err)
{
	char room[CATALOG_NAME_MAX];
	struct str folded = catalog_fold(str_trim(word), room);
	void *earlier = folded.n ? map_set(words, folded, entry) : NULL;
	if (folded.n && (!earlier || earlier == entry))
		return true;
	err_at(err, at, earlier ? "%s \"%.*s\" is the name of two" : "%s \"%.*s\" is no name", what, STR_ARG(word));
	return false;
}

static bool add_schedule_names(struct map *words, struct str name, const struct strs *others, void *entry,
                               const char *what, struct pos at, struct err *err)
{
	bool ok = add_word(words, name, entry, what, at, err);
	for (size_t i = 0; i < others->n; i++)
		ok = add_word(words, others->v[i], entry, what, at, err) && ok;
	return ok;
}

bool schedules_finish(struct catalog *c, struct err *err)
{
	struct str key;
	void *value;
	bool ok = true;
	for (size_t i = 0; map_next(c->schedules, &i, &key, &value);) {
		const struct schedule *s = value;
		ok = add_schedule_names(c->schedule_words, s->name, &s->names, value, "schedule", s->at, err) && ok;
	}
	for (size_t i = 0; map_next(c->people, &i, &key, &value);) {
		const struct person *p = value;
		ok = add_schedule_names(c->person_words, p->name, &p->calendar_names, value, "person", p->at, err) && ok;
	}
	for (size_t i = 0; map_next(c->contacts, &i, &key, &value);) {
		const struct contact *contact = value;
		if (contact->schedule.n && !catalog_schedule(c, contact->schedule)) {
			err_at(err, contact->at, "contact \"%.*s\": there is no schedule \"%.*s\"", STR_ARG(contact->role),
			       STR_ARG(contact->schedule));
			ok = false;
		}
	}
	return ok;
}

void schedules_release(struct catalog *c)
{
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->schedules, &i, &key, &value);) {
		struct schedule_calendar *known = ((const struct schedule *)value)->calendar;
		schedule_forget(value);
		calendar_free(known->calendar);
		err_release(&known->doubts);
		err_release(&known->trouble);
	}
}

const struct schedule *catalog_schedule(const struct catalog *c, struct str name)
{
	return look_up_trimmed(c->schedule_words, name);
}

const struct person *catalog_person(const struct catalog *c, struct str name)
{
	return look_up_trimmed(c->person_words, name);
}

size_t catalog_schedules(const struct catalog *c, const struct schedule *const **out)
{
	*out = c->schedule_list;
	return map_count(c->schedules);
}

size_t catalog_people(const struct catalog *c, const struct person *const **out)
{
	*out = c->person_list;
	return map_count(c->people);
}

struct schedule *catalog_schedule_to_fill(struct catalog *c, size_t i)
{
	char room[CATALOG_NAME_MAX];
	return map_get(c->schedules, catalog_fold(c->schedule_list[i]->name, room));
}

bool schedule_is_polled(const struct schedule *s)
{
	return s->ical_url.n || s->ical_url_file.n;
}

bool schedule_is_calendar(const struct schedule *s)
{
	return s->ical_file.n || schedule_is_polled(s);
}

bool schedule_take_calendar(const struct schedule *s, const char *file, struct str text,
                            const struct calendar_zones *zones)
{
	AUTOERR struct err doubts = ERR_INIT, trouble = ERR_INIT;
	struct schedule_calendar *known = s->calendar;
	struct calendar *c = calendar_read(file, text, s->zone, zones, &doubts, &trouble);
	err_release(&known->trouble);
	known->trouble = (struct err)ERR_INIT;
	err_move(&known->trouble, &trouble);
	if (!c)
		return false;
	schedule_forget(s);
	calendar_free(known->calendar);
	known->calendar = c;
	err_release(&known->doubts);
	known->doubts = (struct err)ERR_INIT;
	err_move(&known->doubts, &doubts);
	return true;
}
