#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json_plain.h"

/* Every byte at every place of a text that is looked through eight at a time. */
static void a_plain_run_ends_before_what_json_escapes(void **state)
{
	(void)state;
	char text[] = "abcdefgh ijklmnop~qr!";
	const size_t n = sizeof text - 1;
	for (size_t at = 0; at < n; at++)
		for (int c = 0; c < 256; c++) {
			char was = text[at];
			bool plain = c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
			text[at] = (char)c;
			assert_int_equal(json_plain_run((struct str){text, n}, 0), plain ? n : at);
			assert_int_equal(json_plain_run((struct str){text, n}, at), plain ? n - at : 0);
			text[at] = was;
		}
	assert_int_equal(json_plain_run((struct str){NULL, 0}, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_run_ends_before_what_json_escapes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
