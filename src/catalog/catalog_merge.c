/* What the index page states becomes the catalog's: severities, contacts, escalation paths, owners. */
#include <stdlib.h>
#include <string.h>

#include "catalog/collect.h"
#include "words/severity_words.h"

static struct str folded_in_catalog(struct catalog *c, struct str name)
{
	char room[CATALOG_NAME_MAX];
	return arena_str(c->arena, catalog_fold(name, room));
}

/* ---- severities ---- */

static bool is_severity_word(const struct severity *s, struct str word)
{
	if (!word.n)
		return false;
	bool found = severity_names_same(s->name, word) || severity_names_same(s->words, word);
	for (size_t i = 0; i < s->aliases.n; i++)
		found = found || severity_names_same(s->aliases.v[i], word);
	return found;
}

/* The one that catalog.yml has under this name, or under this name's word. */
static struct severity *find_severity(struct catalog *c, const struct fact_severity *f)
{
	struct str key;
	void *value;
	struct severity *own = map_get(c->severities, folded_in_catalog(c, f->name));
	for (size_t i = 0; !own && map_next(c->severities, &i, &key, &value);)
		if (is_severity_word(value, f->name) || is_severity_word(value, f->words))
			own = value;
	return own;
}

static void fill_duration_ms(int64_t *ms, struct fact_duration *to, const struct fact_duration *from)
{
	if (*ms || to->text.n)
		return;
	*to = *from;
	*ms = from->ms;
}

static void fill_severity(struct severity *s, const struct fact_severity *f)
{
	str_set_once(&s->words, f->words);
	str_set_once(&s->description, f->description);
	str_set_once(&s->examples, f->examples);
	str_set_once(&s->escalation_text, f->escalation_text);
	str_set_once(&s->communication_text, f->communication_text);
	fill_duration_ms(&s->response_ms, &s->response, &f->response);
	fill_duration_ms(&s->resolution_ms, &s->resolution, &f->resolution);
}

static int gravity_of(const struct severity *s)
{
	int own = str_eq_nocase(s->name, STR("none")) ? SEVERITY_RANK_NONE : severity_gravity(s->name);
	return own >= 0 ? own : severity_gravity(s->words);
}

/* By number or word where every one of them has one; else as they stand. */
static void sort_severities(struct catalog *c)
{
	struct map *sorted = map_new();
	struct str key;
	void *value;
	bool known = true;
	for (size_t i = 0; map_next(c->severities, &i, &key, &value);)
		known = known && gravity_of(value) >= 0;
	for (int rank = 0; known && rank <= SEVERITY_RANK_NONE; rank++)
		for (size_t i = 0; map_next(c->severities, &i, &key, &value);)
			if (gravity_of(value) == rank)
				map_set(sorted, key, value);
	if (known) {
		struct map *old = c->severities;
		c->severities = sorted;
		sorted = old;
	}
	map_free(sorted);
}

void merge_severities(struct catalog *c)
{
	bool own = map_count(c->severities) > 0, added = false;
	for (size_t i = 0; i < c->index.severities_count; i++) {
		const struct fact_severity *f = &c->index.severities[i];
		struct str key = folded_in_catalog(c, f->name);
		struct severity *s = find_severity(c, f);
		if (!key.n)
			continue;
		if (!s) {
			s = arena_alloc(c->arena, sizeof *s);
			s->name = f->name;
			s->at = f->at;
			map_set(c->severities, key, s);
			added = true;
		}
		fill_severity(s, f);
	}
	/* catalog.yml's list is in the order that somebody meant. */
	if (added && !own)
		sort_severities(c);
}

/* ---- contacts ---- */

static void merge_contact(struct catalog *c, const struct fact_contact *f)
{
	struct str key = folded_in_catalog(c, f->role);
	struct contact *p = map_get(c->contacts, key);
	bool again = p && str_eq(str_c(p->at.file), c->index_path);
	/* The same role twice on the page: two ways to reach it, and both are kept. */
	for (int i = 2; again && (p = map_get(c->contacts, key)); i++)
		key = str_c(arena_printf(c->arena, "%.*s#%d", STR_ARG(folded_in_catalog(c, f->role)), i));
	if (!key.n)
		return;
	if (!p) {
		p = arena_alloc(c->arena, sizeof *p);
		p->role = f->role;
		p->at = f->at;
		map_set(c->contacts, key, p);
	}
	str_set_once(&p->primary, f->primary);
	str_set_once(&p->backup, f->backup);
	str_set_once(&p->method, f->method);
	str_set_once(&p->address, f->address);
}

