/* runbooks_finish(): one runbook out of what catalog.yml, the index page and its own file say, in this order. */
#include <stdlib.h>
#include <string.h>

#include "catalog/collect.h"
#include "catalog/pages.h"
#include "link_text.h"
#include "words/words.h"

struct str catalog_runbook_key(struct arena *arena, struct str path, struct str anchor)
{
	return anchor.n ? str_c(arena_printf(arena, "%.*s#%.*s", STR_ARG(path), STR_ARG(anchor))) : path;
}

static void fill_duration(struct fact_duration *to, const struct fact_duration *from)
{
	if (!to->text.n && !to->ms)
		*to = *from;
}

static void add_new_names(struct arena *arena, struct strs *to, const struct strs *more)
{
	struct str *v = arena_alloc(arena, (to->n + more->n + 1) * sizeof *v);
	if (to->n)
		memcpy(v, to->v, to->n * sizeof *v);
	to->v = v;
	for (size_t i = 0; i < more->n; i++)
		if (!strs_contain(to, more->v[i]))
			to->v[to->n++] = more->v[i];
}

/* Fields that are still open. */
static void fill_runbook(struct runbook *r, const struct fact_runbook *f)
{
	str_set_once(&r->title, f->title);
	str_set_once(&r->description, f->description);
	str_set_once(&r->category, f->category);
	str_set_once(&r->type, f->type);
	str_set_once(&r->approval, f->approval);
	str_set_once(&r->owner, f->owner);
	str_set_once(&r->last_updated, f->last_updated);
	str_set_once(&r->next_review, f->next_review);
	fill_duration(&r->estimated, &f->estimated_time);
	fill_duration(&r->review, &f->review);
	if (!r->severities.n)
		r->severities = f->severities;
}

/* ---- one runbook's sources ---- */

static const struct fact_runbook *runbook_part_of(const struct runbook_file *file, struct str anchor)
{
	for (size_t i = 0; file && anchor.n && i < file->facts.parts_count; i++)
		if (str_eq(file->facts.parts[i].anchor, anchor))
			return &file->facts.parts[i];
	for (size_t i = 0; file && anchor.n && i < file->facts.sections_count; i++)
		if (str_eq(file->facts.sections[i].anchor, anchor))
			return &file->facts.sections[i];
	return NULL;
}

/* Then what the page seems to say as a whole is that section's. */
static bool a_section_has_severities(const struct runbook_facts *f)
{
	for (size_t i = 0; i < f->sections_count; i++)
		if (f->sections[i].severities.n)
			return true;
	return false;
}

static void fill_from_file(struct catalog *c, struct runbook *r, const struct runbook_file *file, bool own_alerts)
{
	const struct fact_runbook *part = runbook_part_of(file, r->anchor);
	const struct fact_runbook *source = part ? part : &file->facts.self;
	r->exists = true;
	r->anchors = file->anchors;
	if (part)
		fill_runbook(r, part);
	struct fact_runbook self = file->facts.self;
	if (r->anchor.n) /* the file's title and description are about all its sections */
		self.title = self.description = (struct str){0};
	if (r->anchor.n && a_section_has_severities(&file->facts))
		self.severities = (struct strs){0};
	fill_runbook(r, &self);
	r->is_index = file->is_index && !r->anchor.n;
	if (own_alerts && !r->is_index && (part || !r->anchor.n)) {
		add_new_names(c->arena, &r->alerts, &source->alerts);
		r->related = source->related;
		add_new_names(c->arena, &r->hints, &source->hints);
	}
}

static void derive(struct catalog *c, struct runbook *r)
{
	const struct str *commit = map_get(c->commits, r->path);
	if (!r->last_updated.n && commit) {
		r->last_updated = *commit;
		r->last_updated_by_commit = true;
	}
	if (!r->review_ms)
		r->review_ms = r->review.ms;
	else
		r->review.ms = r->review_ms;
	str_set_once(&r->estimated_time, r->estimated.text);
	r->anchor_exists = r->exists && (!r->anchor.n || strs_contain(&r->anchors, r->anchor));
	for (size_t i = 0; !r->severity.n && i < r->severities.n; i++) {
		const struct severity *s = catalog_severity_meant(c, r->severities.v[i]);
		r->severity = s ? s->name : (struct str){0};
	}
}

static struct str top_folder(struct str path)
{
	ptrdiff_t slash = str_index(path, '/');
	return slash < 0 ? (struct str){0} : str_slice(path, 0, (size_t)slash);
}

/* What catalog.yml says, or nothing yet. */
static struct runbook *begin_runbook(struct catalog *c, struct str path, struct str anchor, struct pos at)
{
	const struct runbook *declared = map_get(c->declared, catalog_runbook_key(c->arena, path, anchor));
	struct runbook *r = arena_alloc(c->arena, sizeof *r);
	if (declared) {
		*r = *declared;
		r->estimated = r->estimated_time.n ? fact_duration_read(c->arena, r->estimated_time) : r->estimated;
		struct fact_duration words = fact_duration_read(c->arena, r->review.text);
		r->review.ms = r->review_ms;
		r->review.months = words.ms == r->review_ms ? words.months : 0;
		return r;
	}
	*r = (struct runbook){.path = path, .anchor = anchor, .at = at};
	return r;
}

