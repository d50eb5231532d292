#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "service/dispatcher.h"
#include "service/operate.h"
#include "service/timers.h"
#include "service/transaction.h"

static struct stage stage;

#define A "\"alertname\": \"HighCPU\", \"instance\": \"a\""

static int teardown(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

static struct stage *timers_begin(const char *rules, const char *dedup)
{
	stage_open(&stage, &(struct stage_settings){.rules = rules, .dedup = dedup, .services = true});
	return &stage;
}

struct ticks {
	const char *reason;
	double n;
};

static bool have_ticked(struct stage *s, const void *arg)
{
	const struct ticks *t = arg;
	return stage_metric(s, METRIC_TIMER_DECISIONS, t->reason, NULL) >= t->n;
}

static void await_tick(struct stage *s, const char *reason)
{
	struct ticks t = {reason, 1};
	stage_until(s, have_ticked, &t);
}

static bool one_sent(struct stage *s, const void *arg)
{
	(void)arg;
	return s->provider.count == 1;
}

/* Nobody is told before page_after has passed, and then at once. */
static void test_page_after(void **state)
{
	struct stage *s = timers_begin("\n  - {name: patient, matchers: ['alertname=\"HighCPU\"'], page_after: 5m}", NULL);

	(void)state;
	stage_alert_is(s, A, "firing", 0, "page/new");
	stage_pass(s, 5 * TIME_MINUTE - 1);
	stage_alert_is(s, A, "firing", 5 * TIME_MINUTE - 1, "deduplicate/repeat");
	assert_int_equal(s->provider.count, 0);
	stage_pass(s, 2);
	await_tick(s, "page_after_passed");
	stage_until(s, one_sent, NULL);
}

static void test_expiry(void **state)
{
	struct stage *s = timers_begin(NULL, "{expire_after: 1h, late_grace: 0s}");

	(void)state;
	AUTOFREE char *key = mem_strdup(stage_alert_is(s, A, "firing", 0, "page/new"));
	stage_until(s, one_sent, NULL);
	stage_pass(s, TIME_HOUR + 1);
	await_tick(s, "expired");
	json_t *shown = stage_show(s, key);
	assert_string_equal(json_string_value(json_object_get(shown, "state")), "resolved");
	json_decref(shown);
}

static bool are_counted(struct stage *s, const void *arg)
{
	(void)arg;
	return stage_metric(s, METRIC_INCIDENTS, "acknowledged", NULL) > 0;
}

static void ignore(void *arg, const struct operate_reply *reply)
{
	(void)arg;
	assert_int_equal(reply->result, OPERATE_OK);
}

static bool dead_counted(struct stage *s, const void *arg)
{
	(void)arg;
	return stage_metric(s, METRIC_DEAD_LETTERS, "pager", NULL) == 1;
}

/* The gauges come from the store and from a walk over the incidents. */
static void test_gauges(void **state)
{
	struct stage *s = timers_begin(NULL, NULL);

	(void)state;
	provider_says(&s->provider, 400, NULL);
	AUTOFREE char *key = mem_strdup(stage_alert_is(s, A, "firing", 0, "page/new"));
	stage_until(s, one_sent, NULL);
	stage_alert_is(s, "\"alertname\": \"B\"", "firing", 0, "page/new");
	operate_command(&s->r, str_c(key), COMMAND_ACK, &(struct command_args){.by = STR("me")}, ignore, NULL);
	stage_until(s, dead_counted, NULL);
	stage_until(s, are_counted, NULL);
	assert_true(stage_metric(s, METRIC_INCIDENTS, "acknowledged", NULL) == 1);
	assert_true(stage_metric(s, METRIC_INCIDENTS, "firing", NULL) == 1);
	json_t *status = dispatcher_status(s->r.dispatcher);
	const json_t *pager = json_array_get(status, 0);
	assert_string_equal(json_string_value(json_object_get(pager, "name")), "pager");
	assert_string_equal(json_string_value(json_object_get(pager, "kind")), "webhook");
	assert_int_equal(json_integer_value(json_object_get(pager, "dead")), 1);
	json_decref(status);
}

static void deliver_with_a_fresh_router(void)
{
	stage.r.dispatcher = dispatcher_new(&stage.r);
	stage.r.timers = timers_new(&stage.r);
}

static void stop_delivering(void)
{
	timers_free(stage.r.timers);
	dispatcher_free(stage.r.dispatcher);
	stage.r.timers = NULL;
	stage.r.dispatcher = NULL;
}

static bool settled(struct stage *s, const void *arg)
{
	(void)arg;
	return !transactions_pending(s->r.transactions);
}

static bool a_commit_was_lost(struct stage *s, const void *arg)
{
	return s->store->commits > *(const size_t *)arg && settled(s, NULL);
}

/* What a router had claimed of the clock when it was killed is another one's three seconds later, whatever a delivery's
 * lease is. */
static void test_clock_of_a_killed_router(void **state)
{
	struct stage_settings with = {.rules = "\n  - {name: patient, matchers: ['alertname=\"HighCPU\"'], page_after: 5m}",
	                              .delivery = "{lease: 10m}"};

	(void)state;
	stage_open(&stage, &with);
	stage_alert_is(&stage, A, "firing", 0, "page/new");
	size_t before = stage.store->commits;
	stage.store->crook = CROOK_UNKNOWN_LOST;
	stage.store->crooked_commits = 1000;
	stage_pass(&stage, 5 * TIME_MINUTE);
	deliver_with_a_fresh_router();
	stage_until(&stage, a_commit_was_lost, &before);
	stop_delivering();
	stage.store->crooked_commits = 0;
	stage_pass(&stage, 3 * TIME_SECOND);
	deliver_with_a_fresh_router();
	await_tick(&stage, "page_after_passed");
	stage_until(&stage, one_sent, NULL);
}

#define DUE_AT_ONCE 450

static bool all_have_ticked(struct stage *s, const void *arg)
{
	(void)arg;
	return stage_metric(s, METRIC_TIMER_DECISIONS, "page_after_passed", NULL) == DUE_AT_ONCE;
}

/* However many are due and slow the store is, no more is claimed than is done within a lease. */
static void test_many_clocks_at_once(void **state)
{
	struct stage_settings with = {.rules = "\n  - {name: patient, matchers: ['alertname=~\"P.*\"'], page_after: 5m}",
	                              .delivery = "{mode: observe}"};

	(void)state;
	stage_open(&stage, &with);
	for (int i = 0; i < DUE_AT_ONCE; i++) {
		char labels[60];
		snprintf(labels, sizeof labels, "\"alertname\": \"P%i\"", i);
		stage_alert_is(&stage, labels, "firing", 0, "page/new");
	}
	stage_pass(&stage, 5 * TIME_MINUTE);
	stage.store->commit_delay_ms = 50;
	stage.store->most_commits_under_way = 0;
	deliver_with_a_fresh_router();
	stage_until(&stage, all_have_ticked, NULL);
	assert_in_range(stage.store->most_commits_under_way, 100, 200);
}

static bool told_pager(struct stage *s, const void *arg)
{
	(void)arg;
	return provider_requests_to(&s->provider, "/pager") == 1;
}

/* A page for a receiver that a restart has forgotten goes to the default receivers after a while. */
static void test_page_for_nobody(void **state)
{
	struct stage_settings with = {.rules =
	                                  "\n  - {name: mailed, matchers: ['alertname=\"HighCPU\"'], receivers: [mail]}"};

	(void)state;
	stage_open(&stage, &with); /* nothing delivers yet */
	stage_alert_is(&stage, A, "firing", 0, "page/new");
	stage_reload(&stage, &(struct stage_settings){.without_mail = true});
	stage.now += 10 * TIME_MINUTE;
	stage_pass(&stage, 0);
	stage.r.dispatcher = dispatcher_new(&stage.r);
	stage.r.timers = timers_new(&stage.r);
	stage_until(&stage, told_pager, NULL);
	assert_int_equal(provider_requests_to(&stage.provider, "/mail"), 0);
}

static bool failed_once(struct stage *s, const void *arg)
{
	(void)arg;
	return stage_metric(s, METRIC_DELIVERIES, "mail", "retry") >= 1;
}

static bool is_dead_letter(struct stage *s, const void *arg)
{
	(void)arg;
	return stage_metric(s, METRIC_DEAD_LETTERS, "mail", NULL) == 1;
}

/* One that failed before the restart as well; and it is a dead letter, which the metric says. */
static void test_failing_page_for_nobody(void **state)
{
	struct stage_settings with = {.rules =
	                                  "\n  - {name: mailed, matchers: ['alertname=\"HighCPU\"'], receivers: [mail]}"};

	(void)state;
	stage_open(&stage, &with);
	deliver_with_a_fresh_router();
	provider_says(&stage.provider, 503, NULL);
	stage_alert_is(&stage, A, "firing", 0, "page/new");
	stage_until(&stage, failed_once, NULL);
	stage_until(&stage, settled, NULL);
	stop_delivering();
	stage_reload(&stage, &(struct stage_settings){.without_mail = true});
	stage.now += 11 * TIME_MINUTE; /* longer than it may wait for its next try, and then some */
	stage_pass(&stage, 0);
	deliver_with_a_fresh_router();
	stage_until(&stage, told_pager, NULL);
	stage_until(&stage, is_dead_letter, NULL);
	assert_int_equal(provider_requests_to(&stage.provider, "/mail"), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, teardown)
	const struct CMUnitTest tests[] = {TEST(test_page_after),
	                                   TEST(test_expiry),
	                                   TEST(test_gauges),
	                                   TEST(test_clock_of_a_killed_router),
	                                   TEST(test_many_clocks_at_once),
	                                   TEST(test_page_for_nobody),
	                                   TEST(test_failing_page_for_nobody)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
