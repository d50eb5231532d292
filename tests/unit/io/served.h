/* A server whose handler does as the path says: for the tests of the HTTP server. */
#ifndef TESTS_IO_SERVED_H
#define TESTS_IO_SERVED_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "io/http_server.h"
#include "wire.h"

#define HOST "Host: h\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" HOST "\r\n"
#define SERVED_HELD_MAX 8

struct served {
	struct loop *loop;
	struct http_server *server;
	struct err err;
	char address[HTTP_BOUND_MAX];
	int handled, refusals, last_refusal;
	struct http_exchange *held[SERVED_HELD_MAX]; /* requests to /hold, not replied to */
	int held_count;
	struct buf seen; /* "METHOD path\n" of what reached the handler */
};

extern struct served served;
/* Small sizes, three connections, deadlines far away. */
extern const struct http_server_limits served_small;

int served_setup(void **state);
int served_teardown(void **state);
bool served_saw(const char *text);
bool served_none_connected(void *arg);
/* Says it, and waits until the server has closed. */
void served_exchange(struct wire *w, struct str bytes);

#endif
