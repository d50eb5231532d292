/*
 * Markdown and the HTML of its page: each tests/golden/markdown/NAME.md beside NAME.html, which holds the contents and the
 * text. Links that end in .md lead somewhere, other relative ones do not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "catalog/markdown.h"

#define FOLDER "tests/golden/markdown"
#define CASES_MAX 100

static struct str read_page_file(struct arena *arena, const char *path)
{
	AUTOBUF struct buf text;
	buf_init(&text, MARKDOWN_HTML_MAX);
	FILE *f = fopen(path, "rb");
	assert_non_null(f);
	for (int c; (c = getc(f)) != EOF;)
		buf_add_char(&text, (char)c);
	fclose(f);
	return arena_str(arena, buf_str(&text));
}

static bool resolve_to_pages(void *arg, struct str target, struct buf *href)
{
	(void)arg;
	ptrdiff_t hash = str_index(target, '#');
	buf_add_c(href, "pages/");
	buf_add(href, target);
	return str_ends(str_slice(target, 0, hash < 0 ? target.n : (size_t)hash), STR(".md"));
}

static void check_golden_page(void **state)
{
	static const struct markdown_links links = {.resolve = resolve_to_pages};
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf html;
	const char *why;
	struct str source = str_c(*state);
	char *expected = arena_printf(arena, "%.*s.html", (int)source.n - 3, source.p);
	buf_init(&html, MARKDOWN_HTML_MAX);
	struct markdown *m = markdown_parse(arena, read_page_file(arena, *state), &why);
	assert_non_null(m);
	markdown_contents(m, 2, 3, &html);
	assert_true(markdown_html(m, &links, &html));
	assert_string_equal(html.p, read_page_file(arena, expected).p);
	markdown_free(m);
}

static int is_markdown(const struct dirent *e)
{
	return str_ends(str_c(e->d_name), STR(".md"));
}

int main(void)
{
	static char paths[CASES_MAX][512];
	struct CMUnitTest tests[CASES_MAX] = {0};
	struct dirent **entries;
	int count = scandir(FOLDER, &entries, is_markdown, alphasort);
	if (count < 1 || count > CASES_MAX) {
		fprintf(stderr, "%s: %d cases; run from the top of the tree\n", FOLDER, count);
		return 1;
	}
	for (int i = 0; i < count; i++) {
		snprintf(paths[i], sizeof paths[i], FOLDER "/%s", entries[i]->d_name);
		tests[i] = (struct CMUnitTest){.name = paths[i], .test_func = check_golden_page, .initial_state = paths[i]};
		free(entries[i]);
	}
	free(entries);
	return _cmocka_run_group_tests("markdown", tests, (size_t)count, NULL, NULL);
}
