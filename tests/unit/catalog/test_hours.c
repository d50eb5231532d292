/* Time intervals: when they hold, when they open, and what is refused. Forms and meanings are Alertmanager's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "catalog/hours.h"

/* An invented town an hour (in summer two) east; summer from 2026-03-29T01:00Z to 2026-10-25T01:00Z. */
static bool find_one_zone(void *arg, struct str name, const struct zone **out)
{
	const struct zone_change changes[] = {{INT64_C(1774746000000), 7200}, {INT64_C(1792890000000), 3600}};
	*out = str_eq_c(name, "Inland/Near") ? zone_of_changes(arg, 3600, changes, 2) : NULL;
	return *out || str_eq_c(name, "UTC");
}

static int64_t wall_ms(const char *text)
{
	int64_t ms;
	assert_true(time_parse_wall(str_c(text), &ms));
	return ms;
}

static struct hours *read_hours(struct arena *arena, const char *intervals, struct err *err)
{
	const struct calendar_zones zones = {find_one_zone, arena};
	const char *text = arena_printf(arena, "{name: x, time_intervals: [%s]}", intervals);
	const struct yaml_node *node = yaml_parse(arena, "hours.yml", str_c(text), err);
	assert_non_null(node);
	return hours_read(arena, node, NULL, &zones, err);
}

static const struct {
	const char *intervals, *in, *out; /* UTC */
} rows[] = {
	{"{times: [{start_time: '09:00', end_time: '17:00'}]}", "2026-03-02T09:00", "2026-03-02T17:00"},
	{"{times: [{start_time: '09:00', end_time: '17:00'}]}", "2026-03-02T16:59:59", "2026-03-02T08:59:59"},
	{"{times: [{start_time: '22:00', end_time: '24:00'}, {start_time: '00:00', end_time: '06:00'}]}",
     "2026-03-02T23:59", "2026-03-02T06:00"},
	{"{weekdays: ['monday:friday']}", "2026-03-06T12:00", "2026-03-07T12:00"},
	{"{weekdays: [saturday, Sunday]}", "2026-03-08T12:00", "2026-03-09T00:00"},
	{"{days_of_month: ['1:5', '-3:-1']}", "2026-02-26T00:00", "2026-02-25T23:59"},
	{"{days_of_month: ['31']}", "2026-03-31T00:00", "2026-04-30T00:00"},
	{"{months: ['january:march', '12']}", "2026-12-01T00:00", "2026-11-30T23:59"},
	{"{years: ['2026:2027']}", "2027-12-31T23:59", "2028-01-01T00:00"},
	{"{weekdays: [monday], times: [{start_time: '09:00', end_time: '17:00'}]}, {weekdays: [sunday]}",
     "2026-03-08T03:00", "2026-03-10T10:00"},
	{"{location: Inland/Near, times: [{start_time: '09:00', end_time: '17:00'}]}", "2026-03-02T08:00",
     "2026-03-02T16:00"},
	{"{location: Inland/Near, times: [{start_time: '09:00', end_time: '17:00'}]}", "2026-07-01T07:00",
     "2026-07-01T15:00"},
	{"{}", "2026-03-02T08:00", NULL},
};

static void intervals_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		const struct hours *h = read_hours(arena, rows[i].intervals, &err);
		assert_non_null(h);
		assert_true(hours_hold(h, wall_ms(rows[i].in)));
		assert_false(rows[i].out && hours_hold(h, wall_ms(rows[i].out)));
	}
}

static void what_is_no_interval_is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *intervals, *why;
	} wrong[] = {
		{"{times: [{start_time: '22:00', end_time: '06:00'}]}", "over midnight are two"},
		{"{times: [{start_time: '9:00', end_time: '17:00'}]}", "is no time within one day"},
		{"{times: [{start_time: '09:00', end_time: '24:01'}]}", "is no time within one day"},
		{"{weekdays: [mon]}", "weekdays: \"mon\" is none"},
		{"{weekdays: ['friday:monday']}", "weekdays: \"friday:monday\" is none"},
		{"{weekdays: ['1']}", "weekdays: \"1\" is none"},
		{"{days_of_month: ['0']}", "days_of_month: \"0\" is none"},
		{"{days_of_month: ['5:32']}", "days_of_month: \"5:32\" is none"},
		{"{months: ['13']}", "months: \"13\" is none"},
		{"{location: Mars/Base}", "location \"Mars/Base\" is no time zone"},
		{"{hours: []}", "hours"},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		assert_null(read_hours(arena, wrong[i].intervals, &err));
		assert_non_null(strstr(err_first(&err), wrong[i].why));
		assert_non_null(strstr(err_first(&err), "hours.yml:1:"));
	}
}

static struct catalog *catalog_with(struct arena *arena, const char *text)
{
	AUTOERR struct err err = ERR_INIT;
	const struct calendar_zones zones = {find_one_zone, arena};
	struct catalog *c = catalog_new();
	const struct yaml_node *node = yaml_parse(arena, "hours.yml", str_c(text), &err);
	if (!node || !catalog_add_hours(c, node, NULL, &zones, &err))
		fail_msg("%s", err_first(&err));
	return c;
}

