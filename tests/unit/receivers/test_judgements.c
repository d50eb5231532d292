/* What each answer of each provider means. */
#include "built.h"

#include <string.h>

#define SAYS(outcome_, error_) .outcome = OUTCOME_##outcome_, .error = error_

static const struct judged {
	const char *kind;
	enum message_event event;
	bool quiet, digest;
	unsigned step, attempt;
	bool told_lately;
	const char *ref, *carry, *session;
	int status;
	const char *body;
	enum outcome outcome;
	const char *error; /* part of it; "" where it is delivered */
	const char *never; /* what it must not say; NULL: nothing */
	const char *new_ref;
	bool more;
	const char *lent; /* the session that is handed on */
	bool session_over;
} judged[] = {
	{.kind = "pagerduty", .status = 202, SAYS(DELIVERED, "")},
	{.kind = "pagerduty", .status = 429, SAYS(RETRY, "429")},
	{.kind = "opsgenie", .status = 202, .body = "{\"requestId\":\"x\"}", SAYS(DELIVERED, "")},
	{.kind = "opsgenie", .event = EVENT_UPDATE, .status = 202, SAYS(DELIVERED, ""), .more = true},
	{.kind = "opsgenie", .event = EVENT_UPDATE, .step = 3, .status = 202, SAYS(DELIVERED, "")},
	{.kind = "opsgenie",
     .event = EVENT_UPDATE,
     .quiet = true,
     .step = 1,
     .status = 202,
     SAYS(DELIVERED, ""),
     .more = true},
	{.kind = "opsgenie", .event = EVENT_UPDATE, .quiet = true, .step = 2, .status = 202, SAYS(DELIVERED, "")},
	{.kind = "opsgenie", .event = EVENT_UPDATE, .quiet = true, .status = 404, SAYS(DELIVERED, "")},
	{.kind = "opsgenie", .event = EVENT_UPDATE, .status = 404, SAYS(REJECTED, "404")},
	{.kind = "opsgenie", .event = EVENT_TRIGGER, .digest = true, .status = 202, SAYS(DELIVERED, ""), .more = true},
	{.kind = "opsgenie", .event = EVENT_TRIGGER, .digest = true, .step = 3, .status = 202, SAYS(DELIVERED, "")},
	{.kind = "opsgenie", .status = 422, .body = "{\"message\":\"no\"}", SAYS(REJECTED, "Unprocessable Content: no")},
	{.kind = "opsgenie", .status = 401, SAYS(REJECTED, "api_key")},
	{.kind = "opsgenie", .status = 503, SAYS(RETRY, "503")},
	{.kind = "slack", .status = 200, .body = "ok", SAYS(DELIVERED, "")},
	{.kind = "slack", .status = 404, .body = "no_service", SAYS(REJECTED, "gone")},
	{.kind = "slack", .status = 429, SAYS(RETRY, "429")},
	{.kind = "slack", .status = 500, SAYS(UNKNOWN, "500")},
	{.kind = "msteams", .status = 202, SAYS(DELIVERED, "")},
	{.kind = "msteams", .status = 400, SAYS(REJECTED, "the flow")},
	{.kind = "msteams",
     .status = 404,
     .body = "{\"error\":{\"code\":\"WorkflowNotFound\",\"message\":\"no such flow\"}}",
     SAYS(REJECTED, "no such flow (the flow is gone)")},
	{.kind = "msteams",
     .status = 400,
     .body = "{\"error\":{\"code\":\"WorkflowTriggerIsNotEnabled\",\"message\":\"disabled\"}}",
     SAYS(REJECTED, "disabled (the flow is switched off)")},
	{.kind = "msteams", .status = 404, .body = "Not Found", SAYS(REJECTED, "Not Found"), .never = "gone"},
	{.kind = "msteams", .status = 502, SAYS(UNKNOWN, "502")},
	{.kind = "discord", .status = 204, SAYS(DELIVERED, "")},
	{.kind = "discord", .status = 429, SAYS(RETRY, "429")},
	{.kind = "discord",
     .status = 404,
     .body = "{\"message\":\"Unknown Webhook\",\"code\":10015}",
     SAYS(REJECTED, "Unknown Webhook (the webhook is gone)")},
	{.kind = "discord",
     .status = 404,
     .body = "{\"message\":\"404: Not Found\",\"code\":0}",
     SAYS(REJECTED, "404: Not Found"),
     .never = "gone"},
	{.kind = "discord", .status = 404, .body = "nothing is here", SAYS(REJECTED, "nothing is here"), .never = "gone"},
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
	{.kind = "mattermost",
     .status = 404,
     .body = "{\"id\":\"web.incoming_webhook.channel.app_error\",\"message\":\"no channel\",\"status_code\":404}",
     SAYS(REJECTED, "no channel (the channel is gone)")},
	{.kind = "mattermost",
     .status = 400,
     .body = "{\"id\":\"web.incoming_webhook.invalid.app_error\",\"message\":\"Invalid webhook.\"}",
     SAYS(REJECTED, "Invalid webhook. (the webhook is gone)")},
	{.kind = "mattermost",
     .status = 403,
     .body = "{\"id\":\"web.incoming_webhook.channel_locked.app_error\",\"message\":\"locked\"}",
     SAYS(REJECTED, "locked (the webhook is for another channel)")},
	{.kind = "mattermost", .status = 404, .body = "<html>", SAYS(REJECTED, "404"), .never = "gone"},
	{.kind = "mattermost", .status = 403, .body = "proxy", SAYS(REJECTED, "proxy"), .never = "may not"},
	{.kind = "mattermost",
     .status = 501,
     .body = "{\"id\":\"web.incoming_webhook.disabled.app_error\",\"message\":\"off\"}",
     SAYS(REJECTED, "off (incoming webhooks are switched off)")},
	{.kind = "mattermost", .status = 501, SAYS(REJECTED, "501")},
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
	{.kind = "ntfy", .status = 403, .attempt = 1, SAYS(REJECTED, "protected")},
	{.kind = "ntfy", .status = 403, .attempt = 1, .told_lately = true, SAYS(RETRY, "protected")},
	{.kind = "ntfy", .status = 403, .attempt = 3, .told_lately = true, SAYS(RETRY, "protected")},
	{.kind = "ntfy", .status = 403, .attempt = 4, .told_lately = true, SAYS(REJECTED, "protected")},
	{.kind = "ntfy", .status = 401, .attempt = 1, .told_lately = true, SAYS(REJECTED, "token")},
	{.kind = "incidentio", .status = 202, SAYS(DELIVERED, "")},
	{.kind = "incidentio", .status = 404, SAYS(REJECTED, "alert source")},
	{.kind = "email", .status = 250, SAYS(DELIVERED, "")},
	{.kind = "email", .status = 251, SAYS(DELIVERED, "")},
	{.kind = "email", .status = 450, .body = "450 4.2.0 Greylisted\r\n", SAYS(RETRY, "SMTP 450 4.2.0 Greylisted")},
	{.kind = "email", .status = 421, SAYS(RETRY, "SMTP 421")},
	{.kind = "email", .status = 550, .body = "550 5.1.1 <x@example.com>: unknown", SAYS(REJECTED, "unknown")},
	{.kind = "email", .status = 535, SAYS(REJECTED, "auth_password")},
	{.kind = "email", .status = 552, SAYS(REJECTED, "too large")},
	{.kind = "wechat",
     .status = 200,
     .body = "{\"errcode\":0,\"errmsg\":\"ok\",\"access_token\":\"T\",\"expires_in\":7200}",
     SAYS(DELIVERED, ""),
     .more = true,
     .lent = "T"},
	{.kind = "wechat", .status = 200, .body = "{\"errcode\":0,\"errmsg\":\"ok\"}", SAYS(RETRY, "no access token")},
	{.kind = "wechat",
     .status = 200,
     .body = "{\"errcode\":40001,\"errmsg\":\"invalid credential\"}",
     SAYS(REJECTED, "api_secret")},
	{.kind = "wechat", .session = "T", .status = 200, .body = "{\"errcode\":0,\"msgid\":\"m\"}", SAYS(DELIVERED, "")},
	{.kind = "wechat",
     .session = "T",
     .status = 200,
     .body = "{\"errcode\":42001,\"errmsg\":\"access_token expired\"}",
     SAYS(DELIVERED, "is over"),
     .more = true,
     .session_over = true},
	{.kind = "wechat",
     .session = "T",
     .step = 2,
     .status = 200,
     .body = "{\"errcode\":40014,\"errmsg\":\"invalid access_token\"}",
     SAYS(RETRY, "not taken"),
     .session_over = true},
	{.kind = "wechat", .session = "T", .status = 200, .body = "{\"errcode\":45009}", SAYS(RETRY, "takes")},
	{.kind = "wechat", .session = "T", .status = 200, .body = "{\"errcode\":81013}", SAYS(REJECTED, "nobody")},
	{.kind = "wechat", .session = "T", .status = 200, .body = "<html>", SAYS(REJECTED, "not WeCom")},
};

