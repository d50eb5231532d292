#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "io/address.h"
#include "io/http_chunks.h"
#include "io/http_head.h"

static void requests_are_taken_or_refused(void **state)
{
	(void)state;
	static const struct {
		struct str head;
		int refused;
	} cases[] = {
#define H "Host: h\r\n"
#define R(text, code) {{text, sizeof(text) - 1}, code}
		R("GET / HTTP/1.1\r\n" H "\r\n", 0),
		R("GET / HTTP/1.0\r\n\r\n", 0),
		R("BREW /pot HTTP/1.1\r\n" H "\r\n", 0),
		R("GET / HTTP/1.1\r\nhost:\r\n\r\n", 0),
		R("POST / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n", 0),
		R("POST / HTTP/1.1\r\n" H "Content-Length:\t12 \r\n\r\n", 0),
		R("POST / HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\n", 0),
		R("POST / HTTP/1.1\r\n" H "Expect: 100-Continue\r\n\r\n", 0),
		R("GET / HTTP/1.1\r\n" H "X: caf\xc3\xa9 \ttab\r\n\r\n", 0),
		/* framing that two readers could read differently */
		R("POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 4\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Content-Length: 3\r\ncontent-length: 3\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Content-Length: 3, 3\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Content-Length: +2\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Content-Length: -2\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Content-Length: 0x2\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Content-Length: 2 2\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Content-Length: 9999999999999999999\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Transfer-Encoding:\r\n\r\n", 400),
		R("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
		/* Host */
		R("GET / HTTP/1.1\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\n" H H "\r\n", 400),
		R("GET / HTTP/1.0\r\n" H H "\r\n", 400),
		R("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 0),
		R("GET / HTTP/1.1\r\nHost: under_score.example:\r\n\r\n", 0),
		R("GET / HTTP/1.1\r\nHost: a b/c\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\nHost: user@h\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\nHost: h:80:x\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\nHost: h:65536\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\nHost: h:-0\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\nHost: [::1].h\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\nHost: [1]\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\nHost: http://h\r\n\r\n", 400),
		/* targets */
		R("GET ftp://h/ HTTP/1.1\r\n" H "\r\n", 400),
		R("GET http:///x HTTP/1.1\r\n" H "\r\n", 400),
		R("GET http://u@h/x HTTP/1.1\r\n" H "\r\n", 400),
		R("GET x HTTP/1.1\r\n" H "\r\n", 400),
		R("CONNECT h:80 HTTP/1.1\r\n" H "\r\n", 400),
		R("GET /x#y HTTP/1.1\r\n" H "\r\n", 400),
		R("GET /a%zz HTTP/1.1\r\n" H "\r\n", 400),
		R("GET /a%4 HTTP/1.1\r\n" H "\r\n", 400),
		/* header lines */
		R("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Content-Length:\r3\r\n\r\n", 400),
		R("POST / HTTP/1.1\r\n" H "Content-Length: \v3\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\n" H "Name : x\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\n" H " Name: x\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\n" H "X: a\r\n folded\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\n" H "Na\0me: x\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\n" H "Name: x\0y\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\n" H "Name: x\ry\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\n" H "Name\r\n\r\n", 400),
		R("GET / HTTP/1.1\r\n" H ": x\r\n\r\n", 400),
		/* lines that end in LF only */
		R("GET / HTTP/1.1\n" H "\n", 400),
		R("GET / HTTP/1.1\r\n" H "X: y\n\r\n", 400),
		R("GET / HTTP/1.1\r\n" H "\n", 400),
		/* request lines */
		R("GET / HTTP/2.0\r\n" H "\r\n", 505),
		R("GET / HTTP/1.1 \r\n" H "\r\n", 400),
		R("GET /a b HTTP/1.1\r\n" H "\r\n", 400),
		R("GET  / HTTP/1.1\r\n" H "\r\n", 400),
		R("GET /\r\n\r\n", 400),
		R("GET\r\n\r\n", 400),
		R("G(T / HTTP/1.1\r\n" H "\r\n", 400),
		R("GET /\x01 HTTP/1.1\r\n" H "\r\n", 400),
		R("GET / http/1.1\r\n" H "\r\n", 400),
		R("\r\n", 400),
		R("", 400),
		R("GET / HTTP/1.1\r\n" H "Expect: tea\r\n\r\n", 417),
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct http_head h;
		int refused = http_head_parse(&h, arena, cases[i].head);
		if (refused != cases[i].refused)
			fail_msg("%d for case %zu: %.*s", refused, i, STR_ARG(cases[i].head));
	}
}

static void too_many_headers_are_431(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct buf AUTOBUF b;
	buf_init(&b, 1 << 20);
	buf_add_c(&b, "GET / HTTP/1.0\r\n");
	for (int i = 0; i <= HTTP_HEADERS_MAX; i++)
		buf_add_c(&b, "a: b\r\n");
	buf_add_c(&b, "\r\n");
	struct http_head h;
	assert_int_equal(http_head_parse(&h, arena, buf_str(&b)), 431);
}

static void what_is_parsed(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct http_head h;
	assert_int_equal(http_head_parse(&h, arena,
	                                 STR("PUT /a%20b%2fc%2525%41?x=%41+b&y HTTP/1.1\r\nHost: h\r\nConnection: "
	                                     "foo, Close\r\nContent-Length: 17\r\nX-Y:  z \r\n\r\n")),
	                 0);
	assert_int_equal(h.method, HTTP_PUT);
	assert_true(str_eq_c(h.path, "/a b%2fc%2525A"));
	assert_true(str_eq_c(h.query, "x=%41+b&y"));
	assert_true(str_eq_c(http_decode(arena, h.query, true), "x=A b&y"));
	assert_int_equal(h.framing, HTTP_LENGTH);
	assert_int_equal(h.length, 17);
	assert_false(h.keep_alive);
	assert_true(str_eq_c(http_head_get(&h, STR("x-y")), "z"));
	assert_int_equal(http_head_get(&h, STR("x")).n, 0);
}

static void targets_and_persistence(void **state)
{
	(void)state;
	static const struct {
		const char *head, *path;
		bool keep_alive;
	} cases[] = {
		{"GET http://h:1/a/b?c=http://x/ HTTP/1.1\r\nHost: h\r\n\r\n", "/a/b", true},
		{"GET http://h HTTP/1.0\r\n\r\n", "/", false},
		{"GET /to?url=http://h/x HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "/to", true},
		{"GET https://h?q HTTP/1.1\r\nHost: other\r\n\r\n", "/", true},
		{"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "*", true},
		{"GET /http://x/y HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n", "/http://x/y", false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct http_head h;
		assert_int_equal(http_head_parse(&h, arena, str_c(cases[i].head)), 0);
		if (!str_eq_c(h.path, cases[i].path) || h.keep_alive != cases[i].keep_alive)
			fail_msg("%s: path %.*s, keep-alive %d", cases[i].head, STR_ARG(h.path), h.keep_alive);
	}
}

static void the_host_of_the_target_counts(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct http_head h;
	assert_int_equal(http_head_parse(&h, arena, STR("GET http://a:1/x HTTP/1.1\r\nHost: b\r\n\r\n")), 0);
	assert_true(str_eq_c(h.authority, "a:1"));
	assert_true(str_eq_c(http_head_get(&h, STR("Host")), "a:1"));
	assert_int_equal(http_head_parse(&h, arena, STR("GET /x HTTP/1.1\r\nHost: b\r\n\r\n")), 0);
	assert_true(str_eq_c(h.authority, "b"));
}

/* Byte by byte and at once, the end is found at the same place. */
static void the_end_of_a_head(void **state)
{
	(void)state;
	static const struct {
		const char *in;
		size_t end;
	} cases[] = {
		{"a\r\nb\r\n\r\nrest", 8},
		{"a\n\nrest", 3},
		{"a\r\n\nrest", 4},
		{"a\n\r\nrest", 4},
		{"a\r\n\r", 0},
		{"a\r\r\n", 0},
		{"", 0},
		{"a\r\nb\r\n", 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t scanned = 0, found = 0, n = strlen(cases[i].in);
		assert_int_equal(http_head_end(str_c(cases[i].in), &scanned), cases[i].end);
		scanned = 0;
		for (size_t k = 1; k <= n && !found; k++)
			found = http_head_end((struct str){cases[i].in, k}, &scanned);
		assert_int_equal(found, cases[i].end);
	}
}

/* Offers `in` in pieces of `step` bytes, as a connection does. */
static enum http_chunks_result decode(struct str in, size_t step, struct buf *body, size_t *rest)
{
	struct http_chunks c = {.state = HTTP_CHUNK_SIZE};
	enum http_chunks_result r = HTTP_CHUNKS_MORE;
	size_t have = 0;
	struct str pending = {in.p, 0};
	while (r == HTTP_CHUNKS_MORE && have < in.n) {
		size_t more = in.n - have < step ? in.n - have : step;
		have += more;
		pending.n += more;
		r = http_chunks_take(&c, &pending, body);
	}
	*rest = pending.n + (in.n - have);
	return r;
}

static void chunked_bodies(void **state)
{
	(void)state;
	static const struct {
		const char *in, *body;
		enum http_chunks_result result;
		size_t rest; /* looked at when the result is DONE */
	} cases[] = {
		{"3\r\nabc\r\n0\r\n\r\n", "abc", HTTP_CHUNKS_DONE, 0},
		{"3;x=\"y\"\r\nabc\r\nA\r\n0123456789\r\n000\r\nT: r\r\n\r\nGET /", "abc0123456789", HTTP_CHUNKS_DONE, 5},
		{"0\r\n\r\n", "", HTTP_CHUNKS_DONE, 0},
		{"3\r\nabc", "abc", HTTP_CHUNKS_MORE, 0},
		{"3\r\nabcd\r\n", "abc", HTTP_CHUNKS_BAD, 0},
		{"3\nabc\r\n0\r\n\r\n", "", HTTP_CHUNKS_BAD, 0},
		{"\r\n", "", HTTP_CHUNKS_BAD, 0},
		{"+3\r\nabc\r\n", "", HTTP_CHUNKS_BAD, 0},
		{"0x3\r\nabc\r\n", "", HTTP_CHUNKS_BAD, 0},
		{"3 \r\nabc\r\n", "", HTTP_CHUNKS_BAD, 0},
		{"-1\r\nabc\r\n", "", HTTP_CHUNKS_BAD, 0},
		{"10000000000000003\r\nabc\r\n", "", HTTP_CHUNKS_BAD, 0},
		{"3;a\rb\r\nabc\r\n", "", HTTP_CHUNKS_BAD, 0},
		{"3;a\x7f\r\nabc\r\n", "", HTTP_CHUNKS_BAD, 0},
		{"0\r\njunk\r\n\r\n", "", HTTP_CHUNKS_BAD, 0},
		{"0\r\nA: \x01\r\n\r\n", "", HTTP_CHUNKS_BAD, 0},
		{"0\r\nA : b\r\n\r\n", "", HTTP_CHUNKS_BAD, 0},
		{"0\r\nA: b\r\n c\r\n\r\n", "", HTTP_CHUNKS_BAD, 0},
		{"0\r\ncontent-length: 3\r\n\r\n", "", HTTP_CHUNKS_BAD, 0},
		{"21\r\n", "", HTTP_CHUNKS_TOO_LONG, 0},
		{"20\r\n0123456789abcdef0123456789abcdef\r\n1\r\n", "0123456789abcdef0123456789abcdef", HTTP_CHUNKS_TOO_LONG,
	     0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (size_t step = 1; step <= 64; step += 63) {
			struct buf AUTOBUF body;
			size_t rest;
			buf_init(&body, 32);
			enum http_chunks_result r = decode(str_c(cases[i].in), step, &body, &rest);
			if (r != cases[i].result || !str_eq_c(buf_str(&body), cases[i].body) ||
			    (r == HTTP_CHUNKS_DONE && rest != cases[i].rest))
				fail_msg("case %zu step %zu: result %d body %s rest %zu", i, step, (int)r, body.p, rest);
		}
	}
}

static void chunk_lines_and_trailers_have_a_ceiling(void **state)
{
	(void)state;
	struct buf AUTOBUF in, AUTOBUF body;
	size_t rest;
	buf_init(&in, 1 << 20);
	buf_init(&body, 32);
	buf_add_c(&in, "3;");
	for (int i = 0; i < HTTP_CHUNK_LINE_MAX; i++)
		buf_add_char(&in, 'x');
	assert_int_equal(decode(buf_str(&in), 100, &body, &rest), HTTP_CHUNKS_BAD);
	buf_reset(&in);
	buf_add_c(&in, "0\r\n");
	while (in.n <= HTTP_TRAILERS_MAX + 16)
		buf_add_c(&in, "Note: of no use\r\n");
	assert_int_equal(decode(buf_str(&in), 100, &body, &rest), HTTP_CHUNKS_BAD);
}

static void addresses(void **state)
{
	(void)state;
	static const struct {
		const char *in, *host, *port; /* host NULL: refused */
	} cases[] = {
		{"127.0.0.1:80", "127.0.0.1", "80"},
		{"[::1]:0", "::1", "0"},
		{":9195", "", "9195"},
		{"redis:65535", "redis", "65535"},
		{"[]:1", "", "1"},
		{"::1:80", NULL, NULL},
		{"80", NULL, NULL},
		{"h:", NULL, NULL},
		{"h:65536", NULL, NULL},
		{"h:-1", NULL, NULL},
		{"h:http", NULL, NULL},
		{"", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str host, port;
		bool ok = address_split(str_c(cases[i].in), &host, &port);
		assert_int_equal(ok, cases[i].host != NULL);
		if (ok && (!str_eq_c(host, cases[i].host) || !str_eq_c(port, cases[i].port)))
			fail_msg("%s: %.*s and %.*s", cases[i].in, STR_ARG(host), STR_ARG(port));
	}
}

static struct str block_of(const char *text, char out[ADDRESS_BLOCK_MAX])
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return address_block((const struct sockaddr *)&v4, out);
	assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
	return address_block((const struct sockaddr *)&v6, out);
}

static void who_is_counted_as_one(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true},
		{"2001:db8:0:1::1", "2001:db8:0:2::1", false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char a[ADDRESS_BLOCK_MAX], b[ADDRESS_BLOCK_MAX];
		assert_int_equal(str_eq(block_of(cases[i].a, a), block_of(cases[i].b, b)), cases[i].same);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_taken_or_refused),
		cmocka_unit_test(too_many_headers_are_431),
		cmocka_unit_test(what_is_parsed),
		cmocka_unit_test(targets_and_persistence),
		cmocka_unit_test(the_host_of_the_target_counts),
		cmocka_unit_test(the_end_of_a_head),
		cmocka_unit_test(chunked_bodies),
		cmocka_unit_test(chunk_lines_and_trailers_have_a_ceiling),
		cmocka_unit_test(addresses),
		cmocka_unit_test(who_is_counted_as_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
