/*
 * Views of one incident that grow apart at random: a base, and copies of it on which alerts arrive, deliveries are tried,
 * timers run and people act, each without knowing of the others. Repeatable by its seed.
 */
#ifndef TESTS_BRANCHES_H
#define TESTS_BRANCHES_H

#include "incident/merge.h"

#define BRANCH_MEMBERS 4
#define BRANCH_BASE (INT64_C(1700000000000))

struct branch {
	struct incident *inc;
	struct member members[BRANCH_MEMBERS];
	int64_t now;
};

struct chance {
	uint64_t state;
};
uint64_t chance_roll(struct chance *c); /* splitmix64 */

void branch_init(struct branch *b, struct arena *arena);
/* A copy that went through the stored form. */
struct branch branch_copy(const struct branch *b, struct arena *arena);
/* `steps` things happen to it. */
void branch_grow(struct branch *b, struct chance *c, size_t steps);
/* b merged into a copy of a, every member named. */
struct branch branch_merge(const struct branch *a, const struct branch *b, int64_t now);
/* Records and members as text, for comparing. */
const char *branch_text(const struct branch *b);
/* What matters of it: who fires, and what may be open at whose provider. */
const char *branch_gist(const struct branch *b);
void branch_policy(struct incident_policy *out);

#endif
