/* Alert definitions out of rule files, PrometheusRule objects and a Prometheus' answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lint/promrules.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct read {
	struct arena *arena;
	struct promrules rules;
	struct err err;
	bool ok;
};

static void read_release(struct read *r)
{
	promrules_release(&r->rules);
	err_release(&r->err);
	arena_free(r->arena);
}
#define AUTOREAD __attribute__((cleanup(read_release)))

static struct read read_rules(const char *text)
{
	struct read r = {.arena = arena_new()};
	r.ok = promrules_read(r.arena, "rules.yml", str_c(text), &r.rules, &r.err);
	return r;
}

static const char *label(const struct promrule *rule, const char *name)
{
	struct str value = labels_get(&rule->labels, str_c(name));
	return value.n ? value.p : "";
}

/* "name@line" of every definition, in order. */
static void show_rule_names(const struct read *r, struct buf *out)
{
	for (size_t i = 0; i < r->rules.n; i++)
		buf_printf(out, "%s%.*s@%d", i ? " " : "", STR_ARG(r->rules.v[i].name), r->rules.v[i].at.line);
}

static void every_layout_is_read(void **state)
{
	(void)state;
	static const struct {
		const char *text, *names;
	} cases[] = {
		{"", ""},
		{"groups:\n", ""},
		{"groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n  - record: r\n    expr: up\n", "A@4"},
		{"groups:\n- name: g\n- name: h\n  rules:\n  - {alert: A}\n", "A@5"},
		{"kind: PrometheusRule\nspec:\n  groups:\n  - rules:\n    - alert: A\n    - alert: B\n", "A@5 B@6"},
		{"kind: List\nitems:\n- spec: {groups: [{rules: [{alert: A}]}]}\n- kind: Service\n", "A@3"},
		{"kind: Service\n---\ngroups:\n- rules:\n  - alert: A\n---\n# nothing\n---\ngroups: [{rules: [{alert: B}]}]\n",
	     "A@5 B@9"},
		{"--- # one\r\ngroups: [{rules: [{alert: A}]}]\r\n---\r\ngroups: [{rules: [{alert: B}]}]\r\n", "A@2 B@4"},
		{"groups: [{rules: [{alert: A}]}]\n...\n---\ngroups: [{rules: [{alert: B}]}]\n", "A@1 B@4"},
		{"kind: ConfigMap\ndata:\n  x: |\n    groups:\n    - rules:\n      - alert: A\n  y: groups of people\n", "A@6"},
		{"{\"groups\": [{\"rules\": [{\"alert\": \"A\"}]}]}", "A@1"},
		{"additionalPrometheusRulesMap:\n  x:\n    groups:\n    - name: g\n      rules:\n      - {alert: A, expr: up}\n"
	     "serverFiles:\n  alerting_rules.yml:\n    groups:\n    - rules:\n      - {alert: B, expr: up}\n",
	     "A@6 B@11"},
		{"stack:\n  additionalPrometheusRules:\n  - name: x\n    groups:\n    - rules: [{alert: A, expr: up}]\n",
	     "A@5"},
		{"metrics:\n  prometheusRule:\n    enabled: true\n    rules:\n    - alert: A\n      expr: up\n", "A@5"},
		{"kind: Application\nspec:\n  helm:\n    values: |\n      rules:\n      - alert: A\n        expr: up\n", "A@6"},
		{"alert: A\nexpr: up\nlabels: {severity: page}\n", "A@1"},
		{"namespace: team\ngroups:\n- rules: [{alert: A, expr: up}]\n", "A@3"},
		{"team-a:\n- name: g\n  rules:\n  - {alert: A, expr: up}\nteam-b:\n- rules: [{alert: B, expr: up}]\n",
	     "A@4 B@6"},
		{"kind: VMRule\nspec:\n  groups:\n  - name: g\n    rules: [{alert: A, expr: up}]\n", "A@5"},
		{"apiVersion: 1\ngroups:\n- folder: F\n  rules:\n  - {uid: x, title: A b, condition: C, data: [{}]}\n"
	     "  - {uid: y, title: r, condition: C, data: [{}], record: {metric: m}}\n",
	     "A b@5"},
		{"F:\n- name: g\n  rules:\n  - expr: ''\n    grafana_alert: {title: A, condition: C, data: [{}]}\n", "A@5"},
		{"- {title: A, condition: B, data: [], ruleGroup: g}\n", "A@1"},
		{"kind: Role\nrules:\n- apiGroups: ['']\nalert: yes\n", ""},
		{"x-common: &c {severity: page}\ngroups:\n- rules:\n  - {alert: A, expr: up, labels: {<<: *c}}\n", "A@4"},
		{"version: prometheus/v1\nservice: mill\nslos:\n- name: s\n  alerting:\n    name: A\n    page_alert:\n      "
	     "labels: {severity: p}\n    ticket_alert: {disable: true}\n",
	     "A@8"},
		{"kind: PrometheusServiceLevel\napiVersion: sloth.slok.dev/v1\nspec:\n  slos:\n  - name: s\n    alerting:\n    "
	     "  "
	     "name: A\n",
	     "A@7 A@7"},
		{"kind: ServiceLevelObjective\napiVersion: pyrra.dev/v1alpha1\nmetadata: {name: s}\nspec:\n  window: 4w\n  "
	     "alerting: {burnrates: false}\n  indicator: {}\n",
	     "SLOMetricAbsent@5"},
		{"kind: ServiceLevelObjective\napiVersion: pyrra.dev/v1alpha1\nspec: {window: 4w, alerting: {disabled: true}, "
	     "indicator: {}}\n",
	     ""},
		{"tests:\n- alert_rule_test:\n  - {alertname: A}\nrule_files: [x]\n", ""},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOREAD struct read r = read_rules(cases[i].text);
		AUTOBUF struct buf out;
		buf_init(&out, 4096);
		show_rule_names(&r, &out);
		if (!r.ok || !str_eq_c(buf_str(&out), cases[i].names))
			fail_msg("case %zu: \"%.*s\", %s", i, STR_ARG(buf_str(&out)), err_first(&r.err));
	}
}

