/*
 * What providers tell of what people did there (receivers/callback.h), from the request to the incident.
 *
 * A request is taken when one of the secrets of the kind's receivers proves it; all of them are tried, whichever fits. What it
 * is about is the generation that its dedup key names, or the provider's own name for it. An event that was taken already is
 * not done again: this router remembers the last CALLBACKS_SEEN of them, and what a router does not remember changes nothing
 * that is so already.
 */
#ifndef SERVICE_CALLBACKS_H
#define SERVICE_CALLBACKS_H

#include "receivers/callback.h"
#include "service/router.h"

#define CALLBACKS_SEEN 4096
#define CALLBACKS_ANSWER_MS 2500 /* Slack and GoAlert wait 3 s, PagerDuty 5 s */

enum callback_outcome {
	CALLBACK_ACKNOWLEDGED,
	CALLBACK_UNACKNOWLEDGED,
	CALLBACK_RESOLVED,
	CALLBACK_NOTED,
	CALLBACK_IGNORED_NOTHING,   /* nothing is to be done about such an event */
	CALLBACK_IGNORED_UNCHANGED, /* it was so already */
	CALLBACK_IGNORED_OLD,       /* about an older page, or an incident that is over */
	CALLBACK_IGNORED_OWN,
	CALLBACK_IGNORED_REPEATED,
	CALLBACK_IGNORED_UNKNOWN, /* an event that is not known */
	CALLBACK_IGNORED_ABSENT,  /* about an incident that is not known */
	CALLBACK_REFUSED,         /* not proved */
	CALLBACK_REPLAYED,        /* proved, and too old, or sent twice where the provider sends once */
	CALLBACK_NONSENSE,        /* not what the provider documents */
	CALLBACK_FAILED,          /* the store cannot take it, or a secret cannot be read: try again */
	CALLBACK_OUTCOMES
};

const char *callback_outcome_name(enum callback_outcome outcome);
int callback_outcome_code(enum callback_outcome outcome);

struct callbacks;
struct callbacks *callbacks_new(struct router *r);
void callbacks_free(struct callbacks *c); /* NULL is fine; when nothing is under way any more (callbacks_pending()) */
size_t callbacks_pending(const struct callbacks *c);
/* Counters of the kinds that have a secret start at zero. */
void callbacks_touch_metrics(const struct router *r);

/* A kind that sends callbacks and of which a receiver has a secret for them; NULL: there is none. */
const struct receiver_kind *callbacks_kind(const struct config *c, struct str name);
/*
 * Takes a request of that kind, once: `request` and what it points to is not used after the call. `done` runs within
 * CALLBACKS_ANSWER_MS, maybe inside the call.
 */
void callbacks_take(struct callbacks *c, const struct receiver_kind *kind, const struct callback_request *request,
                    void (*done)(void *arg, enum callback_outcome outcome), void *arg);

#endif
