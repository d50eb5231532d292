/* A real redis-server of its own: a free port, a temporary folder, every write on disk before it is acknowledged. */
#ifndef TESTS_STORE_REDIS_SERVER_H
#define TESTS_STORE_REDIS_SERVER_H

#include <sys/types.h>

#include "base/str.h"

struct redis_server {
	pid_t pid;
	int port, log; /* log: what it says, until it is ready */
	char *folder;
	char address[32];
};

/* Ready when this returns. `extra`: more options, in pairs of name and value, ended by NULL. */
void redis_server_start(struct redis_server *s, const char *const *extra);
/* Starts it again on its port and in its folder. */
void redis_server_restart(struct redis_server *s, const char *const *extra);
void redis_server_kill(struct redis_server *s); /* kill -9 */
void redis_server_stop(struct redis_server *s); /* kills it and removes its folder */
/* One command; asserts that it is not answered with an error. Returns an integer reply, else 0. */
long long redis_server_say(const struct redis_server *s, const char *command, ...)
	__attribute__((format(printf, 2, 3)));
/* Sends one command and does not wait for its answer. */
void redis_server_shout(const struct redis_server *s, const char *command, ...) __attribute__((format(printf, 2, 3)));
/* Repeats the command until its text reply contains `text`. */
void redis_server_await(const struct redis_server *s, const char *text, const char *command);

#endif
