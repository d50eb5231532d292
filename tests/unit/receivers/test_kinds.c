/* All kinds: what a cut text still leads to, units, templates; what settings are refused. */
#include "built.h"

#include <string.h>

#include "receivers/text.h"

static void every_kind_has_a_definition(void **state)
{
	(void)state;
	const struct receiver_kind *const *kinds;
	size_t count = receiver_kinds(&kinds);
	assert_int_equal(count, BUILT_DEFINITIONS);
	for (size_t i = 0; i < count; i++)
		assert_non_null(built_definition(kinds[i]->name));
}

/* What a kind says that it does not read is not in what it sends. */
static void what_is_not_read_is_not_missed(void **state)
{
	(void)state;
	static const enum message_event events[] = {EVENT_TRIGGER, EVENT_UPDATE, EVENT_ACKNOWLEDGE, EVENT_RESOLVE};
	for (size_t i = 0; i < BUILT_DEFINITIONS * COUNT(events); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct receiver_request whole, read;
		struct built b =
			built_of(&built_definitions[i / COUNT(events)], built_monster(arena, "ab "), events[i % COUNT(events)]);
		assert_true(built_step(&b, arena, &read, &err));
		b.whole = true;
		assert_true(built_step(&b, arena, &whole, &err));
		assert_true(str_eq(whole.body, read.body));
		assert_true(str_eq(whole.url, read.url));
	}
}

static void a_key_of_ones_own_needs_the_whole_message(void **state)
{
	(void)state;
	static const struct receiver_secret key = {"routing_key", STR_INIT("k")};
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct receiver_request end;
	struct built b = {.kind = "pagerduty",
	                  .yaml = "{routing_key: k, dedup_key: 'x {{summary}}'}",
	                  .incident = built_incident(arena),
	                  .event = EVENT_RESOLVE,
	                  .secrets = &key,
	                  .secret_count = 1};
	assert_true(built_step(&b, arena, &end, &err));
	assert_true(str_find(end.body, STR("\"x [P1] A")) > 0);
}

/* ---- limits: test_hostile.c has the rest ---- */

