/* Times as a reader elsewhere sees them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/time.h"
#include "base/zone.h"

static void add_number(struct buf *b, uint64_t v, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		buf_add_char(b, (char)(v >> (8 * i) & 0xff));
}

static void add_header(struct buf *b, char version, uint32_t times, uint32_t types, uint32_t chars)
{
	const uint32_t counts[] = {0, 0, 0, times, types, chars};
	buf_add_c(b, "TZif");
	buf_add_char(b, version);
	for (int i = 0; i < 15; i++)
		buf_add_char(b, 0);
	for (int i = 0; i < 6; i++)
		add_number(b, counts[i], 4);
}

/* An invented zone: NOR (+1:00) until 2026-03-29T01:00Z, then SUN (+2:00) until 2026-10-25T01:00Z, then NOR. */
static void add_zone(struct buf *b, char type_of_the_last)
{
	add_header(b, '2', 0, 0, 0);
	add_header(b, '2', 2, 2, 8);
	add_number(b, 1774746000, 8);
	add_number(b, 1792890000, 8);
	buf_add_char(b, 1);
	buf_add_char(b, type_of_the_last);
	add_number(b, 3600, 4);
	buf_add(b, STR("\0\0"));
	add_number(b, 7200, 4);
	buf_add(b, STR("\1\4"));
	buf_add(b, STR("NOR\0SUN\0"));
}

static int64_t ms_at(const char *text)
{
	int64_t ms;
	assert_true(time_parse(str_c(text), &ms));
	return ms;
}

static void states_local_times(void **state)
{
	(void)state;
	static const struct {
		const char *utc, *local;
	} rows[] = {
		{"2026-03-29T00:59:59Z", "2026-03-29 01:59 NOR"}, {"2026-03-29T01:00:00Z", "2026-03-29 03:00 SUN"},
		{"2026-07-01T22:30:00Z", "2026-07-02 00:30 SUN"}, {"2026-10-25T00:59:00Z", "2026-10-25 02:59 SUN"},
		{"2026-10-25T01:00:00Z", "2026-10-25 02:00 NOR"}, {"2050-01-01T00:00:00Z", "2050-01-01 01:00 NOR"},
	};
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf b;
	char out[ZONE_TIME_MAX];
	buf_init(&b, SIZE_MAX);
	add_zone(&b, 0);
	struct zone *z = zone_parse(arena, buf_str(&b));
	assert_non_null(z);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(zone_format(z, ms_at(rows[i].utc), out), rows[i].local);
	assert_string_equal(zone_format(NULL, ms_at(rows[0].utc), out), "2026-03-29 00:59 UTC");
	assert_string_equal(zone_format(z, 0, out), "");
	assert_string_equal(zone_format(z, INT64_MAX, out), "");
}

/* Every cut of a good file is refused, and so is a transition to a type that is not there. */
/* 21:30Z on a Thursday is 22:30 in winter there and 23:30 in summer; on Saturdays and Sundays it is night at noon. */
static void says_what_is_night(void **state)
{
	static const struct {
		int64_t seconds; /* since 1970, UTC */
		int hour, weekday;
		bool night;
	} rows[] = {
		{1767861000, 9, 4, false}, /* 2026-01-08T08:30Z, a Thursday */
		{1767907800, 22, 4, true}, /* 21:30Z */
		{1783027800, 23, 4, true}, /* 2026-07-02T21:30Z */
		{1767852000, 7, 4, false}, /* 06:00Z */
		{1767848400, 6, 4, true},  /* 05:00Z */
		{1768042800, 12, 6, true}, /* 2026-01-10T11:00Z, a Saturday */
	};
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf b;

	(void)state;
	buf_init(&b, 4096);
	add_zone(&b, 0);
	const struct zone *z = zone_parse(arena, buf_str(&b));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct zone_clock c = zone_clock(z, rows[i].seconds * 1000);
		assert_int_equal(c.hour, rows[i].hour);
		assert_int_equal(c.weekday, rows[i].weekday);
		assert_int_equal(zone_is_night(z, rows[i].seconds * 1000), rows[i].night);
	}
	assert_int_equal(zone_clock(NULL, 1767907800000).hour, 21);
	assert_false(zone_is_night(NULL, 1767907800000));
}

