#include "stage.h"

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

/* The provider's answers come within the request's time; leases are short, so that a test can outlast one. */
#define DELIVERY "{timeout: 1s, lease: 3s, fallback_after: 5m, expire: 24h}"
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

/* ---- what tests wait for ---- */

static bool sent(struct stage *s, const void *n)
{
	return s->provider.count >= *(const size_t *)n;
}

static void await_requests(struct stage *s, size_t n)
{
	stage_until(s, sent, &n);
	assert_int_equal(s->provider.count, n);
}

static const json_t *delivery_of(const json_t *incident, const char *receiver)
{
	const json_t *list = json_object_get(incident, "deliveries");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *d = json_array_get(list, i);
		if (strcmp(json_string_value(json_object_get(d, "receiver")), receiver) == 0)
			return d;
	}
	return NULL;
}

static bool settled(struct stage *s, const void *arg)
{
	const size_t *n = arg;
	static const char *const outcomes[] = {"delivered", "retry", "unknown", "rejected", "not_sent"};
	double sum = 0;

	for (size_t i = 0; i < 5; i++)
		sum += stage_metric(s, METRIC_DELIVERIES, "pager", outcomes[i]) +
		       stage_metric(s, METRIC_DELIVERIES, "mail", outcomes[i]);
	return sum >= (double)*n;
}

/* So many attempts were made and judged, and their outcome is on record. */
static void await_outcomes(struct stage *s, size_t n)
{
	stage_until(s, settled, &n);
}

struct looking {
	const char *key, *receiver, *field, *value;
	bool asked, holds;
};

static void looked(void *arg, const struct operate_reply *reply)
{
	struct looking *l = arg;
	const json_t *v = json_object_get(delivery_of(reply->data, l->receiver), l->field);
	AUTOFREE char *text = json_dumps(v, JSON_ENCODE_ANY);

	l->asked = false;
	l->holds = text && strcmp(text, l->value) == 0;
}

static bool delivery_is(struct stage *s, const void *arg)
{
	struct looking *l;

	memcpy(&l, &arg, sizeof l);
	if (!l->holds && !l->asked) {
		l->asked = true;
		operate_show(&s->r, str_c(l->key), looked, l);
	}
	return l->holds;
}

/* Waits until the record says so: await_delivery(s, key, "pager", "told", "\"firing\""). */
static void await_delivery(struct stage *s, const char *key, const char *receiver, const char *field, const char *value)
{
	struct looking l = {key, receiver, field, value, false, false};

	stage_until(s, delivery_is, &l);
}

/* ---- the protocol ---- */

static void test_trigger_then_resolve(void **state)
{
	struct stage *s = begin(&(struct stage_settings){.rules = NULL});
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
	struct stage *s = begin(&(struct stage_settings){.rules = NULL});
	char key[64];

	(void)state;
	provider_says(&s->provider, 0, NULL); /* hangs until its timeout: it may have been told */
	snprintf(key, sizeof key, "%s", stage_alert_is(s, A, "firing", 0, "page/new"));
	await_requests(s, 1);
	stage_alert_is(s, A, "resolved", 0, "resolve/last_member_resolved");
	stage_pass(s, 0);
	assert_int_equal(s->provider.count, 1);
	await_requests(s, 2);
	assert_string_equal(provider_event(&s->provider, 0), "trigger");
	assert_string_equal(provider_event(&s->provider, 1), "resolve");
	assert_string_equal(provider_dedup_key(&s->provider, 1), key);
	assert_true(stage_metric(s, METRIC_DELIVERIES, "pager", "unknown") == 1);
}

