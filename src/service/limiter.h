/*
 * At most one log line per `every_ms` of the same kind: what a failing receiver says once need not fill the disk.
 */
#ifndef SERVICE_LIMITER_H
#define SERVICE_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

struct limiter {
	int64_t next; /* monotonic */
	uint64_t kept_back;
};

/* True: write the line now; `kept_back` says how many were not written since the last one. */
static inline bool limiter_pass(struct limiter *l, int64_t now, int64_t every_ms, uint64_t *kept_back)
{
	if (now < l->next) {
		l->kept_back++;
		return false;
	}
	*kept_back = l->kept_back;
	*l = (struct limiter){.next = now + every_ms};
	return true;
}

#endif
