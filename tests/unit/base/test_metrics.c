/* Prometheus' text format. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/metrics.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

enum { ALERTS, UP, SECONDS, LATENCY, PAIR };

static const double buckets[] = {0.005, 0.1, 1, 2.5};
static const struct metric_row rows[] = {
	[ALERTS] = {"alerts_total", METRIC_COUNTER, "Alerts.\nBy \\ \"status\".", {"status"}, NULL, 0},
	[UP] = {"up", METRIC_GAUGE, "Up.", {NULL}, NULL, 0},
	[SECONDS] = {"request_seconds", METRIC_HISTOGRAM, "Plain.", {NULL}, buckets, COUNT(buckets)},
	[LATENCY] = {"latency_seconds", METRIC_HISTOGRAM, "By receiver.", {"receiver"}, buckets, 1},
	[PAIR] = {"pair", METRIC_GAUGE, "Four.", {"a", "b", "c", "d"}, NULL, 0},
};

static void expect_metrics(const struct metrics *m, const char *text)
{
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	metrics_print(m, &b);
	assert_string_equal(buf_str(&b).p, text);
}

static struct metrics *only(size_t id)
{
	return metrics_new("x_", &rows[id], 1);
}

static void counters_begin_at_zero(void **state)
{
	(void)state;
	struct metrics *m = only(ALERTS);
	expect_metrics(m, ""); /* no series, no text */
	metrics_touch(m, 0, &STR("firing"));
	metrics_add(m, 0, &STR("resolved"), 2);
	metrics_add(m, 0, &STR("resolved"), 0.5);
	expect_metrics(m, "# HELP x_alerts_total Alerts.\\nBy \\\\ \"status\".\n"
	                  "# TYPE x_alerts_total counter\n"
	                  "x_alerts_total{status=\"firing\"} 0\n"
	                  "x_alerts_total{status=\"resolved\"} 2.5\n");
	metrics_touch(m, 0, &STR("resolved"));
	assert_true(metrics_value(m, 0, &STR("resolved")) >= 2.5);
	assert_true(metrics_value(m, 0, &STR("absent")) <= 0);
	metrics_free(m);
	metrics_free(NULL);
}

static void without_labels_starts_at_zero(void **state)
{
	(void)state;
	struct metrics *m = only(UP);
	expect_metrics(m, "# HELP x_up Up.\n# TYPE x_up gauge\nx_up 0\n");
	metrics_set(m, 0, NULL, 3);
	metrics_add(m, 0, NULL, -5);
	expect_metrics(m, "# HELP x_up Up.\n# TYPE x_up gauge\nx_up -2\n");
	metrics_clear(m, 0);
	expect_metrics(m, "");
	metrics_free(m);
}

static void numbers(void **state)
{
	(void)state;
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{0, "0"},
		{1, "1"},
		{-1.5, "-1.5"},
		{0.1, "0.1"},
		{1.0 / 3, "0.3333333333333333"},
		{1795244046.121, "1795244046.121"},
		{123456789012345.0, "123456789012345"},
		{1e21, "1e+21"},
		{5e-324, "4.94065645841247e-324"},
		{INFINITY, "+Inf"},
		{-INFINITY, "-Inf"},
		{NAN, "NaN"},
	};
	struct metrics *m = only(UP);
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[128];
		metrics_set(m, 0, NULL, cases[i].value);
		snprintf(text, sizeof text, "# HELP x_up Up.\n# TYPE x_up gauge\nx_up %s\n", cases[i].text);
		expect_metrics(m, text);
	}
	metrics_free(m);
}

static void histograms(void **state)
{
	(void)state;
	struct metrics *m = only(SECONDS);
	static const double values[] = {0.005, 0.0051, 0.5, 1, 99};
	for (size_t i = 0; i < COUNT(values); i++)
		metrics_observe(m, 0, NULL, values[i]);
	expect_metrics(m, "# HELP x_request_seconds Plain.\n"
	                  "# TYPE x_request_seconds histogram\n"
	                  "x_request_seconds_bucket{le=\"0.005\"} 1\n"
	                  "x_request_seconds_bucket{le=\"0.1\"} 2\n"
	                  "x_request_seconds_bucket{le=\"1\"} 4\n"
	                  "x_request_seconds_bucket{le=\"2.5\"} 4\n"
	                  "x_request_seconds_bucket{le=\"+Inf\"} 5\n"
	                  "x_request_seconds_sum 100.5101\n"
	                  "x_request_seconds_count 5\n");
	assert_true(metrics_value(m, 0, NULL) >= 5 && metrics_value(m, 0, NULL) <= 5);
	metrics_free(m);
	m = only(LATENCY);
	metrics_observe(m, 0, &STR("oncall"), 1);
	expect_metrics(m, "# HELP x_latency_seconds By receiver.\n"
	                  "# TYPE x_latency_seconds histogram\n"
	                  "x_latency_seconds_bucket{receiver=\"oncall\",le=\"0.005\"} 0\n"
	                  "x_latency_seconds_bucket{receiver=\"oncall\",le=\"+Inf\"} 1\n"
	                  "x_latency_seconds_sum{receiver=\"oncall\"} 1\n"
	                  "x_latency_seconds_count{receiver=\"oncall\"} 1\n");
	metrics_free(m);
}

