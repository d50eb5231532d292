/*
 * What the commands about one incident share: where it is asked for, who asks, and what is said in the request's body.
 */
#ifndef CTL_INCIDENT_CALL_H
#define CTL_INCIDENT_CALL_H

#include "ctl/remote.h"

#define INCIDENT_PATH_MAX (64 * 1024) /* bytes of a path, and of a body */

/* /api/v1/incidents/KEY/VERB, for the caller to free; `verb` may be NULL. */
char *incident_path(const char *key, const char *verb);
/* --by, or whoever runs the command; NULL: nobody knows. */
const char *ctl_actor(const struct ctl *c);
/* The object as JSON text; false where it is NULL (words that are no UTF-8) or too long. Takes the reference. */
bool ctl_say(json_t *object, struct buf *body);
/* POST of such an object about one incident; data as of remote_call(). What is not UTF-8 was said. */
json_t *incident_post(struct ctl *c, const char *key, const char *verb, json_t *object);

#endif
