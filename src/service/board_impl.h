/*
 * The rows of the board and the walk that brings them: board.c keeps them, board_walk.c reads the store.
 */
#ifndef SERVICE_BOARD_IMPL_H
#define SERVICE_BOARD_IMPL_H

#include "base/map.h"
#include "service/board.h"

#define BOARD_RANKS 9 /* gravities of their own; what is beyond shares the last */
#define BOARD_BUCKETS (2 * BOARD_RANKS)

struct board_entry {
	struct board_row row; /* views of what follows the entry */
	size_t bytes;
	uint64_t version; /* of the record */
	uint64_t walk;    /* the last walk that began before it was seen */
};

struct board_bucket {
	struct board_entry **v; /* the oldest first */
	size_t n, capacity;
};

struct board_waiter {
	void (*ready)(void *arg);
	void *arg;
};

struct board {
	struct router *r;
	struct map *entries; /* by key */
	struct board_bucket buckets[BOARD_BUCKETS];
	size_t bytes;
	bool leaves_out;
	void (*changed)(void *arg, const struct board_row *row, enum board_change what);
	void *changed_arg;
	/* ---- the walk ---- */
	struct loop_timer *timer;
	uint64_t walk; /* its number, counted from 1 */
	bool walking, whole, gone;
	bool head_only; /* this one reads the first page alone */
	bool failed;    /* the last one could not be finished */
	char cursor[256];
	int64_t walked_at, watched_at; /* monotonic; 0: never */
	struct board_waiter *waiters;
	size_t waiter_count, waiter_capacity;
};

/* A record of the walk: as board_take(), unless it is known in this version. */
void board_take_record(struct board *b, struct str key, struct str bytes, uint64_t version);
/* What was not seen since this walk began is not open any more. */
void board_drop_unseen(struct board *b);
void board_walk_start(struct board *b);
void board_walk_stop(struct board *b);

#endif
