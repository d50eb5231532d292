/*
 * What the files of incident/ need of the record's bytes. Private to incident/.
 */
#ifndef SRC_INCIDENT_RECORD_H
#define SRC_INCIDENT_RECORD_H

#include "incident/incident.h"

/* A record of its own: no byte is shared with `inc`, and nothing is cut. */
struct incident *incident_copy(struct arena *arena, const struct incident *inc);
/* JSON of format 1. */
struct incident *record_read_old(struct arena *arena, struct str text, struct err *err);

#endif
