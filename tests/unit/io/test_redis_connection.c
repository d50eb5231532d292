#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "asked.h"
#include "drive.h"
#include "fake_redis.h"

static void what_cannot_be_reached_is_reported_once(void **state)
{
	(void)state;
	char refused[64], missing[320];
	snprintf(refused, sizeof refused, "127.0.0.1:%d", free_port());
	snprintf(missing, sizeof missing, "%s/none", asked.process.folder);
	const char *const addresses[] = {refused,          "no-such-host.invalid:6379", missing, "nonsense", ":1",
	                                 "127.0.0.1:70000"};
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		asked_open((struct redis_options){.address = str_c(addresses[i]), .timeout_ms = 10000});
		assert_true(drive_count(asked.loop, &asked.downs, 1));
		drive_pass(asked.loop, 30); /* some are tried again meanwhile */
		assert_int_equal(asked.downs, 1);
		assert_string_not_equal(asked.why, "");
		assert_false(redis_up(asked.redis));
		assert_false(asked_send("PING"));
		redis_free(asked.redis);
	}
	asked.redis = NULL;
	drive_pass(asked.loop, 5);
	assert_int_equal(asked.replies, 0);
}

static void freed_while_resolving(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		asked_open((struct redis_options){.address = STR("localhost:1"), .timeout_ms = 10000});
		drive_pass(asked.loop, i % 3);
		redis_free(asked.redis);
	}
	asked.redis = NULL;
	drive_pass(asked.loop, 20);
}

static void lost_and_found(void **state)
{
	(void)state;
	asked_open_up(asked_usual());
	assert_string_equal(asked_answer("PING"), "+PONG");
	assert_true(asked_send("BLPOP none 0"));
	assert_true(asked_send("PING"));
	int before = asked.replies;
	drive_pass(asked.loop, 5);
	redis_process_kill(&asked.process);
	assert_true(drive_count(asked.loop, &asked.downs, 1));
	assert_int_equal(asked.replies, before + 2);
	assert_int_equal(asked.nulls, 2);
	assert_string_not_equal(asked.why, "");
	assert_false(asked_send("PING"));
	redis_process_restart(&asked.process, NULL);
	assert_true(drive_count(asked.loop, &asked.ups, 2));
	assert_int_equal(asked.downs, 1);
	assert_string_equal(asked_answer("PING"), "+PONG");
	asked_eval("k", "after", "restart"); /* the script is gone with the old process */
	assert_true(drive_count(asked.loop, &asked.replies, before + 4));
	assert_string_equal(asked.last, "['k' 'after' 'restart']");
}

static void lost_while_idle(void **state)
{
	(void)state;
	asked_open_up(asked_usual());
	redis_process_kill(&asked.process);
	assert_true(drive_count(asked.loop, &asked.downs, 1));
	redis_process_restart(&asked.process, NULL);
	assert_true(drive_count(asked.loop, &asked.ups, 2));
	assert_int_equal(asked.replies, 0);
}

/* A frozen Redis is silent for ever: the kernel goes on acknowledging. */
static void frozen_redis_is_given_up_at_the_deadline(void **state)
{
	(void)state;
	struct redis_options options = asked_usual();
	options.timeout_ms = 200;
	options.max_in_flight = 2;
	asked_open_up(options);
	assert_string_equal(asked_answer("PING"), "+PONG");
	redis_process_freeze(&asked.process);
	int64_t began = loop_mono_ms();
	for (int i = 0; i < 5; i++)
		assert_true(asked_send("INCR counter")); /* two in flight, three waiting */
	assert_true(drive_count(asked.loop, &asked.nulls, 5));
	assert_true(loop_mono_ms() - began >= 200);
	assert_int_equal(asked.downs, 1);
	assert_string_equal(asked.why, "no reply in time");
	drive_pass(asked.loop, 300); /* it connects, thanks to the kernel, and gets no PONG */
	assert_int_equal(asked.ups, 1);
	assert_false(redis_up(asked.redis));
	redis_process_thaw(&asked.process);
	assert_true(drive_count(asked.loop, &asked.ups, 2));
	assert_string_equal(asked_answer("PING"), "+PONG");
	assert_int_equal(asked.nulls, 5);
	assert_int_equal(asked.replies, 7);
}

/* The deadline is on progress: many slow commands may take longer all together. */
static void slow_but_steady_is_not_given_up(void **state)
{
	(void)state;
	struct redis_options options = asked_usual();
	options.timeout_ms = 1500;
	asked_open_up(options);
	int64_t began = loop_mono_ms();
	for (int i = 0; i < 20; i++)
		assert_true(asked_send("BLPOP none 0.08"));
	assert_true(drive_count(asked.loop, &asked.replies, 20));
	assert_true(loop_mono_ms() - began > 1500);
	assert_int_equal(asked.nulls, 0);
	assert_int_equal(asked.downs, 0);
}

/* The loop does something else for so long, and nothing is read. */
static void be_away(int64_t ms)
{
	for (int64_t end = loop_mono_ms() + ms; loop_mono_ms() < end;)
		;
}

