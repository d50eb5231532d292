#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/time.h"
#include "incident/delivery.h"
#include "incident/row.h"
#include "service/transaction.h"

#define KEY "0123456789abcdef0123456789abcdef"

static int setup(void **state)
{
	struct stage *s = malloc(sizeof *s);
	stage_open(s, &(struct stage_settings){.rules = NULL});
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct stage *s = *state;
	stage_close(s);
	free(s);
	return 0;
}

/* A change that opens the incident, or counts itself in `received`, and joins its member where it has one. */
struct trial {
	int applied, done;
	enum tx_result result;
	uint64_t received; /* of the record as committed */
	bool nothing, release, saw_firing, moves;
};

static enum tx_apply apply(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                           struct counts *counts)
{
	struct trial *t = arg;

	(void)counts;
	t->applied++;
	if (members && members->before.fingerprint.n) {
		t->saw_firing = members->before.found && members->before.mark;
		members->changed = true;
		members->after = members->before;
		members->after.found = true;
		members->after.mark = 7;
		members->after.key = STR(KEY);
		members->ttl_ms = TIME_DAY;
	}
	if (t->nothing)
		return TX_NOTHING;
	row_make(inc, "0123456789abcdef", now);
	inc->episode = 1;
	inc->started_at = inc->last_seen_at = now;
	inc->count.received++;
	return t->release ? TX_WRITE_RELEASE : TX_WRITE;
}

static bool moves_elsewhere(void *arg, size_t index, const struct member *m, const struct incident *holder)
{
	const struct trial *t = arg;

	(void)index;
	return t->moves && m->found && holder && incident_is_open(holder);
}

static void note_done(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	struct trial *t = arg;

	t->done++;
	t->result = result;
	assert_int_equal(inc != NULL, result == TX_DONE);
	if (inc)
		t->received = inc->count.received;
	assert_true(now > 0 || result != TX_DONE);
}

static struct tx_change change_of_trial(struct trial *t)
{
	return (struct tx_change){.key = STR(KEY), .apply = apply, .moved = moves_elsewhere, .done = note_done, .arg = t};
}

static bool is_trial_done(struct stage *s, const void *arg)
{
	(void)s;
	return ((const struct trial *)arg)->done > 0;
}

static void run_trial(struct stage *s, struct trial *t)
{
	struct tx_change change = change_of_trial(t);

	t->done = t->applied = 0;
	transaction_run(s->r.transactions, &change);
	assert_int_equal(t->done, 0);
	stage_until(s, is_trial_done, t);
	assert_int_equal(t->done, 1);
}

static void test_conflicts(void **state)
{
	static const struct {
		int conflicts, applied;
		enum tx_result result;
	} rows[] = {
		{0, 1, TX_DONE},
		{1, 2, TX_DONE},
		{TRANSACTION_TRIES - 1, TRANSACTION_TRIES, TX_DONE},
		{TRANSACTION_TRIES, TRANSACTION_TRIES, TX_BUSY},
	};
	struct stage *s = *state;
	uint64_t received = 0;

	s->store->crook = CROOK_CONFLICT;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct trial t = {.done = 0};
		s->store->crooked_commits = rows[i].conflicts;
		run_trial(s, &t);
		assert_int_equal(t.result, rows[i].result);
		assert_int_equal(t.applied, rows[i].applied);
		if (t.result == TX_DONE)
			assert_int_equal(t.received, ++received);
	}
	assert_int_equal(transactions_pending(s->r.transactions), 0);
}

/* A lost answer is asked for again under the same id: what was done is not done twice. */
static void test_unknown(void **state)
{
	static const struct {
		enum crook crook;
		int times;
	} rows[] = {{CROOK_UNKNOWN_DONE, 1}, {CROOK_UNKNOWN_DONE, 3}, {CROOK_UNKNOWN_LOST, 1}, {CROOK_UNKNOWN_LOST, 3}};
	struct stage *s = *state;
	uint64_t received = 0;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct trial t = {.done = 0};
		s->store->crook = rows[i].crook;
		s->store->crooked_commits = rows[i].times;
		run_trial(s, &t);
		assert_int_equal(t.result, TX_DONE);
		assert_int_equal(t.applied, 1);
		assert_int_equal(t.received, ++received);
	}
}

