#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "service/rate.h"

static void test_takes_and_refills(void **state)
{
	static const struct {
		int64_t at;
		int want, taken;
		int64_t wait; /* afterwards */
	} rows[] = {
		{0, 3, 3, 0},     {0, 30, 17, 500},  {0, 1, 0, 500},       {499, 1, 0, 1},
		{500, 5, 1, 500}, {2000, 5, 3, 500}, {60000, 50, 20, 500},
	};
	struct rate r;

	(void)state;
	rate_init(&r, 2, 20, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(rate_take(&r, rows[i].want, rows[i].at), rows[i].taken);
		assert_int_equal(rate_wait(&r, rows[i].at), rows[i].wait);
	}
}

static void test_gives_back(void **state)
{
	struct rate r;

	(void)state;
	rate_init(&r, 1, 5, 0);
	assert_int_equal(rate_take(&r, 5, 0), 5);
	rate_give(&r, 2);
	assert_int_equal(rate_take(&r, 5, 0), 2);
	rate_give(&r, 100);
	assert_int_equal(rate_take(&r, 100, 0), 5);
}

static void test_unlimited(void **state)
{
	struct rate r;

	(void)state;
	rate_init(&r, 0, 0, 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(rate_take(&r, 64, 0), 64);
	assert_int_equal(rate_wait(&r, 0), 0);
}

/* A burst that is not set still lets one through. */
static void test_least_burst(void **state)
{
	struct rate r;

	(void)state;
	rate_init(&r, 10, 0, 0);
	assert_int_equal(rate_take(&r, 9, 0), 1);
	assert_int_equal(rate_wait(&r, 0), 100);
}

/* A reload is no way around the limit. */
static void test_configured_anew(void **state)
{
	struct rate r;

	(void)state;
	rate_init(&r, 2, 20, 0);
	assert_int_equal(rate_take(&r, 15, 0), 15);
	rate_configure(&r, 2, 30, 0);
	assert_int_equal(rate_take(&r, 30, 0), 15);
	rate_configure(&r, 2, 10, 0);
	assert_int_equal(rate_take(&r, 30, 0), 0);
	rate_configure(&r, 0, 0, 0);
	rate_configure(&r, 2, 10, 0);
	assert_int_equal(rate_take(&r, 30, 0), 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes_and_refills), cmocka_unit_test(test_gives_back),
		cmocka_unit_test(test_unlimited),         cmocka_unit_test(test_least_burst),
		cmocka_unit_test(test_configured_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
