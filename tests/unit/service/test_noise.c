#include "noise_hours.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_adds_up(void **state)
{
	(void)state;
	add_noise("A", "page", "new", 5, NOON); /* three of them are put off, and two of these cancelled */
	add_noise("A", "page", "reopened", 2, MIDNIGHT);
	add_noise("A", "told", "oncall", 3, NOON);
	add_noise("A", "told", "boss", 1, NOON);
	add_noise("A", "told_night", "oncall", 2, MIDNIGHT);
	add_noise("A", "told", "oncall", 9, NOON - 8 * TIME_DAY);
	add_noise("A", "page_cancelled", "", 2, NOON);
	add_noise("A", "remind", "repeat_interval", 4, NOON);
	add_noise("A", "told_again", "oncall", 3, NOON);
	add_noise("A", "deduplicate", "repeat", 50, NOON);
	add_noise("A", "deduplicate", "flapping", 7, NOON);
	add_noise("A", "resolve", "last_member_resolved", 5, NOON);
	add_noise("A", "suppress", "page_false", 6, NOON);
	add_noise("A", "acknowledged", "", 2, NOON);
	add_noise("A", "self_resolved", "", 3, NOON);
	json_t *r = noise_told((struct noise_query){.by = NOISE_ALERTNAME});
	const json_t *a = noise_report_row(r, 0), *deduplicated = json_object_get(a, "deduplicated");
	assert_int_equal(noise_number(a, "received"), 79);
	assert_int_equal(noise_number(a, "pages"), 6);
	assert_int_equal(noise_number(a, "night_pages"), 2);
	assert_int_equal(noise_number(a, "pages_before"), 9);
	assert_int_equal(noise_number(a, "decided"), 7);
	assert_int_equal(noise_number(a, "cancelled"), 2);
	assert_int_equal(noise_number(a, "reminders"), 3);
	const json_t *totals = json_object_get(r, "totals");
	assert_int_equal(noise_number(totals, "pages"), 6);
	assert_int_equal(noise_number(totals, "night_pages"), 2);
	assert_int_equal(noise_number(totals, "people"), 2);
	assert_int_equal(noise_number(deduplicated, "repeat"), 50);
	assert_int_equal(noise_number(deduplicated, "flapping"), 7);
	assert_non_null(json_object_get(deduplicated, "member_joined"));
	assert_null(json_object_get(deduplicated, "new"));
	assert_int_equal(noise_number(a, "flaps"), 7);
	assert_int_equal(noise_number(a, "suppressed"), 6);
	assert_int_equal(noise_number(a, "acknowledged"), 2);
	assert_int_equal(noise_number(a, "self_resolved"), 3);
	assert_true(json_is_null(json_object_get(a, "seconds_to_resolve")));
	assert_string_equal(json_string_value(json_object_get(r, "since")), "2026-12-25T12:00:00Z");
	assert_string_equal(json_string_value(json_object_get(r, "until")), "2027-01-01T12:00:00Z");
	json_decref(r);
}

static void test_medians(void **state)
{
	(void)state;
	add_bucket("A", "time_to_acknowledge", 60 * TIME_SECOND, 5);
	add_bucket("A", "time_to_acknowledge", 600 * TIME_SECOND, 6);
	add_bucket("A", "time_to_acknowledge", 1 * TIME_SECOND, 1);
	add_bucket("A", "time_to_resolve", TIME_HOUR, 1);
	json_t *r = noise_told((struct noise_query){.by = NOISE_ALERTNAME});
	double median = json_number_value(json_object_get(noise_report_row(r, 0), "seconds_to_acknowledge"));
	assert_true(median > 60 * 0.95 && median < 60 * 1.05);
	median = json_number_value(json_object_get(noise_report_row(r, 0), "seconds_to_resolve"));
	assert_true(median > 3600 * 0.95 && median < 3600 * 1.05);
	json_decref(r);
}

