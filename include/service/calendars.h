/*
 * Calendars that are polled from URLs: asked every `poll`, with the ETag of what is known. What could be read is in force at
 * once and kept as a copy beside the store's file; whatever else comes (no answer, an error, HTML, 40 MB) changes nothing,
 * is said once in the log and seen in metrics, status and lint, and is asked again within CALENDARS_AGAIN_MS.
 */
#ifndef SERVICE_CALENDARS_H
#define SERVICE_CALENDARS_H

#include "service/router.h"

#define CALENDARS_AGAIN_MS (60 * 1000) /* or `poll`, where that is shorter */

struct calendars *calendars_new(struct router *r);
void calendars_free(struct calendars *c); /* NULL is fine; requests under way are cancelled */
/* The router's configuration has changed; the old one is still there. */
void calendars_reconfigure(struct calendars *c);

#endif
