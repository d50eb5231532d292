#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/mem.h"
#include "drive.h"
#include "io/http_server.h"
#include "wire.h"

#define HOST "Host: h\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" HOST "\r\n"

static struct loop *l;
static struct http_server *server;
static struct err err;
static char address[64];
static int handled, refusals, last_refusal;
static struct http_exchange *held[8];
static int held_count;
static struct buf seen; /* "METHOD path\n" of what reached the handler */

static const struct http_server_limits small = {.max_body = 1000,
                                                .max_head = 2000,
                                                .max_connections = 3,
                                                .head_timeout_ms = 10000,
                                                .body_timeout_ms = 10000,
                                                .idle_timeout_ms = 10000};

/* /hold waits for the test; /echo answers with the body; /large with a large one; else with the path. */
static void handle(void *arg, struct http_exchange *x)
{
	(void)arg;
	struct str path = http_path(x);
	handled++;
	buf_printf(&seen, "%d %.*s\n", (int)http_method(x), STR_ARG(path));
	if (str_eq_c(path, "/hold")) {
		held[held_count++] = x;
	} else if (str_eq_c(path, "/echo")) {
		http_reply(x, 200, "application/json", http_body(x), NULL, 0);
	} else if (str_eq_c(path, "/large")) {
		AUTOFREE char *large = mem_zero(8 << 20);
		memset(large, 'x', 8 << 20);
		http_reply(x, 200, "text/plain", (struct str){large, 8 << 20}, NULL, 0);
	} else {
		http_reply(x, 200, "text/plain", path, NULL, 0);
	}
}

static void refused(void *arg, int code)
{
	(void)arg;
	refusals++;
	last_refusal = code;
}

static int setup(void **state)
{
	(void)state;
	l = loop_new();
	const struct http_server_hooks hooks = {.handle = handle, .refused = refused};
	server = http_server_new(l, &small, &hooks);
	handled = refusals = last_refusal = held_count = 0;
	buf_init(&seen, 1 << 20);
	return http_server_listen(server, "127.0.0.1:0", address, &err) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	buf_release(&seen);
	http_server_free(server);
	loop_free(l);
	err_release(&err);
	return 0;
}

static bool seen_is(const char *text)
{
	return str_eq_c(buf_str(&seen), text);
}

static bool none_connected(void *arg)
{
	(void)arg;
	return http_server_connections(server) == 0;
}

/* Says it, and waits until the server has closed. */
static void exchange(struct wire *w, struct str bytes)
{
	wire_open(w, address);
	wire_say(w, bytes);
	assert_true(wire_await_end(w, l));
}

static void a_request_and_its_reply(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, address);
	wire_say(&w, STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello"));
	assert_true(wire_await(&w, l, "\r\n\r\nhello"));
	assert_true(wire_has(&w, "HTTP/1.1 200 OK\r\n"));
	assert_true(wire_has(&w, "Content-Type: application/json\r\n"));
	assert_true(wire_has(&w, "Content-Length: 5\r\n"));
	assert_true(wire_has(&w, " GMT\r\n"));
	assert_false(wire_has(&w, "Connection:"));
	wire_say(&w, STR(GET("/again")));
	assert_true(wire_await(&w, l, "/again"));
	assert_int_equal(http_server_connections(server), 1);
	wire_close(&w);
	assert_true(drive(l, none_connected, NULL));
}

static void methods_and_bodies_without_a_body(void **state)
{
	(void)state;
	struct wire w;
	exchange(&w, STR("HEAD /path HTTP/1.1\r\n" HOST "\r\n"
	                 "BREW /pot HTTP/1.1\r\n" HOST "\r\n"
	                 "DELETE /x HTTP/1.1\r\n" HOST "\r\n"
	                 "OPTIONS * HTTP/1.0\r\n\r\n"));
	char expected[64];
	snprintf(expected, sizeof expected, "%d /path\n%d /pot\n%d /x\n%d *\n", HTTP_HEAD, HTTP_OTHER, HTTP_DELETE,
	         HTTP_OPTIONS);
	assert_true(seen_is(expected));
	assert_true(wire_has(&w, "Content-Length: 5\r\n"));
	assert_false(wire_has(&w, "\r\n\r\n/path")); /* a reply to HEAD has no body */
	assert_true(wire_has(&w, "Connection: close\r\n"));
	wire_close(&w);
}