void merge_contacts(struct catalog *c)
{
	struct str key;
	void *value;
	for (size_t i = 0; i < c->index.contacts_count; i++)
		merge_contact(c, &c->index.contacts[i]);
	for (size_t i = 0; map_next(c->contacts, &i, &key, &value);) {
		char room[CATALOG_NAME_MAX];
		struct str letters = catalog_fold_letters(key, room);
		if (letters.n && !map_get(c->contact_letters, letters))
			map_set(c->contact_letters, letters, value);
	}
}

/* ---- escalations ---- */

static struct str escalation_name(const struct fact_escalation *f)
{
	if (f->name.n)
		return f->name;
	return f->severity.n ? f->severity : STR("default");
}

static bool stated_for(struct catalog *c, struct str severity)
{
	struct str key;
	void *value;
	for (size_t i = 0; severity.n && map_next(c->escalations, &i, &key, &value);)
		if (str_eq_nocase(((const struct escalation *)value)->severity, severity))
			return true;
	return false;
}

void merge_escalations(struct catalog *c)
{
	for (size_t i = 0; i < c->index.escalations_count; i++) {
		const struct fact_escalation *f = &c->index.escalations[i];
		struct str key = folded_in_catalog(c, escalation_name(f));
		if (!key.n || map_get(c->escalations, key) || stated_for(c, f->severity))
			continue;
		struct escalation *x = arena_alloc(c->arena, sizeof *x);
		*x = (struct escalation){
			.name = escalation_name(f), .severity = f->severity, .count = f->step_count, .at = f->at};
		x->steps = arena_alloc(c->arena, (f->step_count + 1) * sizeof *x->steps);
		for (size_t k = 0; k < f->step_count; k++)
			x->steps[k] = (struct escalation_step){.after_ms = f->steps[k].after_ms, .notify = f->steps[k].notify};
		map_set(c->escalations, key, x);
	}
}

static const struct escalation *escalation_of_severity(const struct catalog *c, const struct severity *s)
{
	const struct escalation *general = NULL, *by_word = NULL;
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->escalations, &i, &key, &value);) {
		const struct escalation *x = value;
		if (x->severity.n && str_eq_nocase(x->severity, s->name))
			return x;
		if (!by_word && x->severity.n && catalog_severity_meant(c, x->severity) == s)
			by_word = x;
		/* catalog.yml's policies are for whoever names them. */
		if (!general && !x->severity.n && str_eq(str_c(x->at.file), c->index_path))
			general = x;
	}
	return by_word ? by_word : general;
}

void bind_escalations(struct catalog *c)
{
	struct str key;
	void *value;
	for (size_t i = 0; map_next(c->severities, &i, &key, &value);) {
		struct severity *s = value;
		const struct escalation *x =
			s->escalation.n || s->rank == SEVERITY_RANK_NONE ? NULL : escalation_of_severity(c, s);
		if (x)
			s->escalation = x->name;
	}
}

/* ---- owners ---- */

static void add_owner(struct catalog *c, struct str name, struct pos at)
{
	struct str key = folded_in_catalog(c, name);
	if (!key.n || map_get(c->owners, key))
		return;
	struct owner *o = arena_alloc(c->arena, sizeof *o);
	const struct contact *p = map_get(c->contacts, key);
	*o = (struct owner){.name = name, .contact = p ? p->address : (struct str){0}, .at = at};
	if (p && !o->contact.n)
		o->contact = p->primary;
	map_set(c->owners, key, o);
}

void merge_owners(struct catalog *c)
{
	struct str key;
	void *value;
	add_owner(c, c->stated.owner, (struct pos){c->index_path.n ? c->index_path.p : NULL, 1, 1});
	for (size_t i = 0; map_next(c->runbooks, &i, &key, &value);)
		add_owner(c, ((const struct runbook *)value)->owner, ((const struct runbook *)value)->at);
}
