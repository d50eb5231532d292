/*
 * One key's line of changes and the batch of it that is under way: load, apply, commit, and on a conflict again. A lane
 * exists while somebody waits in it.
 */
#ifndef SERVICE_LANE_H
#define SERVICE_LANE_H

#include "service/transaction.h"

/* One change in line; everything it points to lives in `arena`. */
struct waiting {
	struct tx_change change;
	struct arena *arena;
	struct waiting *next;
	size_t *known;         /* its members' places among the batch's */
	bool left_out;         /* of this batch's commit: moved, or not willing to start anew */
	enum tx_result result; /* when left out */
};

/* A member as loaded, and as the changes of this batch have left it so far. */
struct known {
	struct member identity; /* source and fingerprint only */
	struct member loaded, now;
	bool changed;
	int64_t ttl_ms;
};

/* What a reply or the callers gave to start from. */
struct loaded {
	const struct store_record *records;
	size_t count;
	int64_t now, asked_mono; /* as in struct tx_change */
	bool given;              /* by the callers: other incidents' records are not among them */
};

/* What a record says is due. */
struct queued {
	bool keeps; /* no change of the batch minds that what is unchanged is not written again */
	int lane;
	const int64_t *due_at; /* of each of the try's receivers */
	int64_t clock_at, seen_at;
	uint64_t received;
};

/* One try: thrown away as a whole. */
struct attempted {
	struct arena *arena;
	struct incident *inc;
	struct counts counts;
	bool write;
	const struct waiting *releases; /* whose lease the commit releases */
	struct strs receivers, groups;  /* that the record named before */
	struct queued before;           /* what was due by the record as it was */
	struct store_commit commit;
	char id[STORE_ID_MAX]; /* the commit's */
	struct job *attempts;  /* that it begins */
	int64_t now;
};

struct lane {
	struct transactions *t; /* NULL: transactions_free() came first, the store's reply only frees the lane */
	char *name;
	struct str key;                /* a view of `name` */
	struct waiting *first, **last; /* in line */
	struct lane *next_ready;
	bool busy; /* a batch is under way */

	struct arena *arena; /* of the batch */
	struct waiting *batch;
	struct known *known;
	size_t known_count;
	struct attempted try;
	int tries;
	int64_t unknown_since; /* monotonic; 0: the commit's outcome is not in doubt */
	int64_t sent_at, load_sent_at;
	bool at_store; /* a reply is to come */
	struct loop_timer *timer;
};

struct lane *lane_new(struct transactions *t, struct str key);
/* Not while at_store. What waits must have been answered. */
void lane_free(struct lane *l);
/* Takes what is in line as one batch and runs it; ends in transactions_finished(). */
void lane_start(struct lane *l);

/* lane_apply.c: one try over what was loaded. True: l->try.commit is to be sent (its id is not set yet). */
bool lane_apply(struct lane *l, const struct loaded *from);
/* lane_commit.c: the commit that follows from the record and the members alone. `record`: what it is made of; NULL: none. */
void lane_fill_commit(struct lane *l, const struct store_record *record);

struct router *lane_router(const struct lane *l);
struct newest *lane_newest(const struct lane *l);
/* Puts `from` and what follows it in the batch back to the head of the line. */
void lane_put_back(struct lane *l, struct waiting *from);
/* transaction.c: answers the batch (`inc` only with TX_DONE). The lane may be gone afterwards. */
void transactions_finished(struct lane *l, enum tx_result result);

#endif