static void test_unavailable(void **state)
{
	struct stage *s = *state;
	struct trial t = {.done = 0};

	s->store->down = true;
	run_trial(s, &t);
	assert_int_equal(t.result, TX_UNAVAILABLE);
	assert_int_equal(t.applied, 0);
	s->store->down = false;
	run_trial(s, &t);
	assert_int_equal(t.result, TX_DONE);
	assert_int_equal(t.received, 1);
}

static void test_nothing_is_not_written(void **state)
{
	struct stage *s = *state;
	struct trial t = {.nothing = true};

	run_trial(s, &t);
	assert_int_equal(t.result, TX_DONE);
	assert_int_equal(t.received, 0);
	assert_int_equal(s->store->commits, 0);
}

#define MANY 100

static bool all_done(struct stage *s, const void *arg)
{
	const struct trial *trials = arg;

	(void)s;
	for (size_t i = 0; i < MANY; i++) {
		if (!trials[i].done)
			return false;
	}
	return true;
}

/* What waits for one key goes together; later changes see the memberships that earlier ones left. */
static void test_coalesce(void **state)
{
	struct stage *s = *state;
	struct trial trials[MANY] = {{.done = 0}};

	for (size_t i = 0; i < MANY; i++) {
		struct member m = {.source = STR("eu"), .fingerprint = i % 2 ? STR("a") : STR("b")};
		struct tx_change change = change_of_trial(&trials[i]);
		change.members = &m;
		change.member_count = 1;
		trials[i].nothing = i == 7;
		transaction_run(s->r.transactions, &change);
	}
	assert_int_equal(transactions_pending(s->r.transactions), MANY);
	stage_until(s, all_done, trials);
	assert_int_equal(s->store->commits, 1);
	assert_int_equal(s->store->loads, 1);
	assert_int_equal(s->store->largest_batch, 2);
	for (size_t i = 0; i < MANY; i++) {
		assert_int_equal(trials[i].done, 1);
		assert_int_equal(trials[i].applied, 1);
		assert_int_equal(trials[i].received, MANY - 1);
		assert_int_equal(trials[i].saw_firing, i > 1);
	}
}

/* One commit releases one lease: of many that would, each gets its own commit. */
static void test_one_release_each(void **state)
{
	struct stage *s = *state;
	struct trial trials[MANY] = {{.done = 0}};

	for (size_t i = 0; i < MANY; i++) {
		struct tx_change change = change_of_trial(&trials[i]);
		trials[i].release = i % 25 == 0;
		if (trials[i].release) {
			change.release_receiver = STR("pager");
			hash_random_id(change.release_claim);
		}
		transaction_run(s->r.transactions, &change);
	}
	stage_until(s, all_done, trials);
	assert_int_equal(s->store->released_by_commit, 4);
	assert_int_equal(s->store->commits, 4);
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(trials[i].applied, 1);
}

static bool two_done(struct stage *s, const void *arg)
{
	const struct trial *trials = arg;

	(void)s;
	return trials[0].done && trials[1].done;
}

/* A change whose member has moved is left out of the batch, and the others are not. */
static void test_moved(void **state)
{
	struct stage *s = *state;
	struct member m = {.source = STR("eu"), .fingerprint = STR("a")};
	struct trial first = {.done = 0}, both[2] = {{.moves = true}, {.done = 0}};
	struct tx_change change = change_of_trial(&first);

	change.members = &m;
	change.member_count = 1;
	transaction_run(s->r.transactions, &change);
	stage_until(s, is_trial_done, &first);
	for (size_t i = 0; i < 2; i++) {
		change.arg = &both[i];
		change.key = STR("fedcba9876543210fedcba9876543210");
		transaction_run(s->r.transactions, &change);
	}
	stage_until(s, two_done, both);
	assert_int_equal(both[0].result, TX_MOVED);
	assert_int_equal(both[0].applied, 0);
	assert_int_equal(both[1].result, TX_DONE);
	assert_true(both[1].saw_firing);
}

static void ignore_commit(void *arg, const struct store_committed *reply)
{
	assert_int_equal(reply->result, STORE_OK);
	*(bool *)arg = true;
}

static bool is_answered(struct stage *s, const void *arg)
{
	(void)s;
	return *(const bool *)arg;
}

