/* Calendars: what RFC 5545 says of exceptions, moved occurrences, zones and lengths, and what is left out and said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/time.h"
#include "catalog/calendar.h"

static struct arena *arena;

static int64_t instant(const char *text)
{
	int64_t ms;
	assert_true(time_parse(str_c(text), &ms));
	return ms;
}

/* Two invented towns an hour (in summer two) and nine hours east; summer from 2026-03-29T01:00Z to 2026-10-25T01:00Z. */
static bool find_inland_zone(void *arg, struct str name, const struct zone **out)
{
	(void)arg;
	const struct zone_change near[] = {{instant("2026-03-29T01:00:00Z"), 7200},
	                                   {instant("2026-10-25T01:00:00Z"), 3600}};
	*out = NULL;
	if (str_eq_c(name, "Inland/Near"))
		*out = zone_of_changes(arena, 3600, near, 2);
	else if (str_eq_c(name, "Inland/Far"))
		*out = zone_of_changes(arena, 9 * 3600, NULL, 0);
	return *out || str_eq_c(name, "UTC");
}

static const struct calendar_zones zones = {find_inland_zone, NULL};

static int by_from(const void *a, const void *b)
{
	const struct shift *x = a, *y = b;
	return x->from < y->from ? -1 : x->from > y->from;
}

static void add_time(struct buf *b, int64_t ms)
{
	char text[TIME_FORMAT_MAX];
	time_format(ms, text);
	buf_add(b, str_slice(str_c(text), 5, 16)); /* 03-29T01:00 */
}

/* "03-02T08:00/03-02T09:00 ana; …" of 2026; single events have a "!" in front. */
static char *shifts_text(const struct calendar *c)
{
	AUTOBUF struct buf b;
	struct shifts s = {0};
	buf_init(&b, 65536);
	assert_true(calendar_shifts(c, instant("2026-01-01T00:00:00Z"), instant("2027-01-01T00:00:00Z"), arena, &s));
	if (s.count)
		qsort(s.v, s.count, sizeof *s.v, by_from);
	for (size_t i = 0; i < s.count; i++) {
		buf_add_c(&b, i ? "; " : "");
		buf_add_c(&b, s.v[i].single ? "!" : "");
		add_time(&b, s.v[i].from);
		buf_add_c(&b, "/");
		add_time(&b, s.v[i].until);
		buf_printf(&b, " %.*s", STR_ARG(s.v[i].who));
	}
	return arena_cstr(arena, buf_str(&b));
}

