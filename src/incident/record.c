#include <stdlib.h>
#include <string.h>

#include "incident/incident.h"
#include "incident/record_json.h"

#define FORMAT 2 /* of the stored record; a reader refuses a newer one, and reads format 1 (record_old.c) */
#define ROWS(t) (sizeof(t) / sizeof *(t))
/* The tables are the stored format: a row a member, several to a line. */
// clang-format off
#define AT(member, kind) {#member, kind, offsetof(struct incident, member)}

static const struct record_field incident_rows[] = {
	AT(alertname, RECORD_STR), AT(owner, RECORD_STR), AT(rule, RECORD_STR), AT(source, RECORD_STR),
	AT(runbook.path, RECORD_STR), AT(runbook.url, RECORD_STR), AT(runbook.title, RECORD_STR),
	AT(runbook.estimated_time, RECORD_STR), AT(runbook.approval, RECORD_STR),
	AT(escalation.name, RECORD_STR), AT(escalation.notify, RECORD_STR), AT(escalation.after_ms, RECORD_I64),
	AT(severity.name, RECORD_STR), AT(severity.pagerduty, RECORD_STR), AT(severity.rank, RECORD_INT),
	AT(severity.response_ms, RECORD_I64), AT(severity.resolution_ms, RECORD_I64),
	AT(summary, RECORD_STR), AT(generator_url, RECORD_STR),
	AT(last_mark, RECORD_I64), AT(page, RECORD_U64), AT(due_at, RECORD_I64), AT(due_why, RECORD_INT),
	AT(quiet_at, RECORD_I64),
	AT(episode, RECORD_U64), AT(generation, RECORD_U64), AT(ended_generation, RECORD_U64),
	AT(started_at, RECORD_I64), AT(last_seen_at, RECORD_I64), AT(resolved_at, RECORD_I64),
	AT(resolved_why, RECORD_STR),
	AT(acknowledged.at, RECORD_I64), AT(acknowledged.by, RECORD_STR), AT(acknowledged.note, RECORD_STR),
	AT(ack_generation, RECORD_U64), AT(ack_until, RECORD_I64),
	AT(closed_by_hand.at, RECORD_I64), AT(closed_by_hand.by, RECORD_STR), AT(closed_by_hand.note, RECORD_STR),
	AT(longest_gap, RECORD_I64), AT(repeat_interval, RECORD_I64), AT(resolve_hold, RECORD_I64),
	AT(heartbeat.every, RECORD_I64), AT(heartbeat.beat_at, RECORD_I64), AT(heartbeat.missed_at, RECORD_I64),
	AT(notice, RECORD_U64), AT(last_notice_at, RECORD_I64),
	AT(last.verdict, RECORD_STR), AT(last.reason, RECORD_STR), AT(last.at, RECORD_I64),
	AT(count.total, RECORD_U64), AT(count.received, RECORD_U64),
	AT(count.pages, RECORD_U64), AT(count.reminders, RECORD_U64), AT(count.deduplicated, RECORD_U64),
	AT(count.suppressed, RECORD_U64), AT(count.flaps, RECORD_U64),
	AT(timeline_dropped, RECORD_U64),
};

#define IN(type, member, kind) {#member, kind, offsetof(struct type, member)}

