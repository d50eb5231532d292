/*
 * Records of format 1, which the first release wrote as JSON: they knew how many members fire, not who and in which group.
 * Read once; what is written again is of the new format.
 */
#include <jansson.h>
#include <string.h>

#include "incident/invariants.h"
#include "incident/record.h"
#include "incident/row.h"

enum old_type { OLD_STR, OLD_I64, OLD_INT, OLD_BOOL };

struct old_field {
	const char *name;
	enum old_type type;
	size_t offset;
};

#define ROWS(t) (sizeof(t) / sizeof *(t))
// clang-format off
#define AT(member, kind) {#member, kind, offsetof(struct incident, member)}
#define IN(type, member, kind) {#member, kind, offsetof(struct type, member)}

static const struct old_field incident_fields[] = {
	AT(alertname, OLD_STR), AT(owner, OLD_STR), AT(rule, OLD_STR), AT(source, OLD_STR),
	AT(runbook.path, OLD_STR), AT(runbook.url, OLD_STR), AT(runbook.title, OLD_STR),
	AT(runbook.estimated_time, OLD_STR), AT(runbook.approval, OLD_STR),
	AT(escalation.name, OLD_STR), AT(escalation.notify, OLD_STR), AT(escalation.after_ms, OLD_I64),
	AT(severity.name, OLD_STR), AT(severity.pagerduty, OLD_STR), AT(severity.rank, OLD_INT),
	AT(severity.response_ms, OLD_I64), AT(severity.resolution_ms, OLD_I64),
	AT(summary, OLD_STR), AT(generator_url, OLD_STR),
	AT(episode, OLD_I64), AT(generation, OLD_I64),
	AT(started_at, OLD_I64), AT(last_seen_at, OLD_I64), AT(resolved_at, OLD_I64), AT(resolved_why, OLD_STR),
	AT(acknowledged.at, OLD_I64), AT(acknowledged.by, OLD_STR), AT(acknowledged.note, OLD_STR), AT(ack_until, OLD_I64),
	AT(closed_by_hand.at, OLD_I64), AT(closed_by_hand.by, OLD_STR), AT(closed_by_hand.note, OLD_STR),
	AT(longest_gap, OLD_I64), AT(repeat_interval, OLD_I64), AT(resolve_hold, OLD_I64),
	AT(heartbeat.every, OLD_I64), AT(heartbeat.beat_at, OLD_I64),
	AT(notice, OLD_I64), AT(last_notice_at, OLD_I64),
	AT(last.verdict, OLD_STR), AT(last.reason, OLD_STR), AT(last.at, OLD_I64),
	AT(count.total, OLD_I64), AT(count.received, OLD_I64), AT(count.pages, OLD_I64), AT(count.reminders, OLD_I64),
	AT(count.deduplicated, OLD_I64), AT(count.suppressed, OLD_I64), AT(count.flaps, OLD_I64),
	AT(timeline_dropped, OLD_I64),
};
static const struct old_field delivery_fields[] = {
	IN(delivery, receiver, OLD_STR), IN(delivery, notice, OLD_I64), IN(delivery, want.verb, OLD_INT),
	IN(delivery, want.generation, OLD_I64), IN(delivery, want_since, OLD_I64), IN(delivery, attempts, OLD_INT),
	IN(delivery, due_at, OLD_I64), IN(delivery, failing_since, OLD_I64), IN(delivery, told_at, OLD_I64),
	IN(delivery, last_error, OLD_STR), IN(delivery, fell_back, OLD_BOOL),
};
static const struct old_field generation_fields[] = {
	IN(told_generation, generation, OLD_I64), IN(told_generation, told, OLD_INT), IN(told_generation, maybe, OLD_BOOL),
	IN(told_generation, echo, OLD_BOOL), IN(told_generation, echo_at, OLD_I64), IN(told_generation, gave_up, OLD_BOOL),
};
static const struct old_field sample_fields[] = {
	IN(incident_sample, source, OLD_STR), IN(incident_sample, fingerprint, OLD_STR),
	IN(incident_sample, starts_at, OLD_I64), IN(incident_sample, ends_at, OLD_I64),
};
static const struct old_field event_fields[] = {
	IN(incident_event, at, OLD_I64), IN(incident_event, what, OLD_STR), IN(incident_event, detail, OLD_STR),
};
static const struct old_field episode_fields[] = {
	IN(incident_episode, started_at, OLD_I64), IN(incident_episode, resolved_at, OLD_I64),
	IN(incident_episode, acknowledged.at, OLD_I64), IN(incident_episode, acknowledged.by, OLD_STR),
	IN(incident_episode, acknowledged.note, OLD_STR),
};
// clang-format on

