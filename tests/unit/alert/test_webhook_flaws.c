/* What is wrong with one alert, or too large, and what is left of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/json_reader.h"
#include "parsed.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* ---- what one alert breaks ---- */

static const struct {
	const char *alert, *flaw;
	const char *note;         /* a part of it; NULL: none */
	const char *name, *value; /* a label that it has */
	bool resolved;
} degraded[] = {
	{"1", "no_object", "no object", "alertname", "Disk", false},
	{"null", "no_object", "null", "alertname", "Disk", false},
	{"[[[[{\"a\":\"b\"}]]]]", "no_object", "[[[[{\"a\":\"b\"}]]]]", "alertname", "Disk", false},
	{"{\"labels\":[\"x\"],\"status\":\"resolved\"}", "labels", "[\"x\"]", "alertname", "Disk", true},
	{"{\"labels\":{\"a\":[1, {\"b\":2}],\"c\":\"d\"}}", "labels", "[1, {\"b\":2}]", "a", "[1, {\"b\":2}]", false},
	{"{\"labels\":{\"a\":{}}}", "labels", "{}", "a", "{}", false},
	{"{\"labels\":{\"a\":\"x\xffy\"}}", "text", "no text", "a", "x\uFFFDy", false},
	{"{\"labels\":{\"a\\u0000b\":\"x\"}}", "text", "no text", "a\uFFFDb", "x", false},
	{"{\"annotations\":\"x\"}", "annotations", "no text: x", NULL, NULL, false},
	{"{\"annotations\":{\"x\":[]}}", "annotations", "[]", NULL, NULL, false},
	{"{\"status\":\"suppressed\"}", "status", "suppressed", NULL, NULL, false},
	{"{\"status\":1}", "status", "1", NULL, NULL, false},
	{"{\"startsAt\":\"soon\"}", "time", "soon", NULL, NULL, false},
	{"{\"status\":\"resolved\",\"endsAt\":7}", "time", "7", NULL, NULL, true},
	{"{\"generatorURL\":{}}", "url", "{}", NULL, NULL, false},
	{"{\"startsAt\":\"soon\",\"status\":2,\"labels\":{\"a\":[]}}", "labels", "[]", "a", "[]", false},
};

static void check_degraded(size_t i, const struct alert *a)
{
	struct str note = labels_get(&a->annotations, STR(ALERT_FLAW_NOTE));
	if (strcmp(alert_flaw_name(a->flaw), degraded[i].flaw) != 0)
		fail_msg("%s: %s", degraded[i].alert, alert_flaw_name(a->flaw));
	if (str_find(note, str_c(degraded[i].note)) < 0)
		fail_msg("%s: note %.*s", degraded[i].alert, STR_ARG(note));
	if (degraded[i].name && !str_eq_c(labels_get(&a->labels, str_c(degraded[i].name)), degraded[i].value))
		fail_msg("%s: lacks %s", degraded[i].alert, degraded[i].name);
	if (a->resolved != degraded[i].resolved)
		fail_msg("%s: wrong status", degraded[i].alert);
}

static void test_one_bad_alert_suffers_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(degraded); i++) {
		AUTOARENA struct arena *arena = arena_new();
		const char *good = "{\"status\":\"resolved\",\"labels\":{\"g\":\"h\"}}";
		struct webhook w =
			parse_ok(arena, arena_printf(arena, "{\"alerts\":[%s,%s,%s],\"groupLabels\":{\"alertname\":\"Disk\"}}",
		                                 good, degraded[i].alert, good));
		assert_int_equal(w.count, 3);
		check_degraded(i, &w.alerts[1]);
		for (size_t k = 0; k < 3; k += 2) {
			assert_int_equal(w.alerts[k].flaw, ALERT_SOUND);
			assert_true(w.alerts[k].resolved && w.alerts[k].annotations.n == 0);
			assert_str(labels_get(&w.alerts[k].labels, STR("g")), "h");
		}
	}
}