/* A record that nobody can read: a person is told so, an alert starts a new one. */
static void test_unreadable_record(void **state)
{
	struct stage *s = *state;
	struct store_commit broken = {
		.key = STR(KEY), .id = "11", .bytes = STR("{\"no\": \"record"), .open = true, .since = 1};
	struct trial trials[2] = {{.done = 0}, {.done = 0}};
	bool written = false;

	s->memory->ops->commit(s->memory, &broken, ignore_commit, &written);
	stage_until(s, is_answered, &written);
	for (size_t i = 0; i < 2; i++) {
		struct tx_change change = change_of_trial(&trials[i]);
		change.start_anew = i == 1;
		transaction_run(s->r.transactions, &change);
	}
	stage_until(s, two_done, trials);
	assert_int_equal(trials[0].result, TX_UNAVAILABLE);
	assert_int_equal(trials[1].result, TX_DONE);
	assert_int_equal(trials[1].received, 1);
}

/* A record that the caller loaded saves a load; one that is out of date costs a conflict. */
static void test_given_record(void **state)
{
	struct stage *s = *state;
	struct trial t = {.done = 0}, again = {.done = 0};
	struct tx_change change = change_of_trial(&t);

	change.record_given = true;
	change.now = s->now;
	transaction_run(s->r.transactions, &change);
	stage_until(s, is_trial_done, &t);
	assert_int_equal(t.result, TX_DONE);
	assert_int_equal(s->store->loads, 0);
	change.arg = &again;
	transaction_run(s->r.transactions, &change);
	stage_until(s, is_trial_done, &again);
	assert_int_equal(again.applied, 2);
	assert_int_equal(again.received, 2);
	assert_int_equal(s->store->loads, 1);
}

/* A receiver that left the record is due no more. */
static enum tx_apply add_receiver(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                  struct counts *counts)
{
	struct trial *t = arg;

	apply(arg, inc, members, now, counts);
	inc->generation = inc->notice = 1;
	if (t->release) {
		inc->delivery_count = 0;
	} else {
		incident_add_receiver(inc, STR("pager"), now);
		incident_refresh(inc, now);
	}
	return TX_WRITE;
}

struct queue {
	bool answered;
	size_t due;
};

static void keep_queue_due(void *arg, const struct store_stats *stats)
{
	struct queue *q = arg;

	q->answered = true;
	q->due = stats->queues[0].due;
}

static bool is_repeat_counted(struct stage *s, const void *arg)
{
	(void)s;
	return ((const struct queue *)arg)->answered;
}

static void test_dues_follow_the_record(void **state)
{
	struct stage *s = *state;
	struct str pager = STR("pager");

	for (int i = 0; i < 2; i++) {
		struct trial t = {.release = i == 1};
		struct queue q = {.answered = false};
		struct tx_change change = change_of_trial(&t);
		change.apply = add_receiver;
		transaction_run(s->r.transactions, &change);
		stage_until(s, is_trial_done, &t);
		store_stats(s->memory, &pager, 1, keep_queue_due, &q);
		stage_until(s, is_repeat_counted, &q);
		assert_int_equal(q.due, i == 0);
	}
}

static void stop_trial_loop(void *arg)
{
	loop_stop(arg);
}

/* Freed with changes in line, at the store and between tries: each is answered. */
static void test_freed_in_between(void **state)
{
	struct stage *s = *state;
	struct trial t[3] = {{.done = 0}, {.done = 0}, {.done = 0}};
	struct tx_change change = change_of_trial(&t[0]);

	transaction_run(s->r.transactions, &change);
	loop_defer(s->loop, stop_trial_loop, s->loop);
	loop_run(s->loop);
	for (size_t i = 1; i < 3; i++) {
		change.arg = &t[i];
		transaction_run(s->r.transactions, &change);
	}
	transactions_free(s->r.transactions);
	s->r.transactions = NULL;
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(t[i].done, 1);
		assert_int_equal(t[i].result, TX_UNAVAILABLE);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_conflicts),
		TEST(test_unknown),
		TEST(test_unavailable),
		TEST(test_nothing_is_not_written),
		TEST(test_coalesce),
		TEST(test_one_release_each),
		TEST(test_moved),
		TEST(test_unreadable_record),
		TEST(test_given_record),
		TEST(test_dues_follow_the_record),
		TEST(test_freed_in_between),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
