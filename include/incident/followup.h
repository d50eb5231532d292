/*
 * What is owed after an incident: the organisation's own tasks (its index page, catalog.yml: policies of kind post_incident)
 * with their due dates, and who has done them. They are owed of incidents that paged and are over: of the severities that a
 * policy names; of a policy that names none, and where no policy speaks of severities, of the two gravest. An organisation
 * that states how a post-mortem looks, and no time for it, holds one within FOLLOWUP_DEFAULT_MS. Pure.
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
	struct str name;
	struct strs tasks;         /* of which it consists; may be none */
	int64_t due_at;            /* 0: nobody says when */
	struct incident_done done; /* at = 0: it is open */
};

/* Of an incident that is over; nothing of one that is open or never paged. In the order of the page. */
size_t incident_followups(const struct incident *inc, const struct facts *stated, struct arena *arena,
                          struct followup **out);
/* NULL, or why not. `name` empty: all of them. */
const char *followup_mark(struct incident *inc, const struct facts *stated, struct str name, struct str by,
                          struct str note, int64_t now);

#endif
