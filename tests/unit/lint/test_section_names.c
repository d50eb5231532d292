/* The sections that an index page wants of every runbook: which headings are they, and who lacks them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "folder_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* A heading of a page that is the section "Swift help", or is not. */
static void a_section_has_numbers_times_and_neighbours(void **state)
{
	(void)state;
	static const struct {
		const char *heading;
		size_t missing;
	} rows[] = {
		{"## Swift help", 0},
		{"## Swift help (first 5 min)", 0},
		{"## Swift help – 0-5 min", 0},
		{"### Swift help: 5 minutes", 0},
		{"## Swift help 0-5 min", 0},
		{"## 5-Minute Swift Help", 0},
		{"## 🚨 Swift help", 0},
		{"## Step 1: Swift help", 0},
		{"## Step 1 Swift help", 0},
		{"## Phase 1 - Swift help (0–5 min)", 0},
		{"## A. Swift help", 0},
		{"## b) Swift help", 0},
		{"## Swift help & triage", 0},
		{"## Triage and swift help", 0},
		{"## Triage/Swift help", 0},
		{"**Swift help**", 0},
		{"**Swift help:**", 0},
		{"<h2 id=x>Swift help</h2>", 0},
		{"## Swift", 1},
		{"## Help", 1},
		{"## Swift helpers", 1},
		{"## After swift help", 1},
		{"Swift help", 1},
		{"**Swift help** is on its way", 1},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char body[200];
		snprintf(body, sizeof body, "# P\n\n%s\n\nx\n\n## Check\n\nx\n", rows[i].heading);
		struct page pages[] = {
			{"README.md",
		     "# Index\n\n[P](p.md)\n\n## Runbook structure\n\n1. **Swift help** - first\n2. **Check** - then\n"},
			{"p.md", body}};
		struct lint l;
		lint_pages(pages, 2, &l);
		if (count_code(&l, LINT_MISSING_SECTION) != rows[i].missing)
			fail_msg("\"%s\" is missing %zu times", rows[i].heading, count_code(&l, LINT_MISSING_SECTION));
		lint_release(&l);
	}
}

/* Of twelve pages ten lack a section: it is the rule that nobody follows, said once, where it stands. */
static void a_rule_that_nobody_follows_is_one_finding(void **state)
{
	(void)state;
	static const char index[] = "# Index\n\n## Runbook structure\n\n1. **Check** - first\n2. **Undo** - then\n";
	char paths[12][16], bodies[12][64];
	struct page pages[13] = {{"README.md", index}};
	for (int i = 0; i < 12; i++) {
		snprintf(paths[i], sizeof paths[i], "p%d.md", i);
		snprintf(bodies[i], sizeof bodies[i], "# P%d\n\n%s## Check\n\nx\n", i, i < 2 ? "## Undo\n\nx\n\n" : "");
		pages[i + 1] = (struct page){paths[i], bodies[i]};
	}
	struct lint l;
	lint_pages(pages, 13, &l);
	assert_int_equal(count_code(&l, LINT_MISSING_SECTION), 1);
	for (size_t i = 0; i < l.n; i++)
		if (l.v[i].code == LINT_MISSING_SECTION) {
			assert_string_equal(l.v[i].at.file, "README.md");
			assert_non_null(strstr(l.v[i].message.p, "10 of 12 runbooks lack the required section \"Undo\""));
		}
	lint_release(&l);
	lint_pages(pages, 6, &l);
	assert_int_equal(count_code(&l, LINT_MISSING_SECTION), 3);
	lint_release(&l);
}

static void a_section_with_a_time_is_that_section(void **state)
{
	(void)state;
	const struct page pages[] = {
		{"README.md",
	     "# Index\n\n- [Valve](valve.md)\n\n## Runbook structure\n\n1. **First steps** - now\n2. **Look** - then\n"},
		{"valve.md", "# Valve\n\n## First Steps (0-5 minutes)\n\nx\n\n## Look [5 min]\n\nx\n"},
	};
	struct lint l;
	lint_pages(pages, COUNT(pages), &l);
	assert_int_equal(l.n, 0);
	lint_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_section_has_numbers_times_and_neighbours),
		cmocka_unit_test(a_rule_that_nobody_follows_is_one_finding),
		cmocka_unit_test(a_section_with_a_time_is_that_section),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
