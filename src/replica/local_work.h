/*
 * What the store's thread does for replica/local_store.h, inside the batch's transaction: each function takes a request of
 * VERB_WORK whose `what` is the struct named beside it. All bytes are in the request's arena.
 */
#ifndef REPLICA_LOCAL_WORK_H
#define REPLICA_LOCAL_WORK_H

#include "replica/local_store.h"
#include "store/sqlite_db.h"

/* local_seen.c */
struct seen_work {
	struct local_seen seen;
	struct incident_policy policy;
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
	struct incident_policy policy;
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
