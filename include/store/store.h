/*
 * Where incidents are kept: one interface, several stores (memory for tests and backtest, sqlite, redis). A store is
 * dumb: it offers compare-and-set of a record together with its membership changes and queue entries in one atomic
 * step, and queues of due keys under leases; it knows no policy. Records are opaque bytes to it.
 *
 * Asynchronous: every verb calls back exactly once, on the loop, never inside the call. What a reply points to is valid
 * during the callback; what a request points to is copied before the call returns.
 * `now` in every reply is the store's clock in ms (Redis TIME; for sqlite the machine's wall clock, made even; given for
 * memory).
 * Every verb can be repeated after STORE_UNKNOWN with the same commit or claim id: it is done once.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "incident/member.h"

enum store_result {
	STORE_OK,
	STORE_CONFLICT,    /* commit: record or a membership is not what was expected; nothing was changed */
	STORE_UNAVAILABLE, /* certainly nothing was done: not connected, full, read-only, refused; try later */
	STORE_UNKNOWN,     /* it may have been done, or still be: no answer */
};

#define STORE_OWNER_MAX 13 /* what the claim ids of one owner begin with: 12 hex digits and NUL */
#define STORE_ID_MAX 33    /* commit and claim ids: 32 hex digits and NUL (hash_random_id) */
#define STORE_LANES 4      /* 0 is the gravest */
#define STORE_CLOCK ""     /* the "receiver" of an incident's own timers */
#define STORE_STAYS (-1)
#define STORE_RECORD_MAX (64 * 1024)
#define STORE_COUNTS_PER_HOUR 10000 /* fields; the rest is added to the field "other" */
#define STORE_COUNTS_OTHER "other"
#define STORE_HISTORY 8              /* last commits of a record that are known again when they are repeated */
#define STORE_BATCH_MAX 1000         /* records of one claim or one page of a list */
#define STORE_GROUP_KEYS_MAX 100000  /* incidents that one group may have rows in: a body has at most as many alerts */
#define STORE_GROUP_RECORDS_MAX 1000 /* of them, records that one load answers; the others are named */
#define STORE_SWEEP_MAX 500          /* of each kind, in one sweep */
#define STORE_TALLIES 10000
#define STORE_TALLY_PIECE 250 /* counters that one script of Redis adds: some milliseconds */
#define STORE_HOURS_MS                                                                                                 \
	(INT64_C(35) * 24 * 3600 * 1000) /* hourly counters are kept so long, however short the retention */
#define STORE_TALLY_MS (5 * 60 * 1000)
#define STORE_TALLY_LONG_MS (35LL * 24 * 3600 * 1000)

/* version 0 with an empty id: there is no record */
struct store_version {
	uint64_t number;
	char commit_id[STORE_ID_MAX];
};

struct store_record {
	struct str key;
	struct store_version version;
	struct str bytes; /* empty when there is no record */
	struct str
		ids; /* its last STORE_HISTORY commit ids, newest first, blanks between; what is among them is part of it */
};

struct store_load {
	const struct member *members; /* identities (source, fingerprint) */
	size_t member_count;
	const struct str *keys; /* further records wanted */
	size_t key_count;
	/* further records wanted: of every incident that the index names for one of these groups (struct store_commit) */
	const struct str *groups;
	size_t group_count;
	bool versions_only; /* records come with version and ids, their bytes are empty */
};

struct store_loaded {
	enum store_result result;
	int64_t now;
	const struct member *members; /* as asked, in that order */
	size_t member_count;
	/* one for each distinct key among the found members, the keys asked for and those that the groups' index names; version 0
	 * where there is none. At most STORE_GROUP_RECORDS_MAX come by the index alone */
	const struct store_record *records;
	size_t record_count;
	/* the other keys that the index names, each once: whoever wants those records asks for some at a time. At most
	 * STORE_GROUP_KEYS_MAX come by one group; of more, which ones is not said */
	const struct str *further;
	size_t further_count;
};

struct store_member_change {
	struct member before; /* as loaded: the commit conflicts when anything but touched_at is no longer so */
	struct member after;  /* found = false: forget it */
	int64_t ttl_ms;       /* forgotten by itself after so long untouched, or some time later; > 0 */
};

struct store_due {
	struct str receiver; /* never STORE_CLOCK */
	int lane;            /* 0..STORE_LANES-1 */
	int64_t at;          /* store clock; 0: nothing due for this receiver */
};

struct store_count {
	struct str field;
	uint64_t add;
	int64_t hour; /* start of the hour that it belongs to, ms; 0: the store's current one */
};

/* Of the record of a commit: one that another store gave out, or (must_lease) that the commit itself takes. */
struct store_lease {
	struct str receiver; /* or STORE_CLOCK */
	char claim[STORE_ID_MAX];
	int64_t until; /* store clock */
};

