/* A pattern as a deterministic automaton. */
#include "lint/language.h"

#include <stdlib.h>

#include "lint/language_impl.h"

static struct language *language_new(void)
{
	struct language *l = mem_zero(sizeof *l);
	l->arena = arena_new();
	l->sets_known = map_new();
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
	map_free(l->sets_known);
	arena_free(l->arena);
	free(l);
}

/* The language that `tree` (NULL: none could be read) describes, or NULL. The tree is not needed any more. */
static struct language *built_or_freed(struct language *l, const struct regex_node *tree)
{
	if (tree && language_build(l, tree))
		return l;
	language_free(l);
	return NULL;
}

struct language *language_of_pattern(struct str regex)
{
	AUTOARENA struct arena *scratch = arena_new();
	AUTOERR struct err ignored = ERR_INIT; /* loading has said it already */

	return built_or_freed(language_new(), regex_parse(scratch, regex, (struct pos){0}, NULL, &ignored));
}

static struct regex_node *literal(struct arena *arena, struct str value)
{
	struct regex_node *out = regex_node_new(arena, REGEX_SEQUENCE), *text = regex_node_new(arena, REGEX_TEXT);

	text->text = value;
	if (value.n > 0)
		regex_append(out, text);
	return out;
}

struct language *language_of_values(const struct str *values, size_t n)
{
	AUTOARENA struct arena *scratch = arena_new();
	struct regex_node *out = regex_node_new(scratch, REGEX_CHOICE);

	if (n == 0)
		regex_append(out, regex_node_new(scratch, REGEX_CLASS)); /* of no characters */
	for (size_t i = 0; i < n; i++) {
		if (!str_is_utf8(values[i]))
			return NULL;
		regex_append(out, literal(scratch, values[i]));
	}
	return built_or_freed(language_new(), out);
}
