/* Who is next in the line of passwords, and who gives way where it is full. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "io/password_line.h"

static struct password_line line;
static struct password_place places[PASSWORD_LINE_MOST + 8];

static int setup(void **state)
{
	(void)state;
	password_line_init(&line);
	memset(places, 0, sizeof places);
	return 0;
}

static struct password_place *waiting_place(int i, unsigned holder, bool known)
{
	places[i].holder = holder;
	places[i].known = known;
	return &places[i];
}

static struct password_place *fill_line(unsigned (*holder_of)(int i), bool known)
{
	for (int i = 0; i < PASSWORD_LINE_MOST; i++)
		assert_null(password_line_join(&line, waiting_place(i, holder_of(i), known)));
	return &places[PASSWORD_LINE_MOST - 1];
}

static unsigned always_one(int i)
{
	(void)i;
	return 1;
}

static unsigned one_each(int i)
{
	return (unsigned)i;
}

static unsigned three_of_them(int i)
{
	return i < 8 ? 1 : (unsigned)i % 2 + 2;
}

static void whoever_comes_first_is_next_among_equals(void **state)
{
	(void)state;
	assert_null(password_line_next(&line));
	for (int i = 0; i < 3; i++)
		assert_null(password_line_join(&line, waiting_place(i, 10 + (unsigned)i, true)));
	for (int i = 0; i < 3; i++)
		assert_ptr_equal(password_line_next(&line), &places[i]);
	assert_null(password_line_next(&line));
	assert_int_equal(line.count, 0);
}

static void who_was_served_least_goes_before_a_flood(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		assert_null(password_line_join(&line, waiting_place(i, 1, true)));
	assert_ptr_equal(password_line_next(&line), &places[0]);
	assert_null(password_line_join(&line, waiting_place(30, 2, true)));
	assert_ptr_equal(password_line_next(&line), &places[30]);
	assert_ptr_equal(password_line_next(&line), &places[1]);
}

static void a_known_name_goes_before_an_unknown_one(void **state)
{
	(void)state;
	assert_null(password_line_join(&line, waiting_place(0, 1, false)));
	assert_null(password_line_join(&line, waiting_place(1, 2, true)));
	assert_ptr_equal(password_line_next(&line), &places[1]);
	assert_ptr_equal(password_line_next(&line), &places[0]);
}

/* Unknown names wait, but not for ever: each time a known one is served, its holder falls behind. */
static void nobody_waits_for_ever(void **state)
{
	(void)state;
	struct password_place *unknown = waiting_place(0, 1, false);
	assert_null(password_line_join(&line, unknown));
	assert_null(password_line_join(&line, waiting_place(1, 2, true)));
	assert_ptr_equal(password_line_next(&line), &places[1]);
	assert_null(password_line_join(&line, waiting_place(2, 2, true)));
	assert_ptr_equal(password_line_next(&line), unknown);
}

static void what_was_served_long_ago_counts_less(void **state)
{
	(void)state;
	for (int i = 0; i < PASSWORD_SERVED_MOST; i++) {
		assert_null(password_line_join(&line, waiting_place(0, 1, true)));
		assert_ptr_equal(password_line_next(&line), &places[0]);
	}
	assert_int_equal(line.served[1], PASSWORD_SERVED_MOST / 2);
}

static void the_newest_of_whoever_holds_most_gives_way(void **state)
{
	(void)state;
	struct password_place *newest = fill_line(three_of_them, true), *comes = waiting_place(PASSWORD_LINE_MOST, 9, true);
	assert_ptr_equal(password_line_join(&line, comes), newest);
	assert_false(newest->waits);
	assert_true(comes->waits);
	assert_int_equal(line.count, PASSWORD_LINE_MOST);
	assert_ptr_equal(password_line_next(&line), &places[0]);
}

static void in_a_line_of_his_own_the_newcomer_gives_way(void **state)
{
	(void)state;
	struct password_place *more = waiting_place(PASSWORD_LINE_MOST, 1, true);
	fill_line(always_one, true);
	assert_ptr_equal(password_line_join(&line, more), more);
	assert_int_equal(line.count, PASSWORD_LINE_MOST);
}

static void unknown_names_of_many_addresses_give_way_to_a_known_one(void **state)
{
	(void)state;
	struct password_place *newest = fill_line(one_each, false), *comes = waiting_place(PASSWORD_LINE_MOST, 3000, true);
	assert_ptr_equal(password_line_join(&line, comes), newest);
	assert_ptr_equal(password_line_next(&line), comes);
}

/* The place that is left is nobody's any more, and leaving twice is nothing. */
static void who_leaves_is_not_served(void **state)
{
	(void)state;
	assert_null(password_line_join(&line, waiting_place(0, 1, true)));
	assert_null(password_line_join(&line, waiting_place(1, 1, true)));
	password_line_leave(&line, &places[0]);
	password_line_leave(&line, &places[0]);
	assert_int_equal(line.holds[1], 1);
	assert_ptr_equal(password_line_next(&line), &places[1]);
	assert_null(password_line_next(&line));
}

static void holders_are_told_apart_by_address_and_known_name(void **state)
{
	(void)state;
	struct str secret = STR("0123456789abcdef"), a = STR("a"), b = STR("b");
	unsigned ana = password_line_holder(secret, a, STR("ana"), true);

	assert_int_equal(ana, password_line_holder(secret, a, STR("ana"), true));
	assert_int_not_equal(ana, password_line_holder(secret, a, STR("bea"), true));
	assert_int_not_equal(ana, password_line_holder(secret, b, STR("ana"), true));
	assert_int_equal(password_line_holder(secret, a, STR("eve"), false),
	                 password_line_holder(secret, a, STR("zoe"), false));
	assert_int_not_equal(password_line_holder(secret, a, STR("eve"), false),
	                     password_line_holder(secret, b, STR("eve"), false));
	assert_int_not_equal(ana, password_line_holder(STR("another secret"), a, STR("ana"), true));
	assert_in_range(ana, 0, PASSWORD_HOLDERS - 1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		T(whoever_comes_first_is_next_among_equals),
		T(who_was_served_least_goes_before_a_flood),
		T(a_known_name_goes_before_an_unknown_one),
		T(nobody_waits_for_ever),
		T(what_was_served_long_ago_counts_less),
		T(the_newest_of_whoever_holds_most_gives_way),
		T(in_a_line_of_his_own_the_newcomer_gives_way),
		T(unknown_names_of_many_addresses_give_way_to_a_known_one),
		T(who_leaves_is_not_served),
		T(holders_are_told_apart_by_address_and_known_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
