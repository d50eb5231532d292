/* What an index page states: the corners that the golden pages do not show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "catalog/facts.h"

struct page {
	struct arena *arena;
	struct facts f;
	const char *why;
};

static struct page read_page(const char *folder, const char *text)
{
	struct page p = {.arena = arena_new()};
	facts_read_index(p.arena, "README.md", str_c(folder), str_c(text), &p.f, &p.why);
	return p;
}

static void page_done(struct page *p)
{
	facts_release(&p->f);
	arena_free(p->arena);
}

static void assert_str(struct str got, const char *expected)
{
	if (!str_eq_c(got, expected))
		fail_msg("\"%.*s\" is not \"%s\"", STR_ARG(got), expected);
}

static void links_start_at_the_pages_folder(void **state)
{
	(void)state;
	static const struct {
		const char *folder, *target, *path, *anchor;
	} cases[] = {
		{"", "a.md", "a.md", ""},
		{"", "./x/../a.md", "a.md", ""},
		{"team", "a.md", "team/a.md", ""},
		{"team", "../a.md#the-fix", "a.md", "the-fix"},
		{"team/b", "../../a.md", "a.md", ""},
		{"team", "/a.md", "a.md", ""},
		{"", "with%20blank.md", "with blank.md", ""},
		{"", "a.md?plain=1", "a.md", ""},
		{"", "network", "network", ""},
		{"", "../a.md", NULL, NULL},
		{"team", "../../a.md", NULL, NULL},
		{"", "https://wiki.example/a.md", NULL, NULL},
		{"", "mailto:a@b.md", NULL, NULL},
		{"", "#here", NULL, NULL},
		{"", "picture.png", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTOFREE char *text = mem_printf("# R\n\n- [A](%s)\n", cases[i].target);
		struct page p = read_page(cases[i].folder, text);
		assert_int_equal(p.f.runbooks_count, cases[i].path ? 1 : 0);
		if (cases[i].path) {
			assert_str(p.f.runbooks[0].path, cases[i].path);
			assert_str(p.f.runbooks[0].anchor, cases[i].anchor);
			assert_int_equal(p.f.runbooks[0].at.line, 3);
		}
		page_done(&p);
	}
}

static void a_runbook_named_twice_is_one(void **state)
{
	(void)state;
	struct page p = read_page("", "## List\n\n| Runbook | Priority |\n|---|---|\n| [Pump](pump.md) | P2 |\n\n"
	                              "## Groups of runbooks\n\n- [The pump](./pump.md): It stopped\n");
	assert_int_equal(p.f.runbooks_count, 1);
	assert_str(p.f.runbooks[0].title, "Pump");
	assert_str(p.f.runbooks[0].description, "It stopped");
	assert_str(p.f.runbooks[0].severities.v[0], "P2");
	page_done(&p);
}

static void a_cell_may_name_several_runbooks(void **state)
{
	(void)state;
	struct page p =
		read_page("", "| Runbooks | Team |\n|---|---|\n| [Pump](pump.md), [Valve](valve.md#open) | Water |\n");
	assert_int_equal(p.f.runbooks_count, 2);
	assert_str(p.f.runbooks[1].title, "Valve");
	assert_str(p.f.runbooks[1].path, "valve.md");
	assert_str(p.f.runbooks[1].anchor, "open");
	assert_str(p.f.runbooks[1].owner, "Water");
	page_done(&p);
}

static void prose_and_foreign_tables_state_nothing(void **state)
{
	(void)state;
	struct page p = read_page("", "# Pumps\n\nOur [pump](pump.md) is old. Page P1 within 5 minutes.\n\n"
	                              "- They hum\n- They leak: often\n\n"
	                              "| Pump | Weight |\n|---|---|\n| A | 3 t |\n\n"
	                              "```yaml\nseverity: P1\ncontact: me\n```\n\n"
	                              "```\nkey: value\n```\n");
	assert_int_equal(p.f.runbooks_count + p.f.planned_count + p.f.severities_count + p.f.contacts_count, 0);
	assert_int_equal(p.f.escalations_count + p.f.links_count + p.f.sections_count + p.f.policies_count, 0);
	assert_int_equal(p.f.owner.n + p.f.templates_count, 0);
	page_done(&p);
}

static void a_heavy_page_states_nothing_and_says_why(void **state)
{
	(void)state;
	AUTOBUF struct buf text;
	buf_init(&text, 1 << 20);
	for (int i = 0; i < 50000; i++)
		buf_add_char(&text, '[');
	struct page p = read_page("", buf_str(&text).p);
	assert_int_equal(p.f.runbooks_count, 0);
	page_done(&p);
	buf_reset(&text);
	for (int i = 0; i < 20000; i++)
		buf_add_char(&text, '>');
	buf_add_c(&text, "x\n");
	p = read_page("", buf_str(&text).p);
	assert_int_equal(p.f.runbooks_count, 0);
	page_done(&p);
}

static void windows_line_ends_and_front_matter_keep_their_lines(void **state)
{
	(void)state;
	struct page p = read_page("", "---\r\nowner: Tower\r\n---\r\n# R\r\n\r\n* [A](a.md) - one\r\n\r\n"
	                              "## Escalation\r\n\r\n```\r\n0-5 min: Watch\r\n5+ min: Chief\r\n```\r\n");
	assert_str(p.f.owner, "Tower");
	assert_int_equal(p.f.runbooks_count, 1);
	assert_int_equal(p.f.runbooks[0].at.line, 6);
	assert_str(p.f.runbooks[0].description, "one");
	assert_int_equal(p.f.escalations_count, 1);
	assert_int_equal(p.f.escalations[0].step_count, 2);
	assert_int_equal(p.f.escalations[0].steps[1].after_ms, 5 * TIME_MINUTE);
	assert_str(p.f.escalations[0].steps[1].notify.v[0], "Chief");
	assert_int_equal(p.f.escalations[0].at.line, 11);
	page_done(&p);
}

static void a_template_beside_a_list_of_what_must_be_shows_the_rest(void **state)
{
	(void)state;
	struct page p = read_page("", "## Required sections\n\n- **Cause**\n- **Cure**\n\n"
	                              "## Template\n\n```markdown\n# [Title]\n## Cause\n## Cure\n## Thanks\n```\n");
	assert_int_equal(p.f.sections_count, 3);
	assert_true(p.f.sections[0].required && p.f.sections[1].required);
	assert_false(p.f.sections[2].required);
	assert_str(p.f.sections[2].name, "Thanks");
	assert_int_equal(p.f.sections[2].at.line, 12);
	page_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_start_at_the_pages_folder),
		cmocka_unit_test(a_runbook_named_twice_is_one),
		cmocka_unit_test(a_cell_may_name_several_runbooks),
		cmocka_unit_test(prose_and_foreign_tables_state_nothing),
		cmocka_unit_test(a_heavy_page_states_nothing_and_says_why),
		cmocka_unit_test(windows_line_ends_and_front_matter_keep_their_lines),
		cmocka_unit_test(a_template_beside_a_list_of_what_must_be_shows_the_rest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
