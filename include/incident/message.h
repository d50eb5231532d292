/*
 * What a page says, channel-neutral, and the incident's JSON for users (INTERFACE section 7). Pure.
 */
#ifndef INCIDENT_MESSAGE_H
#define INCIDENT_MESSAGE_H

#include <jansson.h>

#include "base/zone.h"
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
json_t *view_runbook(const struct incident *inc);    /* null where there is none */
json_t *view_escalation(const struct incident *inc); /* null where there is none */
/* "members" and the counters beside it become parts of `o`. */
void view_set_counts(json_t *o, const struct incident *inc);
/* started_at plus what the severity allows; 0 where it states nothing. */
int64_t incident_response_due(const struct incident *inc);
int64_t incident_resolution_due(const struct incident *inc);
/* When the next reminder is due; 0 while none will be. */
int64_t incident_repeat_due(const struct incident *inc);

/* What it is about now: the summary of its page, or its alert's name where that names a member that has recovered. */
struct str incident_summary(const struct incident *inc);
/* "NodeDown: node-1 is gone": the alert's name, unless the summary begins with it; never empty. In `arena`, or one of them. */
struct str incident_title(struct arena *arena, struct str alertname, struct str summary);
/* One line: control characters become blanks, a run of them one. At most `most` bytes, cut between characters. */
void message_add_line(struct buf *b, struct str s, size_t most);
/* Since when it fires: the oldest startsAt of the members that do (of all, once none does). 0: nothing is known. */
int64_t incident_firing_since(const struct incident *inc);

#define MESSAGE_SUMMARY_MAX 1024 /* PagerDuty's limit, in bytes to be safe */
#define MESSAGE_MEMBERS_MAX 10   /* named on a page; of the others it says how many */
#define MESSAGE_FACTS_MAX 16
#define MESSAGE_LINKS_MAX 8

enum message_event { EVENT_TRIGGER, EVENT_UPDATE, EVENT_ACKNOWLEDGE, EVENT_RESOLVE };
const char *message_event_name(enum message_event e);

/* One alert of the incident, by what tells it from the others: the labels that the members do not share. */
struct message_member {
	struct str name; /* "node-1:9100" where one label differs, else "instance=node-1:9100, device=sda" */
	const struct incident_sample *sample;
};

struct message_members {
	struct message_member v[MESSAGE_MEMBERS_MAX];
	size_t shown;
	uint64_t total; /* may be more than are shown */
};

/* A row of a page: "Owner", "payments (#payments)". One line, any bytes: each channel escapes for itself. */
struct message_fact {
	const char *name;
	struct str value;
};

/* http or https, without blanks, quotes, angle brackets and control characters. */
struct message_link {
	const char *name;
	struct str title; /* of the runbook; else empty */
	struct str url;
};

struct message {
	enum message_event event;
	char dedup_key[INCIDENT_PROVIDER_KEY_MAX]; /* provider key of the generation */
	unsigned attempt;
	bool echo;  /* the resolve that goes twice (WANT_ECHO): no repeat of the first. message_init() says no */
	bool taken; /* somebody has it: an acknowledgement, or an update after one */
	bool quiet; /* an update because members have come or gone: nobody is to be woken, no alarm rings a second time */
	bool
		digest; /* of many incidents (incident/digest.h): others may have gone under the same key, and said other things */
	struct str summary;  /* the title: one line, at most MESSAGE_SUMMARY_MAX bytes: [P1] name: what (where, n firing) */
	struct str headline; /* what this message is where it is no first page: "Acknowledged by ana: on it"; else empty */
	struct str description; /* of the alert's annotations; may have lines; empty when the summary says it all */
	struct str severity, pagerduty_severity;
	int severity_rank;
	struct message_members firing, recovered;
	int64_t since;
	struct message_fact facts[MESSAGE_FACTS_MAX];
	size_t fact_count;
	struct message_link links[MESSAGE_LINKS_MAX];
	size_t link_count;
	struct str incident_url;               /* external_url/incidents/KEY; empty where no external URL is configured */
	struct str runbook_url, runbook_title; /* with ?incident=KEY where it is a page of ours */
	struct str acknowledge_url;
	struct str generator_url;
	struct str role,
		role_contact; /* whom a step of the escalation means, and who that is; both empty: the page itself */
	const struct incident *incident;
};

/* What the record does not hold and a page says; what is not known stays zero. Borrowed during message_init(). */
struct message_context {
	struct str external_url;    /* ours, without a '/' at its end */
	struct str incident_url;    /* where it leads instead of the incident's own page (a digest has none) */
	struct str acknowledge_url; /* signed, for this incident */
	struct str alertmanager_url;
	const struct labels
		*source_labels;        /* added by us: Alertmanager does not know them, so a silence must not ask for them */
	struct str contact;        /* of the owner */
	struct str on_call;        /* who is, and how to reach them: "ana (@ana)" */
	struct str target;         /* the role of the escalation's step that this tells; empty: it is the page itself */
	struct str target_contact; /* who that is, where no receiver of theirs is told: "Dora, +49 …" */
	struct str rule_at;        /* "rules/10-platform.yml:12" */
	struct str budget;         /* of pages, that is used up: "payments: 20 pages in 7d, 20 allowed" */
	bool quiet, digest;        /* message.quiet, message.digest */
	bool key_only;             /* whoever is told reads the dedup key and nothing else: the rest stays empty */
	bool no_facts;             /* of the facts they are shown the page budget alone */
	const struct zone *zone;   /* times are the reader's; NULL: UTC */
};

/* Fills `out`; its bytes are in `arena`, or the incident's. */
void message_init(struct message *out, struct arena *arena, const struct incident *inc, enum message_event event,
                  uint64_t generation, unsigned attempt, const struct message_context *context);
/* In place of all that a page says: words of the organisation's own (incident/communication.h). */
void message_say(struct message *m, struct str title, struct str text);
/* Where it hurts: the value of the first of instance, node, host, … that all members share; empty when there is none. */
struct str message_place(const struct incident *inc);
/* The value of the fact of this name ("Owner"); empty where there is none. */
struct str message_fact(const struct message *m, const char *name);
/* NULL where there is none of this name: "Runbook", "Acknowledge", … */
const struct message_link *message_link(const struct message *m, const char *name);

#endif
