#include "conformance.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/time.h"

/* An answer that takes longer than this never comes, also on a busy machine; below that the runner ends the program. */
#define OVERDUE_MS (8 * TIME_MINUTE)

static void fail_overdue(void *arg)
{
	struct conformance *t = arg;
	fail_msg("%d answers never came", t->waiting);
}

void conformance_begin(struct conformance *t)
{
	t->arena = arena_new();
	if (t->loop)
		t->overdue = loop_timer_new(t->loop, fail_overdue, t);
}

void conformance_end(struct conformance *t)
{
	loop_timer_free(t->overdue);
	arena_free(t->arena);
}

void conformance_wait(struct conformance *t)
{
	if (!t->waiting)
		return;
	assert_non_null(t->loop);
	loop_timer_set(t->overdue, OVERDUE_MS);
	while (t->waiting)
		loop_run(t->loop);
	loop_timer_stop(t->overdue);
}

static void call_answered(struct conformance *t)
{
	if (--t->waiting == 0 && t->loop)
		loop_stop(t->loop);
}

/* One verb under way: where its answer goes. */
struct call {
	struct conformance *t;
	struct store_tallied *tallied;
	union {
		struct store_loaded load;
		struct store_committed commit;
		struct store_claimed claim;
		struct store_listed list;
		struct store_counted counters;
		struct store_membered members;
		struct store_stats stats;
		enum store_result result;
		struct store_kept kept;
	} answer;
	struct store_committed *copy;
	bool more;
};

static struct call *call_new(struct conformance *t)
{
	struct call *c = arena_alloc(t->arena, sizeof *c);
	c->t = t;
	t->waiting++;
	return c;
}

static const struct store_record *copied_records(struct arena *a, const struct store_record *from, size_t count)
{
	struct store_record *to = arena_alloc(a, count * sizeof *to);
	for (size_t i = 0; i < count; i++) {
		to[i] = from[i];
		to[i].key = arena_str(a, from[i].key);
		to[i].bytes = arena_str(a, from[i].bytes);
		to[i].ids = arena_str(a, from[i].ids);
	}
	return to;
}

static void keep_loaded(void *arg, const struct store_loaded *got)
{
	struct call *c = arg;
	struct arena *a = c->t->arena;
	struct member *members = arena_alloc(a, got->member_count * sizeof *members);
	for (size_t i = 0; i < got->member_count; i++)
		members[i] = member_copy(a, &got->members[i]);
	c->answer.load = *got;
	c->answer.load.members = members;
	struct str *further = arena_alloc(a, got->further_count * sizeof *further);
	for (size_t i = 0; i < got->further_count; i++)
		further[i] = arena_str(a, got->further[i]);
	c->answer.load.further = further;
	c->answer.load.records = copied_records(a, got->records, got->record_count);
	call_answered(c->t);
}

const struct store_loaded *load(struct conformance *t, const struct store_load *ask)
{
	struct call *c = call_new(t);
	t->store->ops->load(t->store, ask, keep_loaded, c);
	conformance_wait(t);
	return &c->answer.load;
}

static void keep_committed(void *arg, const struct store_committed *got)
{
	struct call *c = arg;
	c->answer.commit = *got;
	if (c->copy)
		*c->copy = *got;
	call_answered(c->t);
}

const struct store_committed *commit(struct conformance *t, const struct store_commit *ask)
{
	struct call *c = call_new(t);
	t->store->ops->commit(t->store, ask, keep_committed, c);
	conformance_wait(t);
	return &c->answer.commit;
}

void commit_later(struct conformance *t, const struct store_commit *ask, struct store_committed *out)
{
	struct call *c = call_new(t);
	c->copy = out;
	t->store->ops->commit(t->store, ask, keep_committed, c);
}

static void keep_claimed(void *arg, const struct store_claimed *got)
{
	struct call *c = arg;
	c->answer.claim = *got;
	c->answer.claim.records = copied_records(c->t->arena, got->records, got->count);
	call_answered(c->t);
}