static void a_chunked_body_byte_by_byte(void **state)
{
	(void)state;
	static const char text[] = "\r\nPOST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
							   "3\r\nabc\r\n5;x\r\ndefgh\r\n0\r\nT: t\r\n\r\n" GET("/next");
	struct wire w;
	wire_open(&w, address);
	for (size_t i = 0; i + 1 < sizeof text; i++) {
		wire_say(&w, (struct str){text + i, 1});
		drive_for(l, NULL, NULL, 0);
	}
	assert_true(wire_await(&w, l, "/next"));
	assert_true(wire_has(&w, "\r\n\r\nabcdefgh"));
	wire_close(&w);
}

static void pipelined_replies_keep_their_order(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, address);
	wire_say(&w, STR(GET("/hold") GET("/second")));
	drive_count(l, &held_count, 1);
	drive_pass(l, 5);
	assert_int_equal(handled, 1); /* the second waits for the first's reply */
	assert_int_equal(http_server_pending(server), 1);
	http_reply(held[0], 200, "text/plain", STR("first"), NULL, 0);
	assert_int_equal(http_server_pending(server), 0);
	assert_int_equal(handled, 1); /* nothing runs inside http_reply() */
	assert_true(wire_await(&w, l, "/second"));
	assert_true(str_find(buf_str(&w.in), STR("first")) < str_find(buf_str(&w.in), STR("/second")));
	wire_close(&w);
}

static void nothing_is_smuggled_behind_a_doubtful_head(void **state)
{
	(void)state;
	static const char *const heads[] = {
		"POST /a HTTP/1.1\r\n" HOST "Content-Length: 0\r\nContent-Length: 60\r\n\r\n",
		"POST /a HTTP/1.1\r\n" HOST "Content-Length: +0\r\n\r\n",
		"POST /a HTTP/1.1\r\n" HOST "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n",
		"POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n\r\n",
		"POST /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
		"POST /a HTTP/1.1\r\n" HOST "Name : x\r\n\r\n",
		"POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0x\r\n",
	};
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		AUTOFREE char *text = mem_printf("%s%s", heads[i], GET("/smuggled"));
		struct wire w;
		exchange(&w, str_c(text));
		assert_true(wire_has(&w, "HTTP/1.1 400 Bad Request\r\n"));
		assert_true(wire_has(&w, "Connection: close\r\n"));
		assert_int_equal(wire_count(&w, "HTTP/1.1 "), 1);
		assert_int_equal(refusals, (int)i + 1);
		assert_int_equal(last_refusal, 400);
		wire_close(&w);
	}
	assert_int_equal(handled, 0);
}

static void a_nul_in_a_header_is_refused(void **state)
{
	(void)state;
	struct wire w;
	exchange(&w, STR("GET / HTTP/1.1\r\n" HOST "Na\0me: x\r\n\r\n"));
	assert_int_equal(last_refusal, 400);
	wire_close(&w);
}

static void a_head_over_the_limit_is_431(void **state)
{
	(void)state;
	struct buf AUTOBUF b;
	buf_init(&b, 100000);
	buf_add_c(&b, "GET / HTTP/1.1\r\n" HOST "X: ");
	while (b.n < 90000)
		buf_add_char(&b, 'x'); /* and no end */
	struct wire w;
	exchange(&w, buf_str(&b));
	assert_true(wire_has(&w, "HTTP/1.1 431 "));
	assert_int_equal(handled, 0);
	wire_close(&w);
}

static bool all_is_said(void *arg)
{
	struct wire *w = arg;
	wire_pump(w);
	return w->out.n == 0;
}

/* The client sends all of it before it looks for an answer, and finds one. */
static void a_body_over_the_limit_is_413_and_the_client_reads_it(void **state)
{
	(void)state;
	size_t n = 8 << 20;
	AUTOFREE char *large = mem_zero(n);
	static const char *const heads[] = {
		"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 8388608\r\n\r\n",
		"POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n800000\r\n",
	};
	for (int i = 0; i < 2; i++) {
		memset(large, 'x', n);
		memcpy(large, heads[i], strlen(heads[i]));
		struct wire w;
		exchange(&w, (struct str){large, n});
		assert_true(wire_has(&w, "HTTP/1.1 413 "));
		assert_true(drive(l, all_is_said, &w)); /* whatever the client still sends is taken */
		assert_false(w.reset);
		wire_close(&w);
	}
	assert_int_equal(handled, 0);
	assert_int_equal(last_refusal, 413);
}

