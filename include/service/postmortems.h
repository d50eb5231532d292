/*
 * Post-mortems: the draft of one incident's, and what is owed of all (incident/followup.h), also of those that have opened
 * again since. Commands mark what is done: COMMAND_FOLLOW_UP.
 */
#ifndef SERVICE_POSTMORTEMS_H
#define SERVICE_POSTMORTEMS_H

#include "incident/followup.h"
#include "service/operate.h"

#define POSTMORTEMS_ROWS_MAX 1000
#define POSTMORTEMS_LOOKED_MAX 20000 /* closed incidents, the latest first; and as many that are open */

/* Data: {"key", "markdown", "missing" (what is left to people), "tasks": [{"name", "due", "tasks", "done"}]}. `episode`: the one that began then; 0: the last. */
void operate_postmortem(struct router *r, struct str key, int64_t episode, operate_done *done, void *arg);
/* What is owed of one, done or not: [{"episode", "severity", "name", "due", "state", "tasks", "done"}]. */
json_t *postmortems_owed(const struct config *config, const struct incident *inc);

enum postmortem_state { POSTMORTEM_OPEN, POSTMORTEM_OVERDUE, POSTMORTEM_DONE };
const char *postmortem_state_name(enum postmortem_state state);

/* One thing that is owed. Strings live as long as the callback. */
struct postmortem_row {
	struct str key, summary, owner;
	struct followup owed;
	enum postmortem_state state;
};
struct postmortems {
	bool readable; /* false: the store could not be read */
	const struct postmortem_row *rows;
	size_t count;
	bool more; /* not all were looked at */
};
/* `all`: with what is done. The most overdue first. */
void postmortems_list(struct router *r, bool all, void (*done)(void *arg, const struct postmortems *reply), void *arg);
/* The same as JSON: {"postmortems": [{"key", "summary", "severity", "owner", "episode", "resolved_at", "task", "due", "state", "done"}],
 * "more"}. */
void operate_postmortems(struct router *r, bool all, operate_done *done, void *arg);

#endif