const struct store_claimed *claim(struct conformance *t, const struct store_claim *ask)
{
	struct call *c = call_new(t);
	t->store->ops->claim(t->store, ask, keep_claimed, c);
	conformance_wait(t);
	return &c->answer.claim;
}

static void released(void *arg, enum store_result result)
{
	struct call *c = arg;
	c->answer.result = result;
	call_answered(c->t);
}

enum store_result release(struct conformance *t, const struct store_release *ask)
{
	struct call *c = call_new(t);
	t->store->ops->release(t->store, ask, released, c);
	conformance_wait(t);
	return c->answer.result;
}

static void keep_listed(void *arg, const struct store_listed *got)
{
	struct call *c = arg;
	c->answer.list = *got;
	c->answer.list.records = copied_records(c->t->arena, got->records, got->count);
	c->answer.list.cursor = arena_str(c->t->arena, got->cursor);
	call_answered(c->t);
}

const struct store_listed *list(struct conformance *t, enum store_list which, struct str cursor, size_t limit)
{
	struct call *c = call_new(t);
	store_list(t->store, which, cursor, limit, keep_listed, c);
	conformance_wait(t);
	return &c->answer.list;
}

static void keep_counted(void *arg, const struct store_counted *got)
{
	struct call *c = arg;
	struct store_hour *rows = arena_alloc(c->t->arena, got->count * sizeof *rows);
	for (size_t i = 0; i < got->count; i++) {
		rows[i] = got->rows[i];
		rows[i].field = arena_str(c->t->arena, got->rows[i].field);
	}
	c->answer.counters = *got;
	c->answer.counters.rows = rows;
	call_answered(c->t);
}

const struct store_counted *counters(struct conformance *t, int64_t since, int64_t until)
{
	struct call *c = call_new(t);
	store_counters(t->store, since, until, keep_counted, c);
	conformance_wait(t);
	return &c->answer.counters;
}

static void tallied_later(void *arg, const struct store_tallied *got)
{
	struct call *c = arg;
	*c->tallied = *got;
	call_answered(c->t);
}

void tally_later(struct conformance *t, const char *id, const struct store_count *counts, size_t n,
                 struct store_tallied *got)
{
	struct call *c = call_new(t);
	struct store_tally ask = {.counts = counts, .count = n};
	c->tallied = got;
	snprintf(ask.id, sizeof ask.id, "%s", id);
	store_tally(t->store, &ask, tallied_later, c);
}

struct store_tallied tally(struct conformance *t, const char *id, const struct store_count *counts, size_t n)
{
	struct store_tallied got;
	tally_later(t, id, counts, n, &got);
	conformance_wait(t);
	return got;
}

static void membered(void *arg, const struct store_membered *got)
{
	struct call *c = arg;
	struct arena *a = c->t->arena;
	struct member *members = arena_alloc(a, (got->count + 1) * sizeof *members);
	int64_t *ttls = arena_alloc(a, (got->count + 1) * sizeof *ttls);
	for (size_t i = 0; i < got->count; i++) {
		members[i] = member_copy(a, &got->members[i]);
		ttls[i] = got->ttls[i];
	}
	c->answer.members = *got;
	c->answer.members.members = members;
	c->answer.members.ttls = ttls;
	c->answer.members.cursor = arena_str(a, got->cursor);
	call_answered(c->t);
}

const struct store_membered *members_page(struct conformance *t, struct str cursor, size_t limit)
{
	struct call *c = call_new(t);
	store_members(t->store, cursor, limit, membered, c);
	conformance_wait(t);
	return &c->answer.members;
}

static void stats_came(void *arg, const struct store_stats *got)
{
	struct call *c = arg;
	struct store_queue *queues = arena_alloc(c->t->arena, got->queue_count * sizeof *queues);
	for (size_t i = 0; i < got->queue_count; i++) {
		queues[i] = got->queues[i];
		queues[i].receiver = arena_str(c->t->arena, got->queues[i].receiver);
	}
	c->answer.stats = *got;
	c->answer.stats.queues = queues;
	call_answered(c->t);
}

