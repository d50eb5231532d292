#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/time.h"
#include "replay/why.h"

static char *folder;

static char *path_in_folder(const char *name)
{
	return mem_printf("%s/%s", folder, name);
}

static int why_setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	folder = mem_printf("%s/why-XXXXXX", tmp ? tmp : P_tmpdir);
	return mkdtemp(folder) ? 0 : -1;
}

static int why_teardown(void **state)
{
	static const char *const names[] = {"2026-10-01.jsonl", "2026-10-02.jsonl", "b.jsonl", "a.jsonl"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		AUTOFREE char *path = path_in_folder(names[i]);
		unlink(path);
	}
	rmdir(folder);
	free(folder);
	return 0;
}

static void append_why_file(const char *name, const char *text)
{
	AUTOFREE char *path = path_in_folder(name);
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static const char decided[] =
	"{\"event\":\"decided\",\"fingerprint\":\"f\",\"key\":\"k1\",\"verdict\":\"page\",\"reason\":\"new\",\"at\":\"2026-"
	"10-"
	"02T10:00:00Z\",\"source\":\"eu\",\"labels\":{\"alertname\":\"Down\",\"host\":\"db1\"}}\n";
static const char told[] = "{\"event\":\"told\",\"at\":\"2026-10-02T10:00:01Z\",\"key\":\"k1\",\"receiver\":\"oncall\","
						   "\"message\":\"trigger\"}\n";
static const char other[] = "{\"event\":\"decided\",\"fingerprint\":\"g\",\"key\":\"k2\",\"verdict\":\"page\","
							"\"reason\":\"new\",\"at\":\"2026-10-"
							"02T11:00:00Z\",\"source\":\"us\",\"labels\":{\"alertname\":\"Other\"}}\n";

/* The answer for alertname=`name` since `from`; keys known from elsewhere: `key`, NULL: none. */
static json_t *ask_why(const char *name, const char *from, const char *key)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf out;
	struct matcher *matchers = NULL;
	size_t count = 0;
	int64_t since;
	struct str pattern = str_c(folder);
	const struct strs patterns = {&pattern, 1};

	buf_init(&out, SIZE_MAX);
	assert_true(time_parse(str_c(from), &since));
	assert_true(matchers_parse(arena, str_c(arena_printf(arena, "alertname=\"%s\"", name)), (struct pos){"t", 0, 0},
	                           &matchers, &count, &err));
	struct why *w = why_new(matchers, count, since);
	if (key)
		why_add_key(w, str_c(key));
	assert_true(why_read(w, &patterns, &err));
	why_write(w, &out);
	why_free(w);
	matcher_release(&matchers[0]);
	free(matchers);
	json_t *answer = json_loadb(out.p, out.n, 0, NULL);
	assert_non_null(answer);
	return answer;
}

static size_t events(const json_t *answer)
{
	return json_array_size(json_object_get(answer, "events"));
}

static void test_what_one_router_told_may_stand_before_what_another_decided(void **state)
{
	(void)state;
	append_why_file("a.jsonl", told); /* read first */
	append_why_file("b.jsonl", decided);
	append_why_file("b.jsonl", other);
	json_t *answer = ask_why("Down", "2026-10-02T00:00:00Z", NULL);
	assert_int_equal(events(answer), 2);
	const json_t *first = json_array_get(json_object_get(answer, "events"), 0);
	assert_string_equal(json_string_value(json_object_get(first, "event")), "decided");
	assert_int_equal(json_integer_value(json_object_get(answer, "received")), 1);
	assert_string_equal(json_string_value(json_array_get(json_object_get(answer, "keys"), 0)), "k1");
	json_decref(answer);
}

static void test_sources_are_named_where_nothing_matches(void **state)
{
	(void)state;
	append_why_file("b.jsonl", decided);
	append_why_file("b.jsonl", other);
	append_why_file("b.jsonl", "{\"event\":\"decided\",\"at\":\"no time\"}\nnonsense\n{\"event\":\"dec");
	json_t *answer = ask_why("Nowhere", "2026-10-02T00:00:00Z", NULL);
	const json_t *last = json_object_get(answer, "last_by_source");
	assert_int_equal(events(answer), 0);
	assert_int_equal(json_object_size(last), 2);
	assert_string_equal(json_string_value(json_object_get(last, "us")), "2026-10-02T11:00:00Z");
	json_decref(answer);
	answer = ask_why("Nowhere", "2026-10-02T00:00:00Z", "k1");
	assert_int_equal(events(answer), 0); /* nothing but decisions is there of it */
	append_why_file("a.jsonl", told);
	json_decref(answer);
	answer = ask_why("Nowhere", "2026-10-02T00:00:00Z", "k1");
	assert_int_equal(events(answer), 1);
	json_decref(answer);
}

/* A gap of the time that is asked about: nobody knows what it would have told. */
static void test_lost_lines_are_counted(void **state)
{
	(void)state;
	append_why_file("a.jsonl", decided);
	append_why_file("a.jsonl", "{\"event\":\"lost\",\"at\":\"2026-10-01T10:00:00Z\",\"lines\":5}\n");
	append_why_file("a.jsonl", "{\"event\":\"lost\",\"at\":\"2026-10-02T10:00:00Z\",\"lines\":10}\n");
	append_why_file("b.jsonl", "{\"event\":\"lost\",\"at\":\"2026-10-02T11:00:00Z\",\"lines\":3}\n");
	json_t *answer = ask_why("Gone", "2026-10-02T00:00:00Z", NULL);
	assert_int_equal(json_integer_value(json_object_get(answer, "lost")), 13);
	assert_int_equal(events(answer), 0);
	json_decref(answer);
}

static void test_days_that_are_over_are_not_read(void **state)
{
	(void)state;
	append_why_file("2026-10-01.jsonl", decided); /* its time says otherwise: proof that it was not opened */
	append_why_file("2026-10-02.jsonl", other);
	json_t *answer = ask_why("Down", "2026-10-02T00:00:00Z", NULL);
	assert_int_equal(json_integer_value(json_object_get(answer, "received")), 0);
	json_decref(answer);
	answer = ask_why("Down", "2026-10-01T23:59:59Z", NULL);
	assert_int_equal(json_integer_value(json_object_get(answer, "received")), 1);
	json_decref(answer);
}

static void test_of_too_many_events_the_latest_stay(void **state)
{
	(void)state;
	for (int i = 0; i < WHY_EVENTS_MAX + 5; i++)
		append_why_file("b.jsonl", decided);
	json_t *answer = ask_why("Down", "2026-10-02T00:00:00Z", NULL);
	assert_int_equal(events(answer), WHY_EVENTS_MAX);
	assert_int_equal(json_integer_value(json_object_get(answer, "left_out")), 5);
	assert_int_equal(json_integer_value(json_object_get(answer, "received")), WHY_EVENTS_MAX + 5);
	json_decref(answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_one_router_told_may_stand_before_what_another_decided, why_setup,
	                                    why_teardown),
		cmocka_unit_test_setup_teardown(test_sources_are_named_where_nothing_matches, why_setup, why_teardown),
		cmocka_unit_test_setup_teardown(test_lost_lines_are_counted, why_setup, why_teardown),
		cmocka_unit_test_setup_teardown(test_days_that_are_over_are_not_read, why_setup, why_teardown),
		cmocka_unit_test_setup_teardown(test_of_too_many_events_the_latest_stay, why_setup, why_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
