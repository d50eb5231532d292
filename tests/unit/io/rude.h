/* A server that says what it is told, right or wrong, on the test's own loop: for the tests of the HTTP client. */
#ifndef TESTS_IO_RUDE_H
#define TESTS_IO_RUDE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"
#include "io/loop.h"

struct evconnlistener;

struct rude {
	struct loop *loop;
	struct evconnlistener *listener;
	struct rude_peer *peers;
	int port;
	struct str answer; /* said when a request's body ends in "end", or to a request without one */
	bool close;        /* after that; without an answer: instead */
	bool deaf;         /* also closes the listener then: nobody gets in any more */
	int requests;
	struct buf received;
};

void rude_open(struct rude *r, struct loop *l);
void rude_close(struct rude *r);
void rude_deafen(struct rude *r); /* closes the listener */

#endif
