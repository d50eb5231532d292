#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/form.h"

static void a_value_is_found_and_decoded(void **state)
{
	(void)state;
	static const struct {
		const char *body, *value; /* NULL: there is none */
	} rows[] = {
		{"by=ana", "ana"},
		{"x=1&by=ana&by=ben", "ana"},
		{"by=", ""},
		{"by=a+b%20c", "a b c"},
		{"by=%C3%B6%2b", "\xc3\xb6+"},
		{"by=%zz%4", "%zz%4"},
		{"by=a=b", "a=b"},
		{"", NULL},
		{"by", NULL},
		{"BY=ana&yby=ben", NULL},
		{"&&=&by=x", "x"},
		{"x=1;by=ana", NULL},
		{"by=0123456789", NULL} /* too long */,
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct str value;
		bool found = form_value(arena, str_c(rows[i].body), "by", 9, &value);
		assert_int_equal(found, rows[i].value != NULL);
		assert_true(!found || str_eq_c(value, rows[i].value));
	}
}

static void a_cookie_is_found_as_it_is_written(void **state)
{
	(void)state;
	static const struct {
		const char *header, *value;
	} rows[] = {{"name=ana%20b", "ana%20b"},
	            {"x=1; name=ana; y=2", "ana"},
	            {"xname=1; name=ben", "ben"},
	            {"name", ""},
	            {"", ""},
	            {"names=1", ""}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_true(str_eq_c(form_cookie(str_c(rows[i].header), "name"), rows[i].value));
	AUTOARENA struct arena *arena = arena_new();
	assert_true(str_eq_c(form_unescape(arena, STR("a%20b+%")), "a b+%"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_is_found_and_decoded),
		cmocka_unit_test(a_cookie_is_found_as_it_is_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
