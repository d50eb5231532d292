/*
 * What is owed after an incident: the organisation's own tasks (its index page, catalog.yml: policies of kind post_incident)
 * with their due dates, and who has done them. They are owed of incidents that paged and are over: of the severities that a
 * policy names; of a policy that names none, and where no policy speaks of severities, of the two gravest. An organisation
 * that states how a post-mortem looks, and no time for it, holds one within FOLLOWUP_DEFAULT_MS. It stays owed when the
 * incident opens again: of each episode by itself (struct incident_aftermath). Pure.
 */
#ifndef INCIDENT_FOLLOWUP_H
#define INCIDENT_FOLLOWUP_H

#include "base/time.h"
#include "catalog/facts.h"
#include "incident/incident.h"

#define FOLLOWUP_RANK 1
#define FOLLOWUP_DEFAULT_MS (5 * TIME_DAY)
#define FOLLOWUPS_MAX 16
#define FOLLOWUP_POSTMORTEM "Post-mortem" /* what it is called where nobody names it */

struct followup {
	int64_t started_at, resolved_at; /* of the episode after which it is owed */
	struct str severity;             /* likewise */
	struct str name;
	struct strs tasks;         /* of which it consists; may be none */
	int64_t due_at;            /* 0: nobody says when */
	struct incident_done done; /* at = 0: it is open */
};

/* Its last episode is over, paged, and was no drill. */
bool followup_may_be_owed(const struct incident *inc);
/* After every episode that is over, the newest first; of each in the order of the page. */
size_t incident_followups(const struct incident *inc, const struct facts *stated, struct arena *arena,
                          struct followup **out);
/* The incident as it was when the episode that began then (within the second) was over, for reading: the record's own lists.
 * `out` has no earlier ones. False where none did, or nothing is kept of it. */
bool followup_episode(const struct incident *inc, int64_t started_at, struct incident *out);

struct followup_done {
	struct str name;   /* empty: all of them */
	int64_t episode;   /* the one that began then (within the second); 0: the only one after which something is owed */
	bool all_episodes; /* of every one */
	struct str by, note;
};
/* NULL, or why not. */
const char *followup_mark(struct incident *inc, const struct facts *stated, const struct followup_done *done,
                          int64_t now);

#endif
