#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/base64.h"

/* The vectors of RFC 4648, section 10. */
static void encodes(void **state)
{
	(void)state;
	static const struct {
		const char *plain, *encoded;
	} rows[] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOBUF struct buf b;
		buf_init(&b, SIZE_MAX);
		base64_add(&b, str_c(rows[i].plain), 0);
		assert_true(str_eq_c(buf_str(&b), rows[i].encoded));
	}
}

static void breaks_lines(void **state)
{
	(void)state;
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	base64_add(&b, STR("foobar\xff"), 4);
	assert_string_equal(b.p, "Zm9v\r\nYmFy\r\n/w==\r\n");
	buf_reset(&b);
	base64_add(&b, STR("foobar"), 8);
	assert_string_equal(b.p, "Zm9vYmFy\r\n");
}

static void decodes_what_is_whole(void **state)
{
	(void)state;
	static const struct {
		const char *text, *plain; /* NULL: refused */
	} rows[] = {
		{"", ""},           {"Zg==", "f"},  {"Zm8=", "fo"},  {"Zm9v", "foo"}, {"Zm9vYmFy", "foobar"},
		{"/+==", NULL},     {"Zm9", NULL},  {"Zm9=v", NULL}, {"Z===", NULL},  {"====", NULL},
		{"Zg==Zg==", NULL}, {"Zh==", NULL}, {"Zm9 ", NULL},  {"Zm-_", NULL},  {"Zm9v\n", NULL},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOBUF struct buf b;
		buf_init(&b, SIZE_MAX);
		assert_int_equal(base64_decode(&b, str_c(rows[i].text)), rows[i].plain != NULL);
		assert_true(str_eq_c(buf_str(&b), rows[i].plain ? rows[i].plain : ""));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(encodes), cmocka_unit_test(breaks_lines),
	                                   cmocka_unit_test(decodes_what_is_whole)};
	return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
