/*
 * Labels that rules name and no alert has: matchers: ['sevrity="critical"'], group_by: [clutser]. Any label may exist, so
 * that a rule names it proves nothing. What is reported is named by a rule, is no label of any alert that is known, and is
 * a slip of the keyboard away from one that is.
 */
#ifndef LINT_LABEL_NAMES_H
#define LINT_LABEL_NAMES_H

#include "alert/alert.h"
#include "rules/ruleset.h"

#define LABEL_NAMES_MAX 500 /* that are kept; beyond it nothing can be said any more, and nothing is */

/* The names of all labels that some alerts have, each once. */
struct label_names;
struct label_names *label_names_new(void);
void label_names_free(struct label_names *n);
void label_names_add(struct label_names *n, struct str name);
void label_names_add_all(struct label_names *n, const struct labels *labels);
bool label_names_has(const struct label_names *n, struct str name);
/* All names in the order in which they came; they live as long as the set does. `out` has room for LABEL_NAMES_MAX. */
size_t label_names_list(const struct label_names *n, struct str *out);

/* A label of a matcher or of group_by, with the name that was meant. */
struct unseen_label {
	const struct rule *rule;
	struct pos at;
	size_t index; /* for rule_label() */
	struct str name, meant;
};
#define UNSEEN_LABELS_MAX 50 /* different names of rules that are looked at: the daemon does it while others wait */
/*
 * In the order of the rules; a scope's matcher once, with the first rule of its file. Array and names live in `arena`.
 * None where `n` is empty or has overflowed.
 */
size_t unseen_labels(const struct ruleset *rules, const struct label_names *n, struct arena *arena,
                     const struct unseen_label **out);

/* The labels that a rule names: those of its matchers, then those of its group_by. */
size_t rule_label_count(const struct rule *rule);
struct str rule_label(const struct rule *rule, size_t index, struct pos *at);

#endif
