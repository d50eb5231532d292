/* Durations, dates and severities in the forms that people write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/time.h"
#include "words/values.h"
#include "words/word_table.h"
#include "words/words.h"

#define MIN TIME_MINUTE
#define HOUR TIME_HOUR
#define DAY TIME_DAY

static void durations_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *words;
		int64_t least, ms;
		bool open_ended, next_business_day;
	} cases[] = {
		{"15 min", 0, 15 * MIN, false, false},
		{"15 minutes", 0, 15 * MIN, false, false},
		{"< 15 minutes", 0, 15 * MIN, false, false},
		{"≤15m", 0, 15 * MIN, false, false},
		{"within 24h", 0, 24 * HOUR, false, false},
		{"5-15 minutes", 5 * MIN, 15 * MIN, false, false},
		{"5–15 min", 5 * MIN, 15 * MIN, false, false},
		{"5 to 15 min", 5 * MIN, 15 * MIN, false, false},
		{"30m-1h", 30 * MIN, HOUR, false, false},
		{"60+ min", 60 * MIN, 60 * MIN, true, false},
		{"> 2 hours", 2 * HOUR, 2 * HOUR, true, false},
		{"at least 3 days", 3 * DAY, 3 * DAY, true, false},
		{"5 min/submodule", 0, 5 * MIN, false, false},
		{"1h30m", 0, 90 * MIN, false, false},
		{"1 hour and 30 minutes", 0, 90 * MIN, false, false},
		{"1.5 hours", 0, 90 * MIN, false, false},
		{"half an hour", 0, 30 * MIN, false, false},
		{"an hour", 0, HOUR, false, false},
		{"two weeks", 0, 14 * DAY, false, false},
		{"a 20-minute walk", 0, 20 * MIN, false, false},
		{"2 business days", 0, 2 * DAY, false, false},
		{"Monthly", 0, 30 * DAY, false, false},
		{"quarterly audit", 0, 90 * DAY, false, false},
		{"Bi-weekly", 0, 14 * DAY, false, false},
		{"every 6 months", 0, 180 * DAY, false, false},
		{"Annually", 0, 365 * DAY, false, false},
		{"P6M", 0, 180 * DAY, false, false},
		{"P1Y2M", 0, 425 * DAY, false, false},
		{"PT1H30M", 0, 90 * MIN, false, false},
		{"P90D", 0, 90 * DAY, false, false},
		{"P", 0, 0, false, false},
		{"PT", 0, 0, false, false},
		{"P1 in 5 min", 0, 5 * MIN, false, false},
		{"Next business day", 0, 0, false, true},
		{"by the next working day", 0, 0, false, true},
		{"Varies", 0, 0, false, false},
		{"24/7", 0, 0, false, false},
		{"P1", 0, 0, false, false},
		{"3 engineers", 0, 0, false, false},
		{"1 Tag", 0, DAY, false, false},
		{"2 Stunden", 0, 2 * HOUR, false, false},
		{"a tag", 0, 0, false, false},
		{"2 tags", 0, 0, false, false},
		{"", 0, 0, false, false},
		{"99999999999999999999 years", 0, 36500 * DAY, false, false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct fact_duration d = fact_duration_read(arena, str_c(cases[i].words));
		if (d.ms != cases[i].ms || d.least_ms != cases[i].least || d.open_ended != cases[i].open_ended ||
		    d.next_business_day != cases[i].next_business_day)
			fail_msg("\"%s\": %lld..%lld ms, open %d, next business day %d", cases[i].words, (long long)d.least_ms,
			         (long long)d.ms, d.open_ended, d.next_business_day);
		assert_true(str_eq_c(d.text, cases[i].words));
	}
}

/* 2026-03-29 is the Sunday on which Berlin puts its clocks forward. */
static const struct zone *berlin(struct arena *arena)
{
	const struct zone_change change = {INT64_C(1774746000) * TIME_SECOND, 7200};
	return zone_of_changes(arena, 3600, &change, 1);
}

static void deadlines_of_work_run_while_people_work(void **state)
{
	(void)state;
	static const struct {
		const char *words, *from, *end; /* UTC; NULL: none */
	} cases[] = {
		{"2 hours", "2026-03-27T22:00:00Z", "2026-03-28T00:00:00Z"},
		{"next business day", "2026-03-26T08:30:00Z", "2026-03-27T08:00:00Z"},
		{"next business day", "2026-03-27T22:30:00Z", "2026-03-30T07:00:00Z"}, /* Friday 23:30 there */
		{"next business day", "2026-03-27T23:30:00Z", "2026-03-30T07:00:00Z"}, /* Saturday there, Friday in London */
		{"next working day", "2026-03-29T23:30:00Z", "2026-03-31T07:00:00Z"},  /* Monday 01:30 there */
		{"by the end of the next business day", "2026-03-27T10:00:00Z", "2026-03-30T15:00:00Z"},
		{"2 business days", "2026-03-25T09:00:00Z", "2026-03-27T09:00:00Z"},
		{"2 business days", "2026-03-27T14:00:00Z", "2026-03-31T13:00:00Z"}, /* 15:00 on Friday and on Tuesday */
		{"within two working days", "2026-03-28T10:00:00Z", "2026-03-31T15:00:00Z"},
		{"1 business day", "2026-03-27T20:00:00Z", "2026-03-30T15:00:00Z"},
		{"10 business days", "2026-03-23T10:00:00Z", "2026-04-06T09:00:00Z"},
		{"4 business hours", "2026-03-27T15:00:00Z", "2026-03-30T10:00:00Z"}, /* an hour on Friday, three on Monday */
		{"1-2 business hours", "2026-03-27T04:00:00Z", "2026-03-27T10:00:00Z"},
		{"3 calendar days", "2026-03-27T15:00:00Z", "2026-03-30T15:00:00Z"},
		{"soon", "2026-03-27T15:00:00Z", NULL},
	};
	AUTOARENA struct arena *arena = arena_new();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct fact_duration d = fact_duration_read(arena, str_c(cases[i].words));
		int64_t from, wanted = 0;
		char got[TIME_FORMAT_MAX];
		d.zone = berlin(arena);
		assert_true(time_parse(str_c(cases[i].from), &from));
		assert_true(!cases[i].end || time_parse(str_c(cases[i].end), &wanted));
		if (fact_duration_end(&d, from) != wanted)
			fail_msg("\"%s\" from %s: %s", cases[i].words, cases[i].from,
			         time_format(fact_duration_end(&d, from), got));
	}
}

