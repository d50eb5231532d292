/* Durations and points in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))
#define REFUSED INT64_C(-1)

static void parses_durations(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{"0", 0},
		{"0s", 0},
		{"500ms", 500},
		{"1s", TIME_SECOND},
		{"30s", 30 * TIME_SECOND},
		{"5m30s", 5 * TIME_MINUTE + 30 * TIME_SECOND},
		{"1d12h", 36 * TIME_HOUR},
		{"2w", 14 * TIME_DAY},
		{"1y", 365 * TIME_DAY},
		{"1y2w3d4h5m6s7ms", 382 * TIME_DAY + 4 * TIME_HOUR + 5 * TIME_MINUTE + 6 * TIME_SECOND + 7},
		{"1m1ms", TIME_MINUTE + 1},
		{"90m", 90 * TIME_MINUTE},
		{"007s", 7 * TIME_SECOND},
		{"100y", 36500 * TIME_DAY},
		{"", REFUSED},
		{"1", REFUSED},
		{"00", REFUSED},
		{"s", REFUSED},
		{"-1s", REFUSED},
		{"+1s", REFUSED},
		{"1.5h", REFUSED},
		{"30s5m", REFUSED}, /* out of order */
		{"1ms1s", REFUSED},
		{"1h1h", REFUSED}, /* twice */
		{"5m30", REFUSED},
		{"1 h", REFUSED},
		{" 1h", REFUSED},
		{"1h ", REFUSED},
		{"1H", REFUSED},
		{"1min", REFUSED},
		{"100y1ms", REFUSED}, /* too long */
		{"101y", REFUSED},
		{"9223372036854775807y", REFUSED},
		{"99999999999999999999s", REFUSED},
		{"36500d36500h9223372036854775807ms", REFUSED},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t ms = REFUSED;
		assert_int_equal(time_duration_parse(str_c(rows[i].text), &ms), rows[i].ms != REFUSED);
		assert_int_equal(ms, rows[i].ms);
	}
}

static void formats_durations(void **state)
{
	(void)state;
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
		{0, "0s"},
		{1, "1ms"},
		{1500, "1s500ms"},
		{90000, "1m30s"},
		{TIME_HOUR, "1h"},
		{36 * TIME_HOUR, "1d12h"},
		{14 * TIME_DAY, "14d"},
		{365 * TIME_DAY, "365d"},
		{TIME_DAY + 1, "1d1ms"},
		{-90000, "-1m30s"},
		{INT64_MAX, "106751991167d7h12m55s807ms"},
		{INT64_MIN, "-106751991167d7h12m55s808ms"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char out[TIME_DURATION_MAX];
		int64_t back = REFUSED;
		assert_string_equal(time_duration_format(rows[i].ms, out), rows[i].text);
		if (rows[i].ms < 0 || rows[i].ms == INT64_MAX)
			continue;
		assert_true(time_duration_parse(str_c(out), &back));
		assert_int_equal(back, rows[i].ms);
	}
}

/* 2026-11-21T06:54:06Z */
#define POINT INT64_C(1795244046000)

