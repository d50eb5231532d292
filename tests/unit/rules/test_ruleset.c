#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <string.h>
#include <cmocka.h>

#include "rules/explain.h"
#include "ruleset_world.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
static bool known_receiver(void *arg, struct str name)
{
	return str_eq_c(name, arg);
}

/* ---- loading ---- */

static const struct {
	const char *rules, *error, *warning; /* NULL: none */
} checks[] = {
	{"rules: [{name: a, severity: P1, escalation: e, runbook: a.md, receivers: oncall, owner: payments}]", NULL, NULL},
	{"rules: [{name: a, runbook: 'b.md#steps'}]", NULL, NULL},
	{"rules: [{name: a, runbook: 'https://elsewhere.example.com/x'}]", NULL, NULL},
	{"rules: [{name: a, runbook: '{{labels.x}}.md'}]", NULL, NULL},
	{"rules: [{name: a, runbook: 'b.md#nowhere'}]", NULL,
     "r.yml:1:28: warning: rule \"a\": runbook \"b.md\" has no heading #nowhere"},
	{"rules: [{name: a, owner: strangers}]", NULL, "the catalog knows no owner \"strangers\""},
	{"rules: [{name: a, severity: P77}]", "r.yml:1:29: error: rule \"a\": severity \"P77\" does not exist", NULL},
	{"rules: [{name: a, severity: P11}]", "severity \"P11\" does not exist; did you mean \"P1\"?", NULL},
	{"rules: [{name: a, runbook: bb.md}]", "runbook \"bb.md\" does not exist; did you mean \"b.md\"?", NULL},
	{"rules: [{name: a, severity: none}]", NULL, NULL},
	{"rules: [{name: a, severity: none, heartbeat: {every: 5m}}]",
     "r.yml:1:29: error: rule \"a\": with severity \"none\" nobody would be told that its heartbeat is missing", NULL},
	{"rules: [{name: a, escalation: f}]", "escalation \"f\" does not exist", NULL},
	{"rules: [{name: a, runbook: missing.md}]", "runbook \"missing.md\" does not exist", NULL},
	{"rules: [{name: a, runbook: ../b.md}]", "runbook \"../b.md\" does not exist", NULL},
	{"rules: [{name: a, receivers: [oncall, nobody]}]", "receiver \"nobody\" does not exist", NULL},
};

static void test_references_are_checked(void **state)
{
	(void)state;
	static char oncall[] = "oncall";
	for (size_t i = 0; i < COUNT(checks); i++) {
		AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
		struct world w = world_new();
		assert_true(ruleset_add_file(w.rules, "r.yml", str_c(checks[i].rules), &err));
		bool good = ruleset_finish(w.rules, known_receiver, oncall, &err, &warnings);
		if (good != !checks[i].error || (checks[i].error && !strstr(err_first(&err), checks[i].error)))
			fail_msg("%s: \"%s\"", checks[i].rules, err_first(&err));
		if (checks[i].warning ? !strstr(err_first(&warnings), checks[i].warning) : err_any(&warnings))
			fail_msg("%s: warned \"%s\"", checks[i].rules, err_first(&warnings));
		err_release(&warnings);
		world_free(&w);
	}
}

static void test_defaults_are_checked(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct world w = world_new();
	struct plan_defaults odd = world_defaults;
	odd.severity = STR("P99");
	struct ruleset *rs = ruleset_new(w.catalog, &odd);
	static char nobody[] = "nobody";
	assert_false(ruleset_finish(rs, known_receiver, nobody, &err, &err));
	assert_int_equal(err.count, 2);
	ruleset_free(rs);
	world_free(&w);
}

static void test_names_are_unique_over_files(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct world w = world_new();
	assert_true(ruleset_add_file(w.rules, "1.yml", STR("rules: [{name: a}, {name: b}]"), &err));
	assert_false(ruleset_add_file(w.rules, "2.yml", STR("rules:\n  - {name: c}\n  - {name: b}\n"), &err));
	assert_string_equal(err_first(&err), "2.yml:3:5: error: rule \"b\" has the name of the rule at 1.yml:1");
	const struct rule *const *rules;
	assert_int_equal(ruleset_rules(w.rules, &rules), 4); /* the second b is looked at, too */
	assert_value(rules[2]->name, "c");
	assert_int_equal(rules[2]->index, 2);
	assert_ptr_equal(ruleset_rule(w.rules, STR("b")), rules[1]);
	assert_null(ruleset_rule(w.rules, STR("d")));
	world_free(&w);
}

