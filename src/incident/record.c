/*
 * The record as it is stored: a byte with the format, the length of the rest, then one message (record_codec.h) by the
 * tables below. Format 1 was JSON, which record_old.c reads.
 */
#include <string.h>

#include "incident/escalation.h"
#include "incident/followup.h"
#include "incident/invariants.h"
#include "incident/record.h"
#include "incident/record_codec.h"

#define FORMAT 2 /* a reader refuses a newer one */
#define RECORD_USUAL 3000
#define HEAD 5 /* the format, and the length in four bytes */
#define ROWS(t) (sizeof(t) / sizeof *(t))
#define SHAPE(rows, type)                                                                                              \
	{                                                                                                                  \
		rows, ROWS(rows), sizeof(struct type)                                                                          \
	}
#define IN(type, member, kind)                                                                                         \
	{                                                                                                                  \
		kind, offsetof(struct type, member), NULL, 0                                                                   \
	}
#define CHARS(type, member)                                                                                            \
	{                                                                                                                  \
		RECORD_CHARS, offsetof(struct type, member), NULL, sizeof(((struct type *)0)->member)                          \
	}
#define LIST(type, member, list)                                                                                       \
	{                                                                                                                  \
		RECORD_LIST, offsetof(struct type, member), &(list), 0                                                         \
	}
#define GROWS(type, counter, room, shape, most)                                                                        \
	{                                                                                                                  \
		shape, offsetof(struct type, counter), offsetof(struct type, room), most                                       \
	}
/* The tables are the stored format: rows are only appended (see record_codec.h), several to a line. */
// clang-format off
#define AT(member, kind) IN(incident, member, kind)

static const struct record_field generation_fields[] = {
	IN(told_generation, generation, RECORD_U64), IN(told_generation, told, RECORD_INT),
	IN(told_generation, maybe, RECORD_BOOL), IN(told_generation, echo, RECORD_BOOL),
	IN(told_generation, echo_at, RECORD_I64), IN(told_generation, gave_up, RECORD_BOOL),
	IN(told_generation, reference, RECORD_STR), IN(told_generation, in_digest, RECORD_BOOL),
	IN(told_generation, key, RECORD_STR),
};
static const struct record_shape generation_shape = SHAPE(generation_fields, told_generation);
static const struct record_list generation_list =
	GROWS(delivery, gen_count, gen_capacity, &generation_shape, INCIDENT_GENERATIONS_MAX);

static const struct record_field delivery_fields[] = {
	IN(delivery, receiver, RECORD_STR), IN(delivery, target, RECORD_STR), IN(delivery, from, RECORD_U64),
	IN(delivery, notice, RECORD_U64), IN(delivery, want.verb, RECORD_INT), IN(delivery, want.generation, RECORD_U64),
	IN(delivery, want_since, RECORD_I64), IN(delivery, attempts, RECORD_INT), IN(delivery, due_at, RECORD_I64),
	IN(delivery, failing_since, RECORD_I64), IN(delivery, told_at, RECORD_I64), IN(delivery, last_error, RECORD_STR),
	IN(delivery, dead.verb, RECORD_INT), IN(delivery, dead.generation, RECORD_U64),
	IN(delivery, dead_notice, RECORD_U64), IN(delivery, fell_back, RECORD_BOOL),
	LIST(delivery, gens, generation_list), IN(delivery, first_due_at, RECORD_I64), IN(delivery, dead_error, RECORD_STR),
	IN(delivery, roster, RECORD_U64), IN(delivery, update_due, RECORD_BOOL), IN(delivery, tried_by, RECORD_STR),
};
static const struct record_shape delivery_shape = SHAPE(delivery_fields, delivery);

static const struct record_field sample_fields[] = {
	IN(incident_sample, source, RECORD_STR), IN(incident_sample, fingerprint, RECORD_STR),
	CHARS(incident_sample, group), IN(incident_sample, mark, RECORD_I64),
	IN(incident_sample, counted, RECORD_BOOL), IN(incident_sample, waits, RECORD_U64),
	IN(incident_sample, starts_at, RECORD_I64), IN(incident_sample, ends_at, RECORD_I64), IN(incident_sample, labels, RECORD_LABELS),
};
static const struct record_shape sample_shape = SHAPE(sample_fields, incident_sample);

