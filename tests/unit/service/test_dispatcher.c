#include "await.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "service/dispatcher.h"
#include "service/intake.h"
#include "service/operate.h"
#include "service/transaction.h"

static struct stage stage;

/* No request is given up, however busy the machine is: a test hangs up where an outcome shall not be known. */
#define DELIVERY "{timeout: 2m, lease: 5m, fallback_after: 5m, expire: 24h}"
#define A "\"alertname\": \"HighCPU\", \"instance\": \"a\""

static struct stage *dispatcher_begin(const struct stage_settings *say)
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

/* ---- the protocol ---- */

static void test_trigger_then_resolve(void **state)
{
	struct stage *s = dispatcher_begin(&(struct stage_settings){.rules = NULL});
	char key[64];

	(void)state;
	snprintf(key, sizeof key, "%s", stage_alert_is(s, A, "firing", 0, "page/new"));
	await_requests(s, 1);
	assert_string_equal(provider_event(&s->provider, 0), "trigger");
	assert_string_equal(provider_dedup_key(&s->provider, 0), key);
	await_delivery(s, key, "pager", "told", "\"firing\"");
	stage_alert_is(s, A, "firing", 0, "deduplicate/repeat");
	stage_alert_is(s, A, "resolved", 0, "resolve/last_member_resolved");
	await_requests(s, 2);
	assert_string_equal(provider_event(&s->provider, 1), "resolve");
	await_delivery(s, key, "pager", "told", "\"resolved\"");
	assert_true(stage_metric(s, METRIC_DELIVERIES, "pager", "delivered") == 2);
	assert_int_equal(provider_requests_to(&s->provider, "/mail"), 0);
}

/* The resolve comes while the trigger is on its way: it waits, and follows. */
static void test_resolve_never_overtakes(void **state)
{
	struct stage *s = dispatcher_begin(&(struct stage_settings){.rules = NULL});
	char key[64];

	(void)state;
	provider_says(&s->provider, 0, NULL);
	snprintf(key, sizeof key, "%s", stage_alert_is(s, A, "firing", 0, "page/new"));
	await_requests(s, 1);
	stage_alert_is(s, A, "resolved", 0, "resolve/last_member_resolved");
	stage_pass(s, 0);
	assert_int_equal(s->provider.count, 1);
	provider_hangs_up(&s->provider); /* it may have been told */
	await_requests(s, 2);
	assert_string_equal(provider_event(&s->provider, 0), "trigger");
	assert_string_equal(provider_event(&s->provider, 1), "resolve");
	assert_string_equal(provider_dedup_key(&s->provider, 1), key);
	assert_true(stage_metric(s, METRIC_DELIVERIES, "pager", "unknown") == 1);
}

/* A trigger that was never sent needs no resolve. */
static void test_cancelled_unsent(void **state)
{
	struct stage *s = dispatcher_begin(&(struct stage_settings){
		.rules = "\n  - {name: patient, matchers: ['alertname=\"HighCPU\"'], page_after: 5m}"});

	(void)state;
	const char *key = stage_alert_is(s, A, "firing", 0, "page/new");
	AUTOFREE char *kept = mem_strdup(key);
	stage_alert_is(s, A, "resolved", 0, "suppress/never_paged");
	stage_pass(s, 10 * TIME_MINUTE);
	stage_alert_is(s, "\"alertname\": \"Other\"", "firing", 0, "page/new");
	await_requests(s, 1);
	assert_string_not_equal(provider_dedup_key(&s->provider, 0), kept);
}

static bool all_settled(struct stage *s, const void *n)
{
	return await_settled(s, n) && !transactions_pending(s->r.transactions);
}

/*
 * The attempt's own commit wrote the record, and what another receiver's attempt or an alert has changed since is known here as
 * well: a settle loads nothing, and conflicts with nobody.
 */
static void test_settle_loads_nothing(void **state)
{
	struct stage *s = dispatcher_begin(&(struct stage_settings){
		.rules = "\n  - {name: both, matchers: ['alertname=\"HighCPU\"'], receivers: [pager, mail]}"});
	size_t one = 1, both = 2;

	(void)state;
	provider_says(&s->provider, 0, NULL);
	stage_alert_is(s, A, "firing", 0, "page/new");
	await_requests(s, 2);
	stage_until(s, all_settled, &one);                       /* a webhook that loads before would load anew */
	stage_alert_is(s, A, "firing", 0, "deduplicate/repeat"); /* while the other one is still under way */
	provider_answers(&s->provider);
	stage_until(s, all_settled, &both);
	assert_int_equal(s->store->loads, 2); /* the webhooks' */
	assert_true(stage_metric(s, METRIC_STORE_CONFLICTS, NULL, NULL) == 0);
}

