/* A digest on its way: delivered, refused, cut off, abandoned. */
#include "await.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "service/census.h"
#include "service/dispatcher.h"

#define PAGES 12
#define PACED "    rate_limit: {per_second: 1000, burst: 1}\n    digest_above: 5\n"

static struct stage stage;

static int teardown(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

/* So many pages wait for `pager` when the dispatcher begins, and it knows how many. */
static struct stage *begin(const char *severity)
{
	struct stage *s = &stage;

	stage_open(s, &(struct stage_settings){.pager = PACED, .delivery = "{timeout: 2m, lease: 5m}"});
	for (int i = 0; i < PAGES; i++) {
		AUTOFREE char *labels = mem_printf("\"alertname\": \"A%d\", \"severity\": \"%s\"", i, severity);
		stage_alert_is(s, labels, "firing", 0, "page/new");
	}
	struct store_queue queue = {.receiver = STR("pager"), .due = PAGES, .oldest_due_at = s->now};
	s->r.dispatcher = dispatcher_new(&s->r);
	dispatcher_figures(s->r.dispatcher, &(struct store_stats){.now = s->now, .queues = &queue, .queue_count = 1});
	return s;
}

static bool folded(struct stage *s, const void *n)
{
	return stage_metric(s, METRIC_DELIVERIES, "pager", "in_digest") >= *(const double *)n;
}

static bool is_digest(const struct stage *s, size_t nth)
{
	const json_t *incident = json_object_get(s->provider.requests[nth].body, "incident");
	return !strcmp(json_string_value(json_object_get(incident, "alertname")), "Digest");
}

static void what_waits_is_one_message(void **state)
{
	struct stage *s = begin("info");
	const double pages = PAGES;

	(void)state;
	stage_until(s, folded, &pages);
	await_requests(s, 1);
	assert_true(is_digest(s, 0));
	await_outcomes(s, 1);
	assert_true(stage_metric(s, METRIC_DELIVERIES, "pager", "delivered") == 1);
}

static void the_gravest_are_told_one_by_one(void **state)
{
	struct stage *s = begin("critical");

	(void)state;
	await_requests(s, PAGES);
	for (size_t i = 0; i < PAGES; i++)
		assert_false(is_digest(s, i));
}

static bool each_was_told(struct stage *s, const void *unused)
{
	(void)unused;
	return stage_metric(s, METRIC_DELIVERIES, "pager", "delivered") >= PAGES;
}

static void falls_to_pieces(int status)
{
	struct stage *s = begin("info");

	provider_says(&s->provider, status, NULL);
	stage_until(s, each_was_told, NULL);
	assert_true(is_digest(s, 0));
	assert_int_equal(s->provider.count, 1 + PAGES);
	for (size_t i = 1; i <= PAGES; i++)
		assert_false(is_digest(s, i));
}

static void a_failed_one_is_told_one_by_one(void **state)
{
	(void)state;
	falls_to_pieces(503);
}

static void a_refused_one_is_told_one_by_one(void **state)
{
	(void)state;
	falls_to_pieces(400);
}

static void drained(void *arg)
{
	*(bool *)arg = true;
}

static bool is_set(struct stage *s, const void *flag)
{
	(void)s;
	return *(const bool *)flag;
}

static void one_that_is_cut_off_is_waited_for_no_longer(void **state)
{
	struct stage *s = begin("info");
	bool done = false;

	(void)state;
	provider_says(&s->provider, 0, NULL);
	await_requests(s, 1);
	dispatcher_drain(s->r.dispatcher, drained, &done);
	dispatcher_cut(s->r.dispatcher);
	stage_until(s, is_set, &done);
	assert_true(stage_metric(s, METRIC_DELIVERIES, "pager", "in_digest") == 0);
}

static void one_under_way_is_abandoned(void **state)
{
	struct stage *s = begin("info");

	(void)state;
	provider_says(&s->provider, 0, NULL);
	await_requests(s, 1);
	dispatcher_free(s->r.dispatcher);
	s->r.dispatcher = NULL;
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_waits_is_one_message),
		TEST(the_gravest_are_told_one_by_one),
		TEST(a_failed_one_is_told_one_by_one),
		TEST(a_refused_one_is_told_one_by_one),
		TEST(one_that_is_cut_off_is_waited_for_no_longer),
		TEST(one_under_way_is_abandoned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
