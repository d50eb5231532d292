/*
 * runbookd's own sign of life: pings `heartbeat.url` every `heartbeat.every` while it can take in and deliver. Whoever
 * listens there pages when the pings stay away, which no page of ours could say.
 *
 * It can, while
 *   - /-/ready is 200 (router_unready()): it is not shutting down, and the store takes writes; and
 *   - each receiver delivers (dispatcher_stuck()): none of them has had something due for delivery.fallback_after or longer,
 *     or failed with every attempt for so long and still owes something.
 * Otherwise it is silent, says once why, and looks again within HEARTBEAT_AGAIN_MS. A ping that fails is a warning, and is
 * repeated as soon. Nothing here waits: one request is under way at most.
 */
#ifndef SERVICE_HEARTBEAT_H
#define SERVICE_HEARTBEAT_H

#include <jansson.h>

#include "service/router.h"

#define HEARTBEAT_AGAIN_MS 5000 /* or `every`, where that is shorter */

struct heartbeat *heartbeat_new(struct router *r);
void heartbeat_free(struct heartbeat *h); /* NULL is fine; a ping under way is cancelled */
/* The router's configuration changed. */
void heartbeat_reconfigure(struct heartbeat *h);
/* {"every", "silent_because", "last_ok_at"} for status; null where none is configured. The caller owns the reference. */
json_t *heartbeat_status(const struct heartbeat *h);

#endif
