/*
 * What a rule set says of the alerts that it has seen: a history brings the same alert with each repeat and with its end, and a
 * plan follows from labels, annotations (and what is wrong with them) and group labels alone. All is forgotten at a ceiling.
 */
#ifndef REPLAY_KNOWN_PLANS_H
#define REPLAY_KNOWN_PLANS_H

#include "rules/plan.h"
#include "rules/ruleset.h"

#define KNOWN_PLANS_BYTES_MAX ((size_t)48 << 20)

struct known_plans;
/* The rule set is borrowed. */
struct known_plans *known_plans_new(const struct ruleset *rs, size_t bytes_max);
void known_plans_free(struct known_plans *k); /* NULL is fine */
/* A body begins: plans that were given before may go, where nobody holds them. */
void known_plans_begin(struct known_plans *k);
/* Good until the next body begins. */
struct plan *known_plans_of(struct known_plans *k, const struct alert *alert, const struct labels *group_labels);
/* Plans that are given until the next body begins stay until this is released, whatever is forgotten; of one thread. */
struct plans_memory *known_plans_hold(struct known_plans *k);
void plans_memory_release(struct plans_memory *m); /* NULL is fine */
size_t known_plans_count(const struct known_plans *k);

#endif
