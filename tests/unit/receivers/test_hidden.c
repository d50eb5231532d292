/* A provider's words are kept without the receiver's secrets, whatever those look like and wherever they stand. */
#include "built.h"

#include <string.h>

#include "base/mem.h"

/* The judgement of an answer to a request of this receiver. */
static const char *words_kept_of(const char *kind_name, const char *yaml, struct receiver_request request,
                                 const struct receiver_secret *secret, int status, const char *body,
                                 struct arena *arena)
{
	AUTOERR struct err err = ERR_INIT;
	const struct receiver_kind *kind = receiver_kind_find(kind_name);
	void *settings = built_settings(kind, yaml, arena, &err);
	const struct receiver_build in = {
		.settings = settings, .secrets = secret, .secret_count = secret->option ? 1 : 0, .session = STR("lent:7")};
	const struct strs others = {(struct str[]){STR("http://ana:pr0xy@proxy.example.com:3128")}, 1};
	struct receiver_judgement j = {0};
	request.arena = arena;
	struct receiver_reply reply = {.status = status,
	                               .body = str_c(body),
	                               .dedup_key = "KEY",
	                               .hidden = receiver_hidden(kind, &in, &request, &others)};
	kind->judge(settings, &reply, arena, &j);
	if (kind->release)
		kind->release(settings);
	return arena_cstr(arena, j.error);
}

/* ---- shapes of secrets ---- */

static const char *const shapes[] = {
	"0f8fad5b-d9cb-469f-a165-70867728950e",
	"hunter-2!x",
	"eyJ0_aB-cd.E-fg_h1",
	"de-ad-be-ef-00-11",
	"p&q<r>\\\"s",
	"käse/brot",
	"ab1",
};

static void expect_hidden(const char *kind, const char *shape, const char *before, const char *after)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct receiver_secret secret = {"password", str_c(shape)};
	const char *body = arena_printf(arena, "%s%s%s", before, shape, after);
	const char *yaml = built_definition(kind)->yaml;
	const char *said =
		words_kept_of(kind, yaml, (struct receiver_request){.url = STR("https://a")}, &secret, 400, body, arena);
	const char *meant = arena_printf(arena, "HTTP 400 Bad Request: %s<redacted>%s", before, after);
	if (strcmp(said, meant) != 0)
		fail_msg("%s: \"%s\", not \"%s\"", kind, said, meant);
}

static void secrets_of_any_shape_are_hidden(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shapes); i++) {
		expect_hidden("webhook", shapes[i], "no key ", "");
		expect_hidden("goalert", shapes[i], "token=", " is unknown");
		expect_hidden("pagerduty", shapes[i], "key=", ", told you");
	}
}

static void expect_said(const char *kind, const char *yaml, int status, const char *body, const char *meant)
{
	AUTOARENA struct arena *arena = arena_new();
	const struct receiver_request request = {
		.url = STR("https://bea:us3r@a.example.com/x"),
		.headers = {(struct str[]){STR("Authorization: Basic YW5hOngx"), STR("X-Own: pump-9"),
	                               STR("Content-Type: application/json")},
	                3}};
	const struct receiver_secret secret = {"token", STR("k/e+y=1")};
	const char *said = words_kept_of(kind, yaml, request, &secret, status, body, arena);
	if (strcmp(said, meant) != 0)
		fail_msg("\"%s\", not \"%s\"", said, meant);
}

/* ---- where they stand ---- */

