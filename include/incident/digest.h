/*
 * A digest: one message for many incidents that wait for a receiver which is paced, instead of one each. Nothing of the gravest
 * severity is folded into one. Whoever stands in a digest was told of; of its end nobody is told, a later page of the same
 * incident goes out by itself. Pure.
 *
 *     digest_init() -> digest_fold() for each -> digest_incident() -> the message -> incident_folded() on each record
 */
#ifndef INCIDENT_DIGEST_H
#define INCIDENT_DIGEST_H

#include "incident/delivery.h"

#define DIGEST_ROWS_MAX 1000 /* what differs in severity, rule or owner; the rest is one row */
#define DIGEST_ROWS_SHOWN 20

struct digest_row {
	struct str severity, rule, owner;
	int rank;
	size_t incidents;
};

struct digest {
	struct arena *arena; /* of everything below */
	struct digest_row *rows;
	size_t row_count, row_capacity;
	size_t incidents;
	int64_t since; /* the first of them was due then */
};

void digest_init(struct digest *g, struct arena *arena);
/*
 * Whether the page that waits for this receiver may stand in a digest: a trigger that is due, below the gravest severity,
 * whose earlier attempt is not in doubt.
 */
bool digest_takes(const struct incident *inc, const struct delivery *d, int64_t now);
/* Counts it. */
void digest_fold(struct digest *g, const struct incident *inc, const struct delivery *d);
/* What the digest says, as an incident that no store knows: its key is the receiver's for this hour. */
struct incident *digest_incident(struct digest *g, struct str receiver, int64_t now);

/* A digest of `incidents` was delivered, and `a` is what it told of this one; the record may be newer. */
void incident_folded(struct incident *inc, struct str receiver, const struct attempt *a, size_t incidents, int64_t now);
/* What an attempt to tell this receiver would be about, at the moment. */
struct attempt delivery_peek(const struct incident *inc, const struct delivery *d);

#endif
