/*
 * What follows from a record alone when it is committed: its list and place, when its receivers and its clock are due.
 * Derived by one function wherever a record is written, so that no store keeps a due time that the record does not say.
 */
#ifndef STORE_RECORD_COMMIT_H
#define STORE_RECORD_COMMIT_H

#include "incident/incident.h"
#include "store/store.h"

/*
 * Fills json, open, since, dead, clock_at and dues (one for each delivery, in the order of the record). The rest of `out`
 * is left alone; bytes live in `arena`.
 */
/* All of it but the JSON: for a record that is kept as it came. */
void record_place(struct arena *arena, const struct incident *inc, const struct incident_policy *policy,
                  struct store_commit *out);
void record_commit(struct arena *arena, const struct incident *inc, const struct incident_policy *policy,
                   struct store_commit *out);

#endif
