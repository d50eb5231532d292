/*
 * The incident record: a small value with everything that dedup, paging and reading need, kept as JSON under a version.
 * Its bytes live in the arena it was read into; incident_decide(), incident_tick(), incident_settle() and the commands
 * change it in place, the caller writes it back with compare-and-set or throws it away.
 *
 * Life: an *episode* is from opening to closing; a *generation* is one provider incident (new, reopened and
 * severity_raised start one). Delivery is level-triggered: nothing here is a queue of messages, deliveries hold what
 * each receiver was told, and delivery_want() derives what it should be told next.
 */
#ifndef INCIDENT_INCIDENT_H
#define INCIDENT_INCIDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/alert.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "incident/counts.h"

#define INCIDENT_RECORD_MAX (64 * 1024)
#define INCIDENT_RECEIVERS_MAX 32 /* more receivers of one incident than this are not added, and the timeline says so */
#define INCIDENT_SAMPLE_MAX 100
#define INCIDENT_TIMELINE_MAX 200
#define INCIDENT_TIMELINE_BEGINNING 40 /* a full one keeps how it started, and what happened last */
#define INCIDENT_PREVIOUS_MAX 5
#define INCIDENT_GENERATIONS_MAX 16 /* of one delivery that still matter; see delivery_want() */
#define INCIDENT_CHANGES_MAX 32     /* times remembered for flap detection */
#define INCIDENT_KEY_SIZE 33

enum told { TOLD_NOTHING, TOLD_FIRING, TOLD_ACKNOWLEDGED, TOLD_RESOLVED };

/* What one receiver knows of one generation. */
struct told_generation {
	uint64_t generation;
	enum told told;  /* what it certainly was told last */
	bool maybe;      /* a trigger is on record whose outcome is not: it may have been told firing */
	bool echo;       /* some attempt's outcome was unknown for good: the resolve is sent twice */
	int64_t echo_at; /* when the second one may go (0: the first has not gone yet) */
	bool gave_up;    /* its resolve was refused or expired; `retry` tries again */
};

enum want_verb { WANT_NOTHING, WANT_TRIGGER, WANT_ACKNOWLEDGE, WANT_RESOLVE, WANT_ECHO /* the repeated resolve */ };

struct want {
	enum want_verb verb;
	uint64_t generation;
	int64_t not_before; /* WANT_ECHO: 0 or a time */
};

struct delivery {
	struct str receiver;
	struct told_generation gens[INCIDENT_GENERATIONS_MAX]; /* ascending; only those that still matter */
	size_t gen_count;
	uint64_t notice;  /* the last notice (page or reminder) that was delivered */
	struct want want; /* what due_at and attempts are about */
	int64_t want_since;
	unsigned attempts;     /* for this want */
	int64_t due_at;        /* 0: nothing due */
	int64_t failing_since; /* first failure of this want; 0: none */
	int64_t told_at;       /* last success */
	struct str last_error; /* "" after a success */
	bool dead;             /* the page that `want` names was rejected or has expired; see delivery_is_dead() */
	bool fell_back;        /* the fallback receivers were added for this generation */
};

enum paging {
	PAGING_QUIET,    /* page: false so far: recorded and counted, nobody is told */
	PAGING_DEFERRED, /* page_after or late_grace: nobody is told before deferred_until */
	PAGING_ON,
};
enum deferred_why { DEFERRED_PAGE_AFTER, DEFERRED_LATE_GRACE };

struct incident_sample {
	struct str source, fingerprint;
	struct labels labels;
	bool firing;
	int64_t starts_at;
	int64_t ends_at; /* of its resolve; 0: none was heard of, it may have been closed by hand or have expired */
};

struct incident_event {
	int64_t at;
	struct str what; /* opened, reopened, severity_raised, reminded, resolved, told, failed, acknowledged, … */
	struct str detail;
};

struct incident_person { /* who did what by hand */
	int64_t at;          /* 0: nobody */
	struct str by, note;
};

struct incident_episode {
	int64_t started_at, resolved_at;
	struct incident_person acknowledged;
};

struct incident {
	struct arena *arena;
	char key[INCIDENT_KEY_SIZE];
	struct str alertname, owner, rule, source;
	struct {
		struct str path, url, title, estimated_time, approval;
	} runbook;
	struct {
		struct str name;
		struct str notify; /* of its first step: roles or receivers, one a line */
		int64_t after_ms;  /* -1: nobody says when */
	} escalation;
	struct {
		struct str name, pagerduty;
		int rank;
		int64_t response_ms, resolution_ms;
	} severity; /* the gravest its firing members had in this episode */
	struct str summary, generator_url;
	struct labels labels;      /* common to the members of this episode */
	struct labels annotations; /* of the alert that opened it */

