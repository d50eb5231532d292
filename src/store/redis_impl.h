/* What redis_store.c and redis_check.c share. */
#ifndef STORE_REDIS_IMPL_H
#define STORE_REDIS_IMPL_H

#include "io/redis.h"
#include "store/front.h"
#include "store/redis_identity.h"

#define REDIS_WHY_MAX 256

/* What server it is, whether it takes writes and whether they survive: asked when the connection comes up, and every minute. */
struct redis_check {
	struct loop_timer *timer;
	bool running;
	char aof[8], fsync[16], policy[32], min_replicas[16]; /* "" when not known */
	char role[16], replicas[16];
	char lax_rewrite[8]; /* no-appendfsync-on-rewrite */
	struct redis_identity who;
	bool durable;
	char weakness[REDIS_WHY_MAX]; /* what was logged last */
	char why[REDIS_WHY_MAX];
};

/* In the order in which they came. */
struct redis_calls {
	struct redis_call *first, **last;
	size_t count, bytes;
};

struct redis_store {
	struct front front;
	struct loop *loop;
	struct redis *redis;
	struct str prefix; /* "{…}:" */
	struct str owner;  /* what the ids of our claims begin with; empty: those before us are not told from others' */
	bool taken_over;   /* what they had claimed */
	bool has_sentinels;
	int64_t timeout_ms;
	/* Redis' clock when it was last heard, and ours then; not-afters are counted from it */
	int64_t seen_now, seen_mono;
	bool ready;   /* connected and checked */
	bool refused; /* it answers, but takes no writes */
	bool
		elsewhere; /* refused, and only another connection can help: it is a replica now, or the password has changed */
	char why[REDIS_WHY_MAX];
	struct loop_timer *again; /* while it is not up: look again */
	struct redis_check check;
	/* requests that wait, commits apart from all others, and how much is on its way to Redis */
	struct redis_calls commits, others;
	uint64_t calls; /* that have waited so far */
	size_t in_flight, commits_in_flight, words_in_flight, bytes_in_flight;
	struct loop_timer *turn; /* runs while commits wait for others of this turn of the loop */
};

/* redis_store_send.c: ends in front_answer(). */
void redis_store_send(struct redis_store *s, struct request *r);
/* Sends what waits as far as there is room for it; when there is no connection: answers it. */
void redis_store_send_more(struct redis_store *s);
void redis_store_see_clock(struct redis_store *s, int64_t now);
int64_t redis_store_clock(const struct redis_store *s); /* as it must be by now; 0: never seen */
/* Asks the server all that struct redis_check holds, and writes; ends in redis_store_checked(), or not at all when the
 * connection goes. */
void redis_store_check(struct redis_store *s);
/* `refusal`: why it takes no writes, empty when it does. `changed`: durable or its why. */
void redis_store_checked(struct redis_store *s, struct str refusal, bool changed);
/* It is there, and does not take writes. */
void redis_store_refused(struct redis_store *s, struct str why);

#endif
