/* Bodies that state their group: what they do not list, what stands in them twice, what is odd in them, and very many. */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "service/intake.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define GRACE (6 * TIME_MINUTE) /* longer than late_grace */

static int64_t began; /* what fires in a test, all at one time */

static int setup(void **state)
{
	struct stage *s = malloc(sizeof *s);
	stage_open(
		s, &(struct stage_settings){.rules = "\n  - {name: own, matchers: ['alertname=~\"Own.*\"'], group_by: ['...']}"
	                                         "\n  - {name: one, matchers: [], group_by: []}",
	                                .sources = "{name: pieces, parts: true}"});
	began = s->now - TIME_HOUR;
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

/* The router goes on listening. */
static void pass_and_hear(struct stage *s, int64_t ms)
{
	for (int64_t step = 5 * TIME_SECOND; ms > 0; ms -= step) {
		stage_pass(s, ms < step ? ms : step);
		router_heard_store(&s->r, s->now);
	}
}

/* ---- bodies: "a b=resolved" of the group g ---- */

static void add_text_of_alert(struct stage *s, struct buf *out, const char *alertname, const char *name, bool resolved,
                              int64_t age)
{
	AUTOFREE char *labels = mem_printf("\"alertname\": \"%s\", \"name\": \"%s\"", alertname, name);
	AUTOFREE char *one = stage_alert(s, labels, resolved ? "resolved" : "firing", age);
	buf_printf(out, "%s%s", out->p[out->n - 1] == '[' ? "" : ",", one);
}

static void begin_body(struct buf *out, const char *more)
{
	buf_init(out, 100 << 20);
	buf_printf(out, "{\"receiver\": \"r\", \"groupKey\": \"g\", \"groupLabels\": {}, %s \"alerts\": [", more);
}

static struct stage_answer send_body(struct stage *s, struct buf *body, const char *source)
{
	struct stage_answer a;
	buf_add_c(body, "]}");
	AUTOFREE char *text = buf_take(body);
	stage_send(s, source, text, &a);
	while (!a.count) {
		struct stage_answer other = stage_post(s, mem_strdup("{\"alerts\": []}"));
		stage_answer_release(&other);
	}
	if (a.code != 200)
		fail_msg("answered %d: %s", a.code, a.error);
	return a;
}

/* What becomes of one body of these alerts ("cut": and of others that it leaves out): its decisions, blanks between. */
static char *body_of_source(struct stage *s, const char *source, const char *alerts)
{
	struct buf body, said;
	char text[100];
	begin_body(&body, strstr(alerts, "cut") ? "\"truncatedAlerts\": 3," : "");
	AUTOFREE char *words = mem_strdup(alerts);
	char *rest = words;
	for (char *word; (word = strtok_r(rest, " ", &rest));) {
		if (!strcmp(word, "cut"))
			continue;
		char *status = strchr(word, '=');
		if (status)
			*status = '\0';
		add_text_of_alert(s, &body, strncmp(word, "own", 3) ? "Crowd" : "Own", word, status != NULL, s->now - began);
	}
	struct stage_answer a = send_body(s, &body, source);
	buf_init(&said, 1 << 20);
	for (size_t i = 0; i < json_array_size(json_object_get(a.data, "decisions")); i++)
		buf_printf(&said, "%s%s", i ? " " : "", strchr(stage_decision(&a, i, text), '/') + 1);
	stage_answer_release(&a);
	return buf_take(&said);
}

static void body_is(struct stage *s, const char *source, const char *alerts, const char *decisions)
{
	AUTOFREE char *said = body_of_source(s, source, alerts);
	if (strcmp(said, decisions) != 0)
		fail_msg("%s: %s, want %s", alerts, said, decisions);
}

/* ---- absence ---- */

static void test_who_is_not_listed_in_two_bodies_has_ended(void **state)
{
	struct stage *s = *state;

	router_heard_store(&s->r, s->now);
	body_is(s, "", "a b own1", "new member_joined new");
	pass_and_hear(s, GRACE);
	body_is(s, "", "a", "repeat");
	assert_int_equal(s->store->loads, 2); /* of each whole body one, whatever it touches */
	pass_and_hear(s, GRACE);
	body_is(s, "", "a own1", "repeat repeat");
	pass_and_hear(s, GRACE);
	body_is(s, "", "a", "repeat");
	pass_and_hear(s, GRACE);
	assert_true(stage_metric(s, METRIC_MEMBERS_ABSENT, NULL, NULL) == 1);
	body_is(s, "", "a", "repeat");
	assert_true(stage_metric(s, METRIC_MEMBERS_ABSENT, NULL, NULL) == 2);
	body_is(s, "", "a b own1", "repeat member_joined reopened");
}

#define SMALL_BODIES 200

/* One alert each, of one group: they need not look at each other's incidents before late_grace has passed. */
static void test_many_small_bodies_of_one_group(void **state)
{
	struct stage *s = *state;
	char name[20];

	router_heard_store(&s->r, s->now);
	for (int i = 0; i < SMALL_BODIES; i++) {
		snprintf(name, sizeof name, "own%d", i);
		body_is(s, "", name, "new");
	}
	assert_in_range(s->store->records, SMALL_BODIES, 4 * SMALL_BODIES);
	for (int i = 1; i <= 2; i++) {
		pass_and_hear(s, GRACE - 10 * TIME_SECOND);
		stage_pass(s, 10 * TIME_SECOND); /* of which the router has not heard when the body comes */
		s->store->records = 0;
		body_is(s, "", "own0", "repeat");
		assert_in_range(s->store->records, SMALL_BODIES, 3 * SMALL_BODIES);
		body_is(s, "", "own0", "repeat");
		assert_in_range(s->store->records, SMALL_BODIES, 3 * SMALL_BODIES);
		assert_true(stage_metric(s, METRIC_MEMBERS_ABSENT, NULL, NULL) == (i == 2 ? SMALL_BODIES - 1 : 0));
	}
}

/* Sent again within late_grace, a body leaves what it does not list as it is: nothing is written of it. */
static void test_a_retry_touches_nothing(void **state)
{
	struct stage *s = *state;

	router_heard_store(&s->r, s->now);
	body_is(s, "", "a own1", "new new");
	pass_and_hear(s, GRACE);
	body_is(s, "", "a", "repeat");
	size_t commits = s->store->commits;
	body_is(s, "", "a", "repeat");
	assert_int_equal(s->store->commits, commits + 1);
}

/* It ends nobody, but says that the group is alive: what it does not list expires later. */
static void test_a_truncated_body_keeps_alive_what_it_does_not_list(void **state)
{
	struct stage *s = *state;

	router_heard_store(&s->r, s->now);
	body_is(s, "", "a own1", "new new");
	pass_and_hear(s, GRACE);
	size_t commits = s->store->commits;
	body_is(s, "", "cut a", "repeat");
	assert_int_equal(s->store->commits, commits + 2);
	body_is(s, "", "a own1", "repeat repeat");
}

static void test_parts_say_nothing_of_others(void **state)
{
	struct stage *s = *state;

	router_heard_store(&s->r, s->now);
	body_is(s, "pieces", "a own1", "new new");
	for (int i = 0; i < 3; i++) {
		pass_and_hear(s, GRACE);
		body_is(s, "pieces", "a", "repeat");
	}
	body_is(s, "pieces", "own1", "repeat");
}

/* ---- the same alert twice ---- */

static const struct {
	const char *what;
	bool resolved[2];
	int64_t age[2];
	const char *first, *second; /* decisions */
} twice[] = {
	{"newest first", {false, true}, {0, TIME_HOUR}, "new", "duplicate"},
	{"newest last", {true, false}, {TIME_HOUR, 0}, "duplicate", "new"},
	{"the later one is over", {false, true}, {TIME_HOUR, 0}, "duplicate", "never_paged"},
	{"one episode fires", {false, true}, {0, 0}, "new", "duplicate"},
	{"one episode, the firing last", {true, false}, {0, 0}, "duplicate", "new"},
	{"both fire", {false, false}, {0, 0}, "duplicate", "new"},
};

static void test_of_an_alert_twice_the_later_episode_counts(void **state)
{
	struct stage *s = *state;

	for (size_t i = 0; i < COUNT(twice); i++) {
		AUTOFREE char *name = mem_printf("own%zu", i);
		char first[100], second[100];
		struct buf body;
		begin_body(&body, "");
		for (int k = 0; k < 2; k++)
			add_text_of_alert(s, &body, "Own", name, twice[i].resolved[k], twice[i].age[k]);
		struct stage_answer a = send_body(s, &body, "");
		stage_decision(&a, 0, first);
		stage_decision(&a, 1, second);
		if (!strstr(first, twice[i].first) || !strstr(second, twice[i].second))
			fail_msg("%s: %s %s", twice[i].what, first, second);
		assert_string_equal(stage_key(&a, 0), stage_key(&a, 1));
		stage_answer_release(&a);
	}
}

/* ---- odd alerts ---- */

static void test_degraded_alerts_are_counted(void **state)
{
	struct stage *s = *state;
	struct buf body;
	char text[100];

	begin_body(&body, "\"groupLabels\": 7,");
	add_text_of_alert(s, &body, "Good", "a", false, 0);
	buf_add_c(&body, ", 7, {\"startsAt\": \"soon\", \"labels\": {\"alertname\": \"Own\"}}");
	struct stage_answer a = send_body(s, &body, "");
	assert_string_equal(stage_decision(&a, 0, text), "page/new");
	assert_string_equal(stage_decision(&a, 1, text), "page/new"); /* nobody knows its name */
	assert_string_equal(stage_decision(&a, 2, text), "page/new");
	stage_answer_release(&a);
	assert_true(stage_metric(s, METRIC_ALERTS_DEGRADED, "no_object", NULL) == 1);
	assert_true(stage_metric(s, METRIC_ALERTS_DEGRADED, "time", NULL) == 1);
	assert_true(stage_metric(s, METRIC_ALERTS_DEGRADED, "labels", NULL) == 1);
	assert_true(stage_decided(s) == 3);
}

/* ---- very many ---- */

#define PARTS 3
#define CROWD (PARTS * 1000 - 500)

/* How many of the decisions have this reason, for a body of the crowd's [from, to). */
static size_t crowd(struct stage *s, size_t from, size_t to, const char *reason)
{
	struct buf body;
	size_t n = 0;
	begin_body(&body, "");
	for (size_t i = from; i < to; i++) {
		AUTOFREE char *name = mem_printf("%zu", i);
		add_text_of_alert(s, &body, "Crowd", name, false, s->now - began);
	}
	struct stage_answer a = send_body(s, &body, "");
	for (size_t i = 0; i < to - from; i++) {
		char text[100];
		n += strcmp(strchr(stage_decision(&a, i, text), '/') + 1, reason) == 0;
	}
	stage_answer_release(&a);
	return n;
}

static void test_parts_of_one_change_page_once(void **state)
{
	struct stage *s = *state;

	router_heard_store(&s->r, s->now);
	assert_int_equal(crowd(s, 0, CROWD, "member_joined"), CROWD - 1);
	assert_true(stage_metric(s, METRIC_ALERTS_DECIDED, "page", "new") == 1);
	assert_int_equal(s->store->commits, PARTS);
	assert_in_range(s->store->largest_batch, 1, 1000);
	assert_int_equal(crowd(s, 0, CROWD, "repeat"), CROWD);
}

/* One veteran in a later part, and everybody else new: they are folded, as they would be in one part. */
static void test_a_veteran_anywhere_in_the_body_folds_newcomers(void **state)
{
	struct stage *s = *state;

	router_heard_store(&s->r, s->now);
	assert_int_equal(crowd(s, CROWD - 1, CROWD, "new"), 1);
	assert_int_equal(crowd(s, 0, CROWD, "member_joined"), CROWD - 1);
}

/* Doubtful members in whatever part, listed again in time, have not ended. */
static void test_doubtful_members_of_later_parts_are_kept(void **state)
{
	struct stage *s = *state;

	router_heard_store(&s->r, s->now);
	crowd(s, 0, CROWD, "new");
	pass_and_hear(s, GRACE);
	assert_int_equal(crowd(s, 0, 1500, "repeat"), 1500);
	pass_and_hear(s, GRACE);
	assert_int_equal(crowd(s, 0, CROWD, "repeat"), CROWD);
	pass_and_hear(s, GRACE);
	assert_int_equal(crowd(s, 0, CROWD, "repeat"), CROWD);
	assert_true(stage_metric(s, METRIC_ALERTS_DECIDED, "page", "new") == 1);
	assert_true(stage_metric(s, METRIC_ALERTS_DECIDED, "page", "reopened") == 0);
}

static void test_absence_counts_in_parts_too(void **state)
{
	struct stage *s = *state;

	router_heard_store(&s->r, s->now);
	crowd(s, 0, CROWD, "new");
	for (int i = 0; i < 2; i++) {
		pass_and_hear(s, GRACE);
		assert_int_equal(crowd(s, 0, 1500, "repeat"), 1500);
	}
	assert_true(stage_metric(s, METRIC_MEMBERS_ABSENT, NULL, NULL) == CROWD - 1500);
	assert_int_equal(crowd(s, 1499, CROWD, "member_joined"), CROWD - 1500);
}

/* ---- a body of few alerts, whose group has very many incidents ---- */

#define INCIDENTS 1500 /* more than come with their group in one load */

/* All of them, or the first alone; returns how many were decided so. */
static size_t each_its_own(struct stage *s, size_t count, const char *reason)
{
	struct buf body;
	size_t n = 0;

	begin_body(&body, "");
	for (size_t i = 0; i < count; i++) {
		AUTOFREE char *name = mem_printf("%zu", i);
		add_text_of_alert(s, &body, "Own", name, false, s->now - began);
	}
	struct stage_answer a = send_body(s, &body, "");
	for (size_t i = 0; i < count; i++) {
		char text[100];
		n += strcmp(strchr(stage_decision(&a, i, text), '/') + 1, reason) == 0;
	}
	stage_answer_release(&a);
	return n;
}

static void test_a_small_body_of_a_large_group_ends_whom_it_does_not_list_a_few_at_a_time(void **state)
{
	struct stage *s = *state;

	router_heard_store(&s->r, s->now);
	assert_int_equal(each_its_own(s, INCIDENTS, "new"), INCIDENTS);
	s->store->largest_load = s->store->most_loads_under_way = 0;
	for (int i = 0; i < 2; i++) {
		pass_and_hear(s, GRACE);
		assert_int_equal(each_its_own(s, 1, "repeat"), 1);
	}
	assert_in_range(s->store->largest_load, STORE_GROUP_RECORDS_MAX, STORE_GROUP_RECORDS_MAX + 1);
	assert_in_range(s->store->most_loads_under_way, 1, 128);
	assert_int_equal(each_its_own(s, INCIDENTS, "reopened"), INCIDENTS - 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_who_is_not_listed_in_two_bodies_has_ended),
		TEST(test_many_small_bodies_of_one_group),
		TEST(test_a_retry_touches_nothing),
		TEST(test_a_truncated_body_keeps_alive_what_it_does_not_list),
		TEST(test_parts_say_nothing_of_others),
		TEST(test_of_an_alert_twice_the_later_episode_counts),
		TEST(test_degraded_alerts_are_counted),
		TEST(test_parts_of_one_change_page_once),
		TEST(test_a_veteran_anywhere_in_the_body_folds_newcomers),
		TEST(test_doubtful_members_of_later_parts_are_kept),
		TEST(test_absence_counts_in_parts_too),
		TEST(test_a_small_body_of_a_large_group_ends_whom_it_does_not_list_a_few_at_a_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