static void secrets_are_hidden_wherever_they_stand(void **state)
{
	(void)state;
	static const char hook[] = "{url: 'https://a.example.com/hooks/blue%21sky/post?sig=q-7&v=1'}";
	static const struct {
		const char *body, *meant;
	} rows[] = {
		{"Cannot POST /hooks/blue%21sky/post?sig=q-7&v=1", "Cannot POST <redacted>"},
		{"Cannot POST /hooks/blue%21sky/post", "Cannot POST <redacted>"},
		{"no hook blue!sky here, nor BLUE%21SKY", "no hook <redacted> here, nor <redacted>"},
		{"sig q-7 is wrong; q-77 is not ours", "sig <redacted> is wrong; q-77 is not ours"},
		{"who is bea:us3r, or us3r?", "who is <redacted>, or <redacted>?"},
		{"got Basic YW5hOngx", "got <redacted>"},
		{"got YW5hOngx and pump-9", "got <redacted> and <redacted>"},
		{"wants application/json, hooks and post", "wants application/json, hooks and post"},
		{"lent:7 of pr0xy", "<redacted> of <redacted>"},
		{"{\"error\":\"k/e+y=1, k%2Fe%2By%3D1\"}", "<redacted>, <redacted>"},
		{"key 0123456789abcdef01234567 is nobody's", "key <redacted> is nobody's"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOFREE char *meant = mem_printf("HTTP 404 Not Found: %s", rows[i].meant);
		expect_said("webhook", hook, 404, rows[i].body, meant);
	}
}

/* One at the place where the words are cut is hidden whole. */
static void no_secret_is_cut_in_two(void **state)
{
	(void)state;
	for (size_t before = 240; before < 310; before++) {
		AUTOARENA struct arena *arena = arena_new();
		const struct receiver_secret secret = {"token", STR("hunter-2!x")};
		const char *body = arena_printf(arena, "%s hunter-2!x", arena_cstr(arena, built_repeated(arena, ".", before)));
		const char *said = words_kept_of("webhook", "{url: 'https://a'}",
		                                 (struct receiver_request){.url = STR("https://a")}, &secret, 400, body, arena);
		assert_null(strstr(said, "hun"));
		assert_true(strlen(said) > 240 && strlen(said) < 350);
	}
}

/* ---- plain text ---- */

static void the_first_line_of_plain_text_is_kept(void **state)
{
	(void)state;
	static const struct {
		const char *kind, *yaml;
		int status;
		const char *body, *meant;
	} rows[] = {
		{"webhook", "{url: 'https://a'}", 422, "\r\n no \"site\" in it\r\nat line 7",
	     "HTTP 422 Unprocessable Content: no \"site\" in it"},
		{"webhook", "{url: 'https://a'}", 500, "a\tb\x1b[31m\xff\xe2\x80\xae!",
	     "HTTP 500 Internal Server Error: a b [31m\xef\xbf\xbd!"},
		{"webhook", "{url: 'https://a'}", 400, "{\"message\":\"no\",\"detail\":[\"a\",\"b\"]}",
	     "HTTP 400 Bad Request: no: a, b"},
		{"webhook", "{url: 'https://a'}", 502, "<html><h1>Bad</h1>", "HTTP 502 Bad Gateway"},
		{"webhook", "{url: 'https://a'}", 400, "{\"cut", "HTTP 400 Bad Request"},
		{"webhook", "{url: 'https://a'}", 200, "thanks", ""},
		{"goalert", "{url: 'https://a'}", 400, "invalid severity\n", "HTTP 400 Bad Request: invalid severity"},
		{"goalert", "{url: 'https://a'}", 401, "unauthorized",
	     "HTTP 401 Unauthorized: unauthorized (the token is not known there)"},
		{"slack", "{api_url: 'https://a'}", 404, "no_service", "HTTP 404 Not Found: no_service (the webhook is gone)"},
		{"slack", "{api_url: 'https://a'}", 404, "channel_not_found\n",
	     "HTTP 404 Not Found: channel_not_found (the channel is gone)"},
		{"slack", "{api_url: 'https://a'}", 404, "", "HTTP 404 Not Found"},
		{"slack", "{api_url: 'https://a'}", 404, "nginx: no such host", "HTTP 404 Not Found: nginx: no such host"},
		{"slack", "{api_url: 'https://a'}", 403, "action_prohibited",
	     "HTTP 403 Forbidden: action_prohibited (the workspace has switched it off)"},
		{"slack", "{api_url: 'https://a'}", 403, "blocked by the proxy", "HTTP 403 Forbidden: blocked by the proxy"},
		{"slack", "{api_url: 'https://a'}", 410, "channel_is_archived",
	     "HTTP 410: channel_is_archived (the channel is archived)"},
		{"slack", "{api_url: 'https://a'}", 400, "invalid_payload", "HTTP 400 Bad Request: invalid_payload"},
		{"email", "{to: a@example.com, from: b@example.com, smarthost: 'a:25'}", 535, "535 5.7.8 no",
	     "SMTP 535 5.7.8 no (auth_username or auth_password is wrong)"},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		expect_said(rows[i].kind, rows[i].yaml, rows[i].status, rows[i].body, rows[i].meant);
}

static void a_status_has_its_words(void **state)
{
	(void)state;
	static const struct {
		const char *kind;
		int status;
		const char *text;
	} rows[] = {{"pagerduty", 202, "HTTP 202 Accepted"},
	            {"webhook", 200, "HTTP 200 OK"},
	            {"discord", 204, "HTTP 204 No Content"},
	            {"jira", 201, "HTTP 201 Created"},
	            {"webhook", 299, "HTTP 299"},
	            {"email", 250, "SMTP 250"}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct str text = receiver_status_text(receiver_kind_find(rows[i].kind), arena, rows[i].status);
		assert_string_equal(arena_cstr(arena, text), rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets_of_any_shape_are_hidden), cmocka_unit_test(secrets_are_hidden_wherever_they_stand),
		cmocka_unit_test(no_secret_is_cut_in_two),         cmocka_unit_test(the_first_line_of_plain_text_is_kept),
		cmocka_unit_test(a_status_has_its_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
