/*
 * Things to be done on the loop, in order, put in from any thread. Unlike loop_post() alone it can be emptied early:
 * outbox_close() runs what is left at once, so a store can call back everything before it goes.
 */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "io/loop.h"

struct outbox;
/* `l` may be NULL: outbox_put() then runs things at once. */
struct outbox *outbox_new(struct loop *l);
/* From now on only the loop's own thread puts anything in: the loop need not be woken. */
void outbox_stay(struct outbox *o);
void outbox_put(struct outbox *o, void (*run)(void *arg), void *arg);
/* On the loop's thread, when no other thread puts anything in any more. */
void outbox_close(struct outbox *o);

#endif
