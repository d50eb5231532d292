/* All kinds: whatever an incident says, a request keeps to its provider's limits; what each answer means. */
#include "built.h"

#include <string.h>

#include "receivers/text.h"

/* One definition for each kind, with all secrets it asks for. */
static const struct definition {
	const char *kind, *yaml;
	struct receiver_secret secrets[3];
} definitions[] = {
	{"pagerduty", "{routing_key: k}", {{"routing_key", STR_INIT("k")}}},
	{"opsgenie", "{api_key: k}", {{"api_key", STR_INIT("k")}}},
	{"slack", "{api_url: 'https://a/x'}", {{"api_url", STR_INIT("https://a/x")}}},
	{"msteams", "{webhook_url: 'https://a/x'}", {{"webhook_url", STR_INIT("https://a/x")}}},
	{"email", "{to: a@example.com, from: b@example.com, smarthost: 'm:25'}", {{NULL, {NULL, 0}}}},
	{"webhook", "{url: 'https://a/x'}", {{"url", STR_INIT("https://a/x")}}},
	{"discord", "{webhook_url: 'https://a/x'}", {{"webhook_url", STR_INIT("https://a/x")}}},
	{"telegram", "{bot_token: '1:a', chat_id: '7'}", {{"bot_token", STR_INIT("1:a")}}},
	{"pushover", "{token: t, user_key: u}", {{"token", STR_INIT("t")}, {"user_key", STR_INIT("u")}}},
	{"mattermost", "{webhook_url: 'https://a/x'}", {{"webhook_url", STR_INIT("https://a/x")}}},
	{"rocketchat",
     "{api_url: 'https://a', token: t, token_id: u, channel: '#c'}",
     {{"token", STR_INIT("t")}, {"token_id", STR_INIT("u")}}},
	{"webex", "{token: t, room_id: r}", {{"token", STR_INIT("t")}}},
	{"victorops", "{api_key: k, routing_key: r}", {{"api_key", STR_INIT("k")}}},
	{"jira", "{api_url: 'https://a/rest/api/2', project: P, password: p}", {{"password", STR_INIT("p")}}},
	{"github", "{repo: o/r, token: t}", {{"token", STR_INIT("t")}}},
	{"goalert", "{url: 'https://a/x'}", {{"url", STR_INIT("https://a/x")}}},
	{"ntfy", "{topic: t}", {{NULL, {NULL, 0}}}},
	{"incidentio", "{url: 'https://a/x', alert_source_token: t}", {{"alert_source_token", STR_INIT("t")}}},
};

static const struct definition *definition_of(const char *kind)
{
	for (size_t i = 0; i < COUNT(definitions); i++) {
		if (!strcmp(definitions[i].kind, kind))
			return &definitions[i];
	}
	fail_msg("no definition of %s", kind);
	return NULL;
}

static struct built built_of(const struct definition *d, const struct incident *inc, enum message_event event)
{
	size_t n = 0;
	while (n < COUNT(d->secrets) && d->secrets[n].option)
		n++;
	return (struct built){
		.kind = d->kind, .yaml = d->yaml, .incident = inc, .event = event, .secrets = d->secrets, .secret_count = n};
}

static void every_kind_has_a_definition(void **state)
{
	(void)state;
	const struct receiver_kind *const *kinds;
	size_t count = receiver_kinds(&kinds);
	assert_int_equal(count, COUNT(definitions));
	for (size_t i = 0; i < count; i++)
		assert_non_null(definition_of(kinds[i]->name));
}

/* ---- limits ---- */

static struct str repeated(struct arena *arena, const char *piece, size_t bytes)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	while (b.n < bytes)
		buf_add_c(&b, piece);
	return arena_str(arena, buf_str(&b));
}