static void a_chunked_body_may_not_creep_over_the_limit(void **state)
{
	(void)state;
	struct buf AUTOBUF b;
	buf_init(&b, 100000);
	buf_add_c(&b, "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 101; i++)
		buf_add_c(&b, "a\r\n0123456789\r\n");
	struct wire w;
	exchange(&w, buf_str(&b));
	assert_int_equal(last_refusal, 413);
	assert_int_equal(handled, 0);
	wire_close(&w);
}

static void a_body_of_16_mib_is_taken(void **state)
{
	(void)state;
	size_t n = 16 << 20;
	struct http_server_limits limits = {.max_body = (int64_t)n};
	http_server_set_limits(server, &limits);
	struct buf AUTOBUF b;
	buf_init(&b, n + 1000);
	buf_printf(&b, "POST /echo HTTP/1.0\r\nContent-Length: %zu\r\n\r\n", n);
	size_t head = b.n;
	for (size_t i = 0; i < n; i++)
		buf_add_char(&b, (char)(i * 31 >> 4));
	struct wire w;
	exchange(&w, buf_str(&b));
	assert_true(w.in.n > n);
	assert_memory_equal(w.in.p + w.in.n - n, b.p + head, n);
	wire_close(&w);
}

static void leave_to_continue_is_given(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, address);
	wire_say(&w, STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n"));
	assert_true(wire_await(&w, l, "HTTP/1.1 100 Continue\r\n\r\n"));
	wire_say(&w, STR("abc"));
	assert_true(wire_await(&w, l, "\r\n\r\nabc"));
	wire_close(&w);
	/* … but not for a body that is too large. */
	exchange(&w, STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3000\r\nExpect: 100-continue\r\n\r\n"));
	assert_false(wire_has(&w, "100 Continue"));
	assert_true(wire_has(&w, "HTTP/1.1 413 "));
	wire_close(&w);
}

/* One byte a millisecond for ever: no idle timeout would ever cut it. */
static void drip(struct wire *w, const char *beginning, const char *drop)
{
	wire_open(w, address);
	wire_say(w, str_c(beginning));
	int64_t end = loop_mono_ms() + DRIVE_MS;
	while (!w->eof && loop_mono_ms() < end) {
		wire_say(w, str_c(drop));
		drive_pass(l, 1);
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
	struct http_server_limits limits = small;
	limits.max_body = limits.max_head = 1 << 20;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		limits.head_timeout_ms = cases[i].body ? 10000 : 60;
		limits.body_timeout_ms = cases[i].body ? 60 : 10000;
		http_server_set_limits(server, &limits);
		struct wire w;
		int64_t start = loop_mono_ms();
		drip(&w, cases[i].beginning, cases[i].drop);
		assert_in_range(loop_mono_ms() - start, 60, 5000);
	}
	assert_int_equal(handled, 0);
	assert_true(none_connected(NULL));
}

static void silent_and_idle_connections_are_closed(void **state)
{
	(void)state;
	struct http_server_limits limits = small;
	limits.head_timeout_ms = 50;
	limits.idle_timeout_ms = 150;
	http_server_set_limits(server, &limits);
	struct wire silent, kept;
	wire_open(&silent, address);
	wire_open(&kept, address);
	wire_say(&kept, STR(GET("/x")));
	assert_true(wire_await(&kept, l, "/x"));
	assert_true(wire_await_end(&silent, l));
	wire_pump(&kept);
	assert_false(kept.eof);
	assert_true(wire_await_end(&kept, l));
	wire_close(&silent);
	wire_close(&kept);
}

/* It asks for 8 MiB, and takes none of them. */
static void a_reply_that_is_not_read_has_a_deadline_too(void **state)
{
	(void)state;
	struct http_server_limits limits = small;
	limits.body_timeout_ms = 60;
	http_server_set_limits(server, &limits);
	struct wire w;
	wire_open(&w, address);
	w.out = STR(GET("/large") GET("/never"));
	wire_pump(&w);
	drive_count(l, &handled, 1);
	assert_true(drive(l, none_connected, NULL));
	assert_int_equal(handled, 1);
	wire_close(&w);
}

static void connections_beyond_the_cap_wait_their_turn(void **state)
{
	(void)state;
	struct wire w[5];
	for (int i = 0; i < 5; i++) {
		wire_open(&w[i], address);
		wire_say(&w[i], STR(GET("/hold")));
	}
	drive_count(l, &held_count, 3);
	drive_pass(l, 20);
	assert_int_equal(held_count, 3);
	assert_int_equal(http_server_connections(server), 3);
	for (int i = 0; i < 5; i++) {
		assert_true(drive_count(l, &held_count, i + 1));
		http_reply(held[i], 204, NULL, STR(""), NULL, 0);
		assert_true(wire_await(&w[i], l, "HTTP/1.1 204 No Content\r\n"));
		assert_false(wire_has(&w[i], "Content-Length"));
		wire_close(&w[i]);
	}
	assert_true(drive(l, none_connected, NULL));
}

static void a_raised_cap_holds_at_once(void **state)
{
	(void)state;
	struct wire w[4];
	for (int i = 0; i < 4; i++) {
		wire_open(&w[i], address);
		wire_say(&w[i], STR(GET("/hold")));
	}
	drive_count(l, &held_count, 3);
	struct http_server_limits limits = small;
	limits.max_connections = 4;
	http_server_set_limits(server, &limits);
	assert_true(drive_count(l, &held_count, 4));
	for (int i = 0; i < 4; i++) {
		http_reply(held[i], 200, NULL, STR(""), NULL, 0);
		wire_close(&w[i]);
	}
}

static void a_reply_after_the_peer_has_left_is_dropped(void **state)
{
	(void)state;
	struct wire w[2];
	for (int i = 0; i < 2; i++) {
		wire_open(&w[i], address);
		wire_say(&w[i], STR("POST /hold HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\nbody"));
	}
	drive_count(l, &held_count, 2);
	wire_abort(&w[0]);
	wire_close(&w[1]);
	drive_pass(l, 5);
	for (int i = 0; i < 2; i++) {
		assert_true(str_eq_c(http_body(held[i]), "body"));
		http_reply(held[i], 200, "text/plain", STR("too late"), NULL, 0);
	}
	assert_true(drive(l, none_connected, NULL));
	assert_int_equal(http_server_pending(server), 0);
}

static void a_client_that_has_said_all_still_gets_its_reply(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, address);
	wire_say(&w, STR(GET("/hold")));
	shutdown(w.fd, SHUT_WR);
	drive_count(l, &held_count, 1);
	http_reply(held[0], 200, "text/plain", STR("here"), NULL, 0);
	assert_true(wire_await_end(&w, l));
	assert_true(wire_has(&w, "here"));
	wire_close(&w);
}

static void an_exchange_outlives_the_server(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, address);
	wire_say(&w, STR(GET("/hold")));
	drive_count(l, &held_count, 1);
	http_server_free(server);
	server = NULL;
	assert_true(str_eq_c(http_path(held[0]), "/hold"));
	http_reply(held[0], 200, NULL, STR(""), NULL, 0);
	assert_true(wire_await_end(&w, l));
	wire_close(&w);
}

