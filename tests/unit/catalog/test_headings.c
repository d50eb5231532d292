/* Which lines of a Markdown file are headings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "catalog/headings.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* "LEVEL:LINE:ANCHOR " for each heading. */
static void describe_outline(const struct outline *o, struct buf *out)
{
	for (size_t i = 0; i < o->count; i++)
		buf_printf(out, "%d:%d:%s ", o->headings[i].level, o->headings[i].line, o->headings[i].anchor.p);
}

static void headings(void **state)
{
	(void)state;
	static const struct {
		const char *markdown, *expected;
	} cases[] = {
		{"", ""},
		{"# One\n\n## Two\n", "1:1:one 2:3:two "},
		{"# One\r\n### Three\r\n", "1:1:one 3:2:three "},
		{"#One\n####### Seven\n\\# Not\n", ""},
		{"## Closed ##\n## C#\n##\n", "2:1:closed 2:2:c 2:3: "},
		{"   # In\n\n    # Code\n", "1:1:in "},
		{"```sh\n# comment\n```\n# After\n", "1:4:after "},
		{"````\n```\n# inside\n````\n# After\n", "1:5:after "},
		{"```markdown\n```text\n# inside\n```\n# After\n", "1:5:after "},
		{"~~~\n```\n# inside\n~~~\n# After\n", "1:5:after "},
		{"- item\n\n      ```\n      # no\n      ```\n# After\n", "1:6:after "},
		{"``` not a fence ```\n# Yes\n", "1:2:yes "},
		{"```\n# never closed\n", ""},
		{"<!--\n# hidden\n-->\n# Shown\n", "1:4:shown "},
		{"<!-- one line -->\n# Shown\n", "1:2:shown "},
		{"Title\n=====\n\nTwo\n---\n", "1:1:title 2:4:two "},
		{"Two\nlines\n---\n", "2:1:two-lines "},
		{"text\n\n---\n\n# A\n", "1:5:a "},
		{"- item\n---\n\n> quote\n---\n\n| a |\n---\n", ""},
		{"- item\n  more\n---\n", ""},
		{"1. item\n---\n", ""},
		{"---\ntitle: x\n---\n# A\n", "1:4:a "},
		{"---\nnever closed\n\n# A\n", "1:4:a "},
		{"\xEF\xBB\xBF# A\n", "1:1:a "},
		{"# Same\n# Same\n", "1:1:same 1:2:same-1 "},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct outline outline;
		outline_read(arena, str_c(cases[i].markdown), &outline);
		AUTOBUF struct buf out;
		buf_init(&out, 4096);
		describe_outline(&outline, &out);
		assert_string_equal(buf_str(&out).p, cases[i].expected);
	}
}

static void front_matter_keeps_its_lines(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct outline outline;
	outline_read(arena, STR("---\ntitle: x\n---\n# A\n"), &outline);
	assert_true(str_eq_c(outline.front_matter, "---\ntitle: x\n"));
	outline_read(arena, STR("# A\n---\ntitle: x\n---\n"), &outline);
	assert_int_equal(outline.front_matter.n, 0);
}

static void headings_have_a_ceiling(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf text;
	buf_init(&text, 1 << 20);
	for (int i = 0; i < HEADINGS_MAX + 10; i++)
		buf_add_c(&text, "# again\n");
	struct outline outline;
	outline_read(arena, buf_str(&text), &outline);
	assert_int_equal(outline.count, HEADINGS_MAX);
	assert_string_equal(outline.headings[HEADINGS_MAX - 1].anchor.p, "again-4999");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headings),
		cmocka_unit_test(front_matter_keeps_its_lines),
		cmocka_unit_test(headings_have_a_ceiling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
