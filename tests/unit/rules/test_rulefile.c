#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <string.h>
#include <cmocka.h>

#include "rules/rulefile.h"
#include "ruleset_world.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char everything[] =
	"scope: {matchers: ['cluster!=\"lab\"', 'zone=~\"(?P<zone>.)[0-9]\"'], owner: platform}\n"
	"rules:\n"
	"  - name: first\n"
	"    matchers: ['alertname=~\"(?P<what>High|Low).*\"', 'a=b,c!=d']\n"
	"    annotation_matchers: 'summary=~\".+\"'\n"
	"    runbook: \"https://wiki.example.com/{{what}}\"\n"
	"    severity: P1\n"
	"    owner: payments\n"
	"    receivers: [oncall, chat]\n"
	"    escalation: p0\n"
	"    group_by: [cluster, service]\n"
	"    repeat_interval: 2h\n"
	"    page_after: 90s\n"
	"    resolve_hold: 10m\n"
	"    active: [office]\n"
	"    mute: fair\n"
	"    summary: '{{what}} in {{zone}}: {{annotations.summary | truncate:80}}'\n"
	"    page: false\n"
	"    continue: true\n"
	"  - name: second\n"
	"    receivers: chat\n"
	"    group_by: ['...']\n"
	"  - {name: third, group_by: alertmanager, severity: ~, heartbeat: ~}\n"
	"  - name: fourth\n"
	"    heartbeat: {every: 1m30s}\n"
	"    page: true\n";

static void test_everything(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct rulefile f;
	if (!rulefile_parse(arena, "rules/a.yml", str_c(everything), &f, &err))
		fail_msg("%s", err_first(&err));
	assert_int_equal(f.count, 4);
	const struct rule *a = &f.rules[0], *b = &f.rules[1], *c = &f.rules[2], *d = &f.rules[3];
	assert_value(a->name, "first");
	assert_int_equal(a->at.line, 3);
	assert_int_equal(a->matcher_count, 5);
	assert_value(a->matchers[0].text, "cluster!=\"lab\"");
	assert_value(a->matchers[4].text, "c!=d");
	assert_int_equal(a->matchers[4].at.line, 4);
	assert_int_equal(a->annotation_matcher_count, 1);
	for (int i = 0; i < RULE_FIELDS; i++)
		assert_int_equal(a->sets[i], i != RULE_HEARTBEAT); /* which does not stand beside page: false */
	assert_true(a->goes_on && !a->page && a->runbook_is_url && a->uses_captures);
	assert_value(a->owner, "payments");
	assert_int_equal(a->receivers.n, 2);
	assert_int_equal(a->group_by.mode, GROUP_LABELS);
	assert_value(a->group_by.labels.v[1], "service");
	assert_int_equal(a->repeat_interval, 7200000);
	assert_int_equal(a->page_after, 90000);
	assert_value(a->hours.active.v[0], "office");
	assert_value(a->hours.mute.v[0], "fair");
	assert_int_equal(a->field_at[RULE_SEVERITY].line, 7);
	assert_string_equal(a->field_at[RULE_SEVERITY].file, "rules/a.yml");

	assert_int_equal(b->matcher_count, 2);
	assert_value(b->owner, "platform");
	assert_int_equal(b->field_at[RULE_OWNER].line, 1);
	assert_false(b->goes_on || b->uses_captures || b->sets[RULE_RUNBOOK] || b->sets[RULE_PAGE]);
	assert_value(b->receivers.v[0], "chat");
	assert_int_equal(b->group_by.mode, GROUP_ALL);
	assert_int_equal(c->group_by.mode, GROUP_ALERTMANAGER);
	assert_true(c->sets[RULE_GROUP_BY] && !c->sets[RULE_SEVERITY] && !c->sets[RULE_HEARTBEAT]);
	assert_true(d->sets[RULE_HEARTBEAT] && d->heartbeat == 90000);
	assert_int_equal(d->field_at[RULE_HEARTBEAT].line, 25);
	rulefile_release(&f);
}