/* 2,000 labels, a megabyte of annotations, 42 members with long names: all made of `piece`. */
static struct incident *monster(struct arena *arena, const char *piece)
{
	struct incident *inc = built_incident(arena);
	struct str text = repeated(arena, piece, 1000);
	inc->labels = built_labels(arena, 2000, 50);
	inc->annotations = built_labels(arena, 1, 10);
	inc->annotations.v[0] = (struct label){STR("description"), repeated(arena, piece, 1024 * 1024)};
	inc->alertname = inc->summary = inc->owner = inc->rule = inc->source = inc->severity.name = text;
	inc->runbook.title = inc->runbook.approval = inc->escalation.name = inc->escalation.notify = text;
	inc->acknowledged = (struct incident_person){1763712000000, text, text};
	inc->runbook.url = repeated(arena, "https://wiki.example.com/aaaaaaaaaaaaaaaaaaaaaaaa/", 3000);
	inc->generator_url = STR("http://prometheus.example.com/graph?g0.expr=%7Bx%3D%22(1)%22%7D");
	for (size_t i = 0; i < 42; i++)
		inc->sample[inc->sample_count++] = (struct incident_sample){.fingerprint = STR("0"),
		                                                            .labels = built_labels(arena, 9, 300),
		                                                            .firing = i > 3,
		                                                            .starts_at = 1763712000000};
	inc->count.firing = 38;
	inc->count.total = 42;
	return inc;
}

static const json_t *at_path(const json_t *body, const char *path)
{
	while (*path && body) {
		size_t n = strcspn(path, ".");
		bool index = *path >= '0' && *path <= '9';
		body = index ? json_array_get(body, (size_t)(*path - '0')) : json_object_getn(body, path, n);
		path += n + (path[n] == '.');
	}
	return body;
}

/* What the providers' documentation says. */
static const struct limit {
	const char *kind, *path;
	size_t most;
	enum text_unit unit;
} limits[] = {
	{"pagerduty", "payload.summary", 1024, TEXT_CHARACTERS},
	{"pagerduty", "dedup_key", 255, TEXT_CHARACTERS},
	{"opsgenie", "message", 130, TEXT_UTF16},
	{"opsgenie", "alias", 512, TEXT_UTF16},
	{"opsgenie", "description", 15000, TEXT_UTF16},
	{"opsgenie", "entity", 512, TEXT_UTF16},
	{"slack", "attachments.0.blocks.0.text.text", 3000, TEXT_UTF16},
	{"slack", "text", 40000, TEXT_UTF16},
	{"discord", "embeds.0.title", 256, TEXT_UTF16},
	{"discord", "embeds.0.description", 4096, TEXT_UTF16},
	{"telegram", "text", 4096, TEXT_UTF16},
	{"pushover", "title", 250, TEXT_CHARACTERS},
	{"pushover", "message", 1024, TEXT_CHARACTERS},
	{"pushover", "url", 512, TEXT_CHARACTERS},
	{"mattermost", "attachments.0.text", 16383, TEXT_CHARACTERS},
	{"rocketchat", "attachments.0.text", 5000, TEXT_UTF16},
	{"webex", "markdown", 7439, TEXT_BYTES},
	{"victorops", "state_message", 20480, TEXT_BYTES},
	{"goalert", "summary", 1024, TEXT_CHARACTERS},
	{"goalert", "details", 6144, TEXT_CHARACTERS},
	{"ntfy", "message", 4096, TEXT_BYTES},
};

static void within_limits(const char *kind, const json_t *body)
{
	for (size_t i = 0; i < COUNT(limits); i++) {
		const json_t *value = at_path(body, limits[i].path);
		if (strcmp(kind, limits[i].kind) != 0 || !value)
			continue;
		size_t n = text_length((struct str){json_string_value(value), json_string_length(value)}, limits[i].unit);
		if (n > limits[i].most)
			fail_msg("%s: %s has %zu", kind, limits[i].path, n);
	}
}

static void check_body(const char *kind, const struct receiver_request *r)
{
	assert_true(r->body.n <= RECEIVER_BODY_MAX);
	if (r->nothing || r->mail || !r->body.n)
		return;
	if (!strcmp(kind, "msteams"))
		assert_true(r->body.n <= 28 * 1024);
	json_t *body = json_loadb(r->body.p, r->body.n, 0, NULL);
	assert_non_null(body);
	within_limits(kind, body);
	json_decref(body);
}

static void keeps_to_every_limit(void **state)
{
	(void)state;
	static const char *const pieces[] = {"x ", "<&>\"'", "😀", "ש ", "@channel\r\n", "*_`[](){}|\\", "\xff\x01\n"};
	for (size_t k = 0; k < COUNT(definitions); k++) {
		for (size_t p = 0; p < COUNT(pieces); p++) {
			for (enum message_event e = EVENT_TRIGGER; e <= EVENT_RESOLVE; e++) {
				AUTOARENA struct arena *arena = arena_new();
				AUTOERR struct err err = ERR_INIT;
				struct receiver_request r;
				struct built b = built_of(&definitions[k], monster(arena, pieces[p]), e);
				b.step = strcmp(b.kind, "jira") && strcmp(b.kind, "github") ? 0 : 1;
				if (!built_step(&b, arena, &r, &err))
					fail_msg("%s", err_first(&err));
				check_body(b.kind, &r);
			}
		}
	}
}

