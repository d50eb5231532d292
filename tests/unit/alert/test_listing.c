/*
 * Alertmanager's list of alerts: who is who behind what the source does to labels, and what is no list.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "alert/listing.h"

static const char two[] =
	"[{\"annotations\":{\"a\":[{}]},\"endsAt\":\"2026-01-01T00:00:00Z\",\"fingerprint\":\"ff\",\"receivers\":[{"
	"\"name\":\"r\"}],"
	"\"status\":{\"inhibitedBy\":[],\"mutedBy\":[],\"silencedBy\":[\"6b1c\",\"77\"],\"state\":\"suppressed\"},"
	"\"labels\":{\"alertname\":\"Silo\",\"job\":\"a\\u00e9\"}},"
	"{\"labels\":{\"job\":\"b\",\"alertname\":\"Silo\"},\"status\":{\"state\":\"active\",\"silencedBy\":[]},\"other\":"
	"null}]";

static bool is_listed_as(const struct alert_listed *listed, const char *names[][2], size_t n)
{
	struct label v[4];
	char fingerprint[ALERT_FINGERPRINT_MAX];
	struct labels labels = {v, n};
	for (size_t i = 0; i < n; i++)
		v[i] = (struct label){str_c(names[i][0]), str_c(names[i][1])};
	labels_sort(&labels);
	return str_eq_c(str_c(listed->fingerprint), labels_fingerprint(&labels, fingerprint));
}

static void reads_who_is_suppressed_and_by_what(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct alert_list list;
	const char *a[][2] = {{"alertname", "Silo"}, {"job", "a\xc3\xa9"}}, *b[][2] = {{"alertname", "Silo"}, {"job", "b"}};
	assert_true(listing_read(arena, str_c(two), NULL, &list, &err));
	assert_int_equal(list.n, 2);
	assert_true(is_listed_as(&list.v[0], a, 2) && list.v[0].suppressed && str_eq_c(list.v[0].by, "silence 6b1c"));
	assert_true(is_listed_as(&list.v[1], b, 2) && !list.v[1].suppressed && !list.v[1].by.n);
	assert_true(listing_read(arena, STR("[]"), NULL, &list, &err));
	assert_int_equal(list.n, 0);
}

static void they_are_called_as_their_source_calls_them(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct alert_list list;
	struct label add[] = {{STR("cluster"), STR("eu1")}};
	struct label_rename rename[] = {{STR("job"), STR("service")}};
	const struct source_labels source = {.add = {add, 1}, .rename = rename, .rename_count = 1};
	const char *b[][2] = {{"alertname", "Silo"}, {"service", "b"}, {"cluster", "eu1"}};
	assert_true(listing_read(arena, str_c(two), &source, &list, &err));
	assert_true(is_listed_as(&list.v[1], b, 3));
}

static void what_is_no_list_is_none(void **state)
{
	static const char *const bad[] = {"",       "{}",
	                                  "<html>", "[",
	                                  "[{",     "[{\"labels\":{\"a\"",
	                                  "[{}] x", "[1]",
	                                  "null",   "[{\"status\":{\"silencedBy\":[\"a\"",
	                                  "[{}"};
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct alert_list list;
		if (listing_read(arena, str_c(bad[i]), NULL, &list, &err) || !err_any(&err))
			fail_msg("taken: %s", bad[i]);
	}
}

static void any_beginning_is_read_within_its_bounds(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof two - 1; n++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct alert_list list;
		AUTOFREE char *cut = mem_str((struct str){two, n});
		assert_false(listing_read(arena, (struct str){cut, n}, NULL, &list, &err));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_who_is_suppressed_and_by_what),
		cmocka_unit_test(they_are_called_as_their_source_calls_them),
		cmocka_unit_test(what_is_no_list_is_none),
		cmocka_unit_test(any_beginning_is_read_within_its_bounds),
	};
	return cmocka_run_group_tests_name("listing", tests, NULL, NULL);
}