static void labels_are_those_that_are_known(void **state)
{
	(void)state;
	AUTOREAD struct read r = read_rules("groups:\n"
	                                    "- name: g\n"
	                                    "  labels: {team: web, severity: info}\n"
	                                    "  rules:\n"
	                                    "  - alert: A\n"
	                                    "    labels:\n"
	                                    "      severity: critical\n"
	                                    "      region: '{{ $labels.region }}'\n"
	                                    "      empty: ''\n"
	                                    "      alertname: other\n"
	                                    "    annotations: {summary: 'gone: {{ $value }}'}\n");
	assert_true(r.ok);
	assert_int_equal(r.rules.n, 1);
	const struct promrule *a = r.rules.v;
	assert_string_equal(label(a, "alertname"), "A");
	assert_string_equal(label(a, "severity"), "critical");
	assert_string_equal(label(a, "team"), "web");
	assert_int_equal(a->labels.n, 3);
	assert_int_equal(a->unknown.n, 1);
	assert_true(str_eq_c(a->unknown.v[0], "region"));
	assert_true(str_eq_c(labels_get(&a->annotations, STR("summary")), "gone: {{ $value }}"));
	assert_true(str_eq_c(a->group, "g"));
}

/* Sloth's alerts carry the objective's labels and what its queries leave; its own of the alert go before. */
static void sloth_makes_two_alerts_of_an_objective(void **state)
{
	(void)state;
	AUTOREAD struct read r =
		read_rules("version: prometheus/v1\nservice: mill\nlabels: {team: wheel, tier: one}\nslos:\n- name: turning\n"
	               "  labels: {tier: two}\n  sli:\n    events: {error_query: 'sum by (gate) (rate(e[{{.window}}]))'}\n"
	               "  alerting:\n    name: MillSlow\n    labels: {tier: three, on: day}\n"
	               "    annotations: {runbook: mill.md}\n    page_alert: {labels: {severity: P1, on: night}}\n"
	               "    ticket_alert: {annotations: {runbook: ticket.md}}\n");
	assert_true(r.ok);
	assert_int_equal(r.rules.n, 2);
	const struct promrule *page = r.rules.v, *ticket = page + 1;
	assert_string_equal(label(page, "team"), "wheel");
	assert_string_equal(label(page, "tier"), "three");
	assert_string_equal(label(page, "on"), "night");
	assert_string_equal(label(page, "severity"), "P1");
	assert_string_equal(label(page, "sloth_severity"), "page");
	assert_string_equal(label(page, "sloth_id"), "mill-turning");
	assert_true(str_eq_c(page->expr, "sum by (gate) (rate(e[5m]))"));
	assert_string_equal(label(ticket, "on"), "day");
	assert_string_equal(label(ticket, "severity"), "");
	assert_string_equal(label(ticket, "sloth_severity"), "ticket");
	assert_true(str_eq_c(labels_get(&ticket->annotations, STR("runbook")), "ticket.md"));
}

