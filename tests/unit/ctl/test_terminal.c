#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ctl/terminal.h"

#define C1 "\xc2\x9b"
#define BIDI "\xe2\x80\xae"
#define ISOLATE "\xe2\x81\xa7"
#define TAG "\xf3\xa0\x81\x81"

/* In pieces of `step` bytes, as streams hand their buffers over. */
static void check_cleaned(const char *text, bool json, size_t step, const char *expected)
{
	AUTOBUF struct buf out, held;
	struct str in = str_c(text);

	buf_init(&out, 4096);
	buf_init(&held, 4096);
	for (size_t at = 0; at < in.n; at += step) {
		buf_add(&held, str_slice(in, at, at + step));
		size_t left = terminal_clean(buf_str(&held), json, at + step >= in.n, &out);
		assert_true(left <= 3);
		AUTOBUF struct buf rest;
		buf_init(&rest, 4);
		buf_add(&rest, str_slice(buf_str(&held), held.n - left, held.n));
		buf_reset(&held);
		buf_add(&held, buf_str(&rest));
	}
	assert_string_equal(out.n ? out.p : "", expected);
}

static void what_steers_a_terminal_is_not_printed(void **state)
{
	(void)state;
	static const struct {
		const char *text, *plain, *json;
	} rows[] = {
		{"grün €\t𝄞\n", "grün €\t𝄞\n", "grün €\t𝄞\n"},
		{"\x1b[31m\r\x07", "?[31m??", "\\u001b[31m\\u000d\\u0007"},
		{C1 "2J\x7f", "?2J?", "\\u009b2J\\u007f"},
		{BIDI "a" ISOLATE "b", "?a?b", "\\u202ea\\u2067b"},
		{TAG "c", "?c", "\\udb40\\udc41c"},
		{"a\xe2\x80\x8b"
	     "b\xef\xbb\xbf",
	     "a?b?", "a\\u200bb\\ufeff"}, /* not seen, so that a name looks like another */
		{"\x9b\xff", "??", "??"},
		{"\xe2\x82", "??", "??"}, /* cut off at the end */
		{"\xe2\x82"
	     "a\xf0\x9f",
	     "??a??", "??a??"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t step = 1; step <= 8; step++) {
			check_cleaned(rows[i].text, false, step, rows[i].plain);
			check_cleaned(rows[i].text, true, step, rows[i].json);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_steers_a_terminal_is_not_printed)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
