/*
 * Walks the open incidents and the dead letters, a page at a time, and counts what the store cannot: how many are
 * acknowledged, which receivers are named, how many deliveries were given up. Starts again when it has rested for a
 * while, longer where the walk took long; waits a little for a store that is behind (store/store.h). On its way it gives
 * pages that nobody takes up, because no configuration knows their receiver any more, to the default receivers, and makes
 * due what failed at a receiver that is defined anew since.
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
	uint64_t definitions;  /* dispatcher_definitions() when the walk began */
	bool left_over;        /* more waits at receivers that are defined anew than one walk makes due */
};

struct census;
/* `done` after every walk; the figures are valid during the call. */
struct census *census_new(struct router *r, void (*done)(void *arg, const struct census_figures *f), void *arg);
void census_free(struct census *c);
/* The hours that hold pages and steps, or receivers, may be others: begins a walk at once, or another one behind the one under way. */
void census_reconfigure(struct census *c);

/* In dispatcher.c. */
struct dispatcher;
bool dispatcher_knows(const struct dispatcher *d, struct str receiver);
/* Its definition is another one since, and not all that had failed before has been made due. */
bool dispatcher_redefined(const struct dispatcher *d, struct str receiver);
uint64_t dispatcher_definitions(const struct dispatcher *d);
void dispatcher_census(struct dispatcher *d, const struct census_figures *f);
void dispatcher_figures(struct dispatcher *d, const struct store_stats *s);

#endif
