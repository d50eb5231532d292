/*
 * The ceiling on a set of labels or annotations. What routes an alert outlives what only describes it: wherever a name
 * stands in the order of names, neither its severity nor its host may go because a thousand others are longer.
 */
#include <stdlib.h>
#include <string.h>

#include "webhook_impl.h"

#define ROUTING_VALUE_MIN ((size_t)512) /* bytes that the value of a name that routes is never cut below */

static const struct str cut_mark = STR_INIT("…[cut]");

/* Which alerts are told apart and sent by, in this field, whatever the configuration says; and an annotation's first use. */
static const struct str standard_names[] = {
	STR_INIT("severity"), STR_INIT("instance"), STR_INIT("job"),         STR_INIT("namespace"), STR_INIT("pod"),
	STR_INIT("node"),     STR_INIT("host"),     STR_INIT("service"),     STR_INIT("cluster"),   STR_INIT("team"),
	STR_INIT("owner"),    STR_INIT("priority"), STR_INIT("environment"), STR_INIT("env"),       STR_INIT("region"),
	STR_INIT("summary"),  STR_INIT("runbook"),  STR_INIT("runbook_url"),
};

static bool is_standard_name(struct str name)
{
	for (size_t i = 0; i < sizeof standard_names / sizeof *standard_names; i++)
		if (str_eq(standard_names[i], name))
			return true;
	return false;
}

static bool is_renamed(const struct source_labels *s, struct str name)
{
	for (size_t i = 0; s && i < s->rename_count; i++)
		if (str_eq(s->rename[i].from, name))
			return true;
	return false;
}

enum label_rank label_rank_of(const struct label_ranks *ranks, struct str name)
{
	if (str_eq_c(name, "alertname"))
		return LABEL_RANK_ALERTNAME;
	if ((ranks->named && map_get(ranks->named, name)) || is_renamed(ranks->source, name))
		return LABEL_RANK_NAMED;
	return is_standard_name(name) ? LABEL_RANK_STANDARD : LABEL_RANK_OTHER;
}

/* ---- what each takes ---- */

struct weighed_label {
	size_t place; /* among those it came with */
	enum label_rank rank;
	size_t name, value; /* bytes when written */
	size_t least;       /* of the value, however short of room all are */
};

static size_t length_as_written(struct str s, size_t most)
{
	size_t used;
	return json_fitting(s, most, &used).n < s.n ? most + 1 : used;
}

static struct weighed_label weigh_label(const struct labels *from, size_t i, size_t most,
                                        const struct label_ranks *ranks)
{
	struct weighed_label w = {.place = i, .rank = label_rank_of(ranks, from->v[i].name)};
	w.name = length_as_written(from->v[i].name, most);
	w.value = length_as_written(from->v[i].value, most);
	w.least = w.rank < LABEL_RANK_OTHER ? ROUTING_VALUE_MIN : cut_mark.n;
	return w;
}

static size_t value_cap(const struct weighed_label *w, size_t cap)
{
	return cap > w->least ? cap : w->least;
}

static size_t bytes_capped(const struct weighed_label *w, size_t cap)
{
	cap = value_cap(w, cap);
	return w->name + (w->value < cap ? w->value : cap);
}

static size_t sum_capped(const struct weighed_label *w, size_t n, size_t cap)
{
	size_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += bytes_capped(&w[i], cap);
	return sum;
}

/* ---- which of them stay ---- */

static int place_cmp(const void *a, const void *b)
{
	const struct weighed_label *x = a, *y = b;
	return (x->place > y->place) - (x->place < y->place);
}

/* What routes first, then the shortest. */
static int worth_cmp(const void *a, const void *b)
{
	const struct weighed_label *x = a, *y = b;
	size_t m = x->name + x->value, n = y->name + y->value;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return m != n ? (m < n ? -1 : 1) : place_cmp(a, b);
}

/* Those that fit when every value is cut as far as it may be, in the order they came in. Returns how many. */
static size_t keep_worthiest(struct weighed_label *w, size_t n, size_t most)
{
	size_t sum = 0, kept = 0;
	qsort(w, n, sizeof *w, worth_cmp);
	for (size_t i = 0; i < n; i++) {
		size_t takes = bytes_capped(&w[i], 0);
		if (sum + takes > most)
			continue;
		sum += takes;
		w[kept++] = w[i];
	}
	qsort(w, kept, sizeof *w, place_cmp);
	return kept;
}

/* The longest that a value may be. */
static size_t largest_cap(const struct weighed_label *w, size_t n, size_t most)
{
	size_t low = cut_mark.n, high = most;
	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;
		if (sum_capped(w, n, middle) <= most)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static struct str cut_value(struct arena *arena, struct str s, size_t cap)
{
	size_t used;
	struct str kept = json_fitting(s, cap - cut_mark.n, &used);
	char *out = arena_alloc(arena, kept.n + cut_mark.n);
	if (kept.n)
		memcpy(out, kept.p, kept.n);
	memcpy(out + kept.n, cut_mark.p, cut_mark.n);
	return (struct str){out, kept.n + cut_mark.n};
}

/* `l` holds all that were weighed, and then those that stay. */
static void cut_to(struct arena *arena, struct labels *l, struct weighed_label *w, size_t most)
{
	l->n = keep_worthiest(w, l->n, most);
	size_t cap = largest_cap(w, l->n, most);
	for (size_t i = 0; i < l->n; i++) {
		l->v[i] = l->v[w[i].place];
		if (w[i].value > value_cap(&w[i], cap))
			l->v[i].value = cut_value(arena, l->v[i].value, value_cap(&w[i], cap));
	}
}

struct labels labels_limited(struct arena *arena, struct labels from, size_t most, const struct label_ranks *ranks,
                             bool *cut)
{
	struct labels out = {arena_alloc(arena, from.n * sizeof *out.v), from.n};
	AUTOFREE struct weighed_label *w = mem_grow_array(NULL, from.n + 1, sizeof *w);
	for (size_t i = 0; i < from.n; i++) {
		out.v[i] = from.v[i];
		w[i] = weigh_label(&from, i, most, ranks);
	}
	if (sum_capped(w, from.n, most + 1) <= most)
		return out;
	*cut = true;
	cut_to(arena, &out, w, most);
	return out;
}
