/*
 * Redis first, the local file when Redis makes no progress within its deadline, is down, or takes no writes. One store to
 * everybody else.
 *
 *     PRIMARY --(a verb's outcome is unknown, or refused)--> LOCAL --(Redis answers again)--> MERGING --> PRIMARY
 *
 * PRIMARY   verbs go to Redis; what it answers is mirrored into the local file (replica/local_store.h).
 * LOCAL     verbs go to the local file, and so do those whose answer from Redis is missing: under the same commit id, so
 *           that a late one is recognised. Redis is asked once a second whether it is back.
 * MERGING   verbs go to the local file while its owned keys are merged into Redis, key by key (incident_merge()); the last
 *           ones with new verbs held back for a moment, so that nothing is decided in two places.
 * Then, in the background: mirrored keys that Redis has lost (a failed-over or emptied one) are put back.
 */
#ifndef REPLICA_FAILOVER_STORE_H
#define REPLICA_FAILOVER_STORE_H

#include "incident/incident.h"
#include "io/loop.h"
#include "replica/local_store.h"
#include "store/store.h"

struct failover_options {
	struct store *primary; /* owned from here on */
	struct store *local;   /* a local_store_open(); owned from here on */
	struct incident_policy policy;
	int64_t timeout_ms; /* the primary's deadline on progress */
};
struct store *failover_store_open(struct loop *l, const struct failover_options *options);
/* As local_store_set_policy(). */
void failover_store_set_policy(struct store *s, const struct incident_policy *policy, struct policy_owner owner);

struct failover_figures {
	const char *state;         /* primary, local, merging, drained */
	uint64_t failovers;        /* from the primary to the local file */
	uint64_t merged, put_back; /* keys */
	uint64_t mirror_lost;
	size_t owned; /* keys in the local file that the primary does not have yet */
	bool paying;  /* counters of the local file are on their way to the primary */
};
struct failover_figures failover_store_figures(const struct store *s);

/*
 * Planned maintenance. drain: everything that the primary has open is copied into the local file, durably, then verbs go
 * there and stay until failover_store_resume() (or the next start). `kept` incidents are there then. On failure nothing has
 * changed, `why` says it.
 */
void failover_store_drain(struct store *s, void (*done)(void *arg, bool ok, size_t kept, const char *why), void *arg);
/* Back to the primary as soon as it answers. False: was not drained. */
bool failover_store_resume(struct store *s);

#endif