/* 2026-01-08 is a Thursday, the 10th a Saturday; UTC. */
static void knows_a_night_of_ones_own(void **state)
{
	(void)state;
	static const struct {
		struct night night;
		int day, hour;
		bool is;
	} rows[] = {
		{NIGHT_USUAL, 8, 21, false},   {NIGHT_USUAL, 8, 22, true},    {NIGHT_USUAL, 8, 6, true},
		{NIGHT_USUAL, 8, 7, false},    {NIGHT_USUAL, 10, 12, true},   {{22, 7, false}, 10, 12, false},
		{{8, 16, false}, 8, 8, true},  {{8, 16, false}, 8, 15, true}, {{8, 16, false}, 8, 16, false},
		{{8, 16, false}, 8, 3, false}, {{5, 5, false}, 8, 5, false},  {{5, 5, false}, 8, 23, false},
		{{5, 5, true}, 10, 23, true},  {{0, 6, false}, 8, 0, true},   {{0, 6, false}, 8, 23, false},
	};
	const int64_t day = INT64_C(86400000), january = INT64_C(1767225600000);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t at = january + (rows[i].day - 1) * day + rows[i].hour * INT64_C(3600000);
		if (night_is(&rows[i].night, NULL, at) != rows[i].is)
			fail_msg("row %zu", i);
	}
}

static void refuses_what_is_no_zone(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	add_zone(&b, 0);
	for (size_t n = 0; n < b.n; n++) {
		AUTOFREE char *exact = mem_str(str_slice(buf_str(&b), 0, n));
		assert_null(zone_parse(arena, (struct str){exact, n}));
	}
	buf_reset(&b);
	add_zone(&b, 7);
	assert_null(zone_parse(arena, buf_str(&b)));
	buf_reset(&b);
	add_header(&b, '2', UINT32_MAX, 1, 1);
	assert_null(zone_parse(arena, buf_str(&b)));
}

/* A change of the invented zone is at 01:00Z: 02:00 to 03:00 in spring, 03:00 to 02:00 in autumn. */
static void wall_times_become_instants(void **state)
{
	(void)state;
	static const struct {
		const char *wall, *utc;
	} rows[] = {
		{"2026-03-29T01:59:59Z", "2026-03-29T00:59:59Z"}, {"2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z"},
		{"2026-03-29T02:30:00Z", "2026-03-29T01:30:00Z"}, /* leapt over: 03:30 */
		{"2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z"}, /* twice: the first */
		{"2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z"}, {"2026-07-01T00:30:00Z", "2026-06-30T22:30:00Z"},
	};
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf b;
	buf_init(&b, 4096);
	add_zone(&b, 0);
	const struct zone *z = zone_parse(arena, buf_str(&b));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(zone_instant(z, ms_at(rows[i].wall)), ms_at(rows[i].utc));
	assert_int_equal(zone_instant(NULL, ms_at("2026-03-29T02:30:00Z")), ms_at("2026-03-29T02:30:00Z"));
	assert_int_equal(zone_wall(z, ms_at("2026-07-01T22:30:00Z")), ms_at("2026-07-02T00:30:00Z"));
}

static void a_zone_can_be_made_of_its_changes(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	const struct zone_change changes[] = {{ms_at("2026-03-29T01:00:00Z"), 7200}, {ms_at("2026-10-25T01:00:00Z"), 3600}};
	const struct zone *z = zone_of_changes(arena, 3600, changes, 2);
	char out[ZONE_TIME_MAX];
	assert_string_equal(zone_format(z, ms_at("2026-07-01T22:30:00Z"), out), "2026-07-02 00:30 +0200");
	assert_int_equal(zone_instant(z, ms_at("2026-01-01T12:00:00Z")), ms_at("2026-01-01T11:00:00Z"));
	assert_int_equal(zone_instant(z, ms_at("2026-03-29T02:30:00Z")), ms_at("2026-03-29T01:30:00Z"));
	assert_null(zone_of_changes(arena, 0, changes, 1 << 20));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_local_times),
		cmocka_unit_test(wall_times_become_instants),
		cmocka_unit_test(a_zone_can_be_made_of_its_changes),
		cmocka_unit_test(says_what_is_night),
		cmocka_unit_test(knows_a_night_of_ones_own),
		cmocka_unit_test(refuses_what_is_no_zone),
	};
	return cmocka_run_group_tests_name("zone", tests, NULL, NULL);
}
