/*
 * Alertmanager 0.33's receivers, field by field: each is taken under its name, or an error says what to write instead. No
 * field is merely unknown.
 */
#include "built.h"

#include <string.h>

static const struct {
	const char *kind;
	const char *taken;     /* fields, blank between them; a value may follow: "to=a@b" */
	const char *explained; /* the same: not taken, and the error says why */
} rows[] = {
	{"discord", "webhook_url webhook_url_file username avatar_url", "send_resolved http_config title message content"},
	{"email",
     "to=a@b from smarthost hello auth_username auth_password auth_password_file require_tls=true "
     "force_implicit_tls=true tls_config={}",
     "send_resolved auth_secret auth_secret_file auth_identity headers html text threading"},
	{"incidentio", "url url_file alert_source_token alert_source_token_file",
     "send_resolved http_config max_alerts timeout"},
	{"jira", "api_url api_type=auto project labels=[a] priority issue_type resolve_transition",
     "send_resolved http_config summary description fields reopen_transition reopen_duration wont_fix_resolution"},
	{"mattermost", "webhook_url webhook_url_file channel username icon_url icon_emoji",
     "send_resolved http_config text attachments props priority"},
	{"msteams", "webhook_url webhook_url_file", "send_resolved http_config title summary text"},
	{"opsgenie", "api_key api_key_file api_url priority tags=[a] responders=[]",
     "send_resolved http_config message description source details entity note actions update_alerts"},
	{"pagerduty", "routing_key routing_key_file url client client_url severity",
     "send_resolved http_config service_key service_key_file description details images links source component group "
     "class timeout"},
	{"pushover", "user_key user_key_file token token_file device sound priority retry=1m expire=1h ttl=1d",
     "send_resolved http_config title message url url_title html monospace"},
	{"rocketchat", "api_url channel token token_file token_id token_id_file emoji icon_url",
     "send_resolved http_config color title title_link text fields image_url thumb_url link_names short_fields "
     "actions"},
	{"slack",
     "api_url api_url_file app_token app_token_file app_url=https://a/chat.postMessage channel username icon_emoji "
     "icon_url",
     "send_resolved http_config color fallback fields footer link_names mrkdwn_in pretext short_fields text title "
     "title_link image_url thumb_url actions callback_id message_text update_message timeout"},
	{"telegram",
     "api_url bot_token bot_token_file chat_id chat_id_file message_thread_id=7 disable_notifications=true "
     "parse_mode=HTML",
     "send_resolved http_config message"},
	{"victorops", "api_key api_key_file api_url routing_key",
     "send_resolved http_config message_type state_message entity_display_name monitoring_tool custom_fields"},
	{"webex", "api_url room_id", "send_resolved http_config message"},
	{"webhook", "url url_file", "send_resolved http_config max_alerts timeout payload"},
	{"wechat", "api_secret api_secret_file api_url corp_id agent_id to_user to_party to_tag message_type=text",
     "send_resolved http_config message"},
};

/* The first line of what is wrong with `{field: value}`, in `arena`; empty: nothing is. */
static const char *complaint(const struct receiver_kind *kind, const char *field, struct arena *arena)
{
	AUTOERR struct err err = ERR_INIT;
	const char *value = strchr(field, '=');
	size_t n = value ? (size_t)(value - field) : strlen(field);
	char *yaml = arena_printf(arena, "{%.*s: %s}", (int)n, field, value ? value + 1 : "https://a/x");
	void *settings = arena_alloc(arena, kind->settings_size);
	options_defaults(kind->options, kind->option_count, arena, settings);
	const struct yaml_node *node = yaml_parse(arena, "t.yml", str_c(yaml), &err);
	assert_non_null(node);
	if (options_read(kind->options, kind->option_count, node, kind->name, arena, settings, NULL, &err))
		return "";
	return arena_printf(arena, "%s", err_first(&err));
}

static size_t count_wrong_fields(const char *kind, const char *fields, bool taken)
{
	AUTOARENA struct arena *arena = arena_new();
	char *list = arena_cstr(arena, str_c(fields)), *rest = NULL;
	size_t wrong = 0;
	for (char *field = strtok_r(list, " ", &rest); field; field = strtok_r(NULL, " ", &rest)) {
		const char *said = complaint(receiver_kind_find(kind), field, arena);
		bool fits = taken ? !*said : *said && !strstr(said, "unknown key");
		if (!fits)
			print_message("%s: %s: %s\n", kind, field, *said ? said : "taken");
		wrong += !fits;
	}
	return wrong;
}

static void each_field_is_taken_or_explained(void **state)
{
	(void)state;
	size_t wrong = 0;
	for (size_t i = 0; i < COUNT(rows); i++)
		wrong += count_wrong_fields(rows[i].kind, rows[i].taken, true) +
		         count_wrong_fields(rows[i].kind, rows[i].explained, false);
	assert_int_equal(wrong, 0);
}