/* Events are separated by a line "--"; "|" ends a line. */
static struct str calendar_text(const char *events)
{
	AUTOBUF struct buf b;
	buf_init(&b, 1 << 20);
	buf_add_c(&b, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:one\r\n");
	for (const char *p = events; *p; p++) {
		if (strncmp(p, "--|", 3) == 0) {
			buf_add_c(&b, "END:VEVENT\r\nBEGIN:VEVENT\r\n");
			p += 2;
		} else if (*p == '|') {
			buf_add_c(&b, "\r\n");
		} else {
			buf_add_char(&b, *p);
		}
	}
	buf_add_c(&b, "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
	return arena_str(arena, buf_str(&b));
}

static struct calendar *read_calendar(struct str text, struct err *doubts)
{
	AUTOERR struct err err = ERR_INIT;
	const struct zone *floating;
	find_inland_zone(NULL, STR("Inland/Far"), &floating);
	return calendar_read("team.ics", text, floating, &zones, doubts, &err);
}

#define NEAR "DTSTART;TZID=Inland/Near:"
#define ONWARD(at) "|--|UID:one|RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Inland/Near:" at "|"
#define WEEKLY NEAR "20260323T090000|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=3|SUMMARY:ana"

/* What is understood: every row is a sentence of RFC 5545. */
static const struct {
	const char *events, *shifts;
} understood[] = {
	/* A local time with a zone keeps its place on the wall. */
	{WEEKLY, "03-23T08:00/03-23T09:00 ana; 03-30T07:00/03-30T08:00 ana; 04-06T07:00/04-06T08:00 ana"},
	/* EXDATE: with a zone, in UTC, in another zone, as a date, in a list. */
	{WEEKLY "|EXDATE;TZID=Inland/Near:20260330T090000", "03-23T08:00/03-23T09:00 ana; 04-06T07:00/04-06T08:00 ana"},
	{WEEKLY "|EXDATE:20260330T070000Z", "03-23T08:00/03-23T09:00 ana; 04-06T07:00/04-06T08:00 ana"},
	{WEEKLY "|EXDATE;TZID=Inland/Far:20260330T160000", "03-23T08:00/03-23T09:00 ana; 04-06T07:00/04-06T08:00 ana"},
	{WEEKLY "|EXDATE;VALUE=DATE:20260330", "03-23T08:00/03-23T09:00 ana; 04-06T07:00/04-06T08:00 ana"},
	{WEEKLY "|EXDATE:20260330T070000Z,20260406T070000Z", "03-23T08:00/03-23T09:00 ana"},
	/* EXRULE */
	{WEEKLY "|EXRULE:FREQ=WEEKLY;INTERVAL=2", "03-30T07:00/03-30T08:00 ana"},
	/* RDATE keeps its zone, and may say its own length. */
	{NEAR "20260302T090000|DURATION:PT1H|SUMMARY:ana|RDATE;TZID=Inland/Far:20260303T090000",
     "03-02T08:00/03-02T09:00 ana; 03-03T00:00/03-03T01:00 ana"},
	{NEAR "20260302T090000|DURATION:PT1H|SUMMARY:ana|RDATE;VALUE=PERIOD:20260303T090000Z/PT4H,20260304T090000Z/"
          "20260304T093000Z",
     "03-02T08:00/03-02T09:00 ana; 03-03T09:00/03-03T13:00 ana; 03-04T09:00/03-04T09:30 ana"},
	/* RECURRENCE-ID: the moved occurrence stands for the one that it names, whatever zone it says that in. */
	{WEEKLY "|--|UID:one|RECURRENCE-ID:20260330T070000Z|" NEAR "20260331T120000|DURATION:PT2H|SUMMARY:ben",
     "03-23T08:00/03-23T09:00 ana; !03-31T10:00/03-31T12:00 ben; 04-06T07:00/04-06T08:00 ana"},
	{WEEKLY "|--|UID:one|RECURRENCE-ID;TZID=Inland/Near:20260330T090000|STATUS:CANCELLED|" NEAR
            "20260330T090000|DURATION:PT1H",
     "03-23T08:00/03-23T09:00 ana; 04-06T07:00/04-06T08:00 ana"},
	/* …with RANGE=THISANDFUTURE for all that follow: moved by the same difference on the wall, of the same length. */
	{WEEKLY ONWARD("20260330T090000") NEAR "20260330T100000|DURATION:PT2H|SUMMARY:ben",
     "03-23T08:00/03-23T09:00 ana; 03-30T08:00/03-30T10:00 ben; 04-06T08:00/04-06T10:00 ben"},
	{WEEKLY ONWARD("20260323T090000") "DTSTART;TZID=Inland/Far:20260323T170000|DURATION:PT1H|SUMMARY:ben",
     "03-23T08:00/03-23T09:00 ben; 03-30T07:00/03-30T08:00 ben; 04-06T07:00/04-06T08:00 ben"},
	{WEEKLY "|--|UID:one|RECURRENCE-ID;RANGE=THISANDFUTURE:20260330T070000Z|" NEAR
            "20260331T090000|DURATION:PT1H|SUMMARY:ben",
     "03-23T08:00/03-23T09:00 ana; 03-31T07:00/03-31T08:00 ben; 04-07T07:00/04-07T08:00 ben"},
	/* It ends the series, or names another person until a still later one does; one moved by itself goes before. */
	{WEEKLY ONWARD("20260330T090000") "STATUS:CANCELLED|" NEAR "20260330T090000", "03-23T08:00/03-23T09:00 ana"},
	{WEEKLY ONWARD("20260406T090000") NEAR "20260406T090000|DURATION:PT1H|SUMMARY:eve" ONWARD("20260330T090000") NEAR
     "20260330T090000|DURATION:PT1H|SUMMARY:ben",
     "03-23T08:00/03-23T09:00 ana; 03-30T07:00/03-30T08:00 ben; 04-06T07:00/04-06T08:00 eve"},
	{WEEKLY ONWARD("20260330T090000") NEAR
     "20260330T100000|DURATION:PT1H|SUMMARY:ben|--|UID:one|RECURRENCE-ID;TZID=Inland/Near:20260406T090000|" NEAR
     "20260407T090000|DURATION:PT1H|SUMMARY:eve",
     "03-23T08:00/03-23T09:00 ana; 03-30T08:00/03-30T09:00 ben; !04-07T07:00/04-07T08:00 eve"},
	/* Of two versions the later; without those that EXDATE names, by the time that they had; dates of RDATE too. */
	{WEEKLY ONWARD("20260330T090000") "SEQUENCE:2|" NEAR "20260330T100000|DURATION:PT1H|SUMMARY:new" ONWARD(
		 "20260330T090000") NEAR "20260330T110000|DURATION:PT1H|SUMMARY:old",
     "03-23T08:00/03-23T09:00 ana; 03-30T08:00/03-30T09:00 new; 04-06T08:00/04-06T09:00 new"},
	{WEEKLY "|EXDATE;TZID=Inland/Near:20260330T090000|RDATE;TZID=Inland/Near:20260401T090000" ONWARD("20260330T090000")
         NEAR "20260330T100000|DURATION:PT1H|SUMMARY:ben",
     "03-23T08:00/03-23T09:00 ana; 04-01T08:00/04-01T09:00 ben; 04-06T08:00/04-06T09:00 ben"},
	/* Whole days; and what is moved to an earlier day. */
	{"DTSTART;VALUE=DATE:20260302|RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3|SUMMARY:ana|--|UID:one|RECURRENCE-ID;VALUE=DATE;"
     "RANGE=THISANDFUTURE:20260304|DTSTART;VALUE=DATE:20260303|SUMMARY:ben",
     "03-01T15:00/03-02T15:00 ana; 03-02T15:00/03-03T15:00 ben; 03-04T15:00/03-05T15:00 ben"},
	/* Two versions of one event: the later counts. */
	{NEAR "20260302T090000|SEQUENCE:2|DURATION:PT1H|SUMMARY:new|--|UID:one|SEQUENCE:1|" NEAR
          "20260302T100000|DURATION:PT1H|SUMMARY:old",
     "!03-02T08:00/03-02T09:00 new"},
	/* All-day: local midnight to local midnight, DTEND not included; one day without it. */
	{"DTSTART;VALUE=DATE:20260302|DTEND;VALUE=DATE:20260304|SUMMARY:ana", "!03-01T15:00/03-03T15:00 ana"},
	{"DTSTART;VALUE=DATE:20260302|SUMMARY:ana", "!03-01T15:00/03-02T15:00 ana"},
	{"DTSTART;VALUE=DATE:20260302|DURATION:P1W|SUMMARY:ana", "!03-01T15:00/03-08T15:00 ana"},
	/* A floating time is the schedule's. */
	{"DTSTART:20260302T090000|DTEND:20260302T100000|SUMMARY:ana", "!03-02T00:00/03-02T01:00 ana"},
	/* A day of DURATION is one on the wall (23 hours here), 24 hours are 24 hours; so is what DTEND says. */
	{NEAR "20260328T120000|DURATION:P1D|SUMMARY:ana", "!03-28T11:00/03-29T10:00 ana"},
	{NEAR "20260328T120000|DURATION:PT24H|SUMMARY:ana", "!03-28T11:00/03-29T11:00 ana"},
	{NEAR "20260322T120000|DTEND;TZID=Inland/Near:20260323T120000|RRULE:FREQ=WEEKLY;COUNT=2|SUMMARY:ana",
     "03-22T11:00/03-23T11:00 ana; 03-29T10:00/03-30T10:00 ana"},
	/* An hour that does not exist, and nothing after it moves; one that comes twice. */
	{NEAR "20260328T023000|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=3|SUMMARY:ana",
     "03-28T01:30/03-28T02:30 ana; 03-29T01:30/03-29T02:30 ana; 03-30T00:30/03-30T01:30 ana"},
	{NEAR "20261025T023000|DURATION:PT1H|SUMMARY:ana", "!10-25T00:30/10-25T01:30 ana"},
	/* UNTIL: an instant; as a date its whole day. */
	{NEAR "20260323T090000|DURATION:PT1H|RRULE:FREQ=DAILY;UNTIL=20260324T080000Z|SUMMARY:ana",
     "03-23T08:00/03-23T09:00 ana; 03-24T08:00/03-24T09:00 ana"},
	{NEAR "20260323T090000|DURATION:PT1H|RRULE:FREQ=DAILY;UNTIL=20260324|SUMMARY:ana",
     "03-23T08:00/03-23T09:00 ana; 03-24T08:00/03-24T09:00 ana"},
	/* A zone of somebody's own that ends in the system's name. */
	{"DTSTART;TZID=/some.example/2026a/Inland/Near:20260302T090000|DURATION:PT1H|SUMMARY:ana",
     "!03-02T08:00/03-02T09:00 ana"},
	{"DTSTART:20260302T090000Z|DURATION:PT1H|SUMMARY:ana|X-ODD;:strange|STATUS:CANCELLED", ""},
};

static void rfc_5545_is_followed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof understood / sizeof *understood; i++) {
		AUTOERR struct err doubts = ERR_INIT;
		struct calendar *c = read_calendar(calendar_text(understood[i].events), &doubts);
		assert_non_null(c);
		assert_string_equal(err_first(&doubts), "");
		assert_string_equal(shifts_text(c), understood[i].shifts);
		calendar_free(c);
	}
}

