/*
 * The rooms of the failover store: failover_store.c (states and life), failover_route.c (one verb on its way),
 * failover_seen.c (what the primary said goes into the mirror), failover_return.c (back to the primary), failover_key.c (one
 * owned key merged), failover_leave.c (members that another incident counts there), failover_pay.c (counters that it is owed),
 * failover_doubt.c (counters that it may have added), failover_verify.c (what it has lost), failover_drain.c (planned
 * maintenance).
 */
#ifndef REPLICA_FAILOVER_IMPL_H
#define REPLICA_FAILOVER_IMPL_H

#include "replica/failover_store.h"
#include "replica/local_store.h"
#include "store/front.h"

enum failover_state {
	FAILOVER_STARTING, /* the primary may come up any moment: verbs wait, for its deadline at most */
	FAILOVER_PRIMARY,
	FAILOVER_LOCAL,
	FAILOVER_MERGING,  /* verbs go to the local file while most of its owned keys are merged */
	FAILOVER_HOLDING,  /* verbs wait while the last ones are */
	FAILOVER_DRAINING, /* verbs wait while what the primary has open becomes the local file's */
};

struct failover {
	struct front front;
	struct loop *loop;
	struct store *primary, *local;
	struct incident_policy policy;
	int64_t timeout_ms;

	enum failover_state state;
	bool drained;             /* LOCAL on purpose, until resume */
	bool maintained;          /* drained since PRIMARY was entered last: what the primary lacks by now it may lack */
	bool closing;             /* verbs' answers are passed on as they come */
	bool went_away;           /* the primary was lost since PRIMARY was entered last: what it has may be older */
	struct loop_timer *timer; /* STARTING: the deadline; MERGING: the next pass; HOLDING: the deadline */
	int64_t primary_now, primary_mono; /* its clock as last heard */
	int64_t lost_at;                   /* by that clock */
	int64_t partial_since;             /* when the local file began to serve, by its clock */

	struct request *held_first, **held_last; /* verbs that wait */
	size_t held;
	size_t local_in_flight, primary_in_flight;

	int fruitless;         /* passes in a row that merged nothing of what was left */
	struct pass *pass;     /* over the owned keys; NULL: none */
	struct verify *verify; /* over the mirrored ones; NULL: none */
	struct drain *drain;   /* NULL: none */
	struct loop_timer *verify_timer;
	struct failover_doubt *doubts; /* counters that the primary may have added */
	size_t doubt_count;
	bool paying, pay_again;  /* counters are on their way; the local file is asked for more afterwards */
	char debt[STORE_ID_MAX]; /* under this id */
	uint64_t *
		mirrored; /* FAILOVER_MIRRORED words: key and version of what was handed to the mirror last, by the key's hash */
	struct {
		uint64_t failovers, merged, put_back;
	} count;
};

/* Records on their way into the mirror. Far from what it drops (SQLITE_SEEN_MAX), so that commits find room. */
#define FAILOVER_BACKLOG 300
#define FAILOVER_MIRRORED 16384 /* 128 KiB; two keys in one place are seen once more than needed, each time */
#define FAILOVER_HELD_MAX 20000 /* verbs that wait; beyond they are refused, and Alertmanager comes again */

/* failover_store.c */
void failover_enter(struct failover *f, enum failover_state state);
void failover_set_drained(struct failover *f, bool drained);
/* The primary failed, as `why` says: to LOCAL, whatever was going on. */
void failover_trip(struct failover *f, const char *why);
bool failover_primary_up(const struct failover *f);
int64_t failover_primary_now(const struct failover *f); /* 0: never heard */

/* failover_route.c: leads to exactly one answer, not inside the call */
void failover_route(struct failover *f, struct request *r);
void failover_release_held(struct failover *f);

/* failover_seen.c: the primary answered so */
void failover_saw_load(struct failover *f, const struct store_loaded *got);
void failover_saw_commit(struct failover *f, const struct store_commit *ask, const struct store_committed *got);
void failover_saw_claim(struct failover *f, const struct store_claim *ask, const struct store_claimed *got);
void failover_saw_query(struct failover *f, const struct request *answered);

/* Among the ids of a record's last commits. */
bool failover_has_id(struct str ids, const char *id);

/* failover_key.c: `done` once, not inside the call; false: it is still owned and has to be tried again */
void failover_merge_key(struct failover *f, const struct local_branch *branch, void (*done)(void *arg, bool merged),
                        void *arg);

/* failover_pay.c: pays what is owed, a moment later, as long as the primary takes it */
void failover_pay(struct failover *f);

/* failover_return.c */
void failover_return_begin(struct failover *f); /* the primary is up again: verify what it may have lost, then merge */
void failover_return_step(struct failover *f);  /* something changed that a pass or a state waited for */
void failover_return_abandon(struct failover *f);
/* One pass over the owned keys, which merges them. NULL in f->pass when it is over; then done(f, left). */
void failover_pass_start(struct failover *f, void (*done)(struct failover *f, size_t left));

/* failover_drain.c: something happened that a drain may wait for */
void failover_drain_step(struct failover *f);
/* The primary went away first; what was copied so far stays a mirror. */
void failover_drain_fail(struct failover *f, const char *why);

/* failover_verify.c: mirrored keys (open ones, and those seen to change at or after `since`) that the primary has lost become
 * owned; those that it has newer are seen. One run at a time: false when one is under way. `ok`: it reached the end. */
bool failover_verify(struct failover *f, int64_t since, void (*done)(struct failover *f, bool ok, size_t lost));
void failover_verify_later(struct failover *f); /* the next of those that run while the primary serves */

#endif
