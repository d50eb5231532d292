/*
 * A marked test page to one receiver, and its resolve: through the receiver's own templates, secrets, limits and network
 * settings, but without store and queue, so that nothing of it stays here.
 */
#ifndef SERVICE_RECEIVER_TEST_H
#define SERVICE_RECEIVER_TEST_H

#include "service/operate.h"

/*
 * `severity`: one of the catalog's; empty: the default. `done` runs once, perhaps inside this call. Its data:
 * {"receiver", "kind", "severity", "key", "messages": [{"event", "outcome": "delivered|retry|unknown|rejected|nothing",
 * "error", "answer": the error, else the status ("HTTP 202 Accepted"), "took_ms", "template_failed"}]}; a resolve is sent only after a page that may have arrived.
 */
void receiver_test(struct router *r, struct str name, struct str severity, operate_done *done, void *arg);

#endif
