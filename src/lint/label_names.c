/* The labels that alerts have, and which of those that rules name are none of them. */
#include "lint/label_names.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/options.h"

#define NAME_MAX_BYTES 256

struct label_names {
	struct map *names;
	bool overflowed;
};

struct label_names *label_names_new(void)
{
	struct label_names *n = mem_zero(sizeof *n);

	n->names = map_new();
	return n;
}

void label_names_free(struct label_names *n)
{
	if (!n)
		return;
	map_free(n->names);
	free(n);
}

void label_names_add(struct label_names *n, struct str name)
{
	if (map_get(n->names, name))
		return;
	if (map_count(n->names) == LABEL_NAMES_MAX || name.n > NAME_MAX_BYTES)
		n->overflowed = true;
	else
		map_set(n->names, name, n);
}

void label_names_add_all(struct label_names *n, const struct labels *labels)
{
	for (size_t i = 0; i < labels->n; i++)
		label_names_add(n, labels->v[i].name);
}

bool label_names_has(const struct label_names *n, struct str name)
{
	return map_get(n->names, name) != NULL;
}

size_t label_names_list(const struct label_names *n, struct str *out)
{
	size_t count = 0;
	struct str name;
	void *value;

	for (size_t i = 0; map_next(n->names, &i, &name, &value);)
		out[count++] = name;
	return count;
}

/* ---- what a rule names ---- */

size_t rule_label_count(const struct rule *rule)
{
	bool grouped = rule->sets[RULE_GROUP_BY] && rule->group_by.mode == GROUP_LABELS;
	return rule->matcher_count + (grouped ? rule->group_by.labels.n : 0);
}

struct str rule_label(const struct rule *rule, size_t index, struct pos *at)
{
	bool in_matcher = index < rule->matcher_count;

	*at = in_matcher ? rule->matchers[index].at : rule->field_at[RULE_GROUP_BY];
	return in_matcher ? rule->matchers[index].name : rule->group_by.labels.v[index - rule->matcher_count];
}

/* ---- which of it is nowhere ---- */

struct search {
	struct arena *arena;
	struct strs known;
	struct map *meant; /* a name that was looked at -> what it means; an empty one means nothing */
	struct unseen_label *v;
	size_t n, capacity;
};

/* False where the name was not looked at, as too many were. */
static bool find_meant(struct search *s, struct str name, struct str *meant)
{
	struct str *found = map_get(s->meant, name);

	if (!found && map_count(s->meant) == UNSEEN_LABELS_MAX)
		return false;
	if (!found) {
		found = arena_alloc(s->arena, sizeof *found);
		*found = options_slip_of(name, &s->known);
		map_set(s->meant, name, found);
	}
	*meant = *found;
	return true;
}

static bool is_same_place(struct pos a, struct pos b)
{
	return a.file == b.file && a.line == b.line && a.column == b.column;
}

/* A scope's matchers stand in each rule of its file. */
static bool is_told_already(const struct search *s, struct pos at, struct str name)
{
	for (size_t i = 0; i < s->n; i++)
		if (is_same_place(s->v[i].at, at) && str_eq(s->v[i].name, name))
			return true;
	return false;
}

static void look_at_rule(struct search *s, const struct label_names *names, const struct rule *rule)
{
	for (size_t i = 0; i < rule_label_count(rule); i++) {
		struct unseen_label u = {.rule = rule, .index = i};
		u.name = rule_label(rule, i, &u.at);
		if (label_names_has(names, u.name) || !find_meant(s, u.name, &u.meant) || !u.meant.n ||
		    is_told_already(s, u.at, u.name))
			continue;
		u.meant = arena_str(s->arena, u.meant);
		if (s->n == s->capacity)
			return;
		s->v[s->n++] = u;
	}
}

size_t unseen_labels(const struct ruleset *rules, const struct label_names *n, struct arena *arena,
                     const struct unseen_label **out)
{
	const struct rule *const *list;
	size_t count = n->overflowed ? 0 : ruleset_rules(rules, &list);
	struct str known[LABEL_NAMES_MAX];
	struct search s = {.arena = arena, .known = {known, label_names_list(n, known)}, .meant = map_new()};

	s.capacity = UNSEEN_LABELS_MAX;
	s.v = arena_alloc(arena, s.capacity * sizeof *s.v);
	for (size_t i = 0; s.known.n && i < count; i++)
		look_at_rule(&s, n, list[i]);
	map_free(s.meant);
	*out = s.v;
	return s.n;
}
