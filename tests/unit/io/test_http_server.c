#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "drive.h"
#include "served.h"
#include "wire.h"

static void a_request_and_its_reply(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, served.address);
	wire_say(&w, STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello"));
	assert_true(wire_await(&w, served.loop, "\r\n\r\nhello"));
	assert_true(wire_has(&w, "HTTP/1.1 200 OK\r\n"));
	assert_true(wire_has(&w, "Content-Type: application/json\r\n"));
	assert_true(wire_has(&w, "Content-Length: 5\r\n"));
	assert_true(wire_has(&w, " GMT\r\n"));
	assert_false(wire_has(&w, "Connection:"));
	wire_say(&w, STR(GET("/again")));
	assert_true(wire_await(&w, served.loop, "/again"));
	assert_int_equal(http_server_connections(served.server), 1);
	wire_close(&w);
	assert_true(drive(served.loop, served_none_connected, NULL));
}

static void methods_and_bodies_without_a_body(void **state)
{
	(void)state;
	struct wire w;
	served_exchange(&w, STR("HEAD /path HTTP/1.1\r\n" HOST "\r\n"
	                        "BREW /pot HTTP/1.1\r\n" HOST "\r\n"
	                        "DELETE /x HTTP/1.1\r\n" HOST "\r\n"
	                        "OPTIONS * HTTP/1.0\r\n\r\n"));
	char expected[64];
	snprintf(expected, sizeof expected, "%d /path\n%d /pot\n%d /x\n%d *\n", HTTP_HEAD, HTTP_OTHER, HTTP_DELETE,
	         HTTP_OPTIONS);
	assert_true(served_saw(expected));
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
	wire_open(&w, served.address);
	for (size_t i = 0; i + 1 < sizeof text; i++) {
		wire_say(&w, (struct str){text + i, 1});
		drive_for(served.loop, NULL, NULL, 0);
	}
	assert_true(wire_await(&w, served.loop, "/next"));
	assert_true(wire_has(&w, "\r\n\r\nabcdefgh"));
	wire_close(&w);
}

static void pipelined_replies_keep_their_order(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, served.address);
	wire_say(&w, STR(GET("/hold") GET("/second")));
	drive_count(served.loop, &served.held_count, 1);
	drive_pass(served.loop, 5);
	assert_int_equal(served.handled, 1); /* the second waits for the first's reply */
	assert_int_equal(http_server_pending(served.server), 1);
	http_reply(served.held[0], 200, "text/plain", STR("first"), NULL, 0);
	assert_int_equal(http_server_pending(served.server), 0);
	assert_int_equal(served.handled, 1); /* nothing runs inside http_reply() */
	assert_true(wire_await(&w, served.loop, "/second"));
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
		served_exchange(&w, str_c(text));
		assert_true(wire_has(&w, "HTTP/1.1 400 Bad Request\r\n"));
		assert_true(wire_has(&w, "Connection: close\r\n"));
		assert_int_equal(wire_count(&w, "HTTP/1.1 "), 1);
		assert_int_equal(served.refusals, (int)i + 1);
		assert_int_equal(served.last_refusal, 400);
		wire_close(&w);
	}
	assert_int_equal(served.handled, 0);
}

static void a_nul_in_a_header_is_refused(void **state)
{
	(void)state;
	struct wire w;
	served_exchange(&w, STR("GET / HTTP/1.1\r\n" HOST "Na\0me: x\r\n\r\n"));
	assert_int_equal(served.last_refusal, 400);
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
	served_exchange(&w, buf_str(&b));
	assert_true(wire_has(&w, "HTTP/1.1 431 "));
	assert_int_equal(served.handled, 0);
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
		served_exchange(&w, (struct str){large, n});
		assert_true(wire_has(&w, "HTTP/1.1 413 "));
		assert_true(drive(served.loop, all_is_said, &w)); /* whatever the client still sends is taken */
		assert_false(w.reset);
		wire_close(&w);
	}
	assert_int_equal(served.handled, 0);
	assert_int_equal(served.last_refusal, 413);
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
	served_exchange(&w, buf_str(&b));
	assert_int_equal(served.last_refusal, 413);
	assert_int_equal(served.handled, 0);
	wire_close(&w);
}