static const struct record_field delivery_rows[] = {
	IN(delivery, receiver, RECORD_STR), IN(delivery, target, RECORD_STR), IN(delivery, from, RECORD_U64),
	IN(delivery, notice, RECORD_U64), IN(delivery, want.verb, RECORD_INT),
	IN(delivery, want.generation, RECORD_U64), IN(delivery, want_since, RECORD_I64), IN(delivery, attempts, RECORD_INT),
	IN(delivery, due_at, RECORD_I64), IN(delivery, failing_since, RECORD_I64), IN(delivery, told_at, RECORD_I64),
	IN(delivery, last_error, RECORD_STR), IN(delivery, dead.verb, RECORD_INT), IN(delivery, dead.generation, RECORD_U64),
	IN(delivery, dead_notice, RECORD_U64), IN(delivery, fell_back, RECORD_BOOL),
};
static const struct record_field generation_rows[] = {
	IN(told_generation, generation, RECORD_U64), IN(told_generation, told, RECORD_INT),
	IN(told_generation, maybe, RECORD_BOOL), IN(told_generation, echo, RECORD_BOOL),
	IN(told_generation, echo_at, RECORD_I64), IN(told_generation, gave_up, RECORD_BOOL),
	IN(told_generation, reference, RECORD_STR),
};
static const struct record_field sample_rows[] = {
	IN(incident_sample, source, RECORD_STR), IN(incident_sample, fingerprint, RECORD_STR),
	IN(incident_sample, group, RECORD_GROUP), IN(incident_sample, mark, RECORD_I64),
	IN(incident_sample, counted, RECORD_BOOL), IN(incident_sample, starts_at, RECORD_I64),
	IN(incident_sample, ends_at, RECORD_I64),
};
static const struct record_field row_rows[] = {
	IN(incident_row, group, RECORD_GROUP), IN(incident_row, mark, RECORD_I64), IN(incident_row, former, RECORD_I64),
	IN(incident_row, counted_at, RECORD_I64), IN(incident_row, heard_at, RECORD_I64),
	IN(incident_row, left_at, RECORD_I64),
	IN(incident_row, n0, RECORD_U64), IN(incident_row, n1, RECORD_U64), IN(incident_row, w0, RECORD_U64),
	IN(incident_row, w1, RECORD_U64), IN(incident_row, truncated, RECORD_BOOL),
};
static const struct record_field event_rows[] = {
	IN(incident_event, at, RECORD_I64), IN(incident_event, what, RECORD_STR), IN(incident_event, detail, RECORD_STR),
};
static const struct record_field episode_rows[] = {
	IN(incident_episode, started_at, RECORD_I64), IN(incident_episode, resolved_at, RECORD_I64),
	IN(incident_episode, acknowledged.at, RECORD_I64), IN(incident_episode, acknowledged.by, RECORD_STR),
	IN(incident_episode, acknowledged.note, RECORD_STR),
};

// clang-format on

static void set_new(json_t *object, const char *name, json_t *value)
{
	json_object_set_new_nocheck(object, name, value);
}

static json_t *write_list(const struct record_field *rows, size_t count, const void *items, size_t n, size_t size)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, record_write(rows, count, (const char *)items + i * size));
	return list;
}

static json_t *write_deliveries(const struct incident *inc)
{
	json_t *list =
		write_list(delivery_rows, ROWS(delivery_rows), inc->deliveries, inc->delivery_count, sizeof *inc->deliveries);
	for (size_t i = 0; i < inc->delivery_count; i++) {
		const struct delivery *d = &inc->deliveries[i];
		set_new(json_array_get(list, i), "gens",
		        write_list(generation_rows, ROWS(generation_rows), d->gens, d->gen_count, sizeof *d->gens));
	}
	return list;
}

static json_t *write_sample(const struct incident *inc, size_t n)
{
	json_t *list = write_list(sample_rows, ROWS(sample_rows), inc->sample, n, sizeof *inc->sample);
	for (size_t i = 0; i < n; i++)
		set_new(json_array_get(list, i), "labels", record_labels(&inc->sample[i].labels));
	return list;
}

/* `n` events: how it began, a quarter of them, and what happened last. */
static json_t *write_timeline(const struct incident *inc, size_t n)
{
	size_t first = n < inc->timeline_count ? n / 4 : n, skip = inc->timeline_count - n;
	json_t *list = write_list(event_rows, ROWS(event_rows), inc->timeline, first, sizeof *inc->timeline);
	json_t *rest =
		write_list(event_rows, ROWS(event_rows), inc->timeline + first + skip, n - first, sizeof *inc->timeline);
	json_array_extend(list, rest);
	json_decref(rest);
	return list;
}

/* How much of the parts that may be cut is written; each step of cutting halves or drops one of them. */
struct cut {
	size_t sample, timeline;
	bool annotations, labels;
};

static json_t *write_record(const struct incident *inc, const struct cut *cut)
{
	json_t *j = record_write(incident_rows, ROWS(incident_rows), inc);
	set_new(j, "format", json_integer(FORMAT));
	set_new(j, "key", json_string(inc->key));
	if (cut->labels)
		set_new(j, "labels", record_labels(&inc->labels));
	if (cut->annotations)
		set_new(j, "annotations", record_labels(&inc->annotations));
	set_new(j, "rows", write_list(row_rows, ROWS(row_rows), inc->rows, inc->row_count, sizeof *inc->rows));
	set_new(j, "deliveries", write_deliveries(inc));
	set_new(j, "sample", write_sample(inc, cut->sample));
	set_new(j, "timeline", write_timeline(inc, cut->timeline));
	set_new(j, "previous",
	        write_list(episode_rows, ROWS(episode_rows), inc->previous, inc->previous_count, sizeof *inc->previous));
	json_t *changes = json_array();
	for (size_t i = 0; i < inc->change_count; i++)
		json_array_append_new(changes, json_integer(inc->changes[i]));
	set_new(j, "changes", changes);
	return j;
}

