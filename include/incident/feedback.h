/*
 * What somebody did about a page elsewhere: by its acknowledge link, or at the provider that was told. Unlike a command
 * (incident/command.h) it names the generation that it means, for it may arrive late: what is about an older page, or
 * about an incident that is over, changes nothing.
 *
 * A provider that shows by itself what was done there is not told it again: it counts as told. Only where nothing is in
 * doubt there (told_generation.maybe); else it is told like everybody else, which does no harm.
 */
#ifndef INCIDENT_FEEDBACK_H
#define INCIDENT_FEEDBACK_H

#include "incident/command.h"

enum feedback_verb { FEEDBACK_ACKNOWLEDGE, FEEDBACK_UNACKNOWLEDGE, FEEDBACK_RESOLVE, FEEDBACK_NOTE, FEEDBACK_REFER };

enum feedback_result {
	FEEDBACK_DONE,
	FEEDBACK_UNCHANGED, /* it was so already */
	FEEDBACK_OLD,       /* it is about a page that is no longer in force */
	FEEDBACK_OVER,      /* the incident is resolved */
	FEEDBACK_USED,      /* its link is from before somebody had it, which was taken back or has run out since */
};

struct feedback {
	enum feedback_verb verb;
	uint64_t generation;
	struct str receiver;   /* where it was done, and is shown already; empty: nowhere, everybody is told */
	const uint64_t *round; /* incident.ack_round when its link was made; NULL: it came by no link */
	struct str reference;  /* the provider's name for it, kept where none is known; empty: it says none */
	struct command_args args;
};

/* What an acknowledgement of that page would come to, were it given now. `round` as in struct feedback. */
enum feedback_result incident_feedback_expected(const struct incident *inc, uint64_t generation, const uint64_t *round);
/* Pure. `*changed`: the record is to be written. */
enum feedback_result incident_feedback(struct incident *inc, const struct feedback *f,
                                       const struct incident_policy *policy, int64_t now, struct counts *counts,
                                       bool *changed);

#endif