static void finish_runbook(struct catalog *c, struct runbook *r)
{
	const struct runbook *declared = catalog_runbook_declared(c, r->path, r->anchor);
	const struct runbook_file *file = map_get(c->files, r->path);
	if (file)
		fill_from_file(c, r, file, !declared || !declared->alerts.n);
	str_set_once(&r->title, runbook_name_in_words(c->arena, r->path));
	str_set_once(&r->category, top_folder(r->path));
	derive(c, r);
}

/* ---- the list ---- */

/* Whether the page calls itself something that is a title: words, not what it is filed under. */
static bool has_title_of_its_own(const struct catalog *c, const struct fact_runbook *f)
{
	const struct runbook_file *file = map_get(c->files, f->path);
	return file && !f->anchor.n && file->facts.self.title.n && str_index(file->facts.self.title, ' ') > 0;
}

/* The name of the file, or what it is filed under (IR-1): the page's own heading says more. */
static bool is_no_title(const struct catalog *c, const struct fact_runbook *f)
{
	char room[CATALOG_NAME_MAX], other[CATALOG_NAME_MAX];
	struct str title = catalog_fold_letters(page_stem(f->title), room);
	struct str name = catalog_fold_letters(page_name(f->path), other);
	if (link_text_only_points(f->title))
		return true;
	bool part = str_starts(name, title) || str_ends(name, title),
		 filed = str_index(f->title, '-') > 0 || str_index(f->title, ' ') > 0;
	bool same = str_eq(name, title) || (part && title.n < name.n);
	const struct runbook_file *file = map_get(c->files, f->path);
	if (page_kind_of(f->title) == PAGE_MARKDOWN && file && !f->anchor.n && file->facts.self.title.n)
		return true;
	return title.n && link_text_is_a_reference(f->title) && (same || (filed && has_title_of_its_own(c, f)));
}

static void list_indexed(struct catalog *c)
{
	for (size_t i = 0; i < c->index.runbooks_count; i++) {
		const struct fact_runbook *f = &c->index.runbooks[i];
		struct str key = catalog_runbook_key(c->arena, f->path, f->anchor);
		struct runbook *r = map_get(c->runbooks, key);
		const struct runbook *declared = map_get(c->declared, key);
		if (!r)
			r = begin_runbook(c, f->path, f->anchor, f->at);
		r->indexed = true;
		struct fact_runbook row = *f;
		if (is_no_title(c, f))
			row.title = (struct str){0};
		fill_runbook(r, &row);
		if (!declared || !declared->alerts.n)
			add_new_names(c->arena, &r->alerts, &f->alerts);
		map_set(c->runbooks, key, r);
	}
}

/* Sections that say themselves what they are for, of a file that is not listed section by section. */
static void list_parts(struct catalog *c, const struct runbook_file *file)
{
	for (size_t i = 0; i < file->facts.parts_count; i++) {
		const struct fact_runbook *part = &file->facts.parts[i];
		struct str key = catalog_runbook_key(c->arena, part->path, part->anchor);
		if (part->alerts.n && !map_get(c->runbooks, key))
			map_set(c->runbooks, key, begin_runbook(c, part->path, part->anchor, part->at));
	}
}

static bool has_listed_section(const struct catalog *c, struct str path)
{
	for (size_t i = 0; i < c->index.runbooks_count; i++)
		if (c->index.runbooks[i].anchor.n && str_eq(c->index.runbooks[i].path, path))
			return true;
	return false;
}

static void list_runbook_files(struct catalog *c)
{
	struct str path;
	void *value;
	for (size_t i = 0; map_next(c->files, &i, &path, &value);) {
		const struct runbook_file *file = value;
		struct map *list = file->is_index || has_listed_section(c, path) ? c->whole : c->runbooks;
		struct str kept = file->facts.self.path;
		if (!map_get(c->runbooks, path))
			map_set(list, path, begin_runbook(c, kept, (struct str){0}, file->facts.self.at));
		list_parts(c, file);
	}
}

static void list_declared(struct catalog *c)
{
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->declared, &i, &key, &value);) {
		const struct runbook *d = value;
		struct runbook *whole = map_remove(c->whole, key);
		if (!map_get(c->runbooks, key))
			map_set(c->runbooks, key, whole ? whole : begin_runbook(c, d->path, d->anchor, d->at));
	}
}

void runbooks_finish(struct catalog *c)
{
	struct str key;
	void *value;
	list_indexed(c);
	list_runbook_files(c);
	list_declared(c);
	struct map *const lists[] = {c->runbooks, c->whole};
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; map_next(lists[k], &i, &key, &value);)
			finish_runbook(c, value);
}
