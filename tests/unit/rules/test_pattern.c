#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "rules/pattern.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct pattern *compiled_pattern(struct str regex)
{
	AUTOERR struct err err = ERR_INIT;
	struct pattern *p = pattern_compile(regex, (struct pos){"rules.yml", 3, 7}, &err);
	if (!p)
		fail_msg("%s", err_first(&err));
	return p;
}

/* What Go's regexp says about ^(?:regex)$; the special cases are those where PCRE2 alone would say something else. */
static const struct {
	struct str regex, subject;
	bool match;
} cases[] = {
	{STR_INIT(""), STR_INIT(""), true},
	{STR_INIT(""), STR_INIT("a"), false},
	{STR_INIT("a|b"), STR_INIT("b"), true},
	{STR_INIT("a|bc"), STR_INIT("abc"), false},
	{STR_INIT("a|ab"), STR_INIT("ab"), true},
	{STR_INIT("High.*"), STR_INIT("HighCPU"), true},
	{STR_INIT("CPU"), STR_INIT("HighCPU"), false},
	{STR_INIT("^CPU$"), STR_INIT("CPU"), true},
	{STR_INIT("a."), STR_INIT("a\n"), false},
	{STR_INIT("(?s)a."), STR_INIT("a\n"), true},
	{STR_INIT("a$"), STR_INIT("a\n"), false},
	{STR_INIT("a[^b]"), STR_INIT("a\n"), true},
	{STR_INIT("(?m)a$\\nb"), STR_INIT("a\nb"), true},
	{STR_INIT("(?m)a\\n^"), STR_INIT("a\n"), true},
	{STR_INIT("a\\z"), STR_INIT("a"), true},
	{STR_INIT("\\Aa"), STR_INIT("a"), true},
	{STR_INIT("a\\sb"), STR_INIT("a\vb"), false},
	{STR_INIT("a\\sb"), STR_INIT("a\fb"), true},
	{STR_INIT("a\\Sb"), STR_INIT("a\vb"), true},
	{STR_INIT("a[\\s]b"), STR_INIT("a\vb"), false},
	{STR_INIT("a[^\\s]b"), STR_INIT("a\vb"), true},
	{STR_INIT("a[\\S]b"), STR_INIT("a\vb"), true},
	{STR_INIT("a[\\S]b"), STR_INIT("a b"), false},
	{STR_INIT("a[\\Sx]b"),
     STR_INIT("a\xc3\xa9"
              "b"),
     true},
	{STR_INIT("[[:space:]]"), STR_INIT("\v"), true},
	{STR_INIT("\\d"), STR_INIT("5"), true},
	{STR_INIT("\\d"), STR_INIT("\xd9\xa3"), false},
	{STR_INIT("\\w"), STR_INIT("\xc3\xa9"), false},
	{STR_INIT("\\W"), STR_INIT("\xc3\xa9"), true},
	{STR_INIT("[\\W]"), STR_INIT("\xc3\xa9"), true},
	{STR_INIT("[\\D\\d]"), STR_INIT("\xc3\xa9"), true},
	{STR_INIT("\\D+"), STR_INIT("x\xc3\xa9"), true},
	{STR_INIT("\\P{Lu}"), STR_INIT("\xc3\xa9"), true},
	{STR_INIT("[[:alpha:]]"), STR_INIT("\xc3\xa9"), false},
	{STR_INIT("[[:^alpha:]-]+"), STR_INIT("-1"), true},
	{STR_INIT("\\pL+"), STR_INIT("\xc3\xa9t\xc3\xa9"), true},
	{STR_INIT("\\PL"), STR_INIT("1"), true},
	{STR_INIT("\\p{^L}"), STR_INIT("1"), true},
	{STR_INIT("\\p{Greek}"), STR_INIT("\xce\xb1"), true},
	{STR_INIT("[\\p{Lu}\\d]+"), STR_INIT("A1"), true},
	{STR_INIT("\\p{greek}\\p{ GREEK }"), STR_INIT("\xce\xb1\xce\xb1"), true},
	{STR_INIT("\\pl\\p{lu}"), STR_INIT("aB"), true},
	{STR_INIT("\\p{Letter}+\\p{Decimal_Number}"),
     STR_INIT("\xc3\xa9"
              "5"),
     true},
	{STR_INIT("\\p{letter}"), STR_INIT("5"), false},
	{STR_INIT("\\P{upper-case letter}"), STR_INIT("A"), false},
	{STR_INIT("\\p{LC}+"), STR_INIT("aB"), true},
	{STR_INIT("\\p{digit}\\p{punct}"), STR_INIT("5!"), true},
	{STR_INIT("\\p{ASCII}+"), STR_INIT("a~\n"), true},
	{STR_INIT("\\p{ASCII}"), STR_INIT("\xc3\xa9"), false},
	{STR_INIT("[\\P{ascii}5]+"),
     STR_INIT("\xc3\xa9"
              "5"),
     true},
	{STR_INIT("[^\\p{^ascii}]"), STR_INIT("a"), true},
	{STR_INIT("\\p{Assigned}"), STR_INIT("a"), true},
	{STR_INIT("\\P{Assigned}"), STR_INIT("\xcd\xb8"), true},
	{STR_INIT("\\p{Old_Italic}"), STR_INIT("\xf0\x90\x8c\x80"), true},
	{STR_INIT("\\p{thai}"), STR_INIT("\xe0\xb8\x81"), true},
	{STR_INIT("(?i)high"), STR_INIT("HiGh"), true},
	{STR_INIT("(?i:h)igh"), STR_INIT("HIGH"), false},
	{STR_INIT("(?i)a(?-i)b"), STR_INIT("Ab"), true},
	{STR_INIT("(?i)a(?-i)b"), STR_INIT("AB"), false},
	{STR_INIT("(?i)\xc3\xa9"), STR_INIT("\xc3\x89"), true},
	{STR_INIT("(?U)a+"), STR_INIT("aaa"), true},
	{STR_INIT("\\Qa.b*\\E+"), STR_INIT("a.b**"), true},
	{STR_INIT("\\Qa.b"), STR_INIT("a.b"), true},
	{STR_INIT("\\Qa.b"), STR_INIT("axb"), false},
	{STR_INIT("\\Qa\\b\\E"), STR_INIT("a\\b"), true},
	{STR_INIT("\\101\\x41\\x{41}\\x{1F600}"), STR_INIT("AAA\xf0\x9f\x98\x80"), true},
	{STR_INIT("()()()()()()()()()()\\12"), STR_INIT("\n"), true},
	{STR_INIT("\\0"), STR_INIT("\0"), true},
	{STR_INIT("a\\x00b"), STR_INIT("a\0b"), true},
	{STR_INIT("a{,2}"), STR_INIT("a{,2}"), true},
	{STR_INIT("a{,2}"), STR_INIT("aa"), false},
	{STR_INIT("a{01}"), STR_INIT("a{01}"), true},
	{STR_INIT("a{x}"), STR_INIT("a{x}"), true},
	{STR_INIT("a{2,3}"), STR_INIT("aaa"), true},
	{STR_INIT("a{2,}?b"), STR_INIT("aaab"), true},
	{STR_INIT("x{"), STR_INIT("x{"), true},
	{STR_INIT("]}"), STR_INIT("]}"), true},
	{STR_INIT("[]a]+"), STR_INIT("]a"), true},
	{STR_INIT("[^]a]"), STR_INIT("]"), false},
	{STR_INIT("[a-]+"), STR_INIT("a-"), true},
	{STR_INIT("[a-c-e]+"), STR_INIT("-eb"), true},
	{STR_INIT("[a-c-e]"), STR_INIT("d"), false},
	{STR_INIT("[\\d-z]+"), STR_INIT("1-z"), true},
	{STR_INIT("[\\d-z]"), STR_INIT("b"), false},
	{STR_INIT("[[a]"), STR_INIT("["), true},
	{STR_INIT("[[:a]+"), STR_INIT("[:a"), true},
	{STR_INIT("[a&&b]+"), STR_INIT("&ab"), true},
	{STR_INIT("[\\n\\]\\-]+"), STR_INIT("\n]-"), true},
	{STR_INIT("^*a"), STR_INIT("a"), true},
	{STR_INIT("(^|x)a$+"), STR_INIT("xa"), true},
	{STR_INIT("\\b?a"), STR_INIT("a"), true},
	{STR_INIT("a\\bb|\\bc\\b"), STR_INIT("c"), true},
	{STR_INIT("(|a)b"), STR_INIT("b"), true},
	{STR_INIT("a b#c"), STR_INIT("a b#c"), true},
	{STR_INIT("\\_\\-\\/\\ \\@"), STR_INIT("_-/ @"), true},
	{STR_INIT("(?P<x>a)(?<y>b)"), STR_INIT("ab"), true},
	{STR_INIT("(?P<1>a)"), STR_INIT("a"), true},
	{STR_INIT("."), STR_INIT("\xf0\x9f\x98\x80"), true},
	{STR_INIT(".."), STR_INIT("\xf0\x9f\x98\x80"), false},
};