/* A page that is too long for its provider still leads to the runbook. */
static void keeps_the_links_where_text_is_cut(void **state)
{
	(void)state;
	static const char *const kinds[] = {"slack", "discord", "telegram", "webex", "goalert", "rocketchat"};
	for (size_t k = 0; k < COUNT(kinds); k++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct receiver_request r;
		struct incident *inc = monster(arena, "x ");
		inc->runbook.url = STR("https://wiki.example.com/short");
		inc->acknowledged.at = 0;
		struct built b = built_of(definition_of(kinds[k]), inc, EVENT_TRIGGER);
		assert_true(built_step(&b, arena, &r, &err));
		assert_true(str_find(r.body, STR("https://wiki.example.com/short")) > 0);
		assert_true(str_find(r.body, STR("https://r.example.com/ack/t")) > 0);
		assert_true(str_find(r.body, STR("…")) > 0);
	}
}

/* ---- text ---- */

static void counts_in_the_providers_unit(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct str s = STR("aü😀");
	assert_int_equal(text_length(s, TEXT_BYTES), 7);
	assert_int_equal(text_length(s, TEXT_UTF16), 4);
	assert_int_equal(text_length(s, TEXT_CHARACTERS), 3);
	assert_true(str_eq_c(text_line(arena, s, 3, TEXT_CHARACTERS), "aü😀"));
	assert_true(str_eq_c(text_line(arena, s, 3, TEXT_UTF16), "aü…"));
	assert_true(str_eq_c(text_line(arena, s, 6, TEXT_BYTES), "aü…"));
	assert_true(str_eq_c(text_line(arena, s, 2, TEXT_BYTES), ""));
	assert_true(str_eq_c(text_line(arena, STR("a\r\nb\xff\x7f"), 99, TEXT_BYTES), "a  b\xef\xbf\xbd "));
	assert_true(str_eq_c(text_lines(arena, STR("a\r\nb\rc\td"), 99, TEXT_BYTES), "a\nb c d"));
	assert_true(str_eq_c(text_line(arena,
	                               STR("a\xe2\x80\xae"
	                                   "b\xe2\x81\xa9"),
	                               99, TEXT_BYTES),
	                     "ab"));
}

/* ---- templates ---- */

static void takes_the_receivers_own_title_and_text(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(definitions); k++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct receiver_request r;
		struct incident *inc = built_incident(arena);
		struct built b = built_of(&definitions[k], inc, EVENT_TRIGGER);
		b.step = strcmp(b.kind, "jira") && strcmp(b.kind, "github") ? 0 : 1;
		b.title = "TITLE {{severity.name}}";
		b.text = "TEXT {{labels.none}}{{firing.count}}";
		assert_true(built_step(&b, arena, &r, &err));
		assert_false(r.template_failed);
		if (r.mail)
			continue; /* encoded: test_email.c */
		bool has_text = strcmp(b.kind, "pagerduty") != 0;
		if (str_find(r.body, STR("TITLE P1")) < 0 && strcmp(b.kind, "telegram") && strcmp(b.kind, "webex"))
			fail_msg("%s has not its title: %.*s", b.kind, STR_ARG(r.body));
		if (has_text && str_find(r.body, STR("TEXT 1")) < 0)
			fail_msg("%s has not its text: %.*s", b.kind, STR_ARG(r.body));
	}
}

/* ---- what answers mean ---- */

#define SAYS(outcome_, error_) .outcome = OUTCOME_##outcome_, .error = error_

