/*
 * Passwords against bcrypt hashes (libcrypt), on a thread of its own: one takes tens of milliseconds. What was found out
 * is remembered, right and wrong, under a keyed hash, so that a known client costs nothing. The others wait in a line
 * (io/password_line.h) in which a flood of guesses keeps nobody else out.
 */
#ifndef IO_PASSWORDS_H
#define IO_PASSWORDS_H

#include <stdbool.h>

#include "base/str.h"
#include "io/loop.h"

#define PASSWORDS_KEPT_MOST 1000 /* right ones, as many wrong ones, and addresses from which somebody was right */

enum password_answer {
	PASSWORD_RIGHT,
	PASSWORD_WRONG,
	PASSWORD_UNKNOWN, /* not asked yet (passwords_known), or the program ends (done) */
	PASSWORD_CROWDED, /* too many wait, and it is this one that gave way (done) */
};

struct password_question {
	struct str user, password;
	const char *hash;
	bool never;       /* nobody has this name: it takes as long, and is wrong */
	int most;         /* the greatest cost of all hashes: so long each takes; 0: as its own */
	struct str block; /* who asks (http_block): who holds places in the line is told apart by it */
};

/* How often bcrypt works for this hash, as a power of two; 0: it is none of bcrypt's. */
int password_cost(const char *hash);

struct passwords;
struct passwords *passwords_new(struct loop *l);
void passwords_stop(
	struct passwords *p); /* who waits is told PASSWORD_UNKNOWN, nobody can ask any more; NULL is fine */
void passwords_free(struct passwords *p); /* likewise; the loop must not run after it */
enum password_answer passwords_known(struct passwords *p, const struct password_question *q);
/* Nothing is borrowed. `done` runs once, on the loop, never inside this call. False: the program ends. */
bool passwords_ask(struct passwords *p, const struct password_question *q,
                   void (*done)(void *arg, enum password_answer answer), void *arg);

#endif
