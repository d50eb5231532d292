/*
 * Repeats that were counted and could not be written as they were, since another router changed the incident meanwhile
 * (store/behind_store.h): they are added to what it has become.
 */
#ifndef SERVICE_REPEATS_H
#define SERVICE_REPEATS_H

#include "service/router.h"

/* Before the first webhook, when r->transactions is there. */
void repeats_listen(struct router *r);

#endif
