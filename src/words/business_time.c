/* Deadlines that only run while people work: "next business day", "2 business days", "4 business hours". */
#include "words/values.h"

#define BEGINS (9 * TIME_HOUR)
#define ENDS (BEGINS + BUSINESS_DAY_MS)
#define DAYS_A_WEEK 5

/* Wall times: ms counted as if the zone were UTC. */

static bool is_weekend(int64_t day)
{
	int64_t weekday = (day + 4) % 7; /* 1970 began on a Thursday; 0 is Sunday */
	return weekday == 0 || weekday == 6;
}

static int64_t next_weekday(int64_t day)
{
	do
		day++;
	while (is_weekend(day));
	return day;
}

/* The moment of work at or after it. */
static int64_t into_working_time(int64_t wall)
{
	int64_t day = wall / TIME_DAY, clock = wall % TIME_DAY;
	if (is_weekend(day) || clock >= ENDS)
		return next_weekday(day) * TIME_DAY + BEGINS;
	return clock < BEGINS ? day * TIME_DAY + BEGINS : wall;
}

static int64_t after_work(int64_t wall, int64_t ms)
{
	wall = into_working_time(wall) + ms / (DAYS_A_WEEK * BUSINESS_DAY_MS) * 7 * TIME_DAY;
	for (ms %= DAYS_A_WEEK * BUSINESS_DAY_MS;;) {
		int64_t left = wall / TIME_DAY * TIME_DAY + ENDS - wall;
		if (ms <= left)
			return wall + ms;
		ms -= left;
		wall = next_weekday(wall / TIME_DAY) * TIME_DAY + BEGINS;
	}
}

int64_t fact_duration_end(const struct fact_duration *d, int64_t from)
{
	int64_t wall = zone_wall(d->zone, from);
	if (d->next_business_day && !d->ms)
		return zone_instant(d->zone, next_weekday(wall / TIME_DAY) * TIME_DAY + BEGINS + d->business_ms);
	if (d->business_ms)
		return zone_instant(d->zone, after_work(wall, d->business_ms));
	return d->ms ? from + d->ms : 0;
}