/* Of Pyrra's metadata only what has its prefix is handed on; what the total fixes is a label, unless it is grouped by. */
static void pyrra_makes_four_alerts_and_one_of_absence(void **state)
{
	(void)state;
	AUTOREAD struct read r = read_rules(
		"apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\n"
		"metadata: {name: turning, labels: {pyrra.dev/team: wheel, prometheus: k8s}, "
		"annotations: {pyrra.dev/runbook_url: mill.md}}\n"
		"spec:\n  window: 2w\n  alerting: {name: MillSlow, severities: {slowburn: ticket}}\n"
		"  indicator: {ratio: {total: {metric: 'turns_total{job=\"mill\", gate=\"west\"}'}, grouping: [gate]}}\n");
	static const struct {
		const char *name, *severity, *brief;
		int64_t for_minutes;
	} rows[] = {{"MillSlow", "critical", "3m", 1},
	            {"MillSlow", "critical", "15m", 8},
	            {"MillSlow", "ticket", "1h", 30},
	            {"MillSlow", "warning", "3h", 90},
	            {"SLOMetricAbsent", "critical", "", 0}};
	assert_true(r.ok);
	assert_int_equal(r.rules.n, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct promrule *a = &r.rules.v[i];
		assert_true(str_eq_c(a->name, rows[i].name));
		assert_string_equal(label(a, "severity"), rows[i].severity);
		assert_string_equal(label(a, "short"), rows[i].brief);
		assert_int_equal(a->for_ms, rows[i].for_minutes * 60000);
		assert_string_equal(label(a, "team"), "wheel");
		assert_string_equal(label(a, "slo"), "turning");
		assert_string_equal(label(a, "job"), "mill");
		assert_string_equal(label(a, "gate"), "");
		assert_string_equal(label(a, "prometheus"), "");
		assert_true(str_eq_c(labels_get(&a->annotations, STR("runbook_url")), "mill.md"));
	}
}

/* What cannot be told is a mistake, so that no gate passes over it. */
static void objectives_whose_alerts_nobody_can_tell(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"apiVersion: openslo/v1\nkind: AlertPolicy\nspec: {alertWhenBreaching: true}\n",
		"apiVersion: openslo/v1\nkind: SLO\nspec: {alertPolicies: [x]}\n",
		"version: prometheus/v1\nservice: mill\nslos: [{name: s, alerting: {page_alert: {}}}]\n",
		"apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nspec: {indicator: {}}\n",
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOREAD struct read r = read_rules(cases[i]);
		if (r.ok || r.rules.n || !strstr(err_first(&r.err), "rules.yml:"))
			fail_msg("case %zu: %zu alerts, %s", i, r.rules.n, err_first(&r.err));
	}
	assert_true(promrules_in_text(STR("resource \"grafana_rule_group\" \"x\" {\n")));
	assert_false(promrules_in_text(STR("resource \"grafana_folder\" \"x\" {\n")));
}

