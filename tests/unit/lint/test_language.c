/* Languages against the engine that matches alerts: what one says of a pattern the other does with texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lint/language.h"
#include "rules/pattern.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool does_accept(struct language *l, struct str text)
{
	struct language *value = language_of_values(&text, 1);
	const struct language_term terms[] = {{l, false}, {value, false}};
	enum language_answer answer = language_meet(terms, 2, NULL);
	assert_int_not_equal(answer, LANGUAGE_CANNOT_TELL);
	language_free(value);
	return answer == LANGUAGE_SOME;
}

static bool does_pattern_match(const char *regex, struct str text)
{
	AUTOERR struct err err = ERR_INIT;
	struct pattern *p = pattern_compile(str_c(regex), (struct pos){NULL, 0, 0}, &err);
	if (!p)
		fail_msg("%s", err_first(&err));
	enum pattern_result result = pattern_match(p, text, NULL, NULL);
	pattern_free(p);
	assert_int_not_equal(result, PATTERN_CANNOT_TELL);
	return result == PATTERN_MATCH;
}

static void agree(const char *regex, struct str text)
{
	struct language *l = language_of_pattern(str_c(regex));
	assert_non_null(l);
	bool says = does_accept(l, text), does = does_pattern_match(regex, text);
	if (says != does)
		fail_msg("/%s/ on \"%.*s\": the language says %d, the engine %d", regex, STR_ARG(text), says, does);
	language_free(l);
}

static const char *const patterns[] = {
	"",
	"a",
	"a|b",
	"a|",
	"|a",
	".*",
	".+",
	"(?s).*",
	"(?s:.)+",
	"foo.*",
	".*foo",
	".*foo.*",
	"^foo$",
	"^foo$|bar$",
	"$^",
	"(^|x)foo",
	"foo($|x)",
	"foo^",
	"$foo",
	"a{2}",
	"a{2,}",
	"a{,2}",
	"a{0,2}b",
	"a{2,3}?",
	"(?:ab){1,2}",
	"(a|b)*c",
	"a**?|b",
	"a??",
	"[abc]",
	"[^abc]",
	"[a-c]x",
	"[]a]",
	"[^]a]",
	"[a-]",
	"[-a]",
	"[\\d-z]",
	"[\\]]",
	"[[:alpha:]]",
	"[[:^digit:]_]",
	"[[:space:]]",
	"[[:alnum:]_-]+",
	"\\d+",
	"\\D",
	"\\w*",
	"\\W",
	"\\s",
	"\\S",
	"[\\s]",
	"[\\S]",
	"[^\\s]",
	"[^\\W]",
	"\\.",
	"\\x41",
	"\\x{e9}",
	"\\101",
	"\\n",
	"\\t",
	"\\Afoo\\z",
	"(?i)foo",
	"(?i)k",
	"(?i)S",
	"(?i)[^k]",
	"(?i)[a-z]+",
	"(?i:a)b",
	"a(?i)b|c",
	"(a(?i)b|c)d",
	"(?i)a(?-i)b",
	"(?P<x>a|b)c",
	"(?<x>a)",
	"(?U)a+",
	"é",
	"[à-ü]",
	"[^à]",
	"𝄞.",
	"(?i)\\w",
	"(?i)[\\w]",
	"{",
	"a{",
	"a{x}",
	"x{1,2",
	"\\{",
	"(?:)",
	"()",
	"(a|b|)(c|d)",
	"(?m)a",
	"(?s)a.b",
	"a.b",
	"(((a)))",
	"[!-~]",
	"(?i)[!-~]",
	"(?i)[^s]",
	"(ab|a)(bc|c)?",
	"(?:a|ab)(?:c|bcd)(?:d*)",
	"\\pL|x",
	"a\\b",
	"(?m)^a$",
	"(?i)é",
	"\\Qa.b\\E",
};

static const char *const texts[] = {
	"",     "a",    "b",    "c",      "d",      "x",        "k",    "K",    "s",      "S",      "aa",     "aaa",
	"aaaa", "ab",   "aB",   "AB",     "Ab",     "abc",      "abcd", "bc",   "ac",     "ad",     "acd",    "bd",
	"foo",  "FOO",  "Foo",  "foobar", "barfoo", "xfoo",     "foox", "bar",  "xfoox",  "fo",     "foo\n",  "\nfoo",
	"\n",   "a\nb", "a b",  " ",      "\t",     "\v",       "\f",   "\r",   "-",      "]",      "[",      "_",
	".",    "é",    "É",    "à",      "ü",      "\xc3\xbf", "𝄞x",   "𝄞",    "\u017f", "\u212a", "\u2028", "0",
	"9",    "42",   "A",    "Z",      "z",      "{",        "a{",   "a{x}", "x{1,2",  "a{,2}",  "a.b",    "axb",
	"cx",   "\x7f", "\x01", "~",      "!",      "bb",       "aabc", "cd",   "CD",     "aC",     "aBd",    "ACd",
};

static void describes_what_the_engine_does(void **state)
{
	(void)state;
	size_t described = 0;
	for (size_t i = 0; i < COUNT(patterns); i++) {
		struct language *l = language_of_pattern(str_c(patterns[i]));
		if (!l)
			continue;
		language_free(l);
		described++;
		if (strcmp(patterns[i], "a**?|b") == 0)
			continue; /* refused at load */
		for (size_t k = 0; k < COUNT(texts); k++)
			agree(patterns[i], str_c(texts[k]));
		agree(patterns[i], STR("a\0b"));
	}
	assert_true(described >= COUNT(patterns) - 8);
}