static const struct judged {
	const char *kind;
	enum message_event event;
	unsigned step;
	const char *ref, *carry;
	int status;
	const char *body;
	enum outcome outcome;
	const char *error; /* part of it; "" where it is delivered */
	const char *new_ref;
	bool more;
} judged[] = {
	{.kind = "pagerduty", .status = 202, SAYS(DELIVERED, "")},
	{.kind = "pagerduty", .status = 429, SAYS(RETRY, "429")},
	{.kind = "opsgenie", .status = 202, .body = "{\"requestId\":\"x\"}", SAYS(DELIVERED, "")},
	{.kind = "opsgenie", .event = EVENT_UPDATE, .status = 202, SAYS(DELIVERED, ""), .more = true},
	{.kind = "opsgenie", .event = EVENT_UPDATE, .step = 3, .status = 202, SAYS(DELIVERED, "")},
	{.kind = "opsgenie", .status = 422, .body = "{\"message\":\"no\"}", SAYS(REJECTED, "Unprocessable Content: no")},
	{.kind = "opsgenie", .status = 401, SAYS(REJECTED, "api_key")},
	{.kind = "opsgenie", .status = 503, SAYS(RETRY, "503")},
	{.kind = "slack", .status = 200, .body = "ok", SAYS(DELIVERED, "")},
	{.kind = "slack", .status = 404, .body = "no_service", SAYS(REJECTED, "gone")},
	{.kind = "slack", .status = 429, SAYS(RETRY, "429")},
	{.kind = "slack", .status = 500, SAYS(UNKNOWN, "500")},
	{.kind = "msteams", .status = 202, SAYS(DELIVERED, "")},
	{.kind = "msteams", .status = 400, SAYS(REJECTED, "the flow")},
	{.kind = "msteams", .status = 502, SAYS(UNKNOWN, "502")},
	{.kind = "discord", .status = 204, SAYS(DELIVERED, "")},
	{.kind = "discord", .status = 429, SAYS(RETRY, "429")},
	{.kind = "discord", .status = 404, .body = "{\"message\":\"Unknown Webhook\"}", SAYS(REJECTED, "Unknown Webhook")},
	{.kind = "telegram",
     .status = 200,
     .body = "{\"ok\":true,\"result\":{\"message_id\":41}}",
     SAYS(DELIVERED, ""),
     .new_ref = "41"},
	{.kind = "telegram",
     .event = EVENT_UPDATE,
     .ref = "41",
     .status = 200,
     .body = "{\"ok\":true,\"result\":{\"message_id\":42}}",
     SAYS(DELIVERED, "")},
	{.kind = "telegram", .status = 200, .body = "<html>", SAYS(REJECTED, "not the bot API")},
	{.kind = "telegram",
     .status = 400,
     .body = "{\"ok\":false,\"description\":\"chat not found\"}",
     SAYS(REJECTED, "chat not found")},
	{.kind = "telegram",
     .status = 429,
     .body = "{\"ok\":false,\"parameters\":{\"retry_after\":7}}",
     SAYS(RETRY, "429")},
	{.kind = "pushover", .status = 200, .body = "{\"status\":1}", SAYS(DELIVERED, "")},
	{.kind = "pushover",
     .event = EVENT_RESOLVE,
     .status = 200,
     .body = "{\"status\":1}",
     SAYS(DELIVERED, ""),
     .more = true},
	{.kind = "pushover",
     .event = EVENT_RESOLVE,
     .step = 1,
     .status = 200,
     .body = "{\"status\":1}",
     SAYS(DELIVERED, "")},
	{.kind = "pushover",
     .status = 400,
     .body = "{\"status\":0,\"errors\":[\"user is invalid\"]}",
     SAYS(REJECTED, "user is invalid")},
	{.kind = "pushover", .status = 200, .body = "{\"status\":0}", SAYS(REJECTED, "200")},
	{.kind = "mattermost", .status = 200, .body = "ok", SAYS(DELIVERED, "")},
	{.kind = "mattermost", .status = 400, .body = "{\"message\":\"no channel\"}", SAYS(REJECTED, "no channel")},
	{.kind = "mattermost", .status = 501, SAYS(REJECTED, "switched off")},
	{.kind = "rocketchat",
     .status = 200,
     .body = "{\"success\":true,\"message\":{\"_id\":\"m1\"}}",
     SAYS(DELIVERED, ""),
     .new_ref = "m1"},
	{.kind = "rocketchat", .status = 200, .body = "{\"success\":false,\"error\":\"no\"}", SAYS(REJECTED, ": no")},
	{.kind = "rocketchat", .status = 401, SAYS(REJECTED, "token")},
	{.kind = "webex", .status = 200, .body = "{\"id\":\"w1\"}", SAYS(DELIVERED, ""), .new_ref = "w1"},
	{.kind = "webex", .status = 429, SAYS(RETRY, "429")},
	{.kind = "webex", .status = 404, SAYS(REJECTED, "space")},
	{.kind = "victorops", .status = 200, .body = "{\"result\":\"success\"}", SAYS(DELIVERED, "")},
	{.kind = "victorops", .status = 200, .body = "{\"result\":\"failure\",\"message\":\"no\"}", SAYS(REJECTED, ": no")},
	{.kind = "jira",
     .status = 200,
     .body = "{\"issues\":[{\"key\":\"P-1\"}]}",
     SAYS(DELIVERED, ""),
     .new_ref = "P-1",
     .more = true},
	{.kind = "jira", .status = 200, .body = "{\"issues\":[]}", SAYS(DELIVERED, ""), .more = true},
	{.kind = "jira", .event = EVENT_RESOLVE, .status = 200, .body = "{\"issues\":[]}", SAYS(DELIVERED, "")},
	{.kind = "jira", .step = 1, .status = 201, .body = "{\"key\":\"P-2\"}", SAYS(DELIVERED, ""), .new_ref = "P-2"},
	{.kind = "jira", .step = 1, .carry = "P-1", .status = 201, SAYS(DELIVERED, "")},
	{.kind = "jira", .status = 400, .body = "{\"errorMessages\":[\"bad JQL\"]}", SAYS(REJECTED, "bad JQL")},
	{.kind = "jira", .status = 401, SAYS(REJECTED, "password")},
	{.kind = "github",
     .status = 200,
     .body = "[{\"number\":3,\"body\":\"x\"},{\"number\":7,\"body\":\"<!-- runbookd: "
             "KEY -->\"}]",
     SAYS(DELIVERED, ""),
     .new_ref = "7",
     .more = true},
	{.kind = "github", .event = EVENT_ACKNOWLEDGE, .status = 200, .body = "[]", SAYS(DELIVERED, "")},
	{.kind = "github", .step = 1, .status = 201, .body = "{\"number\":9}", SAYS(DELIVERED, ""), .new_ref = "9"},
	{.kind = "github",
     .event = EVENT_RESOLVE,
     .step = 1,
     .carry = "7",
     .status = 201,
     SAYS(DELIVERED, ""),
     .more = true},
	{.kind = "github",
     .status = 403,
     .body = "{\"message\":\"You have exceeded a secondary rate limit\"}",
     SAYS(RETRY, "secondary")},
	{.kind = "github", .status = 403, .body = "{\"message\":\"Resource not accessible\"}", SAYS(REJECTED, "may not")},
	{.kind = "github", .status = 410, SAYS(REJECTED, "switched off")},
	{.kind = "goalert", .status = 204, SAYS(DELIVERED, "")},
	{.kind = "goalert", .status = 403, .body = "token abc", SAYS(REJECTED, "token is not known")},
	{.kind = "ntfy", .status = 200, .body = "{\"id\":\"x\"}", SAYS(DELIVERED, "")},
	{.kind = "ntfy", .status = 413, .body = "{\"error\":\"too large\"}", SAYS(REJECTED, "too large")},
	{.kind = "ntfy", .status = 429, SAYS(RETRY, "429")},
	{.kind = "incidentio", .status = 202, SAYS(DELIVERED, "")},
	{.kind = "incidentio", .status = 404, SAYS(REJECTED, "alert source")},
	{.kind = "email", .status = 250, SAYS(DELIVERED, "")},
	{.kind = "email", .status = 251, SAYS(DELIVERED, "")},
	{.kind = "email", .status = 450, .body = "450 4.2.0 Greylisted\r\n", SAYS(RETRY, "SMTP 450 4.2.0 Greylisted")},
	{.kind = "email", .status = 421, SAYS(RETRY, "SMTP 421")},
	{.kind = "email", .status = 550, .body = "550 5.1.1 <x@example.com>: unknown", SAYS(REJECTED, "unknown")},
	{.kind = "email", .status = 535, SAYS(REJECTED, "auth_password")},
	{.kind = "email", .status = 552, SAYS(REJECTED, "too large")},
};

