/* A TCP client that says exactly the bytes it is told, on the test's own loop: for the tests of the HTTP server. */
#ifndef TESTS_IO_WIRE_H
#define TESTS_IO_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"
#include "io/loop.h"

struct wire {
	int fd;
	struct str out;   /* still to be sent; borrowed */
	struct buf in;    /* received */
	const char *want; /* wire_await */
	bool eof;         /* the server closed */
	bool reset;       /* it closed without having read all of ours */
};

void wire_open(struct wire *w, const char *address);
void wire_close(struct wire *w);                 /* orderly */
void wire_abort(struct wire *w);                 /* with a reset */
void wire_say(struct wire *w, struct str bytes); /* goes out while the loop turns */
/* Turns the loop until what came in contains `text`, or ends. */
bool wire_await(struct wire *w, struct loop *l, const char *text);
bool wire_await_end(struct wire *w, struct loop *l);
bool wire_has(const struct wire *w, const char *text);
size_t wire_count(const struct wire *w, const char *text);
/* Sends and receives what is possible now. */
void wire_pump(struct wire *w);

#endif