/* Another router was faster: what it wrote is loaded, and the outcome is applied to that. */
static void test_settle_after_another_router(void **state)
{
	struct stage *s = dispatcher_begin(&(struct stage_settings){.rules = NULL});
	AUTOFREE char *key = NULL;
	size_t n = 1;

	(void)state;
	provider_says(&s->provider, 0, NULL);
	key = mem_strdup(stage_alert_is(s, A, "firing", 0, "page/new"));
	await_requests(s, 1);
	s->store->crook = CROOK_CONFLICT;
	s->store->crooked_commits = 1;
	provider_hangs_up(&s->provider);
	stage_until(s, all_settled, &n);
	assert_int_equal(s->store->loads, 2);
	assert_true(stage_metric(s, METRIC_STORE_CONFLICTS, NULL, NULL) == 1);
	stage_pass(s, 10 * TIME_MINUTE);
	await_delivery(s, key, "pager", "told", "\"firing\"");
}

/* One durable write stands between the webhook and its page, one behind the provider's answer; nothing is claimed. */
static void test_page_takes_two_commits(void **state)
{
	struct stage *s = dispatcher_begin(&(struct stage_settings){.rules = NULL});
	size_t n = 1;

	(void)state;
	stage_pass(s, 0);
	size_t commits = s->store->commits;
	stage_alert_is(s, A, "firing", 0, "page/new");
	stage_until(s, all_settled, &n);
	assert_int_equal(s->store->commits - commits, 2);
	assert_int_equal(s->store->claimed, 0);
	assert_string_equal(provider_event(&s->provider, 0), "trigger");
}

static bool has_committed(struct stage *s, const void *before)
{
	return s->store->commits > *(const size_t *)before;
}

/* A repeat leaves the queues alone; the clock that stands rings early, and is set to when the incident does expire. */
static void test_repeat_writes_no_queue(void **state)
{
	struct stage *s = dispatcher_begin(&(struct stage_settings){.dedup = "{expire_after: 8d}"});
	AUTOFREE char *key = NULL;

	(void)state;
	key = mem_strdup(stage_alert_is(s, A, "firing", 0, "page/new"));
	await_delivery(s, key, "pager", "told", "\"firing\"");
	for (int repeats = 1; repeats <= 3; repeats++) {
		stage_pass(s, 10 * TIME_SECOND);
		stage_alert_is(s, A, "firing", repeats * 10 * TIME_SECOND, "deduplicate/repeat");
		assert_int_equal(s->store->due_count, 0);
	}
	assert_int_equal(s->store->clock_at, STORE_STAYS);
	size_t commits = s->store->commits;
	stage_pass(s, 8 * TIME_DAY - 5 * TIME_SECOND); /* since the last repeat: the clock that stood rings, early */
	stage_until(s, has_committed, &commits);
	await_delivery(s, key, "pager", "told", "\"firing\"");
	/* nobody had listened for a while: not before late_grace has passed */
	assert_int_equal(s->store->clock_at, s->now + 5 * TIME_MINUTE + 30 * TIME_SECOND);
}

/* Who can be sent to only later has no lease taken: the page waits in the queue, for whichever router can send first. */
static void test_paced_receiver_keeps_its_queue(void **state)
{
	struct stage *s =
		dispatcher_begin(&(struct stage_settings){.pager = "    rate_limit: {per_second: 1, burst: 1}\n"});

	(void)state;
	stage_alert_is(s, A, "firing", 0, "page/new");
	AUTOFREE char *second = mem_strdup(stage_alert_is(s, "\"alertname\": \"Second\"", "firing", 0, "page/new"));
	await_delivery(s, second, "pager", "attempts", "0");
	await_delivery(s, second, "pager", "told", "\"nothing\"");
	await_requests(s, 2); /* it is claimed when there is a token */
	assert_int_equal(s->store->claimed, 1);
}

/* ---- pace ---- */

static void test_rate_limit(void **state)
{
	struct stage *s =
		dispatcher_begin(&(struct stage_settings){.pager = "    rate_limit: {per_second: 20, burst: 3}\n"});
	size_t n = 9;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		AUTOFREE char *labels = mem_printf("\"alertname\": \"A%zu\"", i);
		stage_alert_is(s, labels, "firing", 0, "page/new");
	}
	stage_until(s, await_sent, &n);
	/* Three at once, then one each 50 ms; two milliseconds of grace for the clock's rounding. */
	assert_true(s->provider.requests[8].at - s->provider.requests[2].at >= 6 * 50 - 60);
	assert_true(stage_metric(s, METRIC_DELIVERIES, "pager", "not_sent") == 0);
}