static const struct record_field row_fields[] = {
	CHARS(incident_row, group), IN(incident_row, mark, RECORD_I64), IN(incident_row, former, RECORD_I64),
	IN(incident_row, counted_at, RECORD_I64), IN(incident_row, heard_at, RECORD_I64),
	IN(incident_row, left_at, RECORD_I64), IN(incident_row, n0, RECORD_U64), IN(incident_row, n1, RECORD_U64),
	IN(incident_row, w0, RECORD_U64), IN(incident_row, w1, RECORD_U64), IN(incident_row, truncated, RECORD_BOOL),
};
static const struct record_shape row_shape = SHAPE(row_fields, incident_row);

static const struct record_field event_fields[] = {
	IN(incident_event, at, RECORD_I64), IN(incident_event, what, RECORD_STR), IN(incident_event, detail, RECORD_STR),
};
static const struct record_shape event_shape = SHAPE(event_fields, incident_event);

static const struct record_field episode_fields[] = {
	IN(incident_episode, started_at, RECORD_I64), IN(incident_episode, resolved_at, RECORD_I64),
	IN(incident_episode, acknowledged.at, RECORD_I64), IN(incident_episode, acknowledged.by, RECORD_STR),
	IN(incident_episode, acknowledged.note, RECORD_STR),
};
static const struct record_shape episode_shape = SHAPE(episode_fields, incident_episode);

static const struct record_field step_fields[] = {
	IN(incident_step, after_ms, RECORD_I64), IN(incident_step, notify, RECORD_STR),
	IN(incident_step, ran_at, RECORD_I64), IN(incident_step, told, RECORD_STR), IN(incident_step, when, RECORD_INT),
	IN(incident_step, active, RECORD_STR), IN(incident_step, mute, RECORD_STR), IN(incident_step, not_before, RECORD_I64),
};
static const struct record_shape step_shape = SHAPE(step_fields, incident_step);

static const struct record_field done_fields[] = {
	IN(incident_done, at, RECORD_I64), IN(incident_done, name, RECORD_STR), IN(incident_done, by, RECORD_STR),
	IN(incident_done, note, RECORD_STR),
};
static const struct record_shape done_shape = SHAPE(done_fields, incident_done);

static const struct record_list aftermath_done_list =
	GROWS(incident_aftermath, done_count, done_capacity, &done_shape, FOLLOWUPS_MAX);
static const struct record_field aftermath_fields[] = {
	IN(incident_aftermath, started_at, RECORD_I64), IN(incident_aftermath, resolved_at, RECORD_I64),
	IN(incident_aftermath, severity, RECORD_STR), IN(incident_aftermath, rank, RECORD_INT),
	LIST(incident_aftermath, done, aftermath_done_list),
};
static const struct record_shape aftermath_shape = SHAPE(aftermath_fields, incident_aftermath);

static const struct record_list row_list = GROWS(incident, row_count, row_capacity, &row_shape, INCIDENT_ROWS_MAX + 1);
static const struct record_list delivery_list =
	GROWS(incident, delivery_count, delivery_capacity, &delivery_shape, INCIDENT_RECEIVERS_MAX);
static const struct record_list step_list =
	GROWS(incident, step_count, step_capacity, &step_shape, ESCALATION_STEPS_MAX);
static const struct record_list done_list = GROWS(incident, done_count, done_capacity, &done_shape, FOLLOWUPS_MAX);
static const struct record_list aftermath_list =
	GROWS(incident, aftermath_count, aftermath_capacity, &aftermath_shape, INCIDENT_AFTERMATHS_MAX);
static const struct record_list sample_list =
	GROWS(incident, sample_count, sample_capacity, &sample_shape, INCIDENT_SAMPLE_MAX);
static const struct record_list timeline_list =
	GROWS(incident, timeline_count, timeline_capacity, &event_shape, INCIDENT_TIMELINE_MAX);
static const struct record_list previous_list =
	{&episode_shape, offsetof(struct incident, previous_count), 0, INCIDENT_PREVIOUS_MAX};
static const struct record_list change_list = {NULL, offsetof(struct incident, change_count), 0, INCIDENT_CHANGES_MAX};

