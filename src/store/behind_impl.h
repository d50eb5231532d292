/* Private to behind_store.c and behind_counts.c. */
#ifndef SRC_STORE_BEHIND_IMPL_H
#define SRC_STORE_BEHIND_IMPL_H

#include "io/loop.h"
#include "store/outbox.h"
#include "store/request.h"

#define BEHIND_MAGIC 0x62656869u
#define BEHIND_COUNTED_BITS 8 /* the ids of so many commits (as a power of two) are known as counted */

struct behind {
	struct store store;
	unsigned magic;
	struct store *inner;
	struct outbox *outbox;
	struct loop_timer *timer;
	struct map *held; /* by key */
	size_t bytes;     /* of them */
	size_t waiting;   /* of them, not sent */
	struct arena *counts_arena;
	struct map *counts; /* by hour and field: a struct store_count */
	struct behind_tally *tallies;
	size_t tally_count;
	char counted[1 << BEHIND_COUNTED_BITS][STORE_ID_MAX];
	bool failing; /* the last that was sent was not taken */
	bool closing, closed;
	void (*lost)(void *arg, struct str key, uint64_t alerts);
	void *lost_arg;
};

/* The store behind takes writes, and what it was sent. */
bool behind_takes(struct behind *b);
/* What is held goes within BEHIND_MS. */
void behind_wake(struct behind *b);

/* ---- behind_counts.c ---- */

void behind_counts_init(struct behind *b);
void behind_counts_release(struct behind *b);
bool behind_counts_fit(const struct behind *b);
size_t behind_counts_pending(const struct behind *b);
void behind_count(struct behind *b, const struct store_count *counts, size_t n);
/* The `done` and its argument of a commit that is sent without its counts: they are taken when it stands. */
void *behind_counted_new(struct behind *b, const struct store_commit *ask,
                         void (*done)(void *, const struct store_committed *), void *arg);
void behind_take_counted(void *arg, const struct store_committed *reply);
/* True: it was a tally that may be held, and is answered. */
bool behind_take_tally(struct behind *b, struct request *r);
void behind_send_counts(struct behind *b);

#endif
