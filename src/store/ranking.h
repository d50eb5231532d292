/*
 * Names in the order of a score, equal scores in byte order of the names: what Redis calls a sorted set, for the store
 * in memory. An array kept sorted: look-ups are O(log n), changes move small entries, which is fast well
 * beyond what tests and backtests hold. Names and items are borrowed.
 */
#ifndef STORE_RANKING_H
#define STORE_RANKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct ranked {
	int64_t score;
	struct str name;
	void *item;
};

struct ranking {
	struct ranked *items;
	size_t count, capacity;
};

void ranking_release(struct ranking *r);
void ranking_add(struct ranking *r, int64_t score, struct str name, void *item);
/* Nothing happens when it is not there. */
void ranking_remove(struct ranking *r, int64_t score, struct str name);
/* Index of the first entry that is not before (score, name). */
size_t ranking_find(const struct ranking *r, int64_t score, struct str name);

#endif