static void test_names_are_unique_within_a_file(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	struct world w = world_new();
	assert_false(
		ruleset_add_file(w.rules, "1.yml", STR("rules:\n  - {name: a}\n  - {name: a, severity: P77}\n"), &err));
	assert_string_equal(err_first(&err), "1.yml:3:5: error: rule \"a\" has the name of the rule at 1.yml:2");
	ruleset_finish(w.rules, NULL, NULL, &err, &warnings);
	assert_int_equal(err.count, 2);
	assert_non_null(strstr(err.lines[1], "severity \"P77\" does not exist"));
	world_free(&w);
}

static void test_rules_are_found_by_name(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct world w = world_with("rules: [{name: a}, {name: b, owner: o}]\n"); /* finished */
	assert_value(ruleset_rule(w.rules, STR("b"))->name, "b");
	assert_null(ruleset_rule(w.rules, STR("")));
	assert_true(ruleset_add_file(w.rules, "more.yml", STR("rules: [{name: c}]"), &err));
	assert_value(ruleset_rule(w.rules, STR("c"))->name, "c");
	assert_false(ruleset_add_file(w.rules, "again.yml", STR("rules: [{name: a}]"), &err));
	world_free(&w);
}

/* ---- evaluation ---- */

static void test_continue_and_stop(void **state)
{
	(void)state;
	struct world w = world_with("rules:\n  - {name: a, severity: P2, receivers: [r1, r2], continue: true}\n"
	                            "  - {name: b, severity: P0, owner: o, receivers: [r2, r3]}\n"
	                            "  - {name: c, escalation: e, receivers: [r4]}\n");
	struct plan p = world_evaluate(&w, LABELS(L("alertname", "A")), NULL);
	assert_int_equal(p.matched_count, 2);
	assert_value(p.rule->name, "a");
	assert_value(p.severity.name, "P2");
	assert_int_equal(p.severity.rank, 2);
	assert_value(p.owner.name, "o");
	assert_int_equal(p.receivers.names.n, 3);
	assert_value(p.receivers.names.v[2], "r3");
	assert_int_equal(p.escalation.name.n, 0);
	world_free(&w);
}

