#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "rules/matcher.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* As read: "name op value" joined with " & "; NULL: refused. Where the two parsers disagree, classic wins. */
static const struct {
	const char *text, *read;
} syntax[] = {
	{"a=b", "a = b"},
	{"a=\"b\"", "a = b"},
	{" a  =  \"b\" ", "a = b"},
	{"a=", "a = "},
	{"a=\"\"", "a = "},
	{"a!=b", "a != b"},
	{"a=~b.*", "a =~ b.*"},
	{"a!~\"b|c\"", "a !~ b|c"},
	{"a=~\"x{2}\"", "a =~ x{2}"},
	{"a=!b", "a = !b"},
	{"a==b", "a = =b"},
	{"a=b c", "a = b c"},
	{"a:b=c", "a:b = c"},
	{"{a=b}", "a = b"},
	{"{a=b,c!=d}", "a = b & c != d"},
	{"a=b,c=\"d,e\"", "a = b & c = d,e"},
	{"a=b,", "a = b"},
	{"a=b, ", "a = b"},
	{"", ""},
	{"{}", ""},
	{"{a=b", "a = b"},
	{"a=b}", "a = b"},
	{"a=~x{2}", "a =~ x{2"}, /* classic takes the brace off, and so does Alertmanager */
	{"a=\"b\\nc\"", "a = b\nc"},
	{"a=\"b\\\"c\"", "a = b\"c"},
	{"a=\"b\\\\c\"", "a = b\\c"},
	{"a=~\"\\d+\"", "a =~ \\d+"},
	{"a=~\"\\\\d+\"", "a =~ \\d+"},
	{"a=\"\\u0041\"", "a = \\u0041"},
	{"a=b\\", "a = b\\"},
	{"a='b'", "a = 'b'"},
	{"\xc3\xa9t\xc3\xa9=b", "\xc3\xa9t\xc3\xa9 = b"},
	{"k8s.pod=b", "k8s.pod = b"},
	{"\"k8s.pod name\"=\"b\"", "k8s.pod name = b"},
	{"\"a\"=\"\\u0041\\x42\\103\\U0001F600\\t\"", "a = ABC\xf0\x9f\x98\x80\t"},
	{"{\"a.b\"=~\"x\\\\.y\",}", "a.b =~ x\\.y"},
	{"{a=\"b\"} ", "a = b"},
	{"\"a\"=", NULL},
	{"\"a\"=\"\\d\"", NULL},
	{"\"a\"=\"\\xff\"", NULL},
	{"\"a=b", NULL},
	{"\"\"=b", NULL},
	{"{\"a\"=b", NULL},
	{"\"a\"=b}", NULL},
	{"\"a\"=b c", NULL},
	{"a", NULL},
	{"=b", NULL},
	{"1a=b}x", NULL},
	{"a~b", NULL},
	{"a=b,,c=d", NULL},
	{",", NULL},
	{"a=\"b", NULL},
	{"a=b\"", NULL},
	{"a=\"b\"c\"", NULL},
	{"a=~\"(\"", NULL},
	{"a=~\"(?!x)\"", NULL},
	{"a=\xff", NULL},
};

static void free_matchers(struct matcher *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		matcher_release(&m[i]);
	free(m);
}

static void check_syntax(const char *text, const char *want)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf got;
	buf_init(&got, 4096);
	struct matcher *m = NULL;
	size_t n = 0;
	bool good = matchers_parse(arena, str_c(text), (struct pos){"f.yml", 2, 3}, &m, &n, &err);
	for (size_t i = 0; i < n; i++)
		buf_printf(&got, "%s%.*s %s %.*s", i ? " & " : "", STR_ARG(m[i].name), matcher_op_text(m[i].op),
		           STR_ARG(m[i].value));
	if (good != (want != NULL) || (want && !str_eq_c(buf_str(&got), want)))
		fail_msg("%s: got \"%.*s\" %s", text, STR_ARG(buf_str(&got)), err_first(&err));
	assert_int_equal(good, !err_any(&err));
	if (!good)
		assert_int_equal(strncmp(err_first(&err), "f.yml:2:3: error: ", 18), 0);
	free_matchers(m, n);
}

static void test_syntax(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(syntax); i++)
		check_syntax(syntax[i].text, syntax[i].read);
}

static void test_appends(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct matcher *m = NULL;
	size_t n = 0;
	assert_true(matchers_parse(arena, STR("a=~b"), (struct pos){0}, &m, &n, &err));
	assert_false(matchers_parse(arena, STR("a=~b,c=~("), (struct pos){0}, &m, &n, &err));
	assert_int_equal(n, 1);
	assert_true(matchers_parse(arena, STR("c=d,e=f"), (struct pos){0}, &m, &n, &err));
	assert_int_equal(n, 3);
	assert_true(str_eq_c(m[0].text, "a=~b") && str_eq_c(m[1].text, "c=d") && str_eq_c(m[2].name, "e"));
	free_matchers(m, n);
}

