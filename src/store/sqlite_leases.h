/*
 * The leases of a store that has one owner: in memory, since those of whoever had the file before are void whenever it is
 * opened. What was done to them in a transaction that fails is undone with it. Of the store's thread.
 */
#ifndef STORE_SQLITE_LEASES_H
#define STORE_SQLITE_LEASES_H

#include "store/store.h"

struct sqlite_lease {
	char claim[STORE_ID_MAX];
	int64_t until;
	uint64_t turn; /* in which order they were handed out */
	int lane;
	int64_t clock_at; /* in the place of an incident's clock: sqlite_queue.c's held clocks */
	bool touched;     /* a commit has made the pair due under this lease */
	bool settled;     /* or has seen to it that it is due no more: it has no row of `due` */
};

struct sqlite_leases;
struct sqlite_leases *sqlite_leases_new(void);
void sqlite_leases_free(struct sqlite_leases *l); /* NULL is fine */
/* NULL: there is none. Valid until the next change. */
const struct sqlite_lease *sqlite_leases_get(const struct sqlite_leases *l, struct str receiver, struct str key);
/* What it was before does not count. */
void sqlite_leases_set(struct sqlite_leases *l, struct str receiver, struct str key, const struct sqlite_lease *lease);
void sqlite_leases_drop(struct sqlite_leases *l, struct str receiver, struct str key);
/* Of whichever receiver. */
void sqlite_leases_forget(struct sqlite_leases *l, struct str key);
/* for (size_t at = 0; sqlite_leases_next(l, receiver, &at, &key, &lease);) while nothing is changed */
bool sqlite_leases_next(const struct sqlite_leases *l, struct str receiver, size_t *at, struct str *key,
                        const struct sqlite_lease **lease);
/* Each receiver that has, or had, some. */
bool sqlite_leases_receivers(const struct sqlite_leases *l, size_t *at, struct str *receiver);

/* A transaction begins: what was done before is done. */
void sqlite_leases_keep(struct sqlite_leases *l);
/* It failed. */
void sqlite_leases_undo(struct sqlite_leases *l);

#endif
