/*
 * Finds the open incident of which a provider told us its own name for it: an alert's number, or what a template of ours
 * made of the dedup key. There is no index of them: events that name nothing else are rare, and come from whom we know.
 */
#ifndef SERVICE_REFERENCE_FIND_H
#define SERVICE_REFERENCE_FIND_H

#include "service/router.h"

#define REFERENCE_PAGE 200
#define REFERENCE_PAGES_MAX 100 /* so many pages of open incidents are looked through, newest first */

struct reference_found {
	bool found, unavailable; /* neither: it is not among the open ones */
	struct str key;          /* with `found`, as the generation and the receiver; valid during the callback */
	uint64_t generation;
	struct str receiver; /* empty: it is of a role's page, not of the incident's own */
};

/* `receivers`: whose names they may be. Both are copied. The callback never runs inside the call. */
void reference_find(struct router *r, const struct strs *receivers, struct str reference,
                    void (*done)(void *arg, const struct reference_found *found), void *arg);

#endif
