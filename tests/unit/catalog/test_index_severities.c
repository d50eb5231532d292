/* The severities that an index page defines, in the forms that people write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/time.h"
#include "catalog/facts.h"
#include "texts.h"

struct expected_severity {
	const char *name;
	int64_t response_ms;
};

static void assert_severities(const char *text, const struct expected_severity expected[2])
{
	AUTOARENA struct arena *arena = arena_new();
	const char *why;
	struct facts f;
	facts_read_index(arena, "README.md", (struct str){NULL, 0}, str_c(text), &f, &why);
	if (f.severities_count != 2)
		fail_msg("%zu severities in %s", f.severities_count, text);
	for (size_t i = 0; i < 2; i++) {
		assert_text(f.severities[i].name, expected[i].name);
		assert_int_equal(f.severities[i].response.ms, expected[i].response_ms);
	}
	facts_release(&f);
}

static void a_table_of_severities_has_many_forms(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		struct expected_severity severities[2];
	} cases[] = {
		{"## Severities\n\n<table>\n<tr><th>Severity</th><th>Response</th></tr>\n\n<tr><td><b>P1</b></td>\n"
	     "<td>20 min</td></tr>\n<!-- <tr><td>P3</td></tr> -->\n<tr><td>P2</td><td>3 hours</td></tr>\n</table>\n",
	     {{"P1", 20 * TIME_MINUTE}, {"P2", 3 * TIME_HOUR}}},
		{"## Severities\n\n<table>\n<tr><th>Severity</th><th>Response</th></tr>\n<tr><td>P1</td><td>< 20 min, don't "
	     "wait</td></tr>\n<tr><td>P2</td><td>< 3 hours</td></tr>\n</table>\n",
	     {{"P1", 20 * TIME_MINUTE}, {"P2", 3 * TIME_HOUR}}},
		{"## Severities\n\n| | P1 | P2 |\n|---|---|---|\n| Response | 20 min | 3 hours |\n| Impact | all | one |\n",
	     {{"P1", 20 * TIME_MINUTE}, {"P2", 3 * TIME_HOUR}}},
		{"# Handbook\n\n| | SEV1 | SEV2 |\n|---|---|---|\n| Respond within | 20 min | 3 hours |\n| Who | Ana | Ben |\n",
	     {{"SEV1", 20 * TIME_MINUTE}, {"SEV2", 3 * TIME_HOUR}}},
		{"## Severities\n\nP1: all locks are shut. Respond within 20 minutes.\nP2: one lock is shut. Respond within 3 "
	     "hours.\n",
	     {{"P1", 20 * TIME_MINUTE}, {"P2", 3 * TIME_HOUR}}},
		{"## Severities\n\nP1\n: All locks are shut. Respond within 20 minutes.\n\nP2\n:   One lock is shut, respond\n "
	     "   "
	     "within 3 hours\n",
	     {{"P1", 20 * TIME_MINUTE}, {"P2", 3 * TIME_HOUR}}},
		{"## Severities\n\nCritical\n\n: Response time: 20 min\n: Update: hourly\n\nWarning\n\n: Response time: 3 "
	     "hours\n",
	     {{"Critical", 20 * TIME_MINUTE}, {"Warning", 3 * TIME_HOUR}}},
		{"## Priorities\n\n| Priority | Name | Ack |\n|---|---|---|\n| 1 | Critical | 20 min |\n| 2 | High | 3 hours "
	     "|\n",
	     {{"P1", 20 * TIME_MINUTE}, {"P2", 3 * TIME_HOUR}}},
		{"## Severities\n\n| Colour | Response |\n|---|---|\n| Red | 20 min |\n| Amber | 3 hours |\n",
	     {{"Red", 20 * TIME_MINUTE}, {"Amber", 3 * TIME_HOUR}}},
		{"## Severities\n\n| Severity | Response |\n|---|---|\n| 🔴 | 20 min |\n| 🟡 | 3 hours |\n",
	     {{"🔴", 20 * TIME_MINUTE}, {"🟡", 3 * TIME_HOUR}}},
		{"## Severities\n\n| Severity | Target |\n|---|---|\n| P1 | ack in 20 min, fix in 1 day |\n| P2 | ack in 3 h "
	     "|\n",
	     {{"P1", 20 * TIME_MINUTE}, {"P2", 3 * TIME_HOUR}}},
		{"## Severities\n\n**SEV1**: respond within 20 minutes.\n\n**SEV2**: respond within 3 hours.\n",
	     {{"SEV1", 20 * TIME_MINUTE}, {"SEV2", 3 * TIME_HOUR}}},
		{"## Schweregrade\n\n| Schweregrad | Reaktionszeit |\n|---|---|\n| P1 | 20 Minuten |\n| Hoch | 3 Stunden |\n",
	     {{"P1", 20 * TIME_MINUTE}, {"Hoch", 3 * TIME_HOUR}}},
		{"## Niveaux de gravité\n\n| Gravité | Délai de réponse |\n|---|---|\n| P1 | 20 minutes |\n| Élevée | 3 heures "
	     "|\n",
	     {{"P1", 20 * TIME_MINUTE}, {"Élevée", 3 * TIME_HOUR}}},
		{"## Severidade\n\n| Prioridade | Tempo de resposta |\n|---|---|\n| P1 | 20 minutos |\n| P2 | 3 horas |\n",
	     {{"P1", 20 * TIME_MINUTE}, {"P2", 3 * TIME_HOUR}}},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_severities(cases[i].text, cases[i].severities);
}

/* "All is lost (20 min)": what it means is not how soon. */
static void a_time_behind_the_meaning_is_the_response(void **state)
{
	(void)state;
	struct index_page p =
		index_page_of("", "## Severities\n\n- **P1**: all is lost (20 min)\n- **P2**: respond in 3 hours\n");
	assert_int_equal(p.f.severities_count, 2);
	assert_text(p.f.severities[0].description, "all is lost");
	assert_text(p.f.severities[0].response.text, "20 min");
	assert_int_equal(p.f.severities[1].response.ms, 3 * TIME_HOUR);
	index_page_done(&p);
}

