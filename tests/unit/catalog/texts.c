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