/* vmalert and Grafana add a label of their own. */
static void evaluators_add_their_label(void **state)
{
	(void)state;
	static const struct {
		const char *text, *label, *value;
		enum promrule_kind kind;
	} cases[] = {
		{"groups: [{name: g, rules: [{alert: A}]}]\n", "alertgroup", "", PROMRULE_PROMETHEUS},
		{"groups: [{name: g, tenant: '1', rules: [{alert: A}]}]\n", "alertgroup", "g", PROMRULE_VMALERT},
		{"kind: VMRule\nspec: {groups: [{name: g, rules: [{alert: A}]}]}\n", "alertgroup", "g", PROMRULE_VMALERT},
		{"groups: [{name: g, type: vlogs, rules: [{alert: A, labels: {alertgroup: own}}]}]\n", "alertgroup", "g",
	     PROMRULE_VMALERT},
		{"groups: [{name: g, folder: Shop, rules: [{title: A, condition: C, data: []}]}]\n", "grafana_folder", "Shop",
	     PROMRULE_GRAFANA},
		{"Shop: [{name: g, rules: [{grafana_alert: {title: A, condition: C, data: []}}]}]\n", "grafana_folder", "Shop",
	     PROMRULE_GRAFANA},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOREAD struct read r = read_rules(cases[i].text);
		if (r.rules.n != 1 || r.rules.v->kind != cases[i].kind)
			fail_msg("case %zu: %zu definitions, %s", i, r.rules.n, err_first(&r.err));
		assert_string_equal(label(r.rules.v, cases[i].label), cases[i].value);
	}
}

static void a_definition_keeps_its_expression_and_how_long_it_waits(void **state)
{
	(void)state;
	AUTOREAD struct read r =
		read_rules("groups: [{rules: [{alert: A, expr: up == 0, for: 5m, labels: {x: '{{ $value }}'}}]}]");
	assert_true(str_eq_c(r.rules.v->expr, "up == 0"));
	assert_int_equal(r.rules.v->for_ms, 300000);
	assert_true(str_eq_c(labels_get(&r.rules.v->written, STR("x")), "{{ $value }}"));
}

static void what_holds_no_rules_is_told_apart(void **state)
{
	(void)state;
	AUTOREAD struct read config = read_rules("global: {}\nscrape_configs: []\nrule_files: [x.yml]\n");
	assert_true(config.rules.prometheus_file);
	AUTOREAD struct read tests = read_rules("rule_files: [x.yml]\ntests: []\n");
	assert_true(tests.rules.rule_tests && !tests.rules.prometheus_file);
	AUTOREAD struct read recording = read_rules("groups: [{rules: [{record: r, expr: up}]}]\n");
	assert_int_equal(recording.rules.groups, 1);
	AUTOREAD struct read object = read_rules("kind: Service\n");
	assert_int_equal(object.rules.objects, 1);
	assert_true(promrules_in_text(STR("{ alert: 'X', expr: 'up' }")));
	assert_true(promrules_in_text(STR("\"alert\" : \"X\", \"expr\":\"up\"")));
	assert_true(promrules_in_text(STR("rule {\n  alert      = \"X\"\n  expression = \"up == 0\"\n}")));
	assert_false(promrules_in_text(STR("// an alert: nothing more")));
	assert_true(promrules_in_prometheus_1(STR("# old\nALERT PumpDown\n  IF up == 0\n  FOR 5m\n")));
	assert_true(promrules_in_prometheus_1(STR("  ALERT PumpDown IF up == 0")));
	assert_true(promrules_in_prometheus_1(STR("ALERT PumpDown\r\nLABELS {}\r\nIF up == 0\r\n")));
	assert_false(promrules_in_prometheus_1(STR("ALERT PumpDown\n\nIF it is down, look.\n")));
	assert_false(promrules_in_prometheus_1(STR("IF up == 0\nALERT Pump\n")));
	assert_false(promrules_in_prometheus_1(STR("")));
	assert_false(promrules_in_text(STR("myalert: x\nexpr: y")));
}

