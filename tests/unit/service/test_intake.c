#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "incident/decide.h"
#include "service/intake.h"
#include "service/transaction.h"

static int setup(void **state)
{
	struct stage *s = malloc(sizeof *s);
	stage_open(s, &(struct stage_settings){.rules = NULL});
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct stage *s = *state;
	stage_close(s);
	free(s);
	return 0;
}

#define A "\"alertname\": \"HighCPU\", \"instance\": \"a\""
#define B "\"alertname\": \"HighCPU\", \"instance\": \"b\""

static void test_life_of_an_alert(void **state)
{
	static const struct {
		const char *labels, *status;
		int64_t pass, age;
		const char *decision;
	} rows[] = {
		{A, "firing", 0, 0, "page/new"},
		{A, "firing", TIME_MINUTE, TIME_MINUTE, "deduplicate/repeat"},
		{B, "firing", TIME_MINUTE, 0, "deduplicate/member_joined"},
		{A, "resolved", TIME_MINUTE, 3 * TIME_MINUTE, "deduplicate/member_left"},
		{B, "resolved", TIME_MINUTE, 2 * TIME_MINUTE, "resolve/last_member_resolved"},
		{B, "resolved", 0, 2 * TIME_MINUTE, "deduplicate/duplicate"},
		{A, "firing", TIME_MINUTE, 0, "page/reopened"},
	};
	struct stage *s = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		stage_pass(s, rows[i].pass);
		stage_alert_is(s, rows[i].labels, rows[i].status, rows[i].age, rows[i].decision);
	}
	assert_true(stage_metric(s, METRIC_ALERTS_RECEIVED, "", NULL) == 7);
	assert_true(stage_decided(s) == 7);
	assert_true(stage_metric(s, METRIC_WEBHOOK_REQUESTS, "200", NULL) == 7);
	assert_true(stage_metric(s, METRIC_ALERTS_DECIDED, "page", "reopened") == 1);
}

static void test_one_body_one_commit(void **state)
{
	struct stage *s = *state;
	char text[100];
	struct stage_answer a = stage_post(s, stage_body(stage_alert(s, A, "firing", 0), stage_alert(s, B, "firing", 0),
	                                                 stage_alert(s, A, "firing", 0), NULL));

	assert_int_equal(a.code, 200);
	assert_int_equal(json_integer_value(json_object_get(a.data, "received")), 3);
	assert_string_equal(stage_decision(&a, 0, text), "deduplicate/duplicate");
	assert_string_equal(stage_decision(&a, 1, text), "page/new");
	assert_string_equal(stage_decision(&a, 2, text), "deduplicate/member_joined");
	assert_string_equal(stage_key(&a, 0), stage_key(&a, 2));
	assert_int_equal(s->store->commits, 1);
	assert_int_equal(s->store->loads, 1);
	assert_true(stage_metric(s, METRIC_ALERTS_RECEIVED, "", NULL) == 3);
	assert_true(stage_decided(s) == 3);
	stage_answer_release(&a);
}

static void test_refused(void **state)
{
	static const struct {
		const char *source, *body;
		int code;
	} rows[] = {
		{"", "no JSON", 400},
		{"", "{}", 400},
		{"", "{\"alerts\": {\"labels\": 7}}", 400},
		{"a b", "{\"alerts\": []}", 400},
		{"0123456789012345678901234567890123456789012345678901234567890123456789", "{\"alerts\": []}", 400},
		{"eu-1.x_Y", "{\"alerts\": []}", 200},
		{"", "{\"alerts\": []}", 200},
	};
	struct stage *s = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct stage_answer a;
		stage_send(s, rows[i].source, rows[i].body, &a);
		assert_int_equal(a.count, 0);
		while (!a.count) {
			struct stage_answer other = stage_post(s, mem_strdup("{\"alerts\": []}"));
			stage_answer_release(&other);
		}
		assert_int_equal(a.code, rows[i].code);
		assert_int_equal(a.error[0] != '\0', rows[i].code != 200);
		assert_int_equal(a.data != NULL, rows[i].code == 200);
		stage_answer_release(&a);
	}
	assert_int_equal(s->store->loads, 0);
	assert_true(stage_decided(s) == 0);
}