/* Rules that only say whose it is, and go on, are not what a person means by "the rule". */
static void test_the_rule_is_the_one_that_chose_the_runbook(void **state)
{
	(void)state;
	static const struct {
		const char *rules, *rule;
	} rows[] = {
		{"{name: own, owner: o, continue: true}, {name: page, runbook: b.md}", "page"},
		{"{name: own, owner: o, continue: true}, {name: grave, severity: P1, continue: true}, {name: page, runbook: "
	     "b.md}",
	     "page"},
		{"{name: own, owner: o, continue: true}, {name: grave, severity: P1, continue: true}, {name: tell, receivers: "
	     "[r]}",
	     "grave"},
		{"{name: own, owner: o, continue: true}, {name: tell, receivers: [r], continue: true}", "tell"},
		{"{name: own, owner: o, continue: true}, {name: quiet, page: false}", "quiet"},
		{"{name: own, owner: o, continue: true}, {name: slow, page_after: 1m, continue: true}", "own"},
		{"{name: other, matchers: ['a=\"b\"'], owner: o}", NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOFREE char *text = mem_printf("rules: [%s]", rows[i].rules);
		struct world w = world_with(text);
		struct plan p = world_evaluate(&w, LABELS(L("alertname", "A")), NULL);
		if (rows[i].rule ? !p.rule || !str_eq_c(p.rule->name, rows[i].rule) : p.rule != NULL)
			fail_msg("%s: it is not %s", rows[i].rules, rows[i].rule ? rows[i].rule : "none");
		world_free(&w);
	}
}

static void test_many_matching_rules(void **state)
{
	(void)state;
	AUTOBUF struct buf b;
	buf_init(&b, 1 << 20);
	buf_add_c(&b, "rules:\n");
	for (int i = 0; i < 100; i++)
		buf_printf(&b, "  - {name: r%d, receivers: [x%d], continue: true}\n", i, i);
	struct world w = world_with(b.p);
	struct plan p = world_evaluate(&w, LABELS(L("alertname", "A")), NULL);
	assert_int_equal(p.matched_count, 100);
	assert_int_equal(p.receivers.names.n, 100);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(p.matched[i]->index, i);
	world_free(&w);
}

static const char hostile[] = "rules:\n  - {name: hostile, matchers: ['text=~\"(a|aa)+b\"'], severity: P0}\n"
							  "  - {name: negated, matchers: ['text!~\"(a|aa)+b\"'], severity: P0}\n"
							  "  - {name: fine, matchers: ['alertname=A'], severity: P1}\n";
#define HOSTILE_TEXT "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!b!"

static void test_a_hostile_pattern_skips_its_rule_and_the_alert_is_planned(void **state)
{
	(void)state;
	struct world w = world_with(hostile);
	struct plan p = world_evaluate(&w, LABELS(L("alertname", "A"), L("text", HOSTILE_TEXT)), NULL);
	assert_int_equal(p.cannot_tell_count, 2);
	assert_value(p.cannot_tell[0]->name, "hostile");
	assert_value(p.rule->name, "fine");
	assert_value(p.severity.name, "P1");
	assert_true(p.page && p.receivers.names.n == 1);
	p = world_evaluate(&w, LABELS(L("alertname", "B"), L("text", HOSTILE_TEXT)), NULL);
	assert_null(p.rule);
	assert_value(p.receivers.names.v[0], "oncall");
	world_free(&w);
}

static void test_misses(void **state)
{
	(void)state;
	struct world w = world_with(hostile);
	struct alert a = {.labels = LABELS(L("alertname", "B"), L("text", HOSTILE_TEXT))};
	const struct rule_miss *misses;
	assert_int_equal(ruleset_misses(w.rules, &a, w.arena, &misses), 3);
	assert_true(misses[0].cannot_tell && misses[1].cannot_tell && !misses[2].cannot_tell);
	assert_value(misses[2].matcher->text, "alertname=A");
	assert_value(misses[2].value, "B");
	json_t *json = explain_misses(misses, 3);
	const json_t *last = json_array_get(json, 2);
	assert_string_equal(json_string_value(json_object_get(last, "rule")), "fine");
	assert_string_equal(json_string_value(json_object_get(last, "label")), "alertname");
	assert_string_equal(json_string_value(json_object_get(last, "value")), "B");
	assert_string_equal(json_string_value(json_object_get(last, "file")), "r.yml");
	assert_int_equal(json_integer_value(json_object_get(last, "line")), 4);
	json_decref(json);
	a.labels = LABELS(L("alertname", "A"), L("text", "x"));
	/* "negated" matches and ends the search: what stands behind it is told, and would have matched */
	assert_int_equal(ruleset_misses(w.rules, &a, w.arena, &misses), 2);
	assert_null(misses[0].behind);
	assert_value(misses[1].behind->name, "negated");
	assert_null(misses[1].matcher);
	json = explain_misses(misses, 2);
	last = json_array_get(json, 1);
	assert_string_equal(json_string_value(json_object_get(last, "behind")), "negated");
	assert_true(json_is_null(json_object_get(last, "matcher")));
	json_decref(json);
	world_free(&w);
}

static void test_annotations_match_too(void **state)
{
	(void)state;
	struct world w = world_with(
		"rules: [{name: a, annotation_matchers: ['summary=~\"(?P<disk>sd.) is full\"'], summary: 'disk {{disk}}'}]");
	struct alert a = {.labels = LABELS(L("alertname", "A")), .annotations = LABELS(L("summary", "sda is full"))};
	struct plan p;
	ruleset_evaluate(w.rules, &a, NULL, w.arena, &p);
	assert_value(p.summary.text, "disk sda");
	a.annotations = (struct labels){0};
	ruleset_evaluate(w.rules, &a, NULL, w.arena, &p);
	assert_null(p.rule);
	world_free(&w);
}

static void test_captures_belong_to_the_rule_that_set_the_field(void **state)
{
	(void)state;
	struct world w =
		world_with("rules:\n"
	               "  - {name: a, matchers: ['alertname=~\"(?P<x>.).*\"'], summary: 'first {{x}}', continue: true}\n"
	               "  - {name: b, matchers: ['alertname=~\".(?P<x>.).*\"'], summary: 'second {{x}}',"
	               " runbook: '{{x}}.md'}\n");
	struct plan p = world_evaluate(&w, LABELS(L("alertname", "ab")), NULL);
	assert_value(p.summary.text, "first a");
	assert_value(p.runbook.path, "b.md");
	assert_true(p.runbook.exists);
	assert_value(p.runbook.url, "https://wiki.example.com/b.md");
	world_free(&w);
}

static void test_a_failing_template_falls_back(void **state)
{
	(void)state;
	struct world w = world_with("rules: [{name: a, runbook: '{{labels.long}}{{labels.long}}.md',"
	                            " summary: '{{#labels}}{{#labels}}{{labels.long}}{{/labels}}{{/labels}}'}]");
	static char text[200 * 1024];
	memset(text, 'x', sizeof text - 1);
	struct alert a = {.labels = LABELS(L("alertname", "A"), {STR("long"), str_c(text)})};
	struct plan p;
	ruleset_evaluate(w.rules, &a, NULL, w.arena, &p);
	assert_int_equal(p.template_errors, 1);
	assert_int_equal(p.runbook.from.source, SOURCE_NONE);
	assert_value(p.rule->name, "a");
	assert_true(p.summary.text.n > 0 && p.summary.text.n <= 1024);
	world_free(&w);
}

/* ---- a label chooses the receiver ---- */

static bool is_chat_or_pager(void *arg, struct str name)
{
	(void)arg;
	return str_eq_c(name, "oncall") || str_eq_c(name, "chat") || str_eq_c(name, "pager-shop");
}

static void test_a_label_chooses_among_the_receivers(void **state)
{
	(void)state;
	static const struct {
		const char *label, *told, *unknown;
	} cases[] = {
		{"chat", "chat", ""},
		{" chat ", "chat", ""},
		{"shop", "oncall", "shop"},
		{"", "oncall", ""},
		{"chat,oncall", "oncall", "chat,oncall"},
	};
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	struct world w = world_new();
	if (!ruleset_add_file(w.rules, "r.yml",
	                      STR("rules:\n- {name: a, matchers: ['alertname=A'], receivers: ['{{labels.who}}']}\n"
	                          "- {name: b, matchers: ['alertname=B', 'job=~\"(?P<job>.*)\"'],"
	                          " receivers: [chat, 'pager-{{job | lower}}']}\n"),
	                      &err) ||
	    !ruleset_finish(w.rules, is_chat_or_pager, NULL, &err, &warnings))
		fail_msg("%s", err_first(&err));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct plan p = world_evaluate(&w, LABELS(L("alertname", "A"), {STR("who"), str_c(cases[i].label)}), NULL);
		assert_int_equal(p.receivers.names.n, 1);
		assert_value(p.receivers.names.v[0], cases[i].told);
		assert_int_equal(p.receivers.unknown.n, strcmp(cases[i].told, "oncall") == 0);
		if (p.receivers.unknown.n)
			assert_value(p.receivers.unknown.v[0], cases[i].unknown);
		assert_int_equal(p.receivers.from.source, SOURCE_RULE);
	}
	struct plan p = world_evaluate(&w, LABELS(L("alertname", "B"), L("job", "Shop")), NULL);
	assert_int_equal(p.receivers.names.n, 2);
	assert_value(p.receivers.names.v[1], "pager-shop");
	p = world_evaluate(&w, LABELS(L("alertname", "B"), L("job", "x")), NULL);
	assert_value(p.receivers.names.v[1], "oncall");
	world_free(&w);
}