static void a_body_of_16_mib_is_taken(void **state)
{
	(void)state;
	size_t n = 16 << 20;
	struct http_server_limits limits = {.max_body = (int64_t)n};
	http_server_set_limits(served.server, &limits);
	struct buf AUTOBUF b;
	buf_init(&b, n + 1000);
	buf_printf(&b, "POST /echo HTTP/1.0\r\nContent-Length: %zu\r\n\r\n", n);
	size_t head = b.n;
	for (size_t i = 0; i < n; i++)
		buf_add_char(&b, (char)(i * 31 >> 4));
	struct wire w;
	served_exchange(&w, buf_str(&b));
	assert_true(w.in.n > n);
	assert_memory_equal(w.in.p + w.in.n - n, b.p + head, n);
	wire_close(&w);
}

/* Each of them may be that large, but not all at one time. */
static void bodies_have_a_ceiling_all_together(void **state)
{
	(void)state;
	struct http_server_limits limits = served_small;
	limits.max_bodies = 1500;
	http_server_set_limits(served.server, &limits);
	struct buf AUTOBUF b;
	buf_init(&b, 2000);
	buf_add_c(&b, "POST /hold HTTP/1.1\r\n" HOST "Content-Length: 1000\r\n\r\n");
	for (int i = 0; i < 1000; i++)
		buf_add_char(&b, 'x');
	struct wire first, second, third;
	wire_open(&first, served.address);
	wire_say(&first, buf_str(&b));
	assert_true(drive_count(served.loop, &served.held_count, 1));
	served_exchange(&second, buf_str(&b));
	assert_true(wire_has(&second, "HTTP/1.1 503 "));
	assert_int_equal(served.last_refusal, 503);
	http_reply(served.held[0], 200, NULL, STR(""), NULL, 0); /* makes room */
	wire_open(&third, served.address);
	wire_say(&third, buf_str(&b));
	assert_true(drive_count(served.loop, &served.held_count, 2));
	http_reply(served.held[1], 200, NULL, STR(""), NULL, 0);
	wire_close(&first);
	wire_close(&second);
	wire_close(&third);
}

static void leave_to_continue_is_given(void **state)
{
	(void)state;
	struct wire w;
	wire_open(&w, served.address);
	wire_say(&w, STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n"));
	assert_true(wire_await(&w, served.loop, "HTTP/1.1 100 Continue\r\n\r\n"));
	wire_say(&w, STR("abc"));
	assert_true(wire_await(&w, served.loop, "\r\n\r\nabc"));
	wire_close(&w);
	/* … but not for a body that is too large. */
	served_exchange(&w, STR("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3000\r\nExpect: 100-continue\r\n\r\n"));
	assert_false(wire_has(&w, "100 Continue"));
	assert_true(wire_has(&w, "HTTP/1.1 413 "));
	wire_close(&w);
}

static void what_the_handler_can_ask(void *arg, struct http_exchange *x)
{
	(void)arg;
	struct str v = {NULL, 0};
	served.handled = http_query(x, "matcher", 0, &v) && str_eq_c(v, "a=\"b c\"");
	served.handled += http_query(x, "matcher", 1, &v) && str_eq_c(v, "d");
	served.handled += !http_query(x, "matcher", 2, &v);
	served.handled += http_query(x, "flag", 0, &v) && v.n == 0;
	served.handled += !http_query(x, "none", 0, &v);
	served.handled += str_eq_c(http_header(x, "x-one"), "1");
	served.handled += http_header(x, "X-Two").n == 0;
	served.handled += http_from_loopback(x) && strncmp(http_peer(x), "127.0.0.1:", 10) == 0;
	const struct http_reply_header headers[] = {{"Retry-After", "5"}, {"X-Evil", "a\r\nSet-Cookie: b"}};
	http_reply(x, 503, "text/plain; charset=utf-8", STR("later"), headers, 2);
}

static void query_headers_and_peer(void **state)
{
	(void)state;
	const struct http_server_hooks hooks = {.handle = what_the_handler_can_ask};
	http_server_free(served.server);
	served.server = http_server_new(served.loop, &served_small, &hooks);
	assert_true(http_server_listen(served.server, ":0", served.address,
	                               &served.err)); /* every served.address, IPv4 through IPv6 too */
	struct wire w;
	served_exchange(&w, STR("GET /?matcher=a%3D%22b+c%22&flag&&matcher=d HTTP/1.0\r\nX-One: 1\r\n\r\n"));
	assert_int_equal(served.handled, 8);
	assert_true(wire_has(&w, "HTTP/1.1 503 Service Unavailable\r\n"));
	assert_true(wire_has(&w, "Retry-After: 5\r\n"));
	assert_false(wire_has(&w, "\nSet-Cookie"));
	wire_close(&w);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, served_setup, served_teardown)
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
		T(bodies_have_a_ceiling_all_together),
		T(leave_to_continue_is_given),
		T(query_headers_and_peer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
