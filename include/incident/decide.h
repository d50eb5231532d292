/*
 * The pure function at the heart: what an arriving alert means, given the record, its membership, its plan and the time.
 * The only place where dedup, flapping, reminders and resolve are decided (DESIGN section 5).
 */
#ifndef INCIDENT_DECIDE_H
#define INCIDENT_DECIDE_H

#include "incident/counts.h"
#include "incident/incident.h"
#include "incident/member.h"
#include "rules/plan.h"

enum verdict { VERDICT_PAGE, VERDICT_REMIND, VERDICT_DEDUPLICATE, VERDICT_RESOLVE, VERDICT_SUPPRESS, VERDICTS };
enum reason {
	REASON_NEW,
	REASON_REOPENED,
	REASON_SEVERITY_RAISED,
	REASON_REPEAT_INTERVAL,
	REASON_REPEAT,
	REASON_MEMBER_JOINED,
	REASON_MEMBER_LEFT,
	REASON_ACKNOWLEDGED,
	REASON_FLAPPING,
	REASON_LATE_FIRING,
	REASON_CLOSED_BY_HAND,
	REASON_DUPLICATE,
	REASON_LAST_MEMBER_RESOLVED,
	REASON_PAGE_FALSE,
	REASON_NEVER_PAGED,
	REASONS
};
const char *verdict_name(enum verdict v);
const char *reason_name(enum reason r);
/* Each reason belongs to one verdict. */
enum verdict reason_verdict(enum reason r);

/* What one webhook says of its group, beside the alerts that it lists (INTAKE.md, section 3). */
struct body {
	char group[MEMBER_GROUP_SIZE]; /* row_group() */
	struct str alertmanager_url;   /* where its sender is for a browser; empty: it does not say */
	bool whole;                    /* it states its whole group: who is not listed is absent */
	bool truncated;                /* cut by max_alerts: it says nothing of who is not listed */
	bool parts;                    /* its sender names no group, or sends groups in parts: nor does it */
	bool none_fires;               /* none of the alerts of the whole webhook */
	/* The body was too large for one call. This one lists the rest (`whole` was the first one's), and in one before
	 * somebody was listed who fires and was told of. */
	bool sure;
	bool all_resolved; /* Alertmanager says that the group has ended, whatever was cut (0.32 and later) */
};

struct arrival {
	const struct alert *alert;
	const struct plan *plan;
	struct member member; /* as loaded (source and fingerprint always set) */
};

struct decision {
	enum verdict verdict;
	enum reason reason;
	/* Nothing is decided yet, verdict and reason mean nothing: its membership here has ended (a watched heartbeat that its
	 * rules now see otherwise, or the reverse), and it is to be decided again as the incident that its plan says. */
	bool leaves;
	bool member_changed;
	struct member member; /* afterwards; views into the record's arena */
	int64_t member_ttl;
};

/*
 * Decides what one body means for one incident: the `n` arrivals that it lists of it, and those that it does not list (n may
 * be 0: the incident has a row of this group). All of it is one change. `out` has room for n and is filled in the order of
 * `arrivals`. An arrival must not stand twice in one call with the same member (fold those before: the later one counts).
 * `counts` gets what the hourly counters gain. Returns how many members have ended by absence: they are no alerts, and
 * counted apart (member_absent).
 */
uint64_t incident_decide(struct incident *inc, const struct body *body, const struct arrival *arrivals, size_t n,
                         const struct incident_policy *policy, int64_t now, struct decision *out,
                         struct counts *counts);

/* The incident that an arrival belongs to: its member's while it stands there, or where that is a watched heartbeat, else its
 * plan's.
 * `record` is the member's incident (NULL when there is none). */
bool arrival_sticks(const struct member *m, const struct incident *record);
/* A body of this group (not one in parts) concerns the incident also where it lists nobody of it: a whole one ends members by
 * absence, a truncated one says that the group is alive. */
bool incident_has_row(const struct incident *inc, const char *group);

#endif
