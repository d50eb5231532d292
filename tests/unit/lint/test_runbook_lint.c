/* What lint says of a runbook folder: links as GitHub follows them, sections, text, and what pages say together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/time.h"
#include "folder_fixture.h"
#include "lint/runbook_lint.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char other[] =
	"# Pump\n\n## Dry Run & Stop\n\nx\n\n## Stop\n\nx\n\n## Stop\n\n<a name=\"by-hand\"></a>x\n";

/* A page with one link: the code that is expected, or NULL. */
static const struct {
	const char *target, *code;
} links[] = {
	{"pump.md", NULL},
	{"./pump.md", NULL},
	{"deep/../pump.md", NULL},
	{"pump", NULL},
	{"../pumps/pump.md", "dead-link"},
	{"pump%2Emd", NULL},
	{"pump.md?raw=1", NULL},
	{"Pump.md", "case-mismatch"},
	{"pumps.md", "dead-link"},
	{"plan.png", NULL},
	{"plan.svg", "dead-link"},
	{"../handbook.md", NULL},
	{"https://example.test/pump.md", NULL},
	{"mailto:crew@example.test", NULL},
	{"/docs/pump.md", NULL},
	{"pump.md#dry-run--stop", NULL},
	{"pump.md#dry-run-stop", "dead-anchor"},
	{"pump.md#stop-1", NULL},
	{"pump.md#stop-2", "dead-anchor"},
	{"pump.md#Stop", "case-mismatch"},
	{"pump.md#by-hand", NULL},
	{"pump.md#", NULL},
	{"pump.md#L10", NULL},
	{"pump.md#L10-L12", NULL},
	{"pump.md#Level", "dead-anchor"},
	{"pump.md#stop:~:text=x", NULL},
	{"pump.md#stopped:~:text=x", "dead-anchor"},
	{"pump.md#user-content-stop", NULL},
	{"pump.md#user-content-halt", "dead-anchor"},
	{"#valve", NULL},
	{"#valves", "dead-anchor"},
	{"${PANEL_URL}/d/x", NULL},
	{"$PANEL/d/x", NULL},
	{"{{ panel }}/d/x", NULL},
	{"<%= panel %>", NULL},
	{"%PANEL_URL%/d/x", NULL},
	{"#{panel}/d/x", NULL},
	{"{PANEL_URL}/d/x", NULL},
	{"@@PANEL@@/x", NULL},
	{"__PANEL_URL__/x", NULL},
	{"__panel__/x", "dead-link"},
	{"%C3%9C/x", "dead-link"},
	{"../../issues/3", NULL},
	{"../issues/3", "dead-link"},
	{"%(panel)s/d/x", NULL},
	{"(https://example.test/x)", "dead-link"},
	{"[https://example.test/x]", "dead-link"},
	{"a+b-c.d:x", NULL},
};

static void links_lead_where_github_leads(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(links); i++) {
		AUTOFREE char *text = mem_printf("# Valve\n\n[x](%s)\n", links[i].target);
		const struct page pages[] = {{"README.md", "# Index\n\nPages.\n"}, {"valve.md", text}, {"pump.md", other}};
		struct lint l;
		lint_pages(pages, COUNT(pages), &l);
		const char *code = l.n ? lint_codes[l.v[0].code].name : NULL;
		if (l.n > 1 || !code != !links[i].code || (code && strcmp(code, links[i].code) != 0))
			fail_msg("%s: %zu findings, the first \"%s\"", links[i].target, l.n, code ? code : "none");
		if (l.n)
			assert_int_equal(l.v[0].at.line, 3);
		lint_release(&l);
	}
}

/* A page that is to be copied is full of what is to be filled in. */
static void a_template_is_to_be_filled_in(void **state)
{
	static const struct {
		const char *path;
		bool template;
	} rows[] = {
		{"template.md", true},         {"_TEMPLATE.md", true},      {"runbook-template.md", true},
		{"template_alert.md", true},   {"templates/pump.md", true}, {"index-template-missing.md", false},
		{"templated-pumps.md", false},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct page pages[] = {
			{"README.md", "# Index\n\nPages.\n"},
			{rows[i].path, "# Name\n\n[What it means]\n\n## Steps\n\n## Links\n\n[Dashboard](dashboard.md)\n"}};
		struct lint l;
		lint_pages(pages, COUNT(pages), &l);
		if ((l.n == 0) != rows[i].template)
			fail_msg("%s: %zu findings", rows[i].path, l.n);
		lint_release(&l);
	}
}

