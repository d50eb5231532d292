#include "texts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "base/buf.h"
#include "base/time.h"

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

static void put_path(struct buf *out, const struct fact_escalation *e)
{
	buf_printf(out, "%.*s:", STR_ARG(e->severity));
	for (size_t i = 0; i < e->step_count; i++) {
		if (e->steps[i].after_ms < 0)
			buf_add_c(out, " then");
		else
			buf_printf(out, " %d", (int)(e->steps[i].after_ms / TIME_MINUTE));
		buf_printf(out, " %.*s,", STR_ARG(e->steps[i].notify.v[0]));
	}
	buf_add_c(out, ";");
}

void assert_paths(const char *page, const char *said)
{
	struct index_page p = index_page_of("", page);
	AUTOBUF struct buf got;
	buf_init(&got, 4096);
	buf_add_c(&got, "");
	for (size_t i = 0; i < p.f.escalations_count; i++)
		put_path(&got, &p.f.escalations[i]);
	assert_text(buf_str(&got), said);
	index_page_done(&p);
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