static void test_order_and_limit(void **state)
{
	static const struct {
		const char *sort, *first, *second;
	} rows[] = {{"", "B", "A"}, {"received", "B", "A"}, {"pages", "A", "B"}, {"suppressed", "C", "B"}};

	(void)state;
	add_noise("A", "told", "oncall", 3, NOON);
	add_noise("A", "page", "new", 3, NOON);
	add_noise("B", "told", "oncall", 1, NOON);
	add_noise("B", "told_night", "oncall", 1, MIDNIGHT); /* who wakes by night comes first */
	add_noise("B", "page", "new", 2, NOON);
	add_noise("B", "deduplicate", "repeat", 20, NOON);
	add_noise("C", "suppress", "page_false", 1, NOON);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *r = noise_told((struct noise_query){.by = NOISE_ALERTNAME, .sort = str_c(rows[i].sort), .limit = 2});
		assert_int_equal(json_array_size(json_object_get(r, "rows")), 2);
		assert_string_equal(noise_row_name(r, 0), rows[i].first);
		assert_string_equal(noise_row_name(r, 1), rows[i].second);
		json_decref(r);
	}
	assert_true(noise_sort_valid(STR("night_pages")) && noise_sort_valid(STR("")));
	assert_false(noise_sort_valid(STR("name")));
}

static void test_groups(void **state)
{
	static const struct {
		enum noise_by by;
		const char *name;
		size_t rows;
	} rows[] = {{NOISE_ALERTNAME, "B", 2},
	            {NOISE_RULE, "a-rule", 1},
	            {NOISE_OWNER, "platform", 1},
	            {NOISE_SEVERITY, "P3", 2},
	            {NOISE_RECEIVER, "boss", 2}};

	(void)state;
	add_noise("A", "told", "oncall", 3, NOON);
	add_noise("B", "told", "boss", 4, NOON);
	add_noise("B", "page", "new", 4, NOON);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *r = noise_told((struct noise_query){.by = rows[i].by});
		assert_int_equal(json_array_size(json_object_get(r, "rows")), rows[i].rows);
		assert_string_equal(noise_row_name(r, 0), rows[i].name);
		json_decref(r);
	}
}

/* What the store's hours had no room for is not hidden. */
static void test_other(void **state)
{
	(void)state;
	noise_stage.hours[noise_stage.count++] = (struct store_hour){NOON, STR("other"), 12};
	json_t *r = noise_told((struct noise_query){.by = NOISE_ALERTNAME});
	assert_string_equal(noise_row_name(r, 0), "other");
	assert_int_equal(noise_number(noise_report_row(r, 0), "received"), 12);
	json_decref(r);
}

/* What a message is to people is the receiver's to say; one that is gone from the configuration was there to page. */
static void test_kinds_of_receivers(void **state)
{
	struct config_receiver receivers[] = {{.name = STR_INIT("oncall"), .use = RECEIVER_PAGE},
	                                      {.name = STR_INIT("room"), .use = RECEIVER_CHAT},
	                                      {.name = STR_INIT("desk"), .use = RECEIVER_TICKET},
	                                      {.name = STR_INIT("log"), .use = RECEIVER_ARCHIVE}};
	struct config c = {.receivers = receivers, .receiver_count = 4};

	(void)state;
	noise_stage.config = &c;
	add_noise("A", "told", "oncall", 1, NOON);
	add_noise("A", "told_night", "room", 2, MIDNIGHT);
	add_noise("A", "told_again", "room", 1, MIDNIGHT);
	add_noise("A", "told", "desk", 4, NOON);
	add_noise("A", "told", "log", 5, NOON);
	add_noise("A", "told_night", "gone", 6, MIDNIGHT);
	json_t *r = noise_told((struct noise_query){.by = NOISE_ALERTNAME});
	noise_stage.config = NULL;
	assert_int_equal(noise_number(noise_report_row(r, 0), "pages"), 7);
	assert_int_equal(noise_number(noise_report_row(r, 0), "night_pages"), 6);
	assert_int_equal(noise_number(noise_report_row(r, 0), "chat"), 3);
	assert_int_equal(noise_number(noise_report_row(r, 0), "tickets"), 4);
	assert_int_equal(noise_number(noise_report_row(r, 0), "archived"), 5);
	assert_int_equal(noise_number(json_object_get(r, "totals"), "people"), 2);
	json_decref(r);
}