static void test_means_what_go_means(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pattern *p = compiled_pattern(cases[i].regex);
		enum pattern_result got = pattern_match(p, cases[i].subject, NULL, NULL);
		if (got != (cases[i].match ? PATTERN_MATCH : PATTERN_NO_MATCH))
			fail_msg("%.*s against \"%.*s\": %d", STR_ARG(cases[i].regex), STR_ARG(cases[i].subject), got);
		pattern_free(p);
	}
}

static const struct {
	const char *regex, *hint;
} refused[] = {
	{"a(?=b)", "look-ahead"},
	{"(?!dev)a", "!~"},
	{"(?<=a)b", "look-behind"},
	{"(?<!a)b", "look-behind"},
	{"(a)\\1", "back-reference"},
	{"(?P<a>x)(?P=a)", "back-reference"},
	{"(a)\\g1", "back-reference"},
	{"(a)\\k<a>", "back-reference"},
	{"(?>a)", "atomic"},
	{"a++", "possessive"},
	{"a*+", "possessive"},
	{"a?+", "possessive"},
	{"a{2}{3}", "repetition of a repetition"},
	{"(?(1)a|b)", "conditions"},
	{"(?R)", "recursion"},
	{"(a(?1)?)", "unknown group"},
	{"(?&a)", "recursion"},
	{"(?P>a)", "recursion"},
	{"(?|a|b)", "branch"},
	{"(?#x)a", "comment"},
	{"(*FAIL)", "verbs"},
	{"\\C", "\\C"},
	{"a\\Z", "\\Z"},
	{"\\K", "not supported"},
	{"\\R", "not supported"},
	{"\\h", "not supported"},
	{"\\u0041", "not supported"},
	{"\\E", "not supported"},
	{"\\y", "unknown escape"},
	{"\\\xc3\xa9", "unknown escape"},
	{"a\\", "backslash at the end"},
	{"(a", "missing )"},
	{"a)", "unexpected )"},
	{"[a", "closing ]"},
	{"[]", "closing ]"},
	{"[b-a]", "backwards"},
	{"[a-\\d]", "unknown escape"},
	{"[\\b]", "unknown escape"},
	{"[[:foo:]]", "class name"},
	{"*a", "nothing to repeat"},
	{"a|*", "nothing to repeat"},
	{"(+)", "nothing to repeat"},
	{"(?i)*", "nothing to repeat"},
	{"a**", "repetition of a repetition"},
	{"a{1001}", "1000"},
	{"a{2,1}", "backwards"},
	{"(a{40}){40}", "1000"},
	{"((a{11}){10}){10}", "1000"},
	{"(?x)a b", "unknown group"},
	{"(?", "unknown group"},
	{"(?i-)a", "unknown group"},
	{"(?P<a>x)(?P<a>y)", "two groups"},
	{"(?P<>x)", "named group"},
	{"(?P<a-b>x)", "named group"},
	{"(?'a'x)", "named group"},
	{"\\x4", "hexadecimal"},
	{"\\x{}", "hexadecimal"},
	{"\\x{110000}", "hexadecimal"},
	{"\\p{Grek}", "character group"},
	{"\\p{}", "character group"},
	{"\\p{L1}", "character group"},
	{"\\p{letters}", "unknown"},
	{"\\p", "character group"},
	{"\\p{L", "character group"},
	{"\\p{Klingon}", "unknown"},
	{"\xff", "not UTF-8"},
	{"(?P<a>)(?P<b>)(?P<c>)(?P<d>)(?P<e>)(?P<f>)(?P<g>)(?P<h>)(?P<i>)(?P<j>)(?P<k>)(?P<l>)(?P<m>)(?P<n>)(?P<o>)(?P<p>)("
     "?P<q>)",
     "too many named"},
};

