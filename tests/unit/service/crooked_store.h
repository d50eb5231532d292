/*
 * A store in front of another one that answers as stores do on a bad day: conflicts that another router would cause,
 * answers that never came (the command was run, or not), an outage, and answers that take long.
 */
#ifndef TESTS_CROOKED_STORE_H
#define TESTS_CROOKED_STORE_H

#include "io/loop.h"
#include "store/store.h"

enum crook {
	CROOK_NONE,
	CROOK_CONFLICT,     /* not done */
	CROOK_UNKNOWN_LOST, /* not done, and nobody says so */
	CROOK_UNKNOWN_DONE, /* done, and nobody says so */
};

struct crooked {
	struct store store;
	struct store *inner;
	struct loop *loop;
	size_t loads, commits, claims, released_by_commit; /* asked */
	size_t behind_commits;                             /* of the commits: that only count */
	size_t due_count;                                  /* of the last commit… */
	int64_t clock_at;                                  /* …and its clock */
	size_t claimed, largest_claim; /* records handed out by claims for receivers: all, most by one */
	enum crook crook;
	int crooked_commits;     /* so many further commits go wrong like that */
	struct str only_key;     /* of this key; empty: of any */
	bool sole;               /* it says that nobody else writes to it */
	bool down;               /* loads, commits and claims are STORE_UNAVAILABLE */
	int crooked_tallies;     /* so many further tallies go wrong like that; CROOK_CONFLICT: the store refuses them */
	int unknown_claims;      /* so many further claims are done, and nobody says so… */
	int good_claims;         /* …after so many for receivers that went well */
	int64_t commit_delay_ms; /* before the answer */
	size_t largest_batch;    /* members in one commit */
	size_t largest_load;     /* records in one answer */
	size_t records;          /* in all answers */
	size_t loads_under_way, most_loads_under_way;
	size_t commits_under_way, most_commits_under_way;
	size_t lists, tallies; /* asked */
	int behind;            /* so many further looks at its health say so; -1: all */
};

struct crooked *crooked_open(struct store *inner, struct loop *loop);
void crooked_close(struct crooked *c); /* the inner one too */

#endif
