/* What an index page states: the corners that the golden pages do not show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/time.h"
#include "catalog/facts.h"
#include "texts.h"

static struct str bar_joined(struct arena *arena, struct strs list)
{
	struct str all = {NULL, 0};
	for (size_t i = 0; i < list.n; i++)
		all = str_c(arena_printf(arena, "%.*s%s%.*s", STR_ARG(all), i ? "|" : "", STR_ARG(list.v[i])));
	return all;
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
		struct index_page p = index_page_of(cases[i].folder, text);
		assert_int_equal(p.f.runbooks_count, cases[i].path ? 1 : 0);
		if (cases[i].path) {
			assert_text(p.f.runbooks[0].path, cases[i].path);
			assert_text(p.f.runbooks[0].anchor, cases[i].anchor);
			assert_int_equal(p.f.runbooks[0].at.line, 3);
		}
		index_page_done(&p);
	}
}

static void a_runbook_named_twice_is_one(void **state)
{
	(void)state;
	struct index_page p = index_page_of("", "## List\n\n| Runbook | Priority |\n|---|---|\n| [Pump](pump.md) | P2 |\n\n"
	                                        "## Groups of runbooks\n\n- [The pump](./pump.md): It stopped\n");
	assert_int_equal(p.f.runbooks_count, 1);
	assert_text(p.f.runbooks[0].title, "Pump");
	assert_text(p.f.runbooks[0].description, "It stopped");
	assert_text(p.f.runbooks[0].severities.v[0], "P2");
	index_page_done(&p);
}

/* Where a column says that runbooks stand in it, a path needs no ending; N/A is none. */
static void a_group_in_bold_may_hold_several_runbooks(void **state)
{
	(void)state;
	struct index_page p = index_page_of("", "# R\n\n- **Locks**: [Shut](shut.md), [Leaks](leaks.md)\n");
	assert_int_equal(p.f.runbooks_count, 2);
	assert_text(p.f.runbooks[0].title, "Shut");
	assert_text(p.f.runbooks[1].title, "Leaks");
	assert_text(p.f.runbooks[1].category, "Locks");
	assert_text(p.f.runbooks[1].description, "");
	index_page_done(&p);
}

static void a_path_in_code_needs_no_ending(void **state)
{
	(void)state;
	struct index_page p =
		index_page_of("", "| Alert | Severity | Runbook |\n|---|---|---|\n| Pump hot | P1 | `pumps/hot` |\n"
	                      "| Valve stuck | P2 | N/A |\n");
	assert_int_equal(p.f.runbooks_count, 1);
	assert_text(p.f.runbooks[0].path, "pumps/hot");
	assert_text(p.f.runbooks[0].severities.v[0], "P1");
	index_page_done(&p);
}

/* "[[page|Title]]" in a table: the bar ends the cell. */
static void a_wiki_link_may_end_a_cell(void **state)
{
	(void)state;
	struct index_page p = index_page_of("", "| Alert | Runbook |\n|---|---|\n| Pump hot | [[pumps/hot|The pump]] |\n");
	assert_int_equal(p.f.runbooks_count, 1);
	assert_text(p.f.runbooks[0].path, "pumps/hot");
	index_page_done(&p);
}

/* "here" is no title: the page has one. */
static void a_link_that_only_points_names_nothing(void **state)
{
	(void)state;
	struct index_page p =
		index_page_of("", "- [here](pump.md)\n\n| Where | Team |\n|---|---|\n| [Open](valve.md) | Water |\n");
	assert_int_equal(p.f.runbooks_count, 2);
	assert_text(p.f.runbooks[0].title, "pump.md");
	assert_text(p.f.runbooks[1].title, "valve.md");
	index_page_done(&p);
}

