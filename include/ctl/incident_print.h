/*
 * Incidents for people, from the API's JSON: tables and fields on stdout. The documents are borrowed; `now` is the wall
 * clock in ms, against which ages are told. What a document lacks is left out.
 */
#ifndef CTL_INCIDENT_PRINT_H
#define CTL_INCIDENT_PRINT_H

#include <jansson.h>
#include <stdint.h>

void incident_print_list(const json_t *data, int64_t now);
/* A row for each dead letter, with the provider's last words. */
void incident_print_dead(const json_t *data, int64_t now);
void incident_print_one(const json_t *incident, int64_t now);

#endif
