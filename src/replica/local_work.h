/*
 * What the store's thread does for replica/local_store.h, inside the batch's transaction: each function takes a request of
 * VERB_WORK whose `what` is the struct named beside it. All bytes are in the request's arena.
 */
#ifndef REPLICA_LOCAL_WORK_H
#define REPLICA_LOCAL_WORK_H

#include "replica/local_store.h"
#include "store/sqlite_db.h"

/* What local_store_saw() holds at most: records (fewer than make the file count as behind, FAILOVER_BACKLOG) and bytes. */
#define LOCAL_HELD_MAX 200
#define LOCAL_HELD_BYTES_MAX ((size_t)4 << 20)

/* local_policy.c: the loop's, but for `v`, which the thread reads */
struct local_policy {
	struct incident_policy v;
	struct policy_owner owner;
	int refs;
};
struct local_policy *local_policy_new(const struct incident_policy *policy, struct policy_owner owner);
struct local_policy *local_policy_ref(struct local_policy *p);
void local_policy_unref(struct local_policy *p);

/* What a stand-in has beside the store of its file; the loop's. */
struct front;
struct local_beside {
	struct local_policy *policy; /* of now */
	/* local_held.c */
	struct front *front;
	struct request *first, **last;
	size_t count, bytes;
	struct map *newest; /* by key: of what is held, the record that is to be written */
	uint64_t spared;
	struct loop_timer *timer;
	void (*submit)(struct front *, struct request *);
	void (*close)(struct front *);
};
/* local_held.c: from now on what was seen is held, and goes before whatever else is asked of the file. */
void local_hold_begin(struct front *f, struct loop *l);
/* `records`: those of the request's own. */
void local_hold(struct front *f, struct request *r, struct store_record *records, size_t count);

/* local_seen.c */
/* The record's commit ids, and behind them those that `known` has of its older versions. */
struct str local_ids(struct request *r, const struct store_record *record, const struct sqlite_row *known);
struct seen_work {
	struct local_seen seen;
	struct local_policy *policy;
	size_t lost; /* out: records that are none */
};
void local_saw(struct sqlite_db *db, struct request *r);
/*
 * The row becomes this record, mirrored, with what follows from it; members of its sample are taken over, and those of its own
 * among the loaded ones. False when its bytes are no record.
 */
bool local_mirror_row(struct sqlite_db *db, struct request *r, const struct store_record *record,
                      const struct sqlite_row *known, const struct incident_policy *policy,
                      struct members_loaded loaded);

/* local_branch.c */
struct page_work {
	struct str after;
	size_t max;
	int64_t since;
	struct local_branches page; /* out */
};
void local_owned_page(struct sqlite_db *db, struct request *r);
void local_mirrored_page(struct sqlite_db *db, struct request *r);

/* local_merged.c */
struct own_work {
	const struct str *keys;
	size_t count;
};
void local_own(struct sqlite_db *db, struct request *r);
void local_own_open(struct sqlite_db *db, struct request *r);
struct merged_work {
	struct local_merged merged;
	struct local_policy *policy;
	bool clean; /* out */
};
void local_merge(struct sqlite_db *db, struct request *r);

/* local_debt.c */
struct debt_work {
	char id[STORE_ID_MAX];  /* of a new one */
	struct local_debt debt; /* out */
};
void local_debt(struct sqlite_db *db, struct request *r);
void local_debt_paid(struct sqlite_db *db, struct request *r); /* of this id */

#endif