static const struct {
	const char *text;
	enum pattern_result result;
} matching[] = {
	{"alertname=HighCPU", PATTERN_MATCH},
	{"alertname=High", PATTERN_NO_MATCH},
	{"alertname!=High", PATTERN_MATCH},
	{"missing=", PATTERN_MATCH},
	{"missing!=", PATTERN_NO_MATCH},
	{"missing=~.+", PATTERN_NO_MATCH},
	{"missing=~.*", PATTERN_MATCH},
	{"missing!~.+", PATTERN_MATCH},
	{"empty=", PATTERN_MATCH},
	{"empty=~x?", PATTERN_MATCH},
	{"alertname=~High", PATTERN_NO_MATCH},
	{"alertname=~High|HighCPU", PATTERN_MATCH},
	{"alertname!~High.*", PATTERN_NO_MATCH},
	{"long=~(a|aa)+b", PATTERN_CANNOT_TELL},
	{"long!~(a|aa)+b", PATTERN_CANNOT_TELL},
};

static void test_matching(void **state)
{
	(void)state;
	struct label v[] = {
		{STR("alertname"), STR("HighCPU")},
		{STR("empty"), STR("")},
		{STR("long"), STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!b!")},
	};
	struct labels labels = {v, COUNT(v)};
	for (size_t i = 0; i < COUNT(matching); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct matcher *m = NULL;
		size_t n = 0;
		assert_true(matchers_parse(arena, str_c(matching[i].text), (struct pos){0}, &m, &n, &err));
		enum pattern_result got = matcher_match(m, &labels, NULL, NULL);
		if (got != matching[i].result)
			fail_msg("%s: %d", matching[i].text, got);
		free_matchers(m, n);
	}
}

static void test_captures_add_up(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct label v[] = {{STR("a"), STR("x-1")}, {STR("b"), STR("y-2")}};
	struct labels labels = {v, COUNT(v)};
	struct matcher *m = NULL;
	size_t n = 0, count = 0;
	struct capture captures[PATTERN_CAPTURES_MAX];
	assert_true(matchers_parse(arena, STR("a=~(?P<one>.)-(?P<two>.),b=~(?P<three>.).*,b!~(?P<no>z)"), (struct pos){0},
	                           &m, &n, &err));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(matcher_match(&m[i], &labels, captures, &count), PATTERN_MATCH);
	assert_int_equal(count, 3);
	assert_true(str_eq_c(captures[2].name, "three") && str_eq_c(captures[2].value, "y"));
	free_matchers(m, n);
}

/* An = that looks as if a pattern were meant, and what would say so. */
static const struct {
	const char *text, *better; /* NULL: it is what it looks like */
} meant[] = {
	{"alertname=\"A|B\"", "alertname=~\"A|B\""},
	{"alertname!=\"A|B\"", "alertname!~\"A|B\""},
	{"alertname=\"*\"", "alertname=~\".+\""},
	{"namespace=\"shop-*\"", "namespace=~\"shop-.*\""},
	{"host=\"*.example.com\"", "host=~\".*\\.example\\.com\""},
	{"namespace=\"shop-.*\"", "namespace=~\"shop-.*\""},
	{"a=\"^api\"", "a=~\"^api\""},
	{"a=\"api$\"", "a=~\"api$\""},
	{"a=\"costs 5 $\"", NULL},
	{"a=\"(?i)high\"", "a=~\"(?i)high\""},
	{"a=\"n[0-9]\"", "a=~\"n[0-9]\""},
	{"alertname=\"Disk is at 90%\"", NULL},
	{"alertname=\"Queue (a | b) is full\"", NULL},
	{"a=\"C++\"", NULL},
	{"a=\"|\"", NULL},
	{"a=\"x || y\"", NULL},
	{"a=\"2 * 3\"", NULL},
	{"a=\"v1.2\"", NULL},
	{"a=\"\"", NULL},
	{"a=~\"A|B\"", NULL},
};

static void test_what_is_meant(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(meant); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct matcher *m = NULL;
		struct str better = {0};
		size_t n = 0;
		assert_true(matchers_parse(arena, str_c(meant[i].text), (struct pos){0}, &m, &n, &err));
		bool pattern = matcher_means_pattern(m, arena, &better);
		if (pattern != (meant[i].better != NULL) || (pattern && !str_eq_c(better, meant[i].better)))
			fail_msg("%s: \"%.*s\"", meant[i].text, STR_ARG(better));
		free_matchers(m, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syntax),          cmocka_unit_test(test_appends),       cmocka_unit_test(test_matching),
		cmocka_unit_test(test_captures_add_up), cmocka_unit_test(test_what_is_meant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
