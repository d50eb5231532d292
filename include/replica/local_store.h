/*
 * The embedded store as the stand-in of another one, the primary (Redis): the same file, and beside the verbs of
 * store/store.h what failover_store needs. A row of the file is either
 *
 *   mirrored  a copy of what the primary has, as this router last saw it: written within half a second and
 *             without fsync, never counted as anybody's promise, replaced by whatever newer version is seen; or
 *   owned     changed here while the primary was away (a commit through the store's verbs makes its rows owned): durable,
 *             and not to be lost before it has been merged into the primary.
 *
 * The verbs work on both alike, so that in an outage everything that this router has seen is known. In the file, the view
 * `incident` shows owned records, `mirror` the mirrored ones. A file that is opened by sqlite_store_open() has no
 * primary any more: its mirrored rows are forgotten then.
 *
 * Callbacks as in store.h: once, on the loop, never inside the call; what they get is valid during the call.
 */
#ifndef REPLICA_LOCAL_STORE_H
#define REPLICA_LOCAL_STORE_H

#include "base/err.h"
#include "incident/incident.h"
#include "io/loop.h"
#include "store/store.h"

/* As sqlite_store_open(), but mirrored rows stay. `policy` is copied. */
struct store *local_store_open(struct loop *l, const char *path, const struct incident_policy *policy, struct err *err);
/* As sqlite_store_open_anyway(); here also one that may never be opened is waited for: the primary serves meanwhile. */
struct store *local_store_open_anyway(struct loop *l, const char *path, const struct incident_policy *policy,
                                      struct err *err);
/*
 * Who owns what a policy points into: release(arg) is called on the loop when no work needs it any more, which may be half a
 * second after another policy was set, or in closing. Without a release it outlives the store.
 */
struct policy_owner {
	void (*release)(void *arg);
	void *arg;
};
void local_store_set_policy(struct store *s, const struct incident_policy *policy, struct policy_owner owner);
/*
 * From now on the store's clock goes on from `now_ms` (the primary's clock at this moment) by the machine's monotonic
 * clock, so that times in records keep their meaning when the store changes. Until the first call: the wall clock as it
 * was at opening, going on monotonically.
 */
void local_store_set_clock(struct store *s, int64_t now_ms);

/*
 * What was seen of the primary. For each record whose version is newer than the row's (or that has no row): the row becomes
 * that record, mirrored, with the dues, clock and list place that follow from it (record_commit()); members of its sample
 * are taken over where `members` does not name them. Owned rows (records and members) are left alone.
 * Best effort: when the disk does not keep up, what does not fit is dropped and counted.
 */
struct members_loaded {
	const struct member *v;
	size_t count;
};
struct local_seen {
	const struct store_record *records; /* version, ids and bytes; an ids list may be shorter than the record's */
	size_t record_count;
	/* of a commit that went well: identity from `before`, the rest from `after`. Without a record: of a copy, which may be
	 * older than what is known of them */
	const struct store_member_change *members;
	size_t member_count;
	/* of a load: as they were together with these records; one is taken over with the record of its own incident */
	struct members_loaded loaded;
	/* of a claim or commit that went well: all records are leased so */
	const struct store_lease *leases;
	size_t lease_count;
	/* of a commit that went well: this lease is released; an empty id: none */
	struct str release_receiver;
	char release_claim[STORE_ID_MAX];
};
void local_store_saw(struct store *s, const struct local_seen *seen);
/* The same with an answer, and without dropping anything; false when the file did not take it. */
void local_store_keep(struct store *s, const struct local_seen *seen, void (*done)(void *arg, bool kept), void *arg);
/*
 * How many of them are on their way into the file, or held for LOCAL_HELD_MS before that: a page is two or three commits within
 * a second, of which the file need have the last one only. Whatever else is asked of this store comes behind all of them.
 */
#define LOCAL_HELD_MS 500
size_t local_store_backlog(const struct store *s);
size_t local_store_held(const struct store *s); /* of the backlog */
/* Records that were not written because a newer version came within LOCAL_HELD_MS. */
uint64_t local_store_spared(const struct store *s);
/* Records that local_store_saw() dropped since opening. */
uint64_t local_store_lost(const struct store *s);

/* One key of the file, with all that belongs to it. */
struct local_branch {
	struct store_record record; /* version 0: members only, their record is not here */
	struct store_version base;  /* owned: the primary's version that it grew from; 0: none is known */
	/* owned: all that are known, and which were changed here; mirrored: those touched since (see below) */
	const struct member *members;
	const int64_t *member_ttls; /* ms from now */
	const bool *member_changed;
	size_t member_count;
	const struct store_lease *leases; /* in force */
	size_t lease_count;
};
struct local_branches {
	bool ok; /* false: the file could not be read */
	int64_t now;
	const struct local_branch *branches; /* in the order of their keys */
	size_t count;
};

/* Owned keys behind `after` ("": from the first), at most `max`. */
void local_store_owned(struct store *s, struct str after, size_t max,
                       void (*done)(void *, const struct local_branches *), void *arg);
/* Mirrored keys likewise: open ones, and those whose record or members were seen to change at or after `since` (store clock).
 * Records come without bytes, without leases. */
void local_store_mirrored(struct store *s, struct str after, size_t max, int64_t since,
                          void (*done)(void *, const struct local_branches *), void *arg);
/* Mirrored rows become owned, their base is the version that was seen: the primary has lost them. Members of these keys too. */
void local_store_own(struct store *s, const struct str *keys, size_t count, void (*done)(void *arg, bool ok),
                     void *arg);

/* All mirrored records that are open become owned, and their members, in one step. */
void local_store_own_open(struct store *s, void (*done)(void *arg, bool ok), void *arg);

/* A branch has been merged into the primary. */
struct local_merged {
	struct str key;
	struct store_version taken; /* the branch's version as handed out */
	struct store_record record; /* as the primary has it now */
	bool as_taken;              /* that is the branch as it was handed out, and nothing else */
	/* the branch's members as handed out (before) and as the primary has them now (after, ttl) */
	const struct store_member_change *members;
	size_t member_count;
};
/* `clean`: the key is mirrored now. Else it was changed here meanwhile: it stays owned, and grows from the merged version where
 * that is what was handed out. */
void local_store_merged(struct store *s, const struct local_merged *m, void (*done)(void *arg, bool ok, bool clean),
                        void *arg);

/*
 * Hourly counters that were counted here and are owed to the primary: some of them, under an id that the file keeps. It hands
 * out the same until they are paid, after a restart too, so that a store_tally() under that id adds them once.
 */
struct local_debt {
	bool ok; /* false: the file could not be read or written */
	char id[STORE_ID_MAX];
	const struct store_count *counts;
	size_t count; /* 0: nothing is owed */
};
#define LOCAL_DEBT_MAX 1000 /* counters in one */
void local_store_debt(struct store *s, void (*done)(void *arg, const struct local_debt *), void *arg);
/* The primary has counted this one: subtracted here. Another id than that of the one handed out changes nothing. */
void local_store_pay(struct store *s, const char *id, void (*done)(void *arg, bool ok), void *arg);
/* How many records are owned; counted at opening and kept up to date. */
size_t local_store_owned_count(const struct store *s);

#endif
