/* What receivers build beyond the golden cases: limits, refusals, judgements, the rule about plain http. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "built.h"

static void finds_kinds(void **state)
{
	(void)state;
	const struct receiver_kind *const *kinds;
	size_t count = receiver_kinds(&kinds);
	assert_true(count >= 2);
	for (size_t i = 0; i < count; i++) {
		assert_ptr_equal(receiver_kind_find(kinds[i]->name), kinds[i]);
		assert_true(kinds[i]->build && kinds[i]->judge);
	}
	assert_null(receiver_kind_find("pager"));
	assert_null(receiver_kind_find(""));
}

/* The configuration looks for NAME and NAME_file of every secret. */
static void every_secret_has_its_twin(void **state)
{
	(void)state;
	const struct receiver_kind *const *kinds;
	size_t count = receiver_kinds(&kinds);
	for (size_t i = 0; i < count; i++) {
		for (const char *const *secret = kinds[i]->secrets; secret && *secret; secret++) {
			AUTOFREE char *twin = mem_printf("%s_file", *secret);
			size_t found = 0;
			for (size_t k = 0; k < kinds[i]->option_count; k++) {
				const struct option *o = &kinds[i]->options[k];
				found += o->type == OPTION_STR && (!strcmp(o->name, twin) || !strcmp(o->name, *secret));
			}
			assert_int_equal(found, 2);
		}
	}
}

static void judges_by_status(void **state)
{
	(void)state;
	static const struct {
		int from, to;
		enum outcome outcome;
	} rows[] = {
		{200, 299, OUTCOME_DELIVERED}, {300, 407, OUTCOME_REJECTED}, {408, 408, OUTCOME_RETRY},
		{409, 424, OUTCOME_REJECTED},  {425, 425, OUTCOME_RETRY},    {426, 428, OUTCOME_REJECTED},
		{429, 429, OUTCOME_RETRY},     {430, 499, OUTCOME_REJECTED}, {500, 502, OUTCOME_UNKNOWN},
		{503, 503, OUTCOME_RETRY},     {504, 599, OUTCOME_UNKNOWN},  {100, 199, OUTCOME_UNKNOWN},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int status = rows[i].from; status <= rows[i].to; status++)
			assert_int_equal(receiver_judge_status(status), rows[i].outcome);
	}
}

static void says_why_without_secrets(void **state)
{
	(void)state;
	static const struct {
		const char *kind, *body, *error;
		int status;
	} rows[] = {
		{"pagerduty", "{\"status\":\"success\"}", "", 202},
		{"pagerduty",
	     "{\"status\":\"invalid event\",\"message\":\"Event object is invalid\",\"errors\":[\"Length of 'routing_key' "
	     "is "
	     "incorrect\",\"and\\nmore\"]}",
	     "HTTP 400 Bad Request: Event object is invalid: Length of 'routing_key' is incorrect, and more", 400},
		{"pagerduty", "{\"message\":\"key 0123456789abcdef0123456789abcdef is bad\"}",
	     "HTTP 400 Bad Request: key <redacted> is bad", 400},
		{"pagerduty", "<html>", "HTTP 502 Bad Gateway", 502},
		{"pagerduty", "", "HTTP 429 Too Many Requests", 429},
		{"pagerduty", "{\"message\":7,\"errors\":{}}", "HTTP 499", 499},
		{"webhook", "ok", "", 200},
		{"webhook", "Cannot POST /hook", "HTTP 404 Not Found: Cannot POST /hook", 404},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct receiver_reply reply = {.status = rows[i].status, .body = str_c(rows[i].body)};
		struct receiver_judgement j = {0};
		receiver_kind_find(rows[i].kind)->judge(NULL, &reply, arena, &j);
		assert_string_equal(arena_cstr(arena, j.error), rows[i].error);
		assert_int_equal(j.outcome, receiver_judge_status(rows[i].status));
	}
}

