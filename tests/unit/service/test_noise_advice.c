/* What a noise report advises. */
#include "noise_hours.h"

#include <string.h>

#include "config/config.h"

/* NULL: nothing. */
static void assert_suggests(const char *words)
{
	json_t *r = noise_told((struct noise_query){.by = NOISE_ALERTNAME});
	const char *say = json_string_value(json_object_get(noise_report_row(r, 0), "suggestion"));

	if (words ? !say || !strstr(say, words) : say != NULL)
		fail_msg("%s: %s", words ? words : "(nothing)", say ? say : "(nothing)");
	json_decref(r);
}

static void test_suggestions(void **state)
{
	static const struct {
		const char *alertname, *word;
	} rows[] = {
		{"A", "resolves itself within 5m in at least 9 of 10 incidents: page_after 5m would have spared at least 9 and "
	          "delayed at most 1 by 5m, at most 1 of which was acknowledged earlier"},
		{"B", "resolve_hold"},
		{"C", "lower severity"},
		{"D", "repeat_interval"},
		{"F", "longer every"}};

	(void)state;
	add_noise("A", "told", "oncall", 10, NOON);
	add_bucket("A", "resolved_itself", 4 * TIME_MINUTE, 9);
	add_bucket("A", "time_to_resolve", 4 * TIME_MINUTE, 9);
	add_bucket("A", "time_to_resolve", TIME_HOUR, 1);
	add_bucket("A", "time_to_acknowledge", 2 * TIME_MINUTE, 1);
	add_noise("B", "deduplicate", "flapping", 30, NOON);
	add_noise("B", "told", "oncall", 2, NOON);
	add_noise("C", "told", "oncall", 12, NOON);
	add_bucket("C", "resolved_itself", 4 * TIME_MINUTE, 7);
	add_bucket("C", "time_to_resolve", 4 * TIME_MINUTE, 7);
	add_bucket("C", "time_to_resolve", 2 * TIME_HOUR, 5);
	add_noise("D", "told", "oncall", 2, NOON);
	add_noise("D", "told_again", "oncall", 20, NOON);
	add_noise("E", "told", "oncall", 1, NOON);
	add_noise("F", COUNT_HEARTBEAT_MISSED, "", 6, NOON);
	add_noise("F", "told", "oncall", 6, NOON);
	add_noise("F", "self_resolved", "", 6, NOON);
	add_bucket("F", "time_to_resolve", TIME_HOUR, 6);
	add_noise("G", "told", "oncall", 12, NOON); /* it lasts: somebody was needed, whether he said so or not */
	add_bucket("G", "resolved_itself", 90 * TIME_MINUTE, 12);
	add_bucket("G", "time_to_resolve", 90 * TIME_MINUTE, 12);
	json_t *r = noise_told((struct noise_query){.by = NOISE_ALERTNAME});
	for (size_t i = 0; i < 7; i++) {
		const char *say = json_string_value(json_object_get(noise_report_row(r, i), "suggestion"));
		const char *word = NULL;
		for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
			if (strcmp(noise_row_name(r, i), rows[k].alertname) == 0)
				word = rows[k].word;
		}
		if (word)
			assert_non_null(strstr(say, word));
		else
			assert_null(say);
	}
	json_decref(r);
	/* of a receiver nobody counts what was acknowledged */
	r = noise_told((struct noise_query){.by = NOISE_RECEIVER});
	assert_string_equal(noise_row_name(r, 0), "oncall");
	assert_true(noise_number(noise_report_row(r, 0), "pages") > 30);
	assert_true(json_is_null(json_object_get(noise_report_row(r, 0), "suggestion")));
	json_decref(r);
}

/* By what is known of each page the figures are exact, and where it is not known of all they are bounds. */
static void test_what_a_wait_would_have_done(void **state)
{
	static const struct {
		const char *fates[4]; /* four times each */
		const char *say;
	} rows[] = {
		{{"0", "0", "0", "0"}, "within 1m in 16 of 16 incidents: page_after 1m would have spared 16"},
		{{"1", "0", "1", "1"}, "within 2m in 16 of 16 incidents: page_after 2m would have spared 16"},
		{{"0", "0", "0", "0 0"}, NULL}, /* three of four by themselves: people had the others */
		{{"2", "2", "2", "6 2"}, NULL},
		{{"-", "0", "0", "0"}, NULL},
		{{"9", "0", "0", "0"}, NULL},
		{{"nonsense", "0", "0", "0"}, NULL},
	};
	static const char *const more[] = {"2", "2", "2", "2", "2", "2", "2", "2", "2 0", "5 1"}, *const unknown[] = {"-"};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		noise_stage.count = 0;
		add_noise("A", "told", "oncall", 16, NOON);
		add_noise("A", "acknowledged", "", 1, NOON);
		add_bucket("A", "time_to_resolve", TIME_MINUTE, 16);
		for (size_t k = 0; k < 4; k++)
			add_noise("A", COUNT_PAGE_FATE, rows[i].fates[k], 4, NOON);
		assert_suggests(rows[i].say);
	}
	noise_stage.count = 0;
	add_noise("A", "told", "oncall", 10, NOON);
	add_noise("A", "acknowledged", "", 2, NOON);
	add_bucket("A", "time_to_resolve", TIME_MINUTE, 10);
	for (size_t k = 0; k < sizeof more / sizeof *more; k++)
		add_noise("A", COUNT_PAGE_FATE, more[k], 1, NOON);
	assert_suggests("resolves itself within 5m in 8 of 10 incidents: page_after 5m would have spared 9 (1 of them "
	                "acknowledged) and delayed 1 by 5m, 1 of which was acknowledged earlier");
	add_bucket("A", "time_to_resolve", TIME_MINUTE, 1);
	add_noise("A", COUNT_PAGE_FATE, unknown[0], 1, NOON);
	assert_suggests(NULL); /* eight of eleven */
	add_bucket("A", "time_to_resolve", TIME_MINUTE, 4);
	add_noise("A", COUNT_PAGE_FATE, "2", 4, NOON);
	assert_suggests("in at least 12 of 15 incidents: page_after 5m would have spared at least 13 (1 of them "
	                "acknowledged) and delayed at most 2 by 5m, at most 1 of which was acknowledged earlier");
}

