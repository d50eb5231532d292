/* By an alert's name: the page that is called so, the one that says it is for the alert, the one with such a heading. */
#include <string.h>

#include "catalog/collect.h"
#include "catalog/pages.h"
#include "words/words.h"

#define HEADING_LETTERS_MIN 8 /* of a heading that an alert is looked up by: "Disk full", not "Down" */

static void add_runbook_name(struct catalog *c, struct map *m, struct str name, struct runbook *r)
{
	if (!name.n)
		return;
	const struct runbook *other = map_get(m, name);
	map_set(m, name, other && other != r ? &c->several : r);
}

static void add_names_of(struct catalog *c, struct runbook *r)
{
	char room[CATALOG_NAME_MAX];
	if (r->exists && !r->anchor.n && !r->is_index)
		add_runbook_name(c, c->by_filename, catalog_fold_letters(page_name(r->path), room), r);
	for (size_t i = 0; i < r->alerts.n; i++)
		add_runbook_name(c, c->by_alert, r->alerts.v[i], r);
}

static struct str folder_of_path(struct str path)
{
	while (path.n && path.p[path.n - 1] != '/')
		path.n--;
	return path.n ? str_slice(path, 0, path.n - 1) : path;
}

/* The folder that the page is filed in: kafka of kafka/broker-down.md and of kafka/broker-down/README.md. */
static struct str filed_in(struct str path)
{
	struct str folder = folder_of_path(path);
	if (page_stands_for_folder(path))
		folder = folder_of_path(folder);
	return str_slice(folder, folder_of_path(folder).n + (folder_of_path(folder).n > 0), folder.n);
}

static void add_filed_name(struct catalog *c, struct map *filed, struct runbook *r)
{
	AUTOARENA struct arena *arena = arena_new();
	char room[CATALOG_NAME_MAX];
	struct str folder = filed_in(r->path), name = page_name(r->path);
	if (!r->exists || r->anchor.n || r->is_index || !folder.n || !name.n)
		return;
	const char *both = arena_printf(arena, "%.*s%.*s", STR_ARG(folder), STR_ARG(name));
	struct str letters = catalog_fold_letters(str_c(both), room);
	if (!map_get(c->by_filename, letters))
		add_runbook_name(c, filed, letters, r);
}

/* KafkaBrokerDown is kafka/broker-down.md, where no page has that whole name. */
static void add_filed_names(struct catalog *c, struct map *const lists[2])
{
	struct map *filed = map_new();
	struct str key;
	void *value;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; map_next(lists[k], &i, &key, &value);)
			add_filed_name(c, filed, value);
	for (size_t i = 0; map_next(filed, &i, &key, &value);)
		map_set(c->by_filename, key, value);
	map_free(filed);
}

/* A page that has moved: its name, and the alerts that it names, lead where it has gone. */
static void add_old_name(struct catalog *c, const struct runbook_file *file)
{
	char room[CATALOG_NAME_MAX];
	struct str letters = catalog_fold_letters(page_name(file->facts.self.path), room);
	struct runbook *to = file->moved_to.n ? map_get(c->runbooks, file->moved_to) : NULL;
	if (to && letters.n && !map_get(c->by_filename, letters))
		map_set(c->by_filename, letters, to);
	for (size_t i = 0; to && i < file->facts.self.alerts.n; i++)
		if (!map_get(c->by_alert, file->facts.self.alerts.v[i]))
			map_set(c->by_alert, file->facts.self.alerts.v[i], to);
}

/* What a listed section says it is for is not the rest of its file's as well. */
static void leave_to_sections(const struct catalog *c, struct runbook *whole)
{
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->runbooks, &i, &key, &value);) {
		const struct runbook *section = value;
		size_t kept = 0;
		if (!section->anchor.n || !str_eq(section->path, whole->path))
			continue;
		for (size_t k = 0; k < whole->alerts.n; k++)
			if (!strs_have(&section->alerts, whole->alerts.v[k]))
				whole->alerts.v[kept++] = whole->alerts.v[k];
		whole->alerts.n = kept;
	}
}

