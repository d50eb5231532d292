#include "stage.h"

#include <string.h>

#include "base/buf.h"

/* Every row is filled in, under a name of its own. */
static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROUTER_METRICS; i++) {
		const struct metric_row *row = &router_metrics[i];
		assert_non_null(row->name);
		assert_non_null(row->help);
		assert_int_equal(row->type == METRIC_HISTOGRAM, row->buckets != NULL);
		assert_int_equal(row->type == METRIC_COUNTER, str_ends(str_c(row->name), STR("_total")));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(row->name, router_metrics[k].name);
	}
}

/* What a dashboard asks for is there before anything has happened. */
static void test_start_at_zero(void **state)
{
	static const char *const lines[] = {
		"runbookd_alerts_received_total{source=\"\"} 0",
		"runbookd_alerts_decided_total{verdict=\"page\",reason=\"new\"} 0",
		"runbookd_alerts_decided_total{verdict=\"suppress\",reason=\"never_paged\"} 0",
		"runbookd_members_absent_total 0",
		"runbookd_timer_decisions_total{reason=\"expired\"} 0",
		"runbookd_rule_matches_total{rule=\"mine\"} 0",
		"runbookd_match_errors_total{rule=\"mine\"} 0",
		"runbookd_webhook_requests_total{code=\"503\"} 0",
		"runbookd_webhook_duration_seconds_count 0",
		"runbookd_incidents{state=\"acknowledged\"} 0",
		"runbookd_deliveries_total{receiver=\"mail\",outcome=\"rejected\"} 0",
		"runbookd_delivery_duration_seconds_count{receiver=\"pager\"} 0",
		"runbookd_delivery_queue{receiver=\"pager\"} 0",
		"runbookd_delivery_oldest_seconds{receiver=\"pager\"} 0",
		"runbookd_dead_letters{receiver=\"pager\"} 0",
		"runbookd_store_conflicts_total 0",
		"runbookd_config_last_reload_successful 1",
	};
	struct stage s;
	AUTOBUF struct buf out;

	(void)state;
	buf_init(&out, 1 << 20);
	stage_open(&s, &(struct stage_settings){.rules = "\n  - {name: mine, matchers: ['a=\"b\"']}"});
	metrics_print(s.r.metrics, &out);
	stage_close(&s);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		if (!strstr(buf_str(&out).p, lines[i]))
			fail_msg("%s is missing", lines[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_start_at_zero)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