static void test_an_equality_that_looks_like_a_pattern_is_a_warning(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	struct world w = world_new();
	assert_true(ruleset_add_file(w.rules, "r.yml",
	                             STR("scope: {matchers: ['env=\"a|b\"']}\nrules:\n- {name: a, matchers: ['x=y']}\n"
	                                 "- name: b\n  matchers: ['alertname=\"A.*\"']\n"),
	                             &err));
	assert_true(ruleset_finish(w.rules, NULL, NULL, &err, &warnings));
	assert_int_equal(warnings.count, 2);
	assert_non_null(strstr(warnings.lines[0], "r.yml:1:"));
	assert_non_null(strstr(warnings.lines[1],
	                       "r.yml:5:14: warning: rule \"b\": alertname=\"A.*\" compares with this very "
	                       "text; for a pattern write alertname=~\"A.*\""));
	world_free(&w);
}

/* ---- grouping and keys ---- */

static void test_group_labels(void **state)
{
	(void)state;
	struct world w = world_with("rules:\n  - {name: a, matchers: [r=a], group_by: [zone, absent, alertname]}\n"
	                            "  - {name: b, matchers: [r=b], group_by: ['...']}\n");
	struct labels sent = LABELS(L("job", "j"));
	struct plan p = world_evaluate(&w, LABELS(L("alertname", "A"), L("r", "a"), L("zone", "z")), &sent);
	assert_value(labels_format(w.arena, &p.group.labels), "{absent=\"\", alertname=\"A\", zone=\"z\"}");
	p = world_evaluate(&w, LABELS(L("alertname", "A"), L("r", "b"), L("zone", "z")), &sent);
	assert_value(labels_format(w.arena, &p.group.labels), "{alertname=\"A\", r=\"b\", zone=\"z\"}");
	p = world_evaluate(&w, LABELS(L("alertname", "A")), &sent);
	assert_value(labels_format(w.arena, &p.group.labels), "{job=\"j\"}");
	p = world_evaluate(&w, LABELS(L("alertname", "A"), L("x", "y")), NULL);
	assert_value(labels_format(w.arena, &p.group.labels), "{alertname=\"A\"}");
	world_free(&w);
}