/* Until when somebody answers or it is solved is not how long the runbook takes. */
static void a_column_of_times_is_no_estimate_by_itself(void **state)
{
	(void)state;
	static const struct {
		const char *column;
		bool estimate;
	} rows[] = {
		{"Time", true},
		{"ETA", true},
		{"Est. time", true},
		{"Time to complete", true},
		{"Duration", true},
		{"Time to respond", false},
		{"Ack time", false},
		{"Time to acknowledge", false},
		{"Acknowledgement time", false},
		{"MTTA", false},
		{"Reaction time", false},
		{"Time to resolve", false},
		{"Time to Recovery", false},
		{"Time to fix", false},
		{"Response time", false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[256];
		snprintf(text, sizeof text, "# Index\n\n| Runbook | %s |\n|---|---|\n| [Leak](leak.md) | 5 minutes |\n",
		         rows[i].column);
		struct index_page p = index_page_of("", text);
		assert_int_equal(p.f.runbooks_count, 1);
		if ((p.f.runbooks[0].estimated_time.ms > 0) != rows[i].estimate)
			fail_msg("\"%s\": %lld ms", rows[i].column, (long long)p.f.runbooks[0].estimated_time.ms);
		index_page_done(&p);
	}
}

/* Before the link, behind it, around it; "|" between them. */
static void a_bullet_names_the_alerts_of_its_runbook(void **state)
{
	static const struct {
		const char *text, *title, *alerts;
	} cases[] = {
		{"- `PumpStops` \xe2\x86\x92 [Pump](a.md)\n", "Pump", "PumpStops"},
		{"- `PumpStops` \xe2\x9e\xa1\xef\xb8\x8f [Pump](a.md)\n", "Pump", "PumpStops"},
		{"- `PumpStops`, PumpSlow -> [Pump](a.md)\n", "Pump", "PumpStops|PumpSlow"},
		{"- `BeltTorn` \xe2\x86\x92 [e](a.md)\n", "e", "BeltTorn"},
		{"- [Pump](a.md) \xe2\x80\x94 alert `PumpStops`\n", "Pump", "PumpStops"},
		{"- [Pump](a.md): for alerts PumpStops and PumpSlow\n", "Pump", "PumpStops|PumpSlow"},
		{"- [Pump](a.md) \xe2\x86\x90 `PumpStops`\n", "Pump", "PumpStops"},
		{"- PumpStops ([runbook](a.md))\n", "a.md", "PumpStops"},
		{"- [Pump](a.md) (`PumpStops`)\n", "Pump", "PumpStops"},
		{"- [Pump](a.md) handles PumpStops\n", "Pump", "PumpStops"},
		{"- PumpStops \xe2\x80\x94 see [Pump](a.md)\n", "Pump", "PumpStops"},
		{"- Alert `PumpStops`: [Pump](a.md) (critical)\n", "Pump", "PumpStops"},
		{"- `PumpStops` ([Pump](a.md), P1)\n", "Pump", "PumpStops"},
		{"- [Pump](a.md): alert the foreman\n", "Pump", ""},
		{"- [Pump](a.md): PumpHouse\n", "Pump", ""},
		{"- The pump (see [Pump](a.md))\n", "Pump", ""},
		{"- Alert pump-stops ([Pump](a.md))\n", "Pump", "pump-stops"},
		{"- [Pump](a.md) \xe2\x80\x94 alert `pump-stops`\n", "Pump", "pump-stops"},
		/* What is joined is a name of anything where no word says that it is an alert. */
		{"- [Pump](a.md) \xe2\x80\x94 `pump-control`\n", "Pump", ""},
		{"- [Pump](a.md): `pump_drain`\n", "Pump", ""},
		{"- [Pump](a.md) (`pump-ctl`)\n", "Pump", ""},
		{"- [Pump](a.md) - for stand-by\n", "Pump", ""},
		{"- [Pump](a.md) on pump-07\n", "Pump", ""},
		{"- [Pump](a.md) from PumpHouse\n", "Pump", ""},
		{"- Start-Up ([Pump](a.md))\n", "Pump", ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTOFREE char *text = mem_printf("# R\n\n## Runbooks\n\n%s", cases[i].text);
		struct index_page p = index_page_of("", text);
		assert_int_equal(p.f.runbooks_count, 1);
		assert_text(p.f.runbooks[0].title, cases[i].title);
		assert_text(bar_joined(p.arena, p.f.runbooks[0].alerts), cases[i].alerts);
		index_page_done(&p);
	}
}

static void names_that_are_no_alerts_describe(void **state)
{
	(void)state;
	struct index_page p =
		index_page_of("", "# R\n\n- [Pump](a.md) \xe2\x80\x94 `pump-control`\n\n"
	                      "| Runbook | Description | Use when |\n|---|---|---|\n"
	                      "| [Belt](b.md) | BeltDrive, BeltHouse | |\n| [Mill](c.md) | | MillDry |\n");
	assert_int_equal(p.f.runbooks_count, 3);
	assert_text(p.f.runbooks[0].description, "pump-control");
	assert_text(p.f.runbooks[1].description, "BeltDrive, BeltHouse");
	assert_int_equal(p.f.runbooks[1].alerts.n, 0);
	assert_text(p.f.runbooks[2].alerts.v[0], "MillDry");
	index_page_done(&p);
}

/* A number is no title, nor is a path; a break within a cell ends a name. */
static void what_is_no_title(void **state)
{
	(void)state;
	struct index_page p = index_page_of("", "# R\n\n| # | Runbook | Alert |\n|---|---|---|\n"
	                                        "| [1](a.md) | Pump house | PumpStops<br>PumpSlow |\n\n## Runbooks\n\n"
	                                        "2. Belt (`b.md`)\n");
	assert_int_equal(p.f.runbooks_count, 2);
	assert_text(p.f.runbooks[0].title, "Pump house");
	assert_text(bar_joined(p.arena, p.f.runbooks[0].alerts), "PumpStops|PumpSlow");
	assert_text(p.f.runbooks[1].title, "Belt");
	index_page_done(&p);
}

static void what_a_runbook_must_have(void **state)
{
	static const char *const headings[] = {"Structure of a runbook", "Runbook layout", "What a runbook contains",
	                                       "What every runbook needs", "Anatomy of a runbook"};
	(void)state;
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
		AUTOFREE char *text =
			mem_printf("# R\n\n## %s\n\n- **Overview**\n- **Rollback**: how to undo it\n", headings[i]);
		struct index_page p = index_page_of("", text);
		assert_int_equal(p.f.sections_count, 2);
		assert_text(p.f.sections[0].type, "");
		assert_text(p.f.sections[1].name, "Rollback");
		assert_true(p.f.sections[0].required);
		index_page_done(&p);
	}
}

/* Wherever it stands: it says itself what is reviewed. */
static void a_sentence_about_reviews(void **state)
{
	(void)state;
	struct index_page p =
		index_page_of("", "# R\n\n## Upkeep\n\nWe write a lot. Runbooks are reviewed every 6 months.\n\n"
	                      "- Review all playbooks quarterly\n- Access is reviewed monthly\n");
	assert_int_equal(p.f.policies_count, 2);
	assert_int_equal(p.f.policies[0].every.months, 6);
	assert_int_equal(p.f.policies[1].every.months, 3);
	index_page_done(&p);
}

static void a_cell_may_name_several_runbooks(void **state)
{
	(void)state;
	struct index_page p =
		index_page_of("", "| Runbooks | Team |\n|---|---|\n| [Pump](pump.md), [Valve](valve.md#open) | Water |\n");
	assert_int_equal(p.f.runbooks_count, 2);
	assert_text(p.f.runbooks[1].title, "Valve");
	assert_text(p.f.runbooks[1].path, "valve.md");
	assert_text(p.f.runbooks[1].anchor, "open");
	assert_text(p.f.runbooks[1].owner, "Water");
	index_page_done(&p);
}

static void prose_and_foreign_tables_state_nothing(void **state)
{
	(void)state;
	struct index_page p = index_page_of("", "# Pumps\n\nOur [pump](pump.md) is old. Page P1 within 5 minutes.\n\n"
	                                        "- They hum\n- They leak: often\n\n"
	                                        "| Pump | Weight |\n|---|---|\n| A | 3 t |\n\n"
	                                        "```yaml\nseverity: P1\ncontact: me\n```\n\n"
	                                        "```\nkey: value\n```\n");
	assert_int_equal(p.f.runbooks_count + p.f.planned_count + p.f.severities_count + p.f.contacts_count, 0);
	assert_int_equal(p.f.escalations_count + p.f.links_count + p.f.sections_count + p.f.policies_count, 0);
	assert_int_equal(p.f.owner.n + p.f.templates_count, 0);
	index_page_done(&p);
}

static void advice_to_writers_plans_nothing(void **state)
{
	static const char *const headings[] = {"Testing your runbook", "Reviewing a runbook", "Maintaining your pages"};
	(void)state;
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
		AUTOFREE char *text =
			mem_printf("# R\n\n## Runbooks\n\n- [Pump](a.md)\n\n## %s\n\n- **Dry run**: walk\n", headings[i]);
		struct index_page p = index_page_of("", text);
		assert_int_equal(p.f.runbooks_count, 1);
		assert_int_equal(p.f.planned_count, 0);
		index_page_done(&p);
	}
}

