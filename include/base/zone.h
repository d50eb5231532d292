/*
 * A time zone as the system's zoneinfo describes it (TZif, RFC 8536), so that a page states times where its reader is.
 * Nothing here reads a file or the process's own zone: the caller hands in the bytes.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"

struct zone;

/*
 * NULL when the bytes are no TZif file of version 2 or later. After the file's last transition its last rule holds: the
 * files that Debian installs reach to 2037.
 */
struct zone *zone_parse(struct arena *arena, struct str tzif);

/* A zone that a caller knows the changes of (a calendar's own definition): ascending by `at`; NULL when they are too many. */
struct zone_change {
	int64_t at;     /* ms */
	int32_t offset; /* seconds east of Greenwich from then on */
};
struct zone *zone_of_changes(struct arena *arena, int32_t before, const struct zone_change *changes, size_t count);

/* What clocks there show: ms counted as if the zone were UTC. A NULL zone is UTC, here and below. */
int64_t zone_wall(const struct zone *z, int64_t ms);
/*
 * The instant at which clocks there show `wall`, by RFC 5545 section 3.3.5: of an hour that comes twice the first one; a time
 * that is leapt over is as long after the last change as if the clocks had not been put forward (02:30 becomes 03:30).
 */
int64_t zone_instant(const struct zone *z, int64_t wall);

#define ZONE_TIME_MAX 48
/* "2026-11-21 07:54 CET"; a NULL zone is UTC. "" for 0, which stands for no time. */
char *zone_format(const struct zone *z, int64_t ms, char out[ZONE_TIME_MAX]);

/* What a clock on the wall there says. A NULL zone is UTC. */
struct zone_clock {
	int hour;
	int weekday; /* 0 is Sunday */
	int64_t day; /* since 1970 */
};
struct zone_clock zone_clock(const struct zone *z, int64_t ms);

/* When a page costs somebody's night: from 22 to 7 o'clock there, and on Saturdays and Sundays. */
#define NIGHT_BEGINS 22
#define NIGHT_ENDS 7
#define NIGHT_DEFINITION "22:00 to 07:00, Saturdays and Sundays"
#define NIGHT_OF_PEOPLE NIGHT_DEFINITION ", where the receiver is; or the `night` of its person"
bool zone_is_night(const struct zone *z, int64_t ms);
/* Somebody's own: whole hours of the day, from one up to the other (the same: none), and whether days off count whole. */
struct night {
	int from, until;
	bool weekends;
};
#define NIGHT_USUAL                                                                                                    \
	{                                                                                                                  \
		NIGHT_BEGINS, NIGHT_ENDS, true                                                                                 \
	}
bool night_is(const struct night *n, const struct zone *z, int64_t ms);

#endif
