/*
 * What the rooms of the Redis connection share.
 *
 *     DOWN -(backoff)-> CONNECTING (resolve, connect, AUTH, SELECT, PING) -> UP
 *       ^------------------- any failure -------------------------------------'
 *
 * One timer serves all three: the backoff, the deadline of connecting, the deadline on progress.
 */
#ifndef IO_REDIS_IMPL_H
#define IO_REDIS_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/loop.h"
#include "io/redis.h"
#include "io/resolve.h"

struct redisAsyncContext;
struct redisReply;

/* One command as bytes; far beyond what a store writes. */
#define REDIS_COMMAND_MAX ((size_t)64 * 1024 * 1024)
#define REDIS_BACKOFF_MIN_MS 100
#define REDIS_BACKOFF_MAX_MS 5000

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
	char *address, *username, *password;
	int db;
	int64_t timeout_ms;
	size_t max_in_flight;
	void (*changed)(void *arg, bool up, const char *why);
	void *arg;

	enum redis_state state;
	enum { REDIS_TOLD_NOTHING, REDIS_TOLD_DOWN, REDIS_TOLD_UP } told;
	struct loop_timer *timer;
	unsigned failures; /* in a row */
	struct resolve *resolve;
	struct resolved resolved;
	size_t next_address;
	int port;
	struct redisAsyncContext *context;
	int handshake_left;

	struct redis_commands waiting, in_flight;
	struct redis_commands lost; /* to be told NULL */
	int64_t progress_ms;        /* the last reply, or the first command after silence */

	int inside; /* callbacks of our owner that are running */
	bool dead;  /* freed inside one of them */
};

/* redis.c */
struct redis *redis_from_arg(void *arg);
void redis_lost(struct redis *r, const char *why, bool free_context); /* to DOWN; every command is told NULL */
void redis_enter(struct redis *r);                                    /* around a callback of the owner */
void redis_leave(struct redis *r);                                    /* `r` may be gone */

/* redis_connect.c */
void redis_connect_begin(struct redis *r);
void redis_is_up(struct redis *r);

/* redis_commands.c */
void redis_send(struct redis *r, struct redis_command *cmd);
struct redis_command *redis_command_new(const struct str *args, size_t count,
                                        void (*done)(void *arg, const struct redis_value *reply), void *arg);
void redis_drop_commands(struct redis *r);
void redis_tell_lost(struct redis *r);

/* redis_value.c: runs `done` with the reply as a redis_value */
void redis_value_give(const struct redisReply *reply, void (*done)(void *arg, const struct redis_value *reply),
                      void *arg);

/* redis_events.c: hooks a context to the loop */
void redis_events_attach(struct loop *l, struct redisAsyncContext *context);

#endif
