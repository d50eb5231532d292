/* A redis_store on a Redis of the test's own. */
#ifndef TESTS_STORE_REDIS_CASE_H
#define TESTS_STORE_REDIS_CASE_H

#include "redis_server.h"
#include "store/redis_store.h"

/* Up when this returns. Each case has a prefix of its own; two of one number share it, as two routers do. */
struct store *redis_case_open(struct loop *l, const struct redis_server *at, int number, int64_t timeout_ms);
/* The same as a router whose claims begin with `owner`. */
struct store *redis_case_as(struct loop *l, const struct redis_server *at, int number, const char *owner);
/* The same, and does not wait for anything. */
struct store *redis_case_new(struct loop *l, const struct redis_server *at, int number, int64_t timeout_ms);
/* Turns the loop until its health says so. */
void redis_case_wait(struct store *s, struct loop *l, bool up);
void redis_case_turn(struct loop *l);

#endif