static void judges_as_the_provider_means_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(judged); i++) {
		const struct judged *row = &judged[i];
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		const struct receiver_kind *kind = receiver_kind_find(row->kind);
		void *settings = built_settings(kind, built_definition(row->kind)->yaml, arena, &err);
		struct receiver_reply reply = {.status = row->status,
		                               .body = str_c(row->body),
		                               .event = row->event,
		                               .quiet = row->quiet,
		                               .digest = row->digest,
		                               .dedup_key = "KEY",
		                               .step = row->step,
		                               .attempt = row->attempt,
		                               .told_lately = row->told_lately,
		                               .ref = str_c(row->ref),
		                               .carry = str_c(row->carry),
		                               .session = str_c(row->session)};
		struct receiver_judgement j = {0};
		kind->judge(settings, &reply, arena, &j);
		if (row->never && str_find(j.error, str_c(row->never)) >= 0)
			fail_msg("%s %d: %.*s", row->kind, row->status, STR_ARG(j.error));
		bool error_fits = *row->error ? str_find(j.error, str_c(row->error)) >= 0 : j.error.n == 0;
		if (j.outcome != row->outcome || !error_fits || j.more != row->more || !str_eq(j.ref, str_c(row->new_ref)))
			fail_msg("%s, row %zu: %s, \"%.*s\", ref \"%.*s\", more %d", row->kind, i, outcome_name(j.outcome),
			         STR_ARG(j.error), STR_ARG(j.ref), j.more);
		if (!str_eq(j.session, str_c(row->lent)) || j.session_over != row->session_over)
			fail_msg("%s, row %zu: session \"%.*s\", over %d", row->kind, i, STR_ARG(j.session), j.session_over);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_as_the_provider_means_it),
		cmocka_unit_test(telegram_says_in_the_body_when_to_come_back),
		cmocka_unit_test(a_slack_bot_keeps_to_its_message),
		cmocka_unit_test(jira_finds_its_transition),
	};
	return cmocka_run_group_tests_name("judgements", tests, NULL, NULL);
}
