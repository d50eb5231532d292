/* The short list of generations that a receiver was told of. */
#include "incident/generations.h"

#include <string.h>

struct told_generation *generation_find(const struct delivery *d, uint64_t generation)
{
	for (size_t i = 0; i < d->gen_count; i++)
		if (d->gens[i].generation == generation)
			return (struct told_generation *)(uintptr_t)&d->gens[i];
	return NULL;
}

bool generation_may_be_open(const struct told_generation *g)
{
	return g->maybe || g->told == TOLD_FIRING || g->told == TOLD_ACKNOWLEDGED;
}

static bool generation_matters(const struct told_generation *g)
{
	return generation_may_be_open(g) || g->echo || g->gave_up;
}

static void forget_generation(struct delivery *d, size_t i)
{
	memmove(&d->gens[i], &d->gens[i + 1], (d->gen_count - i - 1) * sizeof *d->gens);
	d->gen_count--;
}

void generations_tidy(struct delivery *d)
{
	for (size_t i = 0; i + 1 < d->gen_count;)
		if (generation_matters(&d->gens[i]))
			i++;
		else
			forget_generation(d, i);
}

struct told_generation *generation_make(struct incident *inc, struct delivery *d, uint64_t generation)
{
	struct told_generation *found = generation_find(d, generation);
	if (found)
		return found;
	generations_tidy(d);
	if (d->gen_count == INCIDENT_GENERATIONS_MAX)
		forget_generation(d, 0);
	d->gens = arena_room(inc->arena, d->gens, d->gen_count, &d->gen_capacity, sizeof *d->gens);
	size_t at = d->gen_count;
	while (at > 0 && d->gens[at - 1].generation > generation)
		at--;
	memmove(&d->gens[at + 1], &d->gens[at], (d->gen_count - at) * sizeof *d->gens);
	d->gen_count++;
	d->gens[at] = (struct told_generation){.generation = generation};
	return &d->gens[at];
}
