#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/counts.h"

static struct count sample(const char *alertname, const char *detail)
{
	return (struct count){str_c(alertname), STR("rule"), STR("own er"), STR("P1"), STR("deduplicate"),
	                      str_c(detail),    1,           true};
}

static void the_same_combination_is_summed(void **state)
{
	(void)state;
	struct counts c = {.arena = NULL};
	counts_add(&c, sample("A", "repeat"));
	counts_add(&c, sample("A", "repeat"));
	counts_add(&c, sample("A", "flapping"));
	counts_add(&c, sample("B", "repeat"));
	assert_int_equal(c.n, 3);
	assert_int_equal(c.v[0].n, 2);
	assert_int_equal(counts_of(&c, "deduplicate"), 4);
	assert_int_equal(counts_of(&c, "page"), 0);
	counts_release(&c);
}

static void a_field_reads_back(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct count one = sample("Node \xc3\xa9 %>(", "repeat"), back;
	assert_true(count_parse(count_field(arena, &one), &back));
	assert_true(str_eq(back.alertname, one.alertname));
	assert_true(str_eq(back.owner, one.owner));
	assert_true(str_eq(back.detail, one.detail));
}

static void a_separator_in_a_name_cannot_shift_the_fields(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct count one = sample("evil\x1fname\n", "repeat"), back;
	assert_true(count_parse(count_field(arena, &one), &back));
	assert_true(str_eq_c(back.alertname, "evil name "));
	assert_true(str_eq_c(back.rule, "rule"));
}

static void a_long_field_is_cut_between_characters(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	char name[2 * COUNT_FIELD_MAX + 2];
	memset(name, 'a', sizeof name);
	memcpy(name + COUNT_FIELD_MAX - 1, "\xc3\xa9", 2);
	name[sizeof name - 1] = '\0';
	struct count one = sample(name, "repeat"), back;
	assert_true(count_parse(count_field(arena, &one), &back));
	assert_int_equal(back.alertname.n, COUNT_FIELD_MAX - 1);
	assert_true(str_is_utf8(back.alertname));
}

static void what_is_no_field_is_refused(void **state)
{
	(void)state;
	static const char *const cases[] = {"", "other",
	                                    "a\x1f"
	                                    "b",
	                                    "a\x1f"
	                                    "b\x1f"
	                                    "c\x1f"
	                                    "d\x1f"
	                                    "e\x1f"
	                                    "f\x1f"
	                                    "g"};
	struct count back;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_false(count_parse(str_c(cases[i]), &back));
}

static void a_bucket_is_within_five_percent(void **state)
{
	(void)state;
	static const int64_t spans[] = {1 * TIME_SECOND,  7 * TIME_SECOND, 59 * TIME_SECOND,
	                                15 * TIME_MINUTE, 4 * TIME_HOUR,   30 * TIME_DAY};
	for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
		double seconds = (double)spans[i] / 1000.0, read = counts_bucket_seconds(counts_bucket(spans[i]));
		assert_true(read > seconds * 0.95 && read < seconds * 1.05);
	}
	assert_int_equal(counts_bucket(0), 0);
}

static void waits_are_passed_to_the_millisecond(void **state)
{
	(void)state;
	assert_int_equal(counts_waits_passed(-1), 0);
	assert_int_equal(counts_waits_passed(TIME_MINUTE - 1), 0);
	assert_int_equal(counts_waits_passed(TIME_MINUTE), 1);
	assert_int_equal(counts_waits_passed(5 * TIME_MINUTE - 1), 2);
	assert_int_equal(counts_waits_passed(30 * TIME_DAY), COUNT_WAITS);
}

static void a_fate_reads_back(void **state)
{
	(void)state;
	static const struct count_fate fates[] = {{.plain = false},
	                                          {.plain = true, .lasted = 0},
	                                          {.plain = true, .lasted = COUNT_WAITS},
	                                          {.plain = true, .taken = true, .lasted = 3, .taken_after = COUNT_WAITS}};
	static const char *const none[] = {"", "x", "7", "1 7", "1 2 ", "12", "1-2", " 1"};
	struct count_fate back;
	char text[COUNT_FATE_SIZE];
	for (size_t i = 0; i < sizeof fates / sizeof *fates; i++) {
		assert_true(count_fate_parse(str_c(count_fate_text(&fates[i], text)), &back));
		assert_memory_equal(&back, &fates[i], sizeof back);
	}
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_false(count_fate_parse(str_c(none[i]), &back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_combination_is_summed),
		cmocka_unit_test(a_field_reads_back),
		cmocka_unit_test(a_separator_in_a_name_cannot_shift_the_fields),
		cmocka_unit_test(a_long_field_is_cut_between_characters),
		cmocka_unit_test(what_is_no_field_is_refused),
		cmocka_unit_test(a_bucket_is_within_five_percent),
		cmocka_unit_test(waits_are_passed_to_the_millisecond),
		cmocka_unit_test(a_fate_reads_back),
	};
	return cmocka_run_group_tests_name("counts", tests, NULL, NULL);
}