/* With delivery.mode: observe nothing is sent: a page is what was decided, by night of the configuration's own clock. */
static void test_observing(void **state)
{
	struct config c = {.delivery = {.mode = DELIVERY_OBSERVE}};

	(void)state;
	noise_stage.config = &c;
	add_noise("A", "page", "new", 2, NOON);
	add_noise("A", "page", "reopened", 1, MIDNIGHT);
	add_noise("A", "told", "oncall", 5, NOON); /* from before */
	json_t *r = noise_told((struct noise_query){.by = NOISE_ALERTNAME});
	noise_stage.config = NULL;
	assert_int_equal(noise_number(noise_report_row(r, 0), "pages"), 3);
	assert_int_equal(noise_number(noise_report_row(r, 0), "night_pages"), 1);
	assert_true(json_is_true(json_object_get(r, "observes")));
	json_decref(r);
	noise_stage.config = &c;
	r = noise_told((struct noise_query){.by = NOISE_RECEIVER});
	noise_stage.config = NULL;
	assert_int_equal(json_array_size(json_object_get(r, "rows")), 0); /* nobody was told, and "new" is nobody */
	json_decref(r);
	add_noise("A", COUNT_RUNBOOK_DECIDED, "silo.md", 4, NOON);
	noise_stage.config = &c;
	r = noise_told((struct noise_query){.by = NOISE_RUNBOOK});
	noise_stage.config = NULL;
	assert_int_equal(noise_number(noise_report_row(r, 0), "pages"), 4);
	json_decref(r);
}

/* 2027-01-01 is a Friday: the fifth row of a week that begins on Monday. */
static void test_heat(void **state)
{
	(void)state;
	add_noise("A", "told", "oncall", 3, NOON);
	add_noise("A", "told_night", "oncall", 2, MIDNIGHT);
	json_t *r = noise_told((struct noise_query){.by = NOISE_ALERTNAME});
	const json_t *heat = json_object_get(r, "heat"), *friday = json_array_get(heat, 4);
	assert_int_equal(json_array_size(heat), 7);
	assert_int_equal(json_integer_value(json_array_get(friday, 12)), 3);
	assert_int_equal(json_integer_value(json_array_get(friday, 0)), 2);
	assert_int_equal(json_integer_value(json_array_get(json_array_get(heat, 3), 12)), 0);
	json_decref(r);
}

static void test_only_some(void **state)
{
	struct matcher *matchers = NULL;
	size_t count = 0;
	AUTOERR struct err err = ERR_INIT;

	(void)state;
	add_noise("A", "told", "oncall", 3, NOON);
	add_noise("B", "told", "oncall", 4, NOON);
	noise_stage.hours[noise_stage.count++] = (struct store_hour){NOON, STR("other"), 12};
	assert_true(
		matchers_parse(noise_stage.arena, STR("alertname=~\"B.*\""), (struct pos){"m", 0, 0}, &matchers, &count, &err));
	json_t *r = noise_told((struct noise_query){.by = NOISE_ALERTNAME, .matchers = matchers, .matcher_count = count});
	assert_int_equal(json_array_size(json_object_get(r, "rows")), 1);
	assert_string_equal(noise_row_name(r, 0), "B");
	assert_int_equal(noise_number(json_object_get(r, "totals"), "pages"), 4);
	json_decref(r);
	r = noise_told((struct noise_query){.by = NOISE_ALERTNAME, .owner = STR("nobody")});
	assert_int_equal(json_array_size(json_object_get(r, "rows")), 0);
	json_decref(r);
	matcher_release(&matchers[0]);
	free(matchers);
}