static void a_long_reply_is_cut(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf body;
	buf_init(&body, SIZE_MAX);
	buf_add_c(&body, "{\"message\":\"");
	for (int i = 0; i < 10000; i++)
		buf_add_c(&body, "a b ");
	buf_add_c(&body, "\"}");
	struct receiver_reply reply = {.status = 400, .body = buf_str(&body)};
	struct receiver_judgement j = {0};
	receiver_kind_find("pagerduty")->judge(NULL, &reply, arena, &j);
	assert_true(j.error.n > 100 && j.error.n < 400);
}

static void knows_urls(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		bool valid, safe;
	} rows[] = {
		{"https://example.com", true, true},
		{"HTTPS://example.com/x?y=z#w", true, true},
		{"http://example.com/", true, false},
		{"http://127.0.0.1", true, true},
		{"http://127.0.0.1:9199/x", true, true},
		{"http://127.255.0.9/", true, true},
		{"http://localhost:1", true, true},
		{"http://LOCALHOST", true, true},
		{"http://[::1]:80/", true, true},
		{"http://[::2]/", true, false},
		{"http://127.0.0.1.example.com/", true, false},
		{"http://127.0.0.1@example.com/", true, false},
		{"http://localhost:80@example.com/", true, false},
		{"http://example.com@127.0.0.1/", true, true},
		{"http://127.1/", true, false},
		{"http://127.0.0.999/", true, false},
		{"http://128.0.0.1/", true, false},
		{"http://localhost.example.com/", true, false},
		{"http://example.com/?127.0.0.1", true, false},
		{"http://example.com:0/", false, false},
		{"http://example.com:99999/", false, false},
		{"http://example.com:x/", false, false},
		{"http:///x", false, false},
		{"http://", false, false},
		{"https://", false, true},
		{"ftp://localhost/", false, false},
		{"localhost", false, false},
		{"", false, false},
		{"http://example.com\\@127.0.0.1/", false, false},
		{"http://example.com/\r\nX: y", false, false},
		{"http://exa mple.com/", false, false},
		{"javascript:alert(1)//http://localhost", false, false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (receiver_url_valid(str_c(rows[i].url)) != rows[i].valid)
			fail_msg("valid: %s", rows[i].url);
		if (rows[i].valid && receiver_url_safe(str_c(rows[i].url)) != rows[i].safe)
			fail_msg("safe: %s", rows[i].url);
	}
}

/* ---- building ---- */

static const struct {
	const char *kind, *yaml;
	struct receiver_secret secret;
} both[] = {
	{"pagerduty", "{}", {"routing_key", {"k", 1}}},
	{"webhook", "{url: 'https://a.example.com'}", {"url", {"https://a.example.com", 21}}},
};

static void cuts_what_is_too_large(void **state)
{
	(void)state;
	static const struct {
		size_t labels, bytes;
	} sizes[] = {{1, 10}, {1, 300000}, {40, 16000}, {2000, 300}, {20000, 60}, {60000, 60}};
	for (size_t k = 0; k < COUNT(both); k++) {
		for (size_t i = 0; i < COUNT(sizes); i++) {
			AUTOARENA struct arena *arena = arena_new();
			AUTOERR struct err err = ERR_INIT;
			struct incident *inc = built_incident(arena);
			struct receiver_request r;
			inc->annotations = built_labels(arena, sizes[i].labels, sizes[i].bytes);
			inc->labels = built_labels(arena, sizes[i].labels, sizes[i].bytes);
			assert_true(
				built_request(both[k].kind, both[k].yaml, inc, EVENT_TRIGGER, &both[k].secret, arena, &r, &err));
			assert_true(r.body.n <= RECEIVER_BODY_MAX);
			json_t *body = json_loadb(r.body.p, r.body.n, 0, NULL);
			assert_non_null(body);
			json_decref(body);
		}
	}
}

/* An incident's text can become neither a header nor another request. */
static void no_text_breaks_out_of_a_header(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct receiver_request r;
	struct receiver_secret token = {"bearer_token", STR("a\r\nX-Evil: 1")};
	struct incident *inc = built_incident(arena);
	inc->alertname = inc->summary = inc->owner = STR("x\r\nX-Evil: 1\r\n\r\nGET /");
	assert_true(
		built_request("webhook", "{url: 'https://a.example.com'}", inc, EVENT_TRIGGER, &token, arena, &r, &err));
	assert_int_equal(r.headers.n, 3);
	for (size_t i = 0; i < r.headers.n; i++) {
		assert_true(str_index(r.headers.v[i], '\r') < 0);
		assert_true(str_index(r.headers.v[i], '\n') < 0);
	}
}