static void a_heavy_page_states_nothing_and_says_why(void **state)
{
	(void)state;
	AUTOBUF struct buf text;
	buf_init(&text, 1 << 20);
	for (int i = 0; i < 50000; i++)
		buf_add_char(&text, '[');
	struct index_page p = index_page_of("", buf_str(&text).p);
	assert_int_equal(p.f.runbooks_count, 0);
	index_page_done(&p);
	buf_reset(&text);
	for (int i = 0; i < 20000; i++)
		buf_add_char(&text, '>');
	buf_add_c(&text, "x\n");
	p = index_page_of("", buf_str(&text).p);
	assert_int_equal(p.f.runbooks_count, 0);
	index_page_done(&p);
}

/* "name[/words] response description; …" of each severity. */
static const struct {
	const char *page, *said;
} severities[] = {
	/* Named over an escalation path, and nowhere said what it is. */
	{"## Escalation\n\n### P2\n\n1. On-call\n2. Lead after 30 minutes\n", ""},
	{"## Escalation\n\n### P2\n\n- Nobody is woken\n\n## Severity Levels\n\n- P1: down. Respond in 5 minutes\n",
     "P1 [Respond in 5 minutes] down;"},
	{"## Escalation\n\n### P2 - High\n\n- On-call\n", "P2/High [] ;"},
	/* Over a list of runbooks it is how grave they are. Where severities must stand, a colour is one. */
	{"## Runbooks\n\n### P2 - High\n\n- [Dry](dry.md)\n", ""},
	{"## Severities\n\n### Red\n\nDry. Respond within 10 minutes.\n\n### Red tape\n\nNone.\n",
     "Red [Respond within 10 minutes.] Dry;"},
	{"## Escalation\n\n### P2\n\n- Response: 5 min\n", "P2 [5 min] ;"},
	{"## Escalation\n\n- P2: engineer, lead after 1 hour\n- P3: ticket\n", ""},
	{"## Severity\n\n- \xf0\x9f\x94\xb4 **Critical** \xe2\x80\x93 half gone, respond within 5 minutes\n- "
     "\xe2\x9a\xa0\xef\xb8\x8f "
     "P2: slow\n",
     "Critical [respond within 5 minutes] half gone;P2 [] slow;"},
	/* A heading that says both needs no other above it; a number alone, or a story, defines nothing. */
	{"## P1 \xe2\x80\x93 Critical\n\nNobody gets water. Respond within 5 minutes.\n\n## SEV2 (High)\n\n- Response: 1 "
     "h\n",
     "P1/Critical [Respond within 5 minutes.] Nobody gets water;SEV2/High [1 h] ;"},
	{"## P1\n\n- [Dry](dry.md)\n\n## P2: high water in May\n\nIt rained.\n", ""},
	{"## Severity\n\n- **Sev 1 / Critical** \xe2\x80\x93 no flour. Ack: 5m.\n", "Sev 1/Critical [Ack: 5m.] no flour;"},
	{"## Severity\n\n- P1: dry, respond immediately\n- P2: at once\n- P3: low, call the miller at once\n",
     "P1 [respond immediately] dry;P2 [at once] ;P3 [] low, call the miller at once;"},
};