static void judges_as_the_provider_means_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(judged); i++) {
		const struct judged *row = &judged[i];
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		const struct receiver_kind *kind = receiver_kind_find(row->kind);
		void *settings = built_settings(kind, definition_of(row->kind)->yaml, arena, &err);
		struct receiver_reply reply = {.status = row->status,
		                               .body = str_c(row->body),
		                               .event = row->event,
		                               .dedup_key = "KEY",
		                               .step = row->step,
		                               .ref = str_c(row->ref),
		                               .carry = str_c(row->carry)};
		struct receiver_judgement j = {0};
		kind->judge(settings, &reply, arena, &j);
		bool error_fits = *row->error ? str_find(j.error, str_c(row->error)) >= 0 : j.error.n == 0;
		if (j.outcome != row->outcome || !error_fits || j.more != row->more || !str_eq(j.ref, str_c(row->new_ref)))
			fail_msg("%s, row %zu: %s, \"%.*s\", ref \"%.*s\", more %d", row->kind, i, outcome_name(j.outcome),
			         STR_ARG(j.error), STR_ARG(j.ref), j.more);
		if (kind->release)
			kind->release(settings);
	}
}

static void telegram_says_in_the_body_when_to_come_back(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct receiver_reply reply = {.status = 429, .body = STR("{\"parameters\":{\"retry_after\":7}}")};
	struct receiver_judgement j = {0};
	receiver_kind_find("telegram")->judge(NULL, &reply, arena, &j);
	assert_int_equal(j.retry_after_ms, 7000);
}

