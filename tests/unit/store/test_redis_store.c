#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "conformance.h"
#include "redis_case.h"

#define TIMEOUT 400

static const struct store_version NONE = {0, ""};
static struct redis_server server;

static int cases;

static void open_redis_case(struct conformance *t)
{
	t->loop = loop_new();
	t->store = redis_case_open(t->loop, &server, ++cases, 5000);
	t->pass = conformance_poll;
}

static void close_redis_case(struct conformance *t)
{
	t->store->ops->close(t->store);
	redis_case_turn(t->loop);
	loop_free(t->loop);
}

static int redis_store_setup(void **state)
{
	struct conformance *t = mem_zero(sizeof *t);
	open_redis_case(t);
	conformance_begin(t);
	*state = t;
	return 0;
}

static int redis_store_teardown(void **state)
{
	struct conformance *t = *state;
	conformance_end(t);
	close_redis_case(t);
	mem_cleanup(&t);
	return 0;
}

static void reopen_with_timeout(struct conformance *t, const struct redis_server *at, int64_t timeout_ms)
{
	t->store->ops->close(t->store);
	t->store = redis_case_open(t->loop, at, cases, timeout_ms);
}

/* ---- shared by replicas ---- */

#define OWNER "0a1b2c3d4e5f"

static struct store_claim claim_of_owner(const char *receiver)
{
	struct store_claim c = claim_for(receiver, 9, TIME_HOUR);
	memcpy(c.id, OWNER, strlen(OWNER));
	return c;
}

/* A router that was killed, and is started anew on the file that it held, waits for none of its own leases. */
static void whoever_starts_anew_takes_over_what_it_had_claimed(void **state)
{
	struct conformance *t = *state;
	struct conformance killed = *t, again = *t;
	due_incident(t, "a", "r", 0, 10);
	due_incident(t, "b", "r", 1, 20);
	killed.store = redis_case_as(t->loop, &server, cases, OWNER);
	struct store_claim own = claim_of_owner("r"), another = claim_for("r", 9, TIME_HOUR);
	own.max = 1;
	assert_int_equal(claim(&killed, &own)->count, 1);
	assert_int_equal(claim(t, &another)->count, 1); /* of a router that lives */
	killed.store->ops->close(killed.store);
	assert_claims(t, "r", 9, TIME_HOUR, "");
	again.store = redis_case_as(t->loop, &server, cases, OWNER);
	own = claim_of_owner("r");
	const struct store_claimed *got = claim(&again, &own);
	assert_int_equal(got->count, 1);
	assert_str(got->records[0].key, "a");
	/* once: what it has claimed itself stays its own when the connection breaks */
	redis_server_say(&server, "CLIENT KILL TYPE normal SKIPME yes");
	redis_case_wait(again.store, t->loop, false);
	redis_case_wait(again.store, t->loop, true);
	redis_case_wait(t->store, t->loop, true);
	assert_claims(&again, "r", 9, TIME_HOUR, "");
	again.store->ops->close(again.store);
}

/* It was at an attempt, which is due when its lease ends. */
static void what_was_begun_is_handed_out_to_whoever_starts_anew(void **state)
{
	struct conformance *t = *state, killed = *t, again = *t;
	struct store_version v = due_incident(t, "a", "r", 0, 10);
	killed.store = redis_case_as(t->loop, &server, cases, OWNER);
	struct store_claim own = claim_of_owner("r");
	struct store_due due = {STR("r"), 0, claim(&killed, &own)->lease_until};
	struct store_commit attempt = incident("a", v);
	attempt.dues = &due, attempt.due_count = 1;
	commit_ok(&killed, &attempt);
	killed.store->ops->close(killed.store);
	assert_claims(t, "r", 9, TIME_HOUR, "");
	again.store = redis_case_as(t->loop, &server, cases, OWNER);
	assert_claims(&again, "r", 9, TIME_HOUR, "a");
	again.store->ops->close(again.store);
}

