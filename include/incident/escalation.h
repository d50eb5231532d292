/*
 * Escalation: who else is told, the longer nobody acknowledges. The path of an incident is copied into its record when it
 * pages, with what became of each step; everything else follows from that and the time.
 *
 * A step is due `after` its path began (escalation.from: when the incident opened, or when it paged anew after it had been
 * told and somebody new began to fire). No step runs while the incident is acknowledged, held back or not paged; those that
 * were due meanwhile run as soon as it is open again. A step that runs is written down with whom it reached: each is a
 * delivery of its own, whose `target` is the role, and is told the end as any other is, whoever is on call by then. A step
 * that names a role again wakes again, under a key of its own (incident/target.h).
 *
 * A step may also be due when the severity's response or resolution time passes (the latter although somebody has it), and
 * may have hours of its own: what is due at another time waits until they open, and those behind it do not wait for it.
 *
 * Example: path 0m on-call, 15m lead, 30m manager; opened 09:00, acknowledged 09:20, taken back 09:40: the lead is told at
 * 09:15, the manager at 09:40.
 */
#ifndef INCIDENT_ESCALATION_H
#define INCIDENT_ESCALATION_H

#include "base/options.h"
#include "base/time.h"
#include "incident/incident.h"

struct escalation; /* catalog/catalog.h */

#define ESCALATION_STEPS_MAX 16 /* of a path; what a page states beyond them is not run, and check says so */

/* Whom a role reaches at a moment; the configuration's answer (config/roster.c). */
struct escalation_reached {
	struct str who, contact;
	struct strs receivers;
	bool by_default; /* the role has no receiver: these are the default ones */
};
struct escalation_roster {
	void (*reach)(const void *arg, struct str role, int64_t now, struct arena *arena, struct escalation_reached *out);
	const void *arg;
	/* When what is due at `at` may be told by these hours (names, one a line); NULL: always. */
	int64_t (*open_from)(const void *arg, struct str active, struct str mute, int64_t at, struct arena *arena);
};

/* The plan's path becomes the incident's. What has run of a step that stays is kept; `x` may be NULL. */
void escalation_take(struct incident *inc, const struct escalation *x);
/* The path begins anew: nothing of it has run, and who was told by it is told again only when his step comes. */
void escalation_begin(struct incident *inc, int64_t now);
/* Before the incident pages anew on the same path: who was told by several of its steps hears of that once. */
void escalation_page_anew(struct incident *inc);

/* The next step that the clock looks at, and when; NULL: none will come (acknowledged, over, or all have run). Pure. */
const struct incident_step *escalation_next(const struct incident *inc, int64_t *at);
/* Runs every step that is due; how many. Nothing without a roster. */
size_t escalation_run(struct incident *inc, const struct incident_policy *policy, int64_t now);

/* Looks up when the hours of the steps that are to come open. */
void escalation_hold(struct incident *inc, const struct incident_policy *policy);

/*
 * What becomes of a step as things are, for people: what is announced happens. A held incident's path begins when it is paged;
 * of a silenced one nobody knows when it goes on.
 */
enum step_outlook {
	STEP_HAS_RUN,      /* at step->ran_at */
	STEP_COMES,        /* at `*at`, unless something changes */
	STEP_BY_HAND,      /* nobody says when */
	STEP_ACKNOWLEDGED, /* not while somebody has it */
	STEP_SILENCED,     /* not while it is silenced in Alertmanager */
	STEP_QUIET,        /* not while nothing fires (its resolve is held back), or nothing is paged */
	STEP_NEVER,        /* its deadline was kept, or there is none */
	STEP_OVER,
};
enum step_outlook escalation_outlook(const struct incident *inc, const struct incident_step *step, int64_t *at);
const char *step_outlook_name(enum step_outlook outlook); /* "told", "due", … */
/* The first that comes; NULL: none does. */
const struct incident_step *escalation_announced(const struct incident *inc, int64_t *at);

/* "15m", "the response time has passed" */
const char *escalation_reason(const struct incident_step *step, char after[TIME_DURATION_MAX]);
/* "response_missed", "resolution_missed"; empty: its time makes it due. */
struct str escalation_when(const struct incident_step *step);
/* The names of a step, one a line, each in turn; false at the end. for (struct str rest = step->notify; …;) */
bool escalation_take_name(struct str *rest, struct str *name);
bool escalation_step_names(const struct incident_step *step, struct str role);

#endif
