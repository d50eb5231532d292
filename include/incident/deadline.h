/*
 * What a severity promises: somebody acknowledges within its response time, it is over within its resolution time, both
 * counted from when the incident began, or from when its page was due where hours held that. A deadline that passes is an event of the timeline and counted, once.
 */
#ifndef INCIDENT_DEADLINE_H
#define INCIDENT_DEADLINE_H

#include "incident/incident.h"

/* Since when its deadlines run. */
int64_t incident_promises_from(const struct incident *inc);
/* When somebody acknowledged it first in this episode, be it taken back since; 0: nobody did. */
int64_t incident_responded_at(const struct incident *inc);
/* The next deadline that may be missed; 0: none. */
int64_t incident_deadline(const struct incident *inc);
/* True when it has just been missed: it is written down. */
bool deadline_response_missed(struct incident *inc, int64_t now);
bool deadline_resolution_missed(struct incident *inc, int64_t now);

#endif
