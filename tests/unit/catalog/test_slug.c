/* Heading text and anchors, as GitHub makes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "catalog/slug.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void markup_is_not_text(void **state)
{
	(void)state;
	static const struct {
		const char *markdown, *text;
	} cases[] = {
		{"Plain words", "Plain words"},
		{"**Bold** and *thin*", "Bold and thin"},
		{"2 * 3", "2 * 3"},
		{"`kubectl get pods` first", "kubectl get pods first"},
		{"``a ` b``", "a ` b"},
		{"one ` tick", "one ` tick"},
		{"See [the page](x.md \"t\") now", "See the page now"},
		{"See [the page][ref]", "See the page"},
		{"[not a link", "[not a link"},
		{"[ ] to do", "[ ] to do"},
		{"![logo](a.png) Name", " Name"},
		{"[![badge](a.svg)](b) Name", " Name"},
		{"<a name=\"x\"></a>Name", "Name"},
		{"<https://example.com/a>", "https://example.com/a"},
		{"a < b", "a < b"},
		{"snake_case_name stays", "snake_case_name stays"},
		{"_leaning_ and __heavy__", "leaning and heavy"},
		{"_open", "_open"},
		{"\\*star\\*", "*star*"},
		{"Cause &amp; cure", "Cause & cure"},
		{"~~gone~~", "gone"},
		{"[[[[[[[[[[[[deep", "[[[[[[[[[[[[deep"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOBUF struct buf out;
		buf_init(&out, 4096);
		slug_plain_text(str_c(cases[i].markdown), &out);
		assert_string_equal(buf_str(&out).p, cases[i].text);
	}
}

static void a_long_heading_is_cut_between_characters(void **state)
{
	(void)state;
	char text[SLUG_TEXT_MAX + 2];
	for (size_t i = 0; i + 1 < sizeof text; i++)
		text[i] = 'a';
	text[SLUG_TEXT_MAX - 1] = '\xC3';
	text[SLUG_TEXT_MAX] = '\xA4';
	AUTOBUF struct buf out;
	buf_init(&out, 4096);
	slug_plain_text((struct str){text, SLUG_TEXT_MAX + 1}, &out);
	assert_int_equal(out.n, SLUG_TEXT_MAX - 1);
	assert_true(str_is_utf8(buf_str(&out)));
}

static void anchors(void **state)
{
	(void)state;
	static const struct {
		const char *text, *anchor;
	} cases[] = {
		{"Mitigation", "mitigation"},
		{"heading with a - dash", "heading-with-a---dash"},
		{"What's next? (soon)", "whats-next-soon"},
		{"node_exporter v1.6", "node_exporter-v16"},
		{"100% CPU", "100-cpu"},
		{"\xC3\x9C"
	     "berlast & \xC3\x84rger",
	     "\xC3\xBC"
	     "berlast--\xC3\xA4rger"},
		{"\xE2\x80\x9CQuoted\xE2\x80\x9D \xE2\x80\x94 done", "quoted--done"},
		{"\xF0\x9F\x9A\x80 Launch", "-launch"},
		{"\xE6\x97\xA5\xE6\x9C\xAC", "\xE6\x97\xA5\xE6\x9C\xAC"},
		{"bad \xFF byte", "bad--byte"},
		{"Cafe\xCC\x81", "cafe\xCC\x81"},
		{"\xD0\x94\xD0\x98\xD0\xA1\xD0\x9A", "\xD0\xB4\xD0\xB8\xD1\x81\xD0\xBA"},
		{"\xE0\xB9\x80\xE0\xB8\x81\xE0\xB9\x87", "\xE0\xB9\x80\xE0\xB8\x81\xE0\xB9\x87"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct slugs *s = slugs_new(SLUG_GITHUB);
		assert_string_equal(slugs_next(s, arena, &(struct heading){.marked = str_c(cases[i].text)}).p, cases[i].anchor);
		slugs_free(s);
	}
}

static void repeats_are_numbered(void **state)
{
	(void)state;
	static const char *const texts[] = {"echo", "echo", "echo 1", "echo-1", "echo", "", ""};
	static const char *const expected[] = {"echo", "echo-1", "echo-1-1", "echo-1-2", "echo-2", "", "-1"};
	AUTOARENA struct arena *arena = arena_new();
	struct slugs *s = slugs_new(SLUG_GITHUB);
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_string_equal(slugs_next(s, arena, &(struct heading){.marked = str_c(texts[i])}).p, expected[i]);
	slugs_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_is_not_text),
		cmocka_unit_test(a_long_heading_is_cut_between_characters),
		cmocka_unit_test(anchors),
		cmocka_unit_test(repeats_are_numbered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
