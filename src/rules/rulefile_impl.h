/*
 * Reading one rule of a rule file.
 */
#ifndef RULES_RULEFILE_IMPL_H
#define RULES_RULEFILE_IMPL_H

#include "rules/rulefile.h"

/* What a file's `scope:` says; the matchers' patterns are shared with every rule. */
struct scope {
	struct matcher *matchers, *annotation_matchers;
	size_t matcher_count, annotation_matcher_count;
	struct str owner;
	struct pos owner_at;
};

struct rule_reader {
	struct arena *arena;
	struct err *err;
};

/* What one rule may say. */
extern const struct option_table rule_table;

/* A scalar, or a list of scalars, each one or more matchers. NULL reads nothing. */
bool rule_read_matchers(const struct rule_reader *r, const struct yaml_node *node, struct matcher **out, size_t *count);
/* `out` is to be released even where this returns false. */
bool rule_read(const struct rule_reader *r, const struct yaml_node *node, const struct scope *scope, struct rule *out);
void rule_release(struct rule *rule);

#endif