static void test_an_odd_status_of_the_body_is_that_of_alerts_without_one(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct webhook w = parse_ok(arena, "{\"alerts\":[{},{\"status\":\"resolved\"}],\"status\":\"open\"}");
	assert_int_equal(w.alerts[0].flaw, ALERT_ODD_STATUS);
	assert_int_equal(w.alerts[1].flaw, ALERT_SOUND);
	assert_false(w.alerts[0].resolved);
	assert_true(w.alerts[1].resolved);
}

static void test_odd_group_labels_refuse_nothing(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct webhook w = parse_ok(arena, "{\"alerts\":[{}],\"groupLabels\":[1]}");
	assert_int_equal(w.group_flaw, ALERT_ODD_LABELS);
	assert_int_equal(w.group_labels.n, 0);
	w = parse_ok(arena, "{\"alerts\":[{}],\"groupLabels\":{\"a\":[1]}}");
	assert_int_equal(w.group_flaw, ALERT_ODD_LABELS);
	assert_str(labels_get(&w.group_labels, STR("a")), "[1]");
}

static char *body_with(const char *where, size_t bytes)
{
	char *filling = mem_alloc(bytes + 1);
	memset(filling, 'x', bytes);
	filling[bytes] = '\0';
	char *body = mem_printf("{\"alerts\":[{\"%s\":{\"description\":\"%s\\u00e9\",\"runbook_url\":\"https://r\"}}]}",
	                        where, filling);
	free(filling);
	return body;
}

static void test_huge_annotation_is_cut_and_the_rest_stays(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOFREE char *body = body_with("annotations", 262144);
	struct webhook w = parse_ok(arena, body);
	const struct labels *a = &w.alerts[0].annotations;
	struct str d = labels_get(a, STR("description"));
	assert_str(labels_get(a, STR("runbook_url")), "https://r");
	assert_true(d.n > WEBHOOK_ANNOTATIONS_MAX - 100 && d.n <= WEBHOOK_ANNOTATIONS_MAX);
	assert_true(str_ends(d, STR("…[cut]")));
	assert_true(str_is_utf8(d));
}

static void test_many_annotations_are_limited(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf b;
	buf_init(&b, 1 << 20);
	buf_add_c(&b, "{\"alerts\":[{\"annotations\":{");
	for (int i = 0; i < 4000; i++)
		buf_printf(&b, "%s\"name-number-%d\":\"some value that is a little longer\"", i ? "," : "", i);
	buf_add_c(&b, "}}]}");
	struct webhook w = parse_ok(arena, b.p);
	size_t sum = 0;
	for (size_t i = 0; i < w.alerts[0].annotations.n; i++)
		sum += w.alerts[0].annotations.v[i].name.n + w.alerts[0].annotations.v[i].value.n;
	assert_true(sum <= WEBHOOK_ANNOTATIONS_MAX && sum > WEBHOOK_ANNOTATIONS_MAX / 2);
}

static size_t written_bytes(const struct labels *l)
{
	size_t sum = 0, used;
	for (size_t i = 0; i < l->n; i++) {
		json_fitting(l->v[i].name, SIZE_MAX, &used);
		sum += used;
		json_fitting(l->v[i].value, SIZE_MAX, &used);
		sum += used;
	}
	return sum;
}

static void test_huge_labels_are_cut(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOFREE char *body = body_with("labels", WEBHOOK_LABELS_MAX), *longer = body_with("labels", 100000);
	struct webhook w = parse_ok(arena, body), v = parse_ok(arena, longer);
	const struct alert *a = &w.alerts[0];
	assert_int_equal(a->flaw, ALERT_LARGE_LABELS);
	assert_str(labels_get(&a->labels, STR("runbook_url")), "https://r");
	assert_true(str_ends(labels_get(&a->labels, STR("description")), STR("…[cut]")));
	assert_true(written_bytes(&a->labels) <= WEBHOOK_LABELS_MAX);
	assert_true(labels_has(&a->annotations, STR(ALERT_FLAW_NOTE)));
	assert_string_not_equal(a->identity, v.alerts[0].identity);
}

