/* Definitions with their plans: what depends on labels that are known later, and which definitions make trouble. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lint/coverage.h"
#include "lint_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct covered {
	struct linted house;
	struct arena *arena;
	struct alert_sender sender;
	struct promrules definitions;
	struct coverage coverage;
};

static void uncover(struct covered *c)
{
	coverage_release(&c->coverage);
	promrules_release(&c->definitions);
	alert_sender_release(&c->sender);
	arena_free(c->arena);
	lint_done(&c->house);
}

/* `external`: NULL where nobody says what the Prometheus adds. */
static void cover_texts(struct covered *c, const char *rules, const char *definitions, const char *external)
{
	static struct str team[] = {STR_INIT("team")};
	AUTOERR struct err err = ERR_INIT;
	*c = (struct covered){.arena = arena_new()};
	lint_load(&c->house, "", rules);
	c->house.defaults.owner_labels = (struct strs){team, 1};
	coverage_init(&c->coverage, c->arena, c->house.rules, c->house.catalog, &c->house.defaults);
	c->coverage.sender = &c->sender;
	if (external)
		assert_true(alert_sender_state(c->arena, &c->sender, str_c(external), &err));
	if (!promrules_read(c->arena, "p.yml", str_c(definitions), &c->definitions, &err))
		fail_msg("%s", err_first(&err));
}

static void add_names(struct buf *out, const struct strs *names, const char *before)
{
	for (size_t i = 0; i < names->n; i++)
		buf_printf(out, "%s%.*s", i ? "," : before, STR_ARG(names->v[i]));
}

/* "runbook R owner O" with what they depend on in their place. */
static void show_covered(const struct coverage_alert *a, struct buf *out)
{
	buf_printf(out, "%.*s", STR_ARG(a->plan.runbook.value));
	add_names(out, &a->runbook_depends, "?");
	buf_printf(out, " %.*s", STR_ARG(a->plan.owner.name));
	add_names(out, &a->owner_depends, "?");
}

static const char rules[] = "rules:\n"
							"- {name: by-namespace, matchers: ['namespace=~\"pay.*\"'], owner: pay, continue: true}\n"
							"- {name: by-job, matchers: ['job=\"node\"'], owner: infra, continue: true}\n"
							"- {name: lab, matchers: ['alertname=\"B\"', 'env=\"lab\"']}\n"
							"- {name: in-eu, matchers: ['alertname=\"A\"', 'cluster=\"eu\"'], runbook: b.md}\n"
							"- {name: b, matchers: ['alertname=\"B\"', 'severity=\"page\"'], runbook: b.md}\n"
							"- {name: c, matchers: ['alertname=\"C\"', 'severity=\"page\"'], runbook: b.md}\n";

static const struct {
	const char *definition, *external, *shown;
} cases[] = {
	{"alert: A\nexpr: up == 0", NULL, "?cluster ?namespace,job"},
	{"alert: A\nexpr: up{job=\"node\"} == 0", NULL, "?cluster infra"},
	{"alert: A\nexpr: up{job=\"web\"} == 0", NULL, "?cluster ?namespace"},
	{"alert: A\nexpr: sum by (job) (up) == 0", "region=x", " ?job"},
	{"alert: A\nexpr: sum(up) == 0", "cluster=eu", "b.md "},
	{"alert: A\nexpr: sum(up) == 0", "cluster=us,namespace=pay-1", " pay"},
	{"alert: A\nexpr: sum(up) == 0\nlabels: {cluster: '{{ $externalLabels.c }}'}", "", "?cluster "},
	{"alert: B\nexpr: sum by (env) (up) == 0\nlabels: {severity: page}", "", "b.md "},
	{"alert: C\nexpr: up == 0", "", " ?namespace,job"},
	{"alert: A\nexpr: sum(up) == 0\nlabels: {team: '{{ $labels.team }}'}", "", " ?team"},
	{"alert: A\nexpr: sum by (team) (up) == 0", "", " ?team"},
	{"alert: A\nexpr: sum by (team) (up{team=\"web\"}) == 0", "", " web"},
};