/* A watch that beats all month is many alerts and no noise; its absence is a page that no alert brought. */
static void test_heartbeats(void **state)
{
	(void)state;
	add_noise("A", "suppress", "page_false", 43200, NOON);
	add_noise("A", COUNT_HEARTBEAT_MISSED, "", 2, MIDNIGHT);
	add_noise("A", "told_night", "oncall", 2, MIDNIGHT);
	add_noise("A", "told_again", "oncall", 3, MIDNIGHT);
	json_t *r = noise_told((struct noise_query){.by = NOISE_ALERTNAME});
	assert_int_equal(noise_number(noise_report_row(r, 0), "received"), 43200);
	assert_int_equal(noise_number(noise_report_row(r, 0), "suppressed"), 43200);
	assert_int_equal(noise_number(noise_report_row(r, 0), "pages"), 2);
	assert_int_equal(noise_number(noise_report_row(r, 0), "night_pages"), 2);
	assert_int_equal(noise_number(noise_report_row(r, 0), "reminders"), 3);
	json_decref(r);
}

/* What is counted of a runbook stands in its own rows only: a page is not counted twice elsewhere. */
static void runbooks_have_rows_of_their_own(void **state)
{
	(void)state;
	add_noise("A", COUNT_TOLD, "oncall", 3, NOON);
	add_noise("A", COUNT_RUNBOOK_PAGED, "silo.md#steps", 2, NOON);
	add_noise("B", COUNT_RUNBOOK_PAGED, "silo.md", 1, NOON);
	add_noise("B", COUNT_RUNBOOK_PAGED, "crane.md", 4, NOON - 8 * TIME_DAY);
	add_noise("A", COUNT_RUNBOOK_DECIDED, "silo.md", 5, NOON);
	add_noise("A", COUNT_RUNBOOK_ACKNOWLEDGED, "silo.md", 2, NOON);
	add_noise("A", COUNT_RUNBOOK_RESOLVED, "silo.md", 1, NOON);
	add_noise("A", COUNT_RUNBOOK "outdated", "silo.md", 1, NOON);
	json_t *r = noise_told((struct noise_query){.by = NOISE_RUNBOOK, .sort = STR("outdated")});
	assert_string_equal(json_string_value(json_object_get(r, "by")), "runbook");
	assert_string_equal(json_string_value(json_object_get(noise_report_row(r, 0), "name")), "silo.md");
	assert_int_equal(noise_number(noise_report_row(r, 0), "pages"), 3);
	assert_int_equal(noise_number(noise_report_row(r, 0), "decided"), 5);
	assert_int_equal(noise_number(noise_report_row(r, 0), "acknowledged"), 2);
	assert_int_equal(noise_number(noise_report_row(r, 0), "resolved"), 1);
	assert_int_equal(noise_number(noise_report_row(r, 0), "outdated"), 1);
	assert_string_equal(json_string_value(json_object_get(noise_report_row(r, 1), "name")), "crane.md");
	assert_int_equal(noise_number(noise_report_row(r, 1), "pages"), 0);
	assert_int_equal(noise_number(noise_report_row(r, 1), "pages_before"), 4);
	assert_int_equal(noise_number(json_object_get(r, "totals"), "pages"), 3);
	json_decref(r);
	r = noise_told((struct noise_query){.by = NOISE_ALERTNAME});
	assert_int_equal(noise_number(noise_report_row(r, 0), "pages"), 3);
	assert_int_equal(noise_number(noise_report_row(r, 0), "acknowledged"), 0);
	assert_int_equal(noise_number(noise_report_row(r, 0), "outdated"), 1);
	json_decref(r);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, noise_setup, noise_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_adds_up),
		TEST(test_medians),
		TEST(test_order_and_limit),
		TEST(test_groups),
		TEST(test_other),
		TEST(test_kinds_of_receivers),
		TEST(test_heartbeats),
		TEST(test_heat),
		TEST(test_only_some),
		TEST(test_observing),
		cmocka_unit_test_setup_teardown(runbooks_have_rows_of_their_own, noise_setup, noise_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