/* In HTML too, and of pictures; "page" of a link is the catalog's, a picture is only a file. */
static void html_and_pictures_lead_somewhere(void **state)
{
	static const struct {
		const char *text, *message; /* NULL: nothing is wrong */
	} rows[] = {
		{"See <a href=\"gone.md\">x</a>.", "the link \"gone.md\" leads to no file"},
		{"<table>\n<tr><td><A class=x HREF='gone.md#a'>x</A></td></tr>\n</table>", "the link \"gone.md#a\""},
		{"See <a href=\"#here\">x</a>.", "has no heading #here"},
		{"<a href=\"https://example.test/x\">x</a>", NULL},
		{"![the plan](gone.png)", "the picture \"gone.png\" is no file"},
		{"<p align=center><img alt=x src=gone.png></p>", "the picture \"gone.png\" is no file"},
		{"<a href=\"valve.md\">x</a> <!-- <a href=\"gone.md\"> -->", NULL},
		{"`<a href=\"gone.md\">`", NULL},
		{"![](https://example.test/x.png) <img src=\"/x.png\">", NULL},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOFREE char *text = mem_printf("# Valve\n\n%s\n", rows[i].text);
		const struct page pages[] = {{"README.md", "# Index\n\nPages.\n"}, {"valve.md", text}};
		struct lint l;
		lint_pages(pages, COUNT(pages), &l);
		const char *said = l.n ? arena_cstr(l.arena, l.v[0].message) : NULL;
		if (l.n > 1 || !said != !rows[i].message || (said && !strstr(said, rows[i].message)))
			fail_msg("%s: %zu findings, the first \"%s\"", rows[i].text, l.n, said ? said : "none");
		lint_release(&l);
	}
}

/* The lines of a page that hold nothing but prose, and what is found in them. */
static const struct {
	const char *line, *code;
} texts[] = {
	{"Nothing to see.", NULL},
	{"TODO", "placeholder"},
	{"Ask (TBD).", "placeholder"},
	{"TODOs are kept elsewhere.", NULL},
	{"the word `TODO` in a command", NULL},
	{"call `set --XXX --YYY` once", NULL},
	{"the note `*Coming soon*` goes then", NULL},
	{"the \"TODO list\" of the pump", NULL},
	{"x <!-- TODO: say more --> y", NULL},
	{"x <!-- done --> TODO", "placeholder"},
	{"- [rw|ro]", NULL},
	{"name it report-YYYY-MM-DD.txt", NULL},
	{"**Date**: YYYY-MM-DD", "placeholder"},
	{"- **Who**: [Name]", "placeholder"},
	{"- [ ] tick me", NULL},
	{"- see [Name](#valve)", NULL},
	{"a list [0]", NULL},
	{"# Slow valve [Deprecated]\n\nx", NULL},
	{"[TOC]", NULL},
	{"- **State**: [Draft]", NULL},
	{"- **Grave**: [P1]", NULL},
	{"call [Redacted]", NULL},
	{"- **State**: [OPEN]", NULL},
	{"- **Who**: [TEAM]", "placeholder"},
	{"Call [Team Name], or nobody.", "placeholder"},
	{"Tell [Your Manager] first", "placeholder"},
	{"Look at [Valve Name](#valve) first", NULL},
	{"the code `[Team Name]` stays", NULL},
	{"a button [Save All] is there", NULL},
	{"the [team name] is known", NULL},
	{"See [Team Name] here.\n\n[Team Name]: #valve", NULL},
	{"| Ann | [Phone] |", "placeholder"},
	{"1-800-XXX-XXXX", "placeholder"},
	{"```\nTODO in a command\n```", NULL},
	{"caf\xC3\xA9 \xC3\x82 la carte", NULL},
	{"caf\xC3\x83\xC2\xA9", "broken-encoding"},
	{"it\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2s", "broken-encoding"},
	{"caf\xE9", "broken-encoding"},
	{"caf\xEF\xBF\xBD", "broken-encoding"},
	{"## Below\n\n<!-- nothing -->\n", "empty-section"},
	{"## Below\n\n<details>something</details>\n", NULL},
};

