/*
 * Passwords against bcrypt hashes (libcrypt), on a thread of its own: one takes tens of milliseconds. What was found out
 * is remembered, right and wrong, under a keyed hash, so that a known client costs nothing. Guesses wait in a short line, of
 * which one address gets a few places: they keep nobody out who is known.
 */
#ifndef IO_PASSWORDS_H
#define IO_PASSWORDS_H

#include <stdbool.h>

#include "base/str.h"
#include "io/loop.h"

#define PASSWORDS_WAITING_MOST 64
#define PASSWORDS_OF_ONE_MOST 8
#define PASSWORDS_KEPT_MOST 1000 /* right ones, and as many wrong ones */

enum password_answer {
	PASSWORD_RIGHT,
	PASSWORD_WRONG,
	PASSWORD_UNKNOWN, /* not asked yet (passwords_known), or the program ends (done) */
};

struct password_question {
	struct str user, password;
	const char *hash;
	bool never;       /* nobody has this name: it takes as long, and is wrong */
	struct str block; /* who asks (http_block): what has a few places in the line */
};

struct passwords;
struct passwords *passwords_new(struct loop *l);
void passwords_stop(
	struct passwords *p); /* who waits is told PASSWORD_UNKNOWN, nobody can ask any more; NULL is fine */
void passwords_free(struct passwords *p); /* likewise; the loop must not run after it */
enum password_answer passwords_known(struct passwords *p, const struct password_question *q);
/* Nothing is borrowed. `done` runs on the loop, never inside this call. False: too many wait already. */
bool passwords_ask(struct passwords *p, const struct password_question *q,
                   void (*done)(void *arg, enum password_answer answer), void *arg);

#endif
