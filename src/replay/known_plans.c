/* On the way from a history to its variants (backtest.c): an alert that came before is not matched again. */
#include "known_plans.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"

struct known_plans {
	const struct ruleset *ruleset;
	size_t bytes_max;
	struct arena *arena; /* of the plans, and of the labels that they view */
	struct map *plans;   /* struct plan, by what it follows from */
	struct buf name;
};

struct known_plans *known_plans_new(const struct ruleset *rs, size_t bytes_max)
{
	struct known_plans *k = mem_zero(sizeof *k);

	k->ruleset = rs;
	k->bytes_max = bytes_max;
	k->arena = arena_new();
	k->plans = map_new();
	buf_init(&k->name, SIZE_MAX); /* a webhook's labels have their ceilings */
	return k;
}

void known_plans_free(struct known_plans *k)
{
	if (!k)
		return;
	map_free(k->plans);
	arena_free(k->arena);
	buf_release(&k->name);
	free(k);
}

void known_plans_begin(struct known_plans *k)
{
	/* Each is there twice: in the arena, and as the name in the map. */
	if (2 * arena_footprint(k->arena) <= k->bytes_max)
		return;
	map_free(k->plans);
	arena_free(k->arena);
	k->plans = map_new();
	k->arena = arena_new();
}

size_t known_plans_count(const struct known_plans *k)
{
	return map_count(k->plans);
}

/* Lengths stand before the bytes, so that no two sets are written alike. */
static void add_sized(struct buf *out, struct str s)
{
	buf_add(out, (struct str){(const char *)&s.n, sizeof s.n});
	buf_add(out, s);
}

static void add_set(struct buf *out, const struct labels *l)
{
	buf_add(out, (struct str){(const char *)&l->n, sizeof l->n});
	for (size_t i = 0; i < l->n; i++) {
		add_sized(out, l->v[i].name);
		add_sized(out, l->v[i].value);
	}
}

static struct labels copy_set(struct arena *arena, const struct labels *l)
{
	struct labels copy = {.v = arena_alloc(arena, (l->n + 1) * sizeof *copy.v), .n = l->n};

	for (size_t i = 0; i < l->n; i++)
		copy.v[i] = (struct label){arena_str(arena, l->v[i].name), arena_str(arena, l->v[i].value)};
	return copy;
}

static struct plan *evaluate(struct known_plans *k, const struct alert *alert, const struct labels *group_labels)
{
	struct alert *own = arena_alloc(k->arena, sizeof *own);
	struct labels *group = arena_alloc(k->arena, sizeof *group);
	struct plan *plan = arena_alloc(k->arena, sizeof *plan);

	own->flaw = alert->flaw;
	own->labels = copy_set(k->arena, &alert->labels);
	own->annotations = copy_set(k->arena, &alert->annotations);
	*group = copy_set(k->arena, group_labels);
	ruleset_evaluate(k->ruleset, own, group, k->arena, plan);
	return plan;
}

struct plan *known_plans_of(struct known_plans *k, const struct alert *alert, const struct labels *group_labels)
{
	buf_reset(&k->name);
	add_set(&k->name, &alert->labels);
	add_set(&k->name, &alert->annotations);
	add_set(&k->name, group_labels);
	buf_add_char(&k->name, (char)alert->flaw);
	struct plan *plan = map_get(k->plans, buf_str(&k->name));
	if (plan)
		return plan;
	plan = evaluate(k, alert, group_labels);
	map_set(k->plans, buf_str(&k->name), plan);
	return plan;
}