static void judge_slack_bot(const char *ref, unsigned step, enum message_event event, const char *body,
                            struct arena *arena, struct receiver_judgement *out)
{
	AUTOERR struct err err = ERR_INIT;
	const struct receiver_kind *kind = receiver_kind_find("slack");
	void *settings = built_settings(kind, "{app_token: x, channel: '#c'}", arena, &err);
	struct receiver_reply reply = {.status = 200, .body = str_c(body), .event = event, .step = step, .ref = str_c(ref)};
	*out = (struct receiver_judgement){0};
	kind->judge(settings, &reply, arena, out);
}

static void a_slack_bot_keeps_to_its_message(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct receiver_judgement j;
	judge_slack_bot("", 0, EVENT_TRIGGER, "{\"ok\":true,\"channel\":\"C1\",\"ts\":\"17.5\"}", arena, &j);
	assert_true(j.outcome == OUTCOME_DELIVERED && !j.more && str_eq_c(j.ref, "C1 17.5"));
	judge_slack_bot("C1 17.5", 0, EVENT_RESOLVE, "{\"ok\":true}", arena, &j);
	assert_true(j.outcome == OUTCOME_DELIVERED && j.more && !j.ref.n);
	judge_slack_bot("C1 17.5", 0, EVENT_RESOLVE, "{\"ok\":false,\"error\":\"message_not_found\"}", arena, &j);
	assert_true(j.outcome == OUTCOME_DELIVERED && j.more);
	judge_slack_bot("C1 17.5", 1, EVENT_RESOLVE, "{\"ok\":true}", arena, &j);
	assert_true(j.outcome == OUTCOME_DELIVERED && !j.more);
	judge_slack_bot("", 0, EVENT_TRIGGER, "{\"ok\":false,\"error\":\"channel_not_found\"}", arena, &j);
	assert_true(j.outcome == OUTCOME_REJECTED && str_find(j.error, STR("channel_not_found")) > 0);
	judge_slack_bot("", 0, EVENT_TRIGGER, "{\"ok\":false,\"error\":\"ratelimited\"}", arena, &j);
	assert_int_equal(j.outcome, OUTCOME_RETRY);
}

/* Jira: what the transition is called is looked up among those that the issue has. */
static void jira_finds_its_transition(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	const struct receiver_kind *kind = receiver_kind_find("jira");
	void *settings = built_settings(
		kind, "{api_url: 'https://a/rest/api/2', project: P, password: p, resolve_transition: Done}", arena, &err);
	struct receiver_reply reply = {
		.status = 200,
		.event = EVENT_RESOLVE,
		.step = 2,
		.carry = STR("P-1"),
		.body = STR("{\"transitions\":[{\"id\":\"11\",\"name\":\"Start\"},{\"id\":\"31\",\"name\":\"DONE\"}]}")};
	struct receiver_judgement j = {0};
	kind->judge(settings, &reply, arena, &j);
	assert_true(j.more && str_eq_c(j.carry, "P-1 31"));
	reply.body = STR("{\"transitions\":[]}");
	kind->judge(settings, &reply, arena, &j);
	assert_true(!j.more && j.outcome == OUTCOME_DELIVERED);
}

/* ---- settings ---- */

