#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "asked.h"
#include "drive.h"
#include "fake_redis.h"

#define NIL "*-1\r\n"
/* The fakes live in this very process: a stall of the machine must not look like their silence. */
#define TIMEOUT 1500
#define ROUNDS 10

/* Two Sentinels and two masters; a real Redis has no part in this. */
static struct fake_redis one, two, master, other;
static char names_master[128], names_other[128], nobody[64];
static int nobody_port;

static const char *naming(char out[128], int port)
{
	char text[16];
	int n = snprintf(text, sizeof text, "%d", port);
	snprintf(out, 128, "*2\r\n$9\r\n127.0.0.1\r\n$%d\r\n%s\r\n", n, text);
	return out;
}

static int sentinels_setup(void **state)
{
	asked_setup(state);
	fake_redis_open(&one, asked.loop);
	fake_redis_open(&two, asked.loop);
	fake_redis_open(&master, asked.loop);
	fake_redis_open(&other, asked.loop);
	naming(names_master, master.port);
	naming(names_other, other.port);
	fake_redis_answer(&one, "SENTINEL", names_master);
	fake_redis_answer(&two, "SENTINEL", names_master);
	nobody_port = free_port();
	snprintf(nobody, sizeof nobody, "127.0.0.1:%d", nobody_port);
	return 0;
}

static int sentinels_teardown(void **state)
{
	redis_free(asked.redis);
	asked.redis = NULL;
	fake_redis_close(&one);
	fake_redis_close(&two);
	fake_redis_close(&master);
	fake_redis_close(&other);
	return asked_teardown(state);
}

static struct redis_options behind_sentinels(const struct str *sentinels, size_t count)
{
	return (struct redis_options){
		.timeout_ms = TIMEOUT,
		.password = STR("r3dis"),
		.sentinel = {.master = STR("m"), .addresses = sentinels, .count = count, .password = STR("s3ntinel")}};
}

static bool is_redis_up(void *arg)
{
	(void)arg;
	return redis_up(asked.redis);
}

static bool is_at(void *arg)
{
	return redis_up(asked.redis) && strcmp(redis_address(asked.redis), arg) == 0;
}

static bool does_sentinel_why_say(void *arg)
{
	return strstr(redis_why(asked.redis), arg);
}

static void the_master_that_a_sentinel_names(void **state)
{
	(void)state;
	const struct str sentinels[] = {str_c(one.address)};
	asked_open_up(behind_sentinels(sentinels, 1));
	assert_string_equal(redis_address(asked.redis), master.address);
	assert_string_equal(redis_why(asked.redis), "");
	assert_string_equal(asked_answer("GET key"), "+OK");
	assert_true(fake_redis_heard(&one, "AUTH s3ntinel\n"));
	assert_true(fake_redis_heard(&one, "SENTINEL get-master-addr-by-name m\n"));
	assert_true(fake_redis_heard(&master, "AUTH r3dis\nROLE\nPING\n"));
	assert_false(fake_redis_heard(&one, "r3dis"));
}

/* Whichever is asked first: one is not there, one says nothing, one knows nothing, one refuses. */
static void the_first_sentinel_that_answers(void **state)
{
	(void)state;
	static const char *const useless[] = {"", NIL, "-IDONTKNOW no such master\r\n", "+OK\r\n"};
	const struct str sentinels[] = {str_c(nobody), str_c(one.address), str_c(two.address)};
	for (size_t i = 0; i < sizeof useless / sizeof *useless; i++) {
		fake_redis_answer(&one, "SENTINEL", useless[i]);
		asked_open(behind_sentinels(sentinels, 3));
		assert_true(drive(asked.loop, is_redis_up, NULL));
		assert_string_equal(redis_address(asked.redis), master.address);
		redis_free(asked.redis);
	}
	asked.redis = NULL;
}

static void why_no_sentinel_helps(void **state)
{
	(void)state;
	static const struct {
		const char *reply, *why;
	} cases[] = {
		{NIL, "knows no master \"m\""},
		{"-NOPERM not you\r\n", "NOPERM not you"},
		{"", "no reply in time"},
	};
	const struct str sentinels[] = {str_c(one.address)}, gone[] = {str_c(nobody)};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char why[128];
		snprintf(why, sizeof why, "Sentinel %s: %s", one.address, cases[i].why);
		fake_redis_answer(&one, "SENTINEL", cases[i].reply);
		asked_open(behind_sentinels(sentinels, 1));
		assert_true(drive(asked.loop, does_sentinel_why_say, why));
		assert_true(asked.downs <= 1);
		redis_free(asked.redis);
	}
	asked_open(behind_sentinels(gone, 1));
	assert_true(drive(asked.loop, does_sentinel_why_say, (void *)(uintptr_t) "refused"));
	assert_string_equal(redis_address(asked.redis), "");
}

