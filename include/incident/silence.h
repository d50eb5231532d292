/*
 * Silences: what the Alertmanagers of an incident's source say of its alerts when they are asked (service/alertmanagers.h),
 * and what follows from it. A webhook never says that an alert was silenced; so before the incident's own clock does what
 * wakes somebody or ends something (a step of the escalation, a page that waited, the expiry of a row) they are asked, and
 * once in a while of an incident that nothing is heard of.
 *
 * Silenced: nothing is done, and asked again soon; what was due is done when the silence is over, if it still fires.
 * Gone (none of its alerts is listed any more): nothing is done either; said twice, late_grace apart, the incident is over. Only
 * of an incident of which they listed an alert before, which is looked at a minute after it began: whom they never knew, because
 * somebody else sends by their source or an address is wrong, is not gone.
 * Firing, or nobody can tell: what is due is done. Pure.
 *
 * Example: path 0m on-call, 15m lead; opened 03:00, silenced 03:05 until 04:00: asked at 03:15, the lead is not told; told at
 * 04:00 (and SILENCE_AGAIN_MS at most) if it fires then.
 *
 * Reminders need no question: they come with a webhook, and what Alertmanager sends is not silenced.
 */
#ifndef INCIDENT_SILENCE_H
#define INCIDENT_SILENCE_H

#include "alert/listing.h"
#include "incident/incident.h"

#define SILENCE_AGAIN_MS (30 * TIME_SECOND) /* or late_grace, where that is shorter */

enum silence_answer { SILENCE_CANNOT_TELL, SILENCE_FIRES, SILENCE_SILENCED, SILENCE_GONE };
const char *silence_answer_name(enum silence_answer answer);

struct silence_said {
	enum silence_answer answer;
	struct str by;   /* what silences it, for people */
	uint64_t roster; /* incident_roster() of when they were asked: of others nothing was said */
};

/* Its source has Alertmanagers that can be asked. */
bool silence_may_ask(const struct incident *inc, const struct incident_policy *policy);
/* They could be asked, and were not: what wakes somebody waits for the answer. */
bool silence_is_unasked(const struct incident *inc, const struct incident_policy *policy);
/* When they are asked next though nothing is due, because nothing is heard of it; 0: they are not. */
int64_t silence_check_due(const struct incident *inc, const struct incident_policy *policy);
/* The clock is about to do what they are asked about. */
bool silence_is_asked(const struct incident *inc, const struct incident_policy *policy, int64_t now);

/* What several Alertmanagers (peers) list of it. `exact`: each that is configured answered, and no label was made up here. */
struct silence_said silence_judge(const struct incident *inc, const struct alert_list *listings, size_t count,
                                  bool exact);

/* Takes the answer of policy->said to the record, if there is one. True: its alerts are gone for good. */
bool silence_hear(struct incident *inc, const struct incident_policy *policy, int64_t now);
/* What holds back until policy->said changes: a page, a step, an expiry. */
bool silence_holds(const struct incident *inc, int64_t now);
/* Alertmanager has taken a silence of it, `by` for people: so it is silenced until it says otherwise. */
void silence_made(struct incident *inc, const struct incident_policy *policy, struct str by, int64_t now);
/* A webhook lists it as firing: Alertmanager does not silence it. */
void silence_lift(struct incident *inc, int64_t now);

/*
 * What a silence of this incident says in Alertmanager, where the source rewrites labels and nobody can tell from here what
 * they were: the labels, as they are there, that all listed alerts share which have the incident's labels here. NULL with
 * `out` set; else why not: none of its alerts is listed, they share nothing there that tells them from others in the lists.
 */
const char *silence_original(const struct incident *inc, const struct alert_list *lists, size_t count,
                             struct arena *arena, struct labels *out);

#endif