static void what_is_not_known_is_said_to_decide(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct covered c;
		AUTOBUF struct buf out;
		buf_init(&out, 4096);
		cover_texts(&c, rules, cases[i].definition, cases[i].external);
		coverage_add_definitions(&c.coverage, COVERAGE_FILES, &c.definitions);
		assert_int_equal(c.coverage.n, 1);
		show_covered(&c.coverage.v[0], &out);
		if (!str_eq_c(buf_str(&out), cases[i].shown))
			fail_msg("%s: \"%.*s\", not \"%s\"", cases[i].definition, STR_ARG(buf_str(&out)), cases[i].shown);
		uncover(&c);
	}
}

/* Behind a rule that ends the search only with some labels, what follows depends on those. */
static void a_search_that_may_end_earlier(void **state)
{
	(void)state;
	struct covered c;
	AUTOBUF struct buf out;
	buf_init(&out, 4096);
	cover_texts(&c,
	            "rules:\n- {name: not-lab, matchers: ['alertname=\"A\"', 'env!=\"lab\"'], severity: P1}\n"
	            "- {name: rest, matchers: ['alertname=\"A\"'], runbook: b.md, owner: all}\n",
	            "alert: A\nexpr: up == 0", "");
	coverage_add_definitions(&c.coverage, COVERAGE_FILES, &c.definitions);
	show_covered(&c.coverage.v[0], &out);
	assert_string_equal(buf_str(&out).p, "?env ?env");
	assert_int_equal(coverage_state(&c.coverage, &c.coverage.v[0]), COVERAGE_DEPENDS);
	assert_int_equal(coverage_count(&c.coverage).depends, 1);
	assert_false(coverage_has_runbook(&c.coverage, &c.coverage.v[0]));
	uncover(&c);
}

/* With the label sets that really fire nothing depends on labels any more. */
static void what_fires_stands_in_place_of_what_may(void **state)
{
	(void)state;
	struct covered c;
	AUTOERR struct err err = ERR_INIT;
	cover_texts(&c, rules, "alert: A\nexpr: up == 0", NULL);
	static const char series[] = "{\"data\": [{\"alertname\": \"A\", \"namespace\": \"pay-1\", \"pod\": \"1\"},"
								 "{\"alertname\": \"A\", \"namespace\": \"pay-2\", \"pod\": \"2\"},"
								 "{\"alertname\": \"A\", \"cluster\": \"eu\"}]}";
	assert_true(promrules_read_series(c.arena, "p", str_c(series), &c.definitions, &err));
	coverage_add_definitions(&c.coverage, COVERAGE_PROMETHEUS, &c.definitions);
	assert_int_equal(c.coverage.n, 2);
	assert_true(c.coverage.v[0].fired && c.coverage.v[1].fired);
	assert_true(str_eq_c(c.coverage.v[0].plan.owner.name, "pay"));
	assert_true(str_eq_c(c.coverage.v[1].plan.runbook.value, "b.md"));
	uncover(&c);
}

static void nothing_is_not_everything(void **state)
{
	(void)state;
	struct covered c;
	cover_texts(&c, rules, "groups: []", NULL);
	coverage_add_definitions(&c.coverage, COVERAGE_FILES, &c.definitions);
	assert_true(coverage_percent(&c.coverage) < 1);
	uncover(&c);
}

/* ---- trouble ---- */

static const struct {
	const char *one, *other;
	bool pair;
} pairs[] = {
	{"alert: A\nexpr: x > 1", "alert: A\nexpr: y > 1", true},
	{"alert: A\nexpr: x > 1", "alert: A\nexpr: x > 1", true},
	{"alert: A\nexpr: x > 1\nlabels: {severity: page}", "alert: A\nexpr: x > 2\nlabels: {severity: info}", false},
	{"alert: A\nexpr: x > 1\nlabels: {zone: '{{ $labels.z }}'}",
     "alert: A\nexpr: x > 2\nlabels: {zone: '{{ $labels.z }}'}", true},
	{"alert: A\nexpr: x > 1", "alert: B\nexpr: x > 1", false},
	{"alert: A\nexpr: x{job=\"a\"} > 1", "alert: A\nexpr: x{job=\"b\"} > 1", false},
	{"alert: A\nexpr: x{job=\"a\"} > 1", "alert: A\nexpr: x > 1", true},
};