static const struct record_field incident_fields[] = {
	CHARS(incident, key),
	AT(alertname, RECORD_STR), AT(owner, RECORD_STR), AT(rule, RECORD_STR), AT(source, RECORD_STR),
	AT(runbook.path, RECORD_STR), AT(runbook.url, RECORD_STR), AT(runbook.title, RECORD_STR),
	AT(runbook.estimated_time, RECORD_STR), AT(runbook.approval, RECORD_STR),
	AT(escalation.name, RECORD_STR), AT(escalation.notify, RECORD_STR), AT(escalation.after_ms, RECORD_I64),
	AT(severity.name, RECORD_STR), AT(severity.pagerduty, RECORD_STR), AT(severity.rank, RECORD_INT),
	AT(severity.response_ms, RECORD_I64), AT(severity.resolution_ms, RECORD_I64),
	AT(summary, RECORD_STR), AT(generator_url, RECORD_STR),
	AT(labels, RECORD_LABELS), AT(annotations, RECORD_LABELS),
	LIST(incident, rows, row_list),
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
	LIST(incident, deliveries, delivery_list), LIST(incident, sample, sample_list),
	LIST(incident, timeline, timeline_list), AT(timeline_dropped, RECORD_U64),
	{RECORD_ARRAY, offsetof(struct incident, previous), &previous_list, 0},
	{RECORD_ARRAY, offsetof(struct incident, changes), &change_list, 0},
	AT(rules_beside, RECORD_STR), AT(alertmanager_url, RECORD_STR),
	AT(escalation.from, RECORD_I64), LIST(incident, steps, step_list),
	AT(deadlines.responded_at, RECORD_I64), AT(deadlines.response_missed_at, RECORD_I64),
	AT(deadlines.resolution_missed_at, RECORD_I64),
	AT(silence.since, RECORD_I64), AT(silence.until, RECORD_I64), AT(silence.asked_at, RECORD_I64),
	AT(silence.gone_at, RECORD_I64), AT(silence.by, RECORD_STR),
	AT(update.number, RECORD_U64), AT(update.at, RECORD_I64), AT(update.by, RECORD_STR), AT(update.status, RECORD_STR),
	AT(update.impact, RECORD_STR), AT(update.eta, RECORD_STR), AT(update.done, RECORD_STR), AT(update.next, RECORD_STR),
	AT(update.cause, RECORD_STR), AT(update.set, RECORD_LABELS), LIST(incident, done, done_list),
	AT(silence.known_at, RECORD_I64),
	AT(approved.at, RECORD_I64), AT(approved.by, RECORD_STR), AT(approved.note, RECORD_STR),
	AT(earlier_generation, RECORD_U64), LIST(incident, aftermaths, aftermath_list),
	AT(speaker.source, RECORD_STR), AT(speaker.fingerprint, RECORD_STR), AT(ack_round, RECORD_U64),
	AT(held_from, RECORD_I64), AT(deadlines.from, RECORD_I64), AT(escalation.raised, RECORD_U64),
	AT(taken_generation, RECORD_U64), AT(held_by, RECORD_STR),
};
// clang-format on
static const struct record_shape incident_shape = SHAPE(incident_fields, incident);

/* ---- writing ---- */

/* How much of the parts that may be cut is written; each step of cutting halves or drops one of them. */
struct cut {
	size_t sample, timeline, aftermaths;
	bool annotations, labels;
};

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
	else if (cut->aftermaths > 2)
		cut->aftermaths /= 2;
	else if (cut->labels)
		cut->labels = false;
	else if (cut->timeline)
		cut->timeline = 0;
	else
		return false;
	return true;
}

/* `n` events: how it began, a quarter of them, and what happened last. */
static struct incident_event *cut_timeline(struct arena *arena, const struct incident *inc, size_t n)
{
	struct incident_event *events = arena_alloc(arena, (n + 1) * sizeof *events);
	size_t first = n / 4;
	memcpy(events, inc->timeline, first * sizeof *events);
	memcpy(events + first, inc->timeline + inc->timeline_count - (n - first), (n - first) * sizeof *events);
	return events;
}

/* A shallow copy that says less. */
static struct incident cut_incident(struct arena *arena, const struct incident *inc, const struct cut *cut)
{
	struct incident out = *inc;
	out.sample_count = cut->sample;
	out.aftermath_count = cut->aftermaths;
	if (cut->timeline < inc->timeline_count) {
		out.timeline = cut_timeline(arena, inc, cut->timeline);
		out.timeline_count = cut->timeline;
	}
	if (!cut->annotations)
		out.annotations.n = 0;
	if (!cut->labels)
		out.labels.n = 0;
	return out;
}

