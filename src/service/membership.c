/* The string by which a member is known between two turns of the loop. */
#include <string.h>

#include "service/membership.h"

struct str membership_identity(struct arena *arena, const struct member *m)
{
	size_t n = m->source.n + 1 + m->fingerprint.n;
	char *p = arena_alloc(arena, n);
	if (m->source.n)
		memcpy(p, m->source.p, m->source.n);
	if (m->fingerprint.n)
		memcpy(p + m->source.n + 1, m->fingerprint.p, m->fingerprint.n);
	return (struct str){p, n};
}
