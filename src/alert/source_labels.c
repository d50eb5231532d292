#include "alert/source_labels.h"

#include <fnmatch.h>

#include "base/map.h"

/* ---- one label set ---- */

static bool is_dropped(const struct source_labels *s, struct str name)
{
	AUTOFREE char *text = mem_str(name);

	for (size_t i = 0; i < s->drop.n; i++)
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

struct labels source_labels_of(const struct source_labels *s, struct arena *arena, const struct labels *labels)
{
	if (!s)
		return *labels;
	struct labels named = s->rename_count ? with_new_names(s, arena, labels) : *labels, kept;
	kept.v = arena_alloc(arena, (named.n + 1) * sizeof *kept.v);
	kept.n = 0;
	for (size_t i = 0; i < named.n; i++)
		if (!s->drop.n || !is_dropped(s, named.v[i].name))
			kept.v[kept.n++] = named.v[i];
	return labels_merge(arena, &kept, &s->add);
}

/* ---- a body ---- */

static void set_labels(const struct source_labels *s, struct arena *arena, struct alert *alert)
{
	char *own = arena_alloc(arena, ALERT_FINGERPRINT_MAX);

	alert->labels = source_labels_of(s, arena, &alert->labels);
	alert->fingerprint = str_c(labels_fingerprint(&alert->labels, own));
}

/* For each fingerprint the one that stands last, and that fires where any does. */
static void let_firing_ones_stand_last(struct webhook *w)
{
	struct map *last = map_new();

	for (size_t i = 0; i < w->count; i++)
		map_set(last, w->alerts[i].fingerprint, &w->alerts[i]);
	for (size_t i = 0; i < w->count; i++) {
		struct alert *end = map_get(last, w->alerts[i].fingerprint), before = *end;
		if (!before.resolved || w->alerts[i].resolved)
			continue;
		*end = w->alerts[i];
		w->alerts[i] = before;
	}
	map_free(last);
}

void source_labels_apply(const struct source_labels *s, struct arena *arena, struct webhook *w)
{
	for (size_t i = 0; i < w->count; i++)
		set_labels(s, arena, &w->alerts[i]);
	w->group_labels = source_labels_of(s, arena, &w->group_labels);
	let_firing_ones_stand_last(w);
}

bool source_labels_rearrange(const struct source_labels *s)
{
	return s && (s->drop.n || s->rename_count);
}

bool source_webhook_parse(struct arena *arena, struct str body, const struct source_labels *s, struct webhook *out,
                          struct err *err)
{
	bool rearrange = source_labels_rearrange(s);

	if (!webhook_parse(arena, body, s && !rearrange ? &s->add : NULL, out, err))
		return false;
	if (rearrange)
		source_labels_apply(s, arena, out);
	return true;
}