static void write_record_head(struct buf *out)
{
	size_t n = out->n - HEAD;
	const char head[HEAD] = {FORMAT, (char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};
	memcpy(out->p, head, HEAD);
}

static void write_record(struct buf *out, const struct incident *inc)
{
	static const char room[HEAD] = {0};
	buf_reset(out);
	buf_add(out, (struct str){room, HEAD});
	record_encode(out, &incident_shape, inc);
	write_record_head(out);
}

struct str incident_write(struct arena *arena, const struct incident *inc)
{
	AUTOBUF struct buf out;
	struct cut cut = {.sample = inc->sample_count,
	                  .timeline = inc->timeline_count,
	                  .aftermaths = inc->aftermath_count,
	                  .annotations = true,
	                  .labels = true};
	buf_init(&out, SIZE_MAX);
	buf_expect(&out, RECORD_USUAL);
	write_record(&out, inc);
	while (out.n > INCIDENT_RECORD_MAX && cut_more(&cut)) {
		struct incident less = cut_incident(arena, inc, &cut);
		write_record(&out, &less);
	}
	return arena_str(arena, buf_str(&out));
}

struct incident *incident_copy(struct arena *arena, const struct incident *inc)
{
	AUTOBUF struct buf out;
	struct incident *copy = incident_new(arena, STR(""));
	buf_init(&out, SIZE_MAX);
	record_encode(&out, &incident_shape, inc);
	record_decode(arena_str(arena, buf_str(&out)), &incident_shape, arena, copy);
	return copy;
}

/* ---- reading ---- */

/* The message of a record of this format; false where the bytes are none, or not all of them are there. */
static bool message_of(struct str bytes, struct str *out)
{
	if (bytes.n < HEAD || bytes.p[0] != FORMAT)
		return false;
	const unsigned char *p = (const unsigned char *)bytes.p;
	size_t n = (size_t)p[1] << 24 | (size_t)p[2] << 16 | (size_t)p[3] << 8 | p[4];
	*out = str_slice(bytes, HEAD, bytes.n);
	return out->n == n;
}

static bool is_newer(struct str bytes)
{
	return bytes.n && (unsigned char)bytes.p[0] > FORMAT && (unsigned char)bytes.p[0] < ' ';
}

static struct incident *sound(struct incident *inc, struct err *err)
{
	const char *damage = inc ? incident_damage(inc) : NULL;
	if (!damage)
		return inc;
	err_add(err, "not an incident record: it is damaged: %s", damage);
	return NULL;
}

struct incident *incident_read(struct arena *arena, struct str bytes, struct err *err)
{
	struct str message;
	struct incident *inc;
	if (bytes.n && bytes.p[0] == '{')
		return sound(record_read_old(arena, bytes, err), err);
	if (is_newer(bytes)) {
		err_add(err, "an incident record of a newer version (format %d)", bytes.p[0]);
		return NULL;
	}
	if (!message_of(bytes, &message)) {
		err_add(err, "not an incident record: %zu bytes that do not begin as one, or are cut", bytes.n);
		return NULL;
	}
	inc = incident_new(arena, STR(""));
	if (!record_decode(arena_str(arena, message), &incident_shape, arena, inc)) {
		err_add(err, "not an incident record: its bytes are damaged");
		return NULL;
	}
	if (!*inc->key) {
		err_add(err, "not an incident record: no key");
		return NULL;
	}
	return sound(inc, err);
}

/*
 * What repeats change of an open incident: that they came, and when. A row's time and its empty former mark move on with
 * each body that lists everybody; where one was doubtful, its counts differ.
 */
static const size_t row_counted[] = {offsetof(struct incident_row, former), offsetof(struct incident_row, counted_at),
                                     offsetof(struct incident_row, heard_at), offsetof(struct incident_row, left_at)};
static const size_t incident_counted[] = {
	offsetof(struct incident, last_mark),       offsetof(struct incident, last_seen_at),
	offsetof(struct incident, longest_gap),     offsetof(struct incident, last.verdict),
	offsetof(struct incident, last.reason),     offsetof(struct incident, last.at),
	offsetof(struct incident, count.received),  offsetof(struct incident, count.deduplicated),
	offsetof(struct incident, count.suppressed)};

bool incident_only_counted(struct str before, struct str after)
{
	static const struct record_apart in_row = {row_counted, ROWS(row_counted), NULL, NULL};
	static const struct record_apart apart = {incident_counted, ROWS(incident_counted), &row_list, &in_row};
	struct str a, b;
	return message_of(before, &a) && message_of(after, &b) && record_same_but(a, b, &incident_shape, &apart);
}
