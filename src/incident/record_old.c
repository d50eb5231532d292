/*
 * Records of format 1, which the first release wrote: they knew how many members fire, not who and in which group. Read once;
 * what is written again is of the new format.
 */
#include "incident/record_json.h"
#include "incident/row.h"

/* What format 1 called paging. */
enum { OLD_QUIET, OLD_DEFERRED, OLD_ON };

static int64_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

/*
 * One row of which no group says anything: doubtful, so that it folds nobody. The first body of each group moves those it
 * lists into its own row, as veterans; what is left of it is dropped when the incident would have expired.
 */
static void migrate_firing(struct incident *inc, const json_t *j)
{
	uint64_t firing = (uint64_t)number(j, "count.firing");
	if (!firing)
		return;
	struct incident_row *row = row_make(inc, ROW_OLD, inc->last_seen_at);
	row->former = ROW_OLD_MARK;
	row->n1 = firing;
	row->heard_at = inc->last_seen_at;
	row->left_at = 0; /* only the policy knows how long, see incident_row_left() */
}

static void migrate_page(struct incident *inc, const json_t *j)
{
	bool open = json_is_true(json_object_get(j, "open"));
	int64_t paging = number(j, "paging");
	inc->ended_generation = inc->generation;
	if (open && paging == OLD_ON)
		inc->ended_generation = inc->generation - 1;
	if (!open || paging != OLD_DEFERRED)
		return;
	/* A generation began with its deferral; now it begins when it pages. Older ones of the episode stay told until then. */
	uint64_t first = (uint64_t)number(j, "episode_generation");
	inc->generation--;
	inc->ended_generation = first && first <= inc->generation ? inc->generation - 1 : inc->generation;
	inc->due_at = number(j, "deferred_until");
	inc->due_why = number(j, "deferred_why") ? DUE_LATE_GRACE : DUE_PAGE_AFTER;
	for (size_t i = 0; i < inc->row_count; i++)
		inc->rows[i].w1 = inc->rows[i].n1;
}

static void migrate_samples(struct incident *inc, const json_t *list)
{
	for (size_t i = 0; i < inc->sample_count; i++) {
		struct incident_sample *s = &inc->sample[i];
		s->mark = json_is_true(json_object_get(json_array_get(list, i), "firing")) ? ROW_OLD_MARK : 0;
		s->counted = true;
	}
}

static void migrate_deliveries(struct incident *inc, const json_t *list)
{
	for (size_t i = 0; i < inc->delivery_count; i++)
		if (json_is_true(json_object_get(json_array_get(list, i), "dead")))
			inc->deliveries[i].dead = inc->deliveries[i].want;
}

void record_migrate(struct incident *inc, const json_t *j)
{
	bool open = json_is_true(json_object_get(j, "open"));
	bool quiet = number(j, "paging") == OLD_QUIET; /* nobody was ever to be told: those count nowhere now */
	int64_t hold_until = number(j, "hold_until");
	if (open && !quiet && !inc->heartbeat.every)
		migrate_firing(inc, j);
	if (open && inc->heartbeat.every && !inc->heartbeat.beat_at)
		inc->heartbeat.missed_at = inc->started_at;
	if (open && hold_until)
		inc->quiet_at = hold_until - inc->resolve_hold;
	migrate_page(inc, j);
	if (inc->acknowledged.at)
		inc->ack_generation = inc->generation + !incident_is_paged(inc);
	migrate_samples(inc, json_object_get(j, "sample"));
	migrate_deliveries(inc, json_object_get(j, "deliveries"));
}
