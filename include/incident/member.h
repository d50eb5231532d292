/*
 * A member is one alert of an incident, known by (source, fingerprint) for as long as it exists. Memberships are kept
 * outside the record (a store answers them with it), so that a record stays small with forty thousand of them.
 */
#ifndef INCIDENT_MEMBER_H
#define INCIDENT_MEMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct member {
	struct str source, fingerprint;
	bool found;     /* false: nothing is known; the rest is zero */
	struct str key; /* the incident it belongs or belonged to */
	bool firing;    /* only means something while that incident is open in the same episode */
	int64_t starts_at;
	int64_t ends_at;    /* of a firing one: 0, or an end that was heard of before (see member_merge()) */
	uint64_t episode;   /* of the incident when it joined; 0 in a tombstone of an alert that never paged */
	int64_t touched_at; /* when this entry was written */
};

#endif
