/* Views of bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/str.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

static const struct str nothing = {NULL, 0};

static void compares_texts(void **state)
{
	(void)state;
	static const struct {
		struct str a, b;
		int order;
	} rows[] = {
		{{NULL, 0}, {"", 0}, 0},    {{"a", 1}, {"a", 1}, 0},   {{"a", 1}, {"b", 1}, -1},
		{{"ab", 2}, {"a", 1}, 1},   {{NULL, 0}, {"a", 1}, -1}, {{"a\0b", 3}, {"a\0c", 3}, -1},
		{{"\xff", 1}, {"a", 1}, 1}, {{"a\0", 2}, {"a", 1}, 1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int order = str_cmp(rows[i].a, rows[i].b);
		assert_int_equal((order > 0) - (order < 0), rows[i].order);
		assert_int_equal(str_eq(rows[i].a, rows[i].b), rows[i].order == 0);
		order = str_cmp(rows[i].b, rows[i].a);
		assert_int_equal((order > 0) - (order < 0), -rows[i].order);
	}
	assert_true(str_eq_c(STR("abc"), "abc"));
	assert_false(str_eq_c(STR("abc"), "abcd"));
	assert_true(str_eq_c(nothing, NULL));
	assert_int_equal(str_c(NULL).n, 0);
}

static void folds_ascii_only(void **state)
{
	(void)state;
	assert_true(str_eq_nocase(STR("Content-TYPE"), STR("content-type")));
	assert_true(str_eq_nocase(nothing, STR("")));
	assert_false(str_eq_nocase(STR("a"), STR("ab")));
	assert_false(str_eq_nocase(STR("\xc3\x84"), STR("\xc3\xa4"))); /* Ä, ä */
	assert_false(str_eq_nocase(STR("@["), STR("`{")));             /* neighbours of the letters */
}

static void cuts(void **state)
{
	(void)state;
	assert_true(str_starts(STR("runbooks/x.md"), STR("runbooks/")));
	assert_true(str_starts(STR("a"), nothing));
	assert_false(str_starts(STR("a"), STR("ab")));
	assert_true(str_ends(STR("x.md"), STR(".md")));
	assert_false(str_ends(STR("md"), STR(".md")));
	assert_true(str_ends(nothing, nothing));
	assert_true(str_eq_c(str_trim(STR(" \t\r\n a b \n")), "a b"));
	assert_int_equal(str_trim(STR(" \n\t")).n, 0);
	assert_int_equal(str_trim(nothing).n, 0);
	assert_true(str_eq_c(str_slice(STR("abcdef"), 2, 4), "cd"));
	assert_true(str_eq_c(str_slice(STR("abc"), 1, 99), "bc"));
	assert_int_equal(str_slice(STR("abc"), 5, 9).n, 0);
	assert_int_equal(str_slice(STR("abc"), 2, 1).n, 0);
	assert_int_equal(str_slice(nothing, 0, 1).n, 0);
}

static void finds_texts(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("abcabc"), STR("ca")), 2);
	assert_int_equal(str_find(STR("abc"), STR("abcd")), -1);
	assert_int_equal(str_find(STR("abc"), STR("x")), -1);
	assert_int_equal(str_find(STR("abc"), nothing), 0);
	assert_int_equal(str_find(nothing, STR("a")), -1);
	assert_int_equal(str_find(STR("a\0b"), STR("\0b")), 1);
	assert_int_equal(str_index(STR("abca"), 'a'), 0);
	assert_int_equal(str_index(STR("abc"), 'x'), -1);
	assert_int_equal(str_index(nothing, 'x'), -1);
}

static void reads_numbers(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} rows[] = {
		{"0", true, 0},
		{"-0", true, 0},
		{"007", true, 7},
		{"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN},
		{"9223372036854775808", false, 0},
		{"-9223372036854775809", false, 0},
		{"99999999999999999999", false, 0},
		{"", false, 0},
		{"-", false, 0},
		{"+1", false, 0},
		{"1 ", false, 0},
		{" 1", false, 0},
		{"0x1", false, 0},
		{"1.0", false, 0},
		{"--1", false, 0},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t value = 4711;
		assert_int_equal(str_to_i64(str_c(rows[i].text), &value), rows[i].ok);
		assert_int_equal(value, rows[i].ok ? rows[i].value : 4711);
	}
	int64_t untouched = 4711;
	assert_false(str_to_i64(STR("1\0"), &untouched));
	assert_int_equal(untouched, 4711);
}