static void needs_its_secrets(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct receiver_request r;
	struct incident *inc = built_incident(arena);
	struct receiver_secret empty = {"hmac_secret", {NULL, 0}}, binary = {"routing_key", STR("\xff")},
						   plain = {"url", STR("gopher://a/s3cret")};
	assert_false(built_request("pagerduty", "{}", inc, EVENT_TRIGGER, NULL, arena, &r, &err));
	assert_false(built_request("pagerduty", "{}", inc, EVENT_TRIGGER, &binary, arena, &r, &err));
	assert_false(built_request("webhook", "{url: 'https://a'}", inc, EVENT_TRIGGER, &empty, arena, &r, &err));
	assert_false(built_request("webhook", "{url_file: x}", inc, EVENT_TRIGGER, NULL, arena, &r, &err));
	assert_false(built_request("webhook", "{url_file: x}", inc, EVENT_TRIGGER, &plain, arena, &r, &err));
	assert_int_equal(err.count, 5);
	for (size_t i = 0; i < err.count; i++)
		assert_null(strstr(err.lines[i], "s3cret"));
}

static void idempotency_key(struct incident *inc, enum message_event event, struct arena *arena, char out[128])
{
	AUTOERR struct err err = ERR_INIT;
	struct receiver_request r;
	assert_true(built_request("webhook", "{url: 'https://a.example.com'}", inc, event, NULL, arena, &r, &err));
	for (size_t i = 0; i < r.headers.n; i++) {
		if (str_starts(r.headers.v[i], STR("Idempotency-Key: ")))
			memcpy(out, r.headers.v[i].p, r.headers.v[i].n + 1);
	}
}

static void the_same_thing_has_the_same_idempotency_key(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	char keys[7][128] = {{0}};
	struct incident *inc = built_incident(arena);
	idempotency_key(inc, EVENT_TRIGGER, arena, keys[0]);
	inc->last_seen_at += TIME_HOUR;
	inc->count.received++;
	idempotency_key(inc, EVENT_TRIGGER, arena, keys[1]);
	assert_string_equal(keys[0], keys[1]);
	idempotency_key(inc, EVENT_UPDATE, arena, keys[2]);
	inc->notice++;
	idempotency_key(inc, EVENT_UPDATE, arena, keys[3]);
	inc->acknowledged.at = 1;
	idempotency_key(inc, EVENT_ACKNOWLEDGE, arena, keys[4]);
	inc->acknowledged.at = 2;
	idempotency_key(inc, EVENT_ACKNOWLEDGE, arena, keys[5]);
	inc->generation++;
	idempotency_key(inc, EVENT_ACKNOWLEDGE, arena, keys[6]);
	for (size_t i = 1; i < 7; i++) {
		assert_int_equal(strlen(keys[i]), strlen("Idempotency-Key: ") + 32);
		for (size_t k = i + 1; k < 7; k++)
			assert_string_not_equal(keys[i], keys[k]);
	}
}