static void a_severity_is_what_the_page_defines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof severities / sizeof *severities; i++) {
		struct index_page p = index_page_of("", severities[i].page);
		AUTOBUF struct buf said;
		buf_init(&said, 4096);
		buf_add_c(&said, "");
		for (size_t k = 0; k < p.f.severities_count; k++) {
			const struct fact_severity *s = &p.f.severities[k];
			buf_printf(&said, "%.*s%s%.*s [%.*s] %.*s;", STR_ARG(s->name), s->words.n ? "/" : "", STR_ARG(s->words),
			           STR_ARG(s->response.text), STR_ARG(s->description));
		}
		assert_text(buf_str(&said), severities[i].said);
		index_page_done(&p);
	}
}

static void windows_line_ends_and_front_matter_keep_their_lines(void **state)
{
	(void)state;
	struct index_page p = index_page_of("", "---\r\nowner: Tower\r\n---\r\n# R\r\n\r\n* [A](a.md) - one\r\n\r\n"
	                                        "## Escalation\r\n\r\n```\r\n0-5 min: Watch\r\n5+ min: Chief\r\n```\r\n");
	assert_text(p.f.owner, "Tower");
	assert_int_equal(p.f.runbooks_count, 1);
	assert_int_equal(p.f.runbooks[0].at.line, 6);
	assert_text(p.f.runbooks[0].description, "one");
	assert_int_equal(p.f.escalations_count, 1);
	assert_int_equal(p.f.escalations[0].step_count, 2);
	assert_int_equal(p.f.escalations[0].steps[1].after_ms, 5 * TIME_MINUTE);
	assert_text(p.f.escalations[0].steps[1].notify.v[0], "Chief");
	assert_int_equal(p.f.escalations[0].at.line, 11);
	index_page_done(&p);
}