static void what_is_held_opens_when_all_that_is_said_allows_it(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct catalog *c = catalog_with(
		arena, "[{name: office, time_intervals: [{weekdays: ['monday:friday'], times: [{start_time: '09:00', end_time: "
			   "'17:00'}]}]}, {name: fair, time_intervals: [{months: [march], days_of_month: ['2:9']}]}, "
			   "{name: never, time_intervals: [{years: ['1999']}]}]");
	struct str office = STR("office"), fair = STR("fair"), never = STR("never");
	const struct hours_said in_office = {.active = {&office, 1}}, no_fair = {.mute = {&fair, 1}},
							both = {{&office, 1}, {&fair, 1}}, nobody = {.active = {&never, 1}};
	/* 2026-02-27 is a Friday. */
	assert_int_equal(hours_open_from(c, &in_office, wall_ms("2026-02-27T10:00:30")), wall_ms("2026-02-27T10:00:30"));
	assert_int_equal(hours_open_from(c, &in_office, wall_ms("2026-02-27T17:00")), wall_ms("2026-03-02T09:00"));
	assert_int_equal(hours_open_from(c, &no_fair, wall_ms("2026-03-02T00:00")), wall_ms("2026-03-10T00:00"));
	assert_int_equal(hours_open_from(c, &both, wall_ms("2026-02-27T17:00")), wall_ms("2026-03-10T09:00"));
	assert_int_equal(hours_open_from(c, &(struct hours_said){0}, wall_ms("2026-02-27T17:00")),
	                 wall_ms("2026-02-27T17:00"));
	assert_false(hours_never_open(c, &in_office, wall_ms("2026-02-27T17:00")));
	assert_false(hours_never_open(c, &in_office, wall_ms("2026-02-27T10:00")));
	assert_false(hours_never_open(c, &both, wall_ms("2026-02-27T17:00")));
	assert_false(hours_never_open(c, &(struct hours_said){0}, wall_ms("2026-02-27T17:00")));
	assert_true(hours_never_open(c, &nobody, wall_ms("2026-02-27T17:00")));
	/* What would never open is not held for ever. */
	assert_int_equal(hours_open_from(c, &nobody, wall_ms("2026-02-27T17:00")), wall_ms("2026-02-27T17:00"));
	catalog_free(c);
}

/* Minute by minute, as the words say it. */
static int64_t first_open_minute(const struct catalog *c, const struct hours_said *said, int64_t ms, int64_t most)
{
	int64_t at = ms;
	for (; at < ms + most && !hours_open(c, said, at); at += TIME_MINUTE)
		at -= at % TIME_MINUTE;
	return at < ms + most ? at : 0;
}

static const char *chance_interval(struct arena *arena, unsigned *seed)
{
	static const char *const days[] = {"", "weekdays: [saturday, sunday], ", "weekdays: [monday], ",
	                                   "days_of_month: ['-3:-1'], ", "months: [march, november], "};
	int from = rand_r(seed) % 1440, until = from + 1 + rand_r(seed) % (1440 - from);
	return arena_printf(arena, "{%slocation: %s, times: [{start_time: '%02d:%02d', end_time: '%02d:%02d'}]}",
	                    days[rand_r(seed) % 5], rand_r(seed) % 2 ? "Inland/Near" : "UTC", from / 60, from % 60,
	                    until / 60, until % 60);
}

/* Around both changes of clocks and away from them, in two places at once. */
static void they_open_at_the_minute_that_their_words_say(void **state)
{
	(void)state;
	static const char *const begins[] = {"2026-03-27T21:13", "2026-10-23T23:59", "2026-07-01T05:00"};
	struct str a = STR("a"), b = STR("b");
	const struct hours_said forms[] = {{.active = {&a, 1}}, {.mute = {&a, 1}}, {{&a, 1}, {&b, 1}}};
	unsigned seed = 20261130;
	size_t found = 0;
	for (int i = 0; i < 60; i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct catalog *c = catalog_with(
			arena,
			arena_printf(arena, "[{name: a, time_intervals: [%s, %s]}, {name: b, time_intervals: [%s]}]",
		                 chance_interval(arena, &seed), chance_interval(arena, &seed), chance_interval(arena, &seed)));
		for (size_t k = 0; k < 9; k++) {
			int64_t ms = wall_ms(begins[k / 3]) + 17 * TIME_SECOND;
			int64_t at = first_open_minute(c, &forms[k % 3], ms, 4 * TIME_DAY);
			int64_t open = hours_open_from(c, &forms[k % 3], ms);
			if (at ? open != at : open != ms && open < ms + 4 * TIME_DAY)
				fail_msg("interval %d, form %zu, from %s: %lld s instead of %lld s", i, k % 3, begins[k / 3],
				         (long long)(open - ms) / TIME_SECOND, (long long)(at - ms) / TIME_SECOND);
			found += at > ms;
		}
		catalog_free(c);
	}
	assert_true(found > 100);
}

static void opening_months_ahead_is_found_to_the_minute(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct catalog *c = catalog_with(arena, "[{name: a, time_intervals: [{months: [december], location: Inland/Near, "
	                                        "times: [{start_time: '09:07', end_time: '09:08'}]}]}]");
	struct str a = STR("a");
	const struct hours_said said = {.active = {&a, 1}};
	assert_int_equal(hours_open_from(c, &said, wall_ms("2026-01-01T00:00")), wall_ms("2026-12-01T08:07"));
	catalog_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_hold),
		cmocka_unit_test(what_is_no_interval_is_refused),
		cmocka_unit_test(they_open_at_the_minute_that_their_words_say),
		cmocka_unit_test(opening_months_ahead_is_found_to_the_minute),
		cmocka_unit_test(what_is_held_opens_when_all_that_is_said_allows_it),
	};
	return cmocka_run_group_tests_name("hours", tests, NULL, NULL);
}