const struct store_stats *stats(struct conformance *t, const struct str *receivers, size_t count)
{
	struct call *c = call_new(t);
	store_stats(t->store, receivers, count, stats_came, c);
	conformance_wait(t);
	return &c->answer.stats;
}

static void kept_came(void *arg, const struct store_kept *got)
{
	struct call *c = arg;
	c->answer.kept = *got;
	c->answer.kept.value = arena_str(c->t->arena, got->value);
	call_answered(c->t);
}

const struct store_kept *keep_value(struct conformance *t, const struct store_keep *ask)
{
	struct call *c = call_new(t);
	store_keep(t->store, ask, kept_came, c);
	conformance_wait(t);
	return &c->answer.kept;
}

static void keep_swept(void *arg, enum store_result result, bool more)
{
	struct call *c = arg;
	c->answer.result = result;
	c->more = more;
	call_answered(c->t);
}

enum store_result sweep(struct conformance *t, int64_t retention_ms, bool *more)
{
	struct call *c = call_new(t);
	t->store->ops->sweep(t->store, retention_ms, keep_swept, c);
	conformance_wait(t);
	*more = c->more;
	return c->answer.result;
}

int64_t clock_of(struct conformance *t)
{
	const struct store_stats *got = stats(t, NULL, 0);
	assert_int_equal(got->result, STORE_OK);
	return got->now;
}

static void stop_to_look(void *arg)
{
	struct conformance *t = arg;
	loop_stop(t->loop);
}

void conformance_poll(struct conformance *t, int64_t until)
{
	struct loop_timer *timer = loop_timer_new(t->loop, stop_to_look, t);
	for (int64_t now; (now = clock_of(t)) < until;) {
		loop_timer_set(timer, until - now);
		loop_run(t->loop);
	}
	loop_timer_free(timer);
}

struct store_commit incident(const char *key, struct store_version expect)
{
	struct store_commit c = {.key = str_c(key), .expect = expect, .bytes = STR("{}"), .open = true, .since = 1000};
	hash_random_id(c.id);
	return c;
}

struct store_version commit_ok(struct conformance *t, const struct store_commit *ask)
{
	const struct store_committed *got = commit(t, ask);
	assert_int_equal(got->result, STORE_OK);
	assert_string_equal(got->version.commit_id, ask->id);
	assert_int_equal(got->version.number, ask->expect.number + 1);
	return got->version;
}

struct store_record record_of(struct conformance *t, const char *key)
{
	struct str name = str_c(key);
	const struct store_loaded *got = load(t, &(struct store_load){.keys = &name, .key_count = 1});
	assert_int_equal(got->result, STORE_OK);
	assert_int_equal(got->record_count, 1);
	assert_str(got->records[0].key, key);
	return got->records[0];
}

struct member member_of(struct conformance *t, struct str source, struct str fingerprint)
{
	struct member m = {.source = source, .fingerprint = fingerprint};
	const struct store_loaded *got = load(t, &(struct store_load){.members = &m, .member_count = 1});
	assert_int_equal(got->result, STORE_OK);
	assert_int_equal(got->member_count, 1);
	return got->members[0];
}

struct store_member_change joins(const char *source, const char *fingerprint, const char *key)
{
	struct member m = {.source = str_c(source), .fingerprint = str_c(fingerprint)};
	struct store_member_change change = {m, m, TIME_HOUR};
	change.after.found = change.after.counted = true;
	change.after.key = str_c(key);
	snprintf(change.after.group, sizeof change.after.group, "0123456789abcdef");
	change.after.mark = 1700000000456;
	change.after.waits = 3;
	change.after.starts_at = 1700000000123;
	change.after.episode = UINT64_MAX / 2;
	return change;
}

enum store_result move(struct conformance *t, const char *key, const struct store_member_change *change)
{
	struct store_commit c = incident(key, record_of(t, key).version);
	c.members = change;
	c.member_count = 1;
	return commit(t, &c)->result;
}

