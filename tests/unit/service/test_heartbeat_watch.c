#include "stage.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "incident/tick.h"

static struct stage stage;

#define WATCHDOG "\"alertname\": \"Watchdog\", \"severity\": \"none\", \"prometheus\": \"a\""
#define OTHER "\"alertname\": \"Watchdog\", \"severity\": \"none\", \"prometheus\": \"b\""
#define WATCHED "\n  - {name: alive, matchers: ['alertname=\"Watchdog\"'], heartbeat: {every: 5m}, severity: P1"
#define BEAT "suppress/page_false"

static int teardown(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

static struct stage *watch_begin(const char *rules)
{
	stage_open(&stage, &(struct stage_settings){.rules = rules, .services = true});
	return &stage;
}

static void reload_rules(const char *rules)
{
	stage_reload(&stage, &(struct stage_settings){.rules = rules, .services = true});
}

static bool was_missed(struct stage *s, const void *n)
{
	return stage_metric(s, METRIC_TIMER_DECISIONS, "heartbeat_missed", NULL) >= *(const double *)n;
}

static void await_missed(struct stage *s, double n)
{
	stage_until(s, was_missed, &n);
}

static bool sent(struct stage *s, const void *n)
{
	return s->provider.count == *(const size_t *)n;
}

static void await_pages(struct stage *s, size_t n)
{
	stage_until(s, sent, &n);
}

static void assert_state(struct stage *s, const char *key, const char *state)
{
	json_t *shown = stage_show(s, key);
	assert_non_null(shown);
	assert_string_equal(json_string_value(json_object_get(shown, "state")), state);
	json_decref(shown);
}

static void test_page_and_resolve(void **state)
{
	struct stage *s = watch_begin(WATCHED "}");

	(void)state;
	AUTOFREE char *key = mem_strdup(stage_alert_is(s, WATCHDOG, "firing", TIME_HOUR, BEAT));
	stage_pass(s, 4 * TIME_MINUTE);
	assert_string_equal(stage_alert_is(s, WATCHDOG, "firing", TIME_HOUR, BEAT), key);
	stage_pass(s, 5 * TIME_MINUTE);
	await_missed(s, 1);
	await_pages(s, 1);
	assert_state(s, key, "firing");
	stage_alert_is(s, WATCHDOG, "firing", TIME_HOUR, "resolve/last_member_resolved");
	await_pages(s, 2);
	assert_state(s, key, "resolved");
}

/* Two Prometheus: the one that is alive does not hide that the other is not. */
static void test_each_alert_by_itself(void **state)
{
	struct stage *s = watch_begin(WATCHED "}");

	(void)state;
	AUTOFREE char *a = mem_strdup(stage_alert_is(s, WATCHDOG, "firing", 0, BEAT));
	AUTOFREE char *b = mem_strdup(stage_alert_is(s, OTHER, "firing", 0, BEAT));
	assert_string_not_equal(a, b);
	stage_pass(s, 3 * TIME_MINUTE);
	stage_alert_is(s, OTHER, "firing", 0, BEAT);
	stage_pass(s, 3 * TIME_MINUTE);
	await_missed(s, 1);
	assert_state(s, a, "firing");
	assert_state(s, b, "resolved");
}

static void note_swept_whole(void *arg, enum store_result result, bool more)
{
	assert_int_equal(result, STORE_OK);
	assert_false(more);
	*(bool *)arg = true;
}

static bool is_swept(struct stage *s, const void *flag)
{
	(void)s;
	return *(const bool *)flag;
}

/* A watch is a closed incident, and closed incidents are forgotten after a while: this one not while it is waited for. */
static void test_retention_keeps_a_watch(void **state)
{
	struct stage *s = watch_begin("\n  - {name: alive, matchers: ['alertname=\"Watchdog\"'], heartbeat: {every: 3d}}");
	bool done = false;

	(void)state;
	AUTOFREE char *key = mem_strdup(stage_alert_is(s, WATCHDOG, "firing", 0, BEAT));
	stage_pass(s, 2 * TIME_DAY);
	s->r.store->ops->sweep(s->r.store, TIME_HOUR, note_swept_whole, &done);
	stage_until(s, is_swept, &done);
	stage_pass(s, TIME_DAY);
	await_missed(s, 1);
	assert_state(s, key, "firing");
}

/* The alert is decided at once as what it is by now, and nothing is missed later. */
static void test_rule_without_heartbeat(void **state)
{
	struct stage *s = watch_begin(WATCHED "}");

	(void)state;
	AUTOFREE char *key = mem_strdup(stage_alert_is(s, WATCHDOG, "firing", 0, BEAT));
	reload_rules("\n  - {name: plain, matchers: ['alertname=\"Watchdog\"'], severity: P1}");
	assert_string_not_equal(stage_alert_is(s, WATCHDOG, "firing", 0, "page/new"), key);
	await_pages(s, 1); /* first: an hour is more than a lease */
	stage_pass(s, TIME_HOUR);
	assert_null(stage_show(s, key));
	assert_true(stage_metric(s, METRIC_TIMER_DECISIONS, "heartbeat_missed", NULL) == 0);
	assert_true(stage_metric(s, METRIC_ALERTS_RECEIVED, "", NULL) == stage_decided(s));
}

/* What fired as an incident is over when it turns into a heartbeat, and whoever was paged is told so. */
static void test_rule_with_heartbeat(void **state)
{
	struct stage *s = watch_begin("\n  - {name: plain, matchers: ['alertname=\"Watchdog\"'], severity: P1}");

	(void)state;
	AUTOFREE char *key = mem_strdup(stage_alert_is(s, WATCHDOG, "firing", 0, "page/new"));
	await_pages(s, 1);
	reload_rules(WATCHED "}");
	assert_string_not_equal(stage_alert_is(s, WATCHDOG, "firing", 0, BEAT), key);
	await_pages(s, 2);
	assert_state(s, key, "resolved");
	stage_pass(s, 5 * TIME_MINUTE);
	await_missed(s, 1);
}

/* Otherwise the old watch would page for alerts that another one hears of. */
static void test_grouped_otherwise(void **state)
{
	struct stage *s = watch_begin(WATCHED ", group_by: [alertname]}");

	(void)state;
	AUTOFREE char *both = mem_strdup(stage_alert_is(s, WATCHDOG, "firing", 0, BEAT));
	assert_string_equal(stage_alert_is(s, OTHER, "firing", 0, BEAT), both);
	reload_rules(WATCHED "}");
	AUTOFREE char *a = mem_strdup(stage_alert_is(s, WATCHDOG, "firing", 0, BEAT));
	AUTOFREE char *b = mem_strdup(stage_alert_is(s, OTHER, "firing", 0, BEAT));
	assert_true(strcmp(a, both) != 0 && strcmp(b, both) != 0 && strcmp(a, b) != 0);
	stage_pass(s, 5 * TIME_MINUTE);
	await_missed(s, 2);
	assert_state(s, a, "firing");
	assert_state(s, b, "firing");
	stage_pass(s, TIME_HOUR);
	assert_true(stage_metric(s, METRIC_TIMER_DECISIONS, "heartbeat_missed", NULL) == 2);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, teardown)
	const struct CMUnitTest tests[] = {TEST(test_page_and_resolve),        TEST(test_each_alert_by_itself),
	                                   TEST(test_retention_keeps_a_watch), TEST(test_rule_without_heartbeat),
	                                   TEST(test_rule_with_heartbeat),     TEST(test_grouped_otherwise)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
