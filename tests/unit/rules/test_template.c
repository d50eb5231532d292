#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "rules/template.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char context_text[] = "{\"labels\": {\"alertname\": \"HighCPUUsage\", \"job\": \"node exporter\", "
								   "\"k8s.pod.name\": \"p-1\", \"empty\": \"\","
								   " \"dots\": \"..\", \"evil\": \"evil.com/../x?y#z@h:1\", \"html\": \"<b "
								   "a='1'>&\\\"\", \"lines\": \"a\\nb\\u0001\"},"
								   " \"annotations\": {\"summary\": \"\\u00dcber 90 % \\u2026 now\"}, \"svc\": "
								   "\"api\", \"n\": 3, \"r\": 1.5, \"yes\": true,"
								   " \"list\": [{\"x\": 1}, {\"x\": 2}], \"none\": [], \"incident\": {\"firing\": 2}}";

static const struct {
	const char *text;
	enum template_escape escape;
	const char *want;
} renderings[] = {
	{"", ESCAPE_NONE, ""},
	{"plain }} text { {", ESCAPE_NONE, "plain }} text { {"},
	{"{{svc}} on {{labels.job}}", ESCAPE_NONE, "api on node exporter"},
	{"{{ labels.k8s.pod.name }}", ESCAPE_NONE, "p-1"},
	{"{{labels.missing}}{{annotations.none.deep}}.", ESCAPE_NONE, "."},
	{"{{n}} {{r}} {{yes}}", ESCAPE_NONE, "3 1.5 true"},
	{"{{incident}}", ESCAPE_NONE, "{\"firing\":2}"},
	{"{{labels.alertname|lower}}", ESCAPE_NONE, "highcpuusage"},
	{"{{labels.alertname | upper}}", ESCAPE_NONE, "HIGHCPUUSAGE"},
	{"{{labels.alertname | kebab}}", ESCAPE_NONE, "high-cpu-usage"},
	{"{{labels.alertname | snake}}", ESCAPE_NONE, "high_cpu_usage"},
	{"{{labels.job | kebab | upper}}", ESCAPE_NONE, "NODE-EXPORTER"},
	{"{{labels.job | urlencode}}", ESCAPE_NONE, "node%20exporter"},
	{"{{labels.html | json}}", ESCAPE_NONE, "\"<b a='1'>&\\\"\""},
	{"{{list | json}}", ESCAPE_NONE, "[{\"x\":1},{\"x\":2}]"},
	{"{{labels.empty | default:\"a | b\"}}", ESCAPE_NONE, "a | b"},
	{"{{labels.missing | default:\"say \\\"x\\\"\"}}", ESCAPE_NONE, "say \"x\""},
	{"{{svc | default:\"no\"}}", ESCAPE_NONE, "api"},
	{"{{annotations.summary | truncate:5}}", ESCAPE_NONE, "Über…"},
	{"{{annotations.summary | truncate:80}}", ESCAPE_NONE, "Über 90 % … now"},
	{"{{svc | truncate:1}}", ESCAPE_NONE, "…"},
	{"{{#labels.job}}[{{labels.job}}]{{/labels.job}}", ESCAPE_NONE, "[node exporter]"},
	{"{{#labels.empty}}x{{/labels.empty}}{{^labels.empty}}none{{/labels.empty}}", ESCAPE_NONE, "none"},
	{"{{#list}}{{x}},{{/list}}{{^list}}no{{/list}}{{^none}}none{{/none}}", ESCAPE_NONE, "1,2,none"},
	{"{{#incident}}{{firing}}{{/incident}}", ESCAPE_NONE, "2"},
	{"a{{! comment }}b", ESCAPE_NONE, "ab"},
	{"{{=<% %>=}}<% svc %> {{svc}}", ESCAPE_NONE, "api {{svc}}"},
	{"{{> nothing}}x", ESCAPE_NONE, "x"},
	{"{{labels.html}} {{{labels.html}}} {{&svc}}", ESCAPE_HTML, "&lt;b a=&#39;1&#39;&gt;&amp;&quot; <b a='1'>&\" api"},
	{"{{labels.html}}", ESCAPE_MRKDWN, "&lt;b a='1'&gt;&amp;\""},
	{"\"{{labels.lines}}{{labels.html}}\"", ESCAPE_JSON, "\"a\\nb\\u0001<b a='1'>&\\\"\""},
	{"{\"a\": {{labels.lines | json}}}", ESCAPE_JSON, "{\"a\": \"a\\nb\\u0001\"}"},
	{"https://w/{{labels.evil}}", ESCAPE_URL, "https://w/evil.com%2F..%2Fx%3Fy%23z%40h%3A1"},
	{"https://w/{{{labels.evil}}}", ESCAPE_URL, "https://w/evil.com%2F..%2Fx%3Fy%23z%40h%3A1"},
	{"https://w/{{labels.job | urlencode}}", ESCAPE_URL, "https://w/node%20exporter"},
	{"a/{{labels.dots}}/{{{labels.dots}}}/{{labels.dots | urlencode}}", ESCAPE_PATH, "a/__/__/__"},
	{"a/{{labels.dots}}", ESCAPE_URL, "a/__"},
	{"{{annotations.summary}}", ESCAPE_PATH, "%C3%9Cber%2090%20%25%20%E2%80%A6%20now"},
};