/* A byte that takes six in JSON counts as six: what is kept of an alert must fit into a record. */
static void test_ceilings_count_what_is_written(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf b;
	buf_init(&b, 1 << 20);
	buf_add_c(&b, "{\"alerts\":[{\"labels\":{\"x\":\"");
	for (int i = 0; i < 6000; i++)
		buf_add_c(&b, "\\u0001");
	buf_add_c(&b, "\"},\"generatorURL\":\"");
	for (int i = 0; i < 2000; i++)
		buf_add_c(&b, "\\u0001");
	buf_add_c(&b, "\"}]}");
	struct webhook w = parse_ok(arena, b.p);
	assert_int_equal(w.alerts[0].flaw, ALERT_LARGE_LABELS);
	size_t bytes = written_bytes(&w.alerts[0].labels);
	assert_true(bytes <= WEBHOOK_LABELS_MAX && bytes > WEBHOOK_LABELS_MAX - 20);
	assert_int_equal(w.alerts[0].generator_url.n, 0);
}

/* A step goes no further than it was told, but for a number or an escape that it does not stop in. */
static struct webhook parse_in_steps(struct arena *arena, struct str body, size_t step)
{
	AUTOERR struct err err = ERR_INIT;
	struct webhook w = {0};
	struct webhook_parser *p = webhook_parser_new(arena, body, NULL, NULL);
	size_t steps = 1;
	while (webhook_parser_step(p, step, &w, &err) == WEBHOOK_MORE)
		steps++;
	webhook_parser_free(p);
	assert_false(err_any(&err));
	assert_true(steps >= body.n / (step + 24));
	return w;
}

static void test_slices_read_the_same(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct str body = STR("{\"status\":\"resolved\",\"alerts\":[{\"labels\":{\"a\":\"\\u00e9\",\"b\":[1,[2]]}},{"
	                      "\"status\":\"firing\"},3],"
	                      "\"groupKey\":12345678901234567890123,\"x\":{\"alerts\":[]}}");
	for (size_t step = 1; step < 50; step += 4) {
		struct webhook w = parse_in_steps(arena, body, step);
		assert_int_equal(w.count, 3);
		assert_str(w.group_key, "12345678901234567890123");
		assert_str(labels_format(arena, &w.alerts[0].labels), "{a=\"\u00e9\", b=\"[1,[2]]\"}");
		assert_true(w.alerts[0].resolved && !w.alerts[1].resolved && w.alerts[2].resolved);
	}
}

static void test_alerts_beyond_the_ceiling_count_as_truncated(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf b;
	buf_init(&b, 1 << 20);
	buf_add_c(&b, "{\"alerts\":[");
	for (int i = 0; i < WEBHOOK_ALERTS_MAX; i++)
		buf_add_c(&b, "{},");
	buf_add_c(&b, "{\"labels\":{}},9],\"truncatedAlerts\":3}");
	struct webhook w = parse_ok(arena, b.p);
	assert_int_equal(w.count, WEBHOOK_ALERTS_MAX);
	assert_int_equal(w.truncated, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_bad_alert_suffers_alone),
		cmocka_unit_test(test_an_odd_status_of_the_body_is_that_of_alerts_without_one),
		cmocka_unit_test(test_odd_group_labels_refuse_nothing),
		cmocka_unit_test(test_huge_annotation_is_cut_and_the_rest_stays),
		cmocka_unit_test(test_many_annotations_are_limited),
		cmocka_unit_test(test_huge_labels_are_cut),
		cmocka_unit_test(test_ceilings_count_what_is_written),
		cmocka_unit_test(test_slices_read_the_same),
		cmocka_unit_test(test_alerts_beyond_the_ceiling_count_as_truncated),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