	bool open;
	uint64_t episode, generation;
	uint64_t episode_generation; /* the first generation of this episode */
	enum paging paging;
	int64_t deferred_until; /* PAGING_DEFERRED */
	enum deferred_why deferred_why;
	int64_t hold_until; /* > 0: open with nobody firing, the resolve is held back */
	int64_t started_at, last_seen_at, resolved_at;
	int64_t generation_starts_at; /* startsAt of the alert that began the current generation */
	struct str resolved_why;      /* last_member_resolved, expired, closed_by_hand */
	struct incident_person acknowledged;
	int64_t ack_until;
	struct incident_person closed_by_hand; /* of the last closing; at = 0 otherwise */
	int64_t longest_gap;
	int64_t repeat_interval, resolve_hold;
	/*
	 * The dead man's switch: it must be heard of again within `every` (0: it is no heartbeat). While it beats it is
	 * closed; a missed beat opens it, the next one closes it. A page then says what the last beat's plan said.
	 */
	struct {
		int64_t every;
		int64_t beat_at; /* the last beat; 0: none is waited for (it was missed, or closed by hand since) */
	} heartbeat;
	uint64_t notice; /* counts pages and reminders */
	int64_t last_notice_at;
	struct {
		struct str verdict, reason;
		int64_t at;
	} last;
	struct {
		uint64_t firing, total;                                               /* members of this episode */
		uint64_t received, pages, reminders, deduplicated, suppressed, flaps; /* over all episodes kept */
	} count;
	int64_t changes[INCIDENT_CHANGES_MAX]; /* latest transitions between firing and quiet, oldest first */
	size_t change_count;

	struct delivery *deliveries; /* room for INCIDENT_RECEIVERS_MAX */
	size_t delivery_count;
	struct incident_sample *sample; /* room for INCIDENT_SAMPLE_MAX */
	size_t sample_count;
	struct incident_event *timeline; /* room for INCIDENT_TIMELINE_MAX */
	size_t timeline_count;
	size_t timeline_dropped;
	struct incident_episode previous[INCIDENT_PREVIOUS_MAX]; /* newest first */
	size_t previous_count;
};

/* What the configuration says for all incidents (dedup: and delivery:), in ms. */
struct incident_policy {
	int64_t late_grace, expire_after, ack_timeout;
	int64_t start_skew; /* a startsAt newer by more than this is another episode of the alert */
	int64_t flap_window;
	int flap_changes;         /* 0: no flap detection */
	int64_t delivery_timeout; /* of one request */
	int64_t delivery_expire, fallback_after;
	int64_t retention;
	/*
	 * Since when the store stands in for another one that it knows in part only; 0: it does not. Then a resolve of what it
	 * does not know is told to the plan's receivers all the same, and a heartbeat is missed only where none came since.
	 */
	int64_t partial_since;
};
/* start_skew: two Prometheus replicas evaluate the same rule up to one interval apart (commonly 30 s). */
#define INCIDENT_START_SKEW (30 * TIME_SECOND)
/* An echo waits until nothing can be on its way any more: delivery_timeout and this. */
#define INCIDENT_ECHO_SLACK (60 * TIME_SECOND)

/* An incident that has not happened yet: closed, episode 0. */
struct incident *incident_new(struct arena *arena, struct str key);
/* NULL with a line in `err` when the bytes are no record. */
struct incident *incident_from_json(struct arena *arena, struct str json, struct err *err);
/*
 * For whoever looks at very many: of a record only when it was acknowledged, and its deliveries; the rest is zero, nothing
 * may be added. NULL when the bytes are no record (not all of them are looked at).
 */
const struct incident *incident_glance(struct arena *arena, struct str json);
/* At most INCIDENT_RECORD_MAX bytes: the sample, then the timeline, then annotations are cut where it would be more. */
struct str incident_to_json(struct arena *arena, const struct incident *inc);

/* firing, acknowledged or resolved */
const char *incident_state(const struct incident *inc);
/* The provider's key of a generation: KEY, KEY-2, KEY-3, … at most 64 bytes. */
#define INCIDENT_PROVIDER_KEY_MAX 64
char *incident_provider_key(const struct incident *inc, uint64_t generation, char out[INCIDENT_PROVIDER_KEY_MAX]);
/* The queue lane of its deliveries: severity rank, 3 and below share one. */
int incident_lane(const struct incident *inc);
bool incident_dead(const struct incident *inc);
/* Open because it was not heard of, and it has not come since. */
bool incident_is_missed(const struct incident *inc);
/* When its next beat will have been missed; 0: none is waited for. */
int64_t incident_beat_due(const struct incident *inc, const struct incident_policy *policy);
/* When a deferred page is due: one that another store may know the end of waits a grace from when that was lost sight of. */
int64_t incident_deferral_ends(const struct incident *inc, const struct incident_policy *policy);
/* When incident_tick() has something to do; 0: never. */
int64_t incident_clock(const struct incident *inc, const struct incident_policy *policy);
/* Its place in the lists of open and closed incidents. A closed one that never opened (tombstones only) is trimmed within the
 * hour, unless somebody was told: that is kept like any other, for the store that may know more. One whose beat is waited
 * for stands where that is due, so that no retention forgets it before. */
int64_t incident_since(const struct incident *inc, const struct incident_policy *policy);
int64_t incident_expires_at(const struct incident *inc, const struct incident_policy *policy);

/* For the rooms of incident/. */
void incident_note(struct incident *inc, int64_t now, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Counts a measure of this incident (see counts.h). */
void incident_measure(const struct incident *inc, struct counts *counts, const char *what, struct str detail);
/* Remembers the episode; adds its measures to `counts`. */
void incident_close(struct incident *inc, int64_t now, const char *why, struct counts *counts);
/* Nobody has it any more: a new generation, a timeout, by hand. */
void incident_unacknowledge(struct incident *inc, int64_t now, const char *why);

#endif
