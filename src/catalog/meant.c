/*
 * What somebody may have meant who named a severity, an owner, an escalation, hours or a runbook that the catalog lacks.
 */
#include "catalog/collect.h"

/* Names first, then the other words that a severity is looked up by: "critical". */
static struct strs severity_names(const struct catalog *c, struct arena *arena)
{
	const struct severity *const *list;
	struct strs out = {NULL, catalog_severities(c, &list)};
	out.v = arena_alloc(arena, (out.n + map_count(c->severity_words) + 1) * sizeof *out.v);
	for (size_t i = 0; i < out.n; i++)
		out.v[i] = list[i]->name;
	struct str word;
	void *entry;
	for (size_t i = 0; map_next(c->severity_words, &i, &word, &entry);)
		out.v[out.n++] = word;
	return out;
}

static struct strs owner_names(const struct catalog *c, struct arena *arena)
{
	const struct owner *const *list;
	struct strs out = {NULL, catalog_owners(c, &list)};
	out.v = arena_alloc(arena, (out.n + 1) * sizeof *out.v);
	for (size_t i = 0; i < out.n; i++)
		out.v[i] = list[i]->name;
	return out;
}

static struct strs escalation_names(const struct catalog *c, struct arena *arena)
{
	const struct escalation *const *list;
	struct strs out = {NULL, catalog_escalations(c, &list)};
	out.v = arena_alloc(arena, (out.n + 1) * sizeof *out.v);
	for (size_t i = 0; i < out.n; i++)
		out.v[i] = list[i]->name;
	return out;
}

const char *catalog_meant_severity(const struct catalog *c, struct str word, struct arena *arena)
{
	const struct strs names = severity_names(c, arena);
	return options_meant(arena, word, &names);
}

const char *catalog_meant_owner(const struct catalog *c, struct str word, struct arena *arena)
{
	const struct strs names = owner_names(c, arena);
	return options_meant(arena, word, &names);
}

const char *catalog_meant_escalation(const struct catalog *c, struct str word, struct arena *arena)
{
	const struct strs names = escalation_names(c, arena);
	return options_meant(arena, word, &names);
}

const char *catalog_meant_hours(const struct catalog *c, struct str word, struct arena *arena)
{
	struct strs names = {arena_alloc(arena, (map_count(c->hours) + 1) * sizeof(struct str)), 0};
	struct str name;
	void *interval;
	for (size_t i = 0; map_next(c->hours, &i, &name, &interval);)
		names.v[names.n++] = name;
	return options_meant(arena, word, &names);
}

/* The file alone of "node/high-cpu.md", or what stands before ".md". */
static bool is_its_file(struct str path, struct str word)
{
	const struct str ending = STR(".md");
	struct str bare = str_ends(path, ending) ? str_slice(path, 0, path.n - ending.n) : path;
	if (!str_ends(path, word) && !str_ends(bare, word))
		return false;
	size_t before = (str_ends(path, word) ? path.n : bare.n) - word.n;
	return before == 0 || path.p[before - 1] == '/';
}

const char *catalog_meant_runbook(const struct catalog *c, struct str word, struct arena *arena)
{
	const struct runbook *const *list;
	struct strs names = {NULL, catalog_runbooks(c, &list)};
	names.v = arena_alloc(arena, (names.n + 1) * sizeof *names.v);
	for (size_t i = 0; i < names.n; i++) {
		names.v[i] = list[i]->path;
		if (word.n && is_its_file(list[i]->path, word))
			return arena_printf(arena, "; did you mean \"%.*s\"?", STR_ARG(list[i]->path));
	}
	return options_meant(arena, word, &names);
}
