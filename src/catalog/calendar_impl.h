/* What calendar_read.c, calendar_time.c, calendar_rule.c and calendar_expand.c share. */
#ifndef CATALOG_CALENDAR_IMPL_H
#define CATALOG_CALENDAR_IMPL_H

#include <libical/ical.h>

#include "base/map.h"
#include "catalog/calendar.h"

#define CALENDAR_EVENTS_MAX 20000
#define CALENDAR_OCCURRENCES_MAX 50000 /* of one event since its start: daily for 130 years */
#define CALENDAR_WORK_MAX 1000000      /* of all events together: about a second */

/* A time as a calendar states it. */
struct calendar_time {
	int64_t wall; /* ms, as if it were UTC */
	int64_t at;   /* the instant */
	bool date;    /* a whole day */
	const struct zone *zone;
};

/* Days move the date on the wall, the rest is exact (RFC 5545, section 3.3.6). */
struct calendar_length {
	int64_t days, exact;
};

struct calendar_rule {
	struct icalrecurrencetype rule; /* without its UNTIL, as calendar_rule_settle() left it */
	int64_t moved;                  /* its days are later by this, so that its weeks begin on Monday */
	int64_t until;                  /* the instant of the last occurrence that counts */
	bool excludes;                  /* EXRULE */
};

struct calendar_extra { /* RDATE */
	struct calendar_time time;
	bool sized;
	int64_t until;
};

struct calendar_event {
	struct str uid, summary;
	struct strs attendees;
	int sequence;
	bool cancelled;
	struct calendar_time start;
	struct calendar_length length;
	struct calendar_rule *rules;
	struct calendar_extra *extras;
	struct calendar_time *without; /* EXDATE, and what other events stand for */
	size_t rule_count, rule_capacity, extra_count, extra_capacity, without_count, without_capacity;
	bool replaces; /* it stands for one occurrence of another event… */
	bool onward;   /* …and for all that follow (RANGE=THISANDFUTURE) */
	struct calendar_time replaced;
	bool in_series;                /* the event whose occurrences these are is there */
	struct calendar_event **later; /* what stands for occurrences from one of its own on */
	size_t later_count, later_capacity;
	const char *doubt; /* why it is left out after all */
	bool left_out;
	size_t order; /* in the file */
};

struct calendar {
	struct arena *arena;
	const struct zone *floating;
	struct calendar_event *events;
	size_t count, capacity;
};

/* calendar_time.c: the zones of one file. */
struct calendar_clocks {
	struct arena *arena;
	const struct calendar_zones *zones;
	const struct zone *floating;
	icalcomponent *root;
	size_t work;       /* occurrences of their changes that may still be looked at */
	struct map *known; /* TZID -> struct zone_of, as far as it was asked for */
};
/* False with a reason in `why`. */
bool calendar_clock(struct calendar_clocks *k, struct str tzid, const struct zone **out, const char **why);
/* The value of a property that is a time, in the zone that it names. */
bool calendar_time_of(struct calendar_clocks *k, icalproperty *p, struct icaltimetype value, struct calendar_time *out,
                      const char **why);
int64_t calendar_wall(struct icaltimetype t);
struct calendar_length calendar_length_of(struct icaldurationtype d);
int64_t calendar_end(const struct calendar_time *start, struct calendar_length length);

/* calendar_series.c: what the events of one UID are to each other. `events` is sorted, and stays where it is. */
void calendar_connect(struct calendar *c);
void calendar_add_without(struct calendar *c, struct calendar_event *e, struct calendar_time time);
/* What says when and who it is, of the occurrence that `e` itself has at this instant: `e`, or one of `later`… */
const struct calendar_event *calendar_says(const struct calendar_event *e, int64_t at);
/* …and by how much that moves it. */
int64_t calendar_moves(const struct calendar_event *part);

/* calendar_rule.c. A rule as libical follows it right; false with a reason in `why`: it cannot. */
bool calendar_rule_settle(struct calendar_rule *r, const struct calendar_time *start, const char **why);
/*
 * Where libical is to begin: DTSTART, moved with the rule. Where weeks are skipped and DTSTART is on none of the rule's
 * days, the first that is: libical takes the next week for the first, and is a week off for ever.
 */
int64_t calendar_rule_begin(const struct calendar_rule *r, int64_t wall);

/* calendar_expand.c: the wall times of a rule up to an instant, in order; each costs one of `work`. False where that, or
 * CALENDAR_OCCURRENCES_MAX, is not enough. */
typedef bool calendar_each(void *arg, int64_t wall, int64_t at);
bool calendar_rule_each(const struct calendar_rule *r, const struct calendar_time *start, int64_t until, size_t *work,
                        calendar_each *each, void *arg);

#endif
