/*
 * Whom a delivery is for, where a step of the escalation made it (delivery.target): the role, and from the second step of
 * the path that names this role on, which of them it is. Each has a key of its own at the provider, so that each wakes.
 *
 * Example: path 5m lead, 10m manager, 15m lead: "lead", "manager", "lead\n2". Names of a step stand one a line, so no role
 * has a line break.
 */
#ifndef INCIDENT_TARGET_H
#define INCIDENT_TARGET_H

#include "incident/incident.h"

/* `turn` counts from 1. */
struct str step_target(struct arena *arena, struct str role, unsigned turn);
struct str step_target_role(struct str target);
unsigned step_target_turn(struct str target);
/* Of the page in force, a later step told this receiver for this role as well: that one reminds him. */
bool delivery_is_followed(const struct incident *inc, const struct delivery *d);
/* …an earlier step did. */
bool delivery_is_preceded(const struct incident *inc, const struct delivery *d);

#endif