static void definitions_with_the_same_labels_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct covered c;
		struct coverage_pairs found;
		AUTOFREE char *both = mem_printf("%s\n---\n%s\n", pairs[i].one, pairs[i].other);
		cover_texts(&c, rules, both, NULL);
		coverage_add_definitions(&c.coverage, COVERAGE_FILES, &c.definitions);
		assert_int_equal(c.coverage.n, 2);
		coverage_find_pairs(&c.coverage, &found);
		if (found.n != pairs[i].pair)
			fail_msg("%s: %zu pairs", both, found.n);
		if (found.n)
			assert_true(found.v[0].one->at.line < found.v[0].other->at.line);
		mem_cleanup(&found.v);
		uncover(&c);
	}
}

/* A copy of a file is another deployment's. */
static void copies_of_a_file_do_not_collide(void **state)
{
	(void)state;
	struct covered c;
	struct coverage_pairs found;
	AUTOERR struct err err = ERR_INIT;
	cover_texts(&c, rules, "alert: A\nexpr: x > 1", NULL);
	assert_true(promrules_read(c.arena, "q.yml", STR("alert: A\nexpr: x > 1"), &c.definitions, &err));
	coverage_add_definitions(&c.coverage, COVERAGE_FILES, &c.definitions);
	coverage_find_pairs(&c.coverage, &found);
	assert_int_equal(found.n, 0);
	mem_cleanup(&found.v);
	uncover(&c);
}

