/*
 * The engine that the alerts of rule tests run through.
 */
#ifndef CTL_RULE_TEST_IMPL_H
#define CTL_RULE_TEST_IMPL_H

#include <jansson.h>

#include "config/config.h"
#include "setup/rule_test_file.h"

struct rule_engine;
/* `ruleset` is borrowed and stands for the configuration's own. The clock begins at 0 ms of the test. */
struct rule_engine *rule_engine_new(const struct config *c, struct ruleset *ruleset);
void rule_engine_free(struct rule_engine *e);
/* Lets the time of the test pass: incident timers that fall due before then run at their time. */
void rule_engine_advance(struct rule_engine *e, int64_t at);
/* One alert arrives now: its decision {"key", "verdict", "reason", …}, owned by the caller; NULL with a line in `err`. */
json_t *rule_engine_alert(struct rule_engine *e, const struct rule_test_step *step, struct err *err);

#endif
