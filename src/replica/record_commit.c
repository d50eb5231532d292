/* Lists, places, due times and groups of a record, derived from its bytes. */
#include "replica/record_commit.h"

#include "incident/row.h"

static struct store_due *due_for_receiver(struct store_due *dues, size_t n, struct str receiver)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(dues[i].receiver, receiver))
			return &dues[i];
	return NULL;
}

/* A pair of the queue is a receiver and an incident: several roles that one receiver tells of it are one pair, due when the first is. */
static void add_dues(struct arena *arena, const struct incident *inc, struct store_commit *out)
{
	struct store_due *dues = arena_alloc(arena, (inc->delivery_count + 1) * sizeof *dues);
	int lane = incident_lane(inc);

	out->dues = dues;
	out->due_count = 0;
	for (size_t i = 0; i < inc->delivery_count; i++) {
		const struct delivery *d = &inc->deliveries[i];
		struct store_due *due = due_for_receiver(dues, out->due_count, d->receiver);
		if (due && d->due_at && (!due->at || d->due_at < due->at))
			due->at = d->due_at;
		if (!due)
			dues[out->due_count++] = (struct store_due){.receiver = d->receiver, .lane = lane, .at = d->due_at};
	}
}

/* Nobody asks for the row that has no group, or for the one that many share. */
struct strs record_groups(struct arena *arena, const struct incident *inc)
{
	struct strs groups = {arena_alloc(arena, (inc->row_count + 1) * sizeof *groups.v), 0};

	for (size_t i = 0; i < inc->row_count; i++) {
		struct str group = str_c(inc->rows[i].group);
		if (!str_eq_c(group, ROW_OLD) && !str_eq_c(group, ROW_SHARED))
			groups.v[groups.n++] = arena_str(arena, group);
	}
	return groups;
}

void record_place(struct arena *arena, const struct incident *inc, const struct incident_policy *policy,
                  struct store_commit *out)
{
	out->open = incident_is_open(inc);
	out->since = incident_since(inc, policy);
	out->dead = incident_dead(inc);
	out->clock_at = incident_clock(inc, policy);
	add_dues(arena, inc, out);
	struct strs groups = record_groups(arena, inc);
	out->groups = groups.v;
	out->group_count = groups.n;
}

void record_commit(struct arena *arena, const struct incident *inc, const struct incident_policy *policy,
                   struct store_commit *out)
{
	struct incident untold;

	if (policy->no_timeline) {
		untold = *inc;
		untold.timeline_count = 0;
	}
	out->bytes = incident_write(arena, policy->no_timeline ? &untold : inc);
	record_place(arena, inc, policy, out);
}
