/* A group's id is row_group()'s, whether the group came before or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "incident/row.h"
#include "service/group_names.h"

static void expect_id(struct group_names *g, const char *source, const char *receiver, const char *key)
{
	char expected[MEMBER_GROUP_SIZE], got[MEMBER_GROUP_SIZE];

	row_group(str_c(source), str_c(receiver), str_c(key), expected);
	assert_string_equal(group_names_id(g, str_c(source), str_c(receiver), str_c(key), got), expected);
	assert_string_equal(group_names_id(g, str_c(source), str_c(receiver), str_c(key), got), expected);
}

static void test_many_share_few_places(void **state)
{
	struct group_names *g = group_names_new();
	char key[64];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 4 * GROUP_NAMES_KEPT; i++) {
			snprintf(key, sizeof key, "{}:{alertname=\"Leak%d\"}", i);
			expect_id(g, i % 2 ? "north" : "south", "runbookd", key);
		}
	}
	group_names_free(g);
}

/* The same bytes in a row, parted elsewhere: they are found in the same place. */
static void test_where_the_parts_end_matters(void **state)
{
	struct group_names *g = group_names_new();
	char one[MEMBER_GROUP_SIZE], other[MEMBER_GROUP_SIZE];

	(void)state;
	expect_id(g, "ab", "c", "d");
	expect_id(g, "a", "bc", "d");
	expect_id(g, "a", "b", "cd");
	expect_id(g, "", "", "abcd");
	expect_id(g, "", "", "");
	group_names_id(g, STR("ab"), STR("c"), STR("d"), one);
	group_names_id(g, STR("a"), STR("bc"), STR("d"), other);
	assert_string_not_equal(one, other);
	group_names_free(g);
}

static void test_a_long_one_is_named_and_not_kept(void **state)
{
	struct group_names *g = group_names_new();
	static char key[3 * GROUP_NAME_MAX];

	(void)state;
	for (size_t n = GROUP_NAME_MAX - 20; n < sizeof key; n += GROUP_NAME_MAX / 2) {
		memset(key, 'k', n);
		expect_id(g, "north", "runbookd", key);
	}
	group_names_free(g);
	group_names_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_share_few_places),
		cmocka_unit_test(test_where_the_parts_end_matters),
		cmocka_unit_test(test_a_long_one_is_named_and_not_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
