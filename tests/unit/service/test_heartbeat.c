#include "stage.h"

#include <string.h>

#include "service/census.h"
#include "service/dispatcher.h"
#include "service/heartbeat.h"

static struct stage stage;

#define A "\"alertname\": \"HighCPU\", \"instance\": \"a\""

static int teardown(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

static struct stage *heartbeat_begin(void)
{
	stage_open(&stage, &(struct stage_settings){.heartbeat = "every: 1s", .services = true});
	stage.r.heartbeat = heartbeat_new(&stage.r);
	return &stage;
}

static double pings(const struct stage *s, const char *outcome)
{
	return stage_metric(s, METRIC_HEARTBEAT_PINGS, outcome, NULL);
}

static bool was_pinged(struct stage *s, const void *outcome)
{
	return pings(s, outcome) >= 1;
}

static bool counted_twice(struct stage *s, const void *outcome)
{
	return pings(s, outcome) >= 2;
}

static void assert_silent_because(const struct stage *s, const char *why)
{
	json_t *status = heartbeat_status(s->r.heartbeat);
	const char *silent = json_string_value(json_object_get(status, "silent_because"));
	if (why)
		assert_string_equal(silent, why);
	else
		assert_null(silent);
	json_decref(status);
}

static void test_pings(void **state)
{
	struct stage *s = heartbeat_begin();

	(void)state;
	stage_until(s, counted_twice, "ok");
	assert_true(provider_requests_to(&s->provider, "/alive") >= 2);
	assert_silent_because(s, NULL);
	json_t *status = heartbeat_status(s->r.heartbeat);
	assert_string_equal(json_string_value(json_object_get(status, "every")), "1s");
	assert_true(json_is_string(json_object_get(status, "last_ok_at")));
	json_decref(status);
}

static void test_silent_while_shutting_down(void **state)
{
	struct stage *s = heartbeat_begin();

	(void)state;
	s->r.draining = true;
	stage_until(s, was_pinged, "withheld");
	assert_int_equal(provider_requests_to(&s->provider, "/alive"), 0);
	assert_silent_because(s, "shutting down");
	s->r.draining = false;
	stage_until(s, was_pinged, "ok");
	assert_silent_because(s, NULL);
}

static void test_a_ping_that_fails_is_repeated(void **state)
{
	struct stage *s = heartbeat_begin();

	(void)state;
	provider_says(&s->provider, 500, NULL);
	stage_until(s, was_pinged, "ok");
	assert_true(pings(s, "failed") == 1);
}

static void test_reload_takes_it_away(void **state)
{
	struct stage *s = heartbeat_begin();

	(void)state;
	stage_until(s, was_pinged, "ok");
	stage_reload(s, &(struct stage_settings){.services = true});
	heartbeat_reconfigure(s->r.heartbeat);
	json_t *status = heartbeat_status(s->r.heartbeat);
	assert_true(json_is_null(status));
	json_decref(status);
	stage_reload(s, &(struct stage_settings){.heartbeat = "every: 1s, method: POST", .services = true});
	stage_until(s, counted_twice, "ok");
}

/* ---- receivers ---- */

static void give_figures(struct stage *s, size_t due, int64_t oldest_ms)
{
	struct store_queue queue = {.receiver = STR("pager"), .due = due, .oldest_due_at = s->now - oldest_ms};
	struct store_stats stats = {.now = s->now, .queues = &queue, .queue_count = 1};

	dispatcher_figures(s->r.dispatcher, &stats);
}

static void test_silent_while_something_waits_too_long(void **state)
{
	struct stage *s = &stage;
	struct str name;

	(void)state;
	/* without timers: the figures are ours */
	stage_open(s, &(struct stage_settings){.heartbeat = "every: 1s", .delivery = "{fallback_after: 5m}"});
	s->r.dispatcher = dispatcher_new(&s->r);
	s->r.heartbeat = heartbeat_new(&s->r);
	give_figures(s, 1, 299999);
	assert_false(dispatcher_stuck(s->r.dispatcher, 300000, &name));
	give_figures(s, 1, 300000);
	assert_true(dispatcher_stuck(s->r.dispatcher, 300000, &name));
	stage_until(s, was_pinged, "withheld");
	assert_silent_because(s, "receiver pager does not deliver");
}

static bool delivered(struct stage *s, const void *outcome)
{
	return stage_metric(s, METRIC_DELIVERIES, "pager", outcome) >= 1;
}

static bool stuck(struct stage *s, const void *arg)
{
	struct str name;
	(void)arg;
	return dispatcher_stuck(s->r.dispatcher, 100, &name);
}

/* A failing delivery is put off again and again, so that nothing is ever due for long: its failures tell. */
static void test_silent_while_every_attempt_fails(void **state)
{
	struct stage *s = heartbeat_begin();
	struct str name;

	(void)state;
	s->provider.always.status = 503;
	stage_alert_is(s, A, "firing", 0, "page/new");
	stage_until(s, delivered, "retry");
	give_figures(s, 1, 0);
	stage_until(s, stuck, NULL);
	give_figures(s, 0, 0); /* nobody is owed anything any more */
	assert_false(dispatcher_stuck(s->r.dispatcher, 100, &name));
	s->provider.always.status = 0;
	give_figures(s, 1, 0);
	stage_pass(s, 600000);
	stage_until(s, delivered, "delivered");
	assert_false(dispatcher_stuck(s->r.dispatcher, 100, &name));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_pings),
		TEST(test_silent_while_shutting_down),
		TEST(test_a_ping_that_fails_is_repeated),
		TEST(test_reload_takes_it_away),
		TEST(test_silent_while_something_waits_too_long),
		TEST(test_silent_while_every_attempt_fails),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
