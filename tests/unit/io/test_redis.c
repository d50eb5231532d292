#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "drive.h"
#include "io/redis.h"
#include "redis_process.h"

static struct redis_process process;
static struct loop *l;
static struct redis *r;

static int ups, downs, replies, nulls;
static char why[256], last[256]; /* of the last down; the last reply, printed */

static void changed(void *arg, bool up, const char *words)
{
	(void)arg;
	*(up ? &ups : &downs) += 1;
	if (!up)
		snprintf(why, sizeof why, "%s", words);
}

static void print(const struct redis_value *v, struct buf *out)
{
	switch (v->type) {
	case REDIS_NIL: buf_add_c(out, "nil"); break;
	case REDIS_STATUS: buf_printf(out, "+%.*s", STR_ARG(v->text)); break;
	case REDIS_ERROR: buf_printf(out, "-%.*s", STR_ARG(v->text)); break;
	case REDIS_INTEGER: buf_printf(out, "%lld", (long long)v->integer); break;
	case REDIS_STRING: buf_printf(out, "'%.*s'", STR_ARG(v->text)); break;
	case REDIS_ARRAY:
		buf_add_char(out, '[');
		for (size_t i = 0; i < v->count; i++) {
			buf_add_c(out, i ? " " : "");
			print(&v->items[i], out);
		}
		buf_add_char(out, ']');
		break;
	}
}

static void on_reply(void *arg, const struct redis_value *reply)
{
	(void)arg;
	replies++;
	nulls += !reply;
	struct buf AUTOBUF out;
	buf_init(&out, sizeof last - 1);
	if (reply)
		print(reply, &out);
	snprintf(last, sizeof last, "%s", reply ? buf_str(&out).n ? out.p : "" : "NULL");
}

static bool command(const char *words)
{
	struct str args[16], rest = str_c(words);
	size_t n = 0;
	while (rest.n && n < 16) {
		ptrdiff_t blank = str_index(rest, ' ');
		args[n++] = blank < 0 ? rest : str_slice(rest, 0, (size_t)blank);
		rest = blank < 0 ? (struct str){"", 0} : str_slice(rest, (size_t)blank + 1, rest.n);
	}
	return redis_command(r, args, n, on_reply, NULL);
}

/* Sends it and waits; the printed reply. */
static const char *ask(const char *words)
{
	int before = replies;
	assert_true(command(words));
	assert_int_equal(replies, before); /* never inside the call */
	assert_true(drive_count(l, &replies, before + 1));
	return last;
}

static void open_with(struct redis_options options)
{
	ups = downs = replies = nulls = 0;
	why[0] = last[0] = '\0';
	r = redis_new(l, &options, changed, NULL);
}

static void open_up(struct redis_options options)
{
	open_with(options);
	assert_false(redis_up(r));
	assert_true(drive_count(l, &ups, 1));
	assert_true(redis_up(r));
	downs = 0; /* a server that is still starting */
}

static struct redis_options usual(void)
{
	return (struct redis_options){.address = str_c(process.address), .timeout_ms = 10000};
}

static int start(void **state)
{
	(void)state;
	redis_process_start(&process, NULL);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	redis_process_stop(&process);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	l = loop_new();
	r = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	redis_free(r);
	loop_free(l);
	return 0;
}

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
	open_up(usual());
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(ask(cases[i].command), cases[i].reply);
	assert_true(redis_up(r)); /* an error is a reply like any other */
}

static void bytes_go_through_unharmed(void **state)
{
	(void)state;
	open_up(usual());
	const struct str args[] = {STR("EVAL"), STR("return #ARGV[1] .. string.byte(ARGV[1], 2)"), STR("0"),
	                           STR("a\0b\r\n$3\r\n")};
	assert_true(redis_command(r, args, 4, on_reply, NULL));
	assert_true(drive_count(l, &replies, 1));
	assert_string_equal(last, "'90'");
}

static uint64_t sum;

static void add_up(void *arg, const struct redis_value *reply)
{
	sum = sum * 31 + *(unsigned *)arg;
	assert_non_null(reply);
	on_reply(NULL, reply);
}

