#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <cmocka.h>

#include "drive.h"
#include "served.h"
#include "wire.h"

/* One byte a millisecond for ever: no idle timeout would ever cut it. */
static void drip(struct wire *w, const char *beginning, const char *drop)
{
	wire_open(w, served.address);
	wire_say(w, str_c(beginning));
	int64_t end = loop_mono_ms() + DRIVE_MS;
	while (!w->eof && loop_mono_ms() < end) {
		wire_say(w, str_c(drop));
		drive_pass(served.loop, 1);
	}
	assert_true(w->eof);
	assert_int_equal(w->in.n, 0); /* cut without a word: a 408 would be final to Alertmanager */
	wire_close(w);
}

static void a_slow_request_is_cut_at_an_absolute_deadline(void **state)
{
	(void)state;
	static const struct {
		const char *beginning, *drop;
		bool body;
	} cases[] = {
		{"", "G", false},
		{"", "\r\n", false},
		{"GET / HTTP/1.1\r\n" HOST "X: ", "x", false},
		{"POST / HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n", "x", true},
		{"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", true},
	};
	struct http_server_limits limits = served_small;
	limits.max_body = limits.max_head = 1 << 20;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		limits.head_timeout_ms = cases[i].body ? 10000 : 60;
		limits.body_timeout_ms = cases[i].body ? 60 : 10000;
		http_server_set_limits(served.server, &limits);
		struct wire w;
		int64_t start = loop_mono_ms();
		drip(&w, cases[i].beginning, cases[i].drop);
		assert_in_range(loop_mono_ms() - start, 60, 9000); /* the other deadline is 10 s */
	}
	assert_int_equal(served.handled, 0);
	assert_true(served_none_connected(NULL));
}

static void silent_and_idle_connections_are_closed(void **state)
{
	(void)state;
	struct http_server_limits limits = served_small;
	limits.head_timeout_ms = 500; /* time enough for the request of the one that is kept */
	limits.idle_timeout_ms = 2000;
	http_server_set_limits(served.server, &limits);
	struct wire silent, kept;
	wire_open(&silent, served.address);
	wire_open(&kept, served.address);
	wire_say(&kept, STR(GET("/x")));
	assert_true(wire_await(&kept, served.loop, "/x"));
	assert_true(wire_await_end(&silent, served.loop));
	wire_pump(&kept);
	assert_false(kept.eof);
	assert_true(wire_await_end(&kept, served.loop));
	wire_close(&silent);
	wire_close(&kept);
}

/* It asks for 8 MiB, and takes none of them. */
static void a_reply_that_is_not_read_has_a_deadline_too(void **state)
{
	(void)state;
	struct http_server_limits limits = served_small;
	limits.body_timeout_ms = 60;
	http_server_set_limits(served.server, &limits);
	struct wire w;
	wire_open(&w, served.address);
	w.out = STR(GET("/large") GET("/never"));
	wire_pump(&w);
	drive_count(served.loop, &served.handled, 1);
	assert_true(drive(served.loop, served_none_connected, NULL));
	assert_int_equal(served.handled, 1);
	wire_close(&w);
}

static void connections_beyond_the_cap_wait_their_turn(void **state)
{
	(void)state;
	struct wire w[5];
	for (int i = 0; i < 5; i++) {
		wire_open(&w[i], served.address);
		wire_say(&w[i], STR(GET("/hold")));
	}
	drive_count(served.loop, &served.held_count, 3);
	drive_pass(served.loop, 20);
	assert_int_equal(served.held_count, 3);
	assert_int_equal(http_server_connections(served.server), 3);
	for (int i = 0; i < 5; i++) {
		assert_true(drive_count(served.loop, &served.held_count, i + 1));
		http_reply(served.held[i], 204, NULL, STR(""), NULL, 0);
		assert_true(wire_await(&w[i], served.loop, "HTTP/1.1 204 No Content\r\n"));
		assert_false(wire_has(&w[i], "Content-Length"));
		wire_close(&w[i]);
	}
	assert_true(drive(served.loop, served_none_connected, NULL));
}

static void open_and_ask(struct wire *w, const char *request)
{
	wire_open(w, served.address);
	wire_say(w, str_c(request));
	assert_true(wire_await(w, served.loop, "\r\n\r\n/"));
}

#define UNKNOWN(path) "GET " path " HTTP/1.1\r\n" HOST "Known: perhaps\r\n\r\n"

