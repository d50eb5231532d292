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
/*
 * The paths in it without `detail`, NULL-terminated, as templates know them (rules/template.h): "incident.key",
 * "incident.members.firing". Anything may be below the labels, the annotations and each delivery.
 */
extern const char *const incident_view_names[];
/* The parts of it that other views share: null for empty text or time 0; bytes that are no UTF-8, and NUL, become U+FFFD. */
json_t *view_text(struct str s);
json_t *view_time(int64_t ms);
json_t *view_duration(int64_t ms); /* "15m"; null for 0 */
json_t *view_labels(const struct labels *labels);
/* {"by", "at", "note"}, or null when nobody did. */
json_t *view_person(const struct incident_person *person);
/* started_at plus what the severity allows; 0 where it states nothing. */
int64_t incident_response_due(const struct incident *inc);
int64_t incident_resolution_due(const struct incident *inc);
/* When the next reminder is due; 0 while none will be. */
int64_t incident_repeat_due(const struct incident *inc);

#define MESSAGE_SUMMARY_MAX 1024 /* PagerDuty's limit, in bytes to be safe */

enum message_event { EVENT_TRIGGER, EVENT_UPDATE, EVENT_ACKNOWLEDGE, EVENT_RESOLVE };
const char *message_event_name(enum message_event e);

struct message {
	enum message_event event;
	char dedup_key[INCIDENT_PROVIDER_KEY_MAX]; /* provider key of the generation */
	unsigned attempt;
	bool echo;          /* the resolve that goes twice (WANT_ECHO): no repeat of the first. message_init() says no */
	struct str summary; /* one line, at most MESSAGE_SUMMARY_MAX bytes: [P1] what (n firing) */
	struct str severity, pagerduty_severity;
	struct str incident_url; /* external_url/runbooks/?incident=KEY; empty where no external URL is configured */
	struct str runbook_url, runbook_title; /* with ?incident=KEY where it is a page of ours */
	struct str generator_url;
	const struct incident *incident;
	json_t *view; /* incident_view(…, false); borrowed, lives as long as the message */
};

/* Fills `out`; bytes in `arena`, `out->view` is owned: message_release(). */
void message_init(struct message *out, struct arena *arena, const struct incident *inc, enum message_event event,
                  uint64_t generation, unsigned attempt, struct str external_url);
void message_release(struct message *m);

#endif
