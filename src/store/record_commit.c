#include "store/record_commit.h"

static void add_dues(struct arena *arena, const struct incident *inc, struct store_commit *out)
{
	struct store_due *dues = arena_alloc(arena, (inc->delivery_count + 1) * sizeof *dues);
	int lane = incident_lane(inc);

	for (size_t i = 0; i < inc->delivery_count; i++) {
		const struct delivery *d = &inc->deliveries[i];
		dues[i] = (struct store_due){.receiver = d->receiver, .lane = lane, .at = d->due_at};
	}
	out->dues = dues;
	out->due_count = inc->delivery_count;
}

void record_place(struct arena *arena, const struct incident *inc, const struct incident_policy *policy,
                  struct store_commit *out)
{
	out->open = inc->open;
	out->since = incident_since(inc, policy);
	out->dead = incident_dead(inc);
	out->clock_at = incident_clock(inc, policy);
	add_dues(arena, inc, out);
}

void record_commit(struct arena *arena, const struct incident *inc, const struct incident_policy *policy,
                   struct store_commit *out)
{
	out->json = incident_to_json(arena, inc);
	record_place(arena, inc, policy, out);
}
