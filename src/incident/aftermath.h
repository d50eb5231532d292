/*
 * What is kept of an episode once its incident has opened again: what may be owed after it. Private to incident/.
 */
#ifndef SRC_INCIDENT_AFTERMATH_H
#define SRC_INCIDENT_AFTERMATH_H

#include "incident/incident.h"

/* Of the episode that is over, before another begins. One that never paged, and a drill, owe nothing. */
void aftermath_keep(struct incident *inc);
/*
 * Adds one, with what was done of it; an episode that is known (by its start) takes in what it did not say. Where there is no
 * room the least grave, of these the oldest, yields: the same ones stay in whatever order they came.
 */
void aftermath_add(struct incident *inc, const struct incident_aftermath *one);
/* Among those done of one episode, by name; what came first counts. */
void aftermath_add_done(struct arena *arena, struct incident_aftermath *to, const struct incident_done *one);
/* The episode of this record as one that is over. Its list of what is done is the record's own. */
struct incident_aftermath aftermath_of(const struct incident *inc);

#endif
