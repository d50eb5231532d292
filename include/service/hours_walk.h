/*
 * The hourly counters of a period, some hours at a time: a full hour has ten thousand of them, a week more than a million,
 * and neither the loop nor the store is to be busy with one question.
 */
#ifndef SERVICE_HOURS_WALK_H
#define SERVICE_HOURS_WALK_H

#include "store/store.h"

struct hours_piece {
	int64_t from, until;           /* ms, both inclusive, by the beginning of the hours */
	const struct store_hour *rows; /* valid during the call */
	size_t count;
};

/* From `from` to `last` (store clock). `piece` runs for each in the order of time, then `done` once: false: not all could be read. */
void hours_walk(struct store *s, int64_t from, int64_t last, void (*piece)(void *arg, const struct hours_piece *p),
                void (*done)(void *arg, bool whole), void *arg);

#endif