/* It has slept through a failover. Which of the two is asked first is a matter of dice. */
static void who_says_of_itself_that_it_is_a_replica_is_not_the_master(void **state)
{
	(void)state;
	const struct str sentinels[] = {str_c(one.address), str_c(two.address)};
	fake_redis_answer(&one, "SENTINEL", names_other);
	fake_redis_answer(&other, "ROLE", "*1\r\n$5\r\nslave\r\n");
	for (int i = 0; i < 100 && !other.connections; i++) {
		asked_open(behind_sentinels(sentinels, 2));
		assert_true(drive(asked.loop, is_redis_up, NULL));
		assert_string_equal(redis_address(asked.redis), master.address);
		redis_free(asked.redis);
	}
	asked.redis = NULL;
	assert_true(other.connections > 0);
	assert_true(fake_redis_heard(&other, "ROLE"));
}

/* It is cut off from the others, which know better. */
static void a_sentinel_that_goes_on_naming_the_dead(void **state)
{
	(void)state;
	char names_nobody[128];
	const struct str sentinels[] = {str_c(one.address), str_c(two.address)};
	fake_redis_answer(&one, "SENTINEL", naming(names_nobody, nobody_port));
	for (int i = 0; i < 100 && !one.commands; i++) {
		asked_open(behind_sentinels(sentinels, 2));
		assert_true(drive(asked.loop, is_redis_up, NULL));
		assert_string_equal(redis_address(asked.redis), master.address);
		redis_free(asked.redis);
	}
	asked.redis = NULL;
	assert_true(one.commands > 0);
}

static void only_replicas_is_a_reason(void **state)
{
	(void)state;
	const struct str sentinels[] = {str_c(one.address)};
	fake_redis_answer(&master, "ROLE", "*1\r\n$5\r\nslave\r\n");
	asked_open(behind_sentinels(sentinels, 1));
	assert_true(drive(asked.loop, does_sentinel_why_say, (void *)(uintptr_t) "is not a master (ROLE says slave)"));
	fake_redis_answer(&master, "ROLE", "*1\r\n$6\r\nmaster\r\n");
	assert_true(drive(asked.loop, is_redis_up, NULL));
}

static void a_master_that_is_no_longer_named_is_left(void **state)
{
	(void)state;
	const struct str sentinels[] = {str_c(one.address)};
	asked_open_up(behind_sentinels(sentinels, 1));
	fake_redis_answer(&master, "GET", "");
	assert_true(asked_send("GET key")); /* the new one will not answer that */
	fake_redis_answer(&one, "SENTINEL", names_other);
	assert_true(drive(asked.loop, is_at, other.address));
	assert_int_equal(asked.nulls, 1);
	assert_int_equal(asked.downs, 1);
	assert_int_equal(asked.ups, 2);
	assert_string_equal(asked_answer("PING"), "+PONG");
}

static void sent_away_it_asks_anew(void **state)
{
	(void)state;
	const struct str sentinels[] = {str_c(one.address), str_c(two.address)};
	asked_open_up(behind_sentinels(sentinels, 2));
	fake_redis_answer(&one, "SENTINEL", names_other);
	fake_redis_answer(&two, "SENTINEL", names_other);
	redis_reconnect(asked.redis, "READONLY");
	assert_false(redis_up(asked.redis));
	assert_string_equal(asked.why, "READONLY");
	redis_reconnect(asked.redis, "again");
	assert_string_equal(asked.why, "READONLY");
	assert_true(drive(asked.loop, is_at, other.address));
}

/* How long it takes to the master that is named now, sent away just after a question: the next one is a second away. */
static int64_t ms_until_at(const char *names, const char *address)
{
	int asked_before = one.commands;
	assert_true(drive_count(asked.loop, &one.commands, asked_before + 1));
	fake_redis_answer(&one, "SENTINEL", names);
	int64_t began = loop_mono_ms();
	redis_reconnect(asked.redis, "READONLY");
	assert_true(drive(asked.loop, is_at, (void *)(uintptr_t)address));
	return loop_mono_ms() - began;
}