static void after_stopping_replies_close_and_nobody_comes_in(void **state)
{
	(void)state;
	struct wire idle, busy;
	wire_open(&idle, address);
	wire_say(&idle, STR(GET("/x")));
	assert_true(wire_await(&idle, l, "/x"));
	drive_pass(l, 2);
	wire_open(&busy, address);
	wire_say(&busy, STR(GET("/hold")));
	drive_count(l, &held_count, 1);
	http_server_stop_accepting(server);
	assert_true(wire_await_end(&idle, l));
	http_reply(held[0], 200, "text/plain", STR("last"), NULL, 0);
	assert_true(wire_await_end(&busy, l));
	assert_true(wire_has(&busy, "last"));
	assert_true(wire_has(&busy, "Connection: close\r\n"));
	wire_close(&idle);
	wire_close(&busy);
}

static void what_the_handler_can_ask(void *arg, struct http_exchange *x)
{
	(void)arg;
	struct str v = {NULL, 0};
	handled = http_query(x, "matcher", 0, &v) && str_eq_c(v, "a=\"b c\"");
	handled += http_query(x, "matcher", 1, &v) && str_eq_c(v, "d");
	handled += !http_query(x, "matcher", 2, &v);
	handled += http_query(x, "flag", 0, &v) && v.n == 0;
	handled += !http_query(x, "none", 0, &v);
	handled += str_eq_c(http_header(x, "x-one"), "1");
	handled += http_header(x, "X-Two").n == 0;
	handled += http_from_loopback(x) && strncmp(http_peer(x), "127.0.0.1:", 10) == 0;
	const struct http_reply_header headers[] = {{"Retry-After", "5"}, {"X-Evil", "a\r\nSet-Cookie: b"}};
	http_reply(x, 503, "text/plain; charset=utf-8", STR("later"), headers, 2);
}