static void pipelined_beyond_the_window_in_order(void **state)
{
	(void)state;
	static unsigned numbers[2000];
	uint64_t expected = 0;
	struct redis_options options = usual();
	options.max_in_flight = 3;
	open_up(options);
	sum = 0;
	for (unsigned i = 0; i < 2000; i++) {
		numbers[i] = i;
		expected = expected * 31 + i;
		assert_true(redis_command(r, (struct str[]){STR("PING")}, 1, add_up, &numbers[i]));
	}
	assert_true(drive_count(l, &replies, 2000));
	assert_true(sum == expected);
	assert_int_equal(nulls, 0);
}

static void the_queue_has_a_ceiling(void **state)
{
	(void)state;
	struct redis_options options = usual();
	options.max_in_flight = 2;
	open_up(options);
	int taken = 0;
	while (taken <= 2 * REDIS_QUEUE_MAX && command("PING"))
		taken++;
	assert_int_equal(taken, REDIS_QUEUE_MAX + 2);
	assert_true(drive_count(l, &replies, taken));
	assert_int_equal(nulls, 0);
	assert_string_equal(ask("PING"), "+PONG");
}

static struct redis_script three = {.name = "three", .source = "return {KEYS[1], ARGV[1], ARGV[2]}", .sha = ""};

static void eval(const char *a, const char *b, const char *c)
{
	const struct str args[] = {str_c(a), str_c(b), str_c(c)};
	assert_true(redis_eval(r, &three, args, 3, 1, on_reply, NULL));
}

static void scripts_are_sent_once_and_again_after_a_flush(void **state)
{
	(void)state;
	open_up(usual());
	for (int round = 0; round < 2; round++) {
		assert_string_equal(ask("SCRIPT FLUSH"), "+OK");
		int before = replies;
		eval("k", "a", "b"); /* both find no script, and both are answered */
		eval("k", "", "c");
		assert_true(drive_count(l, &replies, before + 2));
		assert_string_equal(last, "['k' '' 'c']");
		eval("k", "d", "e");
		assert_true(drive_count(l, &replies, before + 3));
		assert_string_equal(last, "['k' 'd' 'e']");
	}
	assert_int_equal(strlen(three.sha), 40);
	char exists[80];
	snprintf(exists, sizeof exists, "SCRIPT EXISTS %s", three.sha);
	assert_string_equal(ask(exists), "[1]");
}

static void a_script_that_fails_says_so(void **state)
{
	(void)state;
	static struct redis_script broken = {.name = "broken", .source = "return redis.call('NOSUCH')"};
	open_up(usual());
	assert_true(redis_eval(r, &broken, NULL, 0, 0, on_reply, NULL));
	assert_true(drive_count(l, &replies, 1));
	assert_int_equal(last[0], '-');
}

static void databases_and_unix_sockets(void **state)
{
	(void)state;
	struct redis_options options = usual();
	options.address = str_c(process.socket);
	options.db = 3;
	open_up(options);
	assert_string_equal(ask("SET only-here 1"), "+OK");
	redis_free(r);
	open_up(usual());
	assert_string_equal(ask("EXISTS only-here"), "0");
	assert_string_equal(ask("SELECT 3"), "+OK");
	assert_string_equal(ask("EXISTS only-here"), "1");
}

static void a_name_is_resolved(void **state)
{
	(void)state;
	char address[64];
	snprintf(address, sizeof address, "localhost:%d", process.port);
	struct redis_options options = usual();
	options.address = str_c(address);
	open_up(options);
	assert_string_equal(ask("PING"), "+PONG");
}

static void what_cannot_be_reached_is_reported_once(void **state)
{
	(void)state;
	char refused[64], missing[320];
	snprintf(refused, sizeof refused, "127.0.0.1:%d", free_port());
	snprintf(missing, sizeof missing, "%s/none", process.folder);
	const char *const addresses[] = {refused,          "no-such-host.invalid:6379", missing, "nonsense", ":1",
	                                 "127.0.0.1:70000"};
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		open_with((struct redis_options){.address = str_c(addresses[i]), .timeout_ms = 10000});
		assert_true(drive_count(l, &downs, 1));
		drive_pass(l, 30); /* some are tried again meanwhile */
		assert_int_equal(downs, 1);
		assert_string_not_equal(why, "");
		assert_false(redis_up(r));
		assert_false(command("PING"));
		redis_free(r);
	}
	r = NULL;
	drive_pass(l, 5);
	assert_int_equal(replies, 0);
}

