#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <string.h>
#include <cmocka.h>

#include "base/buf_json.h"
#include "base/json_writer.h"
#include "base/mem.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void assert_written(const struct buf *b, const char *expected)
{
	assert_true(buf_ok(b));
	assert_string_equal(buf_str(b).p, expected);
}

static void test_commas_stand_between_values(void **state)
{
	AUTOBUF struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	json_put_open(&b, '{');
	json_put_name(&b, STR("none"));
	json_put_open(&b, '[');
	json_put_close(&b, ']');
	json_put_name(&b, STR("some"));
	json_put_open(&b, '[');
	json_put_integer(&b, -7);
	json_put_known(&b, STR(""));
	json_put_text(&b, STR("{"));
	json_put_text(&b, STR("["));
	json_put_open(&b, '{');
	json_put_close(&b, '}');
	json_put_integer(&b, INT64_MIN);
	json_put_close(&b, ']');
	json_put_name(&b, STR("last:"));
	json_put_text(&b, STR(""));
	json_put_close(&b, '}');
	assert_written(&b, "{\"none\":[],\"some\":[-7,null,\"{\",\"[\",{},-9223372036854775808],\"last:\":\"\"}");
}

static void test_times(void **state)
{
	AUTOBUF struct buf b;

	(void)state;
	buf_init(&b, SIZE_MAX);
	json_put_open(&b, '[');
	json_put_time(&b, INT64_C(1700000000123));
	json_put_time(&b, 0);
	json_put_close(&b, ']');
	assert_written(&b, "[\"2023-11-14T22:13:20.123Z\",null]");
}

/* Every character of one byte, and of each longer length the ends. */
static void test_text_is_as_jansson_writes_it(void **state)
{
	static const char *const longer[] = {"\xc2\x80",
	                                     "\xdf\xbf",
	                                     "\xe0\xa0\x80",
	                                     "\xef\xbf\xbd",
	                                     "\xf0\x90\x80\x80",
	                                     "\xf4\x8f\xbf\xbf",
	                                     "un caf\xc3\xa9 \"noir\"\n",
	                                     "a/b\\c\x7f"};
	AUTOBUF struct buf ours, theirs;

	(void)state;
	buf_init(&ours, SIZE_MAX);
	buf_init(&theirs, SIZE_MAX);
	json_t *list = json_array();
	json_put_open(&ours, '[');
	for (int c = 1; c < 0x80; c++) {
		char one[] = {'x', (char)c, 'y'};
		json_array_append_new(list, json_stringn(one, sizeof one));
		json_put_text(&ours, (struct str){one, sizeof one});
	}
	for (size_t i = 0; i < COUNT(longer); i++) {
		json_array_append_new(list, json_string(longer[i]));
		json_put_text(&ours, str_c(longer[i]));
	}
	json_put_close(&ours, ']');
	assert_true(buf_add_json(&theirs, list));
	json_decref(list);
	assert_written(&ours, buf_str(&theirs).p);
}

static void test_a_tree_is_as_jansson_writes_it(void **state)
{
	AUTOBUF struct buf ours;

	(void)state;
	buf_init(&ours, SIZE_MAX);
	json_t *tree =
		json_pack("{s:[], s:{}, s:[n,b,b,I,f,f,f,{s:s}], s:s%, s:[[],[{}]]}", "none", "nothing", "some", 1, 0,
	              (json_int_t)INT64_MIN, 0.5, 1e300, 3.0, "\xc3\xa9\"", "\x01\x1f", "nul", "a\0b", 3, "deep");
	assert_non_null(tree);
	assert_true(buf_add_json(&ours, tree));
	AUTOFREE char *theirs = json_dumps(tree, JSON_COMPACT);
	json_decref(tree);
	assert_string_equal(buf_str(&ours).p, theirs);
	assert_non_null(strstr(theirs, "a\\u0000b"));
}

static void test_a_tree_has_a_ceiling(void **state)
{
	AUTOBUF struct buf b;

	(void)state;
	buf_init(&b, 8);
	json_t *list = json_pack("[s]", "1234");
	assert_true(buf_add_json(&b, list));
	buf_reset(&b);
	json_array_append_new(list, json_null());
	assert_false(buf_add_json(&b, list));
	assert_false(buf_add_json(&b, NULL));
	json_decref(list);
}

static void test_what_is_no_text_is_replaced(void **state)
{
	static const struct {
		struct str text;
		const char *written;
	} rows[] = {
		{STR_INIT("a\0b"), "\"a\xef\xbf\xbd"
	                       "b\""},
		{STR_INIT("\xff"), "\"\xef\xbf\xbd\""},
		{STR_INIT("cut \xe2\x82"), "\"cut \xef\xbf\xbd\xef\xbf\xbd\""},
		{STR_INIT("\xed\xa0\x80!"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd!\""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOBUF struct buf b;
		buf_init(&b, SIZE_MAX);
		json_put_text(&b, rows[i].text);
		assert_written(&b, rows[i].written);
	}
}

static void test_a_ceiling_is_said(void **state)
{
	AUTOBUF struct buf b;

	(void)state;
	buf_init(&b, 4);
	json_put_text(&b, STR("12"));
	assert_true(buf_ok(&b));
	json_put_text(&b, STR("3"));
	assert_false(buf_ok(&b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commas_stand_between_values),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_text_is_as_jansson_writes_it),
		cmocka_unit_test(test_a_tree_is_as_jansson_writes_it),
		cmocka_unit_test(test_a_tree_has_a_ceiling),
		cmocka_unit_test(test_what_is_no_text_is_replaced),
		cmocka_unit_test(test_a_ceiling_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
