/* What the store makes of a Redis that answers, and is of no use; and of who it is that answers. */
#include <inttypes.h>
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

static int refusals_setup(void **state)
{
	struct conformance *t = mem_zero(sizeof *t);
	redis_server_start(&server, (const char *[]){"--lua-time-limit", "50", NULL});
	t->loop = loop_new();
	t->store = redis_case_open(t->loop, &server, ++cases, 5000);
	t->pass = conformance_poll;
	conformance_begin(t);
	*state = t;
	return 0;
}

static int refusals_teardown(void **state)
{
	struct conformance *t = *state;
	conformance_end(t);
	t->store->ops->close(t->store);
	redis_case_turn(t->loop);
	loop_free(t->loop);
	redis_server_stop(&server);
	mem_cleanup(&t);
	return 0;
}

/* ---- refusals ---- */

static void assert_commit_refused(struct conformance *t, const char *why)
{
	struct store_commit c = incident("k", NONE);
	assert_int_equal(commit(t, &c)->result, STORE_UNAVAILABLE);
	struct store_health health = t->store->ops->health(t->store);
	assert_false(health.up);
	assert_false(health.durable);
	if (!strstr(health.why, why))
		fail_msg("\"%s\" does not say %s", health.why, why);
	assert_null(strstr(health.why, "script: ")); /* where in which script is nothing to an operator */
}

static void assert_accepted(struct conformance *t)
{
	struct store_commit c = incident("k", NONE);
	redis_case_wait(t->store, t->loop, true);
	commit_ok(t, &c);
}

static void wait_why(struct conformance *t, const char *words)
{
	int64_t end = loop_mono_ms() + 20 * TIME_SECOND;
	while (!strstr(t->store->ops->health(t->store).why, words)) {
		assert_true(loop_mono_ms() < end);
		redis_case_turn(t->loop);
	}
}

static void without_enough_replicas(void **state)
{
	redis_server_say(&server, "CONFIG SET min-replicas-to-write 1");
	assert_commit_refused(*state, "NOREPLICAS");
	redis_server_say(&server, "CONFIG SET min-replicas-to-write 0");
	assert_accepted(*state);
}

static void come_again(struct conformance *t)
{
	t->store->ops->close(t->store);
	t->store = redis_case_new(t->loop, &server, cases, 5000);
}

static void what_a_newer_version_has_written(void **state)
{
	struct conformance *t = *state;
	redis_server_say(&server, "SET %s%d%s 4", "{case ", cases, "}:format");
	come_again(t);
	wait_why(t, "FORMAT 4 was written by a newer version");
	assert_commit_refused(t, "newer version");
	/* one that does not say of which version it is: an old one, and taken over */
	redis_server_say(&server, "DEL %s%d%s", "{case ", cases, "}:format");
	assert_accepted(t);
	assert_int_equal(redis_server_say(&server, "STRLEN %s%d%s", "{case ", cases, "}:format"), 1);
	come_again(t);
	redis_case_wait(t->store, t->loop, true);
}

static void as_a_replica(void **state)
{
	redis_server_say(&server, "REPLICAOF 127.0.0.1 1");
	assert_commit_refused(*state, "READONLY");
	redis_server_say(&server, "REPLICAOF NO ONE");
	assert_accepted(*state);
}

static void as_a_replica_that_has_lost_its_master(void **state)
{
	redis_server_say(&server, "CONFIG SET replica-serve-stale-data no");
	redis_server_say(&server, "REPLICAOF 127.0.0.1 1");
	assert_commit_refused(*state, "MASTERDOWN");
	redis_server_say(&server, "REPLICAOF NO ONE");
	assert_accepted(*state);
}

/* It takes writes, and forgets them when it next hears of its master: found at the next look, at the latest. */
static void as_a_replica_that_takes_writes(void **state)
{
	struct conformance *t = *state;
	redis_server_say(&server, "CONFIG SET replica-read-only no");
	redis_server_say(&server, "REPLICAOF 127.0.0.1 1");
	redis_server_say(&server, "CLIENT KILL TYPE normal");
	redis_case_wait(t->store, t->loop, false);
	wait_why(t, "it is a replica");
	redis_server_say(&server, "REPLICAOF NO ONE");
	assert_accepted(t);
}

