#include "await.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "service/census.h"
#include "service/dispatcher.h"

static struct stage stage;

/* No request is given up, however busy the machine is. */
#define DELIVERY "{timeout: 2m, lease: 5m, fallback_after: 5m, expire: 24h}"
#define A "\"alertname\": \"HighCPU\", \"instance\": \"a\""

static struct stage *begin(const struct stage_settings *say)
{
	struct stage_settings own = *say;

	own.services = true;
	if (!own.delivery)
		own.delivery = DELIVERY;
	stage_open(&stage, &own);
	return &stage;
}

static int teardown(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

static void test_retry_with_backoff(void **state)
{
	struct stage *s = begin(&(struct stage_settings){.rules = NULL});
	char key[64];

	(void)state;
	provider_says(&s->provider, 503, NULL);
	snprintf(key, sizeof key, "%s", stage_alert_is(s, A, "firing", 0, "page/new"));
	await_requests(s, 1);
	await_delivery(s, key, "pager", "attempts", "1");
	assert_true(stage_metric(s, METRIC_DELIVERIES, "pager", "retry") == 1);
	stage_pass(s, 0); /* its backoff is at least a millisecond of the store's clock, which stands still */
	stage_alert_is(s, A, "firing", 0, "deduplicate/repeat");
	assert_int_equal(s->provider.count, 1);
	stage_pass(s, 10 * TIME_SECOND);
	await_requests(s, 2);
	assert_string_equal(provider_dedup_key(&s->provider, 1), key);
	assert_int_equal(json_integer_value(json_object_get(s->provider.requests[1].body, "attempt")), 2);
	await_delivery(s, key, "pager", "told", "\"firing\"");
}

static void test_retry_after(void **state)
{
	struct stage *s = begin(&(struct stage_settings){.rules = NULL});
	char key[64];

	(void)state;
	provider_says(&s->provider, 429, "120");
	snprintf(key, sizeof key, "%s", stage_alert_is(s, A, "firing", 0, "page/new"));
	await_requests(s, 1);
	await_delivery(s, key, "pager", "attempts", "1");
	stage_pass(s, 119 * TIME_SECOND);
	stage_alert_is(s, "\"alertname\": \"Other\"", "firing", 0, "page/new");
	await_requests(s, 2);
	assert_string_not_equal(provider_dedup_key(&s->provider, 1), key);
	stage_pass(s, 2 * TIME_SECOND);
	await_requests(s, 3);
	assert_string_equal(provider_dedup_key(&s->provider, 2), key);
}

/* A rejection is a dead letter at once, and the fallback takes over; a retry by hand sends it again. */
static void test_rejected(void **state)
{
	struct stage *s = begin(&(struct stage_settings){.pager = "    fallback: mail\n"});
	char key[64];

	(void)state;
	provider_says(&s->provider, 400, NULL);
	snprintf(key, sizeof key, "%s", stage_alert_is(s, A, "firing", 0, "page/new"));
	await_requests(s, 2);
	assert_string_equal(s->provider.requests[0].path, "/pager");
	assert_string_equal(s->provider.requests[1].path, "/mail");
	await_delivery(s, key, "pager", "dead", "true");
	await_delivery(s, key, "mail", "told", "\"firing\"");
	stage_pass(s, TIME_HOUR);
	stage_alert_is(s, A, "firing", TIME_HOUR, "deduplicate/repeat");
	assert_int_equal(s->provider.count, 2);
}

static bool mail_has(struct stage *s, const void *n)
{
	return provider_requests_to(&s->provider, "/mail") >= *(const size_t *)n;
}

/* Forty pages and a provider that is gone: the breaker lets one through now and then, the fallback gets all by the clock. */
static void test_fallback_of_many_pages(void **state)
{
	struct stage *s = begin(&(struct stage_settings){.pager = "    fallback: mail\n"});
	size_t pages = 40;

	(void)state;
	provider_refuses(&s->provider, "/pager", 503, "3600");
	for (size_t i = 0; i < pages; i++) {
		AUTOFREE char *labels = mem_printf("\"alertname\": \"A%zu\"", i);
		stage_alert_is(s, labels, "firing", 0, "page/new");
	}
	await_outcomes(s, 5); /* it opens */
	stage_pass(s, 5 * TIME_MINUTE);
	stage_until(s, mail_has, &pages);
}

/* What waits in backoff has been due since its first attempt. */
static void test_the_oldest_waits_in_backoff(void **state)
{
	struct stage *s = begin(&(struct stage_settings){.rules = NULL});
	char key[64];

	(void)state;
	provider_says(&s->provider, 503, "1800");
	snprintf(key, sizeof key, "%s", stage_alert_is(s, A, "firing", 0, "page/new"));
	await_requests(s, 1);
	await_delivery(s, key, "pager", "attempts", "1");
	stage_pass(s, TIME_MINUTE);
	struct store_queue queue = {.receiver = STR("pager"), .due = 1, .oldest_due_at = s->now + 29 * TIME_MINUTE};
	dispatcher_figures(s->r.dispatcher, &(struct store_stats){.now = s->now, .queues = &queue, .queue_count = 1});
	assert_true(stage_metric(s, METRIC_DELIVERY_OLDEST, "pager", NULL) == 60);
	assert_true(stage_metric(s, METRIC_DELIVERY_QUEUE, "pager", NULL) == 1);
}

/* Nothing listens: it certainly did not arrive, so there is nothing to resolve twice. */
static void test_connection_refused(void **state)
{
	struct stage *s = begin(&(struct stage_settings){
		.pager = "    fallback: mail\n  - name: gone\n    webhook: {url: \"http://127.0.0.1:1/\"}\n",
		.rules = "\n  - {name: gone, matchers: ['alertname=\"HighCPU\"'], receivers: [gone]}"});
	AUTOFREE char *key = mem_strdup(stage_alert_is(s, A, "firing", 0, "page/new"));

	(void)state;
	await_delivery(s, key, "gone", "attempts", "1");
	await_delivery(s, key, "gone", "told", "\"nothing\"");
	assert_true(stage_metric(s, METRIC_DELIVERIES, "gone", "retry") == 1);
	assert_int_equal(s->provider.count, 0);
}

/* Five failures in a row open it; while it is open nothing is claimed; one probe closes it again. */
static void test_breaker(void **state)
{
	struct stage *s = begin(&(struct stage_settings){.rules = NULL});

	(void)state;
	s->provider.always.status = 503;
	for (int i = 0; i < 12; i++) {
		AUTOFREE char *labels = mem_printf("\"alertname\": \"A%d\"", i);
		size_t before = s->provider.count;
		stage_alert_is(s, labels, "firing", 0, "page/new");
		if (i < 5)
			await_requests(s, before + 1);
		if (i < 5)
			await_outcomes(s, before + 1);
	}
	assert_int_equal(s->provider.count, 5);
	json_t *status = dispatcher_status(s->r.dispatcher);
	assert_string_equal(json_string_value(json_object_get(json_array_get(status, 0), "breaker")), "open");
	json_decref(status);
	s->provider.always.status = 200;
	int64_t opened = s->provider.requests[4].at;
	size_t all = 12;
	stage_until(s, await_sent, &all);
	assert_true(s->provider.requests[5].at - opened >= 900); /* the probe, after its pause */
	status = dispatcher_status(s->r.dispatcher);
	assert_string_equal(json_string_value(json_object_get(json_array_get(status, 0), "breaker")), "closed");
	json_decref(status);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_retry_with_backoff),          TEST(test_retry_after), TEST(test_rejected),
		TEST(test_connection_refused),          TEST(test_breaker),     TEST(test_fallback_of_many_pages),
		TEST(test_the_oldest_waits_in_backoff),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
