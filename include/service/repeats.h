/*
 * Repeats that were counted and could not be written as they were, since another router changed the incident meanwhile
 * (store/behind_store.h): they are added to what it has become.
 */
#ifndef SERVICE_REPEATS_H
#define SERVICE_REPEATS_H

#include "service/router.h"

/* To be called once, after r->transactions is set and before the first webhook is taken. */
void repeats_listen(struct router *r);

#endif