static void test_refuses_what_re2_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		AUTOERR struct err err = ERR_INIT;
		struct pattern *p = pattern_compile(str_c(refused[i].regex), (struct pos){"rules.yml", 3, 7}, &err);
		if (p)
			fail_msg("%s was taken", refused[i].regex);
		if (err.count != 1 || !strstr(err_first(&err), refused[i].hint) ||
		    strncmp(err_first(&err), "rules.yml:3:7: error: ", 22) != 0)
			fail_msg("%s: %s", refused[i].regex, err_first(&err));
	}
}

static void test_length_and_depth_are_capped(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	static char text[PATTERN_LENGTH_MAX + 2];
	memset(text, 'a', PATTERN_LENGTH_MAX + 1);
	assert_null(pattern_compile(str_c(text), (struct pos){0}, &err));
	memset(text, '(', 200);
	memset(text + 200, ')', 200);
	text[400] = '\0';
	assert_null(pattern_compile(str_c(text), (struct pos){0}, &err));
	assert_non_null(strstr(err.lines[1], "too deep"));
}

static void test_captures(void **state)
{
	(void)state;
	struct capture c[PATTERN_CAPTURES_MAX];
	size_t n = 99;
	struct pattern *p = compiled_pattern(STR("(x)?(?P<svc>[a-z]+)-(?P<n>\\d+)?(?P<none>zzz)?"));
	const struct str *names;
	assert_int_equal(pattern_groups(p, &names), 3);
	assert_true(str_eq_c(names[1], "n"));
	assert_int_equal(pattern_match(p, STR("api-17"), c, &n), PATTERN_MATCH);
	assert_int_equal(n, 2);
	assert_true(str_eq_c(c[0].name, "svc") && str_eq_c(c[0].value, "api"));
	assert_true(str_eq_c(c[1].name, "n") && str_eq_c(c[1].value, "17"));
	assert_int_equal(pattern_match(p, STR("17"), c, &n), PATTERN_NO_MATCH);
	assert_int_equal(n, 0);
	pattern_free(pattern_ref(p));
	assert_int_equal(pattern_match(p, STR("a-"), c, &n), PATTERN_MATCH);
	pattern_free(p);
}