static void restarts_concern_what_waits_three_to_nine_minutes(void **state)
{
	(void)state;
	static const struct {
		const char *definition;
		int64_t minutes;
	} rows[] = {
		{"alert: A\nexpr: x", 0},
		{"alert: A\nexpr: x\nfor: 2m", 0},
		{"alert: A\nexpr: x\nfor: 3m", 1},
		{"alert: A\nexpr: x\nfor: 5m", 3},
		{"alert: A\nexpr: x\nfor: 9m", 7},
		{"alert: A\nexpr: x\nfor: 10m", 0},
		{"alert: Held\nexpr: x\nfor: 5m", 0},
		{"alert: Held\nexpr: x\nfor: 6m", 4},
		{"alert: Quiet\nexpr: x\nfor: 5m", 0},
		{"groups: [{tenant: t, rules: [{alert: A, expr: x, for: 5m}]}]", 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct covered c;
		cover_texts(&c,
		            "rules:\n- {name: held, matchers: ['alertname=\"Held\"'], resolve_hold: 3m}\n"
		            "- {name: quiet, matchers: ['alertname=\"Quiet\"'], page: false}\n",
		            rows[i].definition, NULL);
		coverage_add_definitions(&c.coverage, COVERAGE_FILES, &c.definitions);
		if (coverage_hold_wanted(&c.coverage.v[0]) != rows[i].minutes * 60000)
			fail_msg("%s: %d ms", rows[i].definition, (int)coverage_hold_wanted(&c.coverage.v[0]));
		uncover(&c);
	}
}

static void what_flaps_by_itself_is_a_finding(void **state)
{
	(void)state;
	struct covered c;
	cover_texts(&c, rules,
	            "alert: A\nexpr: x > 1\nfor: 5m\n---\nalert: A\nexpr: y > 1\nfor: 4m\n---\nalert: B\nexpr: z\n", NULL);
	coverage_add_definitions(&c.coverage, COVERAGE_FILES, &c.definitions);
	lint_definitions(&c.coverage, &c.house.lint);
	lint_sort(&c.house.lint);
	AUTOFREE char *said = lint_summary(&c.house);
	assert_string_equal(said, "restart-refires 1, same-labels 5>1");
	assert_non_null(strstr(c.house.lint.v[0].message.p, "2 alerts of this file"));
	assert_non_null(strstr(c.house.lint.v[0].message.p, "resolve_hold: 3m folds that (A, A)"));
	uncover(&c);
}

/* ---- what the sender does to labels ---- */

static void a_configuration_tells_what_is_added_and_dropped(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct alert_sender s = {0};
	static const char body[] =
		"{\"data\": {\"yaml\": \"global:\\n  external_labels: {cluster: eu, replica: a, zone: '${ZONE}'}\\n"
		"alerting:\\n  alert_relabel_configs:\\n  - {action: labeldrop, regex: rep.*}\\n"
		"  - {source_labels: [team], regex: (.+), target_label: owner}\\n"
		"  - {source_labels: [a], regex: '2', action: drop}\\n\"}}";
	assert_true(alert_sender_may_add(&s, STR("any")));
	assert_true(alert_sender_read_api(arena, &s, "http://p", str_c(body), &err));
	struct label own[] = {{STR_INIT("a"), STR_INIT("1")}, {STR_INIT("cluster"), STR_INIT("us")}};
	struct labels labels = {own, 1};
	struct labels sent;
	struct strs unsure;
	assert_true(alert_sender_labels(&s, arena, &labels, &sent, &unsure));
	assert_string_equal(labels_format(arena, &sent).p, "{a=\"1\", cluster=\"eu\"}");
	labels.n = 2;
	assert_true(unsure.n == 1 && str_eq_c(unsure.v[0], "owner"));
	assert_true(alert_sender_labels(&s, arena, &labels, &sent, NULL));
	assert_string_equal(labels_format(arena, &sent).p, "{a=\"1\", cluster=\"us\"}");
	own[0].value = STR("2");
	assert_false(alert_sender_labels(&s, arena, &labels, &sent, &unsure));
	assert_true(alert_sender_may_add(&s, STR("zone")));
	assert_false(alert_sender_may_add(&s, STR("any")));
	assert_false(alert_sender_read_api(arena, &s, "http://p", STR("{}"), &err));
	assert_non_null(strstr(err_first(&err), "http://p"));
	alert_sender_release(&s);
}

/* What a Prometheus rewrites, drops, and writes from what is known only when it fires. */
static void relabelling_is_followed(void **state)
{
	(void)state;
	static const char body[] = "{\"data\": {\"yaml\": \"alerting:\\n  alert_relabel_configs:\\n"
							   "  - {source_labels: [ns], target_label: namespace}\\n"
							   "  - {source_labels: [where], target_label: cluster}\\n"
							   "  - {source_labels: [severity], regex: none, action: drop}\\n\"}}";
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf out;
	struct covered c;
	cover_texts(
		&c, rules,
		"alert: A\nexpr: sum(up) == 0\nlabels: {ns: pay-1}\n---\nalert: B\nexpr: sum(up)\nlabels: {severity: none}",
		NULL);
	assert_true(alert_sender_read_api(c.arena, &c.sender, "http://p", str_c(body), &err));
	coverage_add_definitions(&c.coverage, COVERAGE_FILES, &c.definitions);
	assert_int_equal(c.coverage.n, 1);
	assert_int_equal(c.coverage.not_sent, 1);
	buf_init(&out, 4096);
	show_covered(&c.coverage.v[0], &out);
	assert_string_equal(buf_str(&out).p, "?cluster pay");
	uncover(&c);
}

static void stated_labels_are_pairs(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct alert_sender s = {0};
	assert_true(alert_sender_state(arena, &s, STR("a=1, b = 2=3"), &err));
	assert_string_equal(labels_format(arena, &s.external).p, "{a=\"1\", b=\"2=3\"}");
	assert_false(alert_sender_state(arena, &s, STR("a"), &err));
	assert_false(alert_sender_state(arena, &s, STR("=1,{x}=2"), &err));
	assert_int_equal(err.count, 3);
}

/* The source adds cluster and calls k8s_ns namespace: what rules decide by is there, or is known not to come. */
static void a_source_changes_labels(void **state)
{
	static const char house_rules[] =
		"rules:\n"
		"- {name: in-eu, matchers: ['alertname=\"A\"', 'cluster=\"eu\"'], runbook: b.md, continue: true}\n"
		"- {name: by-namespace, matchers: ['namespace=~\"pay.*\"'], owner: pay, continue: true}\n"
		"- {name: by-replica, matchers: ['alertname=\"Wheel\"', 'replica=\"1\"'], runbook: b.md}\n";
	static const char definitions[] = "groups:\n- name: g\n  rules:\n"
									  "  - {alert: A, expr: up == 0, labels: {k8s_ns: pay-in}}\n"
									  "  - {alert: Wheel, expr: 'up{job=\"x\"} == 0'}\n";
	static struct label cluster = {STR_INIT("cluster"), STR_INIT("eu")};
	static struct str replica = STR_INIT("replica");
	static struct label_rename rename = {STR_INIT("k8s_ns"), STR_INIT("namespace")};
	const struct source_labels source = {
		.add = {&cluster, 1}, .drop = {&replica, 1}, .rename = &rename, .rename_count = 1};
	(void)state;
	for (int with = 0; with < 2; with++) {
		struct covered c;
		AUTOBUF struct buf shown;
		buf_init(&shown, 4096);
		cover_texts(&c, house_rules, definitions, NULL);
		c.coverage.source = with ? &source : NULL;
		coverage_add_definitions(&c.coverage, COVERAGE_FILES, &c.definitions);
		for (size_t i = 0; i < c.coverage.n; i++) {
			show_covered(&c.coverage.v[i], &shown);
			buf_add_c(&shown, "; ");
		}
		const char *expected = with ? "b.md pay;  ?namespace; " : "?cluster ?namespace; ?replica ?namespace; ";
		if (!str_eq_c(buf_str(&shown), expected))
			fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(buf_str(&shown)), expected);
		uncover(&c);
	}
}