static void text_that_was_never_filled_in(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		AUTOFREE char *text = mem_printf("# Valve\n\nA valve.\n\n%s\n", texts[i].line);
		const struct page pages[] = {{"README.md", "# Index\n\nPages.\n"}, {"valve.md", text}};
		struct lint l;
		lint_pages(pages, COUNT(pages), &l);
		const char *code = l.n ? lint_codes[l.v[0].code].name : NULL;
		if (l.n > 1 || !code != !texts[i].code || (code && strcmp(code, texts[i].code) != 0))
			fail_msg("%s: %zu findings, the first \"%s\"", texts[i].line, l.n, code ? code : "none");
		if (l.n)
			assert_int_equal(l.v[0].at.line, 5);
		lint_release(&l);
	}
}

/* A page's first lines, what the index page says of reviews, and how late it is on 2024-10-04; NULL: it is not. */
static const struct {
	const char *page, *index, *late;
} reviews[] = {
	{"**Last reviewed**: 2024-04-04\n**Review cycle**: 6 months\n", "", NULL}, /* to the day */
	{"**Last reviewed**: 2024-04-03\n**Review cycle**: 6 months\n", "",
     "last updated 2024-04-03, to be reviewed every 6 months, overdue by 1 day: read it again and date it"},
	{"**Last reviewed**: 2024-04-04\n**Review cycle**: 6m\n", "", NULL},
	{"**Last reviewed**: 2023-04-04\n**Review cycle**: 12M\n\nx\n\n## Backup review\n\n**Review frequency**: weekly\n",
     "", "last updated 2023-04-04, to be reviewed every 12 months, overdue by 183 days: read it again and date it"},
	{"**Last reviewed**: 2024-10-01\n\nx\n\n## Access reviews\n\n**Review frequency**: daily\n", "", NULL},
	{"**Last reviewed**: 2024-10-01\n\nx\n\n## Review and approval\n\n**Review frequency**: daily\n", "",
     "last updated 2024-10-01, to be reviewed every 1 days, overdue by 2 days: read it again and date it"},
	{"**Last reviewed**: 2024-10-01\n\nx\n\n## Access reviews\n\nx\n\n---\n\n**Review frequency**: daily\n", "",
     "last updated 2024-10-01, to be reviewed every 1 days, overdue by 2 days: read it again and date it"},
	{"**Last reviewed**: 2024-04-04\n**Review cycle**: 180 days\n", "",
     "last updated 2024-04-04, to be reviewed every 180 days, overdue by 3 days: read it again and date it"},
	{"**Last reviewed**: 2023-08-31\n**Review cycle**: every 13 months\n", "", /* 30 September */
     "last updated 2023-08-31, to be reviewed every 13 months, overdue by 4 days: read it again and date it"},
	{"**Last reviewed**: 2024-01-01\n**Next review**: 2024-12-24\n**Review cycle**: monthly\n", "", NULL},
	{"**Next review**: 1 October 2024\n", "",
     "to be reviewed on 2024-10-01, overdue by 3 days: read it again and date it"},
	{"**Last reviewed**: 2024-10-02\n**Next review**: 2024-10-01\n", "", NULL}, /* it has been */
	{"**Last reviewed**: 2024-01-01\n", "- **Monthly**: review the on-call schedule\n", NULL},
	{"**Last reviewed**: 2024-01-01\n", "- **Monthly**: review backup procedures\n", NULL},
	{"**Last reviewed**: 2024-01-01\n", "- **Monthly**: review critical runbooks\n", NULL},
	{"**Last reviewed**: 2024-01-01\n", "- **Quarterly**: review all runbooks\n",
     "last updated 2024-01-01, to be reviewed every 3 months, overdue by 186 days: read it again and date it"},
};

static void reviews_by_the_calendar(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(reviews); i++) {
		AUTOFREE char *text = mem_printf("# Valve\n\n%s", reviews[i].page);
		AUTOFREE char *index =
			mem_printf("# Index\n\n- [Valve](valve.md)\n\n## Review schedule\n\n%s", reviews[i].index);
		const struct page pages[] = {{"README.md", index}, {"valve.md", text}};
		struct lint l;
		struct str said = {NULL, 0};
		lint_pages(pages, COUNT(pages), &l);
		for (size_t k = 0; k < l.n; k++)
			said = l.v[k].code == LINT_OVERDUE_REVIEW ? l.v[k].message : said;
		if (!str_eq(said, str_c(reviews[i].late)))
			fail_msg("%zu: \"%.*s\" is not \"%s\"", i, STR_ARG(said), reviews[i].late ? reviews[i].late : "");
		lint_release(&l);
	}
}

