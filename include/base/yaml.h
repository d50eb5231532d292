/*
 * A YAML document as a tree in an arena, every node with line and column. Scalars stay text ("no", "012", "22:30" are
 * safe). Refused with file:line:column: several documents, duplicate keys, tags, nesting beyond 64 (libyaml is quadratic
 * there), more than YAML_NODES_MAX nodes, invalid UTF-8.
 *
 * An alias is the node that its anchor names, where that stands: the tree shares it. `<<: *defaults` adds the entries of a
 * mapping (or of several, the first wins) behind those of its own, which win. Both ceilings hold with aliases written out,
 * so that nobody's walk over the tree is longer than that: few lines that would become millions are refused.
 *
 * An empty file gives an empty mapping.
 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

#define YAML_NODES_MAX 1000000
#define YAML_DEPTH_MAX 64

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	struct pos at;            /* file is the name given to yaml_parse, copied into the arena */
	struct str text;          /* scalar */
	bool quoted;              /* scalar: was written in quotes or as a block, so "" and null differ */
	struct str comment;       /* unused by libyaml: always empty */
	size_t count;             /* list items or map entries */
	struct yaml_node **items; /* list items, or map values */
	struct yaml_node **keys;  /* map keys (scalars), in file order; merged ones last */
	size_t weight;            /* nodes in it, itself among them, aliases written out */
	size_t height;            /* collections within each other, itself among them; 0: a scalar */
};

/* NULL on error. The tree and all its bytes live in `arena`. */
struct yaml_node *yaml_parse(struct arena *arena, const char *file, struct str text, struct err *err);
/* The value of a key, or NULL. `map` may be NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key);
/* A plain (unquoted) scalar that is empty, ~ or null. */
bool yaml_is_null(const struct yaml_node *n);
/* "mapping", "list", "scalar": for messages. */
const char *yaml_kind_name(const struct yaml_node *n);

#endif