/*
 * Nothing is told while it only observes, so what was over before the switch is nobody's business. What is open then is
 * told, the gravest first, at the receiver's pace.
 */
static void test_observe_then_send(void **state)
{
#define PACE .pager = "    rate_limit: {per_second: 20, burst: 1}\n"
	struct stage *s = dispatcher_begin(&(struct stage_settings){.delivery = "{mode: observe}", PACE});
	AUTOFREE char *over = mem_strdup(stage_alert_is(s, A, "firing", 0, "page/new"));

	(void)state;
	stage_alert_is(s, A, "resolved", 0, "resolve/last_member_resolved");
	stage_alert_is(s, "\"alertname\": \"Minor\", \"severity\": \"warning\"", "firing", 0, "page/new");
	stage_alert_is(s, "\"alertname\": \"Grave\", \"severity\": \"critical\"", "firing", 0, "page/new");
	stage_pass(s, 2 * TIME_DAY); /* longer than delivery.expire: it is counted from the first attempt */
	await_delivery(s, over, "pager", "told", "\"nothing\"");
	assert_int_equal(s->provider.count, 0);
	provider_says(&s->provider, 503, NULL);
	stage_reload(s, &(struct stage_settings){.delivery = "{mode: send}", PACE});
	await_requests(s, 2);
	stage_pass(s, TIME_MINUTE);
	await_requests(s, 3); /* the one that was refused goes again */
	for (size_t i = 0; i < s->provider.count; i++)
		assert_string_equal(provider_event(&s->provider, i), "trigger");
	const json_t *first = json_object_get(s->provider.requests[0].body, "incident");
	assert_string_equal(json_string_value(json_object_get(json_object_get(first, "labels"), "alertname")), "Grave");
	await_delivery(s, over, "pager", "told", "\"nothing\"");
}

/* ---- leases ---- */

static bool was_not_sent(struct stage *s, const void *arg)
{
	(void)arg;
	return stage_metric(s, METRIC_DELIVERIES, "pager", "not_sent") >= 1;
}

/* The record of the attempt takes longer than the lease allows: nothing is sent then. */
static void test_lost_lease_does_not_send(void **state)
{
	struct stage *s = dispatcher_begin(&(struct stage_settings){.delivery = "{timeout: 1s, lease: 3s}"});

	(void)state;
	s->store->commit_delay_ms = 2200;
	stage_alert_is(s, A, "firing", 0, "page/new");
	stage_until(s, was_not_sent, NULL);
	assert_int_equal(s->provider.count, 0);
	s->store->commit_delay_ms = 0;
	await_requests(s, 1);
	assert_int_equal(json_integer_value(json_object_get(s->provider.requests[0].body, "attempt")), 1);
}

/* A claim whose answer is lost holds its leases: it is asked for again, long before they run out. */
static void test_lost_claims(void **state)
{
	struct stage *s = dispatcher_begin(
		&(struct stage_settings){.rules = "\n  - {name: patient, matchers: ['alertname=\"HighCPU\"'], page_after: 5m}",
	                             .delivery = "{timeout: 2m, lease: 1h}"});

	(void)state;
	stage_alert_is(s, A, "firing", 0, "page/new");
	stage_pass(s, 6 * TIME_MINUTE);
	s->store->unknown_claims = 10; /* of the clock, and of both receivers */
	await_requests(s, 1);
	assert_int_equal(s->store->unknown_claims, 0);
}

/* The outcome cannot be kept at first: it is tried again, and the page goes out once. */
static void test_settle_while_store_is_down(void **state)
{
	struct stage *s = dispatcher_begin(&(struct stage_settings){.delivery = DELIVERY});
	AUTOFREE char *key = NULL;
	size_t once = 1;

	(void)state;
	provider_says(&s->provider, 200, NULL);
	key = mem_strdup(stage_alert_is(s, A, "firing", 0, "page/new"));
	stage_until(s, await_sent, &once);
	s->store->down = true;
	await_outcomes(s, 1);
	s->store->down = false;
	await_delivery(s, key, "pager", "told", "\"firing\"");
	assert_int_equal(s->provider.count, 1);
}

/* ---- configuration ---- */

static void test_removed_receiver_gets_its_resolve(void **state)
{
	struct stage_settings with = {
		.rules = "\n  - {name: mailed, matchers: ['alertname=\"HighCPU\"'], receivers: [mail]}", .delivery = DELIVERY};
	struct stage_settings without = {.without_mail = true, .delivery = DELIVERY};
	struct stage *s = dispatcher_begin(&with);
	AUTOFREE char *key = mem_strdup(stage_alert_is(s, A, "firing", 0, "page/new"));

	(void)state;
	await_delivery(s, key, "mail", "told", "\"firing\"");
	stage_reload(s, &without);
	stage_alert_is(s, A, "resolved", 0, "resolve/last_member_resolved");
	await_delivery(s, key, "mail", "told", "\"resolved\"");
	assert_int_equal(provider_requests_to(&s->provider, "/mail"), 2);
}

