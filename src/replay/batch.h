/*
 * Some events of a history, and what each rule set says of their alerts: read and matched by one thread, then replayed by
 * those that have the variants, which change nothing in it.
 */
#ifndef REPLAY_BATCH_H
#define REPLAY_BATCH_H

#include <stdatomic.h>

#include "replay/known_plans.h"
#include "variant.h"

#define BATCH_EVENTS 64
#define BATCH_ALERTS 1000 /* with so many it is full, however few its events are */

struct batch {
	struct history_event *events[BATCH_EVENTS];
	struct plan ***plans[BATCH_EVENTS]; /* of a body: by rule set, by alert */
	size_t count, alerts;
	struct plans_memory **held; /* by rule set */
	size_t held_count;
	const atomic_bool *stop; /* of the run */
	size_t left;             /* threads that have it before them */
};
struct batch *batch_new(size_t rule_sets);
/* NULL is fine. By the thread that made it. */
void batch_free(struct batch *b);
/* As far as it is wanted. False with lines in `err`. */
bool batch_replay(const struct batch *b, struct variant *v, struct err *err);

/* ---- workers.c: threads that share variants out among them ---- */

struct workers;
/* NULL: no thread can be had. */
struct workers *workers_new(struct variant **variants, size_t count, size_t threads);
/* Takes it over; waits while too many are not done with. False: a thread has failed, workers_end() says why. */
bool workers_give(struct workers *w, struct batch *b);
/* Nothing more comes, the history ends `until`, and time passes until `at`. False with lines in `err`. */
bool workers_end(struct workers *w, int64_t until, int64_t at, struct err *err);

#endif
