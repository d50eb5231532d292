/*
 * The store that the configuration asks for: SQLite; Redis alone (on_redis_failure: reject); or Redis first and SQLite when
 * it is away.
 */
#ifndef APP_SERVER_STORE_H
#define APP_SERVER_STORE_H

#include "config/config.h"
#include "io/loop.h"
#include "store/store.h"

/*
 * NULL with a line in `err`. `*failover` is the store again where it is made of two, else NULL. `strict`: a file that is
 * damaged, or that cannot be opened now, is an error; else see sqlite_store_open_anyway().
 * `owner` is what the ids of claims are to begin with (redis_store.h), "" where nobody asks.
 */
struct store *server_store_open(struct loop *l, const struct config *c, bool strict, struct store **failover,
                                char owner[STORE_OWNER_MAX], struct err *err);

#endif