/* ---- labels that no alert has ---- */

/* "label>meant" of each, with ? where it may come all the same. */
static void show_unseen(const struct covered *c, struct buf *out)
{
	const struct unseen_label *labels;
	size_t n = coverage_label_evidence(&c->coverage, &labels);

	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%.*s>%.*s%s", i ? " " : "", STR_ARG(labels[i].name), STR_ARG(labels[i].meant),
		           coverage_may_come(&c->coverage, &labels[i]) ? "?" : "");
}

static const struct {
	const char *rule, *definition, *external, *shown;
} slips[] = {
	{"matchers: ['sevrity=\"page\"']", "expr: sum(up) == 0\nlabels: {severity: page}", "", "sevrity>severity"},
	{"matchers: ['sevrity!=\"page\"']", "expr: sum(up) == 0\nlabels: {severity: page}", "", "sevrity>severity"},
	{"matchers: ['Severity=\"page\"']", "expr: sum(up) == 0\nlabels: {severity: page}", "", "Severity>severity"},
	{"matchers: ['severity=\"page\"']", "expr: sum(up) == 0\nlabels: {severity: page}", "", ""},
	{"matchers: ['alertname=\"A\"'], group_by: [clutser, alertname]", "expr: sum(up) == 0", "cluster=eu",
     "clutser>cluster"},
	{"matchers: ['clutser=~\"e.\"']", "expr: up == 0", "cluster=eu", "clutser>cluster?"},
	{"matchers: ['clutser=~\"e.\"']", "expr: sum(up) == 0\nlabels: {cluster: x}", NULL, "clutser>cluster?"},
	{"matchers: ['instnace=\"a\"']", "expr: sum by (instance) (up) == 0", "", "instnace>instance"},
	{"matchers: ['taem=\"a\"']", "expr: sum(up) == 0\nlabels: {team: '{{ $labels.x }}'}", "", "taem>team"},
	/* as likely right as not: nothing is said */
	{"matchers: ['zone=\"a\"']", "expr: sum(up) == 0\nlabels: {node: x}", "", ""},
	{"matchers: ['env=\"a\"']", "expr: sum(up) == 0\nlabels: {dev: x}", "", ""},
	{"matchers: ['pod=\"a\"']", "expr: sum(up) == 0\nlabels: {pid: x}", "", ""},
};

