/*
 * One Redis connection (hiredis async) with what hiredis 0.14 lacks: a deadline on progress, reconnection with jittered
 * backoff, AUTH and SELECT on every connect, names resolved without blocking the loop, scripts resent after NOSCRIPT.
 * With Sentinels, the connection is to the master that they name and that says of itself that it is one: they are asked
 * before every connect and once a second, and a master that they no longer name is left.
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

/* Its files are read on every connect. */
struct redis_tls {
	bool on;
	struct str ca_file;             /* PEM; empty: the system's */
	struct str cert_file, key_file; /* PEM, of ours; empty: none */
	struct str server_name;         /* who the certificate must be made out to; empty: the host of the address */
	bool insecure_skip_verify;
};

struct redis_sentinels {
	struct str master; /* the name under which they watch it; empty: there are none */
	const struct str *addresses;
	size_t count;
	struct str username, password, password_file; /* theirs */
};

struct redis_options {
	struct str address;            /* host:port or /path/to/socket; not with Sentinels */
	struct str username, password; /* empty: none */
	struct str password_file;      /* instead of `password`: read on every connect, so that it can be changed */
	int db;
	/* Not a byte for so long while replies are awaited: the connection is given up. Time in which the loop itself was away is
	 * not counted: what has come meanwhile could not be read. */
	int64_t timeout_ms;
	int max_in_flight;    /* default 500 */
	struct redis_tls tls; /* for the Sentinels too */
	struct redis_sentinels sentinel;
};

/* Whether this build can speak TLS (hiredis 1.x with its hiredis_ssl); without it `tls.on` fails every attempt. */
bool redis_has_tls(void);

/*
 * `changed` runs on the loop when the connection comes up (ready for commands) or goes down, and when the first attempt
 * fails; not for each further attempt. `why` is for the log, "" when up. Commands that are lost are told NULL after it.
 * `options` are copied.
 */
struct redis *redis_new(struct loop *l, const struct redis_options *options,
                        void (*changed)(void *arg, bool up, const char *why), void *arg);
/* Pending callbacks get NULL before it returns. Also from inside a callback of its own. */
void redis_free(struct redis *r);
bool redis_up(const struct redis *r);
/* Why the last attempt failed or the connection was lost; "" when up. Valid until the loop goes on. */
const char *redis_why(const struct redis *r);
/* The server that it is connected to, or that was tried last; "" before the Sentinels have named one. */
const char *redis_address(const struct redis *r);
/*
 * Leaves a server that is of no use any more (a replica now) and connects anew: the name is resolved, the Sentinels are
 * asked, the password is read again. Does nothing when it is not up. Also from inside a callback of a reply.
 */
void redis_reconnect(struct redis *r, const char *why);
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