/* ---- what is taken is sent ---- */

static json_t *body_of_definition(struct built b, const char *yaml, struct arena *arena)
{
	AUTOERR struct err err = ERR_INIT;
	struct receiver_request r;
	b.yaml = yaml;
	if (!built_step(&b, arena, &r, &err))
		fail_msg("%s", err_first(&err));
	json_t *body = json_loadb(r.body.p, r.body.n, 0, NULL);
	assert_non_null(body);
	return body;
}

static void what_is_taken_is_sent(void **state)
{
	(void)state;
	static const struct {
		const char *kind, *yaml, *expected;
		unsigned step;
	} sent[] = {
		{"slack", "{api_url: 'https://a/x', icon_emoji: ':fire:', icon_url: 'https://a/i'}",
	     "\"icon_emoji\":\":fire:\",\"icon_url\":\"https://a/i\"", 0},
		{"discord", "{webhook_url: 'https://a/x', avatar_url: 'https://a/i'}", "\"avatar_url\":\"https://a/i\"", 0},
		{"rocketchat", "{token: t, token_id: u, channel: c, emoji: ':fire:', icon_url: 'https://a/i'}",
	     "\"emoji\":\":fire:\",\"avatar\":\"https://a/i\"", 0},
		{"pushover", "{token: t, user_key: u, priority: 1, ttl: 1d}", "\"ttl\":86400", 0},
		{"jira", "{api_url: 'https://a', project: P, password: p, labels: [one, two]}", "\"one\",\"two\"]", 1},
		{"opsgenie", "{api_key: k, tags: 'a, b'}", "\"tags\":[\"a\",\"b\"]", 0},
		{"opsgenie", "{api_key: k, responders: [{name: 'x, y', type: teams}, {username: z@a, type: user}]}",
	     "\"responders\":[{\"type\":\"team\",\"name\":\"x\"},{\"type\":\"team\",\"name\":\"y\"},{\"type\":\"user\","
	     "\"username\":\"z@a\"}]",
	     0},
		{"telegram", "{bot_token: '1:a', chat_id: 7, parse_mode: ''}", "\"text\":\"[P1] A & @\u200bB\\n", 0},
	};
	for (size_t i = 0; i < COUNT(sent); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct incident *inc = built_incident(arena);
		inc->alertname = STR("A & @B");
		struct built b = built_of(built_definition(sent[i].kind), inc, EVENT_TRIGGER);
		b.step = sent[i].step;
		json_t *body = body_of_definition(b, sent[i].yaml, arena);
		char *text = json_dumps(body, JSON_COMPACT);
		if (!strstr(text, sent[i].expected))
			fail_msg("%s lacks %s: %s", sent[i].kind, sent[i].expected, text);
		if (!strcmp(sent[i].kind, "telegram"))
			assert_null(json_object_get(body, "parse_mode"));
		free(text);
		json_decref(body);
	}
}

/* One text with commas, as Alertmanager has it; a name may hold one. */
static void mail_goes_to_all_of_one_text(void **state)
{
	(void)state;
	static const struct {
		const char *yaml;
		size_t count;
		const char *last, *header;
	} mails[] = {
		{"{to: 'a@x.example, Ben <b@x.example>,', from: f@x.example, smarthost: 'm:25'}", 2, "b@x.example",
	     "To: a@x.example,\r\n \"Ben\"\r\n <b@x.example>\r\n"},
		{"{to: [a@x.example, 'b@x.example,c@x.example'], from: f@x.example, smarthost: 'm:25'}", 3, "c@x.example",
	     "To: a@x.example,\r\n b@x.example,\r\n c@x.example\r\n"},
		{"{to: 'Berg, Ole <o@x.example>', from: f@x.example, smarthost: 'm:25'}", 1, "o@x.example",
	     "To: \"Berg, Ole\"\r\n <o@x.example>\r\n"},
		{"{to: '\"Berg, Ole\" <o@x.example>, p@x.example', from: f@x.example, smarthost: 'm:25'}", 2, "p@x.example",
	     "To: \"Berg, Ole\"\r\n <o@x.example>,\r\n p@x.example\r\n"},
	};
	for (size_t i = 0; i < COUNT(mails); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct receiver_request r;
		if (!built_request("email", mails[i].yaml, built_incident(arena), EVENT_TRIGGER, NULL, arena, &r, &err))
			fail_msg("%s", err_first(&err));
		assert_int_equal(r.mail->to.n, mails[i].count);
		assert_true(str_eq_c(r.mail->to.v[r.mail->to.n - 1], mails[i].last));
		if (str_find(r.body, str_c(mails[i].header)) < 0)
			fail_msg("%.*s", STR_ARG(r.body));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_field_is_taken_or_explained),
	                                   cmocka_unit_test(what_is_taken_is_sent),
	                                   cmocka_unit_test(mail_goes_to_all_of_one_text)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
