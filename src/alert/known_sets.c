/* Asked by whoever reads long histories (webhook_alert.c, replay/journal_line.c) before a set is read once more. */
#include "alert/known_sets.h"

#include <stdlib.h>

#include "base/map.h"

struct known_sets {
	struct arena *arena;
	struct map *by_text;
	size_t holders;
};

struct known_sets *known_sets_new(void)
{
	struct known_sets *k = mem_zero(sizeof *k);

	k->arena = arena_new();
	k->by_text = map_new_of_views();
	k->holders = 1;
	return k;
}

struct known_sets *known_sets_ref(struct known_sets *k)
{
	if (k)
		k->holders++;
	return k;
}

void known_sets_unref(struct known_sets *k)
{
	if (!k || --k->holders)
		return;
	map_free(k->by_text);
	arena_free(k->arena);
	free(k);
}

size_t known_sets_bytes(const struct known_sets *k)
{
	return arena_bytes(k->arena);
}

const struct known_set *known_sets_find(const struct known_sets *k, struct str text)
{
	return map_get(k->by_text, text);
}

const struct known_set *known_sets_keep(struct known_sets *k, struct str text, const struct labels *labels)
{
	struct known_set *set = arena_alloc(k->arena, sizeof *set);

	set->labels = labels_copy(k->arena, labels);
	labels_fingerprint(&set->labels, set->identity);
	map_set(k->by_text, arena_str(k->arena, text), set);
	return set;
}
