/*
 * From a webhook body to durable decisions: parse, evaluate, load, group by incident key, decide, commit. The answer
 * comes after every commit. Counts received and decided alerts together, when the answer is 200.
 */
#ifndef SERVICE_INTAKE_H
#define SERVICE_INTAKE_H

#include <jansson.h>

#include "service/router.h"

struct intake_result {
	int code;          /* 200, 400 (can never be accepted), 503 (try again) */
	const char *error; /* short, for the sender's log; "" with 200 */
	json_t *data;      /* 200: {"received", "decisions": […]} of INTERFACE section 7; borrowed during the callback */
};

struct intake *intake_new(struct router *r);
void intake_free(struct intake *in);
/*
 * `source` is "" without one; a source that the configuration does not name is taken all the same (its name is its
 * identity), unless it is not [A-Za-z0-9_.-]{1,64}: 400. `body` is copied. The callback never runs inside this call.
 */
void intake_webhook(struct intake *in, struct str source, struct str body,
                    void (*done)(void *arg, const struct intake_result *result), void *arg);
size_t intake_pending(const struct intake *in);

#endif
