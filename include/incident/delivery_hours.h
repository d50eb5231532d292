/*
 * A receiver's own hours (active:, mute: of a receiver): a page, a reminder or an update that is due outside of them waits
 * until they open, and is told then if it still holds. An acknowledgement and the end are told at once: they wake nobody, and
 * a provider that does not hear of them pages on.
 *
 * Example: chat is active from 09:00 to 17:00. a fires at 08:00: it is due there at 09:00. It resolves at 08:30: chat is told
 * nothing. b fires at 16:00 and resolves at 18:00: chat is told both, at once. c fires at 08:00, and somebody acknowledges
 * it at 08:10: chat is told at 09:00 or later, once nobody has it any more.
 */
#ifndef INCIDENT_DELIVERY_HOURS_H
#define INCIDENT_DELIVERY_HOURS_H

#include "incident/incident.h"

/* `d` is due: true where it waits for its receiver's hours instead, which the timeline says. */
bool delivery_hold(struct incident *inc, struct delivery *d, const struct incident_policy *policy, int64_t now);
/* Who waits for hours waits for those of now: true where somebody is due at another time than before. */
bool deliveries_hold_anew(struct incident *inc, const struct incident_policy *policy, int64_t now);
/* Nobody has it any more: who waits is due, and delivery_hold() looks again. */
void deliveries_released(struct incident *inc, int64_t now);

#endif