static void dates_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *words, *iso;
	} cases[] = {
		{"2025-12-22", "2025-12-22"},
		{"2025/12/22", "2025-12-22"},
		{"on 2025-12-22T08:00:00Z", "2025-12-22"},
		{"2025-12", "2025-12"},
		{"December 2024", "2024-12"},
		{"Dec 2024", "2024-12"},
		{"December, 2024", "2024-12"},
		{"22 Dec 2025", "2025-12-22"},
		{"22nd of December 2025", "2025-12-22"},
		{"Dec 22, 2025", "2025-12-22"},
		{"December 1st, 2025 (first)", "2025-12-01"},
		{"12/22/2025", "2025-12-22"},
		{"22/12/2025", "2025-12-22"},
		{"03.02.2025", "2025-02-03"},
		{"3. März 2025", "2025-03-03"},
		{"1er août 2025", "2025-08-01"},
		{"7 de septiembre de 2025", "2025-09-07"},
		{"10 de março de 2025", "2025-03-10"},
		{"2024-02-29", "2024-02-29"},
		{"2025-02-29", ""},
		{"2025-13-01", ""},
		{"YYYY-MM-DD", ""},
		{"v1.2.3", ""},
		{"never", ""},
		{"May", ""},
		{"", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct str date = fact_date_read(arena, str_c(cases[i].words));
		if (!str_eq_c(date, cases[i].iso))
			fail_msg("\"%s\": \"%.*s\"", cases[i].words, STR_ARG(date));
	}
}

static void severities_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *words, *names; /* joined with blanks */
	} cases[] = {
		{"P1", "P1"},
		{"P0 - Critical", "P0"},
		{"P1/P2", "P1 P2"},
		{"P2 or P1", "P1 P2"},
		{"P0-P1", "P0 P1"},
		{"P0–P3", "P0 P1 P2 P3"},
		{"SEV2", "SEV2"},
		{"SEV-1, SEV-2", "SEV-1 SEV-2"},
		{"Severity 1", "Severity 1"},
		{"Prio\xc2\xa0"
	     "2 or SEV\xe2\x80\x91"
	     "3",
	     "Prio\xc2\xa0"
	     "2 SEV\xe2\x80\x91"
	     "3"},
		{"page P 1 of S 2", ""},
		{"sev_1", "sev_1"},
		{"P1 — High (P0 if the shop is closed)", "P1"},
		{"critical", "critical"},
		{"High / Critical", "Critical High"},
		{"Procedure", ""},
		{"P95 latency", ""},
		{"HTTP1 P", ""},
		{"(Critical)", ""},
		{"", ""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOBUF struct buf got;
		buf_init(&got, 1000);
		struct strs names = fact_severities_read(arena, str_c(cases[i].words));
		for (size_t k = 0; k < names.n; k++)
			buf_printf(&got, "%s%.*s", k ? " " : "", STR_ARG(names.v[k]));
		if (!str_eq_c(buf_str(&got), cases[i].names))
			fail_msg("\"%s\": \"%.*s\"", cases[i].words, STR_ARG(buf_str(&got)));
	}
}

/* Their own headers name the same fields, so no file includes several of them. */
extern const struct word_table escalation_columns, runbook_columns, severity_columns, contact_columns, policy_columns;

/* Headings are compared folded ("Après" is "apre"): a row that is not written so is never found. */
static void columns_are_written_as_headings_are_folded(void **state)
{
	(void)state;
	const struct word_table *tables[] = {&escalation_columns, &runbook_columns, &severity_columns, &contact_columns,
	                                     &policy_columns};
	AUTOARENA struct arena *arena = arena_new();
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (size_t k = 0; k < tables[i]->count; k++)
			if (!str_eq_c(words_fold(arena, str_c(tables[i]->rows[k].phrase)), tables[i]->rows[k].phrase))
				fail_msg("\"%s\" is never found", tables[i]->rows[k].phrase);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_read),
		cmocka_unit_test(deadlines_of_work_run_while_people_work),
		cmocka_unit_test(dates_are_read),
		cmocka_unit_test(severities_are_read),
		cmocka_unit_test(columns_are_written_as_headings_are_folded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
