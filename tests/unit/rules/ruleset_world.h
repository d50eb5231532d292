/*
 * A small catalog and the rules of a test, ready to be asked.
 */
#ifndef TESTS_RULESET_WORLD_H
#define TESTS_RULESET_WORLD_H

#include "rules/ruleset.h"

#define LABELS(...)                                                                                                    \
	(struct labels)                                                                                                    \
	{                                                                                                                  \
		(struct label[]){__VA_ARGS__}, sizeof((struct label[]){__VA_ARGS__}) / sizeof(struct label)                    \
	}
#define L(n, v)                                                                                                        \
	{                                                                                                                  \
		STR(n), STR(v)                                                                                                 \
	}

struct world {
	struct catalog *catalog;
	struct ruleset *rules;
	struct arena *arena;
};

extern const struct plan_defaults world_defaults;
/* Without rules: the test adds its own and finishes them. */
struct world world_new(void);
/* With these, which are right. */
struct world world_with(const char *rules);
void world_free(struct world *w);
void assert_value(struct str got, const char *want);
struct plan world_evaluate(struct world *w, struct labels labels, const struct labels *group);

#endif