static void refuses_settings(void **state)
{
	(void)state;
	static const struct {
		const char *kind, *yaml, *error;
	} rows[] = {
		{"opsgenie", "{priority: P9}", "\"priority\" must be one of P1 to P5"},
		{"opsgenie", "{dedup_key: '{{nonsense}}'}", "unknown name"},
		{"opsgenie", "{api_url: nowhere}", "\"api_url\" must be an http or https URL"},
		{"slack", "{}", "give either"},
		{"slack", "{api_url: 'https://a', app_token: b, channel: c}", "give either"},
		{"slack", "{app_token: b}", "needs a \"channel\""},
		{"slack", "{app_token: b, channel: c, app_url: 'https://a/b'}", "must end in chat.postMessage"},
		{"email", "{from: a@b, smarthost: 'm:25'}", "\"to\" must be 1 to 100"},
		{"email", "{to: [a@b, \"c\\r\\nd@e\"], from: a@b, smarthost: 'm:25'}", "is no address"},
		{"email", "{to: 'bücher@b', from: a@b, smarthost: 'm:25'}", "is no address"},
		{"email", "{to: a@b@c, from: a@b, smarthost: 'm:25'}", "is no address"},
		{"email", "{to: a@b, from: 'Ana', smarthost: 'm:25'}", "\"from\": \"Ana\" is no address"},
		{"email", "{to: a@b, from: a@b, smarthost: m}", "HOST:PORT"},
		{"email", "{to: a@b, from: a@b, smarthost: 'm/x:25'}", "HOST:PORT"},
		{"email", "{to: a@b, from: a@b, smarthost: 'm:25', hello: 'a b'}", "\"hello\" must be"},
		{"email", "{to: a@b, from: a@b, smarthost: 'm:25', auth_username: u}", "belong together"},
		{"telegram", "{bot_token: x}", "\"chat_id\" is required"},
		{"pushover", "{priority: '3'}", "from -2 to 2"},
		{"rocketchat", "{}", "\"channel\" is required"},
		{"webex", "{}", "\"room_id\" is required"},
		{"victorops", "{}", "\"routing_key\" is required"},
		{"jira", "{project: P}", "are required"},
		{"github", "{repo: a}", "OWNER/NAME"},
		{"github", "{repo: a/b/c}", "OWNER/NAME"},
		{"github", "{repo: '../b'}", "OWNER/NAME"},
		{"ntfy", "{topic: 'a/b'}", "\"topic\" must be"},
		{"incidentio", "{}", "\"url\" is required"},
		{"pagerduty", "{dedup_key: '{{#labels}}'}", "dedup_key"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		AUTOBUF struct buf all;
		buf_init(&all, SIZE_MAX);
		assert_null(built_settings(receiver_kind_find(rows[i].kind), rows[i].yaml, arena, &err));
		err_print(&err, &all);
		if (!strstr(buf_str(&all).p, rows[i].error))
			fail_msg("%s %s: %s", rows[i].kind, rows[i].yaml, all.p);
	}
}

static void a_dedup_key_keeps_the_generation(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct receiver_secret key = {"routing_key", STR("k")};
	struct receiver_request r;
	struct incident *inc = built_incident(arena);
	inc->generation = 3;
	inc->alertname = repeated(arena, "x", 400);
	inc->labels = (struct labels){&(struct label){STR("alertname"), inc->alertname}, 1};
	assert_true(
		built_request("pagerduty", "{dedup_key: '{{labels.alertname}}'}", inc, EVENT_RESOLVE, &key, arena, &r, &err));
	json_t *body = json_loadb(r.body.p, r.body.n, 0, NULL);
	struct str sent = str_c(json_string_value(json_object_get(body, "dedup_key")));
	assert_true(sent.n <= 255 && str_starts(sent, STR("xxx")) && str_ends(sent, STR("-3")));
	json_decref(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_a_definition),
		cmocka_unit_test(keeps_to_every_limit),
		cmocka_unit_test(keeps_the_links_where_text_is_cut),
		cmocka_unit_test(counts_in_the_providers_unit),
		cmocka_unit_test(takes_the_receivers_own_title_and_text),
		cmocka_unit_test(judges_as_the_provider_means_it),
		cmocka_unit_test(telegram_says_in_the_body_when_to_come_back),
		cmocka_unit_test(a_slack_bot_keeps_to_its_message),
		cmocka_unit_test(jira_finds_its_transition),
		cmocka_unit_test(refuses_settings),
		cmocka_unit_test(a_dedup_key_keeps_the_generation),
	};
	return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
