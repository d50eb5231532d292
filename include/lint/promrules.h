/*
 * Alert definitions: which alerts can fire, out of Prometheus rule files, PrometheusRule objects (also in a List, or rule
 * files inside a ConfigMap) and a Prometheus' own /api/v1/rules. Recording rules are passed over, and so is every
 * document that holds no groups of rules: manifests of other kinds lie in the same files.
 */
#ifndef LINT_PROMRULES_H
#define LINT_PROMRULES_H

#include <stdbool.h>
#include <stddef.h>

#include "alert/alert.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/options.h"
#include "base/str.h"

struct promrule {
	struct str name, group;
	struct labels labels; /* with alertname; without those in `unknown` */
	struct labels annotations;
	struct strs unknown; /* labels whose value is a template: known only when the alert fires */
	struct pos at;       /* of the definition; line 0 where the source has none */
};

struct promrules {
	struct promrule *v;
	size_t n, capacity;
};
void promrules_release(struct promrules *rules);

/*
 * Appends what one file defines; strings live in `arena`. False with lines in `err` (FILE:LINE:COLUMN) for each document
 * and definition that cannot be understood: a template that only becomes YAML when it is rendered is one line that says
 * so. What could be read is in `out` all the same.
 */
bool promrules_read(struct arena *arena, const char *file, struct str text, struct promrules *out, struct err *err);
/* The same for the body that /api/v1/rules answers; `source` stands for the file where a rule names none. */
bool promrules_read_api(struct arena *arena, const char *source, struct str body, struct promrules *out,
                        struct err *err);

/*
 * For readers of other sources: appends a definition. Labels and annotations as written, alertname need not be among the
 * labels; templated labels are set apart. Labels of `group_labels` that the rule has not itself are its own as well.
 */
void promrules_add(struct arena *arena, struct promrules *out, const struct promrule *rule,
                   const struct labels *group_labels);

#endif
