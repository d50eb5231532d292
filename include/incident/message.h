/*
 * What a page says, channel-neutral, and the incident's JSON for users (INTERFACE section 7). Pure.
 */
#ifndef INCIDENT_MESSAGE_H
#define INCIDENT_MESSAGE_H

#include <jansson.h>

#include "incident/incident.h"

/*
 * The shape of INTERFACE section 7 ("incidents"); with `detail` also member_list, previous and timeline ("show").
 * The caller owns the reference.
 */
json_t *incident_view(const struct incident *inc, bool detail);

enum message_event { EVENT_TRIGGER, EVENT_UPDATE, EVENT_ACKNOWLEDGE, EVENT_RESOLVE };
const char *message_event_name(enum message_event e);

struct message {
	enum message_event event;
	char dedup_key[INCIDENT_PROVIDER_KEY_MAX]; /* provider key of the generation */
	unsigned attempt;
	struct str summary;        /* one line, at most 1024 bytes: [P1] what (n firing) */
	struct str severity, pagerduty_severity;
	struct str incident_url;   /* external_url/api/v1/incidents/KEY; empty where no external URL is configured */
	struct str runbook_url, runbook_title;
	struct str generator_url;
	const struct incident *incident;
	json_t *view;              /* incident_view(…, false); borrowed, lives as long as the message */
};

/* Fills `out`; bytes in `arena`, `out->view` is owned: message_release(). */
void message_init(struct message *out, struct arena *arena, const struct incident *inc, enum message_event event,
                  uint64_t generation, unsigned attempt, struct str external_url);
void message_release(struct message *m);

#endif
