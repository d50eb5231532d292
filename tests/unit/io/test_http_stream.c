/* Replies without an end: what is written comes, who leaves is noticed, who does not read is let go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "drive.h"
#include "served.h"
#include "wire.h"

static int gone;

static void count_gone(void *arg)
{
	(void)arg;
	gone++;
}

static bool is_gone(void *arg)
{
	(void)arg;
	return gone > 0;
}

static struct http_stream *begin_stream(struct wire *w)
{
	gone = 0;
	wire_open(w, served.address);
	wire_say(w, STR(GET("/hold")));
	drive_count(served.loop, &served.held_count, 1);
	struct http_stream *s = http_stream_begin(served.held[0], "text/event-stream", NULL, 0, count_gone, NULL);
	assert_non_null(s);
	assert_int_equal(http_server_pending(served.server), 0);
	assert_int_equal(http_server_streams(served.server), 1);
	return s;
}

static void what_is_written_comes_at_once(void **state)
{
	(void)state;
	struct wire w;
	struct http_stream *s = begin_stream(&w);
	assert_true(wire_await(&w, served.loop, "\r\n\r\n"));
	assert_true(wire_has(&w, "Content-Type: text/event-stream\r\n"));
	assert_false(wire_has(&w, "Content-Length"));
	assert_true(http_stream_write(s, STR("data: 1\n\n")));
	assert_true(wire_await(&w, served.loop, "data: 1\n\n"));
	assert_true(http_stream_write(s, STR("data: 2\n\n")));
	assert_true(wire_await(&w, served.loop, "data: 2\n\n"));
	http_stream_end(s);
	assert_true(wire_await_end(&w, served.loop));
	assert_int_equal(gone, 0);
	assert_int_equal(http_server_streams(served.server), 0);
	wire_close(&w);
}

static void who_leaves_is_noticed(void **state)
{
	(void)state;
	struct wire w;
	begin_stream(&w);
	assert_true(wire_await(&w, served.loop, "\r\n\r\n"));
	wire_close(&w);
	assert_true(drive(served.loop, is_gone, NULL));
	assert_int_equal(http_server_streams(served.server), 0);
}

static void who_does_not_read_is_let_go(void **state)
{
	(void)state;
	struct wire w;
	struct http_stream *s = begin_stream(&w);
	AUTOFREE char *much = mem_zero(64 * 1024);
	memset(much, 'x', 64 * 1024);
	int written = 0;
	while (written < 100 && http_stream_write(s, (struct str){much, 64 * 1024}))
		written++;
	assert_in_range(written, 1, (int)(HTTP_STREAM_UNSENT_MAX / (64 * 1024)));
	http_stream_end(s);
	wire_close(&w);
}

static void ask_idly(struct wire *w, const char *request)
{
	wire_open(w, served.address);
	wire_say(w, str_c(request));
	assert_true(wire_await(w, served.loop, "\r\n\r\n/"));
}

/* Three connections are allowed: whoever is idle goes first, then the stream, and nobody is kept out. */
static void it_gives_way_after_who_is_idle(void **state)
{
	(void)state;
	struct wire w[5];
	begin_stream(&w[0]);
	ask_idly(&w[1], GET("/a"));
	ask_idly(&w[2], GET("/b"));
	ask_idly(&w[3], GET("/c"));
	assert_true(wire_await_end(&w[1], served.loop));
	assert_int_equal(gone, 0);
	for (int i = 1; i < 4; i++)
		wire_close(&w[i]);
	served.held_count = 0;
	for (int i = 1; i < 3; i++) {
		wire_open(&w[i], served.address);
		wire_say(&w[i], STR(GET("/hold")));
		assert_true(drive_count(served.loop, &served.held_count, i));
	}
	ask_idly(&w[4], GET("/d"));
	assert_int_equal(gone, 1);
	assert_int_equal(http_server_streams(served.server), 0);
	for (int i = 0; i < 2; i++)
		http_reply(served.held[i], 204, NULL, STR(""), NULL, 0);
	wire_close(&w[0]);
	wire_close(&w[1]);
	wire_close(&w[2]);
	wire_close(&w[4]);
}

static void the_end_of_the_server_ends_it(void **state)
{
	(void)state;
	struct wire w;
	begin_stream(&w);
	http_server_stop_accepting(served.server);
	assert_int_equal(gone, 1);
	assert_true(wire_await_end(&w, served.loop));
	wire_close(&w);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, served_setup, served_teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_comes_at_once),  TEST(who_leaves_is_noticed),         TEST(who_does_not_read_is_let_go),
		TEST(it_gives_way_after_who_is_idle), TEST(the_end_of_the_server_ends_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
