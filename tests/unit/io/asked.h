/* A connection to a real Redis, and what came of it: for the tests of the Redis connection. */
#ifndef TESTS_IO_ASKED_H
#define TESTS_IO_ASKED_H

#include <stdbool.h>

#include "io/redis.h"
#include "redis_process.h"

struct asked {
	struct redis_process process; /* one for all tests of a program */
	struct loop *loop;
	struct redis *redis;
	int ups, downs, replies, nulls;
	char why[256];  /* of the last down */
	char last[256]; /* the last reply, printed as +status -error 'string' 1 nil [array] NULL */
};

extern struct asked asked;
extern struct redis_script asked_script; /* answers [key first second] */

int asked_start(void **state); /* of the group */
int asked_stop(void **state);
int asked_setup(void **state); /* of each test */
int asked_teardown(void **state);

struct redis_options asked_usual(void);
void asked_open(struct redis_options options);
void asked_open_up(struct redis_options options); /* and waits until it is up */
bool asked_send(const char *words);               /* counts and prints the reply */
const char *asked_answer(const char *words);      /* sends it and waits; the printed reply */
void asked_eval(const char *key, const char *first, const char *second);
void asked_on_reply(void *arg, const struct redis_value *reply);

#endif
