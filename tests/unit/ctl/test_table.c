#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "ctl/table.h"

static const char *const titles[] = {"A", "LONGER", "LAST", NULL};

/* What a table of one row prints where there are so many columns, 0: in a pipe; the caller frees. */
static char *print_two_rows(size_t columns, const char *a, const char *b, const char *c)
{
	struct table *t = table_new(titles);
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	table_add_c(t, a);
	table_add_c(t, b);
	table_add_c(t, c);
	table_print_within(t, columns, out);
	table_free(t);
	fclose(out);
	return text;
}

static void check_table(const char *a, const char *b, const char *c, const char *expected)
{
	char *text = print_two_rows(0, a, b, c);
	assert_string_equal(text, expected);
	free(text);
}

static void test_columns_are_as_wide_as_their_widest_cell(void **state)
{
	(void)state;
	check_table("1234", "b", "c", "A     LONGER  LAST\n1234  b       c\n");
	check_table("", "", "", "A  LONGER  LAST\n-  -       -\n");
	check_table("grün", "b", "c", "A     LONGER  LAST\ngrün  b       c\n");
	check_table("船が", "b", "c", "A     LONGER  LAST\n船が  b       c\n"); /* two columns each */
	check_table("e\xcc\x81t\xc3\xa9", "b", "c", "A    LONGER  LAST\ne\xcc\x81t\xc3\xa9  b       c\n");
}

static void test_wide_characters_are_cut_by_columns(void **state)
{
	(void)state;
	char *text = print_two_rows(30, "水水水水水水水水水水", "b", "c");
	assert_string_equal(text, "A                 LONGER  LAST\n水水水水水水水…   b       c\n");
	free(text);
}

static void test_control_characters_do_not_reach_the_terminal(void **state)
{
	(void)state;
	check_table("a\x1b[2J", "\xc2\x9b", "\x7f\n\xff", "A      LONGER  LAST\na?[2J  ?       ???\n");
}

static void test_nothing_is_cut_in_a_pipe(void **state)
{
	(void)state;
	char long_cell[6001];
	memset(long_cell, 'x', 6000);
	long_cell[6000] = '\0';

	char *text = print_two_rows(0, long_cell, "b", "c");
	assert_null(strstr(text, "…"));
	assert_non_null(strstr(text, long_cell));
	free(text);
}

static void check_within(size_t columns, const char *a, const char *b, const char *c, const char *expected)
{
	char *text = print_two_rows(columns, a, b, c);
	assert_string_equal(text, expected);
	free(text);
}

static void test_a_terminal_is_wide_enough(void **state)
{
	(void)state;
	check_within(19, "1234", "b", "c", "A     LONGER  LAST\n1234  b       c\n");
	check_within(30, "abcdefghijklmnopqrstuvwxyz", "b", "c",
	             "A                 LONGER  LAST\nabcdefghijklmno…  b       c\n");
	check_within(26, "1234", "b", "one two three four",
	             "A     LONGER  LAST\n1234  b       one two\n              three four\n");
	check_within(24, "äöüäöüäöüäöü", "b", "c", "A           LONGER  LAST\näöüäöüäöü…  b       c\n");
	check_within(22, "1234", "b", "aaaaaaaaaaaaaaaa",
	             "A     LONGER  LAST\n1234  b       aaaaaaaa\n              aaaaaaaa\n");
	check_within(5, "1234", "b", "c", "A     LONGER  LAST\n1234  b       c\n"); /* there is nothing to take */
	check_within(26, "abcdefghij", "abcdefghijkl", "one two three four five six",
	             "A         LONGER\nabcdefg…  abcdefghijkl\n\nA         LAST\nabcdefg…  one two three\n"
	             "          four five six\n");
}

static void test_ago(void **state)
{
	(void)state;
	const int64_t now = 100 * TIME_DAY;
	const struct {
		int64_t at;
		const char *text;
	} rows[] = {
		{0, "-"},
		{now, "now"},
		{now - 999, "now"},
		{now - TIME_SECOND, "1s ago"},
		{now - 59 * TIME_SECOND, "59s ago"},
		{now - 60 * TIME_MINUTE + 1, "59m ago"},
		{now - 3 * TIME_HOUR, "3h ago"},
		{now - 8 * TIME_DAY, "8d ago"},
		{now + 3 * TIME_HOUR, "in 3h"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char out[AGO_MAX];
		assert_string_equal(table_ago(rows[i].at, now, out), rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_are_as_wide_as_their_widest_cell),
		cmocka_unit_test(test_wide_characters_are_cut_by_columns),
		cmocka_unit_test(test_control_characters_do_not_reach_the_terminal),
		cmocka_unit_test(test_nothing_is_cut_in_a_pipe),
		cmocka_unit_test(test_a_terminal_is_wide_enough),
		cmocka_unit_test(test_ago),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