static void test_rendering(void **state)
{
	(void)state;
	json_t *context = json_loads(context_text, 0, NULL);
	assert_non_null(context);
	for (size_t i = 0; i < COUNT(renderings); i++) {
		AUTOERR struct err err = ERR_INIT;
		AUTOBUF struct buf out;
		buf_init(&out, 1 << 20);
		struct template *t = template_compile(str_c(renderings[i].text), NULL, (struct pos){0}, &err);
		if (!t)
			fail_msg("%s: %s", renderings[i].text, err_first(&err));
		assert_true(template_render(t, context, renderings[i].escape, &out));
		if (!str_eq_c(buf_str(&out), renderings[i].want))
			fail_msg("%s: got \"%.*s\", want \"%s\"", renderings[i].text, STR_ARG(buf_str(&out)), renderings[i].want);
		template_free(t);
	}
	json_decref(context);
}

static const char *const names[] = {"labels", "annotations", "svc", NULL};

static const struct {
	const char *text, *message;
} refused[] = {
	{"{{ .Labels.job }}", "write {{labels.x}}"},
	{"{{ $labels.job }}", "write {{labels.x}}"},
	{"{{ $value }}", "Prometheus"},
	{"{{ if .Labels }}x{{ end }}", "Go's template syntax"},
	{"{{ end }}", "Go's template syntax"},
	{"{{label.job}}", "did you mean \"labels\""},
	{"{{nonsense}}", "known are labels, annotations, svc"},
	{"{{#labels.x}}{{nonsense}}{{/labels.x}}", "unknown name"},
	{"{{^svc}}{{nonsense}}{{/svc}}", "unknown name"},
	{"{{#nonsense}}x{{/nonsense}}", "unknown name"},
	{"{{labels.x | lowr}}", "did you mean \"lower\""},
	{"{{labels.x | shout}}", "unknown pipe"},
	{"{{labels.x | }}", "unknown pipe"},
	{"{{labels.x | truncate}}", "bad argument"},
	{"{{labels.x | truncate:0}}", "bad argument"},
	{"{{labels.x | truncate:x}}", "bad argument"},
	{"{{labels.x | default:x}}", "bad argument"},
	{"{{labels.x | lower:1}}", "bad argument"},
	{"{{svc|lower|lower|lower|lower|lower|lower|lower|lower|lower}}", "more than 8 pipes"},
	{"{{svc", "not closed"},
	{"{{{svc}}", "not closed"},
	{"{{}}", "empty"},
	{"{{#svc}}x", "not closed"},
	{"x{{/svc}}", "not opened"},
	{"{{#svc}}{{#labels}}{{/svc}}{{/labels}}", "out of turn"},
	{"{{=a=}}", "delimiters"},
	{"{{= =}}", "delimiters"},
};

static void test_refused_templates(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		AUTOERR struct err err = ERR_INIT;
		struct template *t = template_compile(str_c(refused[i].text), names, (struct pos){"r.yml", 4, 5}, &err);
		if (t)
			fail_msg("%s was taken", refused[i].text);
		if (!strstr(err_first(&err), refused[i].message) || strncmp(err_first(&err), "r.yml:4:5: error: ", 18) != 0)
			fail_msg("%s: %s", refused[i].text, err_first(&err));
	}
}

