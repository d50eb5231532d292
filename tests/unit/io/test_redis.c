#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "asked.h"
#include "drive.h"

static void every_type_of_reply(void **state)
{
	(void)state;
	static const struct {
		const char *command, *reply;
	} cases[] = {
		{"SET key value", "+OK"},
		{"GET key", "'value'"},
		{"GET none", "nil"},
		{"STRLEN key", "5"},
		{"MGET key none", "['value' nil]"},
		{"LRANGE none 0 -1", "[]"},
		{"EVAL return{1,{'a',{2}},false} 0", "[1 ['a' [2]] nil]"},
		{"EVAL return{err='MISCONF'} 0", "-MISCONF"},
		{"NOSUCH", "-ERR unknown command 'NOSUCH', with args beginning with: "},
	};
	asked_open_up(asked_usual());
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(asked_answer(cases[i].command), cases[i].reply);
	assert_true(redis_up(asked.redis)); /* an error is a reply like any other */
}

static void bytes_go_through_unharmed(void **state)
{
	(void)state;
	asked_open_up(asked_usual());
	const struct str args[] = {STR("EVAL"), STR("return #ARGV[1] .. string.byte(ARGV[1], 2)"), STR("0"),
	                           STR("a\0b\r\n$3\r\n")};
	assert_true(redis_command(asked.redis, args, 4, asked_on_reply, NULL));
	assert_true(drive_count(asked.loop, &asked.replies, 1));
	assert_string_equal(asked.last, "'90'");
}

static uint64_t sum;

static void add_to_order(void *arg, const struct redis_value *reply)
{
	sum = sum * 31 + *(unsigned *)arg;
	assert_non_null(reply);
	asked_on_reply(NULL, reply);
}

static void pipelined_beyond_the_window_in_order(void **state)
{
	(void)state;
	static unsigned numbers[2000];
	uint64_t expected = 0;
	struct redis_options options = asked_usual();
	options.max_in_flight = 3;
	asked_open_up(options);
	sum = 0;
	for (unsigned i = 0; i < 2000; i++) {
		numbers[i] = i;
		expected = expected * 31 + i;
		assert_true(redis_command(asked.redis, (struct str[]){STR("PING")}, 1, add_to_order, &numbers[i]));
	}
	assert_true(drive_count(asked.loop, &asked.replies, 2000));
	assert_true(sum == expected);
	assert_int_equal(asked.nulls, 0);
}

static void the_queue_has_a_ceiling(void **state)
{
	(void)state;
	struct redis_options options = asked_usual();
	options.max_in_flight = 2;
	asked_open_up(options);
	int taken = 0;
	while (taken <= 2 * REDIS_QUEUE_MAX && asked_send("PING"))
		taken++;
	assert_int_equal(taken, REDIS_QUEUE_MAX + 2);
	assert_true(drive_count(asked.loop, &asked.replies, taken));
	assert_int_equal(asked.nulls, 0);
	assert_string_equal(asked_answer("PING"), "+PONG");
}

static void scripts_are_sent_once_and_again_after_a_flush(void **state)
{
	(void)state;
	asked_open_up(asked_usual());
	for (int round = 0; round < 2; round++) {
		assert_string_equal(asked_answer("SCRIPT FLUSH"), "+OK");
		int before = asked.replies;
		asked_eval("k", "a", "b"); /* both find no script, and both are answered */
		asked_eval("k", "", "c");
		assert_true(drive_count(asked.loop, &asked.replies, before + 2));
		assert_string_equal(asked.last, "['k' '' 'c']");
		asked_eval("k", "d", "e");
		assert_true(drive_count(asked.loop, &asked.replies, before + 3));
		assert_string_equal(asked.last, "['k' 'd' 'e']");
	}
	assert_int_equal(strlen(asked_script.sha), 40);
	char exists[80];
	snprintf(exists, sizeof exists, "SCRIPT EXISTS %s", asked_script.sha);
	assert_string_equal(asked_answer(exists), "[1]");
}

static void a_script_that_fails_says_so(void **state)
{
	(void)state;
	static struct redis_script broken = {.name = "broken", .source = "return redis.call('NOSUCH')"};
	asked_open_up(asked_usual());
	assert_true(redis_eval(asked.redis, &broken, NULL, 0, 0, asked_on_reply, NULL));
	assert_true(drive_count(asked.loop, &asked.replies, 1));
	assert_int_equal(asked.last[0], '-');
}

static void databases_and_unix_sockets(void **state)
{
	(void)state;
	struct redis_options options = asked_usual();
	options.address = str_c(asked.process.socket);
	options.db = 3;
	asked_open_up(options);
	assert_string_equal(asked_answer("SET only-here 1"), "+OK");
	redis_free(asked.redis);
	asked_open_up(asked_usual());
	assert_string_equal(asked_answer("EXISTS only-here"), "0");
	assert_string_equal(asked_answer("SELECT 3"), "+OK");
	assert_string_equal(asked_answer("EXISTS only-here"), "1");
}

static void a_name_is_resolved(void **state)
{
	(void)state;
	char address[64];
	snprintf(address, sizeof address, "localhost:%d", asked.process.port);
	struct redis_options options = asked_usual();
	options.address = str_c(address);
	asked_open_up(options);
	assert_string_equal(asked_answer("PING"), "+PONG");
}

static void freeing_tells_every_pending_command_once(void **state)
{
	(void)state;
	struct redis_options options = asked_usual();
	options.max_in_flight = 2;
	asked_open_up(options);
	for (int i = 0; i < 6; i++)
		assert_true(asked_send("BLPOP none 0"));
	drive_pass(asked.loop, 5);
	redis_free(asked.redis);
	asked.redis = NULL;
	assert_int_equal(asked.replies, 6);
	assert_int_equal(asked.nulls, 6);
	assert_int_equal(asked.downs, 0);
	drive_pass(asked.loop, 5);
	assert_int_equal(asked.replies, 6);
}

static void a_command_in_the_callback_of_a_command(void *arg, const struct redis_value *reply)
{
	int *left = arg;
	asked_on_reply(NULL, reply);
	if ((*left)-- > 0)
		assert_true(
			redis_command(asked.redis, (struct str[]){STR("PING")}, 1, a_command_in_the_callback_of_a_command, arg));
}

static void commands_may_be_sent_from_callbacks(void **state)
{
	(void)state;
	int left = 50;
	struct redis_options options = asked_usual();
	options.max_in_flight = 1;
	asked_open_up(options);
	assert_true(
		redis_command(asked.redis, (struct str[]){STR("PING")}, 1, a_command_in_the_callback_of_a_command, &left));
	assert_true(asked_send("PING"));
	assert_true(drive_count(asked.loop, &asked.replies, 52));
	assert_int_equal(asked.nulls, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, asked_setup, asked_teardown)
	const struct CMUnitTest tests[] = {
		T(every_type_of_reply),
		T(bytes_go_through_unharmed),
		T(pipelined_beyond_the_window_in_order),
		T(the_queue_has_a_ceiling),
		T(scripts_are_sent_once_and_again_after_a_flush),
		T(a_script_that_fails_says_so),
		T(databases_and_unix_sockets),
		T(a_name_is_resolved),
		T(freeing_tells_every_pending_command_once),
		T(commands_may_be_sent_from_callbacks),
	};
	return cmocka_run_group_tests(tests, asked_start, asked_stop);
}
