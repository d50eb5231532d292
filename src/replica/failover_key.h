/*
 * One owned key on its way into the primary. Shared by failover_key.c (load, merge, compare-and-set) and failover_leave.c
 * (members that another incident of the primary still counts).
 */
#ifndef REPLICA_FAILOVER_KEY_H
#define REPLICA_FAILOVER_KEY_H

#include "incident/merge.h"
#include "replica/failover_impl.h"

#define FAILOVER_KEY_TRIES 10

struct key_merge {
	struct failover *f;
	struct arena *arena; /* its own, until the end */
	struct local_branch branch;
	void (*done)(void *arg, bool merged);
	void *arg;
	int tries;

	/* one try's: what the primary has */
	struct arena *try;
	int64_t now;
	struct store_record trunk;
	const struct store_record *holders; /* of members that belong to other incidents there */
	size_t holder_count;
	struct merge_member *members; /* branch.member_count */
	bool *elsewhere;
	size_t leaves; /* members that left an incident elsewhere: how many are still to be told to theirs */

	struct store_commit commit;
	bool as_taken;                 /* the result is the branch itself */
	const struct incident *result; /* NULL: nothing to commit, the primary has it all */
};

/* NULL, with a line in the log, when it is unreadable; NULL too when there is none. */
struct incident *failover_key_read(struct key_merge *m, const struct store_record *record, const char *whose);
/* Everything loaded anew, and on from there. */
void failover_key_load(struct key_merge *m);
void failover_key_finish(struct key_merge *m, bool merged);

/* Whether an incident of the primary with another key counts this member, which is as the primary has it. */
bool failover_fires_elsewhere(struct key_merge *m, const struct member *there);
/* True when commits are under way that take members out of such incidents; failover_key_load() follows them. */
bool failover_leave_elsewhere(struct key_merge *m);

#endif
