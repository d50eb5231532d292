/* What a page says, and the incident's JSON for users. The whole shape is compared in tests/golden/receivers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "incident/counts.h"
#include "incident/message.h"
#include "incident/row.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define GROUP "0123456789abcdef"
#define START INT64_C(1763712000000) /* 2025-11-21T08:00:00Z */

static struct incident *incident_to_tell(struct arena *arena)
{
	struct incident *inc = incident_new(arena, STR("0123456789abcdef0123456789abcdef"));
	inc->generation = inc->episode = inc->notice = 1;
	inc->count.total = 2;
	row_make(inc, GROUP, START)->n0 = 2;
	inc->alertname = STR("HighCPU");
	inc->severity.name = STR("P1");
	inc->severity.rank = 1;
	inc->severity.response_ms = 15 * TIME_MINUTE;
	inc->started_at = inc->last_seen_at = inc->last_notice_at = START;
	inc->repeat_interval = 4 * TIME_HOUR;
	return inc;
}

static const char *text_at(const json_t *o, const char *name)
{
	assert_non_null(json_object_get(o, name));
	const char *s = json_string_value(json_object_get(o, name));
	return s ? s : "null";
}

static void names_events(void **state)
{
	(void)state;
	assert_string_equal(message_event_name(EVENT_TRIGGER), "trigger");
	assert_string_equal(message_event_name(EVENT_UPDATE), "update");
	assert_string_equal(message_event_name(EVENT_ACKNOWLEDGE), "acknowledge");
	assert_string_equal(message_event_name(EVENT_RESOLVE), "resolve");
}

