/* What a runbook says is to be done first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "catalog/markdown.h"

struct step {
	bool found;
	struct str title;
	char *html;
};

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct step first_step(const char *text)
{
	const struct markdown_links links = {.resolve = NULL};
	const char *why;
	struct step step;
	AUTOBUF struct buf out;
	buf_init(&out, 1 << 16);
	struct markdown *m = markdown_parse(arena, str_c(text), &why);
	assert_non_null(m);
	step.found = markdown_first_step(m, &links, &step.title, &out);
	step.title = arena_str(arena, step.title);
	step.html = arena_cstr(arena, buf_str(&out));
	markdown_free(m);
	return step;
}

static void is_first_step(const char *text, const char *title, const char *html)
{
	struct step step = first_step(text);
	assert_true(step.found);
	assert_true(str_eq_c(step.title, title));
	assert_string_equal(step.html, html);
}

static void the_section_that_says_what_to_do_comes_first(void **state)
{
	(void)state;
	is_first_step("# A\n\n## Meaning\n\n- no\n\n## Diagnosis\n\n1. look\n2. think\n", "Diagnosis",
	              "<ul class=\"first\">\n<li>look\n</li>\n</ul>\n");
	is_first_step("# A\n\n## Why\n\n- no\n\n## What to do now\n\nRun:\n\n    stop\n\nmore\n", "What to do now",
	              "<p>Run:</p>\n<div class=\"code\"><pre tabindex=\"0\"><code>stop\n</code></pre></div>\n");
}

static void else_the_first_section_else_the_text(void **state)
{
	(void)state;
	is_first_step("# A\n\n## Anything\n\n- one\n- two\n", "Anything", "<ul class=\"first\">\n<li>one\n</li>\n</ul>\n");
	is_first_step("# A\n\nJust do it.\n", "", "<p>Just do it.</p>\n");
	is_first_step("- first\n- second\n", "", "<ul class=\"first\">\n<li>first\n</li>\n</ul>\n");
}

static void a_section_below_it_counts_to_it(void **state)
{
	(void)state;
	is_first_step("# A\n\n## Mitigation\n\n### On the node\n\n- drain\n", "Mitigation",
	              "<ul class=\"first\">\n<li>drain\n</li>\n</ul>\n");
}

static void where_there_is_nothing_nothing_is_said(void **state)
{
	(void)state;
	assert_false(first_step("").found);
	assert_false(first_step("# Title\n").found);
	assert_false(first_step("# A\n\n## Steps\n").found);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_section_that_says_what_to_do_comes_first),
		TEST(else_the_first_section_else_the_text),
		TEST(a_section_below_it_counts_to_it),
		TEST(where_there_is_nothing_nothing_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
