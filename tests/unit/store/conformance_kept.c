/* Small values that routers share. */
#include "conformance.h"

static void keeps(struct conformance *t, const char *name, const char *value, bool replace, const char *expected)
{
	const struct store_kept *got = keep_value(t, &(struct store_keep){str_c(name), str_c(value), replace});
	assert_int_equal(got->result, STORE_OK);
	assert_true(got->now > 0);
	assert_str(got->value, expected);
}

static void whoever_comes_first_decides(struct conformance *t)
{
	keeps(t, "secret", "one", false, "one");
	keeps(t, "secret", "two", false, "one");
	keeps(t, "another", "three", false, "three");
	keeps(t, "secret", "four", false, "one");
}

static void a_value_is_replaced_on_purpose_only(struct conformance *t)
{
	keeps(t, "secret", "one", true, "one");
	keeps(t, "secret", "two", true, "two");
	keeps(t, "secret", "three", false, "two");
}

static void what_is_kept_is_in_no_list_and_outlives_a_sweep(struct conformance *t)
{
	bool more = false;
	keeps(t, "secret", "one", false, "one");
	for (enum store_list which = STORE_LIST_OPEN; which <= STORE_LIST_DEAD; which++)
		assert_int_equal(list(t, which, (struct str){NULL, 0}, 10)->count, 0);
	assert_int_equal(sweep(t, 1, &more), STORE_OK);
	keeps(t, "secret", "two", false, "one");
}

const struct conformance_case conformance_kept[] = {
	{"whoever comes first decides what is kept", whoever_comes_first_decides},
	{"a kept value is replaced on purpose only", a_value_is_replaced_on_purpose_only},
	{"what is kept is in no list and outlives a sweep", what_is_kept_is_in_no_list_and_outlives_a_sweep},
	{NULL, NULL},
};