/* ---- JSON ---- */

static struct str read_old_text(const json_t *value, struct arena *arena)
{
	if (!json_is_string(value))
		return (struct str){NULL, 0};
	return arena_str(arena, (struct str){json_string_value(value), json_string_length(value)});
}

/* What was never a time of ours reads as none. */
static int64_t addable(int64_t n)
{
	return n >= -INCIDENT_NUMBER_MAX && n <= INCIDENT_NUMBER_MAX ? n : 0;
}

/* What is missing or of another type reads as zero. */
static void read_fields(const struct old_field *fields, size_t count, const json_t *object, struct arena *arena,
                        void *to)
{
	for (size_t i = 0; i < count; i++) {
		char *at = (char *)to + fields[i].offset;
		const json_t *value = json_object_get(object, fields[i].name);
		int64_t wide = addable(json_integer_value(value));
		int small = (int)wide;
		switch (fields[i].type) {
		case OLD_STR: *(struct str *)(void *)at = read_old_text(value, arena); break;
		case OLD_I64: memcpy(at, &wide, sizeof wide); break;
		case OLD_INT: memcpy(at, &small, sizeof small); break;
		case OLD_BOOL: *(bool *)at = json_is_true(value); break;
		}
	}
}

static struct labels read_old_labels(const json_t *object, struct arena *arena)
{
	struct labels out = {.v = arena_alloc(arena, (json_object_size(object) + 1) * sizeof *out.v)};
	const char *name;
	json_t *value;
	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		out.v[out.n].name = arena_str(arena, str_c(name));
		out.v[out.n++].value = read_old_text(value, arena);
	}
	labels_sort(&out);
	return out;
}

static void read_generations(struct incident *inc, struct delivery *d, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct told_generation *g = INCIDENT_ADD(inc, d->gens, d->gen_count, d->gen_capacity, INCIDENT_GENERATIONS_MAX);
		if (g)
			read_fields(generation_fields, ROWS(generation_fields), json_array_get(list, i), inc->arena, g);
	}
}

static void read_deliveries(struct incident *inc, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		struct delivery *d =
			INCIDENT_ADD(inc, inc->deliveries, inc->delivery_count, inc->delivery_capacity, INCIDENT_RECEIVERS_MAX);
		if (!d)
			return;
		read_fields(delivery_fields, ROWS(delivery_fields), one, inc->arena, d);
		read_generations(inc, d, json_object_get(one, "gens"));
		if (json_is_true(json_object_get(one, "dead"))) {
			d->dead = d->want.verb ? d->want : (struct want){.verb = WANT_TRIGGER, .generation = inc->generation};
			d->dead_notice = inc->notice; /* it did not say of which */
		}
	}
}

static void read_sample(struct incident *inc, const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);
		struct incident_sample *s =
			INCIDENT_ADD(inc, inc->sample, inc->sample_count, inc->sample_capacity, INCIDENT_SAMPLE_MAX);
		if (!s)
			return;
		read_fields(sample_fields, ROWS(sample_fields), one, inc->arena, s);
		s->labels = read_old_labels(json_object_get(one, "labels"), inc->arena);
		s->mark = json_is_true(json_object_get(one, "firing")) ? ROW_OLD_MARK : 0;
		s->counted = true;
	}
}

