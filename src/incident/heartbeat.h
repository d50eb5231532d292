/*
 * The dead man's switch: an alert that must keep coming, and whose absence pages. Private to incident/.
 *
 * One incident is one watch. While beats come it is closed, with a clock; each of them says anew what a page would say and
 * whom it would tell. When none has come for `every` it opens and pages; the next beat closes it (or begins its
 * resolve_hold: a beat missed within that is flapping). Its members stick to it while it is watched, open or not; one whose
 * plan means another incident by now leaves, and the watch ends until somebody else beats here.
 */
#ifndef SRC_INCIDENT_HEARTBEAT_H
#define SRC_INCIDENT_HEARTBEAT_H

#include "incident/decide.h"

/* The arrival's plan and the incident that its member is in disagree on whether, or where, it is watched. */
bool heartbeat_leaves(const struct incident *inc, const struct arrival *a);
/* Ends the membership here, and with it the watch or what was open: the arrival is to be decided again where its plan says. */
void heartbeat_leave(struct incident *inc, const struct arrival *a, const struct incident_policy *policy, int64_t now,
                     struct decision *d, struct counts *counts);

/* It is about a watch: a beat, or the resolve of one, which says nothing (only that no more beats come counts). */
bool heartbeat_takes(const struct incident *inc, const struct arrival *a);
enum reason heartbeat_decide(struct incident *inc, const struct arrival *a, const struct incident_policy *policy,
                             int64_t now, struct decision *d, struct counts *counts);

/* For incident_tick(): each is true when it happened. */
bool heartbeat_miss(struct incident *inc, const struct incident_policy *policy, int64_t now, struct counts *counts);
bool heartbeat_remind(struct incident *inc, int64_t now, struct counts *counts);

#endif