static const char *const fine[] = {
	"",
	"rules:\n",
	"rules: []\n",
	"scope: {owner: a}\n",
	"# only a comment\n",
	"rules: [{name: a}]\n",
	"rules: [{name: a, runbook: 'x/{{labels.alertname | kebab}}.md#{{severity.name}}'}]\n",
	"rules: [{name: a, runbook: 'https://w/x?q={{owner.name}}#{{annotations.a}}'}]\n",
	"rules: [{name: a, runbook: '{{labels.url}}'}]\n",
	"rules: [{name: a, summary: '{{runbook.title}} {{incident.key}} {{severity.name}} {{owner.name}}'}]\n",
	"rules: [{name: a, matchers: [], receivers: r}]\n",
	"rules: [{name: a, matchers: ['x=~\"(?P<who>.+)\"'], receivers: [b, '{{labels.r}}', '{{annotations.a}}-{{who | "
	"lower}}']}]\n",
};

static void test_fine(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(fine); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct rulefile f;
		if (!rulefile_parse(arena, "a.yml", str_c(fine[i]), &f, &err) || err_any(&err))
			fail_msg("%s: %s", fine[i], err_first(&err));
		rulefile_release(&f);
	}
}

/* Every message names the line. */
static const struct {
	const char *text, *message;
} refused[] = {
	{"rules: {}\n", "a.yml:1:8: error: rules: must be a list"},
	{"- a\n", "must be a mapping"},
	{"rulez: []\n", "did you mean \"rules\""},
	{"rules: [x]\n", "must be a mapping"},
	{"rules:\n  - {severity: P1}\n", "a.yml:2:5: error: rule: \"name\" is required"},
	{"rules:\n  - name: a\n    sevrity: P1\n",
     "a.yml:3:5: error: rule: unknown key \"sevrity\"; did you mean \"severity\""},
	{"rules:\n  - name: a\n    matchers: ['a=~\"(\"']\n", "a.yml:3:16: error: regular expression"},
	{"rules:\n  - name: a\n    matchers: ['a']\n", "bad matcher"},
	{"rules:\n  - name: a\n    matchers: {a: b}\n", "must be a list of texts, not a mapping"},
	{"rules:\n  - name: a\n    matchers: [{a: b}]\n", "not a mapping (in quotes?)"},
	{"rules: [{name: ''}]\n", "must not be empty"},
	{"rules: [{name: a, owner: ' '}]\n", "\"owner\" must not be empty"},
	{"rules: [{name: a, receivers: []}]\n", "\"receivers\" must not be empty"},
	{"rules: [{name: a, receivers: [b, '']}]\n", "\"receivers\" must not be empty"},
	{"rules: [{name: a, page: no}]\n", "page"},
	{"rules: [{name: a, continue: maybe}]\n", "continue"},
	{"rules: [{name: a, page_after: 5}]\n", "page_after"},
	{"rules: [{name: a, page_after: 2y}]\n", "page_after"},
	{"rules:\n  - name: a\n    heartbeat: 5m\n", "a.yml:3:16: error: heartbeat: must be a mapping"},
	{"rules: [{name: a, heartbeat: {}}]\n", "heartbeat: \"every\" is required"},
	{"rules:\n  - name: a\n    heartbeat:\n      every: 999ms\n", "a.yml:4:14: error: heartbeat: \"every\""},
	{"rules: [{name: a, heartbeat: {every: 2y}}]\n", "heartbeat: \"every\""},
	{"rules: [{name: a, heartbeat: {evry: 5m}}]\n", "did you mean \"every\""},
	{"rules:\n  - name: a\n    heartbeat: {every: 5m}\n    page: false\n",
     "a.yml:4:11: error: rule: with \"page: false\""},
	{"rules:\n  - name: a\n    heartbeat: {every: 5m}\n    page_after: 1m\n",
     "a.yml:4:17: error: rule: a heartbeat pages"},
	{"rules: [{name: a, group_by: x}]\n", "group_by: unknown word"},
	{"rules: [{name: a, group_by: {a: b}}]\n", "group_by: must be a list"},
	{"rules: [{name: a, group_by: ['...', b]}]\n", "stands alone"},
	{"rules: [{name: a, group_by: [b, b]}]\n", "named twice"},
	{"rules: [{name: a, group_by: ['']}]\n", "not a label name"},
	{"rules: [{name: a, summary: '{{ .Labels.x }}'}]\n", "Go's template syntax"},
	{"rules: [{name: a, summary: '{{what}}'}]\n", "unknown name {{what}}"},
	{"rules: [{name: a, summary: '{{> x}}'}]\n", "no partials"},
	{"rules: [{name: a, runbook: '{{runbook.title}}'}]\n", "unknown name"},
	{"rules: [{name: a, runbook: '{{incident.key}}'}]\n", "unknown name"},
	{"rules: [{name: a, runbook: 'https://{{labels.host}}/x'}]\n", "the host of a URL must be written out"},
	{"rules: [{name: a, runbook: 'https://wiki{{labels.host}}/x'}]\n", "the host of a URL must be written out"},
	{"rules: [{name: a, runbook: 'https://a@{{labels.host}}'}]\n", "the host of a URL must be written out"},
	{"rules: [{name: a, runbook: 'https://a\\{{labels.host}}'}]\n", "the host of a URL must be written out"},
	{"rules: [{name: a, runbook: \"https://a\\0{{labels.host}}/\"}]\n", "the host of a URL must be written out"},
	{"rules: [{name: a, runbook: 'https:///x'}]\n", "the host of a URL must be written out"},
	{"rules: [{name: a, runbook: 'ftp://a/x'}]\n", "begins with https://"},
	{"rules: [{name: a, matchers: ['a=~\"(?P<x>.)\"', 'b=~\"(?P<x>.)\"']}]\n", "has the name of another group"},
	{"rules: [{name: a, matchers: ['a=~\"(?P<labels>.)\"']}]\n", "what every template knows"},
	{"rules: [{name: a, matchers: ['a!~\"(?P<x>.)\"'], summary: '{{x}}'}]\n", "unknown name {{x}}"},
	{"rules: [{name: a, receivers: ['{{severity.name}}']}]\n", "unknown name"},
	{"rules: [{name: a, receivers: [b, '{{labels.x']}]\n", "not closed"},
	{"rules: [{name: a, summary: '{{owner.email}}'}]\n", "known below owner are name, contact"},
	{"rules:\n  - name: a\n    match: {a: b}\n", "a.yml:3:5: error: rule: \"match\" is an old form of Alertmanager's"},
	{"rules: [{name: a, match_re: {a: b}}]\n", "name=~"},
	{"rules: [{name: a, routes: []}]\n", "\"routes\" is Alertmanager's: rules do not nest"},
	{"rules: [{name: a, receiver: b}]\n", "write receivers: [name]"},
	{"route: {receiver: a}\nreceivers: [{name: a}]\n",
     "a.yml:1:1: error: rule file: \"route\" is of a configuration of Alertmanager"},
	{"groups: [{name: g}]\n", "a rule file of Prometheus"},
	{"apiVersion: x/v1\nkind: PrometheusRule\n", "an object of Kubernetes"},
	{"scope: {matcher: []}\n", "did you mean \"matchers\""},
	{"scope: {matchers: ['a=~\"[\"']}\nrules: [{name: a}, {name: b}]\n", "closing ]"},
	{"rules: [{name: a}, {name: a}\n", "a.yml:"},
};

