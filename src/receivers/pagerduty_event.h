/*
 * The body of PagerDuty's Events API v2 (FACTS; INTERFACE section 7). Private to the receivers.
 */
#ifndef RECEIVERS_PAGERDUTY_EVENT_H
#define RECEIVERS_PAGERDUTY_EVENT_H

#include "request.h"

struct pagerduty_settings {
	struct str url, routing_key, routing_key_file, client, client_url;
};

/* False when the event cannot be made to fit. */
bool pagerduty_event(const struct message *m, const struct pagerduty_settings *s, struct str routing_key,
                     struct arena *arena, struct str *out);

#endif
