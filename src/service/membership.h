/*
 * Members between two turns of the loop: known by one string.
 */
#ifndef SERVICE_MEMBERSHIP_H
#define SERVICE_MEMBERSHIP_H

#include "base/mem.h"
#include "incident/member.h"

/* What it is known by, as one string: source NUL fingerprint. */
struct str membership_identity(struct arena *arena, const struct member *m);

#endif