/* What is wrong is said with its place in the file; what is right beside it is read. */
static void mistakes_do_not_hide_the_rest(void **state)
{
	(void)state;
	static const struct {
		const char *text, *error, *names;
	} cases[] = {
		{"groups: [{rules: [{alert: A}]}]\n---\ngroups:\n- name: {{ .Values.x }}: y\n---\n"
	     "groups: [{rules: [{alert: B}]}]\n",
	     "rules.yml:4:", "A@1 B@6"},
		{"groups:\n{{- if .Values.on }}\n- rules: []\n{{- end }}\n", "render it first", ""},
		{"groups: {a: b}\n", "rules.yml:1:9: error: groups must be a list, not a mapping", ""},
		{"groups:\n- rules:\n  - alert: [x]\n  - alert: B\n", "rules.yml:3:12: error: alert must be a scalar", "B@4"},
		{"groups:\n- rules:\n  - alert: A\n    labels: [x]\n", "rules.yml:4:13: error: labels must be a mapping",
	     "A@3"},
		{"groups:\n- rules:\n  - alert: ''\n", "an alert needs a name", ""},
		{"a: b\n---\ngroups:\n- *x\n", "rules.yml:4:3: error: there is no anchor", ""},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOREAD struct read r = read_rules(cases[i].text);
		AUTOBUF struct buf out, lines;
		buf_init(&out, 4096);
		buf_init(&lines, 4096);
		show_rule_names(&r, &out);
		err_print(&r.err, &lines);
		if (r.ok || !str_eq_c(buf_str(&out), cases[i].names) || str_find(buf_str(&lines), str_c(cases[i].error)) < 0)
			fail_msg("case %zu: \"%.*s\", %.*s", i, STR_ARG(buf_str(&out)), STR_ARG(buf_str(&lines)));
	}
}

/* Telling where a mistake stands costs the length of the file. */
static void a_file_of_nothing_but_mistakes_is_not_listed_whole(void **state)
{
	(void)state;
	AUTOBUF struct buf text;
	buf_init(&text, 1 << 20);
	for (int i = 0; i < 1000; i++)
		buf_add_c(&text, "---\ngroups: [\n");
	buf_add_c(&text, "---\ngroups: [{rules: [{alert: A}]}]\n");
	AUTOREAD struct read r = read_rules(text.p);
	assert_false(r.ok);
	assert_in_range(r.err.count, 10, 50);
	assert_int_equal(r.rules.n, 1);
}

static void a_prometheus_answers_with_its_alerting_rules(void **state)
{
	(void)state;
	AUTOREAD struct read r = {.arena = arena_new()};
	static const char body[] =
		"{\"status\": \"success\", \"data\": {\"groups\": [{\"name\": \"g\", \"file\": \"/etc/x.yml\", \"rules\": ["
		"{\"type\": \"alerting\", \"name\": \"A\", \"labels\": {\"severity\": \"page\", \"x\": \"{{ $labels.x }}\"},"
		" \"annotations\": {\"runbook_url\": \"https://r/a\"}, \"duration\": 60},"
		"{\"type\": \"recording\", \"name\": \"r\"}]}, {\"name\": \"empty\", \"rules\": null}]}}";
	assert_true(promrules_read_api(r.arena, "http://p", str_c(body), &r.rules, &r.err));
	assert_int_equal(r.rules.n, 1);
	assert_string_equal(label(r.rules.v, "severity"), "page");
	assert_string_equal(label(r.rules.v, "x"), "");
	assert_int_equal(r.rules.v->unknown.n, 1);
	assert_string_equal(r.rules.v->at.file, "/etc/x.yml");
	assert_int_equal(r.rules.v->at.line, 0);
}

