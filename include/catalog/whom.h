/*
 * Whom words of a contact or of a step mean, where they are no name as it is written. What could be several is none of them:
 * contact_is_doubtful() says so, and `check` and `lint` tell it.
 *
 * Example: of the people Ana Lopez and Ben Okri, "Ana", "@ana" (a contact of hers), "Ana Lopez (PagerDuty)" are the first;
 * with an Ana Muster beside them "Ana" is nobody. "PagerDuty rotation" is the only schedule there is.
 */
#ifndef CATALOG_WHOM_H
#define CATALOG_WHOM_H

#include "catalog/schedule.h"

#define CONTACT_PEOPLE_MAX 8 /* whom one contact names */

/* The one that a role's words mean: also "Platform schedule" or "On-call engineer (Platform)" for one that is called Platform;
 * NULL where none or several could be meant. */
const struct schedule *catalog_schedule_meant(const struct catalog *c, struct str role);
/* By name or what calendars call them, with a note behind it, as a handle, or by a part of the name that nobody else has. */
const struct person *catalog_person_meant(const struct catalog *c, struct str text);

/* The schedule that says who has this role: the one the contact names, or one that is called as the contact's texts are. */
const struct schedule *contact_schedule(const struct catalog *c, const struct contact *contact);
/* …or the only one there is, where they say no more than that it is a rotation ("PagerDuty rotation", "On-call Engineer"). */
const struct schedule *contact_schedule_implied(const struct catalog *c, const struct contact *contact);
/* Those whom its texts name, in their order. */
size_t contact_people(const struct catalog *c, const struct contact *contact,
                      const struct person *out[CONTACT_PEOPLE_MAX]);
/* `doubt` (its words) could be several people or schedules, and nothing else says who it is. */
bool contact_is_doubtful(const struct catalog *c, const struct contact *contact, struct str *doubt);
/* "Ana or Ben" (`said`): all of them are reached. */
bool contact_leaves_open(const struct catalog *c, const struct contact *contact, struct str *said);

#endif
