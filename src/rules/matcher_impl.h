/*
 * The two readers of matcher syntax. Each appends to `out` without compiling patterns, or says why not.
 */
#ifndef RULES_MATCHER_IMPL_H
#define RULES_MATCHER_IMPL_H

#include "rules/matcher.h"

struct matcher_list {
	struct matcher *v;
	size_t n;
	size_t capacity;
};

typedef bool matcher_reader(struct arena *arena, struct str text, struct pos at, struct matcher_list *out,
                            struct err *err);

/* Alertmanager up to 0.26: pkg/labels/parse.go. */
matcher_reader matchers_read_classic;
/* Alertmanager 0.27 and later: matchers/parse. */
matcher_reader matchers_read_utf8;

/* At an operator: its length in bytes, or 0. */
size_t matcher_op_read(struct str text, enum matcher_op *op);

#endif
