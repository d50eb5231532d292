#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/time.h"
#include "incident/counts.h"
#include "service/operate.h"

#define MIDNIGHT INT64_C(1798761600000) /* 2027-01-01T00:00:00Z */
#define NOON (MIDNIGHT + 12 * TIME_HOUR)

static struct arena *arena;
static struct store_hour hours[100];
static size_t hour_count;

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	hour_count = 0;
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void add(const char *alertname, const char *what, const char *detail, uint64_t n, int64_t hour)
{
	struct count c = {.alertname = str_c(alertname),
	                  .rule = STR("a-rule"),
	                  .owner = STR("platform"),
	                  .severity = alertname[0] == 'A' ? STR("P1") : STR("P3"),
	                  .what = str_c(what),
	                  .detail = str_c(detail)};

	hours[hour_count++] = (struct store_hour){hour, count_field(arena, &c), n};
}

static void add_bucket(const char *alertname, const char *what, int64_t ms, uint64_t n)
{
	char bucket[16];

	snprintf(bucket, sizeof bucket, "%d", counts_bucket(ms));
	add(alertname, what, bucket, n, NOON);
}

static json_t *report(struct noise_query q)
{
	q.since_ms = 7 * TIME_DAY;
	return noise_report(hours, hour_count, &q, NOON, "UTC");
}

static const json_t *row(const json_t *r, size_t i)
{
	return json_array_get(json_object_get(r, "rows"), i);
}

static int64_t number(const json_t *o, const char *name)
{
	return (int64_t)json_number_value(json_object_get(o, name));
}

static const char *name_of(const json_t *r, size_t i)
{
	const char *name = json_string_value(json_object_get(row(r, i), "name"));
	return name ? name : "";
}

static void test_adds_up(void **state)
{
	(void)state;
	add("A", "page", "new", 3, NOON);
	add("A", "page", "reopened", 2, MIDNIGHT);
	add("A", "page", "new", 1, MIDNIGHT + 7 * TIME_HOUR);
	add("A", "page", "new", 1, MIDNIGHT + 22 * TIME_HOUR);
	add("A", "remind", "repeat_interval", 4, NOON);
	add("A", "deduplicate", "repeat", 50, NOON);
	add("A", "deduplicate", "flapping", 7, NOON);
	add("A", "resolve", "last_member_resolved", 5, NOON);
	add("A", "suppress", "page_false", 6, NOON);
	add("A", "acknowledged", "", 2, NOON);
	add("A", "self_resolved", "", 3, NOON);
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	const json_t *a = row(r, 0), *deduplicated = json_object_get(a, "deduplicated");
	assert_int_equal(number(a, "received"), 79);
	assert_int_equal(number(a, "pages"), 7);
	assert_int_equal(number(a, "night_pages"), 3);
	assert_int_equal(number(a, "reminders"), 4);
	assert_int_equal(number(deduplicated, "repeat"), 50);
	assert_int_equal(number(deduplicated, "flapping"), 7);
	assert_non_null(json_object_get(deduplicated, "member_joined"));
	assert_null(json_object_get(deduplicated, "new"));
	assert_int_equal(number(a, "flaps"), 7);
	assert_int_equal(number(a, "suppressed"), 6);
	assert_int_equal(number(a, "acknowledged"), 2);
	assert_int_equal(number(a, "self_resolved"), 3);
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
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	double median = json_number_value(json_object_get(row(r, 0), "seconds_to_acknowledge"));
	assert_true(median > 60 * 0.95 && median < 60 * 1.05);
	median = json_number_value(json_object_get(row(r, 0), "seconds_to_resolve"));
	assert_true(median > 3600 * 0.95 && median < 3600 * 1.05);
	json_decref(r);
}

