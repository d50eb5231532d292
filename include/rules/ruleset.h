/*
 * All rules, compiled, with the defaults and the catalog that complete a plan. Read-only after building: any number of
 * readers. The one engine: live routing, explain, test, lint, coverage and backtest call ruleset_evaluate().
 */
#ifndef RULES_RULESET_H
#define RULES_RULESET_H

#include <jansson.h>

#include "base/map.h"
#include "rules/plan.h"

struct url_mapping {
	struct str from, to; /* an annotation's URL prefix, a folder of the catalog */
};

/* `defaults:`, `dedup:` and `catalog:` of the configuration, as far as plans need them. Borrowed; outlives the ruleset. */
struct plan_defaults {
	struct str severity; /* default P3; must exist */
	struct strs receivers;
	struct strs owner_labels;           /* owner, team, owning_team */
	enum plan_source severity_order[3]; /* of SOURCE_RULE, SOURCE_LABEL, SOURCE_CATALOG (the runbook's) */
	struct group_by group_by;
	int64_t repeat_interval, page_after, resolve_hold;
	struct str runbook_base; /* absolute URL that a catalog path is appended to; empty: none */
	struct url_mapping *url_map;
	size_t url_map_count;
};

struct ruleset;
/* `catalog` (finished) and `defaults` are borrowed and outlive the ruleset. */
struct ruleset *ruleset_new(const struct catalog *catalog, const struct plan_defaults *defaults);
void ruleset_free(struct ruleset *rs);
/* In the order of evaluation. Rule names must be unique over all files (both positions in the message). */
bool ruleset_add_file(struct ruleset *rs, const char *file, struct str text, struct err *err);
/* The receivers that there are, for "did you mean"; to be called before ruleset_finish(). The names are borrowed. */
void ruleset_name_receivers(struct ruleset *rs, struct strs names);
/*
 * Checks what rules name: severity, escalation, local runbook (a literal path), receiver (by `receiver_known`, which is
 * asked later too, where a label chooses the receiver: `arg` outlives the ruleset; NULL: all are) must exist;
 * an owner that the catalog lacks is a line in `warnings`. Captures and names used in templates must exist.
 */
bool ruleset_finish(struct ruleset *rs, bool (*receiver_known)(void *arg, struct str name), void *arg, struct err *err,
                    struct err *warnings);
/*
 * The labels and annotations that matchers, group_by, templates of rules and the defaults read, once it is finished: a set,
 * whose values say nothing. NULL without rules.
 */
const struct map *ruleset_label_names(const struct ruleset *rs);
size_t ruleset_rules(const struct ruleset *rs, const struct rule *const **out);
/* NULL: there is none of this name. */
const struct rule *ruleset_rule(const struct ruleset *rs, struct str name);

/*
 * `group_labels` are the webhook body's own (NULL where there is no body: then {alertname} stands in for them).
 * Never fails: what cannot be evaluated degrades (DESIGN promise 2) and is counted in the plan.
 */
void ruleset_evaluate(const struct ruleset *rs, const struct alert *alert, const struct labels *group_labels,
                      struct arena *arena, struct plan *out);

/*
 * Why a rule was not taken: its first matcher that fails and the value it saw. A rule behind the one that ended the search
 * was never tried; what it would have said is told all the same, with no matcher where it would have matched.
 */
struct rule_miss {
	const struct rule *rule;
	const struct matcher *matcher; /* NULL: all would have held */
	struct str value;
	bool cannot_tell;
	const struct rule *behind; /* the rule that ended the search before; NULL: it was tried */
};
/* Every rule that did not match or was not reached, in order; array in `arena`. */
size_t ruleset_misses(const struct ruleset *rs, const struct alert *alert, struct arena *arena,
                      const struct rule_miss **out);

#endif
