/*
 * From a pattern's tree (rules/regex.h) to an automaton: sets of characters, the nodes that the tree becomes, and the states
 * (sets of nodes) that are worked out as they are needed.
 */
#ifndef LINT_LANGUAGE_IMPL_H
#define LINT_LANGUAGE_IMPL_H

#include <stdint.h>

#include "base/map.h"
#include "base/mem.h"
#include "lint/language.h"
#include "rules/regex.h"

#define CHAR_LAST 0x10ffff
#define SURROGATE_FIRST 0xd800
#define SURROGATE_LAST 0xdfff

/* ---- sets of characters ---- */

struct char_range {
	uint32_t first, last;
};

struct char_set { /* sorted and without overlaps once finished */
	struct char_range *v;
	size_t n, capacity;
};

void char_set_release(struct char_set *s);
void char_set_add(struct char_set *s, uint32_t first, uint32_t last);
/* \d \w \s and their complements, which is false for any other letter. */
bool char_set_add_perl(struct char_set *s, char letter);
/* The name between [: and :], '^' included; false when unknown. */
bool char_set_add_named(struct char_set *s, struct str name);
/* Adds the other case of every letter; false when the set holds characters beyond ASCII. */
bool char_set_fold(struct char_set *s);
void char_set_finish(struct char_set *s);
void char_set_negate(struct char_set *s); /* finished before and after */
bool char_set_has(const struct char_set *s, uint32_t c);

/* ---- nodes and states ---- */

enum node_kind { NODE_SET, NODE_SPLIT, NODE_BEGIN, NODE_END, NODE_MATCH };

struct node {
	enum node_kind kind;
	uint32_t set;
	uint32_t out, other;
};

struct state {
	uint32_t *nodes; /* sorted; those that a character leads on from, NODE_END and NODE_MATCH */
	size_t n;
	bool accepts;
	int32_t *next; /* per class of characters; STATE_UNKNOWN: not worked out yet */
};
#define STATE_UNKNOWN (-1)
#define STATE_TOO_MANY (-2)

struct language {
	struct arena *arena;
	struct char_set *sets;
	size_t set_count, set_capacity;
	struct map *sets_known; /* by what they stand for */
	struct node *nodes;
	size_t node_count, node_capacity;
	uint32_t start;
	uint32_t *bounds; /* where classes of characters begin that no set tells apart; the first is 0 */
	size_t bound_count;
	struct state **states; /* the first is where every text begins */
	size_t state_count, state_capacity;
	struct map *by_nodes;
	uint32_t *mark, stamp; /* of the nodes visited in one closure */
	uint32_t *found;       /* room for one state's nodes */
	uint32_t *stack;
};

/* The number of the set that a character, or a class or dot, is; false when it cannot be described. */
bool language_char(struct language *l, uint32_t c, bool fold, uint32_t *out);
bool language_class(struct language *l, const struct regex_node *node, uint32_t *out);

int language_by_value(const void *a, const void *b); /* qsort() of uint32_t */

/* False when there are too many nodes, or something that cannot be described. */
bool language_build(struct language *l, const struct regex_node *tree);
/* The state after a character of `class`, or STATE_TOO_MANY. */
int32_t language_step(struct language *l, int32_t state, size_t class);

#endif
