/*
 * What the record of an incident does not hold and a message says: how to reach its owner, who is on call, where its rule
 * stands, where its alerts are silenced. By the configuration, at the moment.
 */
#ifndef SERVICE_ABOUT_H
#define SERVICE_ABOUT_H

#include "base/mem.h"
#include "catalog/reach.h"
#include "config/config.h"
#include "incident/message.h"

/* Bytes are the configuration's, or in `arena`. What is a receiver's or a page's own stays as it was, empty or not; times are
 * in the configuration's zone. Where nobody reads facts (no_facts), what is for them alone is left out. */
void about_incident(const struct config *c, struct arena *arena, const struct incident *inc,
                    struct message_context *out);
/* "ana (@ana)" */
struct str about_reached(struct arena *arena, const struct reached *reached);

#endif
