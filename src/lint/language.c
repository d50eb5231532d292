#include "lint/language.h"

#include <stdlib.h>
#include <string.h>

#include "lint/language_impl.h"
#include "rules/re2_impl.h"

static struct language *language_new(void)
{
	struct language *l = mem_zero(sizeof *l);
	l->arena = arena_new();
	return l;
}

void language_free(struct language *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->set_count; i++)
		char_set_release(&l->sets[i]);
	free(l->sets);
	free(l->nodes);
	free(l->states);
	map_free(l->by_nodes);
	arena_free(l->arena);
	free(l);
}

/* The language that `tree` (NULL: none could be read) describes, or NULL. */
static struct language *built(struct language *l, const struct tree *tree)
{
	if (tree && language_build(l, tree))
		return l;
	language_free(l);
	return NULL;
}

struct language *language_of_pattern(struct str regex)
{
	struct language *l = language_new();
	return built(l, language_parse(l, regex));
}

static struct tree *literal(struct language *l, struct str value)
{
	struct tree *out = tree_new(l, TREE_SEQUENCE);
	struct re2 t = {.p = value.p, .end = value.p + value.n};
	if (!str_is_utf8(value))
		return NULL;
	while (value.n > 0 && t.p < t.end) {
		struct char_set set = {0};
		uint32_t c = re2_next(&t);
		char_set_add(&set, c, c);
		tree_append(out, tree_set(l, &set));
	}
	return out;
}

struct language *language_of_values(const struct str *values, size_t n)
{
	struct language *l = language_new();
	struct tree *out = tree_new(l, TREE_CHOICE);
	struct char_set none = {0};
	if (n == 0)
		tree_append(out, tree_set(l, &none));
	for (size_t i = 0; i < n; i++) {
		struct tree *one = literal(l, values[i]);
		if (!one)
			return built(l, NULL);
		tree_append(out, one);
	}
	return built(l, out);
}
