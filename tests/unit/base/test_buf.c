/* The growing buffer and its ceiling. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

static void appends(void **state)
{
	(void)state;
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	assert_string_equal(buf_str(&b).p, "");
	buf_add(&b, (struct str){NULL, 0});
	buf_add(&b, STR("ab"));
	buf_add_c(&b, "cd");
	buf_add_c(&b, NULL);
	buf_add_char(&b, 'e');
	buf_printf(&b, "-%d", 42);
	assert_true(buf_ok(&b));
	assert_string_equal(buf_str(&b).p, "abcde-42");
	assert_int_equal(buf_str(&b).n, 8);
}

static void integers_are_as_printf_writes_them(void **state)
{
	static const int64_t numbers[] = {0, 1, -1, 9, 10, -10, 1234567890123, INT64_MAX, INT64_MIN};
	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		AUTOBUF struct buf ours, theirs;
		buf_init(&ours, SIZE_MAX);
		buf_init(&theirs, SIZE_MAX);
		buf_add_integer(&ours, numbers[i]);
		buf_printf(&theirs, "%" PRId64, numbers[i]);
		assert_string_equal(buf_str(&ours).p, buf_str(&theirs).p);
	}
}

static void grows_for_long_texts(void **state)
{
	(void)state;
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_printf(&b, "%0255d", 1);
	buf_printf(&b, "%0256d", 2);
	buf_printf(&b, "%09999d", 3);
	assert_int_equal(b.n, 255 + 256 + 9999);
	assert_int_equal(b.p[254], '1');
	assert_int_equal(b.p[510], '2');
	assert_int_equal(b.p[b.n - 1], '3');
	assert_int_equal(b.p[b.n], '\0');
}

static void ceiling_is_exact_and_final(void **state)
{
	(void)state;
	AUTOBUF struct buf b;
	buf_init(&b, 5);
	buf_add_c(&b, "abc");
	buf_add_c(&b, "de");
	assert_true(buf_ok(&b));
	buf_add_c(&b, "");
	assert_true(buf_ok(&b));
	buf_add_char(&b, 'f');
	assert_false(buf_ok(&b));
	assert_string_equal(b.p, "abcde");
	buf_reset(&b);
	assert_true(buf_ok(&b));
	buf_add_c(&b, "abcdef");
	assert_false(buf_ok(&b));
	buf_add_char(&b, 'x'); /* it would fit, but something before it is missing */
	assert_int_equal(buf_str(&b).n, 0);
}

static void ceiling_holds_for_printf(void **state)
{
	(void)state;
	AUTOBUF struct buf b;
	buf_init(&b, 300);
	buf_printf(&b, "%0300d", 1);
	assert_true(buf_ok(&b));
	buf_reset(&b);
	buf_printf(&b, "%0301d", 1);
	assert_false(buf_ok(&b));
	assert_int_equal(b.n, 0);
}

static void take_and_release(void **state)
{
	(void)state;
	struct buf b;
	buf_init(&b, 4);
	buf_add_c(&b, "abc");
	AUTOFREE char *taken = buf_take(&b);
	AUTOFREE char *empty = buf_take(&b);
	assert_string_equal(taken, "abc");
	assert_string_equal(empty, "");
	buf_add_c(&b, "abcde");
	assert_false(buf_ok(&b));
	buf_release(&b);
	assert_true(buf_ok(&b));
	assert_int_equal(b.ceiling, 4);
	assert_int_equal(b.n, 0);
	assert_null(b.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends),
		cmocka_unit_test(integers_are_as_printf_writes_them),
		cmocka_unit_test(grows_for_long_texts),
		cmocka_unit_test(ceiling_is_exact_and_final),
		cmocka_unit_test(ceiling_holds_for_printf),
		cmocka_unit_test(take_and_release),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
