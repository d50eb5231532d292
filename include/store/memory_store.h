/*
 * A store in memory, for tests, simulation, rule tests and backtest: the same semantics, a clock that is set by hand.
 * Synchronous at heart (memory_*), with the store interface on top when it is given a loop.
 */
#ifndef STORE_MEMORY_STORE_H
#define STORE_MEMORY_STORE_H

#include "io/loop.h"
#include "store/store.h"

/* `l` may be NULL: then callbacks run inside the call. */
struct store *memory_store_open(struct loop *l);
void memory_store_set_now(struct store *s, int64_t now_ms); /* never goes back */
int64_t memory_store_now(const struct store *s);

#endif
