/* What a failed transaction leaves of the leases: all as it was before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "store/sqlite_leases.h"

static struct sqlite_lease lease_of(const char *claim, int64_t until)
{
	struct sqlite_lease l = {.until = until};
	snprintf(l.claim, sizeof l.claim, "%s", claim);
	return l;
}

static void set(struct sqlite_leases *l, const char *receiver, const char *key, const char *claim, int64_t until)
{
	struct sqlite_lease lease = lease_of(claim, until);
	sqlite_leases_set(l, str_c(receiver), str_c(key), &lease);
}

static void is_lease(const struct sqlite_leases *l, const char *receiver, const char *key, const char *claim,
                     int64_t until)
{
	const struct sqlite_lease *got = sqlite_leases_get(l, str_c(receiver), str_c(key));
	assert_int_equal(got != NULL, claim != NULL);
	if (!got)
		return;
	assert_string_equal(got->claim, claim);
	assert_int_equal(got->until, until);
}

static size_t held_by(const struct sqlite_leases *l, const char *receiver)
{
	struct str key;
	const struct sqlite_lease *lease;
	size_t n = 0;
	for (size_t at = 0; sqlite_leases_next(l, str_c(receiver), &at, &key, &lease);)
		n++;
	return n;
}

static void what_fails_is_undone(void **state)
{
	struct sqlite_leases *l = sqlite_leases_new();
	(void)state;
	set(l, "r", "a", "c1", 10);
	set(l, "r", "b", "c2", 20);
	sqlite_leases_keep(l);
	set(l, "r", "a", "c3", 30);
	set(l, "r", "a", "c4", 40);
	set(l, "s", "new", "c5", 50);
	sqlite_leases_drop(l, str_c("r"), str_c("b"));
	is_lease(l, "r", "a", "c4", 40);
	is_lease(l, "r", "b", NULL, 0);
	sqlite_leases_undo(l);
	is_lease(l, "r", "a", "c1", 10);
	is_lease(l, "r", "b", "c2", 20);
	is_lease(l, "s", "new", NULL, 0);
	assert_int_equal(held_by(l, "r"), 2);
	assert_int_equal(held_by(l, "s"), 0);
	sqlite_leases_undo(l); /* of nothing */
	assert_int_equal(held_by(l, "r"), 2);
	sqlite_leases_free(l);
}

static void what_is_kept_is_not_undone(void **state)
{
	struct sqlite_leases *l = sqlite_leases_new();
	(void)state;
	set(l, "r", "a", "c1", 10);
	set(l, "s", "a", "c1", 10);
	set(l, "s", "b", "c1", 10);
	sqlite_leases_keep(l);
	sqlite_leases_undo(l);
	is_lease(l, "r", "a", "c1", 10);
	sqlite_leases_forget(l, str_c("a"));
	is_lease(l, "r", "a", NULL, 0);
	is_lease(l, "s", "a", NULL, 0);
	is_lease(l, "s", "b", "c1", 10);
	sqlite_leases_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fails_is_undone),
		cmocka_unit_test(what_is_kept_is_not_undone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