/* What is known below a first segment, where that is listed. */
static const char *const paths[] = {
	"labels",          "owner.name", "incident.key", "incident.members.firing", "incident.labels.*", "svc",
	"incident.list.*", NULL};

static const struct {
	const char *text, *message; /* NULL: taken */
} below[] = {
	{"{{incident.key}} {{incident.members.firing}} {{incident.labels.job}} {{owner.name}}", NULL},
	{"{{incident.members}} {{incident}} {{incident.labels}}", NULL},
	{"{{#incident}}{{key}} {{members.firing}} {{labels.x}} {{owner.name}} {{svc}}{{/incident}}", NULL},
	{"{{#incident}}{{#members}}{{firing}} {{key}}{{/members}}{{/incident}}", NULL},
	{"{{#incident.list}}{{whatever}}{{/incident.list}}{{incident.key}}", NULL},
	{"{{#incident.key}}{{incident.key}}{{/incident.key}}", NULL},
	{"{{incident.titel}}", "known below incident are key, members, labels, list"},
	{"{{incident.kex}}", "did you mean \"incident.key\""},
	{"{{incident.members.fring}}", "did you mean \"incident.members.firing\""},
	{"{{incident.memebers.firing}}", "did you mean \"incident.members\""},
	{"{{incident.key.deeper}}", "unknown name"},
	{"{{owner.email}}", "known below owner are name"},
	{"{{ownr.name}}", "did you mean \"owner\""},
	{"{{#incident}}{{titel}}{{/incident}}", "known below incident are"},
	{"{{#incident}}{{/incident}}{{key}}", "unknown name"},
	{"{{#incident.members}}{{fring}}{{/incident.members}}", "did you mean \"incident.members.firing\""},
};

static void test_names_below_a_segment_are_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(below); i++) {
		AUTOERR struct err err = ERR_INIT;
		struct template *t = template_compile(str_c(below[i].text), paths, (struct pos){"r.yml", 4, 5}, &err);
		if (!t != (below[i].message != NULL) || (below[i].message && !strstr(err_first(&err), below[i].message)))
			fail_msg("%s: %s", below[i].text, err_first(&err));
		template_free(t);
	}
	AUTOERR struct err err = ERR_INIT;
	assert_null(template_compile(STR("{{incident.a1}} {{owner.b1}} {{c1}}"), paths, (struct pos){0}, &err));
	assert_int_equal(err.count, 3);
}

static void test_names_within_sections_of_objects_are_free(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct template *t = template_compile(STR("{{#labels}}{{job}}{{.}}{{/labels}}"), names, (struct pos){0}, &err);
	assert_non_null(t);
	template_free(t);
	assert_null(template_compile(STR("{{#labels}}{{job}}{{/labels}}{{job}}"), names, (struct pos){0}, &err));
}