static void test_store_down(void **state)
{
	struct stage *s = *state;
	char text[100];

	s->store->down = true;
	struct stage_answer a = stage_post(s, stage_body(stage_alert(s, A, "firing", 0), NULL));
	assert_int_equal(a.code, 503);
	assert_true(a.error[0] && !a.data);
	assert_true(stage_metric(s, METRIC_ALERTS_RECEIVED, "", NULL) == 0);
	assert_true(stage_metric(s, METRIC_WEBHOOK_REQUESTS, "503", NULL) == 1);
	s->store->down = false;
	a = stage_post(s, stage_body(stage_alert(s, A, "firing", 0), NULL));
	assert_string_equal(stage_decision(&a, 0, text), "page/new");
	stage_answer_release(&a);
}

/* ---- hourly counters: what was answered 200, once ---- */

struct sum {
	uint64_t alerts; /* under any verdict */
	bool done;
};

static void add_up_fields(void *arg, const struct store_counted *got)
{
	struct sum *sum = arg;

	assert_int_equal(got->result, STORE_OK);
	for (size_t i = 0; i < got->count; i++) {
		struct count c;
		assert_true(count_parse(got->rows[i].field, &c));
		for (int v = 0; v < VERDICTS; v++)
			sum->alerts += str_eq_c(c.what, verdict_name((enum verdict)v)) ? got->rows[i].count : 0;
	}
	sum->done = true;
}

static bool summed(struct stage *s, const void *arg)
{
	(void)s;
	return ((const struct sum *)arg)->done;
}

static uint64_t counted_alerts(struct stage *s)
{
	struct sum sum = {0};

	store_counters(s->memory, 0, INT64_MAX / 2, add_up_fields, &sum);
	stage_until(s, summed, &sum);
	return sum.alerts;
}

#define OTHER "\"alertname\": \"Other\""

static char *two_incidents(struct stage *s)
{
	return stage_body(stage_alert(s, A, "firing", TIME_MINUTE), stage_alert(s, OTHER, "firing", TIME_MINUTE), NULL);
}

static void post_is(struct stage *s, char *body, int code)
{
	struct stage_answer a = stage_post(s, body);

	assert_int_equal(a.code, code);
	stage_answer_release(&a);
}

/* Two incidents in one body, one of which the store does not take: 503; the sender's retry counts each alert once. */
static void test_partial_failure(void **state)
{
	struct stage *s = *state;
	char text[100], key[64];

	snprintf(key, sizeof key, "%s", stage_alert_is(s, "\"alertname\": \"Other\"", "firing", 0, "page/new"));
	s->store->only_key = str_c(key);
	s->store->crook = CROOK_CONFLICT;
	s->store->crooked_commits = TRANSACTION_TRIES;
	for (int i = 0; i < 2; i++) {
		struct stage_answer a =
			stage_post(s, stage_body(stage_alert(s, A, "firing", 0),
		                             stage_alert(s, "\"alertname\": \"Other\"", "firing", 0), NULL));
		assert_int_equal(a.code, i ? 200 : 503);
		assert_true(stage_metric(s, METRIC_ALERTS_RECEIVED, "", NULL) == (i ? 3 : 1));
		assert_true(stage_decided(s) == (i ? 3 : 1));
		assert_int_equal(counted_alerts(s), i ? 3 : 1);
		if (i) { /* the page of the first attempt stood: nobody is paged twice */
			assert_string_equal(stage_decision(&a, 0, text), "deduplicate/repeat");
			assert_string_equal(stage_decision(&a, 1, text), "deduplicate/repeat");
		}
		stage_answer_release(&a);
	}
	assert_true(stage_metric(s, METRIC_STORE_CONFLICTS, NULL, NULL) == TRANSACTION_TRIES);
}