static void a_template_beside_a_list_of_what_must_be_shows_the_rest(void **state)
{
	(void)state;
	struct index_page p =
		index_page_of("", "## Required sections\n\n- **Cause**\n- **Cure**\n\n"
	                      "## Template\n\n```markdown\n# [Title]\n## Cause\n## Cure\n## Thanks\n```\n");
	assert_int_equal(p.f.sections_count, 3);
	assert_true(p.f.sections[0].required && p.f.sections[1].required);
	assert_false(p.f.sections[2].required);
	assert_text(p.f.sections[2].name, "Thanks");
	assert_int_equal(p.f.sections[2].at.line, 12);
	index_page_done(&p);
}

static void a_row_of_html_stands_on_its_own_line(void **state)
{
	(void)state;
	struct index_page p =
		index_page_of("", "# R\n\n<table>\n<thead>\n<tr><th>Alert</th><th>Page</th></tr>\n</thead>\n<tr>\n"
	                      "<td>LinkDown</td>\n<td><a href=\"link.md\">Link</a></td>\n</tr>\n</table>\n");
	assert_int_equal(p.f.runbooks_count, 1);
	assert_text(p.f.runbooks[0].path, "link.md");
	assert_int_equal(p.f.runbooks[0].at.line, 8);
	index_page_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wiki_link_may_end_a_cell),
		cmocka_unit_test(a_link_that_only_points_names_nothing),
		cmocka_unit_test(a_column_of_times_is_no_estimate_by_itself),
		cmocka_unit_test(a_bullet_names_the_alerts_of_its_runbook),
		cmocka_unit_test(names_that_are_no_alerts_describe),
		cmocka_unit_test(what_is_no_title),
		cmocka_unit_test(advice_to_writers_plans_nothing),
		cmocka_unit_test(what_a_runbook_must_have),
		cmocka_unit_test(a_sentence_about_reviews),
		cmocka_unit_test(links_start_at_the_pages_folder),
		cmocka_unit_test(a_runbook_named_twice_is_one),
		cmocka_unit_test(a_path_in_code_needs_no_ending),
		cmocka_unit_test(a_group_in_bold_may_hold_several_runbooks),
		cmocka_unit_test(a_cell_may_name_several_runbooks),
		cmocka_unit_test(prose_and_foreign_tables_state_nothing),
		cmocka_unit_test(a_heavy_page_states_nothing_and_says_why),
		cmocka_unit_test(a_severity_is_what_the_page_defines),
		cmocka_unit_test(windows_line_ends_and_front_matter_keep_their_lines),
		cmocka_unit_test(a_row_of_html_stands_on_its_own_line),
		cmocka_unit_test(a_template_beside_a_list_of_what_must_be_shows_the_rest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