/* The key is in providers and stores: it must not change between versions. sha256("7:HighCPU8:payments3:job3:api") */
static void test_key_is_stable(void **state)
{
	(void)state;
	struct labels group = LABELS(L("job", "api")), none = {0};
	char key[INCIDENT_KEY_MAX], other[INCIDENT_KEY_MAX];
	plan_key(STR("HighCPU"), STR("payments"), &group, key);
	assert_string_equal(key, "2e3c1e86cd167f44dd4d47577ef045bb");
	plan_key(STR("HighCPU"), STR("payment"), &group, other);
	assert_string_not_equal(key, other);
	plan_key(STR("HighCPUpay"), STR("ments"), &group, other);
	assert_string_not_equal(key, other);
	struct labels a = LABELS(L("a", "bc")), b = LABELS(L("ab", "c"));
	plan_key(STR("x"), STR(""), &a, key);
	plan_key(STR("x"), STR(""), &b, other);
	assert_string_not_equal(key, other);
	plan_key((struct str){0}, (struct str){0}, &none, key);
	assert_int_equal(strlen(key), INCIDENT_KEY_MAX - 1);
}

static void test_key_of_a_plan(void **state)
{
	(void)state;
	struct world w = world_with("rules: []");
	struct labels group = LABELS(L("alertname", "A"));
	struct plan p = world_evaluate(&w, LABELS(L("alertname", "A"), L("team", "Payments")), &group);
	char want[INCIDENT_KEY_MAX];
	assert_string_equal(p.key, (plan_key(STR("A"), STR("payments"), &group, want), want));
	struct plan without_body =
		world_evaluate(&w, LABELS(L("alertname", "A"), L("i", "1"), L("team", "payments")), NULL);
	assert_string_equal(without_body.key, p.key);
	world_free(&w);
}

/* ---- the summary ---- */

static void test_summary_is_cut_at_a_character(void **state)
{
	(void)state;
	struct world w = world_with("rules: []");
	static char text[4096];
	for (size_t i = 0; i + 3 < sizeof text; i += 3)
		memcpy(text + i, "\xe2\x82\xac", 3);
	struct alert a = {.labels = LABELS(L("alertname", "A")), .annotations = LABELS({STR("summary"), str_c(text)})};
	struct plan p;
	ruleset_evaluate(w.rules, &a, NULL, w.arena, &p);
	assert_int_equal(p.summary.text.n, 1023);
	assert_true(str_is_utf8(p.summary.text));
	a.annotations = LABELS(L("summary", "one\x01\x1b[31m two"), L("title", "x"));
	ruleset_evaluate(w.rules, &a, NULL, w.arena, &p);
	assert_value(p.summary.text, "one [31m two");
	world_free(&w);
}

