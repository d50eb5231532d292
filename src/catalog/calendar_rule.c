/*
 * Rules as libical 3.0.16 follows them: compared with python3-dateutil over some thousand rules it goes wrong in a few
 * kinds of them. Such a rule is written as one of the same occurrences that it does follow, or refused with the reason.
 */
#include <stdlib.h>

#include "base/time.h"
#include "calendar_impl.h"

#define DAYS 7

static bool has_parts(const short *list)
{
	return list[0] != ICAL_RECURRENCE_ARRAY_MAX;
}

static size_t parts_of(const short *list)
{
	size_t n = 0;
	while (list[n] != ICAL_RECURRENCE_ARRAY_MAX)
		n++;
	return n;
}

/* ---- what is refused ---- */

/* By the minute nobody works in shifts; and libical looks for very long where an hourly rule falls on few days. */
static bool is_bounded(const struct icalrecurrencetype *rule)
{
	bool days = has_parts(rule->by_month) || has_parts(rule->by_month_day) || has_parts(rule->by_year_day) ||
	            has_parts(rule->by_week_no) || has_parts(rule->by_set_pos);
	return rule->freq != ICAL_SECONDLY_RECURRENCE && rule->freq != ICAL_MINUTELY_RECURRENCE &&
	       !(rule->freq == ICAL_HOURLY_RECURRENCE && days);
}

/* BYSETPOS counts days only: with two hours a day libical gives both where one is meant. */
static bool counts_days(const struct icalrecurrencetype *rule)
{
	return !has_parts(rule->by_set_pos) ||
	       (parts_of(rule->by_hour) < 2 && parts_of(rule->by_minute) < 2 && parts_of(rule->by_second) < 2);
}

/* Weeks within one year, from Monday, and nothing else that chooses days. */
static bool weeks_are_plain(const struct icalrecurrencetype *rule)
{
	for (const short *w = rule->by_week_no; *w != ICAL_RECURRENCE_ARRAY_MAX; w++)
		if (*w < 2 || *w > 51)
			return false;
	return !has_parts(rule->by_week_no) ||
	       (rule->freq == ICAL_YEARLY_RECURRENCE && rule->week_start == ICAL_MONDAY_WEEKDAY &&
	        !has_parts(rule->by_month) && !has_parts(rule->by_month_day) && !has_parts(rule->by_year_day) &&
	        !has_parts(rule->by_set_pos));
}

/* Every second week and the like: which week it is depends on the day on which weeks begin. */
static bool skips_weeks(const struct icalrecurrencetype *rule)
{
	return rule->freq == ICAL_WEEKLY_RECURRENCE && rule->interval > 1;
}

static bool week_is_followed(const struct icalrecurrencetype *rule)
{
	return !skips_weeks(rule) || rule->week_start == ICAL_MONDAY_WEEKDAY || rule->week_start == ICAL_SUNDAY_WEEKDAY ||
	       !has_parts(rule->by_month);
}

/* ---- what is written otherwise ---- */

static int compare_shorts(const void *a, const void *b)
{
	return *(const short *)a - *(const short *)b;
}

/* libical takes the hours of a day as they stand in the list: BYHOUR=20,8 would go back in time. */
static void sort_rule_times(struct icalrecurrencetype *rule)
{
	short *const lists[] = {rule->by_hour, rule->by_minute, rule->by_second};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		qsort(lists[i], parts_of(lists[i]), sizeof **lists, compare_shorts);
}

/* BYMONTHDAY of a yearly rule means each month's; libical knows only the month of DTSTART. */
static void name_months(struct icalrecurrencetype *rule)
{
	if (rule->freq != ICAL_YEARLY_RECURRENCE || !has_parts(rule->by_month_day) || has_parts(rule->by_month) ||
	    has_parts(rule->by_year_day))
		return;
	for (short month = 1; month <= 12; month++)
		rule->by_month[month - 1] = month;
	rule->by_month[12] = ICAL_RECURRENCE_ARRAY_MAX;
}

static int weekday_of(int64_t wall)
{
	int64_t days = wall / TIME_DAY - (wall % TIME_DAY < 0);
	return (int)(((days + 4) % DAYS + DAYS) % DAYS); /* 1970-01-01 was a Thursday; 0 is Sunday */
}

/* A week of the year without a day means DTSTART's. */
static void name_weekday(struct icalrecurrencetype *rule, int64_t wall)
{
	if (!has_parts(rule->by_week_no) || has_parts(rule->by_day))
		return;
	rule->by_day[0] = (short)(weekday_of(wall) + 1);
	rule->by_day[1] = ICAL_RECURRENCE_ARRAY_MAX;
}

static int days_between(int from, int to)
{
	return ((to - from) % DAYS + DAYS) % DAYS;
}

/* With weeks that begin on Saturday libical skips the wrong ones: the rule moves by days until they begin on Monday. */
static void begin_on_monday(struct calendar_rule *r)
{
	if (!skips_weeks(&r->rule) || r->rule.week_start == ICAL_SUNDAY_WEEKDAY)
		return;
	int days = days_between((int)r->rule.week_start, ICAL_MONDAY_WEEKDAY);
	for (short *d = r->rule.by_day; *d != ICAL_RECURRENCE_ARRAY_MAX; d++)
		*d = (short)((icalrecurrencetype_day_day_of_week(*d) - 1 + days) % DAYS + 1);
	r->rule.week_start = ICAL_MONDAY_WEEKDAY;
	r->moved = days * TIME_DAY;
}

bool calendar_rule_settle(struct calendar_rule *r, const struct calendar_time *start, const char **why)
{
	struct icalrecurrencetype *rule = &r->rule;
	*why = "its rule cannot be understood";
	if (rule->freq == ICAL_NO_RECURRENCE)
		return false;
	*why = "its rule repeats too often, or by another calendar than the Gregorian";
	if (rule->rscale || !is_bounded(rule))
		return false;
	*why = "its rule chooses weeks at a year's edge, or by more than their weekday (BYWEEKNO)";
	if (!weeks_are_plain(rule))
		return false;
	*why = "its rule has BYSETPOS beside several times of a day";
	if (!counts_days(rule))
		return false;
	*why = "its rule skips weeks that begin on WKST, and has BYMONTH";
	if (!week_is_followed(rule))
		return false;
	sort_rule_times(rule);
	name_months(rule);
	name_weekday(rule, start->wall);
	begin_on_monday(r);
	return true;
}

/* ---- where it begins ---- */

static bool falls_on(const struct icalrecurrencetype *rule, int weekday)
{
	for (const short *d = rule->by_day; *d != ICAL_RECURRENCE_ARRAY_MAX; d++)
		if ((int)icalrecurrencetype_day_day_of_week(*d) - 1 == weekday)
			return true;
	return false;
}

int64_t calendar_rule_begin(const struct calendar_rule *r, int64_t wall)
{
	const struct icalrecurrencetype *rule = &r->rule;
	int64_t moved = wall + r->moved;
	if (!skips_weeks(rule) || !has_parts(rule->by_day))
		return moved;
	int first = (int)rule->week_start - 1, passed = days_between(first, weekday_of(moved));
	for (int d = passed; d < DAYS; d++)
		if (falls_on(rule, (first + d) % DAYS))
			return moved + (d - passed) * TIME_DAY;
	for (int d = 0; d < DAYS; d++)
		if (falls_on(rule, (first + d) % DAYS))
			return moved + (rule->interval * DAYS - passed + d) * TIME_DAY;
	return moved;
}