struct store_claim claim_for(const char *receiver, int max, int64_t lease_ms)
{
	struct store_claim c = {.receiver = str_c(receiver), .max = max, .lease_ms = lease_ms};
	hash_random_id(c.id);
	return c;
}

struct store_version due_incident(struct conformance *t, const char *key, const char *receiver, int lane, int64_t at)
{
	struct store_commit c = incident(key, (struct store_version){0, ""});
	struct store_due due = {str_c(receiver), lane, at};
	c.dues = &due;
	c.due_count = 1;
	return commit_ok(t, &c);
}

void assert_view(struct str got, const char *expected, const char *file, int line)
{
	if (str_eq_c(got, expected))
		return;
	print_error("\"%.*s\" instead of \"%s\"\n", STR_ARG(got), expected);
	_fail(file, line);
}

/* What cmocka hands through a test. */
struct running {
	const struct conformance_case *test;
	const struct conformance_opener *opener;
	struct conformance fixture;
};

static int running_setup(void **state)
{
	struct running *r = *state;
	r->fixture = (struct conformance){.loop = NULL};
	r->opener->open(&r->fixture);
	conformance_begin(&r->fixture);
	return 0;
}

static void run_conformance_case(void **state)
{
	struct running *r = *state;
	r->test->run(&r->fixture);
}

static int running_teardown(void **state)
{
	struct running *r = *state;
	conformance_end(&r->fixture);
	r->opener->close(&r->fixture);
	return 0;
}

#define CASES_MAX 100

const struct store_claimed *claim_ok(struct conformance *t, const struct store_claim *ask)
{
	const struct store_claimed *got = claim(t, ask);
	assert_int_equal(got->result, STORE_OK);
	return got;
}

/* The keys handed out, joined by blanks. */
void assert_claims(struct conformance *t, const char *receiver, int max, int64_t lease_ms, const char *expected)
{
	struct store_claim ask = claim_for(receiver, max, lease_ms);
	const struct store_claimed *got = claim_ok(t, &ask);
	AUTOBUF struct buf keys;
	buf_init(&keys, 4096);
	for (size_t i = 0; i < got->count; i++)
		buf_printf(&keys, "%s%.*s", i ? " " : "", STR_ARG(got->records[i].key));
	assert_str(buf_str(&keys), expected);
}

struct store_release release_of(const char *receiver, const char *key, const struct store_claim *held, int64_t due_at)
{
	struct store_release ask = {.receiver = str_c(receiver), .key = str_c(key), .due_at = due_at};
	memcpy(ask.claim_id, held->id, STORE_ID_MAX);
	return ask;
}

void make_due(struct conformance *t, const char *key, const char *receiver, int lane, int64_t at)
{
	struct store_commit c = incident(key, record_of(t, key).version);
	struct store_due due = {str_c(receiver), lane, at};
	c.dues = &due, c.due_count = 1;
	commit_ok(t, &c);
}

int conformance_run(const struct conformance_opener *opener)
{
	static struct CMUnitTest tests[CASES_MAX];
	static struct running running[CASES_MAX];
	const struct conformance_case *const tables[] = {conformance_commits, conformance_members,      conformance_groups,
	                                                 conformance_claims,  conformance_leases,       conformance_lists,
	                                                 conformance_sweeps,  conformance_group_sweeps, conformance_kept};
	size_t n = 0;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		if (opener->owes && (tables[i] == conformance_sweeps || tables[i] == conformance_group_sweeps))
			continue;
		for (const struct conformance_case *c = tables[i]; c->name; c++, n++) {
			assert_true(n < CASES_MAX);
			running[n] = (struct running){.test = c, .opener = opener};
			tests[n] = (struct CMUnitTest){c->name, run_conformance_case, running_setup, running_teardown, &running[n]};
		}
	}
	return _cmocka_run_group_tests(opener->name, tests, n, NULL, NULL);
}
