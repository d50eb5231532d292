/* What names mean in a document: keys of a mapping, anchors and aliases, merge keys. */
#include <stdlib.h>

#include "base/yaml_impl.h"

/* Below this many keys comparing each with each is cheaper than a hash map. */
#define KEYS_COMPARED 12

/* ---- duplicate keys ---- */

static void refuse_duplicate(struct yaml_builder *b, const struct yaml_node *first, const struct yaml_node *again)
{
	err_at(b->err, again->at, "duplicate key \"%.*s\", first in line %d", STR_ARG(again->text), first->at.line);
	b->failed = true;
}

static void check_keys_by_map(struct yaml_builder *b, const struct yaml_node *n)
{
	struct map *seen = map_new();
	for (size_t i = 0; i < n->count; i++) {
		const struct yaml_node *first = map_get(seen, n->keys[i]->text);
		if (first)
			refuse_duplicate(b, first, n->keys[i]);
		else
			map_set(seen, n->keys[i]->text, n->keys[i]);
	}
	map_free(seen);
}

void yaml_check_keys(struct yaml_builder *b, const struct yaml_node *n)
{
	if (n->count > KEYS_COMPARED) {
		check_keys_by_map(b, n);
		return;
	}
	for (size_t i = 1; i < n->count; i++) {
		for (size_t k = 0; k < i; k++) {
			if (!str_eq(n->keys[k]->text, n->keys[i]->text))
				continue;
			refuse_duplicate(b, n->keys[k], n->keys[i]);
			break;
		}
	}
}

/* ---- aliases ---- */

static bool still_open(const struct yaml_builder *b, const struct yaml_node *n)
{
	for (size_t i = 0; i < b->depth; i++)
		if (b->stack[i].node == n)
			return true;
	return false;
}

/* Written out it would be this many nodes more. */
static bool count_written_out(struct yaml_builder *b, const struct yaml_node *n, struct pos at)
{
	b->nodes += n->weight;
	if (b->nodes <= YAML_NODES_MAX)
		return true;
	yaml_refuse(b, at, true, "more than 1000000 nodes, once aliases are written out");
	return false;
}

struct yaml_node *yaml_alias(struct yaml_builder *b, struct str name, struct pos at)
{
	struct yaml_node *n = map_get(b->anchors, name);

	if (!n) {
		err_at(b->err, at, "there is no anchor \"&%.*s\" before this alias", STR_ARG(name));
		b->failed = true;
		return NULL;
	}
	if (still_open(b, n)) {
		yaml_refuse(b, at, false, "an alias within what it stands for");
		return NULL;
	}
	if (b->depth + n->height > YAML_DEPTH_MAX) {
		yaml_refuse(b, at, true, "nested deeper than 64 levels, once aliases are written out");
		return NULL;
	}
	return count_written_out(b, n, at) ? n : NULL;
}

void yaml_weigh(struct yaml_node *n)
{
	n->weight = 1;
	n->height = 1;
	for (size_t i = 0; i < n->count; i++) {
		n->weight += n->items[i]->weight + (n->kind == YAML_MAP);
		if (n->items[i]->height >= n->height)
			n->height = n->items[i]->height + 1;
	}
}

/* ---- merge keys: https://yaml.org/type/merge.html ---- */

struct merging {
	struct yaml_builder *b;
	struct map *known; /* keys that are there */
	struct yaml_node **keys, **items;
	size_t count, capacity;
};

static bool is_merge_key(const struct yaml_node *key)
{
	return !key->quoted && str_eq_c(key->text, "<<");
}

static void add_merged(struct merging *m, struct yaml_node *key, struct yaml_node *item)
{
	if (map_get(m->known, key->text))
		return;
	map_set(m->known, key->text, key);
	if (m->count == m->capacity) {
		m->capacity = m->capacity ? 2 * m->capacity : 16;
		m->keys = mem_grow_array(m->keys, m->capacity, sizeof *m->keys);
		m->items = mem_grow_array(m->items, m->capacity, sizeof *m->items);
	}
	m->keys[m->count] = key;
	m->items[m->count++] = item;
}

static void merge_map(struct merging *m, const struct yaml_node *from, struct pos at)
{
	if (from->kind != YAML_MAP) {
		yaml_refuse(m->b, at, false, "<< wants a mapping, or a list of mappings, to merge");
		return;
	}
	if (!count_written_out(m->b, from, at))
		return;
	for (size_t i = 0; i < from->count; i++)
		add_merged(m, from->keys[i], from->items[i]);
}

/* `at`: of the "<<", for what it names may stand elsewhere. */
static void merge_value(struct merging *m, const struct yaml_node *value, struct pos at)
{
	if (value->kind != YAML_LIST) {
		merge_map(m, value, at);
		return;
	}
	for (size_t i = 0; i < value->count; i++)
		merge_map(m, value->items[i], at);
}

static struct yaml_node **in_arena(struct yaml_builder *b, struct yaml_node **from, size_t n)
{
	struct yaml_node **out = arena_alloc(b->arena, (n + 1) * sizeof *out);

	for (size_t i = 0; i < n; i++)
		out[i] = from[i];
	return out;
}

static void merge_into(struct merging *m, struct yaml_node *n)
{
	for (size_t i = 0; i < n->count; i++)
		if (!is_merge_key(n->keys[i]))
			add_merged(m, n->keys[i], n->items[i]);
	for (size_t i = 0; i < n->count; i++)
		if (is_merge_key(n->keys[i]))
			merge_value(m, n->items[i], n->keys[i]->at);
	n->keys = in_arena(m->b, m->keys, m->count);
	n->items = in_arena(m->b, m->items, m->count);
	n->count = m->count;
}

void yaml_merge(struct yaml_builder *b, struct yaml_node *n)
{
	size_t merges = 0;

	for (size_t i = 0; i < n->count; i++)
		merges += is_merge_key(n->keys[i]);
	if (!merges || b->failed)
		return;
	struct merging m = {.b = b, .known = map_new()};
	merge_into(&m, n);
	map_free(m.known);
	free(m.keys);
	free(m.items);
}
