/* Private to behind_store.c and behind_counts.c. */
#ifndef SRC_STORE_BEHIND_IMPL_H
#define SRC_STORE_BEHIND_IMPL_H

#include "io/loop.h"
#include "store/outbox.h"
#include "store/request.h"

#define BEHIND_MAGIC 0x62656869u

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
/* True: it was a tally that may be held, and is answered. */
bool behind_take_tally(struct behind *b, struct request *r);
void behind_send_counts(struct behind *b);

#endif
