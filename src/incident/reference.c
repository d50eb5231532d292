/*
 * What providers call what they were told (a message's ts, an issue's key), and the key that they were told it under. Both
 * are kept with the generation they are about.
 */
#include "incident/delivery.h"

static struct told_generation *told_of(const struct incident *inc, struct str receiver, struct str target,
                                       uint64_t generation)
{
	for (size_t i = 0; i < inc->delivery_count; i++) {
		struct delivery *d = &inc->deliveries[i];
		bool same = str_eq(d->receiver, receiver) && str_eq(d->target, target);
		for (size_t k = 0; same && k < d->gen_count; k++) {
			if (d->gens[k].generation == generation)
				return &d->gens[k];
		}
	}
	return NULL;
}

struct str incident_reference(const struct incident *inc, struct str receiver, struct str target, uint64_t generation)
{
	const struct told_generation *told = told_of(inc, receiver, target, generation);
	return told ? told->reference : (struct str){NULL, 0};
}

void incident_refer(struct incident *inc, struct str receiver, struct str target, uint64_t generation,
                    struct str reference)
{
	struct told_generation *told = told_of(inc, receiver, target, generation);
	if (told && reference.n)
		told->reference = arena_str(inc->arena, reference);
}

struct str incident_told_key(const struct incident *inc, struct str receiver, struct str target, uint64_t generation)
{
	const struct told_generation *told = told_of(inc, receiver, target, generation);
	return told ? told->key : (struct str){NULL, 0};
}

void incident_keep_told_key(struct incident *inc, struct str receiver, struct str target, uint64_t generation,
                            struct str key)
{
	struct told_generation *told = told_of(inc, receiver, target, generation);
	if (told && !told->key.n)
		told->key = arena_str(inc->arena, key);
}
