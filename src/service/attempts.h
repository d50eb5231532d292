/*
 * Attempts that begin with the commit which makes them due: the same durable write carries page, claim and attempt, so that
 * one stands between a webhook and its page. Only where the receiver can be sent to at this moment; else the page waits in
 * the queue, and the outlet claims it when it can.
 *
 *     attempts_begin() -> the commit takes their leases (store_commit.must_lease) -> attempts_send(), or attempts_drop()
 *
 * Beside the claim (outlet.c, job.c) this changes nothing of the five rules: the attempt is on record before it is sent, the
 * lease is the store's word, and whoever crashes in between leaves "maybe told" under a lease that runs out.
 */
#ifndef SERVICE_ATTEMPTS_H
#define SERVICE_ATTEMPTS_H

#include "service/router.h"

struct incident;
struct job;

/* Begins what is due now, in `inc`. NULL: nothing. `asked_mono`: a monotonic time at which it was not later than `now`. */
struct job *attempts_begin(struct router *r, struct incident *inc, int64_t now, int64_t asked_mono, const char *claim);
/* The leases that the commit is to take. */
size_t attempts_leases(const struct job *first, struct arena *arena, const struct store_lease **out);
/* The commit was made: of `inc`. */
void attempts_send(struct job *first, const struct incident *inc);
/* It was not, or nobody knows. */
void attempts_drop(struct job *first);

#endif
