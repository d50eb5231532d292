/*
 * What the parts of the YAML reader share: the tree as far as it is built.
 */
#ifndef BASE_YAML_IMPL_H
#define BASE_YAML_IMPL_H

#include <yaml.h>

#include "base/map.h"
#include "base/yaml.h"

struct yaml_frame {
	struct yaml_node *node;
	struct yaml_node **parts; /* list items, or keys and values in turn */
	size_t count, capacity;
};

struct yaml_builder {
	yaml_parser_t parser;
	struct arena *arena;
	const char *file;
	struct str text;
	struct err *err;
	struct yaml_node *root;
	struct yaml_frame stack[YAML_DEPTH_MAX];
	size_t depth, documents;
	size_t nodes; /* aliases written out */
	struct map *anchors;
	bool failed, done;
	int mistake; /* the line behind which nothing was read any more; 0: all was */
};

/* Records a refusal; `stop` when nothing sensible can follow. */
void yaml_refuse(struct yaml_builder *b, struct pos at, bool stop, const char *what);

/* What the anchor names; NULL when refused. */
struct yaml_node *yaml_alias(struct yaml_builder *b, struct str name, struct pos at);
/* For a mapping that is complete. */
void yaml_check_keys(struct yaml_builder *b, const struct yaml_node *n);
void yaml_merge(struct yaml_builder *b, struct yaml_node *n);
/* For a collection that is complete. */
void yaml_weigh(struct yaml_node *n);

/* Reports a mapping's key that is no scalar: `{{x}}` mostly. */
void yaml_say_key(struct yaml_builder *b, struct pos at);
/* Reports the mistake at which this parser stands, which began reading behind line `before`; returns the line from which on
 * nothing is known. */
int yaml_say_mistake(struct yaml_builder *b, const yaml_parser_t *p, int before);
/* yaml_resume.c: reports further mistakes of syntax behind that line. */
void yaml_resume(struct yaml_builder *b, int mistake);

/* yaml_hint.c: what is wrong with the line in the words of who wrote it, "; " at the end; "" where nothing is to be said. */
const char *yaml_hint(struct str text, int line);
const char *yaml_hint_braces(struct str text, int line); /* the same of a template's braces alone */

#endif