/* ---- explain ---- */

/* Whoever is woken by an alert that could not be read whole learns it from the first line, however long that is. */
static void test_summary_says_that_an_alert_is_degraded(void **state)
{
	(void)state;
	struct world w = world_with("rules: []");
	char text[1200];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	struct alert a = {.labels = LABELS(L("alertname", "A")), .flaw = ALERT_LARGE_LABELS};
	struct plan p;
	ruleset_evaluate(w.rules, &a, NULL, w.arena, &p);
	assert_true(str_eq_c(p.summary.text, "A [alert degraded: labels_size]"));
	a.annotations = LABELS({STR("summary"), str_c(text)});
	ruleset_evaluate(w.rules, &a, NULL, w.arena, &p);
	assert_true(p.summary.text.n < 600);
	assert_true(str_ends(p.summary.text, STR("xx [alert degraded: labels_size]")));
	a.flaw = ALERT_LARGE_ANNOTATIONS; /* the value that was cut says it */
	ruleset_evaluate(w.rules, &a, NULL, w.arena, &p);
	assert_true(str_ends(p.summary.text, STR("xxx")));
	world_free(&w);
}

static void test_explain_shape(void **state)
{
	(void)state;
	struct world w = world_with("rules: [{name: a, runbook: b.md, severity: P1}]");
	struct alert a = {.labels = LABELS(L("alertname", "A")), .fingerprint = STR("0123")};
	struct plan p;
	ruleset_evaluate(w.rules, &a, NULL, w.arena, &p);
	json_t *json = explain_plan(&a, &p);
	json_t *want = json_pack("{s:s, s:s, s:{s:s}, s:b, s:s, s:[s]}", "fingerprint", "0123", "key", p.key, "labels",
	                         "alertname", "A", "page", 1, "rule", "a", "matched_rules", "a");
	const char *key;
	json_t *value;
	json_object_foreach(want, key, value) assert_true(json_equal(value, json_object_get(json, key)));
	static const char *const fields[] = {"runbook",      "severity",  "owner",           "receivers",
	                                     "escalation",   "group_by",  "repeat_interval", "page_after",
	                                     "resolve_hold", "heartbeat", "summary"};
	static const char *const parts[] = {"value", "source", "rule", "file", "line"};
	for (size_t i = 0; i < COUNT(fields); i++)
		for (size_t k = 0; k < COUNT(parts); k++)
			if (!json_object_get(json_object_get(json_object_get(json, "fields"), fields[i]), parts[k]))
				fail_msg("%s has no %s", fields[i], parts[k]);
	json_decref(want);
	json_decref(json);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_references_are_checked),
		cmocka_unit_test(test_defaults_are_checked),
		cmocka_unit_test(test_names_are_unique_over_files),
		cmocka_unit_test(test_names_are_unique_within_a_file),
		cmocka_unit_test(test_rules_are_found_by_name),
		cmocka_unit_test(test_continue_and_stop),
		cmocka_unit_test(test_the_rule_is_the_one_that_chose_the_runbook),
		cmocka_unit_test(test_many_matching_rules),
		cmocka_unit_test(test_a_hostile_pattern_skips_its_rule_and_the_alert_is_planned),
		cmocka_unit_test(test_misses),
		cmocka_unit_test(test_annotations_match_too),
		cmocka_unit_test(test_captures_belong_to_the_rule_that_set_the_field),
		cmocka_unit_test(test_a_failing_template_falls_back),
		cmocka_unit_test(test_a_label_chooses_among_the_receivers),
		cmocka_unit_test(test_an_equality_that_looks_like_a_pattern_is_a_warning),
		cmocka_unit_test(test_group_labels),
		cmocka_unit_test(test_key_is_stable),
		cmocka_unit_test(test_key_of_a_plan),
		cmocka_unit_test(test_summary_is_cut_at_a_character),
		cmocka_unit_test(test_summary_says_that_an_alert_is_degraded),
		cmocka_unit_test(test_explain_shape),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
