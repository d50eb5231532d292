/*
 * The two files of incident/communication.h.
 */
#ifndef INCIDENT_COMMUNICATION_IMPL_H
#define INCIDENT_COMMUNICATION_IMPL_H

#include "base/buf.h"
#include "incident/communication.h"
#include "incident/record.h"

#define COMMUNICATION_TO_FOLLOW "to follow"
#define COMMUNICATION_NO_TIME "as there is news" /* in place of "every [X] minutes" */

/* One of the words of `text` (letters and digits, any case) begins with one of `stems`, which NULL ends. */
bool communication_has(struct str text, const char *const *stems);
/* What a person said for a placeholder of this name, whatever its marks and case; NULL: nothing. */
const struct str *communication_said(const struct incident *inc, struct str name);
/* `body` with what is known in place of its placeholders; those that were not filled are added to `missing`. */
struct str communication_fill(struct arena *arena, const struct incident *inc, enum communication kind, struct str body,
                              const struct communication_context *context, struct strs *missing);

#endif
