/* On the way from a history to its variants (backtest.c): an alert that came before is not matched again. */
#include "replay/known_plans.h"

#include <stdlib.h>

#include "base/map.h"

/* One alert as it came last, of one group. */
struct known_alert {
	struct alert alert; /* what a plan follows from */
	struct labels group;
	struct plan plan;
};

struct plans_memory {
	struct arena *arena; /* of the alerts and their plans */
	struct map *alerts;  /* struct known_alert, by identity */
	size_t holders;
};

struct known_plans {
	const struct ruleset *ruleset;
	size_t bytes_max;
	struct plans_memory *memory;
};

static struct plans_memory *memory_new(void)
{
	struct plans_memory *m = mem_zero(sizeof *m);

	m->arena = arena_new();
	m->alerts = map_new();
	m->holders = 1;
	return m;
}

void plans_memory_release(struct plans_memory *m)
{
	if (!m || --m->holders)
		return;
	map_free(m->alerts);
	arena_free(m->arena);
	free(m);
}

struct plans_memory *known_plans_hold(struct known_plans *k)
{
	k->memory->holders++;
	return k->memory;
}

struct known_plans *known_plans_new(const struct ruleset *rs, size_t bytes_max)
{
	struct known_plans *k = mem_zero(sizeof *k);

	k->ruleset = rs;
	k->bytes_max = bytes_max;
	k->memory = memory_new();
	return k;
}

void known_plans_free(struct known_plans *k)
{
	if (!k)
		return;
	plans_memory_release(k->memory);
	free(k);
}

void known_plans_begin(struct known_plans *k)
{
	if (arena_bytes(k->memory->arena) <= k->bytes_max)
		return;
	plans_memory_release(k->memory);
	k->memory = memory_new();
}

size_t known_plans_count(const struct known_plans *k)
{
	return map_count(k->memory->alerts);
}

static bool says_the_same(const struct known_alert *known, const struct alert *alert, const struct labels *group_labels)
{
	return known->alert.flaw == alert->flaw && labels_equal(&known->alert.labels, &alert->labels) &&
	       labels_equal(&known->alert.annotations, &alert->annotations) && labels_equal(&known->group, group_labels);
}

static struct known_alert *evaluate(struct known_plans *k, const struct alert *alert, const struct labels *group_labels)
{
	struct arena *arena = k->memory->arena;
	struct known_alert *known = arena_alloc(arena, sizeof *known);

	known->alert.flaw = alert->flaw;
	known->alert.labels = labels_copy(arena, &alert->labels);
	known->alert.annotations = labels_copy(arena, &alert->annotations);
	known->group = labels_copy(arena, group_labels);
	ruleset_evaluate(k->ruleset, &known->alert, &known->group, arena, &known->plan);
	return known;
}

struct plan *known_plans_of(struct known_plans *k, const struct alert *alert, const struct labels *group_labels)
{
	struct known_alert *known = map_get(k->memory->alerts, str_c(alert->identity));

	if (!known || !says_the_same(known, alert, group_labels)) {
		known = evaluate(k, alert, group_labels);
		map_set(k->memory->alerts, str_c(alert->identity), known);
	}
	return &known->plan;
}
