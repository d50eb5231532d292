/*
 * What the rooms of the Redis connection share.
 *
 *     DOWN -(backoff)-> CONNECTING (Sentinel, resolve, connect, TLS, AUTH, SELECT, ROLE, PING) -> UP
 *       ^------------------- any failure -------------------------------------'
 *
 * One timer serves all three: the backoff, the deadline of connecting, the deadline on progress.
 */
#ifndef IO_REDIS_IMPL_H
#define IO_REDIS_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/mem.h"
#include "io/loop.h"
#include "io/redis.h"
#include "io/resolve.h"

struct redisAsyncContext;
struct redisReply;
struct redis_sentinel;
struct ssl_st;

/* One command as bytes; far beyond what a store writes. */
#define REDIS_COMMAND_MAX ((size_t)64 * 1024 * 1024)
#define REDIS_BACKOFF_MIN_MS 100
#define REDIS_BACKOFF_MAX_MS 1000 /* whoever waits for it counts on being answered about once a second */
#define REDIS_WHY_MAX 256

struct redis_command {
	struct redis_command *next;
	struct redis *redis; /* NULL: answered already; hiredis still has it and frees it with its own callback */
	bool sent;
	char *bytes; /* until it is sent; of a script until it is answered */
	size_t n;
	const struct redis_script *script; /* to be resent after NOSCRIPT */
	size_t tail;                       /* where in `bytes` EVALSHA and EVAL begin to be the same */
	size_t parts;
	void (*done)(void *arg, const struct redis_value *reply);
	void *arg;
};

struct redis_commands {
	struct redis_command *first, *last;
	size_t count;
};

enum redis_state { REDIS_DOWN, REDIS_CONNECTING, REDIS_UP };

struct redis {
	unsigned magic;
	struct loop *loop;
	struct arena *arena; /* holds the options */
	const struct redis_options *options;
	char *address;       /* where to connect: as given, or as the Sentinels say */
	struct buf password; /* as it was read for the attempt under way */
	int64_t timeout_ms;
	size_t max_in_flight;
	void (*changed)(void *arg, bool up, const char *why);
	void *arg;

	enum redis_state state;
	enum { REDIS_TOLD_NOTHING, REDIS_TOLD_DOWN, REDIS_TOLD_UP } told;
	struct loop_timer *timer;
	unsigned failures; /* in a row */
	char why[REDIS_WHY_MAX];
	struct redis_sentinel *sentinel; /* NULL: there are none */
	bool finding;                    /* CONNECTING, and the Sentinels have not said yet where to */
	bool misled;                     /* where they sent us last was no use */
	struct resolve *resolve;
	struct resolved resolved;
	size_t next_address;
	int port;
	struct redisAsyncContext *context;
	struct ssl_st *ssl; /* the context's; NULL: plain */
	int handshake_left;

	struct redis_commands waiting, in_flight;
	struct redis_commands lost; /* to be told NULL */
	/* While commands are in flight: how long nothing was heard, as of the last look; and whether something was since then */
	int64_t silent_ms, looked_ms;
	bool heard;

	int inside; /* callbacks of our owner that are running */
	bool dead;  /* freed inside one of them */
};

/* redis.c */
struct redis *redis_from_arg(void *arg);
void redis_expect(struct redis *r); /* the first command goes out: the deadline begins */
void redis_lost(struct redis *r, const char *why, bool free_context); /* to DOWN; every command is told NULL */
void redis_enter(struct redis *r);                                    /* around a callback of the owner */
void redis_leave(struct redis *r);                                    /* `r` may be gone */

/* redis_connect.c */
void redis_connect_begin(struct redis *r);
void redis_is_up(struct redis *r);
/* A Sentinel has named the master. */
void redis_master_found(struct redis *r, const char *address);

/* redis_handshake.c: AUTH, SELECT, ROLE, PING; ends in redis_is_up() or redis_lost() */
void redis_handshake(struct redis *r);

/* redis_login.c */
const struct redis_options *redis_options_copy(struct arena *arena, const struct redis_options *options);
/* The password as it is now, appended to `out`. False with a reason. */
bool redis_read_password(struct str password, struct str password_file, struct buf *out, char why[REDIS_WHY_MAX]);

/*
 * redis_tls.c. Makes a connection that is being set up speak TLS with `host`; does nothing without `tls.on`. False with a
 * reason. *ssl is what belongs to the context then.
 */
bool redis_tls_start(struct redisAsyncContext *context, const struct redis_tls *tls, struct str host,
                     struct ssl_st **ssl, char why[REDIS_WHY_MAX]);
/* What was wrong with the handshake; "" when nothing is known to be. Only as long as the context lives. */
const char *redis_tls_why(const struct ssl_st *ssl);

/*
 * redis_sentinel.c: asks one Sentinel after the other, the one that answered last first, each with a connection and a
 * deadline of its own. `found` gets every answer, also unasked for: once a second from the first question on.
 */
struct redis_sentinel *redis_sentinel_new(struct loop *l, const struct redis_options *options,
                                          void (*found)(void *arg, const char *address), void *arg);
void redis_sentinel_free(struct redis_sentinel *s); /* also from inside `found` */
void redis_sentinel_ask(struct redis_sentinel *s);
/* Its answer was of no use: the next one is asked from now on. */
void redis_sentinel_doubt(struct redis_sentinel *s);
const char *redis_sentinel_why(const struct redis_sentinel *s); /* the last one's failure */

/* redis_commands.c */
void redis_send(struct redis *r, struct redis_command *cmd);
struct redis_command *redis_command_new(const struct str *args, size_t count,
                                        void (*done)(void *arg, const struct redis_value *reply), void *arg);
void redis_drop_commands(struct redis *r);
void redis_tell_lost(struct redis *r);

/* redis_value.c: runs `done` with the reply as a redis_value */
void redis_value_give(const struct redisReply *reply, void (*done)(void *arg, const struct redis_value *reply),
                      void *arg);

#define REDIS_ARRAY_MAX 1000000 /* elements; our scripts answer with some thousands at most */
struct redisReader;
/*
 * redis_value.c: an array that says it has more elements ends the connection. hiredis takes memory for as many as an array
 * says before the first has come: 27 bytes made it ask for 4.8 GB.
 */
void redis_value_bound(struct redisReader *reader);

/* redis_events.c: hooks a context to the loop */
void redis_events_attach(struct loop *l, struct redisAsyncContext *context);

#endif