static void two_routers_share_a_queue(void **state)
{
	struct conformance *t = *state;
	struct conformance other = *t;
	other.store = redis_case_open(t->loop, &server, cases, 5000);
	due_incident(t, "a", "r", 0, 10);
	due_incident(t, "b", "r", 0, 20);
	struct store_claim mine = claim_for("r", 1, TIME_HOUR), theirs = claim_for("r", 9, TIME_HOUR);
	const struct store_claimed *got = claim(t, &mine);
	assert_int_equal(got->count, 1);
	assert_str(got->records[0].key, "a");
	got = claim(&other, &theirs);
	assert_int_equal(got->count, 1);
	assert_str(got->records[0].key, "b");
	/* and of two commits on one version one conflicts */
	struct store_version v = record_of(t, "a").version;
	struct store_commit one = incident("a", v), two = incident("a", v);
	struct store_committed got_one, got_two;
	commit_later(t, &one, &got_one);
	conformance_wait(t);
	commit_later(&other, &two, &got_two);
	conformance_wait(&other);
	assert_int_equal(got_one.result, STORE_OK);
	assert_int_equal(got_two.result, STORE_CONFLICT);
	other.store->ops->close(other.store);
}

/* ---- a Redis that is frozen, gone, full ---- */

static void what_comes_too_late_changes_nothing(void **state)
{
	struct conformance *t = *state;
	reopen_with_timeout(t, &server, TIMEOUT);
	due_incident(t, "due", "r", 0, 10);
	struct store_commit c = incident("k", NONE);
	struct store_count count = {.field = STR("received"), .add = 1};
	c.counts = &count, c.count_count = 1;
	struct store_claim ask = claim_for("r", 1, TIME_HOUR);
	struct store_committed got;
	int64_t before = loop_mono_ms();
	assert_int_equal(kill(server.pid, SIGSTOP), 0);
	commit_later(t, &c, &got);
	enum store_result claimed = claim(t, &ask)->result;
	conformance_wait(t);
	int64_t took = loop_mono_ms() - before;
	/* by now it is known to be down */
	redis_case_wait(t->store, t->loop, false);
	bool why = t->store->ops->health(t->store).why[0];
	enum store_result next = commit(t, &c)->result;
	assert_int_equal(kill(server.pid, SIGCONT), 0);
	assert_true(got.result == STORE_UNKNOWN || got.result == STORE_UNAVAILABLE);
	assert_true(claimed == STORE_UNKNOWN || claimed == STORE_UNAVAILABLE);
	assert_true(took < TIMEOUT + 20 * TIME_SECOND); /* it is silent for ever */
	assert_true(why);
	assert_int_equal(next, STORE_UNAVAILABLE);

	redis_case_wait(t->store, t->loop, true);
	assert_int_equal(record_of(t, "k").version.number, 0);
	assert_int_equal(counters(t, 0, INT64_MAX / 2)->count, 0);
	struct store_claim other = claim_for("r", 1, TIME_HOUR);
	assert_int_equal(claim(t, &other)->count, 1);
	/* the same commit again, now in time, is done, and done once */
	commit_ok(t, &c);
	commit_ok(t, &c);
	const struct store_counted *counted = counters(t, 0, INT64_MAX / 2);
	assert_int_equal(counted->count, 1);
	assert_int_equal(counted->rows[0].count, 1);
}

static void kill_9_of_redis_loses_nothing_acknowledged(void **state)
{
	struct conformance *t = *state;
	struct redis_server own;
	redis_server_start(&own, NULL);
	reopen_with_timeout(t, &own, 5000);
	for (int i = 0; i < 200; i++)
		due_incident(t, arena_printf(t->arena, "k%d", i), "r", 0, 10);
	redis_server_kill(&own);
	redis_case_wait(t->store, t->loop, false);
	struct store_commit c = incident("k", NONE);
	assert_int_equal(commit(t, &c)->result, STORE_UNAVAILABLE);
	redis_server_restart(&own, NULL);
	redis_case_wait(t->store, t->loop, true);
	assert_int_equal(stats(t, &STR("r"), 1)->queues[0].due, 200);
	assert_int_equal(record_of(t, "k199").version.number, 1);
	redis_server_stop(&own);
}

