/*
 * Finds one incident by what a person typed: its whole key, or a prefix of at least LOOKUP_PREFIX_LEAST digits that only
 * one open incident has.
 */
#ifndef SERVICE_LOOKUP_H
#define SERVICE_LOOKUP_H

#include "service/operate.h"

#define LOOKUP_PREFIX_LEAST 6

struct lookup_result {
	enum operate_result result;
	const char *error;
	const struct incident *inc; /* OPERATE_OK; valid during the callback */
};

/* `key` is copied. The callback never runs inside the call. */
void lookup_incident(struct router *r, struct str key, void (*done)(void *arg, const struct lookup_result *found),
                     void *arg);

#endif
