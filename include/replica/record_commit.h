/*
 * What follows from a record alone when it is committed: its list and place, when its receivers and its clock are due.
 * Derived by one function wherever a record is written, so that no store keeps a due time that the record does not say.
 */
#ifndef REPLICA_RECORD_COMMIT_H
#define REPLICA_RECORD_COMMIT_H

#include "base/options.h"
#include "incident/incident.h"
#include "store/store.h"

/*
 * Fills bytes, open, since, dead, clock_at, dues (one for each delivery, in the order of the record) and groups (of its rows,
 * in their order). The rest of `out` is left alone, groups_changed too: the caller knows what they were before. Bytes live
 * in `arena`; names of receivers in the incident.
 */
/* All of it but the JSON: for a record that is kept as it came. */
void record_place(struct arena *arena, const struct incident *inc, const struct incident_policy *policy,
                  struct store_commit *out);
void record_commit(struct arena *arena, const struct incident *inc, const struct incident_policy *policy,
                   struct store_commit *out);
/* The groups by whose bodies the record is to be found. */
struct strs record_groups(struct arena *arena, const struct incident *inc);

#endif