static void parses_points(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{"2026-11-21T06:54:06Z", POINT},
		{"2026-11-21t06:54:06z", POINT},
		{"2026-11-21 06:54:06Z", POINT},
		{"2026-11-21T06:54:06.121Z", POINT + 121},
		{"2026-11-21T06:54:06.1Z", POINT + 100},
		{"2026-11-21T06:54:06.121999999Z", POINT + 121},
		{"2026-11-21T06:54:06.123456789012345678901234567890Z", POINT + 123},
		{"2026-11-21T08:54:06+02:00", POINT},
		{"2026-11-21T01:24:06.5-05:30", POINT + 500},
		{"2026-11-20T06:54:06-23:59", POINT - 60000},
		{"2026-11-21T06:54:06-00:00", POINT},
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01T00:00:01Z", 1000},
		{"1970-01-01T00:00:01+01:00", 0}, /* before 1970 in UTC */
		{"1969-12-31T23:00:00-02:00", TIME_HOUR},
		{"0001-01-01T00:00:00Z", 0},
		{"0000-01-01T00:00:00Z", 0},
		{"1969-12-31T23:59:59.999Z", 0},
		{"2024-02-29T00:00:00Z", INT64_C(1709164800000)},
		{"2000-02-29T00:00:00Z", INT64_C(951782400000)},
		{"2016-12-31T23:59:60Z", INT64_C(1483228800000)}, /* leap second */
		{"9999-12-31T23:59:59Z", INT64_C(253402300799000)},
		/* Go's time.Time.String() */
		{"2026-11-21 06:54:06.121999999 +0000 UTC", POINT + 121},
		{"2026-11-21 06:54:06 +0000 UTC", POINT},
		{"2026-11-21 08:54:06 +0200 CEST", POINT},
		{"2026-11-21 09:54:06 +0300 +03", POINT},
		{"2026-11-21 06:54:06 +0000 UTC m=+0.012345", POINT},
		{"2026-11-21 06:54:06 +0000 UTC m=-12", POINT},
		{"2026-11-21 06:54:06 +0000 m=+1.5", POINT},
		{"2026-11-21 06:54:06 +0000", POINT},
		{"0001-01-01 00:00:00 +0000 UTC", 0},
		{"", REFUSED},
		{"2026-11-21", REFUSED},
		{"2026-11-21T06:54:06", REFUSED}, /* no offset */
		{"2026-11-21T06:54Z", REFUSED},
		{"2026-11-21T06:54:06.Z", REFUSED},
		{"2026-11-21T06:54:06ZZ", REFUSED},
		{"2026-11-21T06:54:06Z ", REFUSED},
		{" 2026-11-21T06:54:06Z", REFUSED},
		{"2026-13-21T06:54:06Z", REFUSED},
		{"2026-00-21T06:54:06Z", REFUSED},
		{"2026-11-31T06:54:06Z", REFUSED},
		{"2026-11-00T06:54:06Z", REFUSED},
		{"2026-02-29T00:00:00Z", REFUSED},
		{"1900-02-29T00:00:00Z", REFUSED},
		{"2026-11-21T24:00:00Z", REFUSED},
		{"2026-11-21T06:60:06Z", REFUSED},
		{"2026-11-21T06:54:61Z", REFUSED},
		{"2026-11-21T06:54:06+24:00", REFUSED},
		{"2026-11-21T06:54:06+02:60", REFUSED},
		{"2026-11-21T06:54:06+2:00", REFUSED},
		{"2026-11-21T-6:54:06Z", REFUSED},
		{"-026-11-21T06:54:06Z", REFUSED},
		{"20261-11-21T06:54:06Z", REFUSED},
		{"2026/11/21T06:54:06Z", REFUSED},
		{"2026-11-21 06:54:06 +0000 ", REFUSED},
		{"2026-11-21 06:54:06 +0000 UTC ", REFUSED},
		{"2026-11-21 06:54:06 +0000 UTC m=", REFUSED},
		{"2026-11-21 06:54:06 +0000 UTC m=+1 x", REFUSED},
		{"2026-11-21 06:54:06 +0000 U!C", REFUSED},
		{"yesterday", REFUSED},
		{"1795244046", REFUSED},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t ms = REFUSED;
		if (time_parse(str_c(rows[i].text), &ms) != (rows[i].ms != REFUSED) || ms != rows[i].ms)
			fail_msg("\"%s\" gave %lld", rows[i].text, (long long)ms);
	}
	int64_t untouched = REFUSED;
	assert_false(time_parse(STR("2026-11-21 06:54:06 +0000 U\0C"), &untouched));
	assert_int_equal(untouched, REFUSED);
}

static void formats_points(void **state)
{
	(void)state;
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
		{POINT, "2026-11-21T06:54:06Z"},
		{POINT + 121, "2026-11-21T06:54:06.121Z"},
		{POINT + 100, "2026-11-21T06:54:06.100Z"},
		{POINT + 1, "2026-11-21T06:54:06.001Z"},
		{0, "1970-01-01T00:00:00Z"},
		{-1, "1969-12-31T23:59:59.999Z"},
		{INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
		{INT64_C(-62135596800000), "0001-01-01T00:00:00Z"},
	};
	char out[TIME_FORMAT_MAX];
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(time_format(rows[i].ms, out), rows[i].text);
	assert_true(strlen(time_format(INT64_MAX, out)) < TIME_FORMAT_MAX);
	assert_true(strlen(time_format(INT64_MIN, out)) < TIME_FORMAT_MAX);
}

/* Every day of 800 years there and back, at a time of day that changes with it. */
static void days_go_there_and_back(void **state)
{
	(void)state;
	for (int64_t day = 0; day < 800 * 365; day++) {
		char out[TIME_FORMAT_MAX];
		int64_t back, ms = day * TIME_DAY + day * 7919 % TIME_DAY;
		assert_true(time_parse(str_c(time_format(ms, out)), &back));
		assert_int_equal(back, ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_durations), cmocka_unit_test(formats_durations),      cmocka_unit_test(parses_points),
		cmocka_unit_test(formats_points),   cmocka_unit_test(days_go_there_and_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
