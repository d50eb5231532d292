/*
 * The embedded store's own clock. Dues, leases and times in records are measured by it, so it must be even more than it
 * must be right: a wall clock that somebody sets back an hour would stop every retry for an hour, and one that is set
 * forward would page at once what was to wait (page_after).
 *
 * - It starts at the wall clock, or at the newest time in the file where that is later: it never goes back, over restarts
 *   neither. From then on it goes by the monotonic clock.
 * - A wall clock that says something else is taken over step by step: the clock runs a twentieth faster or slower until
 *   both say the same. Five minutes by it are never less than four minutes and 45 seconds, whatever the wall clock does; an
 *   hour of difference is gone after 20 hours.
 * - A wall clock that is ahead (a machine that got the time from the network only after we began) is taken over at once
 *   when nothing waits for a time in between, and the wall clock has been steady for a minute. Then nobody can tell. Not by
 *   more than a month, for there is no way back; but from the years before there was a runbookd by as much as it takes.
 * - After a restart it is the wall clock again, if that is the later one.
 *
 * Example: 12:00 by both. At 12:10 the date is set to 11:10. The clock says 12:10 and goes on: a page of 12:12 goes out two
 * minutes later. An hour later it says 13:07 and the wall clock 12:10, and so on until they meet.
 *
 * Pure: both clocks are arguments.
 */
#ifndef STORE_SQLITE_CLOCK_H
#define STORE_SQLITE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct sqlite_clock {
	int64_t at, mono; /* what it said last, and when that was */
	int64_t rest;     /* milliseconds that have passed and were too few for a step towards the wall clock */
	int64_t offset;   /* the wall clock less the monotonic one, as seen last */
	int64_t steady;   /* since when (monotonic) that is so */
};

/* `newest`: the latest time that the file knows; 0: none. */
void sqlite_clock_start(struct sqlite_clock *c, int64_t newest, int64_t wall, int64_t mono);
/* What time it is. */
int64_t sqlite_clock_read(struct sqlite_clock *c, int64_t wall, int64_t mono);
/* After a read: the wall clock is ahead, and has been steady; whoever knows that nothing waits may leap. */
bool sqlite_clock_may_leap(const struct sqlite_clock *c, int64_t wall, int64_t mono);
void sqlite_clock_leap(struct sqlite_clock *c, int64_t wall);

#endif
