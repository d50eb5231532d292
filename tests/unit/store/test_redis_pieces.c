/* What goes to Redis, or comes from it, in pieces, so that no script keeps everybody else waiting. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "conformance.h"
#include "redis_case.h"

static const struct store_version NONE = {0, ""};
static struct redis_server server;
static int cases;

static int pieces_setup(void **state)
{
	struct conformance *t = mem_zero(sizeof *t);
	t->loop = loop_new();
	t->store = redis_case_open(t->loop, &server, ++cases, 5000);
	t->pass = conformance_poll;
	conformance_begin(t);
	*state = t;
	return 0;
}

static int pieces_teardown(void **state)
{
	struct conformance *t = *state;
	conformance_end(t);
	t->store->ops->close(t->store);
	redis_case_turn(t->loop);
	loop_free(t->loop);
	mem_cleanup(&t);
	return 0;
}

/* A large group must not keep everybody else waiting for as long as it takes to say it all. */
static void a_large_load_comes_in_pieces(void **state)
{
	struct conformance *t = *state;
	enum { RECORDS = 60, BYTES = 60000 };
	struct store_committed got[RECORDS];
	struct str group = STR("g");
	char *json = arena_alloc(t->arena, BYTES);
	memset(json, 'x', BYTES);
	for (int i = 0; i < RECORDS; i++) {
		struct store_commit c = incident(arena_printf(t->arena, "k%d", i), NONE);
		c.bytes = (struct str){json, BYTES};
		c.groups = &group, c.group_count = 1;
		c.groups_changed = true;
		commit_later(t, &c, &got[i]);
	}
	conformance_wait(t);
	record_of(t, "k1"); /* Redis knows the script now */
	redis_server_say(&server, "CONFIG RESETSTAT");
	const struct store_loaded *all = load(t, &(struct store_load){.groups = &group, .group_count = 1});
	assert_int_equal(all->record_count, RECORDS);
	redis_server_await(&server, "cmdstat_evalsha:calls=2,", "INFO commandstats"); /* of 3.6 MB */
}

/* More rows than one reply holds. */
static void counters_come_in_pieces(void **state)
{
	struct conformance *t = *state;
	enum { HOURS = 4, FIELDS = 3000 };
	for (int h = 0; h < HOURS; h++) {
		int64_t hour = (500000 + h) * TIME_HOUR;
		redis_server_say(&server, "ZADD %s%d%s %lld %lld", "{case ", cases, "}:hours", (long long)hour,
		                 (long long)hour);
		redis_server_say(&server, "EVAL %s 1 %s%d%s%lld %d",
		                 "for i = 1, ARGV[1] do redis.call('HSET', KEYS[1], 'f' .. i, i) end", "{case ", cases,
		                 "}:n:", (long long)hour, FIELDS);
	}
	const struct store_counted *got = counters(t, 0, INT64_MAX / 2);
	assert_int_equal(got->result, STORE_OK);
	assert_int_equal(got->count, HOURS * FIELDS);
}

static struct store_count *many_counts(struct conformance *t, size_t n, size_t bytes)
{
	struct store_count *counts = arena_alloc(t->arena, n * sizeof *counts);
	for (size_t i = 0; i < n; i++)
		counts[i] = (struct store_count){str_c(arena_printf(t->arena, "f%zu %0*d", i, (int)bytes, 1)), 2, 0};
	return counts;
}

static uint64_t sum_of_all(struct conformance *t)
{
	const struct store_counted *got = counters(t, 0, INT64_MAX / 2);
	uint64_t sum = 0;
	for (size_t i = 0; i < got->count; i++)
		sum += got->rows[i].count;
	return sum;
}

/* A body of ten thousand alerts must not keep everybody else waiting. What of it was added before is not added again. */
static void a_large_tally_goes_in_pieces(void **state)
{
	struct conformance *t = *state;
	enum { PIECES = 5, FIELDS = PIECES * STORE_TALLY_PIECE - 10 };
	const struct store_count *all = many_counts(t, FIELDS, 1);
	assert_int_equal(tally(t, "small", all, 1).result, STORE_OK); /* Redis knows the script now */
	redis_server_say(&server, "CONFIG RESETSTAT");
	assert_int_equal(tally(t, "one", all, FIELDS).result, STORE_OK);
	redis_server_await(&server, "cmdstat_evalsha:calls=5,", "INFO commandstats");
	assert_int_equal(sum_of_all(t), 2 + 2 * FIELDS);
	assert_int_equal(tally(t, "one", all, FIELDS).result, STORE_OK);
	assert_int_equal(sum_of_all(t), 2 + 2 * FIELDS);
	redis_server_say(&server, "DEL %s%d%s", "{case ", cases, "}:tally:one/2"); /* as if that one had not arrived */
	assert_int_equal(tally(t, "one", all, FIELDS).result, STORE_OK);
	assert_int_equal(sum_of_all(t), 2 + 2 * (FIELDS + STORE_TALLY_PIECE));
}

/* Whoever hears that nothing was done counts it elsewhere. */
static void half_a_tally_is_an_unknown_outcome(void **state)
{
	struct conformance *t = *state;
	enum { FIELDS = 8 * STORE_TALLY_PIECE, BYTES = 16 << 10 };
	struct redis_server own;
	redis_server_start(&own, (const char *[]){"--maxmemory", "24mb", NULL});
	t->store->ops->close(t->store);
	redis_case_turn(t->loop);
	t->store = redis_case_open(t->loop, &own, cases, 5000);
	const struct store_count *all = many_counts(t, FIELDS, BYTES); /* 32 MB */
	assert_int_equal(tally(t, "one", all, FIELDS).result, STORE_UNKNOWN);
	assert_false(t->store->ops->health(t->store).up);
	redis_server_say(&own, "CONFIG SET maxmemory 0");
	redis_case_wait(t->store, t->loop, true);
	uint64_t before = sum_of_all(t);
	assert_true(before > 0 && before < 2 * FIELDS);
	assert_int_equal(tally(t, "one", all, FIELDS).result, STORE_OK);
	assert_int_equal(sum_of_all(t), 2 * FIELDS);
	redis_server_stop(&own);
}

#define PIECES(test) cmocka_unit_test_setup_teardown(test, pieces_setup, pieces_teardown)

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	log_setup(LOG_ERROR, LOG_LOGFMT, loop_wall_ms);
	redis_server_start(&server, NULL);
	const struct CMUnitTest tests[] = {
		PIECES(a_large_load_comes_in_pieces),
		PIECES(counters_come_in_pieces),
		PIECES(a_large_tally_goes_in_pieces),
		PIECES(half_a_tally_is_an_unknown_outcome),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	redis_server_stop(&server);
	return failed;
}