/* Of a body of several incidents the counters are added in one step: it may fail, or its answer may be lost. */
static void test_counters_of_several_incidents(void **state)
{
	static const struct {
		enum crook crook;
		int times, code;
		uint64_t counted;
		size_t asked;
	} rows[] = {
		{CROOK_NONE, 0, 200, 2, 1},         {CROOK_UNKNOWN_DONE, 2, 200, 4, 3},
		{CROOK_UNKNOWN_LOST, 2, 200, 6, 3}, {CROOK_CONFLICT /* refused */, 1, 503, 6, 1},
		{CROOK_NONE, 0, 200, 8, 1},
	};
	struct stage *s = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		s->store->tallies = 0;
		s->store->crook = rows[i].crook;
		s->store->crooked_tallies = rows[i].times;
		post_is(s, two_incidents(s), rows[i].code);
		assert_int_equal(s->store->tallies, rows[i].asked);
		assert_int_equal(counted_alerts(s), rows[i].counted);
	}
}

/* One incident is counted by its own commit. */
static void test_counters_of_one_incident(void **state)
{
	struct stage *s = *state;

	post_is(s, stage_body(stage_alert(s, A, "firing", 0), stage_alert(s, B, "firing", 0), NULL), 200);
	assert_int_equal(s->store->tallies, 0);
	assert_int_equal(counted_alerts(s), 2);
}

static bool are_both_answered(struct stage *s, const void *arg)
{
	const struct stage_answer *a = arg;

	(void)s;
	return a[0].count && a[1].count;
}

/*
 * The store says nothing for so long that both bodies are refused: one was to be counted by its commit, the other in a step
 * of its own. They are sent again, and later once more, as Alertmanager repeats itself.
 */
static void refused_in_doubt(struct stage *s, enum crook crook)
{
	struct stage_answer answers[2];
	AUTOFREE char *one = stage_body(stage_alert(s, B, "firing", TIME_MINUTE), NULL), *two = NULL;
	char key[64];

	snprintf(key, sizeof key, "%s", stage_alert_is(s, B, "firing", TIME_MINUTE, "page/new"));
	two = stage_body(stage_alert(s, OTHER, "firing", TIME_MINUTE),
	                 stage_alert(s, "\"alertname\": \"Third\"", "firing", TIME_MINUTE), NULL);
	s->store->crook = crook;
	s->store->only_key = str_c(key);
	s->store->crooked_commits = s->store->crooked_tallies = 1000;
	stage_send(s, "", one, &answers[0]);
	stage_send(s, "", two, &answers[1]);
	stage_until(s, are_both_answered, answers);
	s->store->crooked_commits = s->store->crooked_tallies = 0;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(answers[i].code, 503);
		stage_answer_release(&answers[i]);
	}
	for (uint64_t i = 1; i <= 2; i++) {
		post_is(s, mem_strdup(one), 200);
		post_is(s, mem_strdup(two), 200);
		assert_int_equal(counted_alerts(s), 1 + 3 * i);
	}
}

static void test_counters_of_what_was_done_unheard(void **state)
{
	refused_in_doubt(*state, CROOK_UNKNOWN_DONE);
}

static void test_counters_of_what_was_lost_unheard(void **state)
{
	refused_in_doubt(*state, CROOK_UNKNOWN_LOST);
}

static bool asked_again(struct stage *s, const void *arg)
{
	(void)arg;
	return s->store->tallies > 1;
}

/* While it is asked for again the router stops: nothing leaks, nobody is called. */
static void test_free_while_the_counters_are_in_doubt(void **state)
{
	struct stage *s = *state;
	struct stage_answer a;
	AUTOFREE char *body = two_incidents(s);

	s->store->crook = CROOK_UNKNOWN_LOST;
	s->store->crooked_tallies = 1000;
	stage_send(s, "", body, &a);
	stage_until(s, asked_again, NULL);
	intake_free(s->r.intake);
	s->r.intake = NULL;
	assert_int_equal(a.count, 0);
}

static bool all_answered(struct stage *s, const void *arg)
{
	const struct stage_answer *const *answers = arg;

	(void)s;
	for (size_t i = 0; i < 1000; i++) {
		if (!(*answers)[i].count)
			return false;
	}
	return true;
}