/* A busy machine may be slow now and then. One that waits for the next question is slow each time. */
static void sent_away_it_does_not_wait_for_the_next_question(void **state)
{
	(void)state;
	const struct str sentinels[] = {str_c(one.address)};
	asked_open_up(behind_sentinels(sentinels, 1));
	for (int i = 0; i < ROUNDS; i++)
		if (ms_until_at(i % 2 ? names_master : names_other, i % 2 ? master.address : other.address) < 900)
			return;
	fail_msg("each of %d times it was asked only when it would have been asked anyway", ROUNDS);
}

static void reconnect_in_reply(void *arg, const struct redis_value *reply)
{
	asked_on_reply(arg, reply);
	redis_reconnect(asked.redis, "READONLY");
}

static void it_may_be_sent_away_in_the_callback_of_a_reply(void **state)
{
	(void)state;
	const struct str sentinels[] = {str_c(one.address)};
	asked_open_up(behind_sentinels(sentinels, 1));
	for (int i = 0; i < 3; i++)
		assert_true(redis_command(asked.redis, (struct str[]){STR("PING")}, 1, reconnect_in_reply, NULL));
	assert_true(drive_count(asked.loop, &asked.ups, 2));
	assert_int_equal(asked.replies, 3);
	assert_int_equal(asked.nulls, 2);
}

/* A Sentinel's death is nobody else's. */
static void the_connection_survives_its_sentinels(void **state)
{
	(void)state;
	const struct str sentinels[] = {str_c(one.address)};
	asked_open_up(behind_sentinels(sentinels, 1));
	fake_redis_answer(&one, "SENTINEL", "-ERR no more\r\n");
	fake_redis_answer(&one, "PING", "-ERR no more\r\n");
	int asked_before = one.commands;
	assert_true(drive_count(asked.loop, &one.commands, asked_before + 4));
	assert_int_equal(asked.downs, 0);
	assert_string_equal(asked_answer("PING"), "+PONG");
}

static void an_ipv6_master(void **state)
{
	(void)state;
	const struct str sentinels[] = {str_c(one.address)};
	fake_redis_answer(&one, "SENTINEL", "*2\r\n$3\r\n::1\r\n$1\r\n1\r\n");
	asked_open(behind_sentinels(sentinels, 1));
	assert_true(drive_count(asked.loop, &asked.downs, 1));
	assert_string_equal(redis_address(asked.redis), "[::1]:1");
}

static void freed_at_any_moment(void **state)
{
	(void)state;
	const struct str sentinels[] = {str_c(one.address), str_c(nobody), str_c(two.address)};
	for (int i = 0; i < 60; i++) {
		fake_redis_answer(&one, "SENTINEL", i % 3 ? names_master : i % 2 ? NIL : "");
		asked_open(behind_sentinels(sentinels, 3));
		drive_pass(asked.loop, i % 7);
		redis_free(asked.redis);
	}
	asked.redis = NULL;
	drive_pass(asked.loop, 20);
}

static void free_on_down(void *arg, bool up, const char *why)
{
	(void)arg, (void)why;
	asked.ups += up;
	if (up)
		return;
	asked.downs++;
	redis_free(asked.redis);
	asked.redis = NULL;
}

static void it_may_be_freed_when_another_master_is_named(void **state)
{
	(void)state;
	const struct str sentinels[] = {str_c(one.address)};
	const struct redis_options options = behind_sentinels(sentinels, 1);
	asked.ups = asked.downs = 0;
	asked.redis = redis_new(asked.loop, &options, free_on_down, NULL);
	assert_true(drive_count(asked.loop, &asked.ups, 1));
	fake_redis_answer(&one, "SENTINEL", names_other);
	assert_true(drive_count(asked.loop, &asked.downs, 1));
	assert_null(asked.redis);
	drive_pass(asked.loop, 20);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, sentinels_setup, sentinels_teardown)
	const struct CMUnitTest tests[] = {
		T(the_master_that_a_sentinel_names),
		T(the_first_sentinel_that_answers),
		T(why_no_sentinel_helps),
		T(who_says_of_itself_that_it_is_a_replica_is_not_the_master),
		T(a_sentinel_that_goes_on_naming_the_dead),
		T(only_replicas_is_a_reason),
		T(a_master_that_is_no_longer_named_is_left),
		T(sent_away_it_asks_anew),
		T(sent_away_it_does_not_wait_for_the_next_question),
		T(it_may_be_sent_away_in_the_callback_of_a_reply),
		T(the_connection_survives_its_sentinels),
		T(an_ipv6_master),
		T(freed_at_any_moment),
		T(it_may_be_freed_when_another_master_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
