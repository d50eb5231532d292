/*
 * The words of one line of a story, and the policy that all stories are under.
 */
#ifndef TESTS_SCENARIO_STEP_H
#define TESTS_SCENARIO_STEP_H

#include <stddef.h>
#include <stdint.h>

#include "catalog/facts.h"
#include "incident/incident.h"

struct step {
	char *words[12];
	size_t n;
};

/* Fails the running test where it is none. */
int64_t step_duration(const char *text);
/* What follows "NAME=", "" for NAME alone; NULL: the step does not have it. */
const char *step_option(const struct step *step, const char *name);
int64_t step_option_ms(const struct step *step, const char *name, int64_t otherwise);
/* there RECEIVER|- VERB GENERATION: what came of it. */
const char *step_feedback(const struct step *step, struct incident *inc, const struct incident_policy *policy,
                          int64_t now, struct counts *counts);

/* Of P0 and P1 a "note" within 1h is owed afterwards, of P0 a "review" within 2d too. */
extern const struct facts step_stated;
/* What is owed, with when its episode began after `base`. */
const char *step_owed(const struct incident *inc, int64_t base);
/* done TASK|- [episode=BEGAN|all]: "ok", or why not. */
const char *story_done(const struct step *step, struct incident *inc, int64_t now, int64_t base);

/* Whoever pages falls back to "mail"; "room" hears when the group grows. */
struct incident_policy step_policy(void);

#endif
