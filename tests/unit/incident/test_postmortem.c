/*
 * Drafts of post-mortems in an organisation's own template: what is known stands where it is asked for, what is not is named.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/time.h"
#include "catalog/facts.h"
#include "incident/postmortem.h"

#define START INT64_C(1700000000000) /* 2023-11-14 22:13:20 UTC */

static struct incident *overflow(struct arena *arena)
{
	struct incident *inc = incident_new(arena, STR("0123456789abcdef"));
	inc->severity.name = STR("P1");
	inc->summary = STR("silo | full");
	inc->owner = STR("harbour");
	inc->alertname = STR("SiloFull");
	inc->runbook.title = STR("When a silo is full");
	inc->episode = inc->generation = inc->count.total = 1;
	inc->started_at = START;
	inc->resolved_at = START + 95 * TIME_MINUTE;
	inc->deadlines.responded_at = START + 4 * TIME_MINUTE;
	inc->update.impact = STR("no grain");
	inc->update.cause = STR("a <mouse>");
	incident_note(inc, START, "opened", "SiloFull");
	incident_note(inc, START + 4 * TIME_MINUTE, "acknowledged", "by ana");
	return inc;
}

/* "index page" -> the draft, and behind "== " what is named as missing. */
static struct str draft_for_page(struct arena *arena, const char *page)
{
	struct facts stated = {0};
	const char *why = NULL;
	struct strs missing;
	AUTOBUF struct buf out;
	buf_init(&out, SIZE_MAX);
	facts_read_index(arena, "README.md", STR(""), str_c(page), &stated, &why);
	const struct postmortem_context context = {.stated = &stated, .now = START + TIME_DAY};
	buf_add(&out, postmortem_write(arena, overflow(arena), &context, &missing));
	buf_add_c(&out, "\n== ");
	for (size_t i = 0; i < missing.n; i++)
		buf_printf(&out, "%s%.*s", i ? "; " : "", STR_ARG(missing.v[i]));
	facts_release(&stated);
	return arena_str(arena, buf_str(&out));
}

struct wanted {
	const char *page;      /* below "## Post-mortem template" and a fence */
	const char *lines[20]; /* that the draft has, in this order */
	const char *absent[6];
	const char *missing;
};

static const struct wanted forms[] = {
	{"# Report: [Title]\n\n**Date**: YYYY-MM-DD\n**Duration**: [h]\n**Severity**: P0/P1/P2\n**Harm**: [to whom]\n"
     "**Impact:** <impact>\n**Author**: \n\n## Summary\n[Brief description]\n\n## Timeline\n- HH:MM - [First]\n"
     "- HH:MM - [Second]\n\n## Root cause\n[What broke]\n\n## Action items\n- [ ] [Step one] by [date]\n\n"
     "## Lessons\nWhat we [learnt]\n",
     {"# Report: silo \\| full\n", "**Date**: 2023-11-14\n", "**Duration**: 1h35m\n", "**Severity**: P1\n",
      "**Harm**: [to whom]\n", "**Impact:** no grain\n", "**Author**: \n", "## Summary\nsilo \\| full\n",
      "## Timeline\n- 2023-11-14 22:13 UTC - opened: SiloFull\n- 2023-11-14 22:17 UTC - acknowledged: by ana\n",
      "## Root cause\na &lt;mouse&gt;\n", "- [ ] [Step one] by [date]\n", "What we [learnt]\n",
      "| Runbook | When a silo is full |\n", NULL},
     {"HH:MM", "| Date |", "| Duration |", "[First]", NULL},
     "to whom; Author; Step one; date; Lessons; learnt"},
	{"---\ntitle: [Name of incident]\ndate: YYYY-MM-DD\nticket: <number>\n---\n\n| Field | Value |\n|---|---|\n"
     "| **Severity** | SEV1 / SEV2 |\n| Lead | |\n| Scribe | |\n| Status | Draft / Final |\n\n"
     "| Began | Over | Lasted |\n|---|---|---|\n| [time] | HH:MM | [h] |\n\n## Timeline\n\n| Time | What | Who |\n"
     "|---|---|---|\n| 00:00 | [sign] | [name] |\n| HH:MM | [end] | |\n\nAll in UTC.\n\n## Code\n\n"
     "```\n[this] is kept\n```\n<!-- [not asked] -->\n",
     {"title: \"silo | full\"\n", "date: \"2023-11-14\"\n", "ticket: <number>\n", "| **Severity** | P1 |\n",
      "| Lead | harbour |\n", "| Scribe |  |\n", "| Status | Draft |\n",
      "| 2023-11-14 22:13 UTC | 2023-11-14 23:48 UTC | 1h35m |\n",
      "|---|---|---|\n| 2023-11-14 22:13 UTC | opened: SiloFull | |\n", "| acknowledged: by ana | |\n", "All in UTC.",
      "[this] is kept\n", NULL},
     {"[sign]", "00:00", NULL},
     "number; Scribe"},
	{"Date of incident: [DATE]\nTime to acknowledge: ____\nTime to detect: [minutes]\nCustomers: [HOW MANY]\n\n"
     "Timeline:\n  [HH:MM] - [EVENT]\n  [HH:MM] - [EVENT]\n\nRoot cause:\n  [ROOT_CAUSE]\n\nRunbook used: [name]\n",
     {"Date of incident: 2023-11-14\n", "Time to acknowledge: 4m\n", "Time to detect: [minutes]\n",
      "Timeline:\n- 2023-11-14 22:13 UTC - opened: SiloFull\n", "Root cause:\n  a &lt;mouse&gt;\n",
      "Runbook used: When a silo is full\n", NULL},
     {"[EVENT]", NULL},
     "minutes; HOW MANY"},
};

