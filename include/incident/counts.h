/*
 * What a change adds to the hourly counters, and the form of a counter's name: fields joined by US (0x1f), each cut to
 * COUNT_FIELD_MAX bytes. `what` is a verdict with a reason as detail, or a measure (time_to_acknowledge,
 * time_to_resolve: detail is a bucket, see counts_bucket; acknowledged, self_resolved: no detail; a heartbeat's pages and
 * reminders, and members that ended by absence, which no alert brings: no detail).
 */
#ifndef INCIDENT_COUNTS_H
#define INCIDENT_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"

#define COUNT_FIELD_MAX 160

/* A message for a new page that a receiver (detail) was sent by day, or in the night where it is; and a reminder of one. */
#define COUNT_TOLD "told"
#define COUNT_TOLD_NIGHT "told_night"
#define COUNT_TOLD_AGAIN "told_again"
#define COUNT_PAGE_CANCELLED "page_cancelled" /* a page that waited and was never sent */
#define COUNT_RESOLVED_ITSELF                                                                                          \
	"resolved_itself" /* before page_fate there was this; detail: a bucket; nobody had acknowledged it */
/* A paged incident that has ended (detail: struct count_fate): what a longer page_after would have made of its page. */
#define COUNT_PAGE_FATE "page_fate"
#define COUNT_MEMBER_ABSENT "member_absent"
/* What became of a runbook (detail: its path): decisions to page that named it, messages that woke somebody, who acknowledged them, how many incidents ended, and what
 * people found it worth (command_verdicts). */
#define COUNT_RUNBOOK "runbook_"
#define COUNT_RUNBOOK_DECIDED COUNT_RUNBOOK "decided"
#define COUNT_RUNBOOK_PAGED COUNT_RUNBOOK "paged"
#define COUNT_RUNBOOK_ACKNOWLEDGED COUNT_RUNBOOK "acknowledged"
#define COUNT_RUNBOOK_RESOLVED COUNT_RUNBOOK "resolved"
#define COUNT_HEARTBEAT_MISSED "heartbeat_missed"
#define COUNT_HEARTBEAT_REMINDED "heartbeat_reminded"

struct count {
	struct str alertname, rule, owner, severity, what, detail;
	uint64_t n;
	bool
		of_alert; /* a verdict on alerts: it counts when their webhook is answered 200, the others when they happened */
};

struct counts {
	struct arena *arena;
	struct count *v;
	size_t n, capacity;
};

void counts_add(struct counts *c, struct count one);          /* the same combination is summed */
uint64_t counts_of(const struct counts *c, const char *what); /* the sum over all that is so called */
void counts_release(struct counts *c);                        /* the list; the strings are the arena's */
struct str count_field(struct arena *arena, const struct count *c);
bool count_parse(struct str field, struct count *out); /* views into `field` */

/* Durations in buckets 10 % wide, so that a median is within 5 %: bucket <-> seconds at its middle. */
int counts_bucket(int64_t ms);
double counts_bucket_seconds(int bucket);

/*
 * What a page might wait for (page_after), ascending, in ms. A page is told what still fires then: what lasted less than
 * counts_waits[i] would not have been told by it.
 */
#define COUNT_WAITS 6
extern const int64_t counts_waits[COUNT_WAITS];
/* How many of them are not longer than this. */
int counts_waits_passed(int64_t ms);

/* Of one page, as counts_waits_passed(): how long the incident fired, and after how long somebody had it. */
struct count_fate {
	bool
		plain; /* paged once, when it began or page_after later; of others it does not follow what another wait would do */
	bool taken; /* acknowledged, or closed by hand */
	int lasted, taken_after;
};
#define COUNT_FATE_SIZE 8
char *count_fate_text(const struct count_fate *f, char out[COUNT_FATE_SIZE]);
bool count_fate_parse(struct str detail, struct count_fate *out);

#endif