/* The event is left out, and the line says why. */
static const struct {
	const char *event, *why;
} doubtful[] = {
	{"DTSTART;TZID=Mars/Base:20260302T090000|DURATION:PT1H", "neither one of the system nor defined in the file"},
	{"DTSTART:20260302T090000Z|DURATION:PT1H|RRULE:FREQ=FORTNIGHTLY", "RRULE cannot be understood"},
	{"DTSTART:20260302T090000Z|DURATION:PT1H|RRULE:FREQ=DAILY;COUNT=2;UNTIL=20260401T000000Z",
     "RRULE cannot be understood"},
	{"DTSTART:20260302T090000Z|DURATION:PT1H|RRULE:FREQ=DAILY;INTERVAL=0", "RRULE cannot be understood"},
	{"DTSTART:20260302T090000Z|DURATION:PT1H|RRULE:FREQ=MINUTELY", "repeats too often"},
	{"DTSTART:20260302T090000Z|DURATION:PT1H|RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", "repeats too often"},
	{"DTSTART:20260302T090000Z|DURATION:PT1H|RRULE:FREQ=YEARLY;BYWEEKNO=10,-1;BYDAY=MO", "(BYWEEKNO)"},
	{"DTSTART:20260302T090000Z|DURATION:PT1H|RRULE:FREQ=YEARLY;BYWEEKNO=10;WKST=SU", "(BYWEEKNO)"},
	{"DTSTART:20260302T090000Z|DURATION:PT1H|RRULE:FREQ=YEARLY;BYWEEKNO=10;BYMONTH=3", "(BYWEEKNO)"},
	{"DTSTART:20260302T090000Z|DURATION:PT1H|RRULE:FREQ=MONTHLY;BYDAY=MO;BYHOUR=9,21;BYSETPOS=1", "BYSETPOS"},
	{"DTSTART:20260302T090000Z|DURATION:PT1H|RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SA;WKST=SA;BYMONTH=3", "WKST"},
	{"DTSTART:20260302T090000Z|DURATION:PT1H|EXDATE:tomorrow", "EXDATE cannot be understood"},
	{"DTSTART:20260302T090000Z|DTEND:2026", "DTEND cannot be understood"},
	{"DTSTART:20260302T090000Z|DTEND:20260302T080000Z", "it has no length"},
	{"DTSTART:20260302T090000Z", "it has no length"},
	{"DURATION:PT1H", "it has no start"},
	{"DTSTART:20260302T090000Z|DURATION:-PT1H", "its DURATION is none"},
	{"RECURRENCE-ID;RANGE=THISANDFUTURE:20260302T090000Z|DTSTART:20260302T100000Z|DURATION:PT1H",
     "of an event that is not in the calendar"},
	{"RECURRENCE-ID;RANGE=THISANDPRIOR:20260302T090000Z|DTSTART:20260302T100000Z|DURATION:PT1H", "RANGE"},
};

