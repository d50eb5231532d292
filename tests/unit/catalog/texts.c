#include "texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

void assert_text(struct str got, const char *want)
{
	if (!str_eq_c(got, want))
		fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

struct index_page index_page_of(const char *folder, const char *text)
{
	struct index_page p = {.arena = arena_new()};
	facts_read_index(p.arena, "README.md", str_c(folder), str_c(text), &p.f, &p.why);
	return p;
}

void index_page_done(struct index_page *p)
{
	facts_release(&p->f);
	arena_free(p->arena);
}

struct catalog *folder(const struct page *pages, size_t count)
{
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	for (size_t i = 0; i < count; i++)
		(i ? catalog_add_runbook : catalog_add_index)(c, pages[i].path, str_c(pages[i].text), &err);
	assert_true(catalog_finish(c, &err));
	return c;
}

void assert_path(const struct runbook *r, const char *expected)
{
	if (expected && !r)
		fail_msg("nothing is found, not \"%s\"", expected);
	if (!expected && r)
		fail_msg("\"%.*s\" is found", STR_ARG(r->path));
	if (r)
		assert_text(r->path, expected);
}
