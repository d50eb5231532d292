/* On the way from a history to its variants (backtest.c): an alert that came before is not matched again. */
#include "known_plans.h"

#include <stdlib.h>

#include "base/map.h"

/* One alert as it came last, of one group. */
struct known_alert {
	struct alert alert; /* what a plan follows from */
	struct labels group;
	struct plan plan;
};

struct known_plans {
	const struct ruleset *ruleset;
	size_t bytes_max;
	struct arena *arena; /* of the alerts and their plans */
	struct map *alerts;  /* struct known_alert, by identity */
};

struct known_plans *known_plans_new(const struct ruleset *rs, size_t bytes_max)
{
	struct known_plans *k = mem_zero(sizeof *k);

	k->ruleset = rs;
	k->bytes_max = bytes_max;
	k->arena = arena_new();
	k->alerts = map_new();
	return k;
}

void known_plans_free(struct known_plans *k)
{
	if (!k)
		return;
	map_free(k->alerts);
	arena_free(k->arena);
	free(k);
}

void known_plans_begin(struct known_plans *k)
{
	if (arena_bytes(k->arena) <= k->bytes_max)
		return;
	map_free(k->alerts);
	arena_free(k->arena);
	k->alerts = map_new();
	k->arena = arena_new();
}

size_t known_plans_count(const struct known_plans *k)
{
	return map_count(k->alerts);
}

static bool says_the_same(const struct known_alert *known, const struct alert *alert, const struct labels *group_labels)
{
	return known->alert.flaw == alert->flaw && labels_equal(&known->alert.labels, &alert->labels) &&
	       labels_equal(&known->alert.annotations, &alert->annotations) && labels_equal(&known->group, group_labels);
}

static struct labels copy_set(struct arena *arena, const struct labels *l)
{
	struct labels copy = {.v = arena_alloc(arena, (l->n + 1) * sizeof *copy.v), .n = l->n};

	for (size_t i = 0; i < l->n; i++)
		copy.v[i] = (struct label){arena_str(arena, l->v[i].name), arena_str(arena, l->v[i].value)};
	return copy;
}

static struct known_alert *evaluate(struct known_plans *k, const struct alert *alert, const struct labels *group_labels)
{
	struct known_alert *known = arena_alloc(k->arena, sizeof *known);

	known->alert.flaw = alert->flaw;
	known->alert.labels = copy_set(k->arena, &alert->labels);
	known->alert.annotations = copy_set(k->arena, &alert->annotations);
	known->group = copy_set(k->arena, group_labels);
	ruleset_evaluate(k->ruleset, &known->alert, &known->group, k->arena, &known->plan);
	return known;
}

struct plan *known_plans_of(struct known_plans *k, const struct alert *alert, const struct labels *group_labels)
{
	struct known_alert *known = map_get(k->alerts, str_c(alert->identity));

	if (!known || !says_the_same(known, alert, group_labels)) {
		known = evaluate(k, alert, group_labels);
		map_set(k->alerts, str_c(alert->identity), known);
	}
	return &known->plan;
}
