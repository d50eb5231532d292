/* Which labels an expression's results have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "lint/promql.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* "job=node, may: a b, open" */
static void show_promql(const struct promql_labels *l, struct buf *out)
{
	for (size_t i = 0; i < l->fixed.n; i++)
		buf_printf(out, "%.*s=%.*s ", STR_ARG(l->fixed.v[i].name), STR_ARG(l->fixed.v[i].value));
	for (size_t i = 0; i < l->names.n; i++)
		buf_printf(out, "%.*s ", STR_ARG(l->names.v[i]));
	buf_add_c(out, l->open ? "any" : ".");
}

static const struct {
	const char *expr, *labels;
} cases[] = {
	{"up == 0", "any"},
	{"up{job=\"node\", env!=\"lab\", zone=~\"a|b\"} == 0", "job=node any"},
	{"{__name__=\"up\", job='node'}", "job=node any"},
	{"{\"http.requests\", \"k8s.pod\"=\"x\"}", "k8s.pod=x any"},
	{"rate(errors{app=\"shop\"}[5m] offset 1h) / rate(all[5m]) > 0.5", "app=shop any"},
	{"sum(rate(errors[5m])) > 1", "."},
	{"sum by (job, zone) (rate(errors{job=\"a\"}[5m])) > 1", "job=a zone ."},
	{"SUM(x) BY (team)", "team ."},
	{"sum without (pod) (x{app=\"a\", pod=\"p\"})", "app=a any"},
	{"count(x) by (a) > on (a) group_left (owner) sum by (a, owner) (y)", "a owner ."},
	{"sum by (a, b) (x) / on (a) sum by (a) (y)", "a ."},
	{"sum by (a, b) (x) / ignoring (b) sum by (a) (y)", "a ."},
	{"topk(3, sum by (a) (x))", "a ."},
	{"max_over_time(sum by (a) (x)[1h:5m])", "a ."},
	{"absent(up{job=\"api\", env=~\"p.*\"})", "job=api ."},
	{"vector(1)", "."},
	{"1", "."},
	{"time() - last_run{job=\"backup\"} > 86400", "job=backup any"},
	{"label_replace(sum by (a) (x), \"b\", \"$1\", \"a\", \"(.*)\")", "a b ."},
	{"count_values(\"version\", build)", "version ."},
	{"histogram_quantile(0.9, sum by (le, route) (rate(b[5m])))", "route ."},
	{"sum by (a) (x) or sum by (b) (y)", "a b ."},
	{"x{a=\"1\", b=\"2\"} or y{a=\"1\", b=\"3\"}", "a=1 b b any"},
	{"sum by (a) (x) and y{a=\"1\"}", "a=1 a ."},
	{"x unless on (a) y{b=\"2\"}", "any"},
	{"-x{a=\"1\"} ^ 2 @ end() > bool 1", "a=1 any"},
	{"(sum by (a) (x)) > 1 # and a remark\n", "a ."},
	{"Inf > 2", "."},
	{"x{a=\"\\u0041\"}", "any"},
	{"", "any"},
	{"sum by (a (x)", "any"},
	{"sum by (a) (x) 3", "any"},
	{"x{a=1}", "any"},
	{"sum by (a) ({{ .Values.metric }})", "any"},
	{"sum by (app) (rate({app=\"x\"} |= \"error\" [5m]))", "any"},
};

static void labels_are_what_the_text_tells(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOBUF struct buf out;
		struct promql_labels l = promql_labels_of(arena, str_c(cases[i].expr));
		buf_init(&out, 4096);
		show_promql(&l, &out);
		if (!str_eq_c(buf_str(&out), cases[i].labels))
			fail_msg("%s: %.*s, not %s", cases[i].expr, STR_ARG(buf_str(&out)), cases[i].labels);
	}
}

static void what_may_be_there(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct promql_labels open = promql_labels_of(arena, STR("x{a=\"1\"}")), closed;

	assert_false(promql_may_have(&open, STR("a")));
	assert_true(promql_may_have(&open, STR("b")));
	closed = promql_labels_of(arena, STR("sum by (a, b) (x{a=\"1\"})"));
	assert_false(promql_may_have(&closed, STR("a")));
	assert_true(promql_may_have(&closed, STR("b")));
	assert_false(promql_may_have(&closed, STR("c")));
}

/* Nothing that a file can hold makes it go deeper than its ceiling, or slow. */
static void nesting_ends(void **state)
{
	(void)state;
	static const char *const parts[] = {"(", "-", "abs(", "x + ", "sum(", "x{"};
	for (size_t i = 0; i < COUNT(parts); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOBUF struct buf expr;
		buf_init(&expr, SIZE_MAX);
		for (int k = 0; k < 100000; k++)
			buf_add_c(&expr, parts[i]);
		struct promql_labels l = promql_labels_of(arena, buf_str(&expr));
		assert_true(l.open);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_are_what_the_text_tells),
		cmocka_unit_test(what_may_be_there),
		cmocka_unit_test(nesting_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
