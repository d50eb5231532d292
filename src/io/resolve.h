/*
 * Names to addresses without blocking the loop: getaddrinfo (so /etc/hosts and nsswitch count) on a thread of its own.
 */
#ifndef IO_RESOLVE_H
#define IO_RESOLVE_H

#include <stddef.h>

#include "base/str.h"
#include "io/loop.h"

#define RESOLVE_ADDRESSES_MAX 8
#define RESOLVE_ADDRESS_MAX 64

struct resolved {
	char addresses[RESOLVE_ADDRESSES_MAX][RESOLVE_ADDRESS_MAX]; /* numeric, in the resolver's order */
	size_t count;                                               /* 0: see `error` */
	const char *error;
};

struct resolve;
/* `done` runs once, on the loop, never inside this call. */
struct resolve *resolve_start(struct loop *l, struct str host, void (*done)(void *arg, const struct resolved *r),
                              void *arg);
/* `done` does not run any more; not from inside it. NULL is fine. */
void resolve_cancel(struct resolve *job);

#endif
