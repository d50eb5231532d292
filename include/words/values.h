/* Words to values, in the forms that people write: spans of time, dates, severities. Each is pure and total. */
#ifndef WORDS_VALUES_H
#define WORDS_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/options.h"
#include "base/str.h"
#include "base/time.h"
#include "base/zone.h"

/* A span of time as somebody wrote it: "< 15 minutes" is at most 15 m, "60+ min" at least, "5-15 minutes" both. */
struct fact_duration {
	struct str text;        /* as written, "" when nothing is */
	int64_t ms;             /* the figure that counts as a deadline: the upper end; 0 where the words give none */
	int64_t least_ms;       /* the lower end of a range */
	bool open_ended;        /* "60+ min" */
	bool next_business_day; /* the next weekday, 09:00 */
	int64_t business_ms; /* "2 business days": of working time, eight hours a day; 0: nights and weekends count, too */
	const struct zone *zone; /* whose weekdays these are; of a catalog's from catalog_finish() on, NULL: UTC */
	int months; /* "quarterly": 3 of the calendar, which `ms` only comes near; 0: it is not made of months */
};

struct fact_duration fact_duration_read(struct arena *arena, struct str words);
/* How often something is read again: "6m" is six months there, for nobody does it every six minutes. */
struct fact_duration fact_review_read(struct arena *arena, struct str words);
/*
 * When a deadline is that begins to run at `from`; 0 where the words give none. Working time is 09:00 to 17:00 from Monday to
 * Friday: "2 business days" from Friday 15:00 end on Tuesday 15:00, from Saturday on Tuesday 17:00.
 */
int64_t fact_duration_end(const struct fact_duration *d, int64_t from);

#define BUSINESS_DAY_MS (8 * TIME_HOUR)
/* A span of time before it is a deadline: what its words say of both ends. */
struct words_span {
	int64_t low_ms, high_ms;
	bool found, range, open_ended, at_most, next_business_day;
	int64_t business_ms; /* of the upper end, as in struct fact_duration */
	bool cadence;        /* how often, not how long: "monthly", "every 6 months" */
	int months;          /* the upper end in the calendar's months, where it is made of them; 0: it is not */
};
struct words_span words_span(struct arena *arena, struct str words);

/* "2025-12-22", "December 2024", "22 Dec 2025", "12/22/2025" …: as ISO text; "" when it is no date. */
struct str fact_date_read(struct arena *arena, struct str words);
/* A cell or heading such as `**P0 - Critical**`, "P1/P2", "P0-P1", "SEV2", "P1 — High (P0 if …)": names gravest first. */
struct strs fact_severities_read(struct arena *arena, struct str words);
/* fact_severities_read() of a value that must be a severity: also words that mean one nowhere else ("page"). */
struct strs words_severities(struct arena *arena, struct str value);

#endif
