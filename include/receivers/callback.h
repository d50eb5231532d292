/*
 * What providers tell of what people did there: webhooks of PagerDuty, Opsgenie and GoAlert, buttons in Slack. A kind that
 * sends such has a struct receiver_callback, in a file beside its own: who may send it, and a table of its events. Pure.
 */
#ifndef RECEIVERS_CALLBACK_H
#define RECEIVERS_CALLBACK_H

#include "base/mem.h"
#include "base/str.h"

#define CALLBACK_BODY_MAX (256 * 1024) /* PagerDuty's are at most so large, the others' smaller */

struct callback_request {
	struct arena *arena;
	struct str body;
	struct str token;                                  /* ?token= of the URL; empty: none */
	struct str (*header)(void *arg, const char *name); /* empty when absent */
	void *arg;
	int64_t now_ms;
};

enum callback_what {
	CALLBACK_NOTHING, /* known, and nothing is to be done */
	CALLBACK_ACKNOWLEDGE,
	CALLBACK_UNACKNOWLEDGE,
	CALLBACK_RESOLVE,
	CALLBACK_NOTE,
	CALLBACK_REFER, /* the provider's name for what it was told is kept */
};

enum callback_reading {
	CALLBACK_READ,
	CALLBACK_OWN,       /* we did it ourselves */
	CALLBACK_UNKNOWN,   /* an event that the table does not have */
	CALLBACK_MALFORMED, /* not what the provider documents */
	CALLBACK_TOO_OLD,   /* longer ago than the provider repeats it */
};

struct callback_event {
	enum callback_what what;
	struct str key;       /* the dedup key that we gave; empty: the event does not say it */
	struct str reference; /* the provider's own name of it; empty: none */
	struct str by, note;
	struct str id; /* the same for each time that the event is sent; empty: it has none */
};

struct receiver_callback {
	const char *secret; /* the option that holds it; several, one a line */
	bool shows;         /* the provider shows by itself what was done there */
	bool once;          /* it never sends an event twice: the second time it is somebody else */
	bool silent;        /* a body in the answer would be taken for something */
	/* As long a work whether it fits or not. */
	bool (*authentic)(const struct callback_request *r, struct str secret);
	/* Of an authentic one. `out` is zero, and set where it is CALLBACK_READ. */
	enum callback_reading (*read)(const struct callback_request *r, struct callback_event *out);
};

#endif
