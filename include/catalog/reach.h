/*
 * Who a step of an escalation reaches at a moment: a role or a name to receivers, through contacts, schedules and people.
 *
 *   a contact     whoever the schedule that it names says is on call now; else its own receivers; else the people whom it
 *                 names; else whoever is on call by the only schedule, where it says that it is one (catalog/whom.h)
 *   a schedule    whoever is on call now
 *   a person      their receivers
 *   a receiver    itself
 */
#ifndef CATALOG_REACH_H
#define CATALOG_REACH_H

#include "catalog/schedule.h"

#define REACH_MOST 16 /* receivers of one role */

struct reached {
	struct str who;        /* for people: "ana", or what the role says of itself; "" where it is only a receiver */
	struct str contact;    /* how to reach them otherwise: "@ana", "#platform" */
	struct strs receivers; /* none: nobody is reached by a machine */
	bool known;            /* a contact, schedule, person or receiver of this name exists */
};

/* `receiver_known` says which names are receivers; others reach nobody, whoever names them. All bytes are the catalog's, or in `arena`. */
void catalog_reach(const struct catalog *c, struct str role, int64_t now,
                   bool (*receiver_known)(void *arg, struct str name), void *arg, struct arena *arena,
                   struct reached *out);
/* A contact, schedule or person is meant by it. */
bool catalog_is_somebody(const struct catalog *c, struct str role);
/* Whether something of this name could ever be reached: for `check` and `lint`, which do not know the hour. */
bool catalog_reaches(const struct catalog *c, struct str role, bool (*receiver_known)(void *arg, struct str name),
                     void *arg);

#endif
