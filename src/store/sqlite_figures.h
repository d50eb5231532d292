/*
 * How many records and dues there are: counted once, then kept in step, since counting a million rows for each look at
 * the figures would take too long, and writing them down would be a page of every commit. Not known again after a
 * transaction that failed. Of the store's thread.
 */
#ifndef STORE_SQLITE_FIGURES_H
#define STORE_SQLITE_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct sqlite_db;

/* Where a record stands; nothing: it is not there. */
struct sqlite_standing {
	bool found, open, dead, owned;
};

struct sqlite_figures {
	bool counted, queues_counted;
	int64_t open, closed, dead, owned;
	struct map *queues; /* by receiver: how many are due */
};

void sqlite_figures_release(struct sqlite_figures *f);
void sqlite_figures_doubt(struct sqlite_figures *f);
void sqlite_figures_moved(struct sqlite_figures *f, struct sqlite_standing from, struct sqlite_standing to);
void sqlite_figures_due(struct sqlite_figures *f, struct str receiver, int64_t step);
/* Counts them where they are not known. */
const struct sqlite_figures *sqlite_figures(struct sqlite_db *db);
int64_t sqlite_figures_queue(struct sqlite_db *db, struct str receiver);

#endif