static void our_own_absence_is_not_its_silence(void **state)
{
	(void)state;
	struct redis_options options = asked_usual();
	options.timeout_ms = 100;
	asked_open_up(options);
	assert_true(asked_send("PING"));
	be_away(400); /* it has not even been sent */
	assert_true(drive_count(asked.loop, &asked.replies, 1));
	assert_int_equal(asked.nulls, 0);
	assert_int_equal(asked.downs, 0);
}

struct busy {
	struct loop_timer *timer;
	int turns;
};

static void busy_turn(void *arg)
{
	struct busy *b = arg;
	b->turns++;
	be_away(30);
	loop_timer_set(b->timer, 0);
}

/* Of a long reply a piece is read in each turn: it takes far longer than the deadline, and is no silence. */
static void a_long_reply_that_is_read_in_busy_turns(void **state)
{
	(void)state;
	struct redis_options options = asked_usual();
	options.timeout_ms = 100;
	asked_open_up(options);
	assert_string_equal(asked_answer("SETRANGE long 500000 x"), "500001");
	struct busy busy = {.turns = 0};
	busy.timer = loop_timer_new(asked.loop, busy_turn, &busy);
	loop_timer_set(busy.timer, 0);
	assert_true(asked_send("GET long"));
	assert_true(drive_count(asked.loop, &asked.replies, 2));
	loop_timer_free(busy.timer);
	assert_int_equal(asked.nulls, 0);
	assert_int_equal(asked.downs, 0);
	assert_true(busy.turns * 30 > 2 * options.timeout_ms);
}

static void free_it(void *arg, const struct redis_value *reply)
{
	asked_on_reply(arg, reply);
	redis_free(asked.redis);
	asked.redis = NULL;
}

static void it_may_be_freed_in_the_callback_of_a_reply(void **state)
{
	(void)state;
	asked_open_up(asked_usual());
	assert_true(redis_command(asked.redis, (struct str[]){STR("PING")}, 1, free_it, NULL));
	for (int i = 0; i < 3; i++)
		assert_true(asked_send("PING"));
	assert_true(drive_count(asked.loop, &asked.replies, 4));
	assert_null(asked.redis);
	assert_int_equal(asked.nulls, 3);
	drive_pass(asked.loop, 5);
	assert_int_equal(asked.replies, 4);
}

static void it_may_be_freed_when_the_connection_is_lost(void **state)
{
	(void)state;
	asked_open_up(asked_usual());
	assert_true(redis_command(asked.redis, (struct str[]){STR("BLPOP"), STR("none"), STR("0")}, 3, free_it, NULL));
	for (int i = 0; i < 3; i++)
		assert_true(asked_send("PING"));
	drive_pass(asked.loop, 5);
	redis_process_kill(&asked.process);
	assert_true(drive_count(asked.loop, &asked.replies, 4));
	assert_null(asked.redis);
	assert_int_equal(asked.nulls, 4);
	redis_process_restart(&asked.process, NULL);
}

static int changes;

static void free_on_change(void *arg, bool up, const char *words)
{
	(void)arg, (void)up, (void)words;
	changes++;
	redis_free(asked.redis);
	asked.redis = NULL;
}

static bool is_freed(void *arg)
{
	(void)arg;
	return !asked.redis;
}

static void it_may_be_freed_when_told_of_a_change(void **state)
{
	(void)state;
	struct redis_options options = asked_usual();
	changes = 0;
	asked.redis = redis_new(asked.loop, &options, free_on_change, NULL);
	assert_true(drive(asked.loop, is_freed, NULL));
	drive_pass(asked.loop, 20);
	assert_int_equal(changes, 1);
}

static void passwords(void **state)
{
	(void)state;
	static const struct {
		struct str username, password;
		const char *why; /* NULL: it comes up */
	} cases[] = {
		{STR_INIT(""), STR_INIT("s3 cret"), NULL},
		{STR_INIT("pager"), STR_INIT("duty"), NULL},
		{STR_INIT(""), STR_INIT(""), "NOAUTH"},
		{STR_INIT(""), STR_INIT("wrong"), "WRONGPASS"},
		{STR_INIT("pager"), STR_INIT("s3 cret"), "WRONGPASS"},
	};
	redis_process_kill(&asked.process);
	redis_process_restart(&asked.process, "requirepass \"s3 cret\"\nuser pager on >duty +@all ~*");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct redis_options options = asked_usual();
		options.username = cases[i].username;
		options.password = cases[i].password;
		if (cases[i].why) {
			asked_open(options);
			assert_true(drive_count(asked.loop, &asked.downs, 1));
			assert_int_equal(strncmp(asked.why, cases[i].why, strlen(cases[i].why)), 0);
			assert_null(strstr(asked.why, "cret"));
			assert_false(redis_up(asked.redis));
		} else {
			asked_open_up(options);
			assert_string_equal(asked_answer("PING"), "+PONG");
		}
		redis_free(asked.redis);
	}
	asked.redis = NULL;
	redis_process_kill(&asked.process);
	redis_process_restart(&asked.process, NULL);
}

