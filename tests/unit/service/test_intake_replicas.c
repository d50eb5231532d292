/* Two Prometheus whose alerts differ in a label that their source drops: one alert, which fires while either says so. */
#include "stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/time.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define M TIME_MINUTE

static int setup(void **state)
{
	struct stage *s = malloc(sizeof *s);
	stage_open(s, &(struct stage_settings){.sources = "{name: pair, drop_labels: [twin]}"});
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

struct said { /* by one of the two; without a status it says nothing */
	const char *status;
	int64_t age; /* since its start */
};

static char *twin(const struct stage *s, int which, const struct said *said)
{
	AUTOFREE char *labels = mem_printf("\"alertname\": \"Slow\", \"twin\": \"%d\"", which);
	return stage_alert(s, labels, said->status, said->age);
}

static void send_to_pair(struct stage *s, char *body, struct stage_answer *a)
{
	stage_send(s, "pair", body, a);
	free(body);
	while (!a->count) {
		struct stage_answer other = stage_post(s, mem_strdup("{\"alerts\": []}"));
		stage_answer_release(&other);
	}
	assert_int_equal(a->code, 200);
}

/* The decision that is no duplicate. */
static void twins_are(struct stage *s, const struct said said[2], const char *decision)
{
	char text[100] = "";
	struct stage_answer a;
	char *one = said[0].status ? twin(s, 0, &said[0]) : NULL, *two = said[1].status ? twin(s, 1, &said[1]) : NULL;

	send_to_pair(s, one ? stage_body(one, two, NULL) : stage_body(two, NULL), &a);
	for (size_t i = 0; i < (one && two ? 2 : 1); i++) {
		stage_decision(&a, i, text);
		if (strcmp(text, "deduplicate/duplicate") != 0)
			break;
	}
	assert_string_equal(text, decision);
	stage_answer_release(&a);
}

static void test_it_fires_while_either_fires(void **state)
{
	static const struct said both[][2] = {
		{{"firing", 60 * M}, {"resolved", 10 * M}}, {{"resolved", 10 * M}, {"firing", 60 * M}},
		{{"firing", 10 * M}, {"resolved", 60 * M}}, {{"resolved", 60 * M}, {"firing", 10 * M}},
		{{"firing", 60 * M}, {"firing", 10 * M}},
	};
	struct stage *s = *state;

	for (size_t i = 0; i < COUNT(both); i++) {
		twins_are(s, both[i], i ? "deduplicate/repeat" : "page/new");
		assert_true(stage_metric(s, METRIC_ALERTS_DECIDED, "resolve", "last_member_resolved") == 0);
	}
	twins_are(s, (struct said[2]){{"resolved", 60 * M}, {"resolved", 10 * M}}, "resolve/last_member_resolved");
}

/* The one that began first ends first, and is listed no longer: what is left began later, and is no new episode. */
static void test_the_replica_that_is_left_is_no_new_episode(void **state)
{
	struct stage *s = *state;

	twins_are(s, (struct said[2]){{"firing", 10 * M}, {NULL, 0}}, "page/new");
	stage_pass(s, 5 * M);
	twins_are(s, (struct said[2]){{"firing", 15 * M}, {"firing", 2 * M}}, "deduplicate/repeat");
	stage_pass(s, 5 * M);
	twins_are(s, (struct said[2]){{"resolved", 20 * M}, {"firing", 7 * M}}, "deduplicate/repeat");
	stage_pass(s, 5 * M);
	twins_are(s, (struct said[2]){{NULL, 0}, {"firing", 12 * M}}, "deduplicate/repeat");
	stage_pass(s, 5 * M);
	twins_are(s, (struct said[2]){{NULL, 0}, {"firing", 1 * M}}, "page/reopened");
	twins_are(s, (struct said[2]){{NULL, 0}, {"resolved", 1 * M}}, "resolve/last_member_resolved");
}

static void test_it_fires_since_the_first_of_them_does(void **state)
{
	struct stage *s = *state;
	char since[TIME_FORMAT_MAX];
	struct stage_answer a;

	send_to_pair(
		s, stage_body(twin(s, 0, &(struct said){"firing", 3 * M}), twin(s, 1, &(struct said){"firing", M}), NULL), &a);
	json_t *incident = stage_show(s, stage_key(&a, 0));
	const json_t *member = json_array_get(json_object_get(incident, "member_list"), 0);
	assert_string_equal(json_string_value(json_object_get(member, "starts_at")), time_format(s->now - 3 * M, since));
	assert_int_equal(json_integer_value(json_object_get(json_object_get(incident, "members"), "total")), 1);
	json_decref(incident);
	stage_answer_release(&a);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_it_fires_while_either_fires),
		TEST(test_the_replica_that_is_left_is_no_new_episode),
		TEST(test_it_fires_since_the_first_of_them_does),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