/* A list, and a table, of runbooks below a heading. */
static void assert_level_of_list(const char *heading, const char *form, const char *expected)
{
	char page[512];
	snprintf(page, sizeof page, "# Pumps\n\n%s\n\n%s", heading, form);
	struct index_page p = index_page_of("", page);
	assert_true(p.f.runbooks_count > 0);
	const struct strs *named = &p.f.runbooks[p.f.runbooks_count - 1].severities;
	struct str got = named->n ? named->v[0] : STR("none");
	if (!str_eq_c(got, expected) || named->n > 1)
		fail_msg("\"%s\": %zu severities, \"%.*s\"", heading, named->n, STR_ARG(got));
	assert_int_equal(p.f.severities_count, 0); /* a heading over runbooks defines nothing */
	index_page_done(&p);
}

static void a_heading_over_runbooks_says_how_grave_they_are(void **state)
{
	(void)state;
	static const struct {
		const char *heading, *severity;
	} rows[] = {
		{"## P1", "P1"},
		{"## P1 - High", "P1"},
		{"## Critical (P1)", "P1"},
		{"## Warning (look within an hour)", "Warning"},
		{"## P0 (Critical) - Wake somebody at once", "P0"},
		{"## SEV2: one of the pumps is lost for good", "SEV2"},
		{"## Sev 1 incidents", "Sev 1"},
		{"## Severity: Critical", "Critical"},
		{"## Severity – P3", "P3"},
		{"## Priority: High", "High"},
		{"## Critical severity", "Critical"},
		{"## Low priority", "Low"},
		{"## 🔴 Critical", "Critical"},
		{"## Critical – wake somebody at once", "Critical"},
		{"## Critical alerts - wake somebody", "Critical"},
		{"## Paging alerts", "paging"},
		{"## Ticket alerts", "ticket"},
		{"## Runbooks\n\n### Critical severity", "Critical"},
		{"## P2\n\n### Valves", "P2"},
		{"**Critical**", "Critical"},
		{"**P2 - Medium:**", "P2"},
		{"## Valves\n\n**Warning alerts**", "Warning"},
		{"Critical:", "Critical"},
		{"## P1\n\n**Valves**", "P1"},
		{"**P1**\n\n## Valves", "none"},
		{"## Emergency runbooks", "none"},
		{"## High pressure", "none"},
		{"## Critical path of the plant", "none"},
		{"## Media alerts", "none"},
		{"## Paging", "none"},
		{"**High pressure**", "none"},
		/* Behind it stands what it means, or what the section is about. */
		{"## Critical: everything is down", "Critical"},
		{"## High - within 2 hours", "High"},
		{"## P1 (nothing pumps: outage)", "P1"},
		{"## S2 - Critical", "S2"},
		{"## S1", "S1"},
		{"## Critical: start with these", "none"},
		{"## Info: how pumps are oiled", "none"},
		{"## High - pressure and flow", "none"},
		{"## Major (overhaul of the plant)", "none"},
		{"## S3: Buckets of the archive", "none"},
		{"## S3 – Storage of drawings and of plans", "none"},
		{"## P2 (piston pumps)", "none"},
		{"## Critical (not P1)", "none"},
		/* The next line over a list ends what a line began. */
		{"**Critical:**\n\n- [Dry](dry.md)\n\n**Everything else:**", "none"},
		{"**P1**\n\n- [Dry](dry.md)\n\nOther pumps:", "none"},
		{"**P1**\n\n- [Dry](dry.md)\n\n**Valves**\n\nTwo of them.", "none"},
		{"**P1**\n\n- [Dry](dry.md)\n\nAnd one more is here.", "P1"},
		{"**P1**\n\n- [Dry](dry.md)\n\n**P2**", "P2"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_level_of_list(rows[i].heading, "- [Leak](leak.md)\n", rows[i].severity);
		assert_level_of_list(rows[i].heading, "| Runbook | Owner |\n|---|---|\n| [Leak](leak.md) | Ana |\n",
		                     rows[i].severity);
	}
}

/* Where something stands below it that is no runbook, it says what the severity is. */
static void a_heading_of_one_severity_defines_it(void **state)
{
	(void)state;
	struct index_page p = index_page_of("", "# Pumps\n\n## Critical severity\n\nRespond within 5 minutes.\n\n"
	                                        "## Priority: Low\n\n- Response: 2 days\n- [Leak](leak.md)\n");
	assert_int_equal(p.f.severities_count, 2);
	assert_text(p.f.severities[0].name, "Critical");
	assert_int_equal(p.f.severities[0].response.ms, 5 * TIME_MINUTE);
	assert_text(p.f.severities[1].name, "Low");
	assert_int_equal(p.f.severities[1].response.ms, 2 * TIME_DAY);
	assert_text(p.f.runbooks[0].severities.v[0], "Low");
	index_page_done(&p);
	p = index_page_of("",
	                  "## Severity levels\n\n- S1: all is lost\n- S2: a pump is\n\n## S2: one pump\n\n- [A](a.md)\n");
	assert_text(p.f.runbooks[0].severities.v[0], "S2"); /* the page defines such */
	index_page_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_of_severities_has_many_forms),
		cmocka_unit_test(a_time_behind_the_meaning_is_the_response),
		cmocka_unit_test(a_heading_over_runbooks_says_how_grave_they_are),
		cmocka_unit_test(a_heading_of_one_severity_defines_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
