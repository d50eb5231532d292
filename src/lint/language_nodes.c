/*
 * The tree as nodes (Thompson's construction, written from the end to the beginning), and states as sets of nodes.
 */
#include <stdlib.h>
#include <string.h>

#include "lint/language_impl.h"

#define TOO_MANY UINT32_MAX /* or cannot be described */

static uint32_t add_node(struct language *l, struct node node)
{
	if (l->node_count == LANGUAGE_NODES_MAX)
		return TOO_MANY;
	MEM_ROOM(l->nodes, l->node_count, l->node_capacity);
	l->nodes[l->node_count] = node;
	return (uint32_t)l->node_count++;
}

static uint32_t emit_node(struct language *l, const struct regex_node *t, uint32_t next);

static uint32_t add_split(struct language *l, uint32_t out, uint32_t other)
{
	if (out == TOO_MANY || other == TOO_MANY)
		return TOO_MANY;
	return add_node(l, (struct node){.kind = NODE_SPLIT, .out = out, .other = other});
}

static uint32_t emit_choice(struct language *l, const struct regex_node *t, uint32_t next)
{
	uint32_t start = TOO_MANY;
	for (const struct regex_node *part = t->last; part; part = part->previous) {
		uint32_t one = emit_node(l, part, next);
		start = part == t->last ? one : add_split(l, one, start);
	}
	return start;
}

/* x* is a node that leads into x, which leads back, or on. */
static uint32_t emit_loop(struct language *l, const struct regex_node *inner, uint32_t next)
{
	uint32_t loop = add_split(l, next, next);
	uint32_t into = loop == TOO_MANY ? TOO_MANY : emit_node(l, inner, loop);
	if (into == TOO_MANY)
		return TOO_MANY;
	l->nodes[loop].out = into;
	return loop;
}

static uint32_t emit_repeat(struct language *l, const struct regex_node *t, uint32_t next)
{
	uint32_t start = t->most < 0 ? emit_loop(l, t->last, next) : next;
	for (long i = t->least; i < t->most && start != TOO_MANY; i++)
		start = add_split(l, emit_node(l, t->last, start), next);
	for (long i = 0; i < t->least && start != TOO_MANY; i++)
		start = emit_node(l, t->last, start);
	return start;
}

static uint32_t add_set(struct language *l, bool known, uint32_t set, uint32_t next)
{
	return known ? add_node(l, (struct node){.kind = NODE_SET, .set = set, .out = next}) : TOO_MANY;
}

static uint32_t emit_class(struct language *l, const struct regex_node *t, uint32_t next)
{
	uint32_t set = 0;
	bool known = language_class(l, t, &set);
	return add_set(l, known, set, next);
}

