/*
 * A member as the incidents know it and as the store knows it: the same fields under two names.
 */
#ifndef SERVICE_MEMBERSHIP_H
#define SERVICE_MEMBERSHIP_H

#include "base/mem.h"
#include "incident/member.h"
#include "store/store.h"

struct store_member membership_to_store(const struct member *m);
struct member membership_from_store(const struct store_member *m);
/* A copy whose strings live in `arena`. */
struct member membership_copy(struct arena *arena, const struct member *m);
/* What it is known by, as one string: source NUL fingerprint. */
struct str membership_identity(struct arena *arena, const struct member *m);

#endif
