/*
 * What a change of rules would do to the incidents that are open now. Each of their members that is known by its labels comes
 * once more, to two routers on the clock of the daemon: one with the rules as they are, one with the rules as they would be.
 * In what the plans and the messages of the two differ is what the change does. There is no second engine: the routers
 * are the daemon's (replay/replay.h).
 *
 * An incident stays what it is while it fires, whatever the rules group by: what follows from another grouping or owner is
 * said as a change of the plan, and comes true with its next episode.
 */
#ifndef REPLAY_INCIDENTS_DIFF_H
#define REPLAY_INCIDENTS_DIFF_H

#include <jansson.h>

#include "config/config.h"

struct incidents_diff;
/* Rule sets and configuration are borrowed. `now`: of the store. */
struct incidents_diff *incidents_diff_new(const struct config *c, struct ruleset *before, struct ruleset *after,
                                          int64_t now);
void incidents_diff_free(struct incidents_diff *d); /* NULL is fine */
/* An open incident, as the store keeps it. False with a line in `err`. */
bool incidents_diff_add(struct incidents_diff *d, struct str record, struct err *err);
/*
 * {"incidents": [{"key", "alertname", "state", "severity", "labels", "members": {"firing", "looked_at", "changed"}, "rule":
 * {"before", "after"}, "changes": [{"field", "before", "after"}], "messages": {"added": [{"receiver", "message"}],
 * "removed": […]}}], "totals": {"open", "changed", "pages_added", "pages_removed", "ended"}}: those that are concerned. The
 * caller's own; NULL with a line in `err`.
 */
json_t *incidents_diff_report(struct incidents_diff *d, struct err *err);

#endif
