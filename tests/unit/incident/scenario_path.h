/*
 * The escalation of a story: its path as one word, and whom its roles reach.
 */
#ifndef TESTS_SCENARIO_PATH_H
#define TESTS_SCENARIO_PATH_H

#include "catalog/catalog.h"
#include "incident/escalation.h"
#include "rules/plan.h"

struct path_roles {
	int64_t handover;        /* from then on each role has another phone; 0: never */
	struct catalog *catalog; /* NULL: no step said hours */
};

/* "0s:crew,15m:lead+boss"; "?:lead" is a step without a time. */
const struct escalation *path_of(struct arena *arena, const char *text);
/* The plan's pages are held from 22:00 to this time ("22:43"). The catalog that knows it is freed by the story. */
void path_quiet(struct path_roles *roles, struct arena *arena, const char *until, struct plan *plan);
/* For struct escalation_roster, `arg` is a struct path_roles: "ghost" has no receiver, "oncall" is one. */
void path_reach(const void *arg, struct str role, int64_t now, struct arena *arena, struct escalation_reached *out);
/* "15m lead boss", or "never". */
const char *path_next(struct arena *arena, const struct incident *inc, int64_t base);
/* " for lead (2)": whom a delivery is for; empty: it is the page itself. */
const char *path_target(struct arena *arena, struct str target);
/* When each step ran: "0s 15m -". */
const char *path_ran(struct arena *arena, const struct incident *inc, int64_t base);

struct step;
/* What the step says of the alert's plan; `key` is the incident's, INCIDENT_KEY_MAX bytes. */
struct plan *story_plan(struct arena *arena, const char *key, struct path_roles *roles, const struct step *step);
/* A severity that allows so much; 0: it promises nothing. */
const struct severity *path_severity(struct arena *arena, int64_t response_ms, int64_t resolution_ms);

#endif
