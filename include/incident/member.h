/*
 * A member is one alert of an incident, known by (source, fingerprint) for as long as it exists. Members are kept outside
 * the record (a store answers them with it), so that a record stays small with forty thousand of them.
 *
 * Whether it counts is not written here: it stands where its mark is one of the two that its row has at the moment
 * (incident/row.h). So a body that ends a thousand members changes one row, and no member.
 */
#ifndef INCIDENT_MEMBER_H
#define INCIDENT_MEMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"

#define MEMBER_GROUP_SIZE 17 /* a group's id: 16 hex digits and NUL; "" before the first body of a migrated record */

struct member {
	struct str source, fingerprint;
	bool found;                    /* false: nothing is known; the rest is zero */
	struct str key;                /* the incident it belongs or belonged to */
	char group[MEMBER_GROUP_SIZE]; /* the row in which it stood last */
	int64_t mark;   /* that it was listed under; 0: it stands nowhere (resolved, or never listed as firing) */
	bool counted;   /* its plan pages: it is in the row's counts */
	uint64_t waits; /* the number of the page it waits for; 0: none */
	int64_t starts_at;
	int64_t ends_at;    /* tombstone: the latest end that was heard of; 0: none */
	uint64_t episode;   /* of the incident when it was counted last; 0: never */
	int64_t touched_at; /* when this entry was written */
};

/* It was listed as firing, and no end was heard of since. Whether it counts is what its row says (row_place). */
static inline bool member_is_listed(const struct member *m)
{
	return m->mark != 0;
}
/* A copy whose bytes live in `arena`. */
struct member member_copy(struct arena *arena, const struct member *m);
/* The same was said of both; when it was written does not matter. */
bool member_same(const struct member *a, const struct member *b);
/*
 * The later of two things known of one member: a resolve at ends_at, a firing at starts_at (unknown: when it was heard of); a
 * resolve wins a tie. A firing one keeps the latest end that is known before it in ends_at; one of a lagging peer, which
 * began before that end, counts as said just behind it. Pure, commutative, associative, idempotent.
 */
struct member member_merge(const struct member *a, const struct member *b);
/* The other says nothing that `word` does not, but for the end before, which one that fires may remember. */
bool member_covers(const struct member *word, const struct member *other);
/* When it began (listed) or ended; where the sender did not say, when that was written. */
int64_t member_said_at(const struct member *m);
/* …from when on it stands against other words: a firing one not before the end that is known of it. */
int64_t member_fact_at(const struct member *m);

#endif
