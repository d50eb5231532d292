/*
 * One option's value: from a YAML node into a member. Private to base/options.
 */
#ifndef BASE_OPTION_VALUE_H
#define BASE_OPTION_VALUE_H

#include "base/options.h"

/* The one value being read: what to say about it and where to put it. */
struct reading {
	const struct option *row;
	const struct yaml_node *node;
	const char *what; /* the mapping's name */
	struct arena *arena;
	void *member;
	struct err *err;
};

/* Stores the value, or adds an error that names the row and what it wants. `r->node` may be changed. */
bool option_read_value(struct reading *r);
/* Bytes that a member of this type takes. */
size_t option_size(enum option_type type);
const char *option_type_name(enum option_type type);
void option_join_choices(const struct option *row, const char *between, struct buf *out);

#endif
