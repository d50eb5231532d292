/*
 * What holds for every incident between two changes. Each change asserts it at its end, on what our own functions have made;
 * a record that is read is checked first, and refused as damaged where one of these does not hold:
 *
 *   - the generation that has ended is not after the latest one
 *   - who is closed has no page in force and none that waits
 *   - an acknowledgement means a generation that there is, or the page that waits
 *   - a row's two marks differ and were handed out; no more wait in it than are counted in it; no group has two rows
 *   - no receiver stands there twice with one target; the generations that it was told of ascend. (They may be later than the incident's
 *     own: when the store has lost the write of a page that went out, its settle says so, and the page that is decided anew
 *     is known to have been told.)
 *   - what is due for a receiver is something that it is to be told
 *   - numbers and times are small enough to be added up, names of states are ones that we know
 */
#ifndef INCIDENT_INVARIANTS_H
#define INCIDENT_INVARIANTS_H

#include "incident/incident.h"

#define INCIDENT_NUMBER_MAX (INT64_C(1) << 53)

/* NULL: all of them hold; else the one that does not, in words. */
const char *incident_damage(const struct incident *inc);
/* Asserts all of them. */
void incident_holds(const struct incident *inc);

#endif
