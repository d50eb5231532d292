/* A Redis, or a Sentinel, that answers what it is told to, on the test's own loop. */
#ifndef TESTS_IO_FAKE_REDIS_H
#define TESTS_IO_FAKE_REDIS_H

#include "base/buf.h"
#include "io/loop.h"

struct evconnlistener;
#define FAKE_ANSWERS_MAX 8

struct fake_redis {
	struct loop *loop;
	struct evconnlistener *listener;
	struct fake_peer *peers;
	int port;
	char address[64];
	struct {
		const char *word, *reply;
	} answers[FAKE_ANSWERS_MAX]; /* by a command's first word; +OK to the others */
	int connections, commands;
	struct buf heard; /* "WORD word word\n" of each command */
};

/* Answers PING and ROLE as a master does. */
void fake_redis_open(struct fake_redis *f, struct loop *l);
void fake_redis_close(struct fake_redis *f);
/* `reply` as bytes, borrowed; "" keeps it waiting. */
void fake_redis_answer(struct fake_redis *f, const char *word, const char *reply);
bool fake_redis_heard(const struct fake_redis *f, const char *text);

#endif