static void query_headers_and_peer(void **state)
{
	(void)state;
	const struct http_server_hooks hooks = {.handle = what_the_handler_can_ask};
	http_server_free(server);
	server = http_server_new(l, &small, &hooks);
	assert_true(http_server_listen(server, ":0", address, &err)); /* every address, IPv4 through IPv6 too */
	struct wire w;
	exchange(&w, STR("GET /?matcher=a%3D%22b+c%22&flag&&matcher=d HTTP/1.0\r\nX-One: 1\r\n\r\n"));
	assert_int_equal(handled, 8);
	assert_true(wire_has(&w, "HTTP/1.1 503 Service Unavailable\r\n"));
	assert_true(wire_has(&w, "Retry-After: 5\r\n"));
	assert_false(wire_has(&w, "\nSet-Cookie"));
	wire_close(&w);
}

static void listening_can_fail_and_says_why(void **state)
{
	(void)state;
	static const char *const bad[] = {"nonsense", "127.0.0.1:99999", "no.such.host.invalid:1", "192.0.2.1:0"};
	char bound[64];
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err why AUTOERR = ERR_INIT;
		assert_false(http_server_listen(server, bad[i], bound, &why));
		assert_non_null(strstr(err_first(&why), bad[i]));
	}
	struct err taken AUTOERR = ERR_INIT;
	assert_false(http_server_listen(server, address, bound, &taken));
	assert_true(http_server_listen(server, "[::1]:0", bound, &err));
	assert_int_equal(strncmp(bound, "[::1]:", 6), 0);
}

/* Without a descriptor left, the connection waits in the backlog, and the loop does not spin. */
static void out_of_descriptors_is_a_pause(void **state)
{
	(void)state;
	struct rlimit old, none;
	struct wire w;
	wire_open(&w, address);
	wire_say(&w, STR(GET("/x")));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	drive_pass(l, 50);
	assert_int_equal(handled, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_true(wire_await(&w, l, "/x"));
	wire_close(&w);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_request_and_its_reply),
		T(methods_and_bodies_without_a_body),
		T(a_chunked_body_byte_by_byte),
		T(pipelined_replies_keep_their_order),
		T(nothing_is_smuggled_behind_a_doubtful_head),
		T(a_nul_in_a_header_is_refused),
		T(a_head_over_the_limit_is_431),
		T(a_body_over_the_limit_is_413_and_the_client_reads_it),
		T(a_chunked_body_may_not_creep_over_the_limit),
		T(a_body_of_16_mib_is_taken),
		T(leave_to_continue_is_given),
		T(a_slow_request_is_cut_at_an_absolute_deadline),
		T(silent_and_idle_connections_are_closed),
		T(a_reply_that_is_not_read_has_a_deadline_too),
		T(connections_beyond_the_cap_wait_their_turn),
		T(a_raised_cap_holds_at_once),
		T(a_reply_after_the_peer_has_left_is_dropped),
		T(a_client_that_has_said_all_still_gets_its_reply),
		T(an_exchange_outlives_the_server),
		T(after_stopping_replies_close_and_nobody_comes_in),
		T(query_headers_and_peer),
		T(listening_can_fail_and_says_why),
		T(out_of_descriptors_is_a_pause),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