static void freed_while_resolving(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		open_with((struct redis_options){.address = STR("localhost:1"), .timeout_ms = 10000});
		drive_pass(l, i % 3);
		redis_free(r);
	}
	r = NULL;
	drive_pass(l, 20);
}

static void lost_and_found(void **state)
{
	(void)state;
	open_up(usual());
	assert_string_equal(ask("PING"), "+PONG");
	assert_true(command("BLPOP none 0"));
	assert_true(command("PING"));
	int before = replies;
	drive_pass(l, 5);
	redis_process_kill(&process);
	assert_true(drive_count(l, &downs, 1));
	assert_int_equal(replies, before + 2);
	assert_int_equal(nulls, 2);
	assert_string_not_equal(why, "");
	assert_false(command("PING"));
	redis_process_restart(&process, NULL);
	assert_true(drive_count(l, &ups, 2));
	assert_int_equal(downs, 1);
	assert_string_equal(ask("PING"), "+PONG");
	eval("k", "after", "restart"); /* the script is gone with the old process */
	assert_true(drive_count(l, &replies, before + 4));
	assert_string_equal(last, "['k' 'after' 'restart']");
}

static void lost_while_idle(void **state)
{
	(void)state;
	open_up(usual());
	redis_process_kill(&process);
	assert_true(drive_count(l, &downs, 1));
	redis_process_restart(&process, NULL);
	assert_true(drive_count(l, &ups, 2));
	assert_int_equal(replies, 0);
}

/* A frozen Redis is silent for ever: the kernel goes on acknowledging. */
static void frozen_redis_is_given_up_at_the_deadline(void **state)
{
	(void)state;
	struct redis_options options = usual();
	options.timeout_ms = 200;
	options.max_in_flight = 2;
	open_up(options);
	assert_string_equal(ask("PING"), "+PONG");
	redis_process_freeze(&process);
	int64_t began = loop_mono_ms();
	for (int i = 0; i < 5; i++)
		assert_true(command("INCR counter")); /* two in flight, three waiting */
	assert_true(drive_count(l, &nulls, 5));
	assert_in_range(loop_mono_ms() - began, 200, 3000);
	assert_int_equal(downs, 1);
	assert_string_equal(why, "no reply in time");
	drive_pass(l, 300); /* it connects, thanks to the kernel, and gets no PONG */
	assert_int_equal(ups, 1);
	assert_false(redis_up(r));
	redis_process_thaw(&process);
	assert_true(drive_count(l, &ups, 2));
	assert_string_equal(ask("PING"), "+PONG");
	assert_int_equal(nulls, 5);
	assert_int_equal(replies, 7);
}

/* The deadline is on progress: many slow commands may take longer all together. */
static void slow_but_steady_is_not_given_up(void **state)
{
	(void)state;
	struct redis_options options = usual();
	options.timeout_ms = 250;
	open_up(options);
	int64_t began = loop_mono_ms();
	for (int i = 0; i < 8; i++)
		assert_true(command("BLPOP none 0.08"));
	assert_true(drive_count(l, &replies, 8));
	assert_true(loop_mono_ms() - began >= 500);
	assert_int_equal(nulls, 0);
	assert_int_equal(downs, 0);
}

static void freeing_tells_every_pending_command_once(void **state)
{
	(void)state;
	struct redis_options options = usual();
	options.max_in_flight = 2;
	open_up(options);
	for (int i = 0; i < 6; i++)
		assert_true(command("BLPOP none 0"));
	drive_pass(l, 5);
	redis_free(r);
	r = NULL;
	assert_int_equal(replies, 6);
	assert_int_equal(nulls, 6);
	assert_int_equal(downs, 0);
	drive_pass(l, 5);
	assert_int_equal(replies, 6);
}

static void free_it(void *arg, const struct redis_value *reply)
{
	on_reply(arg, reply);
	redis_free(r);
	r = NULL;
}

