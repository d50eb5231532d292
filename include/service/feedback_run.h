/*
 * Feedback about one incident (incident/feedback.h), applied to its record in the store.
 */
#ifndef SERVICE_FEEDBACK_RUN_H
#define SERVICE_FEEDBACK_RUN_H

#include "incident/feedback.h"
#include "service/router.h"

struct feedback_answer {
	enum { FEEDBACK_APPLIED, FEEDBACK_ABSENT /* no such incident */, FEEDBACK_UNAVAILABLE /* try again */ } what;
	enum feedback_result result; /* FEEDBACK_APPLIED */
	const struct incident *inc;  /* the same: as it is now. Valid during the callback */
};

/* Everything in `f`, and `key` (a whole one), is copied. The callback never runs inside the call. */
void feedback_run(struct router *r, struct str key, const struct feedback *f,
                  void (*done)(void *arg, const struct feedback_answer *answer), void *arg);

#endif