/*
 * Counters alone: of what several commits have decided together, so that they are counted when all of them went well. Added
 * once, however often it is repeated with its id and the same counts: the last STORE_TALLIES ids are known again (on Redis for STORE_TALLY_MS, or
 * STORE_TALLY_LONG_MS, as long as hourly counters are looked at).
 */
struct store_tally {
	char id[STORE_ID_MAX];
	const struct store_count *counts;
	size_t count;
	bool behind;  /* it may be held for a moment: see `behind` in struct store_commit */
	bool lasting; /* it may be repeated after a restart: its id is known for STORE_TALLY_LONG_MS */
};

struct store_tallied {
	enum store_result result;
	int64_t now;
};

enum store_list { STORE_LIST_OPEN, STORE_LIST_CLOSED, STORE_LIST_DEAD };

struct store_commit {
	struct str key;
	struct store_version expect;
	char id[STORE_ID_MAX]; /* the new version's commit id; number becomes expect.number + 1 */
	struct str bytes;      /* the new record, not empty, at most STORE_RECORD_MAX */
	bool open;             /* in the list of open incidents, else of closed ones */
	int64_t since;         /* its place in that list: started_at or resolved_at */
	bool dead;             /* some delivery is dead: in the dead list too */
	const struct store_member_change *members;
	size_t member_count;
	/*
	 * The index group -> keys: where `groups_changed`, the record's groups become these (ids of its rows) and no others; else
	 * they stay as they are. The index names at most STORE_GROUP_KEYS_MAX keys for a group.
	 */
	bool groups_changed;
	const struct str *groups;
	size_t group_count;
	const struct store_due *dues; /* replaces what was due for these receivers (in whichever lane); others stay */
	size_t due_count;
	int64_t clock_at;                 /* replaces the incident's own timer; 0: none; STORE_STAYS: as it was */
	const struct store_count *counts; /* added to their hours */
	size_t count_count;
	/* put in force where the pair is not leased, after the dues were set; those that are over are left out */
	const struct store_lease *leases;
	size_t lease_count;
	bool must_lease; /* the commit claims its pairs: it conflicts where one of them is leased */
	/* releases this pair's lease when it is still held under this claim id; empty claim id: nothing */
	struct str release_receiver;
	char release_claim[STORE_ID_MAX];
	/* > 0: it only counts so many alerts and when they were heard of; losing it tells nobody anything wrong. It has no members,
	 * groups, dues, leases or release, and may be held for a moment (store/behind_store.h): several that become one have one
	 * number, so take the version that is answered. */
	uint64_t behind;
	/* nobody waits for it: a store may keep it for some milliseconds, so that one write is of it and of what comes next */
	bool patient;
};

struct store_committed {
	enum store_result result;
	int64_t now;
	struct store_version version; /* STORE_OK: the one that this commit made (newer ones may stand on it by now) */
};

/*
 * A lease is not a due time: a claim changes no due time, it only keeps others away until the lease is released or over.
 * Then the pair is claimable from its due time on, be it the one it had or one that a commit has set under the lease.
 */
struct store_claim {
	struct str receiver; /* or STORE_CLOCK */
	char id[STORE_ID_MAX];
	int max; /* at most so many, gravest lane first, longest due first within a lane */
	int64_t lease_ms;
};

struct store_claimed {
	enum store_result result;
	int64_t now, lease_until;
	const struct store_record
		*records; /* due, and now leased to this claim id; nobody else gets them before release or end of lease */
	size_t count;
	int64_t next_due_at; /* when the earliest entry that was not handed out can be claimed; 0: the queue is empty */
};

struct store_release {
	struct str receiver, key;
	char claim_id[STORE_ID_MAX];
	int64_t due_at; /* > 0: due again then (unless a commit has made it due meanwhile); 0: as it was */
};

struct store_listed {
	enum store_result result;
	int64_t now;
	const struct store_record *records; /* newest first */
	size_t count;
	struct str cursor; /* where to go on; empty: the end. One that no list handed out lists nothing */
};

struct store_membered {
	enum store_result result;
	int64_t now;
	const struct member *members; /* in no order; one may come on two pages */
	const int64_t *ttls;          /* ms until each is forgotten */
	size_t count;                 /* 0 is not the end yet */
	struct str cursor;            /* where to go on; empty: the end */
};

struct store_hour {
	int64_t hour; /* start of the hour, ms */
	struct str field;
	uint64_t count;
};

struct store_counted {
	enum store_result result;
	int64_t now;
	const struct store_hour *rows;
	size_t count;
};

