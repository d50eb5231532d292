/* Counters that the primary may have added, or not. See failover_doubt.c. */
#ifndef REPLICA_FAILOVER_DOUBT_H
#define REPLICA_FAILOVER_DOUBT_H

#include "replica/failover_impl.h"

/* The primary did not answer this verb, which the local store is asked now: its counters are taken out and kept. False: it
 * has none, or too many are kept. */
bool failover_doubt_counts(struct failover *f, struct request *r);
/* The local store has not done it either: whoever asked asks anew. */
void failover_doubt_refused(struct failover *f, const struct request *r);

/* Of commits to this incident that the primary has not done: what its merge adds. */
size_t failover_doubted(const struct failover *f, const struct store_record *trunk, struct arena *arena,
                        const struct store_count **out);
/* The primary did not answer this commit of a merge, which has all that was in doubt of its incident: its counters are kept, in
 * place of those, as far as there is room. */
void failover_doubt_merge(struct failover *f, const struct store_commit *merge);
/* It is merged. */
void failover_doubt_ends(struct failover *f, struct str key);

/* The primary serves again: its tallies are asked for again. */
void failover_doubts_ask(struct failover *f);
/* When nothing is under way any more. */
void failover_doubts_free(struct failover *f);

#endif
