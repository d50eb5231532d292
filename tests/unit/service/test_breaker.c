#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "service/breaker.h"

static void fail_times(struct breaker *b, int n, int64_t now)
{
	for (int i = 0; i < n; i++)
		breaker_result(b, true, now);
}

static void test_opens_after_failures_in_a_row(void **state)
{
	struct breaker b = {.state = BREAKER_CLOSED};

	(void)state;
	fail_times(&b, BREAKER_FAILURES - 1, 0);
	assert_int_equal(breaker_room(&b, 64, 3, 0), 64);
	breaker_result(&b, false, 0);
	fail_times(&b, BREAKER_FAILURES - 1, 0);
	assert_int_equal(b.state, BREAKER_CLOSED);
	fail_times(&b, 1, 0);
	assert_int_equal(b.state, BREAKER_OPEN);
	assert_int_equal(breaker_room(&b, 64, 0, 0), 0);
	assert_int_equal(breaker_wait(&b, 0), BREAKER_PAUSE_LEAST_MS);
}

static void test_one_probe_at_a_time(void **state)
{
	struct breaker b = {.state = BREAKER_CLOSED};

	(void)state;
	fail_times(&b, BREAKER_FAILURES, 0);
	assert_int_equal(breaker_room(&b, 64, 0, BREAKER_PAUSE_LEAST_MS - 1), 0);
	assert_int_equal(breaker_room(&b, 64, 0, BREAKER_PAUSE_LEAST_MS), 1);
	assert_int_equal(b.state, BREAKER_HALF_OPEN);
	assert_int_equal(breaker_room(&b, 64, 1, BREAKER_PAUSE_LEAST_MS), 0);
	assert_int_equal(breaker_room(&b, 0, 0, BREAKER_PAUSE_LEAST_MS), 0);
	breaker_result(&b, false, BREAKER_PAUSE_LEAST_MS);
	assert_int_equal(breaker_room(&b, 64, 1, BREAKER_PAUSE_LEAST_MS), 64);
}

static void test_pauses_grow_and_start_anew(void **state)
{
	static const int64_t pauses[] = {1000, 2000, 4000, 8000, 16000, 30000, 30000};
	struct breaker b = {.state = BREAKER_CLOSED};
	int64_t now = 7;

	(void)state;
	fail_times(&b, BREAKER_FAILURES - 1, now);
	for (size_t i = 0; i < sizeof pauses / sizeof *pauses; i++) {
		breaker_result(&b, true, now);
		assert_int_equal(breaker_wait(&b, now), pauses[i]);
		now += pauses[i];
		assert_int_equal(breaker_room(&b, 1, 0, now), 1);
	}
	breaker_result(&b, false, now);
	fail_times(&b, BREAKER_FAILURES, now);
	assert_int_equal(breaker_wait(&b, now), BREAKER_PAUSE_LEAST_MS);
}

/* What was still under way when it opened does not make the pause longer; its success closes it. */
static void test_late_results(void **state)
{
	struct breaker b = {.state = BREAKER_CLOSED};

	(void)state;
	fail_times(&b, BREAKER_FAILURES + 20, 0);
	assert_int_equal(breaker_wait(&b, 0), BREAKER_PAUSE_LEAST_MS);
	breaker_result(&b, false, 10);
	assert_int_equal(b.state, BREAKER_CLOSED);
	assert_string_equal(breaker_state_name(BREAKER_HALF_OPEN), "half-open");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opens_after_failures_in_a_row),
		cmocka_unit_test(test_one_probe_at_a_time),
		cmocka_unit_test(test_pauses_grow_and_start_anew),
		cmocka_unit_test(test_late_results),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