/* ---- related alerts ---- */

static void find_related(struct catalog *c, struct map *by_related, struct runbook *r)
{
	for (size_t i = 0; i < r->related.n; i++)
		if (!map_get(c->by_alert, r->related.v[i]))
			add_runbook_name(c, by_related, r->related.v[i], r);
}

static void take_related(struct catalog *c, const struct map *by_related, struct runbook *r)
{
	struct str *v = r->related.n ? arena_alloc(c->arena, (r->alerts.n + r->related.n) * sizeof *v) : NULL;
	if (v && r->alerts.n)
		memcpy(v, r->alerts.v, r->alerts.n * sizeof *v);
	r->alerts.v = v ? v : r->alerts.v;
	for (size_t i = 0; i < r->related.n; i++) {
		if (map_get(by_related, r->related.v[i]) != r)
			continue;
		v[r->alerts.n++] = r->related.v[i];
		map_set(c->by_alert, r->related.v[i], r);
	}
}

/* An alert that one page alone calls related, and that no page says it is for. */
static void relate(struct catalog *c, struct map *const lists[2])
{
	struct map *by_related = map_new();
	struct str key;
	void *value;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; map_next(lists[k], &i, &key, &value);)
			find_related(c, by_related, value);
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; map_next(lists[k], &i, &key, &value);)
			take_related(c, by_related, value);
	map_free(by_related);
}

/* ---- headings ---- */

static void add_heading_name(struct catalog *c, const struct runbook *r, struct str text, struct str anchor)
{
	char room[CATALOG_NAME_MAX];
	struct str folded = catalog_fold_letters(text, room);
	if (folded.n < HEADING_LETTERS_MIN)
		return;
	struct heading_of *known = map_get(c->by_heading, folded);
	if (known && known->runbook && !str_eq(known->runbook->path, r->path))
		known->runbook = NULL;
	if (known)
		return;
	known = arena_alloc(c->arena, sizeof *known);
	*known = (struct heading_of){r, anchor};
	map_set(c->by_heading, folded, known);
}

static void add_headings_of(struct catalog *c, const struct runbook_file *file)
{
	const struct runbook *r = catalog_runbook(c, file->facts.self.path);
	for (size_t i = 0; r && i < file->facts.heading_count; i++) {
		const struct fact_heading *h = &file->facts.headings[i];
		bool title = i == 0;
		if (!h->empty && !(title && r->is_index))
			add_heading_name(c, r, h->text, title ? (struct str){0} : h->anchor);
	}
}

/* As the index calls it. */
static void add_title_of(struct catalog *c, const struct runbook *r)
{
	if (r->exists && r->anchor_exists)
		add_heading_name(c, r, r->title, r->anchor);
}

const struct runbook *catalog_runbook_by_heading(const struct catalog *c, struct str alertname, struct str *anchor)
{
	char room[CATALOG_NAME_MAX];
	struct str folded = catalog_fold_letters(alertname, room);
	const struct heading_of *found = folded.n ? map_get(c->by_heading, folded) : NULL;
	if (!found || !found->runbook)
		return NULL;
	*anchor = found->anchor;
	return found->runbook;
}

void names_finish(struct catalog *c)
{
	struct map *const lists[] = {c->runbooks, c->whole};
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->whole, &i, &key, &value);)
		leave_to_sections(c, value);
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; map_next(lists[k], &i, &key, &value);)
			add_names_of(c, value);
	add_filed_names(c, lists);
	names_take_sent(c);
	relate(c, lists);
	for (size_t i = 0; map_next(c->files, &i, &key, &value);)
		add_old_name(c, value);
	for (size_t i = 0; map_next(c->runbooks, &i, &key, &value);)
		add_title_of(c, value);
	for (size_t i = 0; map_next(c->files, &i, &key, &value);)
		add_headings_of(c, value);
}
