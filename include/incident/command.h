/*
 * What people do by hand. Each returns NULL, or why it cannot be done ("already resolved"): then nothing was changed.
 */
#ifndef INCIDENT_COMMAND_H
#define INCIDENT_COMMAND_H

#include "incident/counts.h"
#include "incident/incident.h"

enum command { COMMAND_ACK, COMMAND_UNACK, COMMAND_RESOLVE, COMMAND_RETRY, COMMAND_NOTE /* a line of the timeline */ };
const char *command_name(enum command c);

struct command_args {
	struct str by, note; /* may be empty */
};
const char *incident_command(struct incident *inc, enum command c, const struct command_args *args,
                             const struct incident_policy *policy, int64_t now, struct counts *counts);

#endif
