/*
 * What a receiver should be told next, and what becomes of an attempt: the five rules of delivery (DESIGN section 3) live here.
 *
 *     claim (store) -> delivery_begin() -> commit -> send while delivery_may_send() -> incident_settle() -> commit
 *
 * lease        the store hands a pair to one holder; begin puts due_at at the lease's end, so a crash makes it due then
 * outlive      delivery_may_send(): a holder whose lease cannot outlive the request does not send
 * maybe        begin puts the attempt on record before it is sent
 * generations  a want names its generation; older ones that were or may have been told are resolved first
 * echo         an outcome unknown for good makes the resolve go twice
 */
#ifndef INCIDENT_DELIVERY_H
#define INCIDENT_DELIVERY_H

#include "incident/incident.h"

/* The page's own; NULL when it has none. */
struct delivery *incident_delivery(struct incident *inc, struct str receiver);
/* …or the one of an escalation's role. */
struct delivery *incident_delivery_to(struct incident *inc, struct str receiver, struct str target);
/* The one of a receiver that has been due for longest; NULL: none is. */
struct delivery *incident_delivery_due(struct incident *inc, struct str receiver, int64_t now);
/* The page or some role of the escalation is told through it. */
bool incident_names_receiver(const struct incident *inc, struct str receiver);
/* Finds or adds; NULL at the ceiling. */
struct delivery *incident_add_delivery(struct incident *inc, struct str receiver, struct str target, int64_t now);
/* Adds a receiver that is to be told; false at the ceiling. Idempotent. */
bool incident_add_receiver(struct incident *inc, struct str receiver, int64_t now);

/* The one next difference between what should be true and what the receiver was told. Pure. */
struct want delivery_want(const struct incident *inc, const struct delivery *d);
const char *want_verb_name(enum want_verb v); /* "trigger", … */
/* What is sent for it may open the incident at the provider: at most of them an update is a trigger under the same key. */
static inline bool want_may_open(const struct want *w)
{
	return w->verb == WANT_TRIGGER || w->verb == WANT_UPDATE;
}
/* After any change of the record: recomputes each delivery's want; one that changed becomes due at once, one that did
 * not keeps its due time (its backoff, or the end of a running attempt's lease). */
void incident_refresh(struct incident *inc, int64_t now);

struct attempt {
	struct want want; /* verb WANT_NOTHING: nothing to send (commit and release all the same) */
	uint64_t notice;  /* of the incident when it began */
	uint64_t roster;  /* likewise */
	unsigned number;  /* 1 for the first */
	bool update;      /* a trigger for a generation that was told before: a reminder */
	bool says;        /* something new is to be said: who fires, or what a person wrote (number `said`) */
	uint64_t said;
};
/* The first message about a generation, as noise counts pages. */
static inline bool attempt_is_page(const struct attempt *a)
{
	return a->want.verb == WANT_TRIGGER && !a->update;
}
/* The holder of a lease starts: marks the attempt on record. Commit before sending. */
struct attempt delivery_begin(struct incident *inc, struct delivery *d, int64_t now, int64_t lease_until);
/* …and whose attempt it is: of who is started anew, and holds what he held, it is known that nobody is at it any more. */
void delivery_tried_by(struct incident *inc, struct delivery *d, struct str node);
/* Whoever holds the pair's lease looks for attempts of his own that he has not begun since he runs: they are due now. */
void incident_take_over(struct incident *inc, struct str receiver, struct str node, int64_t now);
/* rule "outlive"; all in monotonic ms of this router; lease_end counted from when the claim was *sent*. */
bool delivery_may_send(int64_t now_mono, int64_t lease_end_mono, int64_t timeout_ms);

enum outcome {
	OUTCOME_DELIVERED,
	OUTCOME_RETRY,    /* certainly not accepted: refused connection, 429, 503 */
	OUTCOME_UNKNOWN,  /* may have been accepted: timeout, cut off, 500, 502, 504 */
	OUTCOME_REJECTED, /* permanent: 400, bad key */
	OUTCOME_NOT_SENT, /* the holder did not send (lost lease, shutting down, breaker open): as if it never began, no attempt spent */
};
const char *outcome_name(enum outcome o);