/* The rule of its pages waits already: so long that nothing more would be spared, or less. */
static void test_a_suggestion_is_against_the_rule_as_it_is(void **state)
{
	static const struct {
		const char *rule, *say;
	} rows[] = {
		{"page_after: 2m",
	     "page_after 5m (now 2m) would have spared 9 and delayed 1 by 3m, 1 of which was acknowledged earlier"},
		{"page_after: 5m", "page_after 10m (now 5m)"},
		{"page_after: 1h", NULL},
		{"owner: crew", "page_after 5m would have spared 9 and delayed 1 by 5m"},
	};

	(void)state;
	add_noise("A", "told", "oncall", 9, NOON);
	add_noise("A", COUNT_PAGE_FATE, "2", 9, NOON);
	add_noise("A", COUNT_PAGE_FATE, "6 2", 1, NOON);
	add_bucket("A", "time_to_resolve", 4 * TIME_MINUTE, 9);
	add_bucket("A", "time_to_resolve", TIME_HOUR, 1);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct config c = {.ruleset = noise_rules(rows[i].rule)};
		noise_stage.config = &c;
		json_t *r = noise_told((struct noise_query){.by = NOISE_ALERTNAME});
		const char *say = json_string_value(json_object_get(noise_report_row(r, 0), "suggestion"));
		if (rows[i].say && (!say || !strstr(say, rows[i].say)))
			fail_msg("%s: %s", rows[i].rule, say ? say : "nothing");
		if (!rows[i].say && say)
			fail_msg("%s: %s", rows[i].rule, say);
		json_decref(r);
		noise_stage.config = NULL;
		ruleset_free(c.ruleset);
	}
}

static void assert_tries(const char *rule, const char *key, const char *value)
{
	struct config c = {.ruleset = noise_rules(rule), .defaults = {.repeat_interval = 4 * TIME_HOUR}};

	noise_stage.config = &c;
	json_t *r = noise_told((struct noise_query){.by = NOISE_ALERTNAME});
	const json_t *try = json_object_get(noise_report_row(r, 0), "try");
	const char *tries = json_string_value(json_object_get(try, "key")),
			   *says = json_string_value(json_object_get(try, "value"));
	if (key ? !tries || strcmp(tries, key) || strcmp(says, value) : tries != NULL)
		fail_msg("%s: %s %s", rule, tries ? tries : "nothing", says ? says : "");
	json_decref(r);
	noise_stage.config = NULL;
	ruleset_free(c.ruleset);
}

/* What is to be tried is longer than what the rule says, or else dedup:. */
static void what_is_tried_is_longer_than_now(void **state)
{
	(void)state;
	add_noise("A", "deduplicate", "flapping", 30, NOON);
	add_noise("A", "told", "oncall", 2, NOON);
	assert_tries("owner: crew", "resolve_hold", "15m");
	assert_tries("resolve_hold: 10m", "resolve_hold", "15m");
	assert_tries("resolve_hold: 15m", "resolve_hold", "30m");
	assert_tries("resolve_hold: 4h", NULL, NULL);
	noise_stage.count = 0;
	add_noise("A", "told", "oncall", 2, NOON);
	add_noise("A", "told_again", "oncall", 20, NOON);
	assert_tries("owner: crew", "repeat_interval", "12h");
	assert_tries("repeat_interval: 12h", "repeat_interval", "1d");
	assert_tries("repeat_interval: 3d", NULL, NULL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, noise_setup, noise_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_suggestions),
		TEST(test_what_a_wait_would_have_done),
		TEST(test_a_suggestion_is_against_the_rule_as_it_is),
		TEST(what_is_tried_is_longer_than_now),
	};
	return cmocka_run_group_tests_name("noise_advice", tests, NULL, NULL);
}
