/* Sets of labels that the results of an expression may have. */
#include "lint/promql_impl.h"

bool promql_listed(const struct strs *names, struct str name)
{
	for (size_t i = 0; i < names->n; i++)
		if (str_eq(names->v[i], name))
			return true;
	return false;
}

/* Room for `n` names and as many fixed labels. */
static struct promql_labels labels_with_room(struct arena *arena, size_t n)
{
	return (struct promql_labels){.names = {arena_alloc(arena, (n + 1) * sizeof(struct str)), 0},
	                              .fixed = {arena_alloc(arena, (n + 1) * sizeof(struct label)), 0}};
}

static size_t labels_in(const struct promql_labels *l)
{
	return l->names.n + l->fixed.n;
}

static void copy_fixed(struct promql_labels *out, const struct promql_labels *from, const struct strs *names,
                       bool listed)
{
	for (size_t i = 0; i < from->fixed.n; i++)
		if (promql_listed(names, from->fixed.v[i].name) == listed)
			out->fixed.v[out->fixed.n++] = from->fixed.v[i];
}

struct promql_labels promql_keep(struct arena *arena, const struct promql_labels *from, const struct strs *names)
{
	struct promql_labels out = labels_with_room(arena, names->n + from->fixed.n);

	for (size_t i = 0; i < names->n; i++)
		if (promql_may_have(from, names->v[i]))
			out.names.v[out.names.n++] = names->v[i];
	copy_fixed(&out, from, names, true);
	return out;
}

struct promql_labels promql_remove(struct arena *arena, const struct promql_labels *from, const struct strs *names)
{
	struct promql_labels out = labels_with_room(arena, labels_in(from));

	out.open = from->open;
	for (size_t i = 0; i < from->names.n; i++)
		if (!promql_listed(names, from->names.v[i]))
			out.names.v[out.names.n++] = from->names.v[i];
	copy_fixed(&out, from, names, false);
	return out;
}

struct promql_labels promql_with(struct arena *arena, const struct promql_labels *from, struct str name)
{
	const struct strs one = {&name, 1};
	struct promql_labels out = promql_remove(arena, from, &one);
	struct str *grown = arena_alloc(arena, (out.names.n + 1) * sizeof *grown);

	for (size_t i = 0; i < out.names.n; i++)
		grown[i] = out.names.v[i];
	grown[out.names.n++] = name;
	out.names.v = grown;
	return out;
}

/* Fixed is what both fix to the same value; of the other fixed ones each may be there. */
struct promql_labels promql_either(struct arena *arena, const struct promql_labels *a, const struct promql_labels *b)
{
	const struct labels *both[] = {&a->fixed, &b->fixed};
	struct promql_labels out = labels_with_room(arena, labels_in(a) + labels_in(b));

	out.open = a->open || b->open;
	out.fixed = labels_common(arena, both, 2);
	for (size_t k = 0; k < 2; k++) {
		const struct promql_labels *from = k ? b : a;
		for (size_t i = 0; i < from->names.n; i++)
			out.names.v[out.names.n++] = from->names.v[i];
		for (size_t i = 0; i < from->fixed.n; i++)
			if (!labels_has(&out.fixed, from->fixed.v[i].name))
				out.names.v[out.names.n++] = from->fixed.v[i].name;
	}
	return out;
}

bool promql_may_have(const struct promql_labels *l, struct str name)
{
	if (labels_has(&l->fixed, name))
		return false;
	return l->open || promql_listed(&l->names, name);
}
