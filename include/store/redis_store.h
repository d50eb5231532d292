/*
 * The shared store: Redis 6.2 or later (Valkey too), one Lua script per verb, all keys under one hash tag {prefix}.
 * Scripts carry a not-after in Redis time, so a command that runs after its deadline changes nothing. At connect and
 * every minute it checks appendonly, appendfsync and maxmemory-policy (CONFIG GET or INFO, whichever is allowed) and logs
 * a warning when acknowledged writes could be lost; health tells.
 *
 * It is up when a write has worked. A server that is full, read-only, loading, a replica, or that knows neither us nor our
 * password is down, whatever it answers to reads; it is asked again once a second.
 */
#ifndef STORE_REDIS_STORE_H
#define STORE_REDIS_STORE_H

#include "io/redis.h"
#include "store/store.h"

struct redis_store_options {
	struct redis_options connection;
	struct str prefix;
	/*
	 * What the ids of this router's claims begin with, and those of whoever ran under this name before and runs no more, as
	 * the lock of its local file proves (sqlite_store_owner()). Their leases are over at the first connection; a page
	 * that was begun stays due when its lease would have ended, since it may be on its way. Empty: not known.
	 */
	struct str owner;
};
struct store *redis_store_open(struct loop *l, const struct redis_store_options *options);

#endif
