/*
 * The body of PagerDuty's Events API v2 (FACTS; INTERFACE section 7). Private to the receivers.
 */
#ifndef RECEIVERS_PAGERDUTY_EVENT_H
#define RECEIVERS_PAGERDUTY_EVENT_H

#include "request.h"

struct pagerduty_settings {
	struct str url, routing_key, routing_key_file, client, client_url, severity, webhook_secret, webhook_secret_file;
	struct request_key dedup_key;
};

/* The other events say the key alone: they are about what PagerDuty already knows. */
bool pagerduty_has_payload(enum message_event event);
/* Sets the body. False when the event cannot be made to fit. */
bool pagerduty_event(const struct receiver_build *in, const struct pagerduty_settings *s, struct receiver_request *out);

#endif