static void write_secret_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static bool does_why_say(void *arg)
{
	return strstr(redis_why(asked.redis), arg);
}

/* What the file holds when it connects counts, not what it held at the start. */
static void a_rotated_password(void **state)
{
	(void)state;
	char path[300];
	snprintf(path, sizeof path, "%s/password", asked.process.folder);
	write_secret_file(path, "one\n");
	redis_process_kill(&asked.process);
	redis_process_restart(&asked.process, "requirepass one");
	struct redis_options options = asked_usual();
	options.password_file = str_c(path);
	asked_open_up(options);
	redis_process_kill(&asked.process);
	redis_process_restart(&asked.process, "requirepass two");
	assert_true(drive(asked.loop, does_why_say, (void *)(uintptr_t) "WRONGPASS"));
	assert_int_equal(remove(path), 0);
	assert_true(drive(asked.loop, does_why_say, (void *)(uintptr_t) "No such file"));
	assert_int_equal(mkfifo(path, 0600), 0); /* reading it would wait for ever */
	assert_true(drive(asked.loop, does_why_say, (void *)(uintptr_t) "not a regular file"));
	assert_int_equal(remove(path), 0);
	write_secret_file(path, "\n");
	assert_true(drive(asked.loop, does_why_say, (void *)(uintptr_t) "empty"));
	write_secret_file(path, "two");
	assert_true(drive_count(asked.loop, &asked.ups, 2));
	assert_int_equal(asked.downs, 1);
	assert_string_equal(asked_answer("PING"), "+PONG");
	redis_process_kill(&asked.process);
	redis_process_restart(&asked.process, NULL);
}

/* A server that answers the handshake with a refusal: down with its words, tried again, and not in a storm. */
static void refused_at_the_handshake(void **state)
{
	(void)state;
	static const char *const refusals[] = {"-LOADING Redis is loading the dataset in memory\r\n",
	                                       "-BUSY Redis is busy running a script\r\n",
	                                       "-MASTERDOWN Link with MASTER is down\r\n",
	                                       "-MISCONF Redis is configured to save RDB snapshots\r\n",
	                                       "-NOAUTH Authentication required.\r\n",
	                                       "-ERR max number of clients\r\n"};
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		struct fake_redis fake;
		fake_redis_open(&fake, asked.loop);
		fake_redis_answer(&fake, "PING", refusals[i]);
		asked_open((struct redis_options){.address = str_c(fake.address), .timeout_ms = 10000});
		assert_true(drive_count(asked.loop, &asked.downs, 1));
		assert_int_equal(strncmp(asked.why, refusals[i] + 1, strlen(refusals[i]) - 3), 0);
		int64_t began = loop_mono_ms();
		assert_true(drive_count(asked.loop, &fake.connections, 8));
		assert_true(loop_mono_ms() - began > 300);
		fake_redis_answer(&fake, "PING", "+PONG\r\n");
		assert_true(drive_count(asked.loop, &asked.ups, 1));
		assert_int_equal(asked.downs, 1);
		redis_free(asked.redis);
		fake_redis_close(&fake);
	}
	asked.redis = NULL;
}

/* The announcement alone ends it: nobody waits for elements that would have to be kept first. */
static void an_array_that_announces_too_much_ends_the_connection(void **state)
{
	(void)state;
	struct fake_redis fake;
	fake_redis_open(&fake, asked.loop);
	asked_open((struct redis_options){.address = str_c(fake.address), .timeout_ms = 60000});
	assert_true(drive_count(asked.loop, &asked.ups, 1));
	fake_redis_answer(&fake, "LRANGE", "*2000000\r\n");
	assert_true(asked_send("LRANGE list 0 -1"));
	assert_true(drive_count(asked.loop, &asked.downs, 1));
	assert_int_equal(asked.nulls, 1);
	assert_true(drive_count(asked.loop, &asked.ups, 2));
	redis_free(asked.redis);
	asked.redis = NULL;
	fake_redis_close(&fake);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, asked_setup, asked_teardown)
	const struct CMUnitTest tests[] = {
		T(what_cannot_be_reached_is_reported_once),
		T(freed_while_resolving),
		T(lost_and_found),
		T(lost_while_idle),
		T(frozen_redis_is_given_up_at_the_deadline),
		T(our_own_absence_is_not_its_silence),
		T(a_long_reply_that_is_read_in_busy_turns),
		T(slow_but_steady_is_not_given_up),
		T(it_may_be_freed_in_the_callback_of_a_reply),
		T(it_may_be_freed_when_the_connection_is_lost),
		T(it_may_be_freed_when_told_of_a_change),
		T(passwords),
		T(a_rotated_password),
		T(refused_at_the_handshake),
		T(an_array_that_announces_too_much_ends_the_connection),
	};
	return cmocka_run_group_tests(tests, asked_start, asked_stop);
}
