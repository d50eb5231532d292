/*
 * Which labels the results of a PromQL expression have, as far as its text tells: those that a selector fixes (job="node"),
 * those that an aggregation leaves (sum by (job)), and whether others may come along. What is not understood (another
 * dialect, a mistake) leaves everything open: then nothing is claimed.
 * Semantics: https://prometheus.io/docs/prometheus/latest/querying/operators/
 */
#ifndef LINT_PROMQL_H
#define LINT_PROMQL_H

#include "alert/alert.h"
#include "base/options.h"

#define PROMQL_DEPTH_MAX 60
#define PROMQL_LABELS_MAX 200 /* of one expression; more leave it open */

struct promql_labels {
	bool open;           /* any label may be there */
	struct strs names;   /* not open: these may be there, and no others */
	struct labels fixed; /* always there, with this value */
};

/* Strings live in `arena`. */
struct promql_labels promql_labels_of(struct arena *arena, struct str expr);
/* Whether a result may have the label with a value that the expression does not fix. */
bool promql_may_have(const struct promql_labels *l, struct str name);

#endif
