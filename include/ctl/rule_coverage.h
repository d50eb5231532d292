/*
 * Which rules do rule tests reach? A rule is reached when it matches in some step of some test: it is live then, and what
 * it sets has been looked at. Rules are told apart by name, which is unique.
 */
#ifndef CTL_RULE_COVERAGE_H
#define CTL_RULE_COVERAGE_H

#include <jansson.h>

#include "rules/ruleset.h"

struct rule_coverage;
struct rule_coverage *rule_coverage_new(void);
void rule_coverage_free(struct rule_coverage *c); /* NULL is fine */
/* Rules that tests could reach; those known by name stay what they are. */
void rule_coverage_add(struct rule_coverage *c, const struct ruleset *rs);
void rule_coverage_reach(struct rule_coverage *c, struct str rule);
/* {"rules", "reached", "unreached": [{"rule", "file", "line"}]}; the caller owns it. */
json_t *rule_coverage_json(const struct rule_coverage *c);

#endif