static void test_refused_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct rulefile f;
		if (rulefile_parse(arena, "a.yml", str_c(refused[i].text), &f, &err))
			fail_msg("%s was taken", refused[i].text);
		if (!strstr(err_first(&err), refused[i].message) || strncmp(err_first(&err), "a.yml:", 6) != 0)
			fail_msg("%s: %s", refused[i].text, err_first(&err));
		rulefile_release(&f);
	}
}

static void test_every_error_is_reported_and_the_rest_is_kept(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct rulefile f;
	const char *text = "rules:\n  - {name: a, page: x}\n  - {name: b, severity: P1}\n"
					   "  - {name: c, matchers: ['a=~\"(\"', 'b'], nonsense: 1}\n";
	assert_false(rulefile_parse(arena, "a.yml", str_c(text), &f, &err));
	assert_int_equal(err.count, 4);
	assert_int_equal(f.count, 1);
	assert_value(f.rules[0].name, "b");
	rulefile_release(&f);
}

static void test_too_many_captures(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf b;
	buf_init(&b, 8192);
	buf_add_c(&b, "rules:\n  - name: a\n    matchers:\n");
	for (int i = 0; i <= PATTERN_CAPTURES_MAX; i++)
		buf_printf(&b, "      - 'l%d=~\"(?P<g%d>.)\"'\n", i, i);
	struct rulefile f;
	assert_false(rulefile_parse(arena, "a.yml", buf_str(&b), &f, &err));
	assert_non_null(strstr(err_first(&err), "more than 16 named groups"));
	rulefile_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),        cmocka_unit_test(test_fine),
		cmocka_unit_test(test_refused_files),     cmocka_unit_test(test_every_error_is_reported_and_the_rest_is_kept),
		cmocka_unit_test(test_too_many_captures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
