/*
 * Steps in an incident's life that incident_decide() is made of: opening, paging, joining, leaving. Private to incident/.
 */
#ifndef SRC_INCIDENT_EPISODE_H
#define SRC_INCIDENT_EPISODE_H

#include "base/time.h"
#include "incident/decide.h"

#define MEMBER_TOUCH TIME_DAY /* a membership is written anew so often, so that the store does not forget it */

/* A new episode and generation begin, in which nothing has happened yet; by whom and about what is the caller's to say. */
void episode_begin(struct incident *inc, int64_t now);
/* What a page would say is what this arrival says; it would begin at `started_at`. */
void episode_describe(struct incident *inc, const struct arrival *a, int64_t started_at);
/* A closed incident opens: a new episode and generation, nobody told yet (PAGING_QUIET), no members. */
void episode_open(struct incident *inc, const struct arrival *a, int64_t now);
/* The opened episode pages (after the plan's page_after). `what` is for the timeline. */
void episode_page_opened(struct incident *inc, const struct arrival *a, int64_t now, const char *what);
/* A new generation within the episode pages: severity_raised, reopened. Clears the acknowledgement. */
void episode_page(struct incident *inc, const struct arrival *a, int64_t now, const char *what);
/* An episode that was quiet so far (page: false) pages after all. */
enum reason episode_page_first(struct incident *inc, const struct arrival *a, int64_t now);
/* A late firing: pages only if it still fires after late_grace. */
enum reason episode_defer_late(struct incident *inc, const struct arrival *a, const struct incident_policy *policy,
                               int64_t now);
/* A member with a shorter page_after brings a deferred page forward. */
void episode_hasten(struct incident *inc, const struct plan *plan, int64_t now);
/* The plan's receivers are told too. */
void episode_receivers(struct incident *inc, const struct plan *plan, int64_t now);
/* True when a reminder was due: counts it. `why` is for the timeline. */
bool episode_remind(struct incident *inc, int64_t now, const char *why);

void episode_join(struct incident *inc, const struct arrival *a);
void episode_leave(struct incident *inc, const struct arrival *a, int64_t ends_at);
void episode_began_later(struct incident *inc, const struct arrival *a);
/* A transition between firing and quiet, for flap detection. */
void episode_changed(struct incident *inc, int64_t now);
/* Nobody fires any more: closes, or holds the resolve back. */
enum reason episode_last_left(struct incident *inc, const struct incident_policy *policy, int64_t now,
                              struct counts *counts);

/* A resolve of what this store, standing in for another, does not know: whoever the plan names may have been told, so he is
 * told that it is over. False when everybody certainly was. */
bool episode_resolve_unknown(struct incident *inc, const struct arrival *a, int64_t now);

void episode_count(struct incident *inc, const struct plan *plan, struct counts *counts, const char *what,
                   const char *detail);

#endif