/* False when nothing is left to cut. */
static bool cut_more(struct cut *cut)
{
	if (cut->sample > 10)
		cut->sample /= 2;
	else if (cut->timeline > 20)
		cut->timeline /= 2;
	else if (cut->sample)
		cut->sample = 0;
	else if (cut->annotations)
		cut->annotations = false;
	else if (cut->labels)
		cut->labels = false;
	else if (cut->timeline)
		cut->timeline = 0;
	else
		return false;
	return true;
}

struct str incident_to_json(struct arena *arena, const struct incident *inc)
{
	struct cut cut = {
		.sample = inc->sample_count, .timeline = inc->timeline_count, .annotations = true, .labels = true};
	for (;;) {
		json_t *j = write_record(inc, &cut);
		char *text = json_dumps(j, JSON_COMPACT);
		json_decref(j);
		struct str out = str_c(text);
		bool done = out.n <= INCIDENT_RECORD_MAX || !cut_more(&cut);
		if (done)
			out = arena_str(arena, out);
		free(text);
		if (done)
			return out;
	}
}

/* A list as large as it is written, at most `most`. */
static void *read_list(const struct record_field *rows, size_t count, const json_t *list, struct arena *arena,
                       size_t most, size_t size, size_t *n)
{
	*n = json_array_size(list) < most ? json_array_size(list) : most;
	char *items = *n ? arena_alloc(arena, *n * size) : NULL;
	for (size_t i = 0; i < *n; i++)
		record_read(rows, count, json_array_get(list, i), arena, items + i * size);
	return items;
}

static void read_deliveries(struct incident *inc, const json_t *list)
{
	inc->deliveries = read_list(delivery_rows, ROWS(delivery_rows), list, inc->arena, INCIDENT_RECEIVERS_MAX,
	                            sizeof *inc->deliveries, &inc->delivery_count);
	inc->delivery_capacity = inc->delivery_count;
	for (size_t i = 0; i < inc->delivery_count; i++) {
		struct delivery *d = &inc->deliveries[i];
		d->gens = read_list(generation_rows, ROWS(generation_rows), json_object_get(json_array_get(list, i), "gens"),
		                    inc->arena, INCIDENT_GENERATIONS_MAX, sizeof *d->gens, &d->gen_count);
		d->gen_capacity = d->gen_count;
	}
}

static void read_sample(struct incident *inc, const json_t *list)
{
	inc->sample = read_list(sample_rows, ROWS(sample_rows), list, inc->arena, INCIDENT_SAMPLE_MAX, sizeof *inc->sample,
	                        &inc->sample_count);
	inc->sample_capacity = inc->sample_count;
	for (size_t i = 0; i < inc->sample_count; i++)
		inc->sample[i].labels = record_labels_read(json_object_get(json_array_get(list, i), "labels"), inc->arena);
}

static void read_lists(struct incident *inc, const json_t *j)
{
	inc->rows = read_list(row_rows, ROWS(row_rows), json_object_get(j, "rows"), inc->arena, INCIDENT_ROWS_MAX + 1,
	                      sizeof *inc->rows, &inc->row_count);
	inc->row_capacity = inc->row_count;
	read_deliveries(inc, json_object_get(j, "deliveries"));
	read_sample(inc, json_object_get(j, "sample"));
	inc->timeline = read_list(event_rows, ROWS(event_rows), json_object_get(j, "timeline"), inc->arena,
	                          INCIDENT_TIMELINE_MAX, sizeof *inc->timeline, &inc->timeline_count);
	inc->timeline_capacity = inc->timeline_count;
	const struct incident_episode *previous =
		read_list(episode_rows, ROWS(episode_rows), json_object_get(j, "previous"), inc->arena, INCIDENT_PREVIOUS_MAX,
	              sizeof *inc->previous, &inc->previous_count);
	if (previous)
		memcpy(inc->previous, previous, inc->previous_count * sizeof *previous);
}

static void read_record(struct incident *inc, const json_t *j)
{
	record_read(incident_rows, ROWS(incident_rows), j, inc->arena, inc);
	inc->page = inc->page ? inc->page : 1;
	inc->labels = record_labels_read(json_object_get(j, "labels"), inc->arena);
	inc->annotations = record_labels_read(json_object_get(j, "annotations"), inc->arena);
	read_lists(inc, j);
	const json_t *changes = json_object_get(j, "changes");
	for (size_t i = 0; i < json_array_size(changes) && i < INCIDENT_CHANGES_MAX; i++)
		inc->changes[inc->change_count++] = json_integer_value(json_array_get(changes, i));
	if (json_integer_value(json_object_get(j, "format")) < FORMAT)
		record_migrate(inc, j);
}