static void a_full_redis_is_survived(void **state)
{
	struct conformance *t = *state;
	struct redis_server own;
	redis_server_start(&own, NULL);
	reopen_with_timeout(t, &own, 5000);
	due_incident(t, "k", "r", 0, 10);
	redis_server_say(&own, "CONFIG SET maxmemory 1");
	struct store_commit c = incident("lost", NONE);
	struct store_count count = {.field = STR("received"), .add = 1};
	c.counts = &count, c.count_count = 1;
	c.clock_at = 10;
	assert_int_equal(commit(t, &c)->result, STORE_UNAVAILABLE);
	struct store_health health = t->store->ops->health(t->store);
	assert_false(health.up);
	assert_false(health.durable);
	assert_non_null(strstr(health.why, "OOM"));
	assert_int_equal(record_of(t, "k").version.number, 1); /* reading goes on */
	assert_int_equal(record_of(t, "lost").version.number, 0);
	redis_server_say(&own, "CONFIG SET maxmemory 0");
	redis_case_wait(t->store, t->loop, true);
	assert_int_equal(stats(t, &STR(STORE_CLOCK), 1)->queues[0].due, 0);
	commit_ok(t, &c);
	assert_int_equal(counters(t, 0, INT64_MAX / 2)->rows[0].count, 1);
	redis_server_stop(&own);
}

static void a_key_of_another_kind_is_an_unknown_outcome(void **state)
{
	struct conformance *t = *state;
	redis_server_say(&server, "SET %s%d%s x", "{case ", cases, "}:i:k");
	struct store_commit c = incident("k", NONE);
	assert_int_equal(commit(t, &c)->result, STORE_UNKNOWN);
	assert_true(t->store->ops->health(t->store).up);
}

/* Though they go out as one script. */
static void a_commit_that_fails_leaves_its_neighbours_alone(void **state)
{
	struct conformance *t = *state;
	redis_server_say(&server, "SET %s%d%s x", "{case ", cases, "}:i:wrong");
	struct store_commit before = incident("a", NONE), wrong = incident("wrong", NONE), after = incident("b", NONE);
	struct store_committed got[3];
	commit_later(t, &before, &got[0]);
	commit_later(t, &wrong, &got[1]);
	commit_later(t, &after, &got[2]);
	conformance_wait(t);
	assert_int_equal(got[0].result, STORE_OK);
	assert_int_equal(got[1].result, STORE_UNKNOWN);
	assert_int_equal(got[2].result, STORE_OK);
	assert_int_equal(record_of(t, "b").version.number, 1);
}

/* Redis waits for its disk for each script: a webhook of a thousand incidents must not wait a thousand times. */
static void commits_of_one_turn_go_out_together(void **state)
{
	struct conformance *t = *state;
	enum { COMMITS = 450 };
	struct store_committed got[COMMITS];
	due_incident(t, "k", "r", 0, 10); /* Redis knows the script now */
	redis_server_say(&server, "CONFIG RESETSTAT");
	for (int i = 0; i < COMMITS; i++) {
		struct store_commit c = incident(arena_printf(t->arena, "k%d", i), NONE);
		commit_later(t, &c, &got[i]);
	}
	conformance_wait(t);
	for (int i = 0; i < COMMITS; i++)
		assert_int_equal(got[i].result, STORE_OK);
	redis_server_await(&server, "cmdstat_evalsha:calls=5,", "INFO commandstats");
	assert_int_equal(stats(t, NULL, 0)->open, COMMITS + 1);
}