static void it_may_be_freed_in_the_callback_of_a_reply(void **state)
{
	(void)state;
	open_up(usual());
	assert_true(redis_command(r, (struct str[]){STR("PING")}, 1, free_it, NULL));
	for (int i = 0; i < 3; i++)
		assert_true(command("PING"));
	assert_true(drive_count(l, &replies, 4));
	assert_null(r);
	assert_int_equal(nulls, 3);
	drive_pass(l, 5);
	assert_int_equal(replies, 4);
}

static void it_may_be_freed_when_the_connection_is_lost(void **state)
{
	(void)state;
	open_up(usual());
	assert_true(redis_command(r, (struct str[]){STR("BLPOP"), STR("none"), STR("0")}, 3, free_it, NULL));
	for (int i = 0; i < 3; i++)
		assert_true(command("PING"));
	drive_pass(l, 5);
	redis_process_kill(&process);
	assert_true(drive_count(l, &replies, 4));
	assert_null(r);
	assert_int_equal(nulls, 4);
	redis_process_restart(&process, NULL);
}

static void free_on_change(void *arg, bool up, const char *words)
{
	changed(arg, up, words);
	redis_free(r);
	r = NULL;
}

static bool is_freed(void *arg)
{
	(void)arg;
	return !r;
}

static void it_may_be_freed_when_told_of_a_change(void **state)
{
	(void)state;
	struct redis_options options = usual();
	ups = downs = 0;
	r = redis_new(l, &options, free_on_change, NULL);
	assert_true(drive(l, is_freed, NULL)); /* up, or down while the server is still starting */
	drive_pass(l, 20);
	assert_int_equal(ups + downs, 1);
}

static void a_command_in_the_callback_of_a_command(void *arg, const struct redis_value *reply)
{
	int *left = arg;
	on_reply(NULL, reply);
	if ((*left)-- > 0)
		assert_true(redis_command(r, (struct str[]){STR("PING")}, 1, a_command_in_the_callback_of_a_command, arg));
}

static void commands_may_be_sent_from_callbacks(void **state)
{
	(void)state;
	int left = 50;
	struct redis_options options = usual();
	options.max_in_flight = 1;
	open_up(options);
	assert_true(redis_command(r, (struct str[]){STR("PING")}, 1, a_command_in_the_callback_of_a_command, &left));
	assert_true(command("PING"));
	assert_true(drive_count(l, &replies, 52));
	assert_int_equal(nulls, 0);
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
	redis_process_kill(&process);
	redis_process_restart(&process, "requirepass \"s3 cret\"\nuser pager on >duty +@all ~*");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct redis_options options = usual();
		options.username = cases[i].username;
		options.password = cases[i].password;
		if (cases[i].why) {
			open_with(options);
			assert_true(drive_count(l, &downs, 1));
			assert_int_equal(strncmp(why, cases[i].why, strlen(cases[i].why)), 0);
			assert_null(strstr(why, "cret"));
			assert_false(redis_up(r));
		} else {
			open_up(options);
			assert_string_equal(ask("PING"), "+PONG");
		}
		redis_free(r);
	}
	r = NULL;
	redis_process_kill(&process);
	redis_process_restart(&process, NULL);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(every_type_of_reply),
		T(bytes_go_through_unharmed),
		T(pipelined_beyond_the_window_in_order),
		T(the_queue_has_a_ceiling),
		T(scripts_are_sent_once_and_again_after_a_flush),
		T(a_script_that_fails_says_so),
		T(databases_and_unix_sockets),
		T(a_name_is_resolved),
		T(what_cannot_be_reached_is_reported_once),
		T(freed_while_resolving),
		T(lost_and_found),
		T(lost_while_idle),
		T(frozen_redis_is_given_up_at_the_deadline),
		T(slow_but_steady_is_not_given_up),
		T(freeing_tells_every_pending_command_once),
		T(it_may_be_freed_in_the_callback_of_a_reply),
		T(it_may_be_freed_when_the_connection_is_lost),
		T(it_may_be_freed_when_told_of_a_change),
		T(commands_may_be_sent_from_callbacks),
		T(passwords),
	};
	return cmocka_run_group_tests(tests, start, stop);
}