static void test_order_and_limit(void **state)
{
	static const struct {
		const char *sort, *first, *second;
	} rows[] = {{"", "B", "A"}, {"received", "B", "A"}, {"pages", "A", "B"}, {"suppressed", "C", "A"}};

	(void)state;
	add("A", "page", "new", 3, NOON);
	add("B", "page", "new", 2, NOON);
	add("B", "deduplicate", "repeat", 20, NOON);
	add("C", "suppress", "page_false", 1, NOON);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME, .sort = str_c(rows[i].sort), .limit = 2});
		assert_int_equal(json_array_size(json_object_get(r, "rows")), 2);
		assert_string_equal(name_of(r, 0), rows[i].first);
		assert_string_equal(name_of(r, 1), rows[i].second);
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
	} rows[] = {
		{NOISE_ALERTNAME, "B", 2}, {NOISE_RULE, "a-rule", 1}, {NOISE_OWNER, "platform", 1}, {NOISE_SEVERITY, "P3", 2}};

	(void)state;
	add("A", "page", "new", 3, NOON);
	add("B", "page", "new", 4, NOON);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		json_t *r = report((struct noise_query){.by = rows[i].by});
		assert_int_equal(json_array_size(json_object_get(r, "rows")), rows[i].rows);
		assert_string_equal(name_of(r, 0), rows[i].name);
		json_decref(r);
	}
}

/* What the store's hours had no room for is not hidden. */
static void test_other(void **state)
{
	(void)state;
	hours[hour_count++] = (struct store_hour){NOON, STR("other"), 12};
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	assert_string_equal(name_of(r, 0), "other");
	assert_int_equal(number(row(r, 0), "received"), 12);
	json_decref(r);
}

static void test_night_is_local(void **state)
{
	(void)state;
	setenv("TZ", "Asia/Tokyo", 1); /* noon in UTC is 21:00 there, one o'clock later it is night */
	tzset();
	add("A", "page", "new", 1, NOON);
	add("A", "page", "new", 2, NOON + TIME_HOUR);
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	assert_int_equal(number(row(r, 0), "night_pages"), 2);
	json_decref(r);
}

static void test_suggestions(void **state)
{
	static const struct {
		const char *alertname, *word;
	} rows[] = {{"A", "page_after"},
	            {"B", "resolve_hold"},
	            {"C", "lower severity"},
	            {"D", "repeat_interval"},
	            {"F", "longer every"}};

	(void)state;
	add("A", "page", "new", 9, NOON);
	add("A", "self_resolved", "", 9, NOON);
	add_bucket("A", "time_to_resolve", TIME_HOUR, 10);
	add("B", "deduplicate", "flapping", 30, NOON);
	add("B", "page", "new", 2, NOON);
	add("C", "page", "new", 12, NOON);
	add("D", "page", "new", 2, NOON);
	add("D", "remind", "repeat_interval", 20, NOON);
	add("E", "page", "new", 1, NOON);
	add("F", COUNT_HEARTBEAT_MISSED, "", 6, NOON);
	add("F", "self_resolved", "", 6, NOON);
	add_bucket("F", "time_to_resolve", TIME_HOUR, 6);
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	for (size_t i = 0; i < 6; i++) {
		const char *say = json_string_value(json_object_get(row(r, i), "suggestion"));
		const char *word = NULL;
		for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
			if (strcmp(name_of(r, i), rows[k].alertname) == 0)
				word = rows[k].word;
		}
		if (word)
			assert_non_null(strstr(say, word));
		else
			assert_null(say);
	}
	json_decref(r);
}

/* A watch that beats all month is many alerts and no noise; its absence is a page that no alert brought. */
static void test_heartbeats(void **state)
{
	(void)state;
	add("A", "suppress", "page_false", 43200, NOON);
	add("A", COUNT_HEARTBEAT_MISSED, "", 2, MIDNIGHT);
	add("A", COUNT_HEARTBEAT_REMINDED, "", 3, MIDNIGHT);
	json_t *r = report((struct noise_query){.by = NOISE_ALERTNAME});
	assert_int_equal(number(row(r, 0), "received"), 43200);
	assert_int_equal(number(row(r, 0), "suppressed"), 43200);
	assert_int_equal(number(row(r, 0), "pages"), 2);
	assert_int_equal(number(row(r, 0), "night_pages"), 2);
	assert_int_equal(number(row(r, 0), "reminders"), 3);
	json_decref(r);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_adds_up), TEST(test_medians),        TEST(test_order_and_limit), TEST(test_groups),
		TEST(test_other),   TEST(test_night_is_local), TEST(test_suggestions),     TEST(test_heartbeats),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
