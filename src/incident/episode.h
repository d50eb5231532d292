/*
 * Steps in an incident's life that incident_decide() is made of: opening, paging, going quiet. Private to incident/.
 */
#ifndef SRC_INCIDENT_EPISODE_H
#define SRC_INCIDENT_EPISODE_H

#include "base/time.h"
#include "incident/decide.h"

#define MEMBER_TOUCH TIME_DAY /* a membership is written anew so often, so that the store does not forget it */

/* A new episode begins, in which nothing has happened yet; by whom and about what is the caller's to say. */
void episode_begin(struct incident *inc, int64_t now);
/* A closed incident opens by this arrival: nobody is told yet. */
void episode_open(struct incident *inc, const struct arrival *a, int64_t now);
/* What a page would say is what this arrival says; it would begin at `started_at`. */
void episode_describe(struct incident *inc, const struct arrival *a, int64_t started_at);
/* What is said of the incident is what this arrival says of itself: summary, annotations, where it came from. */
void episode_speak(struct incident *inc, const struct arrival *a);
/* The page that begins says what this arrival says. `first`: no page of this episode was said before. */
void episode_take_page(struct incident *inc, const struct arrival *a, bool first);

/* Hours hold the page that begins: what is counted from it is counted from then. */
void episode_hold_page(struct incident *inc, const struct plan *plan, int64_t from);

/* The one place in which a generation starts: whoever waits is paged, now; what was paged before is over. */
void episode_page(struct incident *inc, int64_t now, const char *why);
/* The plan's receivers are told too, from generation `from` on. */
void episode_receivers(struct incident *inc, const struct plan *plan, uint64_t from, int64_t now);
/* True when a reminder was due: counts it. `why` is for the timeline. */
bool episode_remind(struct incident *inc, int64_t now, const char *why);

/* The sample says what the member has become; a new one is taken in while there is room. */
void episode_sample(struct incident *inc, const struct member *m, const struct labels *labels);
/* Beyond INCIDENT_SAMPLE_MAX: how many of the sample have recovered and may give way to members that fire and are not in it. */
size_t episode_sample_spare(const struct incident *inc);
/* One of them gives way to this member (where it speaks, one that fires, too). False where it is there, or nobody does. */
bool episode_sample_instead(struct incident *inc, const struct member *m, const struct labels *labels, bool speaks);
/* A transition between firing and quiet, for flap detection. */
void episode_changed(struct incident *inc, int64_t now);
/* How long a resolve that begins at `quiet_at` is held back. */
int64_t episode_hold(const struct incident *inc, const struct incident_policy *policy, int64_t quiet_at);
/* Nobody fires any more: it closes, or its resolve begins to be held back. */
void episode_go_quiet(struct incident *inc, const struct incident_policy *policy, int64_t now, const char *why,
                      struct counts *counts);
/* The rows in which nobody is left go, but for those that may hide members of a truncated body. */
void episode_drop_rows(struct incident *inc);
/*
 * Brings the incident to rest after any change of its rows: empty rows are dropped, a page for which nobody waits is
 * dropped, and where nobody is left it closes, or its resolve begins to be held back.
 */
void episode_settle(struct incident *inc, const struct incident_policy *policy, int64_t now, const char *why,
                    struct counts *counts);

/* A resolve of what this store, standing in for another, does not know: whoever the plan names may have been told, so he is
 * told that it is over. False when everybody certainly was. */
bool episode_resolve_unknown(struct incident *inc, const struct arrival *a, int64_t now);

void episode_count(struct incident *inc, const struct plan *plan, struct counts *counts, const char *what,
                   const char *detail);

#endif
