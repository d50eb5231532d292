/*
 * A file of rule tests (INTERFACE section 4), read: alerts and sequences of alerts, each with what is expected of it.
 */
#ifndef SETUP_RULE_TEST_FILE_H
#define SETUP_RULE_TEST_FILE_H

#include <jansson.h>

#include "base/options.h"
#include "base/yaml.h"

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

/* False with lines in `err`; `out` is to be released either way. */
bool rule_tests_read(struct rule_tests *out, const char *file, struct err *err);
void rule_tests_release(struct rule_tests *t);

/* What a file of tests may say. */
extern const struct option_table rule_test_table;

#endif