/* Redis reads nothing while it waits for its disk: what comes meanwhile is one script. */
static void commits_that_come_meanwhile_go_out_together(void **state)
{
	struct conformance *t = *state;
	enum { COMMITS = 20 };
	struct store_committed got[COMMITS];
	due_incident(t, "k", "r", 0, 10); /* Redis knows the script now */
	redis_server_say(&server, "CONFIG RESETSTAT");
	assert_int_equal(kill(server.pid, SIGSTOP), 0);
	for (int i = 0; i < COMMITS; i++) {
		struct store_commit c = incident(arena_printf(t->arena, "k%d", i), NONE);
		commit_later(t, &c, &got[i]);
		redis_case_turn(t->loop);
	}
	assert_int_equal(kill(server.pid, SIGCONT), 0);
	conformance_wait(t);
	for (int i = 0; i < COMMITS; i++)
		assert_int_equal(got[i].result, STORE_OK);
	redis_server_await(&server, "cmdstat_evalsha:calls=2,", "INFO commandstats");
	assert_int_equal(stats(t, NULL, 0)->open, COMMITS + 1);
}

static void scripts_come_back_after_a_flush(void **state)
{
	struct conformance *t = *state;
	due_incident(t, "a", "r", 0, 10);
	redis_server_say(&server, "SCRIPT FLUSH");
	due_incident(t, "b", "r", 0, 10);
	assert_int_equal(stats(t, NULL, 0)->open, 2);
}

static void closing_answers_what_is_pending(void **state)
{
	struct conformance *t = *state;
	struct store_committed sent = {.result = STORE_CONFLICT}, waits = {.result = STORE_CONFLICT};
	struct store_commit c = incident("k", NONE), d = incident("l", NONE);
	commit_later(t, &c, &sent);
	redis_case_turn(t->loop);
	assert_int_equal(sent.result, STORE_CONFLICT); /* no answer yet */
	commit_later(t, &d, &waits);
	t->store->ops->close(t->store);
	assert_int_equal(t->waiting, 0);
	assert_int_equal(sent.result, STORE_UNKNOWN);
	assert_int_equal(waits.result, STORE_UNAVAILABLE);
	t->store = redis_case_open(t->loop, &server, cases, 5000);
	assert_int_equal(record_of(t, "l").version.number, 0);
	commit_ok(t, &c); /* whether it was done or not, once more does no harm */
	commit_ok(t, &d);
}

static void a_redis_that_is_not_there(void **state)
{
	(void)state;
	struct loop *l = loop_new();
	struct redis_server gone;
	redis_server_start(&gone, NULL);
	redis_server_stop(&gone);
	struct conformance t = {.loop = l};
	conformance_begin(&t);
	t.store = redis_store_open(
		l, &(struct redis_store_options){.connection = {.address = str_c(gone.address), .timeout_ms = TIMEOUT},
	                                     .prefix = STR("x")});
	assert_false(t.store->ops->health(t.store).up);
	assert_string_not_equal(t.store->ops->health(t.store).why, "");
	struct store_commit c = incident("k", NONE);
	assert_int_equal(commit(&t, &c)->result, STORE_UNAVAILABLE);
	conformance_end(&t);
	t.store->ops->close(t.store);
	redis_case_turn(l);
	loop_free(l);
}

/* ---- what it promises ---- */

static void it_says_whether_it_is_durable(void **state)
{
	struct conformance *t = *state;
	struct store_health health = t->store->ops->health(t->store);
	assert_string_equal(health.name, "redis");
	assert_true(health.up && health.durable);
	assert_string_equal(health.why, "");
	static const struct {
		const char *extra[5];
		const char *why;
	} weak[] = {
		{{"--appendonly", "no"}, "appendonly"},
		{{"--appendfsync", "everysec"}, "appendfsync"},
		{{"--no-appendfsync-on-rewrite", "yes"}, "no-appendfsync-on-rewrite"},
		{{"--maxmemory-policy", "allkeys-lru"}, "maxmemory-policy"},
		{{"--rename-command", "CONFIG", ""}, "CONFIG is refused"},
		{{"--appendonly", "no", "--rename-command", "CONFIG", ""}, "appendonly"},
	};
	for (size_t i = 0; i < sizeof weak / sizeof *weak; i++) {
		const char *extra[] = {weak[i].extra[0], weak[i].extra[1], weak[i].extra[2],
		                       weak[i].extra[3], weak[i].extra[4], NULL};
		struct redis_server own;
		redis_server_start(&own, extra);
		struct store *s = redis_case_open(t->loop, &own, 0, 5000);
		health = s->ops->health(s);
		assert_true(health.up);
		assert_false(health.durable);
		if (!strstr(health.why, weak[i].why))
			fail_msg("\"%s\" does not name %s", health.why, weak[i].why);
		s->ops->close(s);
		redis_case_turn(t->loop);
		redis_server_stop(&own);
	}
}

