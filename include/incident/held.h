/*
 * A page that waits while its hours are shut (active:, mute:). What holds it is what the configuration of now says of whoever
 * waits, not what was said when they came: it is looked up whenever they come again, before the page is told, and once after
 * the configuration has changed. Of members beyond the sample the labels are not known: by the intervals that their plans named,
 * as these are now.
 *
 * Example: a fires at 02:00, `mute: [night]` ends at 06:00: due at 06:00, held from 02:00. A reload at 03:00 lets night end at
 * 05:00: due at 05:00; without `mute` it is due at once. A reload that lets night end at 07:00: due at 07:00.
 */
#ifndef INCIDENT_HELD_H
#define INCIDENT_HELD_H

#include "incident/incident.h"

struct plan;

/* incident.held_by where it would be too long, or two routers knew others. */
#define HELD_BY_UNKNOWN "?\x1e"

/* Somebody begins to wait for a page that would be told at `due`, but his hours open at `open`: the first of all counts. */
void held_wait(struct incident *inc, int64_t due, int64_t open);
/* …and by which hours, for when he is looked for later and is not sampled. Before he is counted among who waits. */
void held_note(struct incident *inc, const struct plan *plan);
/*
 * When the page is told, by the rules and hours of now: true where that is another time than the one written down. Whose rules
 * page no more is not told: a body that lists him says so, and until then an hour later is looked again. Nothing without
 * policy->rules.
 */
bool held_look(struct incident *inc, const struct incident_policy *policy, int64_t now);
/* The incident's clock, or a receiver's, would be another by the hours of now: its page's, a step's, the receiver's. `inc` is changed, and thrown away. */
bool held_differs(struct incident *inc, const struct incident_policy *policy, int64_t now);

#endif