#define STORE_KEPT_MAX 1024 /* bytes of a kept value */
struct store_keep {
	struct str name, value; /* neither empty; text without NUL */
	bool replace;           /* what is there already gives way; else it stays, and is answered */
};

struct store_kept {
	enum store_result result;
	int64_t now;
	struct str value; /* what is kept from now on */
};

struct store_queue {
	struct str receiver;   /* or STORE_CLOCK */
	size_t due;            /* entries in its lanes, leased ones too */
	int64_t oldest_due_at; /* 0: none */
};

struct store_stats {
	enum store_result result;
	int64_t now;
	size_t open, closed, dead;
	const struct store_queue *queues; /* one for each receiver asked for */
	size_t queue_count;
};

struct store_health {
	const char *name; /* "sqlite", "redis", "memory" */
	bool up;          /* can take a write as far as is known */
	bool durable;     /* what it acknowledges survives kill -9 and a power cut */
	const char *why;  /* when not up or not durable, or what else an operator should know; "" otherwise */
	bool serving;     /* it is the one that verbs go to */
	/* since when (its clock) it stands in for another store: what it does not know may exist all the same; 0: it does not */
	int64_t partial_since;
	bool planned; /* verbs do not go to it on purpose (drained): that it is down, or up, is nobody's alarm */
	/* nobody else writes to it, and nothing that was written was ever lost: what the last commit left is what is there */
	bool sole;
	bool behind; /* with what it keeps beside its work: whoever reads in bulk should give it a moment */
};
#define STORE_PARTS_MAX 2

/* A retention of less than nothing looks ahead, for these too. */
static inline int64_t store_hours_kept(int64_t retention_ms)
{
	return retention_ms >= 0 && retention_ms < STORE_HOURS_MS ? STORE_HOURS_MS : retention_ms;
}

struct store;
struct request;
struct store_ops {
	void (*load)(struct store *, const struct store_load *, void (*done)(void *, const struct store_loaded *), void *);
	void (*commit)(struct store *, const struct store_commit *, void (*done)(void *, const struct store_committed *),
	               void *);
	void (*claim)(struct store *, const struct store_claim *, void (*done)(void *, const struct store_claimed *),
	              void *);
	void (*release)(struct store *, const struct store_release *, void (*done)(void *, enum store_result), void *);
	/* One of the queries below, or store_tally(). */
	void (*query)(struct store *, struct request *);
	/* forgets closed incidents older than `retention_ms`, hours too but not before STORE_HOURS_MS, and outlived members; a
	 * bounded batch: `more` says that another call is worth it */
	void (*sweep)(struct store *, int64_t retention_ms, void (*done)(void *, enum store_result, bool more), void *);
	struct store_health (*health)(struct store *);
	/* What its clock says at about this moment, from what it said last and what has passed since; 0: it has said nothing yet.
	 * For whoever has nothing to ask of it: times of records, not leases. */
	int64_t (*now)(struct store *);
	/* The stores that it is made of, itself where it is one; at most STORE_PARTS_MAX. Returns how many. */
	size_t (*parts)(struct store *, struct store_health *out);
	/* Runs on the loop whenever health changes. One listener. */
	void (*on_change)(struct store *, void (*changed)(void *), void *);
	/* Calls back what is pending (STORE_UNKNOWN or its result), then frees; the rest goes with the loop's next turn. */
	void (*close)(struct store *);
};
/* Every store begins with this. */
struct store {
	const struct store_ops *ops;
};

/*
 * Queries: they only read (but for store_keep()), and are never in the way of an alert. What one is made of (what it asks, its part in each store) is
 * in one file, src/store/store_NAME.c.
 */
void store_list(struct store *s, enum store_list which, struct str cursor, size_t limit,
                void (*done)(void *, const struct store_listed *), void *arg);
/* Every member, a page of about `limit` at a time: for copying a store. */
bool store_cursor_valid(struct str cursor); /* one that a list may have handed out */
void store_members(struct store *s, struct str cursor, size_t limit,
                   void (*done)(void *, const struct store_membered *), void *arg);
/* hours from `since` to `until` (store clock, ms), inclusive by their start */
void store_counters(struct store *s, int64_t since, int64_t until, void (*done)(void *, const struct store_counted *),
                    void *arg);
void store_stats(struct store *s, const struct str *receivers, size_t count,
                 void (*done)(void *, const struct store_stats *), void *arg);
/* Travels as they do, but writes. */
void store_tally(struct store *s, const struct store_tally *tally, void (*done)(void *, const struct store_tallied *),
                 void *arg);
/* Keeps a small value for all routers that share the store, for good: there are few of them. */
void store_keep(struct store *s, const struct store_keep *keep, void (*done)(void *, const struct store_kept *),
                void *arg);

#endif