static void while_a_script_runs(void **state)
{
	redis_server_shout(&server, "EVAL %s 0", "while true do end");
	redis_server_await(&server, "BUSY", "PING");
	assert_commit_refused(*state, "BUSY");
	redis_server_say(&server, "SCRIPT KILL");
	assert_accepted(*state);
}

static void without_a_permission(void **state)
{
	redis_server_say(&server, "ACL SETUSER default -evalsha");
	assert_commit_refused(*state, "NOPERM");
	redis_server_say(&server, "ACL SETUSER default +evalsha");
	assert_accepted(*state);
}

/*
 * The record was written, its place in the lists was not; repeated, the commit was "mine already" and answered as done:
 * an incident that nobody is told of.
 */
static void half_a_commit_passed_for_a_whole_one(void **state)
{
	struct conformance *t = *state;
	struct store_commit c = incident("k", NONE);
	redis_server_say(&server, "ACL SETUSER default -zadd");
	redis_server_say(&server, "CLIENT KILL TYPE normal");
	redis_case_wait(t->store, t->loop, false);
	wait_why(t, "ZADD");
	for (int i = 0; i < 2; i++)
		assert_int_equal(commit(t, &c)->result, STORE_UNAVAILABLE);
	assert_int_equal(record_of(t, "k").version.number, 0); /* reading goes on */
	redis_server_say(&server, "ACL SETUSER default +zadd");
	assert_accepted(t);
	assert_int_equal(stats(t, NULL, 0)->open, 1);
}

/* ---- the probe ---- */

static void the_probe_leaves_nothing_but_its_version(void **state)
{
	(void)state;
	assert_int_equal(redis_server_say(&server, "DBSIZE"), 1);
	assert_int_equal(redis_server_say(&server, "EXISTS %s%d%s", "{case ", cases, "}:format"), 1);
}

static void reconnect(struct conformance *t)
{
	redis_server_say(&server, "CLIENT KILL TYPE normal");
	redis_case_wait(t->store, t->loop, false);
	redis_case_wait(t->store, t->loop, true);
}

/* ---- replicas and neighbours ---- */

static void a_failover_that_may_lose_writes_is_mentioned(void **state)
{
	struct conformance *t = *state;
	struct redis_server replica;
	redis_server_start(&replica, NULL);
	redis_server_say(&replica, "REPLICAOF 127.0.0.1 %d", server.port);
	redis_server_await(&server, "state=online", "INFO replication");
	reconnect(t);
	struct store_health health = t->store->ops->health(t->store);
	assert_true(health.up && health.durable);
	assert_non_null(strstr(health.why, "min-replicas-to-write is 0"));
	redis_server_say(&server, "CONFIG SET min-replicas-to-write 1");
	reconnect(t);
	assert_string_equal(t->store->ops->health(t->store).why, "");
	redis_server_stop(&replica);
}

static void prefixes_keep_installations_apart(void **state)
{
	struct conformance *t = *state, other = *t;
	other.store = redis_case_open(t->loop, &server, ++cases, 5000);
	due_incident(t, "k", "r", 0, 10);
	assert_int_equal(record_of(&other, "k").version.number, 0);
	struct store_claim ask = claim_for("r", 9, TIME_HOUR);
	assert_int_equal(claim(&other, &ask)->count, 0);
	due_incident(&other, "k", "r", 0, 10);
	assert_int_equal(stats(t, &STR("r"), 1)->open, 1);
	assert_int_equal(claim(&other, &ask)->count, 1);
	struct store_claim mine = claim_for("r", 9, TIME_HOUR);
	assert_int_equal(claim(t, &mine)->count, 1);
	other.store->ops->close(other.store);
}

#define OWN(test) cmocka_unit_test_setup_teardown(test, refusals_setup, refusals_teardown)

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	log_setup(LOG_ERROR, LOG_LOGFMT, loop_wall_ms);
	const struct CMUnitTest tests[] = {
		OWN(without_enough_replicas),
		OWN(what_a_newer_version_has_written),
		OWN(as_a_replica),
		OWN(as_a_replica_that_has_lost_its_master),
		OWN(as_a_replica_that_takes_writes),
		OWN(while_a_script_runs),
		OWN(without_a_permission),
		OWN(half_a_commit_passed_for_a_whole_one),
		OWN(the_probe_leaves_nothing_but_its_version),
		OWN(a_failover_that_may_lose_writes_is_mentioned),
		OWN(prefixes_keep_installations_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
