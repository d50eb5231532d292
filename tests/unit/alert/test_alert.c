#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <stdio.h>
#include <cmocka.h>

#include "alert/alert.h"
#include "parsed.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define L(n, v)                                                                                                        \
	{                                                                                                                  \
		STR(n), STR(v)                                                                                                 \
	}

static void test_sort_keeps_the_last_of_equal_names(void **state)
{
	(void)state;
	struct label v[] = {L("b", "1"), L("a", "1"), L("b", "2"), L("", "e"), L("ab", "1"), L("b", "3")};
	struct labels l = {v, COUNT(v)};
	labels_sort(&l);
	assert_int_equal(l.n, 4);
	assert_str(l.v[0].name, "");
	assert_str(l.v[1].name, "a");
	assert_str(l.v[2].name, "ab");
	assert_str(labels_get(&l, STR("b")), "3");
}

static void test_sort_of_many(void **state)
{
	(void)state;
	enum { N = 500 };
	static char names[N][8];
	static struct label v[N];
	for (int i = 0; i < N; i++) {
		snprintf(names[i], sizeof names[i], "l%d", (i * 7919) % 250);
		v[i] = (struct label){str_c(names[i]), i < 250 ? STR("first") : STR("last")};
	}
	struct labels l = {v, N};
	labels_sort(&l);
	assert_int_equal(l.n, 250);
	for (size_t i = 0; i < l.n; i++) {
		assert_str(l.v[i].value, "last");
		if (i > 0)
			assert_true(str_cmp(l.v[i - 1].name, l.v[i].name) < 0);
	}
}

static void test_missing_label_is_empty(void **state)
{
	(void)state;
	struct label v[] = {L("a", ""), L("job", "x")};
	struct labels l = {v, COUNT(v)}, none = {NULL, 0};
	assert_true(labels_has(&l, STR("a")));
	assert_false(labels_has(&l, STR("b")));
	assert_false(labels_has(&none, STR("b")));
	assert_int_equal(labels_get(&l, STR("zzz")).n, 0);
	assert_str(labels_get(&l, STR("job")), "x");
}

static void test_merge_prefers_base(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct label a[] = {L("b", "base"), L("d", "base")};
	struct label b[] = {L("a", "extra"), L("b", "extra"), L("e", "extra")};
	struct labels base = {a, COUNT(a)}, extra = {b, COUNT(b)};
	struct labels m = labels_merge(arena, &base, &extra);
	assert_str(labels_format(arena, &m), "{a=\"extra\", b=\"base\", d=\"base\", e=\"extra\"}");
	assert_int_equal(base.n, 2);
}

static void test_common(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct label a[] = {L("alertname", "X"), L("empty", ""), L("i", "1"), L("job", "j")};
	struct label b[] = {L("alertname", "X"), L("i", "2"), L("job", "j")};
	struct labels la = {a, COUNT(a)}, lb = {b, COUNT(b)};
	const struct labels *sets[] = {&la, &lb};
	struct labels c = labels_common(arena, sets, 2);
	assert_str(labels_format(arena, &c), "{alertname=\"X\", job=\"j\"}");
	c = labels_common(arena, sets, 1);
	assert_true(labels_equal(&c, &la));
	assert_false(labels_equal(&la, &lb));
	assert_int_equal(labels_common(arena, sets, 0).n, 0);
}

static void test_format_quotes(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct label v[] = {L("a:b", "x\"y\\z\nw"), L("k8s.pod", "p")};
	struct labels l = {v, COUNT(v)};
	assert_str(labels_format(arena, &l), "{a:b=\"x\\\"y\\\\z\\nw\", \"k8s.pod\"=\"p\"}");
}

/* The first is what Alertmanager 0.25 computed for this label set. */
static void test_fingerprint(void **state)
{
	(void)state;
	char out[ALERT_FINGERPRINT_MAX];
	struct label v[] = {L("alertname", "HighCPU"), L("instance", "web-01:9100"), L("severity", "critical"),
	                    L("team", "platform")};
	struct labels l = {v, COUNT(v)}, none = {NULL, 0};
	assert_string_equal(labels_fingerprint(&l, out), "cdf91dc1d5c12ef7");
	assert_string_equal(labels_fingerprint(&none, out), "cbf29ce484222325");
	struct label w[] = {L("a", "bc")}, x[] = {L("ab", "c")};
	struct labels lw = {w, 1}, lx = {x, 1};
	char other[ALERT_FINGERPRINT_MAX];
	assert_string_not_equal(labels_fingerprint(&lw, out), labels_fingerprint(&lx, other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sort_keeps_the_last_of_equal_names),
		cmocka_unit_test(test_sort_of_many),
		cmocka_unit_test(test_missing_label_is_empty),
		cmocka_unit_test(test_merge_prefers_base),
		cmocka_unit_test(test_common),
		cmocka_unit_test(test_format_quotes),
		cmocka_unit_test(test_fingerprint),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
