/*
 * Walks the open incidents and the dead letters, a page at a time, and counts what the store cannot: how many are
 * acknowledged, which receivers are named, how many deliveries were given up. Starts again when it has rested for a
 * while, longer where the walk took long; waits a little for a store that is behind (store/store.h). On its way it gives
 * pages that nobody takes up, because no configuration knows their receiver any more, to the default receivers.
 */
#ifndef SERVICE_CENSUS_H
#define SERVICE_CENSUS_H

#include "base/map.h"
#include "service/router.h"

struct census_receiver {
	bool owed;           /* some open incident names it */
	size_t dead;         /* incidents */
	int64_t waits_since; /* the oldest page, store clock, since it was first due; 0: none waits */
};

struct census_figures {
	size_t open, acknowledged;
	struct map *receivers; /* name -> struct census_receiver */
};

struct census;
/* `done` after every walk; the figures are valid during the call. */
struct census *census_new(struct router *r, void (*done)(void *arg, const struct census_figures *f), void *arg);
void census_free(struct census *c);
/* The hours that hold pages and steps may be others: they are looked at, beginning at once. */
void census_reconfigure(struct census *c);

/* In dispatcher.c. */
struct dispatcher;
bool dispatcher_knows(const struct dispatcher *d, struct str receiver);
void dispatcher_census(struct dispatcher *d, const struct census_figures *f);
void dispatcher_figures(struct dispatcher *d, const struct store_stats *s);

#endif