/* A trigger that was never sent needs no resolve. */
static void test_cancelled_unsent(void **state)
{
	struct stage *s = begin(&(struct stage_settings){
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

/* ---- failures ---- */

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
	stage_until(s, sent, &all);
	assert_true(s->provider.requests[5].at - opened >= 900); /* the probe, after its pause */
	status = dispatcher_status(s->r.dispatcher);
	assert_string_equal(json_string_value(json_object_get(json_array_get(status, 0), "breaker")), "closed");
	json_decref(status);
}

/* ---- pace ---- */

static void test_rate_limit(void **state)
{
	struct stage *s = begin(&(struct stage_settings){.pager = "    rate_limit: {per_second: 20, burst: 3}\n"});
	size_t n = 9;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		AUTOFREE char *labels = mem_printf("\"alertname\": \"A%zu\"", i);
		stage_alert_is(s, labels, "firing", 0, "page/new");
	}
	stage_until(s, sent, &n);
	/* Three at once, then one each 50 ms; two milliseconds of grace for the clock's rounding. */
	assert_true(s->provider.requests[8].at - s->provider.requests[2].at >= 6 * 50 - 60);
	assert_true(stage_metric(s, METRIC_DELIVERIES, "pager", "not_sent") == 0);
}

static void test_observe(void **state)
{
	struct stage *s = begin(&(struct stage_settings){.delivery = "{mode: observe}"});
	AUTOFREE char *key = mem_strdup(stage_alert_is(s, A, "firing", 0, "page/new"));

	(void)state;
	await_delivery(s, key, "pager", "told", "\"firing\"");
	stage_alert_is(s, A, "resolved", 0, "resolve/last_member_resolved");
	await_delivery(s, key, "pager", "told", "\"resolved\"");
	assert_int_equal(s->provider.count, 0);
}

/* ---- leases ---- */

static bool not_sent(struct stage *s, const void *arg)
{
	(void)arg;
	return stage_metric(s, METRIC_DELIVERIES, "pager", "not_sent") >= 1;
}

/* The record of the attempt takes longer than the lease allows: nothing is sent then. */
static void test_lost_lease_does_not_send(void **state)
{
	struct stage *s = begin(&(struct stage_settings){.delivery = "{timeout: 1s, lease: 3s}"});

	(void)state;
	s->store->commit_delay_ms = 2200;
	stage_alert_is(s, A, "firing", 0, "page/new");
	stage_until(s, not_sent, NULL);
	assert_int_equal(s->provider.count, 0);
	s->store->commit_delay_ms = 0;
	await_requests(s, 1);
	assert_int_equal(json_integer_value(json_object_get(s->provider.requests[0].body, "attempt")), 1);
}

/* The outcome cannot be kept at first: it is tried again, and the page goes out once. */
static void test_settle_while_store_is_down(void **state)
{
	struct stage *s = begin(&(struct stage_settings){.delivery = "{timeout: 1s, lease: 10s}"});
	AUTOFREE char *key = NULL;
	size_t once = 1;

	(void)state;
	provider_says(&s->provider, 200, NULL);
	key = mem_strdup(stage_alert_is(s, A, "firing", 0, "page/new"));
	stage_until(s, sent, &once);
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
	struct stage *s = begin(&with);
	AUTOFREE char *key = mem_strdup(stage_alert_is(s, A, "firing", 0, "page/new"));

	(void)state;
	await_delivery(s, key, "mail", "told", "\"firing\"");
	stage_reload(s, &without);
	stage_alert_is(s, A, "resolved", 0, "resolve/last_member_resolved");
	await_delivery(s, key, "mail", "told", "\"resolved\"");
	assert_int_equal(provider_requests_to(&s->provider, "/mail"), 2);
}

static void drained(void *arg)
{
	*(bool *)arg = true;
}

static bool is_true(struct stage *s, const void *arg)
{
	(void)s;
	return *(const bool *)arg;
}

/* Draining lets what is being sent end, and claims nothing more. */
static void test_drain(void **state)
{
	struct stage *s = begin(&(struct stage_settings){.delivery = "{timeout: 500ms, lease: 3s}"});
	bool done = false;

	(void)state;
	provider_says(&s->provider, 0, NULL);
	stage_alert_is(s, A, "firing", 0, "page/new");
	await_requests(s, 1);
	s->r.draining = true;
	dispatcher_drain(s->r.dispatcher, drained, &done);
	stage_alert_is(s, "\"alertname\": \"Other\"", "firing", 0, "page/new");
	assert_false(done);
	stage_until(s, is_true, &done);
	assert_int_equal(s->provider.count, 1);
	assert_true(stage_metric(s, METRIC_DELIVERIES, "pager", "unknown") == 1);
}

static void taken(void *arg, const struct intake_result *result)
{
	size_t *n = arg;

	*n += result->code == 200;
}

static bool both_answered(struct stage *s, const void *arg)
{
	(void)s;
	return *(const size_t *)arg == 2 * 50;
}

/* Two routers on one store, and each gets every alert, as from a pair of Alertmanagers: each page goes out once. */
static void test_two_routers(void **state)
{
	struct stage *s = begin(&(struct stage_settings){.rules = NULL});
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
		intake_webhook(s->r.intake, STR(""), str_c(body), taken, &answers);
		intake_webhook(other.intake, STR(""), str_c(body), taken, &answers);
	}
	stage_until(s, both_answered, &answers);
	stage_until(s, sent, &pages);
	stage_until(s, settled, &pages);
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
	struct stage *s = begin(&(struct stage_settings){.rules = NULL});

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
		TEST(test_retry_with_backoff),
		TEST(test_retry_after),
		TEST(test_rejected),
		TEST(test_connection_refused),
		TEST(test_breaker),
		TEST(test_rate_limit),
		TEST(test_observe),
		TEST(test_lost_lease_does_not_send),
		TEST(test_settle_while_store_is_down),
		TEST(test_removed_receiver_gets_its_resolve),
		TEST(test_drain),
		TEST(test_two_routers),
		TEST(test_free_while_sending),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
