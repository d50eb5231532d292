/* The catalog's look-ups by name, folded for case. */
#include "catalog/catalog.h"

#include <assert.h>
#include <stdlib.h>

#include "catalog/collect.h"

struct catalog *catalog_new(void)
{
	struct catalog *c = mem_zero(sizeof *c);
	c->arena = arena_new();
	struct map **maps[] = {&c->severities, &c->owners,         &c->contacts,       &c->escalations,     &c->declared,
	                       &c->files,      &c->runbooks,       &c->severity_words, &c->by_filename,     &c->by_alert,
	                       &c->texts,      &c->commits,        &c->whole,          &c->contact_letters, &c->by_heading,
	                       &c->by_path,    &c->by_tail,        &c->places,         &c->by_url,          &c->schedules,
	                       &c->people,     &c->schedule_words, &c->person_words,   &c->hours,           &c->wiki_names};
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		*maps[i] = map_new();
	return c;
}

void catalog_free(struct catalog *c)
{
	if (!c)
		return;
	struct map *maps[] = {c->severities, c->owners,         c->contacts,       c->escalations,     c->declared,
	                      c->files,      c->runbooks,       c->severity_words, c->by_filename,     c->by_alert,
	                      c->texts,      c->commits,        c->whole,          c->contact_letters, c->by_heading,
	                      c->by_path,    c->by_tail,        c->places,         c->by_url,          c->schedules,
	                      c->people,     c->schedule_words, c->person_words,   c->hours,           c->wiki_names};
	struct str path;
	void *file;
	for (size_t i = 0; map_next(c->files, &i, &path, &file);)
		runbook_facts_release(&((struct runbook_file *)file)->facts);
	schedules_release(c);
	facts_release(&c->index);
	facts_release(&c->declared_facts);
	facts_release(&c->stated);
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
		map_free(maps[i]);
	arena_free(c->arena);
	free(c);
}

static void *look_up_folded(const struct map *m, struct str name)
{
	char room[CATALOG_NAME_MAX];
	struct str folded = catalog_fold(name, room);
	return folded.n ? map_get(m, folded) : NULL;
}

struct severity *catalog_severity_meant(const struct catalog *c, struct str word)
{
	char room[CATALOG_NAME_MAX];
	struct severity *s = look_up_folded(c->severity_words, word);
	struct str other = s ? (struct str){0} : catalog_fold_plain(word, room);
	s = other.n ? map_get(c->severity_words, other) : s;
	other = s ? (struct str){0} : catalog_fold_numbered(word, room);
	return other.n ? map_get(c->severity_words, other) : s;
}

const struct severity *catalog_severity(const struct catalog *c, struct str name)
{
	assert(c->finished);
	return catalog_severity_meant(c, name);
}

const struct owner *catalog_owner(const struct catalog *c, struct str name)
{
	return look_up_folded(c->owners, name);
}

const struct escalation *catalog_escalation(const struct catalog *c, struct str name)
{
	return look_up_folded(c->escalations, name);
}

const struct contact *catalog_contact(const struct catalog *c, struct str role)
{
	char room[CATALOG_NAME_MAX];
	const struct contact *exact = look_up_folded(c->contacts, role);
	struct str letters = exact ? (struct str){0} : catalog_fold_letters(role, room);
	return letters.n ? map_get(c->contact_letters, letters) : exact;
}

const struct runbook *catalog_runbook(const struct catalog *c, struct str path)
{
	const struct runbook *listed = map_get(c->runbooks, path);
	return listed ? listed : map_get(c->whole, path);
}

const struct runbook *catalog_runbook_at(const struct catalog *c, struct str path, struct str anchor)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct runbook *section = anchor.n ? map_get(c->runbooks, catalog_runbook_key(arena, path, anchor)) : NULL;
	return section ? section : catalog_runbook(c, path);
}

const struct runbook *catalog_runbook_declared(const struct catalog *c, struct str path, struct str anchor)
{
	AUTOARENA struct arena *arena = arena_new();
	return map_get(c->declared, catalog_runbook_key(arena, path, anchor));
}

const struct runbook_facts *catalog_runbook_facts(const struct catalog *c, struct str path)
{
	const struct runbook_file *file = map_get(c->files, path);
	return file ? &file->facts : NULL;
}

const struct facts *catalog_stated(const struct catalog *c)
{
	assert(c->finished);
	return &c->stated;
}

const struct facts *catalog_index(const struct catalog *c)
{
	return &c->index;
}

struct str catalog_index_path(const struct catalog *c)
{
	return c->index_path;
}

const struct catalog_text *catalog_text(const struct catalog *c, struct str path)
{
	return map_get(c->texts, path);
}

const struct catalog_text *catalog_next_text(const struct catalog *c, size_t *cursor)
{
	struct str path;
	void *text;
	return map_next(c->texts, cursor, &path, &text) ? text : NULL;
}

bool runbook_has_anchor(const struct runbook *r, struct str anchor)
{
	for (size_t i = 0; i < r->anchors.n; i++)
		if (str_eq(r->anchors.v[i], anchor))
			return true;
	return false;
}

static const struct runbook *only_one(const struct catalog *c, const struct runbook *r)
{
	return r == &c->several ? NULL : r;
}

const struct runbook *catalog_runbook_by_filename(const struct catalog *c, struct str alertname)
{
	assert(c->finished);
	char room[CATALOG_NAME_MAX];
	struct str folded = catalog_fold_letters(alertname, room);
	return folded.n ? only_one(c, map_get(c->by_filename, folded)) : NULL;
}

const struct runbook *catalog_runbook_by_alert(const struct catalog *c, struct str alertname)
{
	assert(c->finished);
	return only_one(c, map_get(c->by_alert, alertname));
}

struct strs owner_receivers_for(const struct owner *o, struct str severity)
{
	struct strs fallback = {0};
	for (size_t i = 0; i < o->receivers_count; i++) {
		if (str_eq_nocase(o->receivers[i].severity, severity))
			return o->receivers[i].receivers;
		if (str_eq_nocase(o->receivers[i].severity, STR("default")))
			fallback = o->receivers[i].receivers;
	}
	return fallback;
}

#define LIST_OF(plural, one)                                                                                           \
	size_t catalog_##plural(const struct catalog *c, const struct one *const **out)                                    \
	{                                                                                                                  \
		assert(c->finished);                                                                                           \
		*out = c->one##_list;                                                                                          \
		return map_count(c->plural);                                                                                   \
	}

LIST_OF(severities, severity)
LIST_OF(owners, owner)
LIST_OF(contacts, contact)
LIST_OF(escalations, escalation)
LIST_OF(runbooks, runbook)