/* A thousand webhooks at once for one incident go together. */
static void test_hot_key(void **state)
{
	struct stage *s = *state;
	struct stage_answer *answers = calloc(1000, sizeof *answers);
	double pages = 0;
	char text[100];

	for (size_t i = 0; i < 1000; i++) {
		AUTOFREE char *labels = mem_printf("\"alertname\": \"Hot\", \"instance\": \"%zu\"", i % 500);
		AUTOFREE char *body = stage_body(stage_alert(s, labels, "firing", 0), NULL);
		stage_send(s, "", body, &answers[i]);
	}
	assert_int_equal(intake_pending(s->r.intake), 1000);
	stage_until(s, all_answered, &answers);
	for (size_t i = 0; i < 1000; i++) {
		assert_int_equal(answers[i].code, 200);
		pages += strcmp(stage_decision(&answers[i], 0, text), "page/new") == 0;
		stage_answer_release(&answers[i]);
	}
	assert_true(pages == 1);
	assert_in_range(s->store->commits, 1, 200); /* some tens on a busy machine, whose slices hold fewer */
	assert_true(stage_decided(s) == 1000);
	assert_true(stage_metric(s, METRIC_ALERTS_DECIDED, "deduplicate", "member_joined") == 499);
	assert_true(stage_metric(s, METRIC_ALERTS_DECIDED, "deduplicate", "repeat") == 500);
	assert_int_equal(intake_pending(s->r.intake), 0);
	free(answers);
}

/* A member stays in its incident when the rules change under it, and its resolve ends that one. */
static void test_membership_is_sticky(void **state)
{
	struct stage *s = *state;
	char key[64];

	snprintf(key, sizeof key, "%s", stage_alert_is(s, A, "firing", 0, "page/new"));
	stage_reload(
		s,
		&(struct stage_settings){
			.rules = "\n  - {name: own, matchers: ['alertname=\"HighCPU\"'], owner: someone, group_by: [instance]}"});
	assert_string_equal(stage_alert_is(s, A, "firing", 0, "deduplicate/repeat"), key);
	assert_string_not_equal(stage_alert_is(s, B, "firing", 0, "page/new"), key);
	assert_string_equal(stage_alert_is(s, A, "resolved", 0, "resolve/last_member_resolved"), key);
	stage_pass(s, TIME_MINUTE);
	assert_string_not_equal(stage_alert_is(s, A, "firing", 0, "page/new"), key);
	assert_true(stage_metric(s, METRIC_RULE_MATCHES, "own", NULL) == 4);
}

static void test_sources_do_not_share(void **state)
{
	struct stage *s = *state;
	struct stage_answer one, two;
	AUTOFREE char *body = stage_body(stage_alert(s, A, "firing", 0), NULL);
	char text[100];

	stage_send(s, "eu1", body, &one);
	stage_send(s, "eu2", body, &two);
	struct stage_answer last = stage_post(s, stage_body(stage_alert(s, A, "firing", 0), NULL));
	assert_string_equal(stage_decision(&last, 0, text), "deduplicate/member_joined");
	assert_int_equal(one.code + two.code, 400);
	assert_true(stage_metric(s, METRIC_ALERTS_RECEIVED, "eu1", NULL) == 1);
	assert_true(stage_metric(s, METRIC_SOURCE_LAST_RECEIVED, "eu2", NULL) > 0);
	stage_answer_release(&one);
	stage_answer_release(&two);
	stage_answer_release(&last);
}

static void test_truncated(void **state)
{
	struct stage *s = *state;
	struct stage_answer a = stage_post(s, mem_strdup("{\"truncatedAlerts\": 12, \"alerts\": [{\"labels\": {}}]}"));

	assert_int_equal(a.code, 200);
	assert_true(stage_metric(s, METRIC_ALERTS_TRUNCATED, "", NULL) == 12);
	assert_true(stage_metric(s, METRIC_ALERTS_RECEIVED, "", NULL) == 1);
	stage_answer_release(&a);
}

#define A_CRITICAL "\"alertname\": \"HighCPU\", \"instance\": \"c\", \"severity\": \"critical\""

