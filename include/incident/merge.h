/*
 * Two views of one incident that grew apart while two routers could not see the same store become one again: the *trunk*
 * (what the shared store has) and the *branch* (what one router decided on its own). Pure. No page that either side owes is
 * lost, and whatever either side told a provider is still known, so that it gets its resolve; what cannot be known (told by
 * one side, taken back by the other) is "maybe", which is told again.
 *
 * Rows: of each group the row that was heard of later; each named member stands where the later word of its group has it, or
 * is doubtful where that word lacks it, and has ended where one side knows its end, be it by absence after anything that the
 * other heard. Example: the trunk has counted two bodies without a by 20m, the branch heard of a at 12m: a has ended; at 21m:
 * a stands. Members that are not named are those the branch has never heard of: they stand as the trunk has it, and are
 * doubtful where the branch has heard later of their group.
 *
 * Where `members` names every member that either side counts, the merge is commutative (merging B into A says the same as
 * A into B) and idempotent; merging the result with one of its sources changes nothing (but for what a truncated body hides,
 * where one side has closed). It is associative in what matters (who fires, its numbers, what may be open at whose provider),
 * except for what people did by hand: a closing or an acknowledgement holds against a view that knows no more and yields to
 * one that has paged anew, so of three views it depends on which two meet first.
 *
 * Approximate: what is counted over all episodes (received, pages, …) is the larger of both, so that merging twice adds nothing.
 */
#ifndef INCIDENT_MERGE_H
#define INCIDENT_MERGE_H

#include "incident/incident.h"
#include "incident/member.h"

/* Of a heartbeat the latest beat counts: it is missed where neither side has heard of it since that side's page. */

struct merge_member {
	struct member trunk, branch; /* the same identity; found = false where that side knows nothing */
	struct member merged;        /* out */
};

/*
 * `trunk` becomes the merger, in place (bytes of `branch` are copied into its arena); `branch` may be NULL: then only
 * members change (one that left this incident elsewhere). Sets `merged` of every member: its key and episode are the
 * incident's, and its mark is of its row, when it fires here (or would, if the incident were not closed by hand). Deliveries are refreshed, due at `now` where their want is another one; `now` is the
 * shared store's clock. A member that fires in another open incident (`elsewhere[i]`, NULL: none do) keeps to that one, as
 * the trunk has it.
 */
void incident_merge(struct incident *trunk, const struct incident *branch, struct merge_member *members,
                    const bool *elsewhere, size_t count, int64_t now);

#endif