static void a_page_in_another_language_is_named(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct plan_defaults defaults = {0};
	struct catalog *c = catalog_new();
	catalog_add_unread(c, STR("deep/pump.adoc"));
	assert_true(catalog_finish(c, &err));
	struct ruleset *rules = ruleset_new(c, &defaults);
	const struct lint_folder f = {rules, c, AS_OF, folder_on_disk, folder_knows_nobody, NULL};
	struct lint l;
	lint_init(&l);
	lint_runbooks(&f, &l);
	assert_int_equal(l.n, 1);
	assert_string_equal(l.v[0].at.file, "deep/pump.adoc");
	assert_true(str_find(l.v[0].message, STR("the page is in AsciiDoc and not read")) == 0);
	lint_release(&l);
	ruleset_free(rules);
	catalog_free(c);
}

/* The one finding of a code, or a failure. */
static const struct lint_finding *only_finding(const struct lint *l, enum lint_code code)
{
	const struct lint_finding *found = NULL;
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].code == code) {
			assert_null(found);
			found = &l->v[i];
		}
	assert_non_null(found);
	return found;
}

/* What is wrong for one reason is said once: a page of another kind, a folder without its surroundings, no times at all. */
static void one_reason_is_one_finding(void **state)
{
	(void)state;
	static const char index[] =
		"# Index\n\n- [Pump](pump.md)\n\n## Severity levels\n\n- P1: wet\n- P2: damp\n- P3: dry\n\n"
		"## Runbook structure\n\n1. **Check** - first\n2. **Undo** - then\n3. **Tell** - whom\n"
		"4. **Prevent** - later\n5. **Impact** - how grave\n";
	static const char pump[] = "# Pump\n\n## Check\n\n[a](../a.md) [b](../b.md) [c](../x/c.md)\n";
	const struct page pages[] = {{"README.md", index}, {"pump.md", pump}};
	struct lint l;
	lint_pages(pages, COUNT(pages), &l);
	assert_non_null(strstr(only_finding(&l, LINT_MISSING_SECTION)->message.p,
	                       "4 of 5 required sections are missing (\"Undo\", \"Tell\", \"Prevent\", \"Impact\")"));
	const struct lint_finding *outside = only_finding(&l, LINT_DEAD_LINK);
	assert_non_null(
		strstr(outside->message.p, "\"../a.md\" and 2 more leave the runbook folder, and nothing is there"));
	assert_int_equal(outside->level, LINT_HINT);
	assert_non_null(strstr(only_finding(&l, LINT_SEVERITY_WITHOUT_RESPONSE)->message.p,
	                       "the severities \"P1\", \"P2\", \"P3\" have no response time"));
	lint_release(&l);
	const struct page two[] = {{"README.md", "# Index\n\n## Severity levels\n\n- P1: wet\n- P2: damp\n"}};
	lint_pages(two, COUNT(two), &l);
	assert_non_null(strstr(only_finding(&l, LINT_SEVERITY_WITHOUT_RESPONSE)->message.p, "\"P1\", \"P2\" have no"));
	lint_release(&l);
}

/* Where something lies around the folder, or some severity has a time, each one that lacks it is a finding. */
static void several_reasons_are_several_findings(void **state)
{
	(void)state;
	static const char index[] =
		"# Index\n\n- [Pump](pump.md)\n\n## Severity levels\n\n- P1: wet\n- P2: damp\n"
		"- P3: dry, response in 2 days\n\n"
		"## Runbook structure\n\n1. **Check** - first\n2. **Undo** - then\n3. **Tell** - whom\n";
	static const char pump[] = "# Pump\n\n## Check\n\n[a](../a.md) [b](../b.md) [c](../x/c.md) [d](../handbook.md)\n";
	const struct page pages[] = {{"README.md", index}, {"pump.md", pump}};
	struct lint l;
	lint_pages(pages, COUNT(pages), &l);
	assert_int_equal(count_code(&l, LINT_MISSING_SECTION), 2);
	assert_int_equal(count_code(&l, LINT_DEAD_LINK), 3);
	assert_int_equal(count_code(&l, LINT_SEVERITY_WITHOUT_RESPONSE), 2);
	lint_release(&l);
}