static void knows_utf8(void **state)
{
	(void)state;
	static const struct {
		struct str s;
		bool ok;
		size_t first;
	} rows[] = {
		{{NULL, 0}, true, 0},
		{{"\0", 1}, true, 1},
		{{"abc", 3}, true, 1},
		{{"\xc3\xa4", 2}, true, 2},
		{{"\xe2\x82\xac", 3}, true, 3},
		{{"\xf0\x9f\x94\xa5", 4}, true, 4},
		{{"\xf4\x8f\xbf\xbf", 4}, true, 4},
		{{"\xef\xbf\xbf", 3}, true, 3},
		{{"\x80", 1}, false, 0}, /* a tail alone */
		{{"\xc3", 1}, false, 0}, /* cut off */
		{{"\xe2\x82", 2}, false, 0},
		{{"\xf0\x9f\x94", 3}, false, 0},
		{{"\xc0\x80", 2}, false, 0}, /* overlong */
		{{"\xc1\xbf", 2}, false, 0},
		{{"\xe0\x9f\xbf", 3}, false, 0},
		{{"\xf0\x8f\xbf\xbf", 4}, false, 0},
		{{"\xed\xa0\x80", 3}, false, 0},     /* surrogate */
		{{"\xf4\x90\x80\x80", 4}, false, 0}, /* beyond U+10FFFF */
		{{"\xf5\x80\x80\x80", 4}, false, 0},
		{{"\xff", 1}, false, 0},
		{{"\xc3\xc3", 2}, false, 0},
		{{"\xe2\x82\x41", 3}, false, 0},
		{{"ab\xff", 3}, false, 1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(str_is_utf8(rows[i].s), rows[i].ok);
		assert_int_equal(str_utf8_len(rows[i].s), rows[i].first);
	}
}

static void knows_what_a_terminal_obeys(void **state)
{
	(void)state;
	static const char *const obeyed[] = {
		"\x01",         "\x1b",         "\n",           "\x7f",         "\xc2\x80",     "\xc2\x9f",        "\xd8\x9c",
		"\xe2\x80\x8e", "\xe2\x80\xa8", "\xe2\x80\xae", "\xe2\x81\xa9", "\xef\xbf\xbb", "\xf3\xa0\x80\x81"};
	static const char *const shown[] = {" ", "~", "\xc2\xa0", "é", "€", "\xe2\x80\xaf", "𝄞"};
	for (size_t i = 0; i < COUNT(obeyed); i++)
		assert_true(str_steers_terminal(str_c(obeyed[i])));
	for (size_t i = 0; i < COUNT(shown); i++)
		assert_false(str_steers_terminal(str_c(shown[i])));
	assert_int_equal(str_code(STR("€")), 0x20ac);
	assert_int_equal(str_code(STR("𝄞")), 0x1d11e);
}

/* Values of http://www.isthe.com/chongo/tech/comp/fnv/ */
static void hashes_fnv1a(void **state)
{
	(void)state;
	assert_int_equal(str_fnv1a(nothing, STR_FNV_SEED), UINT64_C(0xcbf29ce484222325));
	assert_int_equal(str_fnv1a(STR("a"), STR_FNV_SEED), UINT64_C(0xaf63dc4c8601ec8c));
	assert_int_equal(str_fnv1a(STR("foobar"), STR_FNV_SEED), UINT64_C(0x85944171f73967e8));
	assert_int_equal(str_fnv1a(STR("bar"), str_fnv1a(STR("foo"), STR_FNV_SEED)), UINT64_C(0x85944171f73967e8));
}

static void writes_sixteen_hex_digits(void **state)
{
	char out[17];

	(void)state;
	assert_string_equal(str_hex16(0, out), "0000000000000000");
	assert_string_equal(str_hex16(UINT64_C(0x0123456789abcdef), out), "0123456789abcdef");
	assert_string_equal(str_hex16(UINT64_MAX, out), "ffffffffffffffff");
}

/* A byte that is none of UTF-8 is found wherever it stands, among eight that are ASCII too. */
static void finds_odd_bytes_anywhere(void **state)
{
	char text[] = "abcdefghijklmnopqrstuvwxyz";

	(void)state;
	for (size_t n = 0; n < sizeof text; n++)
		assert_true(str_is_utf8((struct str){text, n}));
	for (size_t i = 0; i < sizeof text - 1; i++) {
		char kept = text[i];
		text[i] = '\xff';
		assert_false(str_is_utf8(str_c(text)));
		text[i] = kept;
	}
}

static void words_that_go_along_nest_no_parentheses(void **state)
{
	(void)state;
	struct str_aside plain = str_aside(STR("@ana")), own = str_aside(STR("Ana (@ana)")), none = str_aside(STR(""));
	assert_string_equal(plain.before, " (");
	assert_string_equal(plain.after, ")");
	assert_string_equal(own.before, ", ");
	assert_string_equal(own.after, "");
	assert_string_equal(none.before, "");
	assert_string_equal(none.after, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_texts),
		cmocka_unit_test(folds_ascii_only),
		cmocka_unit_test(cuts),
		cmocka_unit_test(finds_texts),
		cmocka_unit_test(reads_numbers),
		cmocka_unit_test(knows_utf8),
		cmocka_unit_test(hashes_fnv1a),
		cmocka_unit_test(writes_sixteen_hex_digits),
		cmocka_unit_test(finds_odd_bytes_anywhere),
		cmocka_unit_test(knows_what_a_terminal_obeys),
		cmocka_unit_test(words_that_go_along_nest_no_parentheses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