static void what_is_not_understood_is_said_and_left_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof doubtful / sizeof *doubtful; i++) {
		AUTOERR struct err doubts = ERR_INIT;
		struct calendar *c = read_calendar(calendar_text(doubtful[i].event), &doubts);
		assert_non_null(c);
		assert_non_null(strstr(err_first(&doubts), doubtful[i].why));
		assert_non_null(strstr(err_first(&doubts), "team.ics:4: error: event \"one\" is left out"));
		assert_string_equal(shifts_text(c), "");
		calendar_free(c);
	}
}

/* Who is on call from there on cannot be told: nobody is, rather than who was before. */
static void later_occurrences_that_are_not_understood_are_nobodys(void **state)
{
	static const char *const parts[] = {
		NEAR "20260330T100000|SUMMARY:ben",
		"DTSTART;VALUE=DATE:20260330|SUMMARY:ben",
		NEAR "20260330T100000|DURATION:PT1H|RRULE:FREQ=DAILY|SUMMARY:ben",
	};
	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		AUTOERR struct err doubts = ERR_INIT;
		const char *text = arena_printf(arena, "%s%s", WEEKLY ONWARD("20260330T090000"), parts[i]);
		struct calendar *c = read_calendar(calendar_text(text), &doubts);
		assert_non_null(strstr(err_first(&doubts), "team.ics:4: error: event \"ben\" is left out: it "));
		assert_string_equal(shifts_text(c), "03-23T08:00/03-23T09:00 ana");
		calendar_free(c);
	}
}