static void label_values_are_escaped(void **state)
{
	(void)state;
	static const struct {
		struct str value;
		const char *text;
	} cases[] = {
		{STR_INIT("say \"hi\""), "say \\\"hi\\\""},
		{STR_INIT("a\\b"), "a\\\\b"},
		{STR_INIT("a\nb"), "a\\nb"},
		{STR_INIT("a\tb\r"), "a\tb\r"},
		{STR_INIT("grün"), "grün"},
		{STR_INIT(""), ""},
		{STR_INIT("a\xff"), "a\xef\xbf\xbd"},
		{STR_INIT("a\0b"), "a\xef\xbf\xbd"
	                       "b"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[256];
		struct metrics *m = only(ALERTS);
		metrics_add(m, 0, &cases[i].value, 1);
		snprintf(text, sizeof text,
		         "# HELP x_alerts_total Alerts.\\nBy \\\\ \"status\".\n# TYPE x_alerts_total counter\n"
		         "x_alerts_total{status=\"%s\"} 1\n",
		         cases[i].text);
		expect_metrics(m, text);
		assert_true(metrics_value(m, 0, &cases[i].value) >= 1);
		metrics_free(m);
	}
}

static void label_borders_count(void **state)
{
	(void)state;
	static const struct str one[] = {STR_INIT("ab"), STR_INIT(""), STR_INIT("c"), STR_INIT("")};
	static const struct str two[] = {STR_INIT("a"), STR_INIT("b"), STR_INIT(""), STR_INIT("c")};
	struct metrics *m = only(PAIR);
	metrics_set(m, 0, one, 1);
	metrics_set(m, 0, two, 2);
	expect_metrics(m, "# HELP x_pair Four.\n# TYPE x_pair gauge\n"
	                  "x_pair{a=\"ab\",b=\"\",c=\"c\",d=\"\"} 1\n"
	                  "x_pair{a=\"a\",b=\"b\",c=\"\",d=\"c\"} 2\n");
	metrics_free(m);
}

static void clear_forgets_one_metric(void **state)
{
	(void)state;
	static const struct str four[] = {STR_INIT("a"), STR_INIT("b"), STR_INIT("c"), STR_INIT("d")};
	struct metrics *m = metrics_new("x_", rows, COUNT(rows));
	metrics_set(m, PAIR, four, 1);
	metrics_set(m, UP, NULL, 1);
	metrics_clear(m, PAIR);
	assert_true(metrics_value(m, PAIR, four) <= 0);
	assert_true(metrics_value(m, UP, NULL) >= 1);
	metrics_set(m, PAIR, four, 4);
	assert_true(metrics_value(m, PAIR, four) >= 4);
	metrics_free(m);
}

static void too_many_combinations_become_other(void **state)
{
	(void)state;
	struct metrics *m = only(ALERTS);
	size_t lines = 0;
	for (int i = 0; i < METRICS_SERIES_MAX + 500; i++) {
		char value[16];
		metrics_add(m, 0, &(struct str){value, (size_t)snprintf(value, sizeof value, "v%d", i)}, 1);
	}
	metrics_add(m, 0, &STR("v0"), 1); /* what is known stays itself */
	assert_true(metrics_value(m, 0, &STR("v0")) >= 2);
	assert_true(metrics_value(m, 0, &STR("v9998")) >= 1);
	assert_true(metrics_value(m, 0, &STR("v9999")) <= 0);
	double other = metrics_value(m, 0, &STR("other"));
	assert_true(other >= 501 && other <= 501);
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	metrics_print(m, &b);
	for (size_t i = 0; i < b.n; i++)
		lines += b.p[i] == '\n';
	assert_int_equal(lines, METRICS_SERIES_MAX + 2);
	metrics_free(m);
}

static void a_muted_one_counts_nothing(void **state)
{
	(void)state;
	struct metrics *m = metrics_new("x_", rows, sizeof rows / sizeof *rows);
	metrics_add(m, 0, &STR("a"), 1);
	metrics_mute(m);
	metrics_add(m, 0, &STR("a"), 1);
	metrics_add(m, 0, &STR("b"), 1);
	assert_true(metrics_value(m, 0, &STR("a")) <= 1);
	assert_true(metrics_value(m, 0, &STR("b")) <= 0);
	metrics_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_begin_at_zero),
		cmocka_unit_test(without_labels_starts_at_zero),
		cmocka_unit_test(numbers),
		cmocka_unit_test(histograms),
		cmocka_unit_test(label_values_are_escaped),
		cmocka_unit_test(label_borders_count),
		cmocka_unit_test(clear_forgets_one_metric),
		cmocka_unit_test(too_many_combinations_become_other),
		cmocka_unit_test(a_muted_one_counts_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
