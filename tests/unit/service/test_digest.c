/* A digest on its way: delivered, refused, cut off, abandoned. */
#include "await.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "service/census.h"
#include "service/dispatcher.h"
#include "service/operate.h"
#include "service/transaction.h"

#define PAGES 12
#define MANY 130 /* more than is claimed at once */
#define PACED "    rate_limit: {per_second: 1000, burst: 1}\n    digest_above: 5\n"

static struct stage stage;

static int teardown(void **state)
{
	(void)state;
	stage_close(&stage);
	return 0;
}

/* So many pages wait for `pager` when the dispatcher begins, and it knows how many. */
static struct stage *digest_begin_with(int pages, const char *severity)
{
	struct stage *s = &stage;

	stage_open(s, &(struct stage_settings){.pager = PACED, .delivery = "{timeout: 2m, lease: 5m}"});
	for (int i = 0; i < pages; i++) {
		AUTOFREE char *labels = mem_printf("\"alertname\": \"A%d\", \"severity\": \"%s\"", i, severity);
		stage_alert_is(s, labels, "firing", 0, "page/new");
	}
	struct store_queue queue = {.receiver = STR("pager"), .due = (size_t)pages, .oldest_due_at = s->now};
	s->r.dispatcher = dispatcher_new(&s->r);
	dispatcher_figures(s->r.dispatcher, &(struct store_stats){.now = s->now, .queues = &queue, .queue_count = 1});
	return s;
}

static struct stage *digest_begin(const char *severity)
{
	return digest_begin_with(PAGES, severity);
}

static bool has_folded(struct stage *s, const void *n)
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
	struct stage *s = digest_begin("info");
	const double pages = PAGES;

	(void)state;
	stage_until(s, has_folded, &pages);
	await_requests(s, 1);
	assert_true(is_digest(s, 0));
	await_outcomes(s, 1);
	assert_true(stage_metric(s, METRIC_DELIVERIES, "pager", "delivered") == 1);
}

struct digest_noise {
	int64_t pages;
	bool asked;
};

static void count_digest_pages(void *arg, const struct operate_reply *reply)
{
	struct digest_noise *n = arg;
	n->pages = json_integer_value(json_object_get(json_object_get(reply->data, "totals"), "pages"));
	n->asked = false;
}

/* Asks until something was counted and nothing more is under way. */
static bool has_counted(struct stage *s, const void *arg)
{
	static const struct noise_query q = {.since_ms = TIME_DAY, .by = NOISE_ALERTNAME};
	struct digest_noise *n = *(struct digest_noise *const *)arg;

	if (n->asked)
		return false;
	if (n->pages && !transactions_pending(s->r.transactions))
		return true;
	n->asked = true;
	operate_noise(&s->r, &q, count_digest_pages, n);
	return false;
}

/* However many incidents it names, somebody is woken once. */
static void one_message_is_one_page(void **state)
{
	struct stage *s = digest_begin("info");
	struct digest_noise n = {.pages = 0}, *asks = &n;
	const double pages = PAGES;

	(void)state;
	stage_until(s, has_folded, &pages);
	await_requests(s, 1);
	stage_until(s, has_counted, &asks);
	n.pages = 0;
	stage_until(s, has_counted, &asks);
	assert_int_equal(n.pages, 1);
}

static void what_is_claimed_in_pieces_is_one_message(void **state)
{
	struct stage *s = digest_begin_with(MANY, "info");
	const double pages = MANY;

	(void)state;
	stage_until(s, has_folded, &pages);
	await_outcomes(s, 1);
	assert_int_equal(s->provider.count, 1);
	assert_true(is_digest(s, 0));
	assert_true(stage_metric(s, METRIC_DELIVERIES, "pager", "in_digest") == MANY);
	assert_true(s->store->largest_claim < MANY / 2);
	assert_true(s->store->most_loads_under_way < MANY / 4); /* of the records that say so */
}

static void the_gravest_are_told_one_by_one(void **state)
{
	struct stage *s = digest_begin("critical");

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
	struct stage *s = digest_begin("info");

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

static void note_drained(void *arg)
{
	*(bool *)arg = true;
}

static bool is_digest_flag_set(struct stage *s, const void *flag)
{
	(void)s;
	return *(const bool *)flag;
}

static void one_that_is_cut_off_is_waited_for_no_longer(void **state)
{
	struct stage *s = digest_begin("info");
	bool done = false;

	(void)state;
	provider_says(&s->provider, 0, NULL);
	await_requests(s, 1);
	dispatcher_drain(s->r.dispatcher, note_drained, &done);
	dispatcher_cut(s->r.dispatcher);
	stage_until(s, is_digest_flag_set, &done);
	assert_true(stage_metric(s, METRIC_DELIVERIES, "pager", "in_digest") == 0);
}

static bool has_asked(struct stage *s, const void *claims)
{
	return s->store->claims >= *(const size_t *)claims;
}

/* A piece was claimed; of the next one nobody has heard yet. */
static bool gathers_on(struct stage *s, const void *unused)
{
	(void)unused;
	return s->store->claims >= 2;
}

static struct stage *gathering_begin(void)
{
	struct stage *s = digest_begin_with(MANY, "info");

	s->store->good_claims = 1;
	s->store->unknown_claims = 1000;
	stage_until(s, gathers_on, NULL);
	assert_true(s->store->claimed > 0 && s->store->claimed < MANY);
	return s;
}

static void one_that_gathers_is_waited_for_no_longer(void **state)
{
	struct stage *s = gathering_begin();
	bool done = false;

	(void)state;
	dispatcher_drain(s->r.dispatcher, note_drained, &done);
	stage_until(s, is_digest_flag_set, &done);
	assert_int_equal(s->provider.count, 0);
}

static void one_that_gathers_is_abandoned(void **state)
{
	struct stage *s = gathering_begin();

	(void)state;
	dispatcher_free(s->r.dispatcher);
	s->r.dispatcher = NULL;
}

static bool holds_nothing_back(struct stage *s, const void *unused)
{
	(void)unused;
	return stage_metric(s, METRIC_DELIVERIES, "pager", "delivered") +
	           stage_metric(s, METRIC_DELIVERIES, "pager", "in_digest") >=
	       MANY;
}

/* What it held is as due as before when the store fails in the middle of it. */
static void a_store_that_fails_meanwhile_keeps_nobody_waiting(void **state)
{
	struct stage *s = gathering_begin();

	(void)state;
	s->store->down = true;
	s->store->unknown_claims = 0;
	const size_t asked = s->store->claims + 1;
	stage_until(s, has_asked, &asked);
	s->store->down = false;
	stage_pass(s, 6 * TIME_MINUTE); /* the lease of the claim that nobody heard of ends */
	stage_until(s, holds_nothing_back, NULL);
}

static void one_under_way_is_abandoned(void **state)
{
	struct stage *s = digest_begin("info");

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
		TEST(one_message_is_one_page),
		TEST(what_is_claimed_in_pieces_is_one_message),
		TEST(the_gravest_are_told_one_by_one),
		TEST(a_failed_one_is_told_one_by_one),
		TEST(a_refused_one_is_told_one_by_one),
		TEST(one_that_is_cut_off_is_waited_for_no_longer),
		TEST(one_that_gathers_is_waited_for_no_longer),
		TEST(one_that_gathers_is_abandoned),
		TEST(a_store_that_fails_meanwhile_keeps_nobody_waiting),
		TEST(one_under_way_is_abandoned),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
