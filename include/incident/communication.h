/*
 * What is said to those who wait for the end, not for the page: receivers with `audience: stakeholders`. They hear of the
 * opening of an incident of the two gravest severities (of any other once somebody writes an update), of each update that a
 * person writes, and of the end; reminders, acknowledgements and joining members are none of theirs.
 *
 * The words are the organisation's own: the templates of its index page or of catalog.yml, chosen by their names ("Incident
 * Notification", "Status Update", "Resolution Notice"), with what is known in place of their placeholders. What a
 * placeholder means follows from its words, or from those before the colon of its line: [USER_IMPACT], "ETA: [time]". What is
 * meant and not known yet is "to follow"; what nobody understands stays as it is; both are named. Pure.
 */
#ifndef INCIDENT_COMMUNICATION_H
#define INCIDENT_COMMUNICATION_H

#include "base/zone.h"
#include "catalog/facts.h"
#include "incident/incident.h"

#define COMMUNICATION_RANK 1         /* as grave as this, or graver: the opening is told without being asked */
#define COMMUNICATION_WORDS_MAX 1024 /* bytes of one thing that a person says */
#define COMMUNICATION_TEXT_MAX (16 * 1024)

enum communication { COMMUNICATION_OPENING, COMMUNICATION_UPDATE, COMMUNICATION_RESOLUTION };

struct communication_context {
	const struct facts *stated; /* of the catalog: its templates; may be NULL */
	struct str every;           /* what its severity says of communication: "every 30 minutes" */
	struct str external_url;    /* ours, without a '/' at its end */
	const struct zone *zone;    /* of times; NULL: UTC */
	int64_t now;
};

struct communication_text {
	struct str template_name; /* empty: our own */
	struct str title, text;   /* its first line, and what follows */
	struct strs missing;      /* placeholders that were not filled, as they are called */
};

/* "investigating", "identified", "fixing", "monitoring", "resolved"; NULL ends them. */
extern const char *const communication_statuses[];
/* Which of the three an update is: the one that says "resolved" is a resolution. */
enum communication communication_of(const struct incident_update *update);
void communication_write(struct arena *arena, const struct incident *inc, enum communication kind,
                         const struct communication_context *context, struct communication_text *out);

/* Takes what a person says into the record: what it leaves out stays as it was said before. Nobody is told yet. */
void communication_take(struct incident *inc, const struct incident_update *update, int64_t now);
/* …and all of policy->stakeholders are to be told of it. */
void communication_say(struct incident *inc, const struct incident_policy *policy, int64_t now);
/* Stakeholders who are to hear of the opening become receivers, after whatever has paged. */
void communication_join(struct incident *inc, const struct incident_policy *policy, int64_t now);

#endif
