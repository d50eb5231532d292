/*
 * Who takes over where a receiver does not take a page. Private to incident/.
 */
#ifndef SRC_INCIDENT_FALLBACK_H
#define SRC_INCIDENT_FALLBACK_H

#include "incident/incident.h"

/* Whoever its terms name is told too: once a generation. */
void fallback_take_over(struct incident *inc, struct delivery *d, const struct incident_policy *policy, int64_t now);

#endif