/* The one that has been idle longest, but rather one that has shown no credentials. */
static void at_the_cap_the_longest_idle_gives_way(void **state)
{
	(void)state;
	struct wire w[5];
	struct http_server_limits limits = served_small;
	limits.max_connections_per_address = 3;
	http_server_set_limits(served.server, &limits);
	open_and_ask(&w[0], GET("/known"));
	open_and_ask(&w[1], UNKNOWN("/a"));
	open_and_ask(&w[2], UNKNOWN("/b"));
	open_and_ask(&w[3], UNKNOWN("/c"));
	assert_true(wire_await_end(&w[1], served.loop));
	open_and_ask(&w[4], UNKNOWN("/d"));
	assert_true(wire_await_end(&w[2], served.loop));
	assert_int_equal(http_server_gave_way(served.server), 2);
	wire_say(&w[0], STR(GET("/still-here")));
	assert_true(wire_await(&w[0], served.loop, "/still-here"));
	for (int i = 0; i < 5; i++)
		wire_close(&w[i]);
}

static void one_address_does_not_take_all_connections(void **state)
{
	(void)state;
	struct wire w[3];
	struct http_server_limits limits = served_small;
	limits.max_connections_per_address = 2;
	http_server_set_limits(served.server, &limits);
	for (int i = 0; i < 3; i++)
		open_and_ask(&w[i], GET("/x"));
	assert_true(wire_await_end(&w[0], served.loop));
	assert_int_equal(http_server_connections(served.server), 2);
	for (int i = 0; i < 3; i++)
		wire_close(&w[i]);
}

/* Nobody waits for a body whose sender has already shown wrong credentials. */
static void wrong_credentials_are_refused_before_the_body(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, served.address);
	wire_say(&w, STR("POST /x HTTP/1.1\r\n" HOST "Known: no\r\nContent-Length: 900\r\n\r\n"));
	assert_true(wire_await(&w, served.loop, "HTTP/1.1 401 Unauthorized\r\n"));
	assert_true(wire_await(&w, served.loop, "WWW-Authenticate: "));
	assert_int_equal(served.last_refusal, 401);
	assert_int_equal(served.handled, 0);
	wire_close(&w);
}

#define POST(known, n) "POST /x HTTP/1.1\r\n" HOST "Known: " known "\r\nContent-Length: " n "\r\n\r\n"

/* Two without credentials hold all that they may: who holds more is refused, and who has credentials is not. */
static void bodies_without_credentials_give_way(void **state)
{
	(void)state;
	char half[600] = "", some[200] = "";
	struct wire large, small, known;
	struct http_server_limits limits = served_small;
	limits.max_unknown_bodies = 650;
	http_server_set_limits(served.server, &limits);
	memset(half, 'x', sizeof half);
	memset(some, 'x', sizeof some);
	wire_open(&large, served.address);
	wire_say(&large, STR(POST("perhaps", "900")));
	drive_pass(served.loop, 1);
	wire_pump(&large);
	wire_say(&large, (struct str){half, sizeof half});
	drive_for(served.loop, NULL, NULL, 5);
	wire_pump(&large);
	wire_open(&known, served.address);
	wire_say(&known, STR(POST("yes", "900")));
	drive_pass(served.loop, 5);
	wire_pump(&known);
	wire_open(&small, served.address);
	wire_say(&small, STR(POST("perhaps", "300")));
	drive_pass(served.loop, 5);
	wire_pump(&small);
	wire_say(&small, (struct str){some, sizeof some});
	assert_true(wire_await(&large, served.loop, "HTTP/1.1 503 "));
	assert_int_equal(served.refusals, 1);
	for (int i = 0; i < 2; i++) {
		struct wire *w = i ? &known : &small;
		size_t left = i ? 900 : 100;
		char rest[900];
		memset(rest, 'y', sizeof rest);
		wire_pump(w);
		wire_say(w, (struct str){rest, left});
		assert_true(wire_await(w, served.loop, "HTTP/1.1 200 OK\r\n"));
	}
	wire_close(&large);
	wire_close(&small);
	wire_close(&known);
}

static void a_raised_cap_holds_at_once(void **state)
{
	(void)state;
	struct wire w[4];
	for (int i = 0; i < 4; i++) {
		wire_open(&w[i], served.address);
		wire_say(&w[i], STR(GET("/hold")));
	}
	drive_count(served.loop, &served.held_count, 3);
	struct http_server_limits limits = served_small;
	limits.max_connections = 4;
	http_server_set_limits(served.server, &limits);
	assert_true(drive_count(served.loop, &served.held_count, 4));
	for (int i = 0; i < 4; i++) {
		http_reply(served.held[i], 200, NULL, STR(""), NULL, 0);
		wire_close(&w[i]);
	}
}