/* Whoever asks for a while before the occurrence sees what is moved into it. */
static void what_is_moved_to_an_earlier_day_is_found_there(void **state)
{
	AUTOERR struct err doubts = ERR_INIT;
	struct shifts s = {0};
	struct calendar *c = read_calendar(
		calendar_text(WEEKLY ONWARD("20260330T090000") NEAR "20260326T090000|DURATION:PT1H|SUMMARY:ben"), &doubts);
	(void)state;
	assert_true(calendar_shifts(c, instant("2026-03-26T00:00:00Z"), instant("2026-03-27T00:00:00Z"), arena, &s));
	assert_int_equal(s.count, 1);
	assert_int_equal(s.v[0].from, instant("2026-03-26T08:00:00Z"));
	calendar_free(c);
}

/* Exchange names its zones in its own words and says in the file what they mean. */
static void a_zone_that_the_file_defines(void **state)
{
	(void)state;
	AUTOERR struct err doubts = ERR_INIT;
	struct calendar *c =
		read_calendar(STR("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VTIMEZONE\nTZID:Our Office\n"
	                      "BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
	                      "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\n"
	                      "BEGIN:DAYLIGHT\nDTSTART:19700329T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n"
	                      "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
	                      "BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Our Office:20260328T090000\nDURATION:PT1H\n"
	                      "RRULE:FREQ=DAILY;COUNT=2\nSUMMARY:ana\nEND:VEVENT\nEND:VCALENDAR\n"),
	                  &doubts);
	assert_string_equal(err_first(&doubts), "");
	assert_string_equal(shifts_text(c), "03-28T08:00/03-28T09:00 ana; 03-29T07:00/03-29T08:00 ana");
	calendar_free(c);
}

static void a_calendar_may_name_its_zone(void **state)
{
	(void)state;
	AUTOERR struct err doubts = ERR_INIT;
	struct calendar *c =
		read_calendar(STR("\xef\xbb\xbf"
	                      "BEGIN:VCALENDAR\nVERSION:2.0\nX-WR-TIMEZONE:Inland/Near\n"
	                      "BEGIN:VEVENT\nUID:a\nDTSTART:20260302T090000\nDURATION:PT1H\nSUMMARY:a\n na\n"
	                      "ATTENDEE;PARTSTAT=DECLINED:mailto:no@example.org\n"
	                      "ATTENDEE:MAILTO:ana@example.org\nEND:VEVENT\nEND:VCALENDAR\n"),
	                  &doubts);
	struct shifts s = {0};
	assert_string_equal(shifts_text(c), "!03-02T08:00/03-02T09:00 ana");
	assert_true(calendar_shifts(c, instant("2026-01-01T00:00:00Z"), instant("2027-01-01T00:00:00Z"), arena, &s));
	assert_int_equal(s.v[0].addresses.n, 1);
	assert_true(str_eq_c(s.v[0].addresses.v[0], "ana@example.org"));
	calendar_free(c);
}