static void sums_up_in_one_line(void **state)
{
	(void)state;
	static const struct {
		const char *severity, *summary, *alertname, *why;
		uint64_t firing, generation;
		enum message_event event;
		bool open;
		const char *expected;
	} rows[] = {
		{"P1", "", "HighCPU", "", 1, 1, EVENT_TRIGGER, true, "[P1] HighCPU"},
		{"P1", "CPU is busy", "HighCPU", "", 12, 1, EVENT_UPDATE, true, "[P1] HighCPU: CPU is busy (12 firing)"},
		{"P1", "HighCPU of api", "HighCPU", "", 1, 1, EVENT_TRIGGER, true, "[P1] HighCPU of api"},
		{"", " ", "HighCPU", "", 2, 1, EVENT_TRIGGER, true, "HighCPU (2 firing)"},
		{"P1", "", "", "", 2, 1, EVENT_TRIGGER, true, "[P1] alert without a name (2 firing)"},
		{"P1", "a\r\n\t b\x01\x7f", "", "", 1, 1, EVENT_ACKNOWLEDGE, true, "[P1] a  b  (acknowledged)"},
		{"P1", "bad \xff\xfe byte", "", "", 1, 1, EVENT_TRIGGER, true, "[P1] bad  byte"},
		{"P1", "", "A", "last_member_resolved", 0, 1, EVENT_RESOLVE, false, "[P1] A (resolved)"},
		{"P1", "", "A", "expired", 0, 1, EVENT_RESOLVE, false, "[P1] A (expired: no alert has been heard of it)"},
		{"P1", "", "A", "closed_by_hand", 0, 1, EVENT_RESOLVE, false, "[P1] A (closed by hand)"},
		{"P1", "", "A", "", 3, 0, EVENT_RESOLVE, true, "[P1] A (paged anew)"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct incident *inc = incident_to_tell(arena);
		struct message m;
		inc->severity.name = str_c(rows[i].severity);
		inc->summary = str_c(rows[i].summary);
		inc->alertname = str_c(rows[i].alertname);
		inc->resolved_why = str_c(rows[i].why);
		inc->rows[0].n0 = inc->count.total = rows[i].firing;
		inc->ended_generation = rows[i].open ? 0 : inc->generation;
		message_init(&m, arena, inc, rows[i].event, rows[i].generation, 1,
		             &(struct message_context){.external_url = STR("")});
		assert_string_equal(m.summary.p, rows[i].expected);
	}
}

/* Cut between characters, whatever their width and wherever the limit falls. */
static void keeps_the_summary_short(void **state)
{
	(void)state;
	static const char *const characters[] = {"x", "ü", "€", "😀", "\xff"};
	for (size_t c = 0; c < COUNT(characters); c++) {
		for (size_t length = 960; length < 1040; length++) {
			AUTOARENA struct arena *arena = arena_new();
			AUTOBUF struct buf b;
			buf_init(&b, SIZE_MAX);
			for (size_t i = 0; i < length % 4; i++)
				buf_add_char(&b, 'a');
			while (b.n < length)
				buf_add_c(&b, characters[c]);
			struct incident *inc = incident_to_tell(arena);
			struct message m;
			inc->summary = buf_str(&b);
			message_init(&m, arena, inc, EVENT_TRIGGER, 1, 1, &(struct message_context){.external_url = STR("")});
			assert_true(m.summary.n <= MESSAGE_SUMMARY_MAX);
			assert_true(str_is_utf8(m.summary));
			assert_true(str_ends(m.summary, STR(" (2 firing)")));
			bool whole = m.summary.n == b.n + strlen("[P1] HighCPU: ") + strlen(" (2 firing)");
			assert_true(whole || str_ends(m.summary, STR("… (2 firing)")) || c == 4);
		}
	}
}

static void fills_in_a_message(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_to_tell(arena);
	struct message m;
	inc->runbook.url = STR("https://wiki/x");
	message_init(&m, arena, inc, EVENT_TRIGGER, 3, 7,
	             &(struct message_context){.external_url = STR("https://r.example.com")});
	assert_string_equal(m.dedup_key, "0123456789abcdef0123456789abcdef-3");
	assert_int_equal(m.attempt, 7);
	assert_false(m.echo);
	assert_true(str_eq_c(m.incident_url, "https://r.example.com/incidents/0123456789abcdef0123456789abcdef"));
	assert_true(str_eq_c(m.runbook_url, "https://wiki/x"));
	message_init(&m, arena, inc, EVENT_TRIGGER, 1, 1, &(struct message_context){.external_url = STR("")});
	assert_int_equal(m.incident_url.n, 0);
}

static struct str fact_value(const struct message *m, const char *name)
{
	for (size_t i = 0; i < m->fact_count; i++) {
		if (!strcmp(m->facts[i].name, name))
			return m->facts[i].value;
	}
	return (struct str){NULL, 0};
}

/* Whoever is told after somebody has it learns so: a receiver that joined later, one that hears that the group has grown. */
static void a_later_page_says_who_has_it(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_to_tell(arena);
	struct message m;
	inc->acknowledged = (struct incident_person){START, STR("ana"), STR("on it")};
	inc->ack_generation = inc->generation;
	message_init(&m, arena, inc, EVENT_UPDATE, 1, 1, &(struct message_context){.quiet = true});
	assert_true(str_eq_c(fact_value(&m, "Acknowledged"), "2025-11-21 08:00 UTC by ana: on it"));
	assert_true(str_eq_c(m.headline, "Members have joined or left"));
	message_init(&m, arena, inc, EVENT_RESOLVE, 1, 1, &(struct message_context){.external_url = STR("")});
	assert_false(fact_value(&m, "Acknowledged").n);
}

static void names_the_rules_beside_the_one(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_to_tell(arena);
	struct message m;
	inc->rule = STR("high-cpu");
	inc->rules_beside = STR("owned-by-us\nnight");
	message_init(&m, arena, inc, EVENT_TRIGGER, 1, 1, &(struct message_context){.rule_at = STR("r.yml:7")});
	assert_true(str_eq_c(fact_value(&m, "Rule"), "high-cpu (r.yml:7); beside it owned-by-us, night"));
}

static void a_runbook_page_of_ours_shows_the_incident_beside_it(void **state)
{
	(void)state;
	static const char own[] = "https://r.example.com/p";
#define KEY "0123456789abcdef0123456789abcdef"
	static const struct {
		const char *external_url, *url, *expect;
	} cases[] = {
		{own, "https://r.example.com/p/runbooks/a/b.md", "https://r.example.com/p/runbooks/a/b.md?incident=" KEY},
		{own, "https://r.example.com/p/runbooks/b.md#x-1",
	     "https://r.example.com/p/runbooks/b.md?incident=" KEY "#x-1"},
		{own, "https://r.example.com/p/runbooks/b.md?by=x", "https://r.example.com/p/runbooks/b.md?by=x"},
		{own, "https://r.example.com/runbooks/b.md", "https://r.example.com/runbooks/b.md"},
		{"", "/runbooks/b.md", "/runbooks/b.md"},
		{own, "", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct incident *inc = incident_to_tell(arena);
		struct message m;
		inc->runbook.url = str_c(cases[i].url);
		message_init(&m, arena, inc, EVENT_TRIGGER, 1, 1,
		             &(struct message_context){.external_url = str_c(cases[i].external_url)});
		assert_true(str_eq_c(m.runbook_url, cases[i].expect));
	}
}

static void knows_pagerduty_severities(void **state)
{
	(void)state;
	static const struct {
		const char *said;
		int rank;
		const char *expected;
	} rows[] = {
		{"", 0, "critical"},       {"", 1, "error"},        {"", 2, "warning"},
		{"", 3, "info"},           {"", 1000, "info"},      {"", -1, "critical"},
		{"warning", 0, "warning"}, {"high", 0, "critical"}, {"Critical", 2, "warning"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct incident *inc = incident_to_tell(arena);
		struct message m;
		inc->severity.pagerduty = str_c(rows[i].said);
		inc->severity.rank = rows[i].rank;
		message_init(&m, arena, inc, EVENT_TRIGGER, 1, 1, &(struct message_context){.external_url = STR("")});
		assert_true(str_eq_c(m.pagerduty_severity, rows[i].expected));
	}
}

static void says_when_things_are_due(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_to_tell(arena);
	assert_int_equal(incident_response_due(inc), START + 15 * TIME_MINUTE);
	assert_int_equal(incident_resolution_due(inc), 0);
	assert_int_equal(incident_repeat_due(inc), START + 4 * TIME_HOUR);
	inc->acknowledged.at = START;
	inc->ack_generation = inc->generation;
	assert_int_equal(incident_repeat_due(inc), 0);
	inc->ack_generation--; /* of an earlier page */
	assert_int_equal(incident_repeat_due(inc), START + 4 * TIME_HOUR);
	inc->ended_generation = inc->generation; /* its page waits */
	assert_int_equal(incident_repeat_due(inc), 0);
	inc->ended_generation = 0;
	inc->rows[0].n0 = 0; /* the resolve is held back */
	assert_int_equal(incident_repeat_due(inc), 0);
}

static void shows_nothing_as_null(void **state)
{
	(void)state;
	static const char *const absent[] = {
		"severity",   "owner",       "rule",         "runbook",       "summary", "source",       "generator_url",
		"started_at", "resolved_at", "acknowledged", "repeat_due_at", "last",    "response_due", "resolution_due",
	};
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_new(arena, STR("k"));
	row_make(inc, GROUP, START);
	inc->resolved_at = START; /* of an earlier episode */
	json_t *view = incident_view(inc, false);
	for (size_t i = 0; i < COUNT(absent); i++) {
		if (!json_is_null(json_object_get(view, absent[i])))
			fail_msg("%s is not null", absent[i]);
	}
	assert_string_equal(text_at(view, "state"), "firing");
	assert_null(json_object_get(view, "timeline"));
	assert_int_equal(json_object_size(json_object_get(view, "labels")), 0);
	json_decref(view);
}

static void fill_everything(struct incident *inc)
{
	inc->runbook.path = inc->runbook.url = STR("x");
	inc->escalation.name = STR("x");
	inc->acknowledged.at = inc->last.at = START;
	inc->heartbeat.every = TIME_MINUTE;
	inc->silence.since = inc->approved.at = START;
	inc->update.number = 1;
	inc->ack_generation = inc->generation;
}

/* Whether the path (a last segment of * apart) leads to something that has no members but those below the *. */
static bool leads_to_a_value(json_t *view, const char *path)
{
	struct str rest = str_slice(str_c(path), strlen("incident."), SIZE_MAX);
	bool open = str_ends(rest, STR(".*"));
	rest.n -= open ? 2 : 0;
	json_t *at = view;
	while (rest.n > 0 && at) {
		ptrdiff_t dot = str_index(rest, '.');
		size_t n = dot < 0 ? rest.n : (size_t)dot;
		AUTOFREE char *segment = mem_str(str_slice(rest, 0, n));
		at = json_object_get(at, segment);
		rest = str_slice(rest, n + 1, rest.n);
	}
	return at && (open || !json_is_object(at));
}

static bool is_view_name(const char *key)
{
	for (size_t i = 0; incident_view_names[i]; i++) {
		struct str rest = str_slice(str_c(incident_view_names[i]), strlen("incident."), SIZE_MAX);
		ptrdiff_t dot = str_index(rest, '.');
		if (str_eq_c(dot < 0 ? rest : str_slice(rest, 0, (size_t)dot), key))
			return true;
	}
	return false;
}

static void templates_know_what_the_view_has(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_to_tell(arena);
	fill_everything(inc);
	json_t *view = incident_view(inc, false), *value;
	const char *key;
	for (size_t i = 0; incident_view_names[i]; i++)
		if (!leads_to_a_value(view, incident_view_names[i]))
			fail_msg("there is no %s in the view", incident_view_names[i]);
	json_object_foreach(view, key, value) if (!is_view_name(key)) fail_msg("incident_view_names lacks %s", key);
	json_decref(view);
}

static void shows_details(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_to_tell(arena);
	struct incident_sample *s =
		INCIDENT_ADD(inc, inc->sample, inc->sample_count, inc->sample_capacity, INCIDENT_SAMPLE_MAX);
	*s = (struct incident_sample){
		.fingerprint = STR("00ff"), .group = GROUP, .mark = inc->rows[0].mark, .counted = true, .starts_at = START};
	inc->previous[inc->previous_count++] =
		(struct incident_episode){.started_at = START - TIME_DAY, .resolved_at = START - TIME_HOUR};
	incident_note(inc, START, "opened", "by %s", "A");
	json_t *view = incident_view(inc, true);
	const json_t *member = json_array_get(json_object_get(view, "member_list"), 0);
	assert_string_equal(text_at(member, "fingerprint"), "00ff");
	assert_string_equal(text_at(member, "status"), "firing");
	assert_string_equal(text_at(member, "starts_at"), "2025-11-21T08:00:00Z");
	const json_t *before = json_array_get(json_object_get(view, "previous"), 0);
	assert_string_equal(text_at(before, "resolved_at"), "2025-11-21T07:00:00Z");
	assert_true(json_is_null(json_object_get(before, "acknowledged")));
	const json_t *event = json_array_get(json_object_get(view, "timeline"), 0);
	assert_string_equal(text_at(event, "what"), "opened");
	assert_string_equal(text_at(event, "detail"), "by A");
	json_decref(view);
}

/* Closing keeps the episode among the previous ones; what is shown is the others. */
static void a_closed_incident_is_not_its_own_past(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = incident_to_tell(arena);
	inc->previous[inc->previous_count++] =
		(struct incident_episode){.started_at = START - TIME_DAY, .resolved_at = START - TIME_HOUR};
	struct counts counts = {.arena = arena};
	incident_close(inc, START + TIME_HOUR, "last_member_resolved", &counts);
	counts_release(&counts);
	json_t *view = incident_view(inc, true);
	assert_int_equal(json_array_size(json_object_get(view, "previous")), 1);
	assert_string_equal(text_at(json_array_get(json_object_get(view, "previous"), 0), "started_at"),
	                    "2025-11-20T08:00:00Z");
	assert_string_equal(text_at(view, "resolved_at"), "2025-11-21T09:00:00Z");
	assert_string_equal(text_at(view, "resolved_why"), "last_member_resolved");
	json_decref(view);
}

static void survives_any_bytes(void **state)
{
	(void)state;
	static const struct {
		struct str in;
		const char *out;
	} rows[] = {
		{{"a\xff"
	      "b",
	      3},
	     "a\xef\xbf\xbd"
	     "b"},
		{{"a\0b", 3},
	     "a\xef\xbf\xbd"
	     "b"},
		{{"\xc3", 1}, "\xef\xbf\xbd"},
		{{"ü", 2}, "ü"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct label one = {rows[i].in, rows[i].in};
		struct labels labels = {&one, 1};
		json_t *text = view_text(rows[i].in), *object = view_labels(&labels);
		assert_string_equal(json_string_value(text), rows[i].out);
		assert_string_equal(json_string_value(json_object_get(object, rows[i].out)), rows[i].out);
		json_decref(text);
		json_decref(object);
	}
	assert_true(json_is_null(view_text((struct str){NULL, 0})));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_events),
		cmocka_unit_test(sums_up_in_one_line),
		cmocka_unit_test(keeps_the_summary_short),
		cmocka_unit_test(fills_in_a_message),
		cmocka_unit_test(a_later_page_says_who_has_it),
		cmocka_unit_test(names_the_rules_beside_the_one),
		cmocka_unit_test(a_runbook_page_of_ours_shows_the_incident_beside_it),
		cmocka_unit_test(knows_pagerduty_severities),
		cmocka_unit_test(says_when_things_are_due),
		cmocka_unit_test(shows_nothing_as_null),
		cmocka_unit_test(templates_know_what_the_view_has),
		cmocka_unit_test(shows_details),
		cmocka_unit_test(a_closed_incident_is_not_its_own_past),
		cmocka_unit_test(survives_any_bytes),
	};
	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