/* Far more than may be on their way at once; and large ones among them. */
static void a_burst_is_taken_within_the_timeout(void **state)
{
	struct conformance *t = *state;
	reopen_with_timeout(t, &server, 2000);
	enum { BURST = 3000, LARGE = 20, MEMBERS = 1000 };
	struct store_committed *got = arena_alloc(t->arena, (BURST + LARGE) * sizeof *got);
	struct store_member_change *changes = arena_alloc(t->arena, MEMBERS * sizeof *changes);
	for (int i = 0; i < BURST; i++) {
		struct store_commit c = incident(arena_printf(t->arena, "k%d", i), NONE);
		commit_later(t, &c, &got[i]);
	}
	for (int i = 0; i < LARGE; i++) {
		struct store_commit c = incident(arena_printf(t->arena, "large%d", i), NONE);
		for (int j = 0; j < MEMBERS; j++) {
			struct member m = {.source = STR("s"), .fingerprint = str_c(arena_printf(t->arena, "%d/%d", i, j))};
			changes[j] = (struct store_member_change){m, m, TIME_HOUR};
			changes[j].after.found = true;
			changes[j].after.key = c.key;
		}
		c.members = changes, c.member_count = MEMBERS;
		commit_later(t, &c, &got[BURST + i]);
	}
	conformance_wait(t);
	for (int i = 0; i < BURST + LARGE; i++)
		assert_int_equal(got[i].result, STORE_OK);
	assert_int_equal(stats(t, NULL, 0)->open, BURST + LARGE);
}

/* A node of a Redis Cluster takes only keys of one slot in one script: they all share their hash tag. */
static int conformance_on_a_cluster(void)
{
	const struct redis_server alone = server;
	const struct conformance_opener opener = {"redis cluster", open_redis_case, close_redis_case, false};
	redis_server_start(&server, (const char *[]){"--cluster-enabled", "yes", NULL});
	redis_server_say(&server, "CLUSTER ADDSLOTSRANGE 0 16383"); /* of Redis 7; the tests may ask for more than 6.2 */
	redis_server_await(&server, "cluster_state:ok", "CLUSTER INFO");
	int failed = conformance_run(&opener);
	redis_server_stop(&server);
	server = alone;
	return failed;
}

#define OWN(test) cmocka_unit_test_setup_teardown(test, redis_store_setup, redis_store_teardown)

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	log_setup(LOG_ERROR, LOG_LOGFMT, loop_wall_ms);
	redis_server_start(&server, NULL);
	const struct conformance_opener opener = {"redis", open_redis_case, close_redis_case, false};
	const struct CMUnitTest own[] = {
		OWN(two_routers_share_a_queue),
		OWN(whoever_starts_anew_takes_over_what_it_had_claimed),
		OWN(what_was_begun_is_handed_out_to_whoever_starts_anew),
		OWN(what_comes_too_late_changes_nothing),
		OWN(kill_9_of_redis_loses_nothing_acknowledged),
		OWN(a_full_redis_is_survived),
		OWN(a_key_of_another_kind_is_an_unknown_outcome),
		OWN(a_commit_that_fails_leaves_its_neighbours_alone),
		OWN(commits_of_one_turn_go_out_together),
		OWN(commits_that_come_meanwhile_go_out_together),
		OWN(scripts_come_back_after_a_flush),
		OWN(closing_answers_what_is_pending),
		cmocka_unit_test(a_redis_that_is_not_there),
		OWN(it_says_whether_it_is_durable),
		OWN(a_burst_is_taken_within_the_timeout),
	};
	int failed = conformance_run(&opener) + conformance_on_a_cluster() + cmocka_run_group_tests(own, NULL, NULL);
	redis_server_stop(&server);
	return failed;
}
