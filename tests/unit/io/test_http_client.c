#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/mem.h"
#include "drive.h"
#include "io/http_client.h"
#include "rude.h"

static struct loop *l;
static struct http_client *client;
static struct rude rude;

/* What the last callback was told. */
static struct {
	int calls;
	enum http_outcome outcome;
	int status;
	size_t body_n;
	char body[256], error[256], etag[32];
	int64_t retry_after_ms, duration_ms;
} got;

static void note_result(void *arg, const struct http_result *r)
{
	(void)arg;
	got.calls++;
	got.outcome = r->outcome;
	got.status = r->status;
	got.body_n = r->body.n;
	snprintf(got.body, sizeof got.body, "%.*s", STR_ARG(str_slice(r->body, 0, r->body.n < 200 ? r->body.n : 200)));
	snprintf(got.error, sizeof got.error, "%s", r->error);
	snprintf(got.etag, sizeof got.etag, "%.*s", STR_ARG(r->etag));
	got.retry_after_ms = r->retry_after_ms;
	got.duration_ms = r->duration_ms;
}

static int setup(void **state)
{
	(void)state;
	l = loop_new();
	client = http_client_new(l, "runbookd/test");
	rude_open(&rude, l);
	memset(&got, 0, sizeof got);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	http_client_free(client);
	rude_close(&rude);
	loop_free(l);
	return 0;
}

static struct http_call *send_to(const char *url, const char *method, int64_t timeout_ms)
{
	static const char *const headers[] = {"Content-Type: application/json", "X-Secret: s", NULL};
	const struct http_client_request request = {
		.method = method, .url = url, .headers = headers, .body = STR("{} end"), .timeout_ms = timeout_ms};
	return http_client_send(client, &request, note_result, NULL);
}

static struct http_call *post_to_rude(int64_t timeout_ms)
{
	char url[128];
	snprintf(url, sizeof url, "http://127.0.0.1:%d/secret-path", rude.port);
	return send_to(url, "POST", timeout_ms);
}

/* Sends to the rude server, waits for the outcome. */
static void ask_rude(const char *answer)
{
	int before = got.calls;
	rude.answer = str_c(answer);
	assert_non_null(post_to_rude(10000));
	assert_int_equal(got.calls, before); /* never inside the call */
	assert_true(drive_count(l, &got.calls, before + 1));
	assert_int_equal(http_client_pending(client), 0);
}

static void answers(void **state)
{
	(void)state;
	static const struct {
		const char *answer;
		int status;
		const char *body;
		int64_t retry_after_ms;
	} cases[] = {
		{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", 0},
		{"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", 202, "", 0},
		{"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", 429, "", 7000},
		{"HTTP/1.1 503 No\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n", 503, "", 0},
		{"HTTP/1.1 503 No\r\nRetry-After: Mon, 01 Jan 2001 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n", 503, "", 0},
		{"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", 302, "", 0},
		{"HTTP/1.1 307 There\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", 307, "", 0},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", 200, "hi", 0},
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 Bad\r\nContent-Length: 3\r\n\r\nbad", 400, "bad", 0},
	};
	int n = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		ask_rude(cases[i].answer);
		assert_int_equal(rude.requests, ++n); /* a redirect is not followed */
		if (got.outcome != HTTP_ANSWERED || got.status != cases[i].status || strcmp(got.body, cases[i].body) != 0 ||
		    got.retry_after_ms != cases[i].retry_after_ms || strcmp(got.error, "") != 0)
			fail_msg("case %zu: outcome %d status %d body %s retry %d error %s", i, (int)got.outcome, got.status,
			         got.body, (int)got.retry_after_ms, got.error);
	}
}

static void retry_after_as_a_date(void **state)
{
	(void)state;
	char answer[200], date[64];
	time_t then = (time_t)(loop_wall_ms() / 1000) + 120;
	struct tm t;
	gmtime_r(&then, &t);
	strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &t);
	snprintf(answer, sizeof answer, "HTTP/1.1 429 Slow\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", date);
	ask_rude(answer);
	assert_in_range(got.retry_after_ms, 60000, 120000);
}