static void what_is_no_calendar(void **state)
{
	(void)state;
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"<!DOCTYPE html><html><body>Sign in</body></html>", "no iCalendar file"},
		{"", "no iCalendar file"},
		{"BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:a\nDTSTART:20260302T0900", "cut off"},
		{"BEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBE\n GIN:A\nBEGIN:A\n", "too many parts"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOERR struct err doubts = ERR_INIT, err = ERR_INIT;
		assert_null(calendar_read("x.ics", str_c(rows[i].text), NULL, &zones, &doubts, &err));
		assert_non_null(strstr(err_first(&err), rows[i].why));
	}
}

static void too_many_shifts_are_refused(void **state)
{
	(void)state;
	AUTOERR struct err doubts = ERR_INIT;
	struct shifts s = {0};
	struct calendar *c =
		read_calendar(calendar_text("DTSTART:20260101T000000Z|DURATION:PT1H|RRULE:FREQ=HOURLY|SUMMARY:ana"), &doubts);
	assert_false(calendar_shifts(c, instant("2026-01-01T00:00:00Z"), instant("2027-01-01T00:00:00Z"), arena, &s));
	calendar_free(c);
}

/* A thousand of them for each of thousands of occurrences would take too long. */
static void too_many_later_changes_are_refused(void **state)
{
	AUTOBUF struct buf b;
	AUTOERR struct err doubts = ERR_INIT;
	struct shifts s = {0};
	(void)state;
	buf_init(&b, 1 << 20);
	buf_add_c(&b, "DTSTART:20200101T000000Z|DURATION:PT1H|RRULE:FREQ=DAILY|SUMMARY:ana");
	for (int i = 0; i < 1000; i++)
		buf_printf(&b,
		           "|--|UID:one|RECURRENCE-ID;RANGE=THISANDFUTURE:2021%02d%02dT%02d0000Z|"
		           "DTSTART:20210101T000000Z|DURATION:PT1H|SUMMARY:ben",
		           i % 12 + 1, i / 12 % 28 + 1, i / 336);
	struct calendar *c = read_calendar(calendar_text(arena_cstr(arena, buf_str(&b))), &doubts);
	assert_string_equal(err_first(&doubts), "");
	assert_false(calendar_shifts(c, instant("2026-01-01T00:00:00Z"), instant("2026-02-01T00:00:00Z"), arena, &s));
	calendar_free(c);
}

static int calendar_setup(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int calendar_teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rfc_5545_is_followed, calendar_setup, calendar_teardown),
		cmocka_unit_test_setup_teardown(what_is_not_understood_is_said_and_left_out, calendar_setup, calendar_teardown),
		cmocka_unit_test_setup_teardown(later_occurrences_that_are_not_understood_are_nobodys, calendar_setup,
	                                    calendar_teardown),
		cmocka_unit_test_setup_teardown(what_is_moved_to_an_earlier_day_is_found_there, calendar_setup,
	                                    calendar_teardown),
		cmocka_unit_test_setup_teardown(a_zone_that_the_file_defines, calendar_setup, calendar_teardown),
		cmocka_unit_test_setup_teardown(a_calendar_may_name_its_zone, calendar_setup, calendar_teardown),
		cmocka_unit_test_setup_teardown(what_is_no_calendar, calendar_setup, calendar_teardown),
		cmocka_unit_test_setup_teardown(too_many_shifts_are_refused, calendar_setup, calendar_teardown),
		cmocka_unit_test_setup_teardown(too_many_later_changes_are_refused, calendar_setup, calendar_teardown),
	};
	return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
