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

/* From an address, with a name of its own there. */
static struct password_place *waiting_place(int i, unsigned block, unsigned name)
{
	places[i].block = block;
	places[i].name = name;
	return &places[i];
}

static struct password_place *proven_place(int i, unsigned block, unsigned name)
{
	struct password_place *p = waiting_place(i, block, name);
	p->proven = true;
	return p;
}

static struct password_place *fill_line(unsigned (*block_of)(int i), unsigned (*name_of)(int i))
{
	for (int i = 0; i < PASSWORD_LINE_MOST; i++)
		assert_null(password_line_join(&line, waiting_place(i, block_of(i), name_of(i))));
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

static void guess_wrong(int times, unsigned block, unsigned name)
{
	for (int i = 0; i < times; i++) {
		assert_null(password_line_join(&line, waiting_place(0, block, name)));
		assert_ptr_equal(password_line_next(&line), &places[0]);
	}
}

static void whoever_comes_first_is_next_among_equals(void **state)
{
	(void)state;
	assert_null(password_line_next(&line));
	for (int i = 0; i < 3; i++)
		assert_null(password_line_join(&line, waiting_place(i, 10 + (unsigned)i, 20)));
	for (int i = 0; i < 3; i++)
		assert_ptr_equal(password_line_next(&line), &places[i]);
	assert_null(password_line_next(&line));
	assert_int_equal(line.count, 0);
}

static void another_address_goes_before_a_flood(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		assert_null(password_line_join(&line, waiting_place(i, 1, 100 + (unsigned)i)));
	assert_ptr_equal(password_line_next(&line), &places[0]);
	assert_null(password_line_join(&line, waiting_place(30, 2, 200)));
	assert_ptr_equal(password_line_next(&line), &places[30]);
	assert_ptr_equal(password_line_next(&line), &places[1]);
}

static void another_name_of_the_same_address_goes_before_one_that_was_wrong(void **state)
{
	(void)state;
	guess_wrong(3, 1, 100);
	assert_null(password_line_join(&line, waiting_place(1, 1, 100)));
	assert_null(password_line_join(&line, waiting_place(2, 1, 101)));
	assert_ptr_equal(password_line_next(&line), &places[2]);
	assert_ptr_equal(password_line_next(&line), &places[1]);
}

/* A sender whose password was changed meanwhile, among many addresses of which nothing is known. */
static void an_address_that_was_right_goes_before_as_good_ones(void **state)
{
	(void)state;
	assert_null(password_line_join(&line, waiting_place(0, 1, 100)));
	assert_null(password_line_join(&line, proven_place(1, 2, 101)));
	assert_ptr_equal(password_line_next(&line), &places[1]);
	assert_ptr_equal(password_line_next(&line), &places[0]);
}

static void it_does_not_while_it_is_wrong_more_often(void **state)
{
	(void)state;
	guess_wrong(1, 2, 101);
	assert_null(password_line_join(&line, proven_place(1, 2, 102)));
	assert_null(password_line_join(&line, waiting_place(2, 1, 100)));
	assert_ptr_equal(password_line_next(&line), &places[2]);
}

static void who_was_right_is_not_counted(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		guess_wrong(1, 1, 100);
		password_line_right(&line, &places[0]);
	}
	password_line_right(&line, &places[0]); /* halved meanwhile: never below none */
	assert_int_equal(line.blocks.wrongs[1], 0);
	assert_int_equal(line.names.wrongs[100], 0);
}

static void what_was_wrong_long_ago_counts_less(void **state)
{
	(void)state;
	guess_wrong(PASSWORD_WRONGS_MOST, 1, 100);
	assert_int_equal(line.blocks.wrongs[1], PASSWORD_WRONGS_MOST / 2);
	assert_int_equal(line.names.wrongs[100], PASSWORD_WRONGS_MOST / 2);
}

static void the_newest_of_the_address_with_most_places_gives_way(void **state)
{
	(void)state;
	struct password_place *newest = fill_line(three_of_them, one_each),
						  *comes = waiting_place(PASSWORD_LINE_MOST, 9, 3000);
	assert_ptr_equal(password_line_join(&line, comes), newest);
	assert_false(newest->waits);
	assert_true(comes->waits);
	assert_int_equal(line.count, PASSWORD_LINE_MOST);
	assert_ptr_equal(password_line_next(&line), &places[0]);
}

static void of_one_address_the_name_with_most_places_gives_way(void **state)
{
	(void)state;
	struct password_place *newest = fill_line(always_one, three_of_them),
						  *comes = waiting_place(PASSWORD_LINE_MOST, 1, 3000);
	assert_ptr_equal(password_line_join(&line, comes), newest);
	assert_true(comes->waits);
}

static void where_all_hold_the_same_the_newcomer_gives_way(void **state)
{
	(void)state;
	struct password_place *more = waiting_place(PASSWORD_LINE_MOST, 1, 1);
	fill_line(always_one, always_one);
	assert_ptr_equal(password_line_join(&line, more), more);
	assert_int_equal(line.count, PASSWORD_LINE_MOST);
}

static void of_many_addresses_one_that_was_right_is_not_the_one(void **state)
{
	(void)state;
	struct password_place *newest = fill_line(one_each, one_each),
						  *comes = proven_place(PASSWORD_LINE_MOST, 3000, 3000);
	assert_ptr_equal(password_line_join(&line, comes), newest);
	assert_ptr_equal(password_line_next(&line), comes);
}

/* The place that is left is nobody's any more, and leaving twice is nothing. */
static void who_leaves_is_not_served(void **state)
{
	(void)state;
	assert_null(password_line_join(&line, waiting_place(0, 1, 100)));
	assert_null(password_line_join(&line, waiting_place(1, 1, 100)));
	password_line_leave(&line, &places[0]);
	password_line_leave(&line, &places[0]);
	assert_int_equal(line.blocks.holds[1], 1);
	assert_int_equal(line.names.holds[100], 1);
	assert_ptr_equal(password_line_next(&line), &places[1]);
	assert_null(password_line_next(&line));
}

static void holders_are_told_apart_by_address_and_name(void **state)
{
	(void)state;
	struct str secret = STR("0123456789abcdef"), a = STR("a"), b = STR("b");
	unsigned ana = password_line_holder(secret, a, STR("ana"));

	assert_int_equal(ana, password_line_holder(secret, a, STR("ana")));
	assert_int_not_equal(ana, password_line_holder(secret, a, STR("bea")));
	assert_int_not_equal(ana, password_line_holder(secret, b, STR("ana")));
	assert_int_not_equal(ana, password_line_holder(secret, a, STR("")));
	assert_int_not_equal(ana, password_line_holder(STR("another secret"), a, STR("ana")));
	assert_in_range(ana, 0, PASSWORD_HOLDERS - 1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		T(whoever_comes_first_is_next_among_equals),
		T(another_address_goes_before_a_flood),
		T(another_name_of_the_same_address_goes_before_one_that_was_wrong),
		T(an_address_that_was_right_goes_before_as_good_ones),
		T(it_does_not_while_it_is_wrong_more_often),
		T(who_was_right_is_not_counted),
		T(what_was_wrong_long_ago_counts_less),
		T(the_newest_of_the_address_with_most_places_gives_way),
		T(of_one_address_the_name_with_most_places_gives_way),
		T(where_all_hold_the_same_the_newcomer_gives_way),
		T(of_many_addresses_one_that_was_right_is_not_the_one),
		T(who_leaves_is_not_served),
		T(holders_are_told_apart_by_address_and_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