static void a_mistyped_label_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(slips); i++) {
		struct covered c;
		AUTOBUF struct buf out;
		AUTOFREE char *text = mem_printf("rules:\n- {name: r, severity: P1, %s}\n", slips[i].rule);
		AUTOFREE char *definition = mem_printf("alert: A\n%s", slips[i].definition);
		buf_init(&out, 4096);
		cover_texts(&c, text, definition, slips[i].external);
		coverage_add_definitions(&c.coverage, COVERAGE_FILES, &c.definitions);
		show_unseen(&c, &out);
		if (!str_eq_c(buf_str(&out), slips[i].shown))
			fail_msg("%s, %s: \"%.*s\", not \"%s\"", slips[i].rule, slips[i].definition, STR_ARG(buf_str(&out)),
			         slips[i].shown);
		uncover(&c);
	}
}

/* What came has the label: then it is one. A scope's matcher stands in every rule of its file, and is told once. */
static void what_was_received_is_evidence(void **state)
{
	static const char scoped[] = "scope: {matchers: ['clutser=\"eu\"']}\nrules:\n"
								 "- {name: one, severity: P1, continue: true}\n- {name: two, severity: P1}\n";
	static struct label usual[] = {{STR_INIT("alertname"), STR_INIT("A")}, {STR_INIT("cluster"), STR_INIT("eu")}},
						odd = {STR_INIT("clutser"), STR_INIT("eu")};
	struct covered c;
	AUTOBUF struct buf out, none;
	(void)state;
	buf_init(&out, 4096);
	buf_init(&none, 4096);
	cover_texts(&c, scoped, "groups: []", NULL);
	coverage_know_labels(&c.coverage, &(struct labels){usual, 2}, LINT_EVIDENCE_LEAST);
	show_unseen(&c, &out);
	assert_true(str_eq_c(buf_str(&out), "clutser>cluster"));
	lint_definitions(&c.coverage, &c.house.lint);
	assert_int_equal(c.house.lint.n, 1);
	assert_int_equal(c.house.lint.v[0].code, LINT_UNSEEN_LABEL);
	assert_int_equal(c.house.lint.v[0].level, LINT_WARNING);
	coverage_know_labels(&c.coverage, &(struct labels){&odd, 1}, 1);
	show_unseen(&c, &none);
	assert_int_equal(none.n, 0);
	uncover(&c);
}

/* Beyond the ceiling a label may have been forgotten: nothing is said any more. */
static void too_many_labels_are_no_evidence(void **state)
{
	struct covered c;
	AUTOBUF struct buf out;
	(void)state;
	buf_init(&out, 4096);
	cover_texts(&c, "rules:\n- {name: r, severity: P1, matchers: ['sevrity=\"page\"']}\n", "groups: []", NULL);
	label_names_add(c.coverage.names, STR("severity"));
	for (size_t i = 1; i <= LABEL_NAMES_MAX; i++) {
		AUTOFREE char *name = mem_printf("other-%zu", i);
		if (i == LABEL_NAMES_MAX)
			show_unseen(&c, &out);
		label_names_add(c.coverage.names, str_c(name));
	}
	assert_true(str_eq_c(buf_str(&out), "sevrity>severity"));
	show_unseen(&c, &out);
	assert_true(str_eq_c(buf_str(&out), "sevrity>severity"));
	uncover(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mistyped_label_is_found),
		cmocka_unit_test(what_was_received_is_evidence),
		cmocka_unit_test(too_many_labels_are_no_evidence),
		cmocka_unit_test(a_source_changes_labels),
		cmocka_unit_test(what_is_not_known_is_said_to_decide),
		cmocka_unit_test(a_search_that_may_end_earlier),
		cmocka_unit_test(what_fires_stands_in_place_of_what_may),
		cmocka_unit_test(nothing_is_not_everything),
		cmocka_unit_test(definitions_with_the_same_labels_are_named),
		cmocka_unit_test(copies_of_a_file_do_not_collide),
		cmocka_unit_test(restarts_concern_what_waits_three_to_nine_minutes),
		cmocka_unit_test(what_flaps_by_itself_is_a_finding),
		cmocka_unit_test(a_configuration_tells_what_is_added_and_dropped),
		cmocka_unit_test(relabelling_is_followed),
		cmocka_unit_test(stated_labels_are_pairs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
