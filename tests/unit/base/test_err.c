/* Errors for people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"

static void says_where(void **state)
{
	(void)state;
	static const struct {
		struct pos at;
		const char *line;
	} rows[] = {
		{{"a.yml", 3, 7}, "a.yml:3:7: error: bad x"},
		{{"a.yml", 3, 0}, "a.yml:3: error: bad x"},
		{{"a.yml", 0, 0}, "a.yml: error: bad x"},
		{{"a.yml", 0, 7}, "a.yml: error: bad x"},
		{{NULL, 3, 7}, "error: bad x"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOERR struct err e = ERR_INIT;
		assert_false(err_any(&e));
		assert_string_equal(err_first(&e), "");
		err_at(&e, rows[i].at, "bad %s", "x");
		assert_true(err_any(&e));
		assert_string_equal(err_first(&e), rows[i].line);
	}
}

static void one_message_is_one_line(void **state)
{
	(void)state;
	AUTOERR struct err e = ERR_INIT;
	err_add(&e, "a\nb\tc\r\x1b[31m \x7f ü");
	assert_string_equal(err_first(&e), "a b c ?[31m ? ü");
}

static void a_long_message_is_cut(void **state)
{
	(void)state;
	AUTOERR struct err e = ERR_INIT;
	err_add(&e, "%0100000d", 1);
	assert_int_equal(strlen(err_first(&e)), 4096);
	err_add(&e, "%04095dä%09d", 1, 2);
	assert_int_equal(strlen(e.lines[1]), 4095);
}

static void prints_all(void **state)
{
	(void)state;
	AUTOERR struct err e = ERR_INIT;
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	err_print(&e, &b);
	assert_string_equal(buf_str(&b).p, "");
	err_add(&e, "one");
	err_add(&e, "two");
	err_print(&e, &b);
	assert_string_equal(buf_str(&b).p, "one\ntwo");
}

static void counts_what_it_leaves_out(void **state)
{
	(void)state;
	AUTOERR struct err e = ERR_INIT;
	for (int i = 0; i < ERR_LINES_MAX; i++)
		err_add(&e, "%d", i);
	assert_int_equal(e.count, ERR_LINES_MAX);
	assert_string_equal(e.lines[ERR_LINES_MAX - 1], "199");
	err_add(&e, "x");
	assert_int_equal(e.count, ERR_LINES_MAX + 1);
	assert_string_equal(e.lines[ERR_LINES_MAX], "… and 1 more");
	for (int i = 0; i < 41; i++)
		err_add(&e, "x");
	assert_int_equal(e.count, ERR_LINES_MAX + 1);
	assert_string_equal(e.lines[ERR_LINES_MAX], "… and 42 more");
}

static void moves(void **state)
{
	(void)state;
	AUTOERR struct err to = ERR_INIT, from = ERR_INIT, none = ERR_INIT;
	err_add(&to, "a");
	err_add(&from, "b");
	err_move(&to, &from);
	err_move(&to, &none);
	assert_false(err_any(&from));
	assert_int_equal(to.count, 2);
	assert_string_equal(to.lines[1], "b");
	for (int i = 0; i < ERR_LINES_MAX + 10; i++)
		err_add(&from, "%d", i);
	err_move(&to, &from);
	assert_int_equal(to.count, ERR_LINES_MAX + 1);
	assert_string_equal(to.lines[ERR_LINES_MAX], "… and 12 more");
	assert_false(err_any(&from));
	err_move(&from, &to);
	assert_string_equal(from.lines[ERR_LINES_MAX], "… and 12 more");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_where),
		cmocka_unit_test(one_message_is_one_line),
		cmocka_unit_test(a_long_message_is_cut),
		cmocka_unit_test(prints_all),
		cmocka_unit_test(counts_what_it_leaves_out),
		cmocka_unit_test(moves),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