static size_t last_char(struct str text)
{
	size_t n = text.n - 1;
	while (n > 0 && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	return n;
}

static uint32_t emit_text(struct language *l, const struct regex_node *t, uint32_t next)
{
	struct str rest = t->text;
	while (rest.n > 0 && next != TOO_MANY) {
		size_t n = last_char(rest);
		struct str one = str_slice(rest, n, rest.n);
		uint32_t set = 0;
		bool known = language_char(l, regex_take_char(&one), t->fold, &set);
		next = add_set(l, known, set, next);
		rest.n = n;
	}
	return next;
}

/* Words' boundaries and the anchors of (?m) cannot be described. */
static uint32_t emit_assertion(struct language *l, const struct regex_node *t, uint32_t next)
{
	bool begins = t->letter == '^' || t->letter == 'A', ends = t->letter == '$' || t->letter == 'z';
	bool line = t->multi_line && (t->letter == '^' || t->letter == '$');
	if (line || (!begins && !ends))
		return TOO_MANY;
	return add_node(l, (struct node){.kind = begins ? NODE_BEGIN : NODE_END, .out = next});
}

static uint32_t emit_node(struct language *l, const struct regex_node *t, uint32_t next)
{
	if (next == TOO_MANY)
		return TOO_MANY;
	switch (t->kind) {
	case REGEX_TEXT: return emit_text(l, t, next);
	case REGEX_CLASS:
	case REGEX_DOT: return emit_class(l, t, next);
	case REGEX_ASSERTION: return emit_assertion(l, t, next);
	case REGEX_CHOICE: return emit_choice(l, t, next);
	case REGEX_REPEAT: return emit_repeat(l, t, next);
	case REGEX_FLAGS: return next;
	case REGEX_GROUP:
	case REGEX_SEQUENCE: break;
	}
	for (const struct regex_node *part = t->last; part; part = part->previous)
		next = emit_node(l, part, next);
	return next;
}

/* ---- classes of characters ---- */

int language_by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void find_bounds(struct language *l)
{
	size_t most = 3, n = 0;
	for (size_t i = 0; i < l->set_count; i++)
		most += 2 * l->sets[i].n;
	l->bounds = arena_alloc(l->arena, most * sizeof *l->bounds);
	l->bounds[n++] = 0;
	l->bounds[n++] = SURROGATE_FIRST;
	l->bounds[n++] = SURROGATE_LAST + 1;
	for (size_t i = 0; i < l->set_count; i++)
		for (size_t k = 0; k < l->sets[i].n; k++) {
			l->bounds[n++] = l->sets[i].v[k].first;
			l->bounds[n++] = l->sets[i].v[k].last + 1;
		}
	qsort(l->bounds, n, sizeof *l->bounds, language_by_value);
	for (size_t i = 0; i < n; i++)
		if (l->bounds[i] <= CHAR_LAST && (i == 0 || l->bounds[i] != l->bounds[l->bound_count - 1]))
			l->bounds[l->bound_count++] = l->bounds[i];
}

/* ---- states ---- */

struct closure {
	struct language *l;
	bool at_begin, at_end;
	size_t found, waiting;
	bool matches;
};

static void push_node(struct closure *c, uint32_t node)
{
	if (c->l->mark[node] == c->l->stamp)
		return;
	c->l->mark[node] = c->l->stamp;
	c->l->stack[c->waiting++] = node;
}

static void visit_node(struct closure *c, uint32_t index)
{
	const struct node *node = &c->l->nodes[index];
	switch (node->kind) {
	case NODE_SPLIT:
		push_node(c, node->other);
		push_node(c, node->out);
		return;
	case NODE_BEGIN:
		if (c->at_begin)
			push_node(c, node->out);
		return;
	case NODE_END:
		if (c->at_end)
			push_node(c, node->out);
		break;
	case NODE_MATCH: c->matches = true; break;
	case NODE_SET: break;
	}
	c->l->found[c->found++] = index;
}

static void follow_empty_moves(struct closure *c, uint32_t node)
{
	push_node(c, node);
	while (c->waiting > 0)
		visit_node(c, c->l->stack[--c->waiting]);
}

static bool accepts(struct language *l, const uint32_t *nodes, size_t n, bool at_begin)
{
	struct closure c = {.l = l, .at_begin = at_begin, .at_end = true};
	l->stamp++;
	for (size_t i = 0; i < n; i++)
		follow_empty_moves(&c, nodes[i]);
	return c.matches;
}

/* The state of the nodes in l->found. */
static int32_t intern_state(struct language *l, size_t n, bool first)
{
	qsort(l->found, n, sizeof *l->found, language_by_value);
	struct str key = {(const char *)l->found, n * sizeof *l->found};
	struct state *known = first ? NULL : map_get(l->by_nodes, key);
	if (known)
		return known->next[l->bound_count];
	if (l->state_count == LANGUAGE_STATES_MAX)
		return STATE_TOO_MANY;
	struct state *s = arena_alloc(l->arena, sizeof *s);
	s->nodes = arena_alloc(l->arena, (n + 1) * sizeof *s->nodes);
	s->n = n;
	if (n > 0)
		memcpy(s->nodes, l->found, n * sizeof *s->nodes);
	s->next = arena_alloc(l->arena, (l->bound_count + 1) * sizeof *s->next);
	for (size_t i = 0; i < l->bound_count; i++)
		s->next[i] = STATE_UNKNOWN;
	s->next[l->bound_count] = (int32_t)l->state_count; /* its own number, behind its steps */
	s->accepts = accepts(l, s->nodes, n, first);
	MEM_ROOM(l->states, l->state_count, l->state_capacity);
	l->states[l->state_count++] = s;
	if (!first) /* where a text begins, anchors hold that later do not: that state stands alone */
		map_set(l->by_nodes, key, s);
	return (int32_t)l->state_count - 1;
}

int32_t language_step(struct language *l, int32_t state, size_t class)
{
	const struct state *s = l->states[state];
	if (s->next[class] != STATE_UNKNOWN)
		return s->next[class];
	struct closure c = {.l = l};
	l->stamp++;
	for (size_t i = 0; i < s->n; i++) {
		const struct node *node = &l->nodes[s->nodes[i]];
		if (node->kind == NODE_SET && char_set_has(&l->sets[node->set], l->bounds[class]))
			follow_empty_moves(&c, node->out);
	}
	return s->next[class] = intern_state(l, c.found, false);
}

bool language_build(struct language *l, const struct regex_node *tree)
{
	l->start = emit_node(l, tree, add_node(l, (struct node){.kind = NODE_MATCH}));
	if (l->start == TOO_MANY)
		return false;
	size_t room = l->node_count * sizeof(uint32_t);
	l->mark = arena_alloc(l->arena, room);
	l->found = arena_alloc(l->arena, room);
	l->stack = arena_alloc(l->arena, room);
	l->by_nodes = map_new();
	find_bounds(l);
	struct closure c = {.l = l, .at_begin = true};
	l->stamp++;
	follow_empty_moves(&c, l->start);
	intern_state(l, c.found, true);
	return true;
}