static void a_reply_after_the_peer_has_left_is_dropped(void **state)
{
	(void)state;
	struct wire w[2];
	for (int i = 0; i < 2; i++) {
		wire_open(&w[i], served.address);
		wire_say(&w[i], STR("POST /hold HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nbody"));
	}
	drive_count(served.loop, &served.held_count, 2);
	wire_abort(&w[0]);
	wire_close(&w[1]);
	drive_pass(served.loop, 5);
	for (int i = 0; i < 2; i++) {
		assert_true(str_eq_c(http_body(served.held[i]), "body"));
		http_reply(served.held[i], 200, "text/plain", STR("too late"), NULL, 0);
	}
	assert_true(drive(served.loop, served_none_connected, NULL));
	assert_int_equal(http_server_pending(served.server), 0);
}

static void a_client_that_has_said_all_still_gets_its_reply(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, served.address);
	wire_say(&w, STR(GET("/hold")));
	shutdown(w.fd, SHUT_WR);
	drive_count(served.loop, &served.held_count, 1);
	http_reply(served.held[0], 200, "text/plain", STR("here"), NULL, 0);
	assert_true(wire_await_end(&w, served.loop));
	assert_true(wire_has(&w, "here"));
	wire_close(&w);
}

static void an_exchange_outlives_the_server(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, served.address);
	wire_say(&w, STR(GET("/hold")));
	drive_count(served.loop, &served.held_count, 1);
	http_server_free(served.server);
	served.server = NULL;
	assert_true(str_eq_c(http_path(served.held[0]), "/hold"));
	http_reply(served.held[0], 200, NULL, STR(""), NULL, 0);
	assert_true(wire_await_end(&w, served.loop));
	wire_close(&w);
}

static void after_stopping_replies_close_and_nobody_comes_in(void **state)
{
	(void)state;
	struct wire idle, busy;
	wire_open(&idle, served.address);
	wire_say(&idle, STR(GET("/x")));
	assert_true(wire_await(&idle, served.loop, "/x"));
	drive_pass(served.loop, 2);
	wire_open(&busy, served.address);
	wire_say(&busy, STR(GET("/hold")));
	drive_count(served.loop, &served.held_count, 1);
	http_server_stop_accepting(served.server);
	assert_true(wire_await_end(&idle, served.loop));
	http_reply(served.held[0], 200, "text/plain", STR("last"), NULL, 0);
	assert_true(wire_await_end(&busy, served.loop));
	assert_true(wire_has(&busy, "last"));
	assert_true(wire_has(&busy, "Connection: close\r\n"));
	wire_close(&idle);
	wire_close(&busy);
}

static void listening_can_fail_and_says_why(void **state)
{
	(void)state;
	static const char *const bad[] = {"nonsense", "127.0.0.1:99999", "no.such.host.invalid:1", "192.0.2.1:0"};
	char bound[HTTP_BOUND_MAX];
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err why AUTOERR = ERR_INIT;
		assert_false(http_server_listen(served.server, bad[i], bound, &why));
		assert_non_null(strstr(err_first(&why), bad[i]));
	}
	struct err taken AUTOERR = ERR_INIT;
	assert_false(http_server_listen(served.server, served.address, bound, &taken));
	assert_true(http_server_listen(served.server, "[::1]:0", bound, &served.err));
	assert_int_equal(strncmp(bound, "[::1]:", 6), 0);
}

/* Without a descriptor left, the connection waits in the backlog, and the loop does not spin. */
static void out_of_descriptors_is_a_pause(void **state)
{
	(void)state;
	struct rlimit old, none;
	struct wire w;
	wire_open(&w, served.address);
	wire_say(&w, STR(GET("/x")));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	drive_pass(served.loop, 50);
	assert_int_equal(served.handled, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_true(wire_await(&w, served.loop, "/x"));
	wire_close(&w);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, served_setup, served_teardown)
	const struct CMUnitTest tests[] = {
		T(a_slow_request_is_cut_at_an_absolute_deadline),
		T(silent_and_idle_connections_are_closed),
		T(a_reply_that_is_not_read_has_a_deadline_too),
		T(connections_beyond_the_cap_wait_their_turn),
		T(at_the_cap_the_longest_idle_gives_way),
		T(one_address_does_not_take_all_connections),
		T(wrong_credentials_are_refused_before_the_body),
		T(bodies_without_credentials_give_way),
		T(a_raised_cap_holds_at_once),
		T(a_reply_after_the_peer_has_left_is_dropped),
		T(a_client_that_has_said_all_still_gets_its_reply),
		T(an_exchange_outlives_the_server),
		T(after_stopping_replies_close_and_nobody_comes_in),
		T(listening_can_fail_and_says_why),
		T(out_of_descriptors_is_a_pause),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