static void note_all_drained(void *arg)
{
	*(bool *)arg = true;
}

static bool is_flag_true(struct stage *s, const void *arg)
{
	(void)s;
	return *(const bool *)arg;
}

/* Draining lets what is being sent end, and claims nothing more. */
static void test_drain(void **state)
{
	struct stage *s = dispatcher_begin(&(struct stage_settings){.delivery = DELIVERY});
	bool done = false;

	(void)state;
	provider_says(&s->provider, 0, NULL);
	stage_alert_is(s, A, "firing", 0, "page/new");
	await_requests(s, 1);
	s->r.draining = true;
	dispatcher_drain(s->r.dispatcher, note_all_drained, &done);
	stage_alert_is(s, "\"alertname\": \"Other\"", "firing", 0, "page/new");
	assert_false(done);
	provider_hangs_up(&s->provider);
	stage_until(s, is_flag_true, &done);
	assert_int_equal(s->provider.count, 1);
	assert_true(stage_metric(s, METRIC_DELIVERIES, "pager", "unknown") == 1);
}

static void count_accepted(void *arg, const struct intake_result *result)
{
	size_t *n = arg;

	*n += result->code == 200;
}

static bool are_all_answered(struct stage *s, const void *arg)
{
	(void)s;
	return *(const size_t *)arg == 2 * 50;
}

/* Two routers on one store, and each gets every alert, as from a pair of Alertmanagers: each page goes out once. */
static void test_two_routers(void **state)
{
	struct stage *s = dispatcher_begin(&(struct stage_settings){.rules = NULL});
	struct router other = s->r;
	size_t answers = 0, pages = 50;

	(void)state;
	other.transactions = transactions_new(&other);
	other.intake = intake_new(&other);
	other.timers = NULL;
	other.dispatcher = dispatcher_new(&other);
	for (int i = 0; i < 50; i++) {
		AUTOFREE char *labels = mem_printf("\"alertname\": \"A%d\"", i);
		AUTOFREE char *body = stage_body(stage_alert(s, labels, "firing", 0), NULL);
		intake_webhook(s->r.intake, STR(""), str_c(body), count_accepted, &answers);
		intake_webhook(other.intake, STR(""), str_c(body), count_accepted, &answers);
	}
	stage_until(s, are_all_answered, &answers);
	stage_until(s, await_sent, &pages);
	stage_until(s, await_settled, &pages);
	stage_alert_is(s, "\"alertname\": \"Last\"", "firing", 0, "page/new");
	await_requests(s, 51);
	assert_true(stage_metric(s, METRIC_ALERTS_DECIDED, "page", "new") == 51);
	assert_true(stage_metric(s, METRIC_ALERTS_DECIDED, "deduplicate", "repeat") == 50);
	assert_true(stage_metric(s, METRIC_STORE_CONFLICTS, NULL, NULL) > 0);
	for (size_t i = 0; i < 51; i++) {
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(provider_dedup_key(&s->provider, i), provider_dedup_key(&s->provider, k));
	}
	dispatcher_free(other.dispatcher);
	intake_free(other.intake);
	transactions_free(other.transactions);
}

/* Freed in the middle of everything. */
static void test_free_while_sending(void **state)
{
	struct stage *s = dispatcher_begin(&(struct stage_settings){.rules = NULL});

	(void)state;
	provider_says(&s->provider, 0, NULL);
	stage_alert_is(s, A, "firing", 0, "page/new");
	await_requests(s, 1);
	stage_alert_is(s, "\"alertname\": \"Other\"", "firing", 0, "page/new");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_trigger_then_resolve),
		TEST(test_resolve_never_overtakes),
		TEST(test_cancelled_unsent),
		TEST(test_settle_loads_nothing),
		TEST(test_settle_after_another_router),
		TEST(test_page_takes_two_commits),
		TEST(test_repeat_writes_no_queue),
		TEST(test_paced_receiver_keeps_its_queue),
		TEST(test_rate_limit),
		TEST(test_observe_then_send),
		TEST(test_lost_lease_does_not_send),
		TEST(test_lost_claims),
		TEST(test_settle_while_store_is_down),
		TEST(test_removed_receiver_gets_its_resolve),
		TEST(test_drain),
		TEST(test_two_routers),
		TEST(test_free_while_sending),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
