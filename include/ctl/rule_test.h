/*
 * Rule tests (INTERFACE section 4): alerts and sequences of alerts against the rules, through the functions that decide
 * in the daemon: ruleset_evaluate(), the intake, transactions and incident timers over a store in memory whose clock is
 * that of the test. Nothing is sent.
 */
#ifndef CTL_RULE_TEST_H
#define CTL_RULE_TEST_H

#include <jansson.h>

#include "config/config.h"
#include "ctl/rule_coverage.h"

/*
 * Runs one file: a list of {"file", "line", "name", "ok", "failures": [{"at", "field", "expected", "actual"}],
 * "explain": {…} where it failed}. A file without tests, and one that cannot be read, is one failed test whose
 * failures have no field. The caller owns the list. `coverage` (may be NULL) gets the rules tested and those reached.
 */
json_t *rule_test_file(const struct config *c, const char *file, struct rule_coverage *coverage);

#endif
