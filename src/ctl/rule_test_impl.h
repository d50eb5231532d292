/*
 * A file of rule tests, read; and the engine that its alerts run through.
 */
#ifndef CTL_RULE_TEST_IMPL_H
#define CTL_RULE_TEST_IMPL_H

#include <jansson.h>

#include "base/yaml.h"
#include "config/config.h"

struct rule_test_step {
	int64_t at; /* ms after the test's beginning */
	json_t *labels, *annotations;
	bool resolved;
	const struct yaml_node *expect; /* a mapping of fields to what is expected */
};

struct rule_test {
	struct str name;
	struct pos position;
	struct rule_test_step *steps;
	size_t count;
};

struct rule_tests {
	struct arena *arena;
	struct strs rule_files; /* n = 0: those of the configuration */
	struct rule_test *v;
	size_t n;
};

/* False with lines in `err`. */
bool rule_tests_read(struct rule_tests *out, const char *file, struct err *err);
void rule_tests_release(struct rule_tests *t);

struct rule_engine;
/* `ruleset` is borrowed and stands for the configuration's own. The clock begins at 0 ms of the test. */
struct rule_engine *rule_engine_new(const struct config *c, struct ruleset *ruleset);
void rule_engine_free(struct rule_engine *e);
/* Lets the time of the test pass: incident timers that fall due before then run at their time. */
void rule_engine_advance(struct rule_engine *e, int64_t at);
/* One alert arrives now: its decision {"key", "verdict", "reason", …}, owned by the caller; NULL with a line in `err`. */
json_t *rule_engine_alert(struct rule_engine *e, const struct rule_test_step *step, struct err *err);

#endif
