/*
 * Those who only read: lists, explanations, reports, the daemon's own pages. Alerts and pages have right of way: a few
 * readers are served at a time, the others wait in line, and each begins on a turn of the loop of its own. Whoever has
 * more to do than READERS_SLICE_MS does it in slices, with loop_defer() between them.
 */
#ifndef SERVICE_READERS_H
#define SERVICE_READERS_H

#include <stdbool.h>

#include "io/loop.h"

#define READERS_AT_ONCE 3
#define READERS_WAITING_MOST 500
#define READERS_SLICE_MS 5

struct reader {
	void (*start)(void *arg);       /* must lead to one readers_leave(), now or later */
	void (*turned_away)(void *arg); /* instead of it: the program ends */
	void *arg;
	bool first; /* before those who wait already: what watches this program */
};

struct readers;
struct readers *readers_new(struct loop *l);
void readers_free(struct readers *r);                            /* turns away who waits; NULL is fine */
bool readers_enter(struct readers *r, const struct reader *one); /* false: too many wait already */
void readers_leave(struct readers *r);

#endif
