/*
 * From a webhook body to durable decisions: parse, evaluate, load, group by incident key, decide, commit. The answer
 * comes after every commit. Counts received and decided alerts together, when the answer is 200.
 *
 * A body of any size: the work is done in slices of INTAKE_SLICE_MS, between which the loop turns, and the webhooks in hand
 * take turns. One is held with twice its bytes and about 2.5 KiB an alert; so of INTAKE_BYTES_MAX in hand only
 * INTAKE_WORKING_BYTES of small and of large ones are worked on at one time (an alert counts as INTAKE_ALERT_BYTES at least),
 * or one that is larger; the others wait as they came.
 */
#ifndef SERVICE_INTAKE_H
#define SERVICE_INTAKE_H

#include "alert/webhook.h"
#include "incident/decide.h"
#include "lint/label_names.h"
#include "service/router.h"

#define INTAKE_SLICE_MS 8
#define INTAKE_REQUESTS_MAX 10000 /* webhooks in hand. Beyond, the sender is told to try again */
#define INTAKE_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define INTAKE_WORKING_BYTES ((size_t)16 * 1024 * 1024)
#define INTAKE_ALERT_BYTES 160 /* a real one has more */

/* What became of one alert of a body. */
struct intake_decided {
	struct str key;
	enum verdict verdict;
	enum reason reason;
};

struct intake_result {
	int code;          /* 200, 400 (can never be accepted), 503 (try again) */
	const char *error; /* short, for the sender's log; "" with 200 */
	struct str
		data; /* 200: {"received", "decisions": […]} of INTERFACE section 7 as JSON; borrowed during the callback */
	const struct intake_decided
		*decided; /* intake_planned(): one for each alert, instead of `data`; borrowed likewise */
};

struct intake *intake_new(struct router *r);
void intake_free(struct intake *in);
/*
 * `source` is "" without one; a source that the configuration does not name is taken all the same (its name is its
 * identity), unless it is not [A-Za-z0-9_.-]{1,64}: 400. `body` is copied. The callback never runs inside this call.
 */
void intake_webhook(struct intake *in, struct str source, struct str body,
                    void (*done)(void *arg, const struct intake_result *result), void *arg);
/*
 * A body that was read and planned elsewhere: a replay does so once for several routers. `plans` has one for each alert of
 * `hook`; all is borrowed until loop_run() returns after the callback. It is worked on without slices.
 */
void intake_planned(struct intake *in, struct str source, const struct webhook *hook, struct plan *const *plans,
                    void (*done)(void *arg, const struct intake_result *result), void *arg);
size_t intake_pending(const struct intake *in);
/*
 * Labels that the rules in force name and none of the alerts had that came since the start, where one of theirs is nearly so
 * (lint/label_names.h); none before ten alerts have come. Rules are borrowed until the next reload, the rest is in `arena`.
 */
size_t intake_unseen_labels(const struct intake *in, struct arena *arena, const struct unseen_label **out);

#endif
