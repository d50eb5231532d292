/* More becomes due than may be under way at a provider: some of it is begun with the commit that makes it due, and waits. */
#include "await.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "service/dispatcher.h"

static struct stage stage;

#define RULES                                                                                                          \
	"\n  - {name: worst, matchers: ['alertname=\"Worst\"'], severity: P0}"                                             \
	"\n  - {name: others, matchers: ['alertname=~\"A.*\"'], severity: P3}"

/* As many requests hang as may be under way. */
static struct stage *begin_with_a_full_provider(void)
{
	stage_open(&stage,
	           &(struct stage_settings){.rules = RULES,
	                                    .services = true,
	                                    .delivery = "{timeout: 2m, lease: 5m, fallback_after: 5m, expire: 24h}"});
	for (int i = 0; i < DISPATCHER_IN_FLIGHT; i++) {
		AUTOFREE char *labels = mem_printf("\"alertname\": \"A%d\"", i);
		provider_says(&stage.provider, 0, NULL);
		stage_alert_is(&stage, labels, "firing", 0, "page/new");
	}
	await_requests(&stage, DISPATCHER_IN_FLIGHT);
	return &stage;
}

static int end_with_a_full_provider(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

static void fire_others(struct stage *s, int n)
{
	for (int i = 0; i < n; i++) {
		AUTOFREE char *labels = mem_printf("\"alertname\": \"Ahead%d\"", i);
		stage_alert_is(s, labels, "firing", 0, "page/new");
	}
}

static void test_the_gravest_of_those_begun_goes_first(void **state)
{
	struct stage *s = begin_with_a_full_provider();
	char worst[64];
	size_t all = DISPATCHER_IN_FLIGHT + 4;

	(void)state;
	fire_others(s, 3);
	snprintf(worst, sizeof worst, "%s", stage_alert_is(s, "\"alertname\": \"Worst\"", "firing", 0, "page/new"));
	stage_pass(s, 0);
	assert_int_equal(s->provider.count, DISPATCHER_IN_FLIGHT);
	assert_int_equal(s->store->claimed, 0); /* each was begun with the commit that made it due */
	provider_answers_one(&s->provider);     /* one place is free: they go one by one */
	await_requests(s, all);
	provider_answers(&s->provider);
	stage_until(s, await_settled, &all);
	assert_string_equal(provider_dedup_key(&s->provider, DISPATCHER_IN_FLIGHT), worst);
	assert_true(stage_metric(s, METRIC_DELIVERIES, "pager", "delivered") == (double)all);
}

static bool all_given_back(struct stage *s, const void *n)
{
	return stage_metric(s, METRIC_DELIVERIES, "pager", "not_sent") >= *(const int *)n;
}

/* The provider fails in the meantime: its breaker opens with the fifth failure, and no further attempt is spent. */
static void test_those_begun_are_given_back_when_the_breaker_opens(void **state)
{
	struct stage *s = begin_with_a_full_provider();
	const int waiting = 20, spared = waiting - 4;

	(void)state;
	fire_others(s, waiting);
	provider_refuses(&s->provider, "/pager", 503, NULL);
	provider_hangs_up(&s->provider);
	stage_until(s, all_given_back, &spared);
	assert_true(s->provider.count < (size_t)DISPATCHER_IN_FLIGHT + (size_t)waiting);
}

static void note_drained_ahead(void *arg)
{
	*(bool *)arg = true;
}

static bool is_drained(struct stage *s, const void *arg)
{
	(void)s;
	return *(const bool *)arg;
}

static void test_those_begun_are_given_back_when_it_drains(void **state)
{
	struct stage *s = begin_with_a_full_provider();
	const int waiting = 3;
	bool done = false;

	(void)state;
	fire_others(s, waiting);
	s->r.draining = true;
	dispatcher_drain(s->r.dispatcher, note_drained_ahead, &done);
	provider_answers(&s->provider);
	stage_until(s, is_drained, &done);
	assert_true(all_given_back(s, &waiting));
	assert_int_equal(s->provider.count, DISPATCHER_IN_FLIGHT);
}

/* Whoever is slow to answer is not asked to hold everything: what is beyond stays due in the store. */
static void test_no_more_than_so_many_are_begun(void **state)
{
	struct stage *s = begin_with_a_full_provider();
	size_t all = DISPATCHER_IN_FLIGHT + DISPATCHER_AHEAD + 5;

	(void)state;
	fire_others(s, DISPATCHER_AHEAD + 5);
	assert_int_equal(s->store->claimed, 0);
	provider_answers(&s->provider);
	stage_until(s, await_settled, &all);
	assert_int_equal(s->provider.count, all);
	assert_int_equal(s->store->claimed, 5);
}

static void test_freed_while_some_wait(void **state)
{
	(void)state;
	fire_others(begin_with_a_full_provider(), 3);
}

int main(void)
{
#define AHEAD(f) cmocka_unit_test_teardown(f, end_with_a_full_provider)
	const struct CMUnitTest tests[] = {
		AHEAD(test_the_gravest_of_those_begun_goes_first),
		AHEAD(test_those_begun_are_given_back_when_the_breaker_opens),
		AHEAD(test_those_begun_are_given_back_when_it_drains),
		AHEAD(test_no_more_than_so_many_are_begun),
		AHEAD(test_freed_while_some_wait),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