static void an_index_that_names_a_page_in_code_names_it(void **state)
{
	(void)state;
	static const char valve[] = "# Turning\n\n## Steps\n\nx\n";
	const struct page pages[] = {
		{"README.md", "# Index\n\n- [Pump](pump.md)\n\nSee `deep/valve.md` and ./tap.md, not my-hose.md.\n"},
		{"pump.md", valve},
		{"deep/valve.md", valve},
		{"tap.md", valve},
		{"hose.md", valve},
	};
	struct lint l;
	lint_pages(pages, COUNT(pages), &l);
	assert_int_equal(count_code(&l, LINT_ORPHAN_RUNBOOK), 1);
	for (size_t i = 0; i < l.n; i++)
		if (l.v[i].code == LINT_ORPHAN_RUNBOOK)
			assert_string_equal(l.v[i].at.file, "hose.md");
	lint_release(&l);
}

/* The text of a link that is the file's name is no title that the page could contradict. */
static void a_files_name_is_no_title(void **state)
{
	static const struct {
		const char *index;
		size_t findings;
	} rows[] = {{"# Index\n\n- [valve](valve.md)\n", 0}, {"# Index\n\n- [Pipes](valve.md)\n", 1}};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct page pages[] = {{"README.md", rows[i].index}, {"valve.md", "# When water stands still\n\nx\n"}};
		struct lint l;
		lint_pages(pages, COUNT(pages), &l);
		assert_int_equal(l.n, rows[i].findings);
		lint_release(&l);
	}
}

static void a_heavy_page_is_said_to_be_refused(void **state)
{
	(void)state;
	AUTOBUF struct buf text;
	buf_init(&text, 1024 * 1024);
	buf_add_c(&text, "# Valve\n\n");
	for (int i = 0; i < 300; i++)
		buf_add_c(&text, "> ");
	buf_add_c(&text, "deep\n");
	const struct page pages[] = {{"README.md", "# Index\n\nPages.\n"}, {"valve.md", text.p}};
	struct lint l;
	lint_pages(pages, COUNT(pages), &l);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.v[0].code, LINT_REFUSED_PAGE);
	assert_string_equal(l.v[0].at.file, "valve.md");
	lint_release(&l);
}

static void an_empty_catalog_has_no_finding(void **state)
{
	(void)state;
	const struct page pages[] = {{"README.md", ""}};
	struct lint l;
	lint_pages(pages, 1, &l);
	assert_int_equal(l.n, 0);
	lint_release(&l);
}

/* The index still calls the old page as it was called; the page where it has gone has a title of its own. */
static void an_old_title_of_a_page_that_has_moved(void **state)
{
	static const struct page pages[] = {
		{"README.md", "# Mill\n\n- [Pump](pump.md)\n- [Rope](belt.md)\n"},
		{"pump.md", "# Pump\n\nMoved to [the new page](weir.md).\n"},
		{"weir.md", "# Weir\n\n## Steps\n\nOpen it.\n"},
		{"belt.md", "# Wheel\n\n## Steps\n\nTurn it.\n"},
	};
	struct lint l;
	(void)state;
	lint_pages(pages, sizeof pages / sizeof *pages, &l);
	assert_int_equal(count_code(&l, LINT_CONTRADICTION), 1); /* the belt's */
	lint_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_title_of_a_page_that_has_moved),
		cmocka_unit_test(links_lead_where_github_leads),
		cmocka_unit_test(html_and_pictures_lead_somewhere),
		cmocka_unit_test(a_template_is_to_be_filled_in),
		cmocka_unit_test(text_that_was_never_filled_in),
		cmocka_unit_test(reviews_by_the_calendar),
		cmocka_unit_test(a_page_in_another_language_is_named),
		cmocka_unit_test(one_reason_is_one_finding),
		cmocka_unit_test(several_reasons_are_several_findings),
		cmocka_unit_test(an_index_that_names_a_page_in_code_names_it),
		cmocka_unit_test(a_files_name_is_no_title),
		cmocka_unit_test(a_heavy_page_is_said_to_be_refused),
		cmocka_unit_test(an_empty_catalog_has_no_finding),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
