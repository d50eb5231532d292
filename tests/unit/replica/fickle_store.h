/*
 * A store in memory whose clock runs, and that goes away in the ways a server does: refusing, silent, or having done what
 * it never answered.
 */
#ifndef TESTS_FICKLE_STORE_H
#define TESTS_FICKLE_STORE_H

#include "io/loop.h"
#include "store/store.h"

struct store *fickle_open(struct loop *l);
/* Its health is down from now on, and verbs are refused. */
void fickle_down(struct store *s);
/* Verbs are taken and not answered. */
void fickle_freeze(struct store *s);
/* The same from its next commit, or tally, on, when it is up. */
void fickle_freeze_at_commit(struct store *s);
void fickle_freeze_at_tally(struct store *s);
/* Those are answered STORE_UNKNOWN, after they were done (or not); then it is down. */
void fickle_lose(struct store *s, bool done);
void fickle_up(struct store *s);
/* Whether verbs were taken and not answered; and they are, STORE_UNKNOWN, whatever it is by now. */
bool fickle_holds(struct store *s);
void fickle_give_up(struct store *s);
/* What the server had is gone, as when it comes back without its disk. */
void fickle_forget_all(struct store *s);
/* As in a failover that loses writes: recall makes it again what it was when remember was called. */
void fickle_remember(struct store *s);
void fickle_recall(struct store *s);

#endif
