/*
 * The parts of a pattern's tree as sets of characters. What cannot be described makes the whole pattern one that cannot be.
 */
#include <string.h>

#include "lint/language_impl.h"

/* ---- a set for each place ---- */

/* One character, as written or in any case; or the class that a node is. */
struct set_key {
	const struct regex_node *class;
	uint32_t c;
	uint32_t fold;
};

static struct str set_key_bytes(const struct set_key *key)
{
	return (struct str){(const char *)key, sizeof *key};
}

/* Repetitions are written out, the sets in them are not: a set's number plus one is kept as a pointer. */
static bool known_set(const struct language *l, const struct set_key *key, uint32_t *out)
{
	uintptr_t number = (uintptr_t)map_get(l->sets_known, set_key_bytes(key));
	*out = (uint32_t)number - 1;
	return number > 0;
}

static uint32_t keep_set(struct language *l, const struct set_key *key, struct char_set *set)
{
	MEM_ROOM(l->sets, l->set_count, l->set_capacity);
	l->sets[l->set_count++] = *set;
	map_set(l->sets_known, set_key_bytes(key), (void *)(uintptr_t)l->set_count);
	return (uint32_t)l->set_count - 1;
}

bool language_char(struct language *l, uint32_t c, bool fold, uint32_t *out)
{
	const struct set_key key = {.c = c, .fold = fold};
	struct char_set set = {0};

	if (known_set(l, &key, out))
		return true;
	char_set_add(&set, c, c);
	bool known = !fold || char_set_fold(&set);
	char_set_finish(&set);
	*out = keep_set(l, &key, &set);
	return known;
}

/* ---- classes ---- */

/*
 * What is folded is what is written as characters; classes with names keep to what they name. PCRE2 makes [:lower:] and
 * [:upper:] one when folding, which is not followed here.
 */
static bool class_item_set(const struct regex_node *class, const struct regex_item *item, struct char_set *set,
                           struct char_set *written)
{
	switch (item->kind) {
	case REGEX_ITEM_RANGE: char_set_add(written, item->first, item->last); return true;
	case REGEX_ITEM_PERL: return char_set_add_perl(set, item->letter);
	case REGEX_ITEM_POSIX: return !class->fold && char_set_add_named(set, item->name);
	case REGEX_ITEM_UNICODE: break;
	}
	return false;
}

static bool class_items_set(const struct regex_node *class, struct char_set *set)
{
	struct char_set written = {0};
	bool known = true;

	for (const struct regex_item *item = class->items; known && item; item = item->next)
		known = class_item_set(class, item, set, &written);
	known = known && (!class->fold || char_set_fold(&written));
	for (size_t i = 0; i < written.n; i++)
		char_set_add(set, written.v[i].first, written.v[i].last);
	char_set_release(&written);
	return known;
}

static bool class_set(const struct regex_node *node, struct char_set *set)
{
	bool dot = node->kind == REGEX_DOT, known = dot || class_items_set(node, set);

	if (dot && !node->dot_all)
		char_set_add(set, '\n', '\n');
	char_set_finish(set);
	if (dot || node->negated)
		char_set_negate(set);
	return known;
}

bool language_class(struct language *l, const struct regex_node *node, uint32_t *out)
{
	const struct set_key key = {.class = node};
	struct char_set set = {0};

	if (known_set(l, &key, out))
		return true;
	bool known = class_set(node, &set);
	*out = keep_set(l, &key, &set);
	return known;
}
