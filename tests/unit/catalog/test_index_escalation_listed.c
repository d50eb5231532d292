/* Escalation paths that a cell lists, and times that stand beside contacts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/time.h"
#include "catalog/facts.h"
#include "texts.h"

/* "role, role@minutes" of the page's first path, "" where it has none. */
static void say_path(const struct facts *f, char *out, size_t room)
{
	size_t n = 0;
	out[0] = 0;
	for (size_t i = 0; f->escalations_count && i < f->escalations[0].step_count; i++) {
		const struct fact_step *step = &f->escalations[0].steps[i];
		n += (size_t)snprintf(out + n, room - n, "%s%.*s", i ? ", " : "", STR_ARG(step->notify.v[0]));
		if (step->after_ms > 0)
			n += (size_t)snprintf(out + n, room - n, "@%d", (int)(step->after_ms / TIME_MINUTE));
	}
}

static void assert_listed_path(const char *page, const char *expected)
{
	char said[512];
	struct index_page p = index_page_of("", page);
	say_path(&p.f, said, sizeof said);
	if (!str_eq_c(str_c(said), expected))
		fail_msg("\"%s\" of %s", said, page);
	index_page_done(&p);
}

static void a_cell_lists_who_comes_after_whom(void **state)
{
	(void)state;
	static const struct {
		const char *cell, *path;
	} rows[] = {
		{"Primary on-call<br>Secondary on-call<br>CTO", "Primary on-call, Secondary on-call, CTO"},
		{"Engineer<br/>Team lead", "Engineer, Team lead"},
		{"1. Engineer 2. Team lead 3. CTO", "Engineer, Team lead, CTO"},
		{"1. Engineer<br>2. Team lead", "Engineer, Team lead"},
		{"1) Engineer 2) @ana", "Engineer, @ana"},
		{"Engineer, then team lead", "Engineer, team lead"},
		{"1. Look at the graphs 2. Empty the basin 3. Engineer", ""}, /* not all of them are somebody */
		{"Engineer<br>restart the pump", ""},
		{"Look at chapter 1. Engineer 2. Team lead", ""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOFREE char *page = mem_printf(
			"# W\n\n## Severities\n\n| Severity | Response | Escalation |\n|---|---|---|\n| P1 | 5 min | %s |\n",
			rows[i].cell);
		assert_listed_path(page, rows[i].path);
	}
}

/* When somebody is told is no way to reach them. */
static void a_time_beside_a_contact_is_its_place_in_the_chain(void **state)
{
	(void)state;
	static const char page[] =
		"# W\n\n## Emergency contacts\n\n- Primary On-Call: @one\n- Secondary: @two (after 10 min)\n"
		"- Manager: @three (pager, 30 min)\n";
	struct index_page p = index_page_of("", page);
	char said[512];
	say_path(&p.f, said, sizeof said);
	assert_string_equal(said, "Primary On-Call, Secondary@10, Manager");
	assert_text(p.f.contacts[1].primary, "@two");
	assert_text(p.f.contacts[1].method, "");
	assert_text(p.f.contacts[2].method, "pager, 30 min"); /* that says how soon one answers */
	index_page_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cell_lists_who_comes_after_whom),
		cmocka_unit_test(a_time_beside_a_contact_is_its_place_in_the_chain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