static const char *const undescribed[] = {
	"\\pL", "\\P{Greek}",         "[\\pL]", "a\\b", "\\B", "(?m)^a", "(?m:a$)", "(?i)é", "(?i)[à-ü]", "(?i)[[:upper:]]",

	"\xff", "((a{100}){10}b){50}"};

static void says_when_it_cannot_describe(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(undescribed); i++)
		if (language_of_pattern(str_c(undescribed[i])))
			fail_msg("/%s/ is described", undescribed[i]);
	assert_null(language_of_values(&STR("\xff"), 1));
}

/* ---- random patterns ---- */

struct dice {
	uint64_t state;
};

static unsigned roll_dice(struct dice *d, unsigned sides)
{
	d->state = d->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(d->state >> 33) % sides;
}

static void add_pattern(struct dice *d, struct buf *out, int depth)
{
	static const char *const atoms[] = {"a",   "b",      "c",   ".",     "[ab]",     "[^a]",   "\\d",
	                                    "\\w", "(?i:a)", "\\.", "é",     "[^\\W]",   "(?s:.)", "[b-d]",
	                                    "ab",  "^",      "$",   "\\x62", "\\Qb.\\E", "(?-i)b"};
	static const char *const repeats[] = {"", "", "", "", "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?"};
	for (unsigned i = 1 + roll_dice(d, 3); i > 0; i--) {
		bool group = depth > 0 && roll_dice(d, 3) == 0;
		if (group) {
			buf_add_c(out, roll_dice(d, 2) ? "(?:" : "(");
			add_pattern(d, out, depth - 1);
			buf_add_char(out, '|');
			add_pattern(d, out, depth - 1);
			buf_add_char(out, ')');
		} else {
			buf_add_c(out, atoms[roll_dice(d, COUNT(atoms))]);
		}
		buf_add_c(out, repeats[roll_dice(d, COUNT(repeats))]);
	}
}

static struct str random_text(struct dice *d, char room[64])
{
	static const char *const parts[] = {"a", "b", "c", "d", "A", "0", ".", "é", "\n", "_", "ab"};
	size_t n = 0;
	for (unsigned i = roll_dice(d, 7); i > 0; i--) {
		const char *part = parts[roll_dice(d, COUNT(parts))];
		memcpy(room + n, part, strlen(part));
		n += strlen(part);
	}
	return (struct str){room, n};
}

struct both {
	struct pattern *pattern;
	struct language *language;
};

static struct both random_both(struct dice *d, struct buf *text)
{
	AUTOERR struct err err = ERR_INIT;
	buf_reset(text);
	add_pattern(d, text, 2);
	struct both b = {pattern_compile(buf_str(text), (struct pos){NULL, 0, 0}, &err), NULL};
	if (!b.pattern)
		fail_msg("%s", err_first(&err));
	b.language = language_of_pattern(buf_str(text));
	assert_non_null(b.language);
	return b;
}

static void both_release(struct both *b)
{
	pattern_free(b->pattern);
	language_free(b->language);
}

