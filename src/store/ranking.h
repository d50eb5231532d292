/*
 * Names in the order of a score, equal scores in byte order of the names: what Redis calls a sorted set, for the store
 * in memory. Kept in blocks of at most RANKING_BLOCK entries, each sorted, one behind the other: a change moves entries of
 * one block, however many there are in all. Names and items are borrowed.
 */
#ifndef STORE_RANKING_H
#define STORE_RANKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define RANKING_BLOCK 128

struct ranked {
	int64_t score;
	struct str name;
	void *item;
};

struct ranking_block {
	struct ranked *items;
	size_t count, capacity;
};

/* All zero: an empty one. */
struct ranking {
	struct ranking_block *blocks; /* none is empty */
	size_t block_count, capacity;
	size_t count;
	uint64_t moved; /* entries that changes have pushed aside so far, for tests of what it costs */
};

/* Good until the next change. */
struct ranking_place {
	size_t block, index;
};

void ranking_release(struct ranking *r);
void ranking_add(struct ranking *r, int64_t score, struct str name, void *item);
/* Nothing happens when it is not there. */
void ranking_remove(struct ranking *r, int64_t score, struct str name);
/* The first entry that is not before (score, name); or the end, where there is none. */
struct ranking_place ranking_find(const struct ranking *r, int64_t score, struct str name);
struct ranking_place ranking_end(const struct ranking *r);
/* NULL: it is empty. */
const struct ranked *ranking_first(const struct ranking *r);
/* The entry at the place, which goes on behind it; {0, 0} is the first. NULL at the end. */
const struct ranked *ranking_next(const struct ranking *r, struct ranking_place *place);
/* The entry before the place, which goes back to it. NULL at the beginning. */
const struct ranked *ranking_previous(const struct ranking *r, struct ranking_place *place);

#endif
