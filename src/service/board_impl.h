/*
 * The rows of the board and the walk that brings them: board.c keeps them, board_row.c packs them, board_walk.c reads the
 * store.
 */
#ifndef SERVICE_BOARD_IMPL_H
#define SERVICE_BOARD_IMPL_H

#include "base/map.h"
#include "service/board.h"

#define BOARD_RANKS 9 /* gravities of their own; what is beyond shares the last */
#define BOARD_BUCKETS (2 * BOARD_RANKS)

/* What an entry takes beside its own bytes: malloc's share, its place in a bucket and in the map. */
#define BOARD_ENTRY_ROOM 96

/* A row without pointers, in one piece of memory: thousands are kept, and few are looked at. */
struct board_entry {
	uint64_t version; /* of the record */
	int64_t started_at, acknowledged_at, firing_since;
	uint64_t firing, total;
	uint32_t walk; /* the last walk that began before it was seen */
	uint32_t bytes;
	int rank;
	uint16_t label_count;
	bool acknowledged, dead;
	unsigned char texts[]; /* the key, the row's other texts, then names and values of its labels: see board_row.c */
};

/* Where an entry becomes a row again: one at a time. */
struct board_unpacked {
	struct board_row row;
	struct label *labels;
	size_t label_capacity;
};

struct board_entry *board_entry_new(const struct board_row *row);
struct str board_entry_key(const struct board_entry *e);
/* Valid until `into` is used again. */
const struct board_row *board_entry_row(const struct board_entry *e, struct board_unpacked *into);
bool board_entry_says(const struct board_entry *e, const struct board_row *row, struct board_unpacked *scratch);

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
	struct map *entries; /* by key, which is a view of the entry */
	struct board_bucket buckets[BOARD_BUCKETS];
	size_t bytes;
	bool leaves_out;
	bool left_out;    /* by this walk */
	size_t totals[2]; /* as the store counted: nobody has it, somebody does */
	struct board_unpacked unpacked;
	void (*changed)(void *arg, const struct board_row *row, enum board_change what);
	void *changed_arg;
	/* ---- the walk ---- */
	struct loop_timer *timer;
	uint32_t walk; /* its number, counted from 1 */
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
