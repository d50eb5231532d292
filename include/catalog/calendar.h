/*
 * An iCalendar file (RFC 5545) as shifts. libical parses it and says on which wall times a rule falls; instants, moved
 * occurrences, exceptions and lengths are computed here by the RFC's words, in the zones that the file names: what libical
 * itself makes of them differs between its versions.
 *
 * What cannot be understood is said and left out, never guessed: the event is then not in the calendar.
 */
#ifndef CATALOG_CALENDAR_H
#define CATALOG_CALENDAR_H

#include "base/err.h"
#include "base/zone.h"
#include "catalog/shift.h"

#define CALENDAR_BYTES_MAX (8 * 1024 * 1024)

/* Zones by their names in the system's database: false when there is none. NULL in `out` is UTC. */
struct calendar_zones {
	bool (*find)(void *arg, struct str name, const struct zone **out);
	void *arg;
};

struct calendar;

/*
 * NULL when the text is no calendar ("FILE: error: …" in `err`). Events that are not understood have lines in `doubts` and are left
 * out. `floating` is the zone of times that name none, unless the calendar says one (X-WR-TIMEZONE); NULL is UTC. The zones
 * must outlive the calendar.
 */
struct calendar *calendar_read(const char *file, struct str text, const struct zone *floating,
                               const struct calendar_zones *zones, struct err *doubts, struct err *err);
void calendar_free(struct calendar *c); /* NULL is fine */

/*
 * Every shift that touches [from, until), in no order; texts are the calendar's. False when an event repeats too often to
 * be counted, or there are more than SHIFTS_MAX.
 */
bool calendar_shifts(const struct calendar *c, int64_t from, int64_t until, struct arena *arena, struct shifts *out);

#endif