static void refuses_bad_settings(void **state)
{
	(void)state;
	static const struct {
		const char *kind, *yaml, *error;
	} rows[] = {
		{"pagerduty", "{url: 'nowhere'}", "\"url\" must be"},
		{"pagerduty", "{client_url: 'javascript:1'}", "\"client_url\" must be"},
		{"webhook", "{url: 'nowhere'}", "\"url\" must be"},
		{"webhook", "{headers: [a]}", "\"headers\" must be a mapping"},
		{"webhook", "{headers: {'X Y': a}}", "t.yml:1:12: error: webhook: header \"X Y\" is no header name"},
		{"webhook", "{headers: {'': a}}", "is no header name"},
		{"webhook", "{headers: {\"A\\0\": a}}", "is no header name"},
		{"webhook", "{headers: {content-length: 1}}", "is set by runbookd itself"},
		{"webhook", "{headers: {idempotency-key: 1}}", "is set by runbookd itself"},
		{"webhook", "{headers: {x-runbookd-signature: 1}}", "is set by runbookd itself"},
		{"webhook", "{headers: {A: \"b\\nc\"}}", "a line break"},
		{"webhook", "{headers: {A: \"b\\0c\"}}", "another control character"},
		{"webhook", "{headers: {A: [b]}}", "must have a string"},
		{"webhook", "{bearer_token: x, headers: {authorization: y}}", "beside bearer_token"},
		{"webhook", "{body: [a]}", "t.yml:1:8: error: webhook: \"body\" must be a template"},
		{"webhook", "{body: '{{#labels}}'}", "t.yml:1:8: error: "},
		{"webhook", "{body: '{{ $labels.x }}'}", "t.yml:1:8: error: "},
		{"webhook", "{body: '{{nonsense}}'}", "t.yml:1:8: error: "},
		{"webhook", "{body: '{{incident.titel}}'}", "unknown name {{incident.titel}}"},
		{"webhook", "{body: '{{incident.sumary}}'}", "did you mean \"incident.summary\"?"},
		{"webhook", "{body: '{{links.runbok}}'}", "did you mean \"links.runbook\"?"},
		{"webhook", "{body: '{\"a\": {{summary}} }'}", "t.yml:1:8: error: webhook: \"body\" makes no JSON"},
		{"webhook", "{body: '{\"a\": \"{{summary | json}}\" }'}", "makes no JSON"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		assert_null(built_settings(receiver_kind_find(rows[i].kind), rows[i].yaml, arena, &err));
		if (!strstr(err_first(&err), rows[i].error))
			fail_msg("%s: %s", rows[i].yaml, err_first(&err));
	}
}

/* Labels and annotations are whatever an alert brings; below the others what there may be is known. */
static void knows_the_names_of_a_full_incident(void **state)
{
	(void)state;
	static const char *const names[] = {
		"labels.anything",
		"annotations.x",
		"incident.key",
		"incident.heartbeat.every",
		"owner.name",
		"incident.members.firing",
		"links.silence",
		"links.acknowledge",
		"links.dashboard",
		"firing.more",
		"runbook.estimated_time",
		"severity.rank",
		"incident.acknowledged.by",
		"since",
	};
	for (size_t i = 0; i < COUNT(names); i++) {
		AUTOERR struct err err = ERR_INIT;
		AUTOFREE char *text = mem_printf("{{%s}}", names[i]);
		struct template *t = template_compile(str_c(text), receiver_template_names(), (struct pos){"t", 1, 1}, &err);
		if (!t)
			fail_msg("%s", err_first(&err));
		template_free(t);
	}
}

static void an_endless_template_falls_back(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct receiver_request r;
	struct incident *inc = built_incident(arena);
	inc->annotations = built_labels(arena, 1, 300000);
	assert_true(built_request("webhook",
	                          "{url: 'https://a', headers: {Content-Type: text/plain}, body: '{{annotations.l0}}'}",
	                          inc, EVENT_TRIGGER, NULL, arena, &r, &err));
	assert_true(r.template_failed);
	assert_true(str_eq_c(r.headers.v[0], "Content-Type: application/json"));
	assert_true(str_starts(r.body, STR("{\"version\":\"1\",\"event\":\"trigger\"")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_kinds),
		cmocka_unit_test(every_secret_has_its_twin),
		cmocka_unit_test(judges_by_status),
		cmocka_unit_test(says_why_without_secrets),
		cmocka_unit_test(a_long_reply_is_cut),
		cmocka_unit_test(knows_urls),
		cmocka_unit_test(cuts_what_is_too_large),
		cmocka_unit_test(no_text_breaks_out_of_a_header),
		cmocka_unit_test(needs_its_secrets),
		cmocka_unit_test(the_same_thing_has_the_same_idempotency_key),
		cmocka_unit_test(refuses_bad_settings),
		cmocka_unit_test(knows_the_names_of_a_full_incident),
		cmocka_unit_test(an_endless_template_falls_back),
	};
	return cmocka_run_group_tests_name("receivers", tests, NULL, NULL);
}
