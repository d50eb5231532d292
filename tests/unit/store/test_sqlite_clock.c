#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "store/sqlite_clock.h"

#define NOON INT64_C(1800000000000)

/* A machine: a wall clock that somebody sets, and a monotonic one that nobody can. */
struct machine {
	struct sqlite_clock clock;
	int64_t wall, mono, last;
};

static struct machine machine_at(int64_t wall, int64_t newest)
{
	struct machine m = {.wall = wall, .mono = 7777};
	sqlite_clock_start(&m.clock, newest, m.wall, m.mono);
	m.last = sqlite_clock_read(&m.clock, m.wall, m.mono);
	return m;
}

/* Time passes, the clock is read every `step` ms; it never goes back, and goes on between 0.95 and 1.05 as fast. */
static int64_t pass_machine(struct machine *m, int64_t ms, int64_t step)
{
	int64_t began = m->last, left = ms;
	while (left) {
		int64_t now = step < left ? step : left;
		m->wall += now;
		m->mono += now;
		left -= now;
		int64_t said = sqlite_clock_read(&m->clock, m->wall, m->mono);
		assert_true(said >= m->last);
		m->last = said;
	}
	assert_in_range(m->last - began, ms - ms / 20 - 1, ms + ms / 20 + 1);
	return m->last;
}

static void it_is_the_wall_clock_where_nobody_sets_it(void **state)
{
	(void)state;
	static const int64_t steps[] = {1, 7, 19, 20, 250, TIME_SECOND, TIME_HOUR};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct machine m = machine_at(NOON, 0);
		assert_int_equal(m.last, NOON);
		assert_int_equal(pass_machine(&m, 2 * TIME_HOUR, steps[i]), NOON + 2 * TIME_HOUR);
	}
}

static void set_back_an_hour_it_goes_on_and_waits_for_the_wall_clock(void **state)
{
	(void)state;
	static const int64_t steps[] = {1, 19, 333, TIME_SECOND};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct machine m = machine_at(NOON, 0);
		m.wall -= TIME_HOUR;
		assert_int_equal(pass_machine(&m, TIME_HOUR, steps[i]), NOON + 57 * TIME_MINUTE);
		pass_machine(&m, 19 * TIME_HOUR - 1000, steps[i]);
		assert_true(m.last > m.wall);
		pass_machine(&m, TIME_MINUTE, steps[i]);
		assert_int_equal(m.last, m.wall);
	}
}

static void set_forward_an_hour_it_leaps_over_nothing(void **state)
{
	(void)state;
	struct machine m = machine_at(NOON, 0);
	m.wall += TIME_HOUR;
	assert_in_range(pass_machine(&m, 2 * TIME_MINUTE, 20), NOON, NOON + 2 * TIME_MINUTE + 6 * TIME_SECOND);
	pass_machine(&m, 20 * TIME_HOUR, TIME_SECOND);
	assert_int_equal(m.last, m.wall);
}

static void set_to_and_fro_it_stays_even(void **state)
{
	(void)state;
	struct machine m = machine_at(NOON, 0);
	for (int i = 0; i < 500; i++) {
		m.wall += i % 3 ? 17 * TIME_MINUTE : -34 * TIME_MINUTE;
		pass_machine(&m, 1 + i * 37 % 5000, 1 + i % 40);
	}
}

/* What was not used to catch up in a quiet hour is not there to leap with afterwards. */
static void quiet_hours_save_nothing_up(void **state)
{
	(void)state;
	struct machine m = machine_at(NOON, 0);
	pass_machine(&m, TIME_DAY, 7);
	int64_t before = m.last;
	m.wall += TIME_HOUR;
	assert_in_range(pass_machine(&m, TIME_SECOND, 7) - before, 1000, 1051);
}

static void a_file_knows_what_time_it_was(void **state)
{
	(void)state;
	struct machine m = machine_at(NOON, NOON + TIME_HOUR);
	assert_int_equal(m.last, NOON + TIME_HOUR);
	pass_machine(&m, TIME_MINUTE, 100);
	m = machine_at(NOON, NOON - TIME_HOUR);
	assert_int_equal(m.last, NOON);
}

static void a_thread_that_slept_has_slept(void **state)
{
	(void)state;
	struct machine m = machine_at(NOON, 0);
	m.wall -= TIME_DAY;
	pass_machine(&m, 3 * TIME_HOUR, 3 * TIME_HOUR);
}

static bool may_leap(const struct machine *m)
{
	return sqlite_clock_may_leap(&m->clock, m->wall, m->mono);
}

static void it_may_leap_forward_when_the_wall_clock_has_been_steady(void **state)
{
	(void)state;
	struct machine m = machine_at(NOON, 0);
	pass_machine(&m, TIME_HOUR, TIME_SECOND);
	assert_false(may_leap(&m)); /* where to? */
	m.wall += TIME_HOUR;
	pass_machine(&m, 59 * TIME_SECOND, TIME_SECOND);
	assert_false(may_leap(&m));
	pass_machine(&m, 2 * TIME_SECOND, TIME_SECOND);
	assert_true(may_leap(&m));
	sqlite_clock_leap(&m.clock, m.wall);
	m.last = sqlite_clock_read(&m.clock, m.wall, m.mono);
	assert_int_equal(m.last, m.wall);
	m.wall -= TIME_HOUR; /* never back */
	pass_machine(&m, TIME_HOUR, TIME_SECOND);
	assert_false(may_leap(&m));
	sqlite_clock_leap(&m.clock, m.wall);
	pass_machine(&m, TIME_SECOND, 10);
}

static void a_leap_of_years_is_believed_only_from_the_past_before_us(void **state)
{
	(void)state;
	struct machine m = machine_at(NOON, 0);
	m.wall += 365 * TIME_DAY;
	pass_machine(&m, TIME_HOUR, TIME_SECOND);
	assert_false(may_leap(&m));
	m = machine_at(TIME_HOUR, 0);
	m.wall = NOON;
	pass_machine(&m, TIME_HOUR, TIME_SECOND);
	assert_true(may_leap(&m));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_wall_clock_where_nobody_sets_it),
		cmocka_unit_test(set_back_an_hour_it_goes_on_and_waits_for_the_wall_clock),
		cmocka_unit_test(set_forward_an_hour_it_leaps_over_nothing),
		cmocka_unit_test(set_to_and_fro_it_stays_even),
		cmocka_unit_test(quiet_hours_save_nothing_up),
		cmocka_unit_test(a_file_knows_what_time_it_was),
		cmocka_unit_test(a_thread_that_slept_has_slept),
		cmocka_unit_test(it_may_leap_forward_when_the_wall_clock_has_been_steady),
		cmocka_unit_test(a_leap_of_years_is_believed_only_from_the_past_before_us),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