static void what_is_sent(void **state)
{
	(void)state;
	ask_rude("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	const char *text = rude.received.p;
	assert_int_equal(strncmp(text, "POST /secret-path HTTP/1.1\r\n", 28), 0);
	assert_non_null(strstr(text, "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(text, "\r\nX-Secret: s\r\n"));
	assert_non_null(strstr(text, "\r\nUser-Agent: runbookd/test\r\n"));
	assert_non_null(strstr(text, "\r\nContent-Length: 6\r\n"));
	assert_non_null(strstr(text, "\r\n\r\n{} end"));
	assert_null(strstr(text, "Expect"));
}

static void other_methods(void **state)
{
	(void)state;
	char url[128];
	snprintf(url, sizeof url, "http://127.0.0.1:%d/?q", rude.port);
	rude.answer = STR("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	send_to(url, "PUT", 10000);
	assert_true(drive_count(l, &got.calls, 1));
	assert_int_equal(strncmp(rude.received.p, "PUT /?q HTTP/1.1\r\n", 18), 0);
	assert_non_null(strstr(rude.received.p, "{} end"));
	send_to(url, "GET", 10000);
	assert_true(drive_count(l, &got.calls, 2));
	assert_int_equal(strncmp(rude.received.p, "GET /?q HTTP/1.1\r\n", 18), 0);
	assert_null(strstr(rude.received.p, "{} end"));
}

/* A body of a megabyte: curl would ask for leave first, and wait a second for it. */
static void a_large_body_goes_out_at_once(void **state)
{
	(void)state;
	size_t n = 2 << 20;
	AUTOFREE char *large = mem_zero(n);
	memset(large, 'x', n);
	memcpy(large + n - 3, "end", 3);
	char url[128];
	snprintf(url, sizeof url, "http://127.0.0.1:%d/", rude.port);
	rude.answer = STR("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	const struct http_client_request request = {.method = "POST", .url = url, .body = {large, n}, .timeout_ms = 10000};
	http_client_send(client, &request, note_result, NULL);
	assert_true(drive_count(l, &got.calls, 1));
	assert_int_equal(got.outcome, HTTP_ANSWERED);
	assert_true(rude.received.n > n);
	assert_null(strstr(rude.received.p, "Expect"));
	assert_null(strstr(rude.received.p, "Content-Type"));
}

static void nothing_was_sent_to_nobody(void **state)
{
	(void)state;
	char refusing[64];
	rude_deafen(&rude);
	snprintf(refusing, sizeof refusing, "http://127.0.0.1:%d/secret-path", rude.port);
	const char *const urls[] = {
		refusing,
		"http://no-such-host.invalid/secret-path",
		"ftp://127.0.0.1/secret-path",
		"file:///secret-path",
		"http://127.0.0.1:port/secret-path",
		"http://[::bad/secret-path",
		"",
	};
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		send_to(urls[i], "POST", 10000);
		assert_int_equal(got.calls, (int)i);
		assert_true(drive_count(l, &got.calls, (int)i + 1));
		if (got.outcome != HTTP_NOT_SENT || !got.error[0] || strstr(got.error, "secret"))
			fail_msg("%s: outcome %d error %s", urls[i], (int)got.outcome, got.error);
	}
}

/* The other side speaks no TLS, so what it got was no request. */
static void a_failed_handshake_sent_nothing(void **state)
{
	(void)state;
	char url[64];
	snprintf(url, sizeof url, "https://127.0.0.1:%d/", rude.port);
	send_to(url, "POST", 150); /* it waits for what it takes for a request */
	assert_true(drive_count(l, &got.calls, 1));
	assert_int_equal(got.outcome, HTTP_NOT_SENT);
	assert_int_equal(rude.requests, 0);
}

static void closed_without_an_answer_is_unknown(void **state)
{
	(void)state;
	rude.close = true;
	ask_rude("");
	assert_int_equal(got.outcome, HTTP_UNKNOWN);
	assert_string_not_equal(got.error, "");
}

static void half_an_answer_is_unknown(void **state)
{
	(void)state;
	static const char *const halves[] = {
		"HTTP/1.1 20",
		"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf",
		"SSH-2.0-OpenSSH\r\n",
	};
	rude.close = true;
	for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
		ask_rude(halves[i]);
		if (got.outcome != HTTP_UNKNOWN || !got.error[0])
			fail_msg("case %zu: outcome %d status %d", i, (int)got.outcome, got.status);
	}
}

static void no_answer_is_unknown_at_the_timeout(void **state)
{
	(void)state;
	post_to_rude(150);
	assert_true(drive_count(l, &got.calls, 1));
	assert_int_equal(rude.requests, 1);
	assert_int_equal(got.outcome, HTTP_UNKNOWN);
	assert_in_range(got.duration_ms, 150, DRIVE_MS);
	assert_non_null(strstr(got.error, "timed out"));
}

static void an_answer_without_end_is_cut_at_the_timeout(void **state)
{
	(void)state;
	rude.answer = STR("HTTP/1.1 200 OK\r\n\r\nand so on");
	post_to_rude(150);
	assert_true(drive_count(l, &got.calls, 1));
	assert_int_equal(got.outcome, HTTP_UNKNOWN);
}

/* curl tries a lost kept connection anew. That the second try is refused says nothing about the first. */
static void a_refusal_after_a_lost_kept_connection_is_unknown(void **state)
{
	(void)state;
	ask_rude("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(got.outcome, HTTP_ANSWERED);
	rude.close = rude.deaf = true;
	ask_rude("");
	assert_int_equal(rude.requests, 2);
	assert_int_equal(got.outcome, HTTP_UNKNOWN);
}

static void a_long_answer_is_cut_at_the_ceiling(void **state)
{
	(void)state;
	static const int over[] = {0, 1, 1000000};
	for (size_t i = 0; i < sizeof over / sizeof *over; i++) {
		size_t n = HTTP_RESPONSE_MAX + (size_t)over[i];
		struct buf AUTOBUF answer;
		buf_init(&answer, n + 1000);
		buf_printf(&answer, "HTTP/1.1 500 Long\r\nContent-Length: %zu\r\n\r\n", n);
		while (n--)
			buf_add_char(&answer, 'x');
		ask_rude(answer.p);
		assert_int_equal(got.outcome, HTTP_ANSWERED);
		assert_int_equal(got.status, 500);
		assert_int_equal(got.body_n, HTTP_RESPONSE_MAX);
	}
}

static void endless_headers_are_given_up(void **state)
{
	(void)state;
	struct buf AUTOBUF answer;
	buf_init(&answer, 1 << 20);
	buf_add_c(&answer, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 10000; i++)
		buf_add_c(&answer, "X-Header: of no use\r\n");
	ask_rude(answer.p);
	assert_int_equal(got.outcome, HTTP_UNKNOWN);
}

static void connections_are_kept(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		ask_rude("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	rude_deafen(&rude); /* nobody gets in any more, but we are in */
	ask_rude("HTTP/1.1 201 OK\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(got.status, 201);
}

/* curl's handles are used again, with nothing of the last call in them. */
static void a_call_has_nothing_of_the_one_before(void **state)
{
	(void)state;
	char url[128];
	ask_rude("HTTP/1.1 200 OK\r\nETag: \"one\"\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nok");
	assert_string_equal(got.etag, "\"one\"");
	assert_string_equal(got.body, "ok");
	snprintf(url, sizeof url, "http://127.0.0.1:%d/", rude.port);
	rude.answer = STR("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	const struct http_client_request plain = {.method = "GET", .url = url, .timeout_ms = 10000};
	http_client_send(client, &plain, note_result, NULL);
	assert_true(drive_count(l, &got.calls, 2));
	assert_string_equal(got.etag, "");
	assert_string_equal(got.body, "");
	assert_int_equal(got.retry_after_ms, 0);
	assert_null(strstr(rude.received.p, "X-Secret"));
	assert_null(strstr(rude.received.p, "{} end"));
}

static void many_at_a_time(void **state)
{
	(void)state;
	rude.answer = STR("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	for (int i = 0; i < 200; i++)
		post_to_rude(10000);
	assert_int_equal(http_client_pending(client), 200);
	assert_true(drive_count(l, &got.calls, 200));
	assert_int_equal(rude.requests, 200);
	assert_int_equal(http_client_pending(client), 0);
}

static void a_cancelled_call_says_nothing(void **state)
{
	(void)state;
	struct http_call *early = post_to_rude(10000), *late = post_to_rude(10000);
	http_call_cancel(early);
	drive_count(l, &rude.requests, 1);
	http_call_cancel(late);
	http_call_cancel(NULL);
	drive_pass(l, 20);
	assert_int_equal(got.calls, 0);
	assert_int_equal(http_client_pending(client), 0);
}

static void freeing_the_client_cancels_all(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++)
		post_to_rude(10000);
	drive_count(l, &rude.requests, 3);
	http_client_free(client);
	client = NULL;
	drive_pass(l, 20);
	assert_int_equal(got.calls, 0);
}

static struct http_call *own, *other;

static void meddle(void *arg, const struct http_result *r)
{
	note_result(arg, r);
	http_call_cancel(own); /* its own: has no effect */
	http_call_cancel(other);
	http_client_free(client);
	client = NULL;
}

static void a_callback_may_cancel_and_free(void **state)
{
	(void)state;
	char url[64];
	snprintf(url, sizeof url, "http://127.0.0.1:%d/", rude.port);
	const struct http_client_request answered = {.method = "GET", .url = url, .timeout_ms = 10000};
	/* Without "end", the server waits for the rest. */
	const struct http_client_request silent = {.method = "POST", .url = url, .body = STR("x"), .timeout_ms = 10000};
	rude.answer = STR("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
	own = http_client_send(client, &answered, meddle, NULL);
	other = http_client_send(client, &silent, note_result, NULL);
	assert_true(drive_count(l, &got.calls, 1));
	drive_pass(l, 20);
	assert_int_equal(got.calls, 1);
}

/* ---- whom a request may talk to ---- */

static void link_local_addresses_are_not_asked(void **state)
{
	(void)state;
	static const char *const urls[] = {
		"http://169.254.169.254/latest/",
		"http://[fe80::1]/",
		"http://[::ffff:169.254.169.254]/",
		"http://[64:ff9b::a9fe:a9fe]/",
	};
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		send_to(urls[i], "POST", 10000);
		assert_true(drive_count(l, &got.calls, (int)i + 1));
		assert_int_equal(got.outcome, HTTP_NOT_SENT);
		assert_string_equal(got.error, "link-local addresses are not connected to");
	}
}

static void by_way_of(enum http_client_proxy proxy, const char *proxy_url, const char *url)
{
	const struct http_client_request request = {.method = "POST",
	                                            .url = url,
	                                            .body = STR("{} end"),
	                                            .timeout_ms = 10000,
	                                            .proxy = proxy,
	                                            .proxy_url = proxy_url};
	int before = got.calls;
	rude.answer = STR("HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n");
	http_client_send(client, &request, note_result, NULL);
	assert_true(drive_count(l, &got.calls, before + 1));
}

/* The environment names a proxy where nobody listens; only who asks for it is led there. */
static void the_environments_proxy_counts_only_where_it_is_asked_for(void **state)
{
	(void)state;
	char url[128], proxy[128];
	snprintf(url, sizeof url, "http://127.0.0.1:%d/x", rude.port);
	snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", rude.port);
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	by_way_of(HTTP_PROXY_NONE, NULL, url);
	assert_int_equal(got.status, 204);
	by_way_of(HTTP_PROXY_ENVIRONMENT, NULL, url);
	assert_int_equal(got.outcome, HTTP_NOT_SENT);
	by_way_of(HTTP_PROXY_NAMED, proxy, "http://pager.example.com/y");
	assert_int_equal(got.status, 204);
	assert_non_null(strstr(rude.received.p, "POST http://pager.example.com/y HTTP/1.1\r\n"));
	unsetenv("http_proxy");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(answers),
		T(retry_after_as_a_date),
		T(what_is_sent),
		T(other_methods),
		T(a_large_body_goes_out_at_once),
		T(nothing_was_sent_to_nobody),
		T(a_failed_handshake_sent_nothing),
		T(closed_without_an_answer_is_unknown),
		T(half_an_answer_is_unknown),
		T(no_answer_is_unknown_at_the_timeout),
		T(an_answer_without_end_is_cut_at_the_timeout),
		T(a_refusal_after_a_lost_kept_connection_is_unknown),
		T(a_long_answer_is_cut_at_the_ceiling),
		T(endless_headers_are_given_up),
		T(a_call_has_nothing_of_the_one_before),
		T(connections_are_kept),
		T(many_at_a_time),
		T(a_cancelled_call_says_nothing),
		T(freeing_the_client_cancels_all),
		T(a_callback_may_cancel_and_free),
		cmocka_unit_test_setup_teardown(link_local_addresses_are_not_asked, setup, teardown),
		cmocka_unit_test_setup_teardown(the_environments_proxy_counts_only_where_it_is_asked_for, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
