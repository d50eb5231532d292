/* What redis_store.c and redis_check.c share. */
#ifndef STORE_REDIS_IMPL_H
#define STORE_REDIS_IMPL_H

#include "io/redis.h"
#include "store/front.h"

#define REDIS_WHY_MAX 200

/* Whether acknowledged writes survive: asked when the connection comes up, and every minute. */
struct redis_check {
	struct loop_timer *timer;
	bool running;
	bool refused;                       /* CONFIG is not allowed here: INFO says less */
	char aof[8], fsync[16], policy[32]; /* "" when not known */
	bool durable, warned;
	char why[REDIS_WHY_MAX];
};

struct redis_store {
	struct front front;
	struct loop *loop;
	struct redis *redis;
	struct str prefix; /* "{…}:" */
	int64_t timeout_ms;
	/* Redis' clock when it was last heard, and ours then; not-afters are counted from it */
	int64_t seen_now, seen_mono;
	bool ready;   /* connected, clock and durability known */
	bool refused; /* it answers, but takes no writes */
	char why[REDIS_WHY_MAX];
	struct loop_timer *probe;
	struct redis_check check;
	/* requests on their way to Redis, and those that wait for them */
	struct redis_call *first, **last;
	size_t waiting, in_flight, words_in_flight;
};

/* redis_store_send.c: ends in front_answer(). */
void redis_store_send(struct redis_store *s, struct request *r);
/* Sends what waits as far as there is room for it; when there is no connection: answers it. */
void redis_store_send_more(struct redis_store *s);
void redis_store_see_clock(struct redis_store *s, int64_t now);
/* Asks for the clock and the durability; ends in redis_store_checked(), or not at all when the connection goes. */
void redis_store_check(struct redis_store *s);
void redis_store_checked(struct redis_store *s, bool changed);
/* It is there, and does not take writes. */
void redis_store_refused(struct redis_store *s, struct str why);

#endif