/* A page that is too long for its provider still leads to the runbook. */
static void keeps_the_links_where_text_is_cut(void **state)
{
	(void)state;
	static const char *const kinds[] = {"slack",   "discord",    "telegram", "webex",
	                                    "goalert", "rocketchat", "pushover", "ntfy"};
	for (size_t k = 0; k < COUNT(kinds); k++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct receiver_request r;
		struct incident *inc = built_monster(arena, "x ");
		inc->runbook.url = STR("https://wiki.example.com/short");
		inc->acknowledged.at = 0;
		struct built b = built_of(built_definition(kinds[k]), inc, EVENT_TRIGGER);
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

/* Whoever was called, and whoever has it, is not called a second time: CRITICAL would do that at Splunk On-Call. */
static void victorops_calls_nobody_for_an_update(void **state)
{
	(void)state;
	static const struct {
		enum message_event event;
		bool quiet, taken;
		const char *type;
	} cases[] = {
		{EVENT_TRIGGER, false, false, "CRITICAL"}, {EVENT_UPDATE, false, false, "CRITICAL"},
		{EVENT_UPDATE, true, false, "INFO"},       {EVENT_UPDATE, true, true, "INFO"},
		{EVENT_UPDATE, false, true, "INFO"},       {EVENT_ACKNOWLEDGE, false, true, "ACKNOWLEDGEMENT"},
		{EVENT_RESOLVE, false, true, "RECOVERY"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct receiver_request r;
		struct incident *inc = built_incident(arena);
		if (cases[i].taken) {
			inc->acknowledged = (struct incident_person){inc->started_at, STR("olu"), STR("")};
			inc->ack_generation = inc->generation;
		}
		struct built b = built_of(built_definition("victorops"), inc, cases[i].event);
		b.quiet = cases[i].quiet;
		assert_true(built_step(&b, arena, &r, &err));
		struct str wanted = str_c(arena_printf(arena, "\"message_type\":\"%s\"", cases[i].type));
		if (str_find(r.body, wanted) < 0)
			fail_msg("%zu: %.*s", i, STR_ARG(r.body));
	}
}

/* ---- templates ---- */

static void takes_the_receivers_own_title_and_text(void **state)
{
	(void)state;
	for (size_t k = 0; k < BUILT_DEFINITIONS; k++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct receiver_request r;
		struct incident *inc = built_incident(arena);
		struct built b = built_of(&built_definitions[k], inc, EVENT_TRIGGER);
		b.step = strcmp(b.kind, "jira") && strcmp(b.kind, "github") ? 0 : 1;
		b.title = "TITLE {{severity.name}}";
		b.text = "TEXT {{labels.none}}{{firing.count}}";
		assert_true(built_step(&b, arena, &r, &err));
		assert_false(r.template_failed);
		if (r.mail)
			continue; /* encoded: test_email.c */
		if (str_find(r.body, STR("TITLE P1")) < 0)
			fail_msg("%s has not its title: %.*s", b.kind, STR_ARG(r.body));
		if (str_find(r.body, STR("TEXT 1")) < 0)
			fail_msg("%s has not its text: %.*s", b.kind, STR_ARG(r.body));
	}
}

/* Telegram refuses a page with a tag that it does not know or that stays open: better a page without the template. */
static void a_text_that_html_would_break_falls_back(void **state)
{
	(void)state;
	static const struct {
		const char *kind, *text;
		bool failed;
	} rows[] = {
		{"telegram", "<b>{{labels.alertname}}</b> <a href=\"https://a/\">x</a> <code>1</code>", false},
		{"telegram", "<b>{{title}}", true},
		{"telegram", "<p>{{title}}</p>", true},
		{"telegram", "<b><i>{{title}}</b></i>", true},
		{"telegram", "</b>{{title}}", true},
		{"telegram", "{{title}} < 5", true},
		{"telegram", "{{title}} <b", true},
		{"telegram", "<b>{{labels.long}}</b>", true},
		{"pushover", "<font color=\"#d00\">{{title}}</font>", false},
		{"pushover", "<pre>{{title}}</pre>", true},
		{"discord", "<b>{{title}}", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct receiver_request r;
		struct incident *inc = built_incident(arena);
		inc->labels = (struct labels){&(struct label){STR("long"), built_repeated(arena, "y", 9000)}, 1};
		struct built b = built_of(built_definition(rows[i].kind), inc, EVENT_TRIGGER);
		b.text = rows[i].text;
		assert_true(built_step(&b, arena, &r, &err));
		if (r.template_failed != rows[i].failed)
			fail_msg("%s %s: %d", rows[i].kind, rows[i].text, r.template_failed);
		assert_true(!rows[i].failed || str_find(r.body, STR("Firing since")) > 0);
	}
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
		{"telegram", "{parse_mode: MarkdownV2}", "\"parse_mode\": pages are written in HTML"},
		{"opsgenie", "{responders: {name: x}}", "must be a list of mappings"},
		{"opsgenie", "{responders: [{name: x, id: y, type: team}]}", "exactly one of"},
		{"opsgenie", "{responders: [{name: x, type: crew}]}", "team"},
		{"jira", "{api_url: 'https://a', project: P, labels: ['a b']}", "without blanks"},
		{"pushover", "{priority: '3'}", "from -2 to 2"},
		{"rocketchat", "{}", "\"channel\" is required"},
		{"webex", "{}", "\"room_id\" is required"},
		{"victorops", "{}", "\"routing_key\" is required"},
		{"jira", "{project: P}", "are required"},
		{"github", "{repo: a}", "OWNER/NAME"},
		{"github", "{repo: a/b/c}", "OWNER/NAME"},
		{"github", "{repo: '../b'}", "OWNER/NAME"},
		{"ntfy", "{topic: 'a/b'}", "\"topic\" must be"},
		{"incidentio", "{url: nowhere}", "\"url\" must be an http or https URL"},
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
	inc->alertname = built_repeated(arena, "x", 400);
	inc->labels = (struct labels){&(struct label){STR("alertname"), inc->alertname}, 1};
	assert_true(
		built_request("pagerduty", "{dedup_key: '{{labels.alertname}}'}", inc, EVENT_RESOLVE, &key, arena, &r, &err));
	json_t *body = json_loadb(r.body.p, r.body.n, 0, NULL);
	struct str sent = str_c(json_string_value(json_object_get(body, "dedup_key")));
	assert_true(sent.n <= 255 && str_starts(sent, STR("xxx")) && str_ends(sent, STR("-3")));
	assert_true(str_eq(sent, r.key));
	json_decref(body);
}

/* The kinds whose key may be a template, and its limit there in bytes. */
static const struct {
	const char *kind, *more;
	size_t most;
} keyed[] = {
	{"pagerduty", "routing_key: k", 255},
	{"opsgenie", "api_key: k", 512},
	{"victorops", "api_key: k, routing_key: crew", 255},
};

/* The key that a message about this pump goes under; `kept`: what its generation was told under before. */
static struct str key_of(size_t k, const char *template, const char *kept, struct str pump, enum message_event event,
                         struct arena *arena)
{
	AUTOERR struct err err = ERR_INIT;
	struct receiver_request r;
	struct incident *inc = built_incident(arena);
	inc->labels = (struct labels){&(struct label){STR("pump"), pump}, 1};
	inc->generation = 2;
	struct built b = built_of(built_definition(keyed[k].kind), inc, event);
	b.yaml = arena_printf(arena, "{%s%s%s}", keyed[k].more, *template ? ", dedup_key: " : "", template);
	b.key = kept;
	assert_true(built_step(&b, arena, &r, &err));
	struct str end =
		str_slice(r.key, r.key.n > 12 ? r.key.n - 12 : 0, r.key.n); /* in a URL a cut key's mark is encoded */
	assert_true(str_find(r.url, end) >= 0 || str_find(r.body, end) >= 0);
	return r.key;
}

/* Neither what the alert says by now nor what the template is by now opens a second alarm, or leaves the first one open. */
static void what_was_told_under_a_key_keeps_it(void **state)
{
	(void)state;
	static const enum message_event events[] = {EVENT_TRIGGER, EVENT_UPDATE, EVENT_ACKNOWLEDGE, EVENT_RESOLVE};
	for (size_t i = 0; i < COUNT(keyed) * COUNT(events); i++) {
		AUTOARENA struct arena *arena = arena_new();
		size_t k = i / COUNT(events);
		enum message_event event = events[i % COUNT(events)];
		struct str pump = STR("7");
		assert_true(str_eq_c(key_of(k, "'x-{{labels.pump}}'", "first-2", pump, event, arena), "first-2"));
		assert_true(str_eq_c(key_of(k, "", "first-2", pump, event, arena), "first-2"));
		assert_true(str_eq(key_of(k, "'x-{{labels.pump}}'", NULL, pump, event, arena), STR("x-7-2")));
		assert_true(str_starts(key_of(k, "", NULL, pump, event, arena), STR("0123456789abcdef0123456789abcdef-2")));
	}
}

static void keys_that_differ_behind_the_limit_stay_different(void **state)
{
	(void)state;
	for (size_t k = 0; k < COUNT(keyed); k++) {
		AUTOARENA struct arena *arena = arena_new();
		struct str long_one = built_repeated(arena, "x", 700), just = built_repeated(arena, "x", keyed[k].most - 2);
		struct str a = str_c(arena_printf(arena, "%.*sa", STR_ARG(long_one)));
		struct str b = str_c(arena_printf(arena, "%.*sb", STR_ARG(long_one)));
		struct str ka = key_of(k, "'{{labels.pump}}'", NULL, a, EVENT_TRIGGER, arena);
		struct str kb = key_of(k, "'{{labels.pump}}'", NULL, b, EVENT_TRIGGER, arena);
		struct str whole = key_of(k, "'{{labels.pump}}'", NULL, just, EVENT_TRIGGER, arena);
		assert_true(ka.n <= keyed[k].most && kb.n <= keyed[k].most);
		assert_true(str_eq(whole, str_c(arena_printf(arena, "%.*s-2", STR_ARG(just)))));
		assert_true(str_starts(ka, STR("xxx")) && str_ends(ka, STR("-2")));
		assert_false(str_eq(ka, kb));
		assert_true(str_eq(ka, key_of(k, "'{{labels.pump}}'", NULL, a, EVENT_RESOLVE, arena)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_a_definition),
		cmocka_unit_test(what_is_not_read_is_not_missed),
		cmocka_unit_test(a_key_of_ones_own_needs_the_whole_message),
		cmocka_unit_test(keeps_the_links_where_text_is_cut),
		cmocka_unit_test(counts_in_the_providers_unit),
		cmocka_unit_test(victorops_calls_nobody_for_an_update),
		cmocka_unit_test(takes_the_receivers_own_title_and_text),
		cmocka_unit_test(a_text_that_html_would_break_falls_back),
		cmocka_unit_test(refuses_settings),
		cmocka_unit_test(a_dedup_key_keeps_the_generation),
		cmocka_unit_test(what_was_told_under_a_key_keeps_it),
		cmocka_unit_test(keys_that_differ_behind_the_limit_stay_different),
	};
	return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
