/*
 * A plan as JSON in the shape of INTERFACE section 7 ("explain"), one object per alert. The caller owns the reference.
 */
#ifndef RULES_EXPLAIN_H
#define RULES_EXPLAIN_H

#include <jansson.h>

#include "rules/ruleset.h"

json_t *explain_plan(const struct alert *alert, const struct plan *plan);
/*
 * The "skipped" list for --all: {"rule", "file", "line", "matcher", "label", "value", "annotation", "cannot_tell", "behind"}.
 * Matcher, label and value are null where the rule would have matched but stands behind the one that ended the search.
 */
json_t *explain_misses(const struct rule_miss *misses, size_t count);

#endif