static void what_is_asked_for_is_filled_in_place(void **state)
{
	const struct wanted *w = *state;
	AUTOARENA struct arena *arena = arena_new();
	const char *page = arena_printf(arena, "# Pages\n\n## Post-mortem template\n\n````\n%s````\n", w->page);
	struct str draft = draft_for_page(arena, page), rest = draft;
	for (size_t i = 0; w->lines[i]; i++) {
		ptrdiff_t at = str_find(rest, str_c(w->lines[i]));
		if (at < 0)
			fail_msg("'%s' does not stand there, or not in its place:\n%.*s", w->lines[i], STR_ARG(draft));
		rest = str_slice(rest, (size_t)at, rest.n);
	}
	for (size_t i = 0; w->absent[i]; i++)
		if (str_find(draft, str_c(w->absent[i])) >= 0)
			fail_msg("'%s' is still there:\n%.*s", w->absent[i], STR_ARG(draft));
	struct str missing = str_slice(draft, (size_t)str_find(draft, STR("\n== ")) + 4, draft.n);
	assert_string_equal(arena_cstr(arena, missing), w->missing);
}

/* Below "Post-mortems" and a sentence, in German. */
static void a_report_below_another_heading_is_the_template(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct str draft =
		draft_for_page(arena, "# Pages\n\n## Post-mortems\n\nWe write this:\n\n```md\n# Vorfall: [Titel]\n\n"
	                          "- **Dauer**: [hh:mm]\n\n## Zeitverlauf\n- [hh:mm] [Ereignis]\n```\n");
	assert_true(str_find(draft, STR("# Vorfall: silo \\| full\n\n- **Dauer**: 1h35m\n")) == 0);
	assert_true(str_find(draft, STR("## Zeitverlauf\n- 2023-11-14 22:13 UTC - opened")) > 0);
}

static void nothing_is_guessed_where_nothing_is_known(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct facts stated = {0};
	struct strs missing;
	stated.postmortem.body = STR("## Root cause\n[why]\n\n## Impact\n**Impact**: [harm]\n");
	struct incident *inc = overflow(arena);
	inc->update.cause = inc->update.impact = STR("");
	inc->count.total = 0;
	const struct postmortem_context context = {.stated = &stated, .now = START + TIME_DAY};
	struct str text = postmortem_write(arena, inc, &context, &missing);
	assert_true(str_find(text, STR("## Root cause\n[why]\n\n## Impact\n**Impact**: [harm]\n")) == 0);
	assert_int_equal(missing.n, 4);
	assert_true(str_eq_c(missing.v[0], "Root cause") && str_eq_c(missing.v[1], "why") &&
	            str_eq_c(missing.v[3], "harm"));
}

#define FORMS (sizeof forms / sizeof *forms)

int main(void)
{
	struct CMUnitTest tests[FORMS + 2] = {
		[FORMS] = cmocka_unit_test(a_report_below_another_heading_is_the_template),
		[FORMS + 1] = cmocka_unit_test(nothing_is_guessed_where_nothing_is_known),
	};
	for (size_t i = 0; i < FORMS; i++)
		tests[i] = (struct CMUnitTest){"in its place", what_is_asked_for_is_filled_in_place, NULL, NULL,
		                               (void *)(uintptr_t)&forms[i]};
	return cmocka_run_group_tests_name("postmortem", tests, NULL, NULL);
}
