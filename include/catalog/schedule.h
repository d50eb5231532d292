/*
 * On-call schedules of catalog.yml: a calendar or a written rotation, with overrides, and the people that they name.
 *
 * Zones and calendars are the configuration's to bring (config/schedules.c); a calendar from a URL is replaced while
 * runbookd runs, everything else stays as it was read.
 */
#ifndef CATALOG_SCHEDULE_H
#define CATALOG_SCHEDULE_H

#include "base/err.h"
#include "base/zone.h"
#include "catalog/calendar.h"
#include "catalog/catalog.h"
#include "catalog/shift.h"

struct person {
	struct str name, contact;
	struct str time_zone;
	struct strs calendar_names; /* mail addresses and names under which calendars know them */
	struct strs receivers;
	struct night night;
	bool says_night;
	struct pos at;
};

struct rotation {
	struct strs people; /* none: there is no rotation */
	int64_t start;      /* the first handover on the wall of the schedule's zone */
	int64_t every;      /* on the wall too: handover stays at 09:00 when the clocks change */
	struct pos at;
};

/* A time that is written with its offset, or as the wall of the schedule's zone shows it. */
struct schedule_time {
	int64_t ms;
	bool wall;
};

struct schedule_override {
	struct str person;
	struct schedule_time from, until;
	struct pos at;
};

struct on_call {
	struct str name;             /* of the person, else what the calendar says */
	const struct person *person; /* NULL: nobody of `people` is called so */
	int64_t from, until;         /* of this turn */
	enum shift_source source;
};

/* A stretch in which the same people are on call; nobody: a gap. */
struct turn {
	int64_t from, until;
	struct on_call *v;
	size_t count;
	bool overlap; /* several shifts at once, none more specific than the others */
};

/* What is known of a calendar at the moment. */
struct schedule_calendar {
	struct calendar *calendar; /* NULL: none could be read yet */
	struct err doubts;         /* what of it was not understood */
	struct err trouble;        /* why it could not be read */
	/* The turn that was asked for last, and whether it could be said: pages of one hour ask for the same. */
	struct arena *kept; /* NULL: nothing was asked since the calendar changed */
	struct turn turn;
	int64_t kept_from, kept_until;
	const char *kept_why; /* NULL: it could be said */
	int64_t fetched_at;   /* when its URL last said it, or that it is unchanged; 0: it is a file, or never */
};

#define SCHEDULE_STALE_AFTER (24 * TIME_HOUR) /* a calendar that was not confirmed for so long is a finding */

struct schedule {
	struct str name;
	struct strs names; /* what contacts call it: "PagerDuty rotation" */
	struct str ical_file, ical_url, ical_url_file;
	int64_t poll;         /* how often a URL is asked */
	struct str time_zone; /* of the rotation, and of a calendar's times that name none; empty: the configuration's */
	struct rotation rotation;
	struct schedule_override *overrides;
	size_t override_count;
	struct pos at;
	/* The configuration's. */
	const struct zone *zone;
	struct schedule_calendar *calendar; /* never NULL once the catalog is finished */
};

/* By name or another of its names, ASCII case-insensitively; NULL when unknown. */
const struct schedule *catalog_schedule(const struct catalog *c, struct str name);
size_t catalog_schedules(const struct catalog *c, const struct schedule *const **out);
/* By name, or what calendars call them. */
const struct person *catalog_person(const struct catalog *c, struct str name);
size_t catalog_people(const struct catalog *c, const struct person *const **out);
/* The i-th of catalog_schedules(), for the configuration to fill in. */
struct schedule *catalog_schedule_to_fill(struct catalog *c, size_t i);
bool schedule_is_calendar(const struct schedule *s);
bool schedule_is_polled(const struct schedule *s);
/*
 * What a calendar's text says becomes what is known of it; the last that could be read stays where this one cannot
 * (`trouble` says why). False then.
 */
bool schedule_take_calendar(const struct schedule *s, const char *file, struct str text,
                            const struct calendar_zones *zones);

/* ---- who is on call ---- */

struct turns {
	struct turn *v;
	size_t count, capacity;
};

/*
 * All of [from, until) in order, without holes. False where it cannot be said: the calendar was not read, or is more than can be
 * counted (`why`).
 */
bool schedule_turns(const struct catalog *c, const struct schedule *s, int64_t from, int64_t until, struct arena *arena,
                    struct turns *out, const char **why);
/* The turn at an instant, from its true beginning to its true end, as far as a month to both sides says. Good until the
 * schedule is asked again, or its calendar changes. */
bool schedule_turn_at(const struct catalog *c, const struct schedule *s, int64_t at, struct turn *out,
                      const char **why);
/* What was answered last is worked out anew: the calendar has changed, or goes. */
void schedule_forget(const struct schedule *s);

#endif
