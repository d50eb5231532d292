/*
 * One Redis connection (hiredis async) with what hiredis 0.14 lacks: a deadline on progress, reconnection with jittered
 * backoff, AUTH and SELECT on every connect, names resolved without blocking the loop, scripts resent after NOSCRIPT.
 * hiredis stays hidden behind this header.
 *
 * A callback gets a reply, or NULL: the outcome is *unknown*, the command may have run or still run (FACTS).
 */
#ifndef IO_REDIS_H
#define IO_REDIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "io/loop.h"

struct redis;

enum redis_type { REDIS_NIL, REDIS_STATUS, REDIS_ERROR, REDIS_INTEGER, REDIS_STRING, REDIS_ARRAY };

struct redis_value {
	enum redis_type type;
	int64_t integer;
	struct str text;                 /* STATUS, ERROR, STRING */
	const struct redis_value *items; /* ARRAY */
	size_t count;
};

struct redis_options {
	struct str address;            /* host:port or /path/to/socket */
	struct str username, password; /* empty: none */
	int db;
	int64_t timeout_ms; /* no reply at all for so long while some are awaited: the connection is given up */
	int max_in_flight;  /* default 500 */
};

/*
 * `changed` runs on the loop when the connection comes up (ready for commands) or goes down, and when the first attempt
 * fails; not for each further attempt. `why` is for the log, "" when up. Commands that are lost are told NULL after it.
 */
struct redis *redis_new(struct loop *l, const struct redis_options *options,
                        void (*changed)(void *arg, bool up, const char *why), void *arg);
/* Pending callbacks get NULL before it returns. Also from inside a callback of its own. */
void redis_free(struct redis *r);
bool redis_up(const struct redis *r);
/*
 * Queues a command; beyond max_in_flight it waits its turn, bounded by REDIS_QUEUE_MAX. False (and no callback) when the
 * connection is down or the queue is full: certainly not sent. The reply is valid during the callback.
 */
#define REDIS_QUEUE_MAX 20000
bool redis_command(struct redis *r, const struct str *args, size_t count,
                   void (*done)(void *arg, const struct redis_value *reply), void *arg);

struct redis_script { /* static: source text, and its SHA-1 once it is known */
	const char *name;
	const char *source;
	char sha[41];
};
/* EVALSHA with the EVAL fallback on NOSCRIPT. `args` are keys (key_count of them) then arguments. */
bool redis_eval(struct redis *r, struct redis_script *script, const struct str *args, size_t count, size_t key_count,
                void (*done)(void *arg, const struct redis_value *reply), void *arg);

#endif