struct settlement {
	struct str receiver, target; /* of the delivery */
	struct attempt attempt;
	enum outcome outcome;
	bool nothing;           /* there was nothing to say to this receiver: delivered, and not told */
	struct str error;       /* "" when delivered */
	int64_t retry_after_ms; /* 0: none stated */
	uint64_t dice;          /* for the jitter of the backoff */
};
/*
 * Applies an attempt's outcome to the record, which may be newer than the one it began on, or even have lost the
 * delivery (a late settle): then it is brought back, so that whatever was told gets its resolve.
 */
void incident_settle(struct incident *inc, const struct settlement *s, const struct incident_policy *policy,
                     int64_t now);

/*
 * The fallback by the clock: a page that a receiver has not taken fallback_after since it was first due goes to whoever
 * takes over, whatever holds it up (attempts, breaker, pacing, Retry-After). Example: due at 0, refused with Retry-After: 1h;
 * at 5m the fallback is due, at once.
 */
/* When the next one of them is due; 0: never. Not while somebody has acknowledged the incident. */
int64_t incident_fallback_due(const struct incident *inc, const struct incident_policy *policy);
/* True when the fallback of some receiver was due, and is told now. */
bool incident_fallback_passed(struct incident *inc, const struct incident_policy *policy, int64_t now);

/*
 * Growth of a group: whoever was told of it, and whose terms say so, hears when members have joined or left, at most once in
 * an update_interval. Example (5m): paged at 0; b joins at 1m and c at 2m: one update, at 5m, names both.
 */
/* When the next update is due; 0: never. */
int64_t incident_update_due(const struct incident *inc, const struct incident_policy *policy);
/* True when some were due: they are wanted now. */
bool incident_update_passed(struct incident *inc, const struct incident_policy *policy, int64_t now);

/* Full jitter between 0 and 1 s × 2^attempts, at most 5 min; never before Retry-After (which counts up to 1 h). */
int64_t delivery_backoff(unsigned attempts, int64_t retry_after_ms, uint64_t dice);

/*
 * Something for this receiver was rejected or has expired, and would still be sent: counted, visible, retryable. A page is so
 * until its incident ends, pages anew or is told otherwise; a resolve until it has arrived, for without it the provider
 * shows what is over.
 */
bool delivery_is_dead(const struct incident *inc, const struct delivery *d);

/* A dead letter gets another full time to expire, what fails goes at once. False: it is neither. */
bool delivery_retry(const struct incident *inc, struct delivery *d, int64_t now);
/* It is a dead letter, and first failed before then. */
bool delivery_died_before(const struct incident *inc, const struct delivery *d, int64_t at);

/*
 * The receiver is defined anew: what failed there waits out no pause that was about the old definition, and what that made a
 * dead letter is none any more. What the new one has refused since `died_before` stays one. True: something is due now that
 * was not.
 */
bool incident_receiver_redefined(struct incident *inc, struct str receiver, int64_t died_before, int64_t now);

/* The provider's own name of what the receiver was told of a generation; empty: none is known. */
struct str incident_reference(const struct incident *inc, struct str receiver, struct str target, uint64_t generation);
/* Keeps a copy, while that generation is on record; empty changes nothing. */
void incident_refer(struct incident *inc, struct str receiver, struct str target, uint64_t generation,
                    struct str reference);
/*
 * The key that the receiver was told of a generation under; empty: none is known. The first one stays, whatever a template
 * would make of the incident later: what opened under it is closed under it.
 */
struct str incident_told_key(const struct incident *inc, struct str receiver, struct str target, uint64_t generation);
/* Keeps a copy, while that generation is on record and has none. */
void incident_keep_told_key(struct incident *inc, struct str receiver, struct str target, uint64_t generation,
                            struct str key);

/* For people: nothing, maybe, firing, acknowledged, resolved (of the latest generation). */
const char *delivery_told_name(const struct delivery *d);

#endif
