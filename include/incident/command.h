/*
 * What people do by hand. Each returns NULL, or why it cannot be done ("already resolved"): then nothing was changed.
 */
#ifndef INCIDENT_COMMAND_H
#define INCIDENT_COMMAND_H

#include "incident/counts.h"
#include "incident/incident.h"

enum command {
	COMMAND_ACK,
	COMMAND_UNACK,
	COMMAND_RESOLVE,
	COMMAND_RETRY,
	COMMAND_NOTE,    /* a line of the timeline */
	COMMAND_SILENCE, /* was silenced */
	COMMAND_UPDATE,
	COMMAND_FOLLOW_UP,
	COMMAND_APPROVE,
	COMMAND_FEEDBACK,
	COMMANDS
};
const char *command_name(enum command c);

struct command_args {
	struct str by, note;                  /* may be empty */
	const struct incident_update *update; /* COMMAND_UPDATE */
	struct str what;            /* COMMAND_FOLLOW_UP: the task; empty: all that are owed. COMMAND_FEEDBACK: a verdict */
	const struct facts *stated; /* likewise: of the catalog */
	int64_t episode;            /* likewise: when it began; 0: the only one after which something is owed */
	bool all_episodes;          /* likewise: after each */
};
/* What people may say of a runbook: "helped", "outdated", "missing"; NULL ends them. */
extern const char *const command_verdicts[];
const char *command_verdict(struct str said); /* one of them, whatever the case it is said in; NULL: none */
const char *incident_command(struct incident *inc, enum command c, const struct command_args *args,
                             const struct incident_policy *policy, int64_t now, struct counts *counts);

#endif