static void test_what_is_mentioned(void **state)
{
	static const struct {
		const char *text;
		bool labels, owner;
	} rows[] = {
		{"", false, false},
		{"labels owner", false, false},
		{"{{labels.job}}", true, false},
		{"{{labels}}", true, false},
		{"{{ labels.job | default:\"owner\" }}", true, false},
		{"{{labelset.owner}}", false, false},
		{"{{#labels}}{{owner}}{{/labels}}", true, true},
		{"{{^owner.contact}}none{{/owner.contact}}", false, true},
		{"{{#svc}}{{.}}{{/svc}}", true, true},
		{"{{> whatever}}", true, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOERR struct err err = ERR_INIT;
		struct template *t = template_compile(str_c(rows[i].text), NULL, (struct pos){0}, &err);
		assert_non_null(t);
		if (template_mentions(t, STR("labels")) != rows[i].labels ||
		    template_mentions(t, STR("owner")) != rows[i].owner)
			fail_msg("%s", rows[i].text);
		template_free(t);
	}
}

/* Which labels a context needs: those that are named, or all where the labels are looked into as a whole. */
static void test_mentioned_members(void **state)
{
	static const struct {
		const char *text;
		bool job, pod;
	} rows[] = {
		{"x", false, false},
		{"{{labels.job}}", true, false},
		{"{{labels.job | upper}}", true, false},
		{"{{labels.k8s.pod}}", false, true},
		{"{{annotations.job}}", false, false},
		{"{{#labels}}{{job}}{{/labels}}", true, true},
		{"{{^labels.job}}none{{/labels.job}}", true, false},
		{"{{#owner}}{{.}}{{/owner}}", true, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOERR struct err err = ERR_INIT;
		struct template *t = template_compile(str_c(rows[i].text), NULL, (struct pos){0}, &err);
		assert_non_null(t);
		if (template_mentions_in(t, STR("labels"), STR("job")) != rows[i].job ||
		    template_mentions_in(t, STR("labels"), STR("k8s.pod")) != rows[i].pod)
			fail_msg("%s", rows[i].text);
		template_free(t);
	}
}

static void test_literals(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct template *a = template_compile(STR("runbooks/x.md"), NULL, (struct pos){0}, &err);
	struct template *b = template_compile(STR("x{{! y}}"), NULL, (struct pos){0}, &err);
	assert_true(template_is_literal(a));
	assert_false(template_is_literal(b));
	template_free(a);
	template_free(b);
	template_free(NULL);
}

/* Lists within lists: few bytes of template, as much output or as many steps as one likes. */
static void check_ceiling(const char *body, size_t most)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf text, out;
	buf_init(&text, 4096);
	buf_init(&out, most);
	json_t *context = json_loads("{\"l\": [1,2,3,4,5,6,7,8,9,10]}", 0, NULL);
	for (int i = 0; i < 8; i++)
		buf_add_c(&text, "{{#l}}");
	buf_add_c(&text, body);
	for (int i = 0; i < 8; i++)
		buf_add_c(&text, "{{/l}}");
	struct template *t = template_compile(buf_str(&text), NULL, (struct pos){0}, &err);
	assert_non_null(t);
	assert_false(template_render(t, context, ESCAPE_NONE, &out));
	assert_true(out.n <= TEMPLATE_OUTPUT_MAX + 4096);
	template_free(t);
	json_decref(context);
}

static void test_ceilings(void **state)
{
	(void)state;
	check_ceiling("", (size_t)1 << 30);
	check_ceiling("some text that is longer than nothing", (size_t)1 << 30);
	check_ceiling("some text", 100);
}

static const struct template *find_self(void *arg, struct str name)
{
	return str_eq_c(name, "self") ? *(struct template **)arg : NULL;
}

static void test_partials_that_call_themselves_end(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf out;
	buf_init(&out, 1 << 20);
	struct template *t = template_compile(STR("x{{> self}}"), NULL, (struct pos){0}, &err);
	json_t *context = json_object();
	const struct template_partials partials = {find_self, &t};
	assert_false(template_render_with(t, context, ESCAPE_NONE, &partials, &out));
	assert_true(out.n >= TEMPLATE_DEPTH_MAX - 1 && out.n <= TEMPLATE_DEPTH_MAX);
	json_decref(context);
	template_free(t);
}

static void test_nesting_of_sections_is_limited(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf text;
	buf_init(&text, 4096);
	for (int i = 0; i <= TEMPLATE_DEPTH_MAX; i++)
		buf_add_c(&text, "{{#a}}");
	for (int i = 0; i <= TEMPLATE_DEPTH_MAX; i++)
		buf_add_c(&text, "{{/a}}");
	assert_null(template_compile(buf_str(&text), NULL, (struct pos){0}, &err));
	assert_non_null(strstr(err_first(&err), "too deep"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rendering),
		cmocka_unit_test(test_refused_templates),
		cmocka_unit_test(test_names_below_a_segment_are_known),
		cmocka_unit_test(test_names_within_sections_of_objects_are_free),
		cmocka_unit_test(test_what_is_mentioned),
		cmocka_unit_test(test_literals),
		cmocka_unit_test(test_mentioned_members),
		cmocka_unit_test(test_ceilings),
		cmocka_unit_test(test_partials_that_call_themselves_end),
		cmocka_unit_test(test_nesting_of_sections_is_limited),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
