/* Renames, drops, rewrites and adds the labels of a source's alerts, in this order. */
#include "alert/source_labels.h"

#include <fnmatch.h>

bool source_labels_drop(const struct source_labels *s, struct str name)
{
	AUTOFREE char *text = mem_str(name);

	for (size_t i = 0; s && i < s->drop.n; i++)
		if (fnmatch(s->drop.v[i].p, text, 0) == 0)
			return true;
	return false;
}

static const struct label_rename *renamed(const struct source_labels *s, struct str name)
{
	for (size_t i = 0; i < s->rename_count; i++)
		if (str_eq(s->rename[i].from, name))
			return &s->rename[i];
	return NULL;
}

/* Those under their new names come last, so that they replace what had these names. */
static struct labels with_new_names(const struct source_labels *s, struct arena *arena, const struct labels *labels)
{
	struct labels out = {arena_alloc(arena, (labels->n + 1) * sizeof *out.v), 0};

	for (size_t i = 0; i < labels->n; i++)
		if (!renamed(s, labels->v[i].name))
			out.v[out.n++] = labels->v[i];
	for (size_t i = 0; i < labels->n; i++) {
		const struct label_rename *to = renamed(s, labels->v[i].name);
		if (to)
			out.v[out.n++] = (struct label){to->to, labels->v[i].value};
	}
	labels_sort(&out);
	return out;
}

static struct labels arrange(const struct source_labels *s, struct arena *arena, const struct labels *labels,
                             bool whole)
{
	if (!s)
		return *labels;
	struct labels named = s->rename_count ? with_new_names(s, arena, labels) : *labels, kept;
	kept.v = arena_alloc(arena, (named.n + 1) * sizeof *kept.v);
	kept.n = 0;
	for (size_t i = 0; i < named.n; i++)
		if (!s->drop.n || !source_labels_drop(s, named.v[i].name))
			kept.v[kept.n++] = named.v[i];
	if (s->rewrite)
		kept = s->rewrite(s->steps, arena, &kept, whole);
	return labels_merge(arena, &kept, &s->add);
}

struct labels source_labels_of(const struct source_labels *s, struct arena *arena, const struct labels *labels)
{
	return arrange(s, arena, labels, true);
}

struct labels source_group_labels_of(const struct source_labels *s, struct arena *arena, const struct labels *labels)
{
	return arrange(s, arena, labels, false);
}

bool source_labels_rearrange(const struct source_labels *s)
{
	return s && (s->drop.n || s->rename_count || s->rewrite);
}