static void test_many_unnamed_groups_before_a_named_one(void **state)
{
	(void)state;
	AUTOBUF struct buf b;
	buf_init(&b, PATTERN_LENGTH_MAX);
	for (int i = 0; i < 1000; i++)
		buf_add_c(&b, "(a)");
	buf_add_c(&b, "(?P<last>b)");
	struct pattern *p = compiled_pattern(buf_str(&b));
	AUTOFREE char *subject = mem_zero(1002);
	memset(subject, 'a', 1000);
	subject[1000] = 'b';
	struct capture c[PATTERN_CAPTURES_MAX];
	size_t n;
	assert_int_equal(pattern_match(p, str_c(subject), c, &n), PATTERN_MATCH);
	assert_int_equal(n, 1);
	assert_true(str_eq_c(c[0].value, "b"));
	pattern_free(p);
}

static void test_hostile_patterns_hit_the_limit(void **state)
{
	(void)state;
	static const char *const hostile[] = {"(a+)+b", "(a|aa)+b", "(a|a?)+b", "(a*)*b", "((a?){20})*b"};
	static char subject[64];
	memset(subject, 'a', sizeof subject - 1);
	memcpy(subject + sizeof subject - 3, "!b", 2); /* PCRE2 sees at once that a required character is missing */
	for (size_t i = 0; i < COUNT(hostile); i++) {
		struct pattern *p = compiled_pattern(str_c(hostile[i]));
		enum pattern_result got = pattern_match(p, str_c(subject), NULL, NULL);
		if (got == PATTERN_MATCH)
			fail_msg("%s matched", hostile[i]);
		if (i < 3)
			assert_int_equal(got, PATTERN_CANNOT_TELL);
		pattern_free(p);
	}
}

static void test_invalid_utf8_subject_is_tolerated(void **state)
{
	(void)state;
	struct pattern *p = compiled_pattern(STR("a.*"));
	assert_int_equal(pattern_match(p, STR("a\xff"), NULL, NULL), PATTERN_NO_MATCH);
	assert_int_equal(pattern_match(p, STR("ab"), NULL, NULL), PATTERN_MATCH);
	pattern_free(p);
	pattern_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_means_what_go_means),
		cmocka_unit_test(test_refuses_what_re2_refuses),
		cmocka_unit_test(test_length_and_depth_are_capped),
		cmocka_unit_test(test_captures),
		cmocka_unit_test(test_many_unnamed_groups_before_a_named_one),
		cmocka_unit_test(test_hostile_patterns_hit_the_limit),
		cmocka_unit_test(test_invalid_utf8_subject_is_tolerated),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