/* Nothing is looked up of what this router wrote last, where nobody else writes; what a repeat writes nobody has to wait for. */
static void test_a_known_repeat_loads_nothing(void **state)
{
	struct stage *s = *state;

	s->store->sole = true;
	stage_alert_is(s, A, "firing", 0, "page/new");
	stage_alert_is(s, A, "firing", 0, "deduplicate/repeat"); /* the clock is set anew */
	size_t loads = s->store->loads, behind = s->store->behind_commits, commits = s->store->commits;
	for (int i = 0; i < 5; i++)
		stage_alert_is(s, A, "firing", 0, "deduplicate/repeat");
	assert_int_equal(s->store->loads, loads);
	assert_int_equal(s->store->behind_commits, behind + 5);
	assert_int_equal(s->store->commits, commits + 5);
	s->store->sole = false;
	stage_alert_is(s, A, "firing", 0, "deduplicate/repeat");
	assert_int_equal(s->store->loads, loads + 1);
}

/* What is known says who repeats himself. What comes of it may be more than that: then it is looked up, and told as ever. */
static void test_what_is_more_than_a_repeat_is_loaded(void **state)
{
	struct stage *s = *state;

	s->store->sole = true;
	stage_alert_is(s, A, "firing", 0, "page/new");
	stage_alert_is(s, A, "firing", 0, "deduplicate/repeat");
	stage_pass(s, 5 * TIME_HOUR);
	size_t loads = s->store->loads, behind = s->store->behind_commits;
	stage_alert_is(s, A, "firing", 5 * TIME_HOUR, "remind/repeat_interval");
	assert_int_equal(s->store->loads, loads + 1);
	assert_int_equal(s->store->behind_commits, behind);
	stage_alert_is(s, A, "resolved", 5 * TIME_HOUR, "resolve/last_member_resolved");
	assert_int_equal(s->store->loads, loads + 2);
	stage_pass(s, TIME_MINUTE);
	stage_alert_is(s, A, "firing", 0, "page/reopened");
	stage_alert_is(s, A_CRITICAL, "firing", 0, "page/severity_raised");
}

/* A commit that may or may not have been done leaves nothing behind that is known. */
static void test_nothing_is_known_after_a_doubt(void **state)
{
	struct stage *s = *state;

	s->store->sole = true;
	stage_alert_is(s, A, "firing", 0, "page/new");
	stage_alert_is(s, A, "firing", 0, "deduplicate/repeat");
	s->store->crook = CROOK_UNKNOWN_DONE;
	s->store->crooked_commits = 1;
	stage_alert_is(s, A, "firing", 0, "deduplicate/repeat");
	size_t loads = s->store->loads;
	stage_alert_is(s, A, "firing", 0, "deduplicate/repeat");
	assert_int_equal(s->store->loads, loads + 1);
}

/* What is in hand when the router stops is not called back any more, and nothing leaks. */
static void test_free_with_requests_in_hand(void **state)
{
	struct stage *s = *state;
	struct stage_answer a;
	AUTOFREE char *body = stage_body(stage_alert(s, A, "firing", 0), NULL);

	stage_send(s, "", body, &a);
	intake_free(s->r.intake);
	s->r.intake = NULL;
	assert_int_equal(a.count, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_life_of_an_alert),
		TEST(test_one_body_one_commit),
		TEST(test_refused),
		TEST(test_store_down),
		TEST(test_partial_failure),
		TEST(test_counters_of_several_incidents),
		TEST(test_counters_of_one_incident),
		TEST(test_counters_of_what_was_done_unheard),
		TEST(test_counters_of_what_was_lost_unheard),
		TEST(test_free_while_the_counters_are_in_doubt),
		TEST(test_hot_key),
		TEST(test_membership_is_sticky),
		TEST(test_sources_do_not_share),
		TEST(test_truncated),
		TEST(test_a_known_repeat_loads_nothing),
		TEST(test_what_is_more_than_a_repeat_is_loaded),
		TEST(test_nothing_is_known_after_a_doubt),
		TEST(test_free_with_requests_in_hand),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