struct incident *incident_from_json(struct arena *arena, struct str text, struct err *err)
{
	json_error_t why;
	json_t *j = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &why);
	if (!json_is_object(j) || !json_is_string(json_object_get(j, "key"))) {
		err_add(err, "not an incident record: %s", j ? "no key" : why.text);
		json_decref(j);
		return NULL;
	}
	if (json_integer_value(json_object_get(j, "format")) > FORMAT) {
		err_add(err, "an incident record of a newer version (format %lld)",
		        (long long)json_integer_value(json_object_get(j, "format")));
		json_decref(j);
		return NULL;
	}
	struct incident *inc = incident_new(arena, str_c(json_string_value(json_object_get(j, "key"))));
	read_record(inc, j);
	json_decref(j);
	return inc;
}

static void *copy_list(const struct record_field *rows, size_t count, struct arena *arena, const void *items, size_t n,
                       size_t size)
{
	char *out = arena_alloc(arena, (n + 1) * size);
	if (n)
		memcpy(out, items, n * size);
	for (size_t i = 0; i < n; i++)
		record_own(rows, count, arena, out + i * size);
	return out;
}

static void copy_deliveries(struct incident *out, const struct incident *inc)
{
	out->deliveries = copy_list(delivery_rows, ROWS(delivery_rows), out->arena, inc->deliveries, inc->delivery_count,
	                            sizeof *inc->deliveries);
	out->delivery_capacity = inc->delivery_count;
	for (size_t i = 0; i < out->delivery_count; i++) {
		struct delivery *d = &out->deliveries[i];
		d->gens = copy_list(generation_rows, ROWS(generation_rows), out->arena, d->gens, d->gen_count, sizeof *d->gens);
		d->gen_capacity = d->gen_count;
	}
}

static void copy_sample(struct incident *out, const struct incident *inc)
{
	out->sample =
		copy_list(sample_rows, ROWS(sample_rows), out->arena, inc->sample, inc->sample_count, sizeof *inc->sample);
	out->sample_capacity = inc->sample_count;
	for (size_t i = 0; i < out->sample_count; i++)
		out->sample[i].labels = record_labels_copy(&inc->sample[i].labels, out->arena);
}

struct incident *incident_copy(struct arena *arena, const struct incident *inc)
{
	struct incident *out = arena_alloc(arena, sizeof *out);
	*out = *inc;
	out->arena = arena;
	record_own(incident_rows, ROWS(incident_rows), arena, out);
	out->labels = record_labels_copy(&inc->labels, arena);
	out->annotations = record_labels_copy(&inc->annotations, arena);
	out->rows = copy_list(row_rows, ROWS(row_rows), arena, inc->rows, inc->row_count, sizeof *inc->rows);
	out->row_capacity = inc->row_count;
	copy_deliveries(out, inc);
	copy_sample(out, inc);
	out->timeline =
		copy_list(event_rows, ROWS(event_rows), arena, inc->timeline, inc->timeline_count, sizeof *inc->timeline);
	out->timeline_capacity = inc->timeline_count;
	for (size_t i = 0; i < out->previous_count; i++)
		record_own(episode_rows, ROWS(episode_rows), arena, &out->previous[i]);
	return out;
}

const struct incident *incident_glance(struct arena *arena, struct str text)
{
	struct str deliveries, at;
	struct incident *inc = arena_alloc(arena, sizeof *inc);
	inc->arena = arena;
	const struct {
		struct str name;
		int64_t *value;
	} numbers[] = {{STR("acknowledged.at"), &inc->acknowledged.at},
	               {STR("ack_generation"), (int64_t *)&inc->ack_generation},
	               {STR("generation"), (int64_t *)&inc->generation},
	               {STR("ended_generation"), (int64_t *)&inc->ended_generation}};
	for (size_t i = 0; i < ROWS(numbers); i++)
		if (record_member(text, numbers[i].name, &at) && !str_to_i64(at, numbers[i].value))
			return NULL;
	if (!record_member(text, STR("deliveries"), &deliveries))
		return NULL;
	json_t *list = json_loadb(deliveries.p, deliveries.n, 0, NULL);
	if (list)
		read_deliveries(inc, list);
	json_decref(list);
	return list ? inc : NULL;
}