static void read_history(struct incident *inc, const json_t *j)
{
	const json_t *timeline = json_object_get(j, "timeline"), *previous = json_object_get(j, "previous");
	const json_t *changes = json_object_get(j, "changes");
	for (size_t i = 0; i < json_array_size(timeline); i++) {
		struct incident_event *e =
			INCIDENT_ADD(inc, inc->timeline, inc->timeline_count, inc->timeline_capacity, INCIDENT_TIMELINE_MAX);
		if (e)
			read_fields(event_fields, ROWS(event_fields), json_array_get(timeline, i), inc->arena, e);
	}
	for (size_t i = 0; i < json_array_size(previous) && i < INCIDENT_PREVIOUS_MAX; i++)
		read_fields(episode_fields, ROWS(episode_fields), json_array_get(previous, i), inc->arena,
		            &inc->previous[inc->previous_count++]);
	for (size_t i = 0; i < json_array_size(changes) && i < INCIDENT_CHANGES_MAX; i++)
		inc->changes[inc->change_count++] = addable(json_integer_value(json_array_get(changes, i)));
}

/* ---- what it means now ---- */

/* What format 1 called paging. */
enum { OLD_QUIET, OLD_DEFERRED, OLD_ON };

static int64_t old_number(const json_t *j, const char *name)
{
	return addable(json_integer_value(json_object_get(j, name)));
}

/*
 * One row of which no group says anything: doubtful, so that it folds nobody. The first body of each group moves those it
 * lists into its own row, as veterans; what is left of it is dropped when the incident would have expired.
 */
static void migrate_firing(struct incident *inc, const json_t *j)
{
	uint64_t firing = (uint64_t)old_number(j, "count.firing");
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
	int64_t paging = old_number(j, "paging");
	inc->ended_generation = inc->generation;
	if (open && paging == OLD_ON)
		inc->ended_generation = inc->generation - 1;
	if (!open || paging != OLD_DEFERRED)
		return;
	/* A generation began with its deferral; now it begins when it pages. Older ones of the episode stay told until then. */
	uint64_t first = (uint64_t)old_number(j, "episode_generation");
	inc->generation--;
	inc->ended_generation = first && first <= inc->generation ? inc->generation - 1 : inc->generation;
	inc->due_at = old_number(j, "deferred_until");
	inc->due_why = old_number(j, "deferred_why") ? DUE_LATE_GRACE : DUE_PAGE_AFTER;
	for (size_t i = 0; i < inc->row_count; i++)
		inc->rows[i].w1 = inc->rows[i].n1;
}

/* What it called open though nobody fired in it has ended, and so has its page. */
static void migrate_end(struct incident *inc)
{
	if (incident_is_open(inc))
		return;
	inc->ended_generation = inc->generation;
	inc->due_at = 0;
}

static void migrate(struct incident *inc, const json_t *j)
{
	bool open = json_is_true(json_object_get(j, "open"));
	bool quiet = old_number(j, "paging") == OLD_QUIET; /* nobody was ever to be told: those count nowhere now */
	int64_t hold_until = old_number(j, "hold_until");
	if (open && !quiet && !inc->heartbeat.every)
		migrate_firing(inc, j);
	if (open && inc->heartbeat.every && !inc->heartbeat.beat_at)
		inc->heartbeat.missed_at = inc->started_at;
	if (open && hold_until)
		inc->quiet_at = hold_until - inc->resolve_hold;
	migrate_page(inc, j);
	migrate_end(inc);
	if (inc->acknowledged.at)
		inc->ack_generation = inc->generation + !incident_is_paged(inc);
}

struct incident *record_read_old(struct arena *arena, struct str text, struct err *err)
{
	json_error_t why;
	json_t *j = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
	const char *key = json_string_value(json_object_get(j, "key"));
	struct incident *inc = NULL;
	if (!key || json_integer_value(json_object_get(j, "format")) > 1) {
		err_add(err, "not an incident record: %s", !j ? why.text : !key ? "no key" : "JSON of a format that has none");
	} else {
		inc = incident_new(arena, str_c(key));
		read_fields(incident_fields, ROWS(incident_fields), j, arena, inc);
		inc->labels = read_old_labels(json_object_get(j, "labels"), arena);
		inc->annotations = read_old_labels(json_object_get(j, "annotations"), arena);
		read_deliveries(inc, json_object_get(j, "deliveries"));
		read_sample(inc, json_object_get(j, "sample"));
		read_history(inc, j);
		migrate(inc, j);
	}
	json_decref(j);
	return inc;
}
