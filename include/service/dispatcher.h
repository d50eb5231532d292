/*
 * Sends what is due: per receiver, as its rate allows, claim -> begin (on record) -> send -> settle. Level-triggered, see
 * incident/delivery.h. A receiver that fails does not touch another one's queue: each has its own claims, rate bucket and
 * circuit breaker (opens after 5 failures in a row, half-open probe with growing pauses 1 s … 30 s).
 * `delivery.mode: observe`: everything is decided and settled as delivered, nothing is sent.
 */
#ifndef SERVICE_DISPATCHER_H
#define SERVICE_DISPATCHER_H

#include <jansson.h>

#include "service/router.h"

#define DISPATCHER_IN_FLIGHT 64 /* requests under way per receiver */
/* So many more may be begun: they are on record with what made them due, and go as soon as one of those is answered. */
#define DISPATCHER_AHEAD 128

struct dispatcher *dispatcher_new(struct router *r);
/* What is being sent is cancelled: it stays on record as "maybe told". Before transactions_free(). */
void dispatcher_free(struct dispatcher *d);
/* Something becomes due for this receiver at `at` (store clock; 0: nothing). After every commit. Cheap. */
void dispatcher_wake(struct dispatcher *d, struct str receiver, int64_t at, int64_t now);
/*
 * The router's configuration changed: new receivers start, changed ones take their new settings, removed ones keep their
 * old definition (and its configuration) while open incidents still owe them something.
 */
void dispatcher_reconfigure(struct dispatcher *d);
/* Claims no more; calls back when nothing is under way. */
void dispatcher_drain(struct dispatcher *d, void (*done)(void *arg), void *arg);
/* What is still being sent is waited for no longer: it may have been told, and whoever takes over tries again at once
 * instead of when its lease ends. */
void dispatcher_cut(struct dispatcher *d);
/* The "receivers" of status: name, kind, queue, oldest_seconds, dead, breaker. Caller owns. Figures from the last stats. */
json_t *dispatcher_status(const struct dispatcher *d);
/* The same of one receiver; views are valid until the next reconfigure. */
struct dispatcher_figure {
	struct str name;
	const char *kind, *counts_as, *breaker;
	size_t queue, dead;
	int64_t oldest_ms;
	bool removed, observes;
};
/* for (size_t i = 0; dispatcher_next(d, &i, &figure);) */
bool dispatcher_next(const struct dispatcher *d, size_t *i, struct dispatcher_figure *out);
/*
 * A receiver that is in use and does not deliver: something has been due for `patience_ms` or longer, or every attempt has
 * failed for so long and something still waits or was given up. False: none. By the figures of the last stats.
 */
bool dispatcher_stuck(const struct dispatcher *d, int64_t patience_ms, struct str *name);
/* Receivers it works for, retired ones included; valid until the next reconfigure. */
size_t dispatcher_receivers(const struct dispatcher *d, const struct str **names);

#endif
