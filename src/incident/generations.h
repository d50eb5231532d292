/*
 * What one receiver knows of each generation that still matters: a short ascending list inside struct delivery.
 */
#ifndef SRC_INCIDENT_GENERATIONS_H
#define SRC_INCIDENT_GENERATIONS_H

#include "incident/incident.h"

/* NULL when nothing is known of it. */
struct told_generation *generation_find(const struct delivery *d, uint64_t generation);
/* Finds or adds. Room is always found: want resolves older generations before it triggers a new one, so at most one is
 * unresolved; the others wait for their echo or were given up, of which the oldest yields. */
struct told_generation *generation_make(struct incident *inc, struct delivery *d, uint64_t generation);
/* Forgets what no longer matters; the latest stays for the reader. */
void generations_tidy(struct delivery *d);
bool generation_may_be_open(const struct told_generation *g);

#endif