/* True also where the engine gives up at its match limit: it contradicts nobody then. */
static bool engine_says(const struct both *b, struct str text, bool match)
{
	enum pattern_result result = pattern_match(b->pattern, text, NULL, NULL);
	return result == PATTERN_CANNOT_TELL || (result == PATTERN_MATCH) == match;
}

static void agrees_with_the_engine_on_random_patterns(void **state)
{
	(void)state;
	struct dice d = {1};
	AUTOBUF struct buf regex;
	buf_init(&regex, 4096);
	for (int i = 0; i < 1500; i++) {
		struct both b = random_both(&d, &regex);
		for (int k = 0; k < 20; k++) {
			char room[64];
			struct str text = random_text(&d, room);
			if (!engine_says(&b, text, does_accept(b.language, text)))
				fail_msg("/%s/ on \"%.*s\"", regex.p, STR_ARG(text));
		}
		both_release(&b);
	}
}

/* An example is one for the engine; where there is none, no random text is. */
static void meets_as_the_engine_does(void **state)
{
	(void)state;
	struct dice d = {2};
	AUTOBUF struct buf one, other, example;
	buf_init(&one, 4096);
	buf_init(&other, 4096);
	buf_init(&example, 4096);
	int none = 0, too_large = 0;
	for (int i = 0; i < 3000; i++) {
		struct both a = random_both(&d, &one), b = random_both(&d, &other);
		bool not_a = roll_dice(&d, 3) == 0, not_b = roll_dice(&d, 2);
		const struct language_term terms[] = {{a.language, not_a}, {b.language, not_b}};
		buf_reset(&example);
		enum language_answer answer = language_meet(terms, 2, &example);
		none += answer == LANGUAGE_NONE;
		too_large += answer == LANGUAGE_CANNOT_TELL;
		struct str text = buf_str(&example);
		if (answer == LANGUAGE_SOME && (!engine_says(&a, text, !not_a) || !engine_says(&b, text, !not_b)))
			fail_msg("/%s/ and /%s/: \"%s\" is no example", one.p, other.p, example.p);
		for (int k = 0; k < 20 && answer == LANGUAGE_NONE; k++) {
			char room[64];
			text = random_text(&d, room);
			if (engine_says(&a, text, !not_a) && !engine_says(&a, text, not_a) && engine_says(&b, text, !not_b) &&
			    !engine_says(&b, text, not_b))
				fail_msg("/%s/ and /%s/ do meet: \"%.*s\"", one.p, other.p, STR_ARG(text));
		}
		both_release(&a);
		both_release(&b);
	}
	assert_true(none > 300);
	if (too_large > 150)
		fail_msg("%d of 3000 were too large", too_large);
}

static void values_are_exactly_themselves(void **state)
{
	(void)state;
	const struct str values[] = {STR("a"), STR("bc"), STR("")};
	struct language *l = language_of_values(values, 3), *none = language_of_values(NULL, 0);
	for (size_t i = 0; i < 3; i++)
		assert_true(does_accept(l, values[i]));
	assert_false(does_accept(l, STR("b")));
	assert_int_equal(language_meet(&(struct language_term){none, false}, 1, NULL), LANGUAGE_NONE);
	assert_int_equal(language_meet(&(struct language_term){none, true}, 1, NULL), LANGUAGE_SOME);
	assert_int_equal(language_meet(NULL, 0, NULL), LANGUAGE_SOME);
	language_free(l);
	language_free(none);
}

/* (a|b)*a(a|b){n} has 2^n states. */
static void gives_up_in_time(void **state)
{
	(void)state;
	struct language *l = language_of_pattern(STR("(a|b)*a(a|b){40}")),
					*m = language_of_pattern(STR("(a|b)*b(a|b){39}c?"));
	const struct language_term terms[] = {{l, false}, {m, true}};
	AUTOBUF struct buf example;
	buf_init(&example, 4096);
	enum language_answer answer = language_meet(terms, 2, &example);
	assert_true(answer == LANGUAGE_CANNOT_TELL);
	language_free(l);
	language_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(describes_what_the_engine_does),
		cmocka_unit_test(says_when_it_cannot_describe),
		cmocka_unit_test(agrees_with_the_engine_on_random_patterns),
		cmocka_unit_test(meets_as_the_engine_does),
		cmocka_unit_test(values_are_exactly_themselves),
		cmocka_unit_test(gives_up_in_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