static void what_fires_and_fired_belongs_to_its_definition(void **state)
{
	(void)state;
	AUTOREAD struct read r = {.arena = arena_new()};
	static const char body[] = "{\"data\": {\"groups\": [{\"name\": \"g\", \"rules\": ["
							   "{\"type\": \"alerting\", \"name\": \"A\", \"query\": \"up == 0\", \"duration\": 300, "
							   "\"labels\": {\"severity\": \"page\"},"
							   " \"alerts\": [{\"state\": \"firing\", \"labels\": {\"alertname\": \"A\", \"severity\": "
							   "\"page\", \"zone\": \"1\"}, \"annotations\": {\"a\": \"b\"}},"
							   " {\"state\": \"pending\", \"labels\": {\"alertname\": \"A\", \"zone\": \"2\"}}]},"
							   "{\"type\": \"alerting\", \"name\": \"A\", \"labels\": {\"severity\": \"info\"}}]}]}}";
	static const char series[] = "{\"data\": [{\"__name__\": \"ALERTS\", \"alertname\": \"A\", \"alertstate\": "
								 "\"firing\", \"severity\": \"info\", \"zone\": \"3\"},"
								 "{\"__name__\": \"ALERTS\", \"alertname\": \"A\", \"alertstate\": \"firing\", "
								 "\"severity\": \"page\", \"zone\": \"1\"},"
								 "{\"alertname\": \"Other\"}]}";
	assert_true(promrules_read_api(r.arena, "http://p", str_c(body), &r.rules, &r.err));
	assert_true(promrules_read_series(r.arena, "http://p", str_c(series), &r.rules, &r.err));
	assert_int_equal(r.rules.n, 2);
	assert_int_equal(r.rules.v[0].for_ms, 300000);
	assert_int_equal(r.rules.v[0].firing_count, 1);
	assert_true(str_eq_c(labels_get(&r.rules.v[0].firing[0].labels, STR("zone")), "1"));
	assert_int_equal(r.rules.v[0].firing[0].annotations.n, 1);
	assert_int_equal(r.rules.v[1].firing_count, 1);
	assert_int_equal(r.rules.v[1].firing[0].labels.n, 3);
	assert_false(promrules_read_series(r.arena, "http://p", STR("{}"), &r.rules, &r.err));
	assert_int_equal(r.err.count, 1);
}

static void what_is_no_answer_is_refused(void **state)
{
	(void)state;
	static const char *const bodies[] = {"", "<html>", "[]", "{}", "{\"data\": []}", "{\"data\": {\"groups\": 1}}"};
	for (size_t i = 0; i < COUNT(bodies); i++) {
		AUTOREAD struct read r = {.arena = arena_new()};
		assert_false(promrules_read_api(r.arena, "http://p", str_c(bodies[i]), &r.rules, &r.err));
		assert_int_equal(r.err.count, 1);
		assert_int_equal(r.rules.n, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_layout_is_read),
		cmocka_unit_test(labels_are_those_that_are_known),
		cmocka_unit_test(sloth_makes_two_alerts_of_an_objective),
		cmocka_unit_test(pyrra_makes_four_alerts_and_one_of_absence),
		cmocka_unit_test(objectives_whose_alerts_nobody_can_tell),
		cmocka_unit_test(evaluators_add_their_label),
		cmocka_unit_test(a_definition_keeps_its_expression_and_how_long_it_waits),
		cmocka_unit_test(what_holds_no_rules_is_told_apart),
		cmocka_unit_test(what_fires_and_fired_belongs_to_its_definition),
		cmocka_unit_test(mistakes_do_not_hide_the_rest),
		cmocka_unit_test(a_file_of_nothing_but_mistakes_is_not_listed_whole),
		cmocka_unit_test(a_prometheus_answers_with_its_alerting_rules),
		cmocka_unit_test(what_is_no_answer_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
