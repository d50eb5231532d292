/*
 * Work that may wait for a disk, one piece after the other on a thread of its own; what it found is told on the loop. What it
 * works with belongs to it from background_do() until it is told.
 */
#ifndef SERVICE_BACKGROUND_H
#define SERVICE_BACKGROUND_H

#include <stdbool.h>

#include "io/loop.h"

#define BACKGROUND_WAITING_MOST 100

struct background;
struct background *background_new(struct loop *l);
/* Ends what is under way; what it had found, and who waits, is told with `ran` false. NULL is fine. */
void background_stop(struct background *b);
void background_free(struct background *b); /* likewise; the loop must not run after it */
/* `run` on the thread, then `done` on the loop, never inside this call. False: too many wait already. */
bool background_do(struct background *b, void (*run)(void *arg), void (*done)(void *arg, bool ran), void *arg);

#endif
