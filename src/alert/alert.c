/* Label sets: sorting, looking up, joining, what two share, and the fingerprint that Prometheus gives one. */
#include "alert/alert.h"

#include <stdlib.h>

#include "base/buf.h"

/* Where `name` is, or would be inserted. */
static size_t lower_bound(const struct labels *l, struct str name)
{
	size_t low = 0, high = l->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (str_cmp(l->v[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool labels_has(const struct labels *l, struct str name)
{
	size_t i = lower_bound(l, name);
	return i < l->n && str_eq(l->v[i].name, name);
}

struct str labels_get(const struct labels *l, struct str name)
{
	size_t i = lower_bound(l, name);
	return i < l->n && str_eq(l->v[i].name, name) ? l->v[i].value : (struct str){0};
}

/* qsort is not stable; the original position decides between equal names. */
struct placed {
	struct label label;
	size_t place;
};

static int placed_cmp(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int order = str_cmp(x->label.name, y->label.name);
	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static void sort_many(struct labels *l)
{
	AUTOFREE struct placed *placed = mem_grow_array(NULL, l->n, sizeof *placed);
	for (size_t i = 0; i < l->n; i++)
		placed[i] = (struct placed){l->v[i], i};
	qsort(placed, l->n, sizeof *placed, placed_cmp);
	for (size_t i = 0; i < l->n; i++)
		l->v[i] = placed[i].label;
}

/* Label sets are small and arrive nearly sorted (Go marshals maps by key): one pass of comparisons, no allocation. */
static void sort_few(struct labels *l)
{
	for (size_t i = 1; i < l->n; i++) {
		struct label moving = l->v[i];
		size_t j = i;
		for (; j > 0 && str_cmp(l->v[j - 1].name, moving.name) > 0; j--)
			l->v[j] = l->v[j - 1];
		l->v[j] = moving;
	}
}

void labels_sort(struct labels *l)
{
	if (l->n <= 32)
		sort_few(l);
	else
		sort_many(l);

	size_t kept = 0;
	for (size_t i = 0; i < l->n; i++) {
		if (i + 1 < l->n && str_eq(l->v[i].name, l->v[i + 1].name))
			continue;
		l->v[kept++] = l->v[i];
	}
	l->n = kept;
}

struct labels labels_merge(struct arena *arena, const struct labels *base, const struct labels *extra)
{
	struct labels out = {arena_alloc(arena, (base->n + extra->n) * sizeof *out.v), 0};
	size_t i = 0, j = 0;
	while (i < base->n || j < extra->n) {
		int order = i == base->n ? 1 : j == extra->n ? -1 : str_cmp(base->v[i].name, extra->v[j].name);
		out.v[out.n++] = order <= 0 ? base->v[i] : extra->v[j];
		i += order <= 0;
		j += order >= 0;
	}
	return out;
}

struct labels labels_common(struct arena *arena, const struct labels *const *sets, size_t n)
{
	struct labels out = {NULL, 0};
	if (n == 0)
		return out;
	out.v = arena_alloc(arena, sets[0]->n * sizeof *out.v);
	for (size_t i = 0; i < sets[0]->n; i++) {
		struct label l = sets[0]->v[i];
		size_t k = 1;
		while (k < n && labels_has(sets[k], l.name) && str_eq(labels_get(sets[k], l.name), l.value))
			k++;
		if (k == n)
			out.v[out.n++] = l;
	}
	return out;
}

struct labels labels_copy(struct arena *arena, const struct labels *from)
{
	struct labels out = {.v = arena_alloc(arena, (from->n + 1) * sizeof *out.v), .n = from->n};

	for (size_t i = 0; i < from->n; i++)
		out.v[i] = (struct label){arena_str(arena, from->v[i].name), arena_str(arena, from->v[i].value)};
	return out;
}

bool labels_equal(const struct labels *a, const struct labels *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; a->v != b->v && i < a->n; i++)
		if (!str_eq(a->v[i].name, b->v[i].name) || !str_eq(a->v[i].value, b->v[i].value))
			return false;
	return true;
}

static void put_quoted_value(struct buf *b, struct str s)
{
	buf_add_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '\n') {
			buf_add_c(b, "\\n");
			continue;
		}
		if (c == '"' || c == '\\')
			buf_add_char(b, '\\');
		buf_add_char(b, c);
	}
	buf_add_char(b, '"');
}

/* Names beyond the classic alphabet are quoted, as Alertmanager 0.27 and later print them. */
static bool is_classic_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
		if (!letter && !(i > 0 && c >= '0' && c <= '9'))
			return false;
	}
	return name.n > 0;
}

/* Far above what the ceilings on one alert's labels let through. */
#define FORMAT_MAX ((size_t)1 << 20)

struct str labels_format(struct arena *arena, const struct labels *l)
{
	AUTOBUF struct buf b;
	buf_init(&b, FORMAT_MAX);
	buf_add_char(&b, '{');
	for (size_t i = 0; i < l->n; i++) {
		if (i > 0)
			buf_add_c(&b, ", ");
		if (is_classic_name(l->v[i].name))
			buf_add(&b, l->v[i].name);
		else
			put_quoted_value(&b, l->v[i].name);
		buf_add_char(&b, '=');
		put_quoted_value(&b, l->v[i].value);
	}
	buf_add_char(&b, '}');
	return arena_str(arena, buf_str(&b));
}

char *labels_fingerprint(const struct labels *l, char out[ALERT_FINGERPRINT_MAX])
{
	const struct str separator = STR("\xff");
	uint64_t hash = STR_FNV_SEED;
	for (size_t i = 0; i < l->n; i++) {
		hash = str_fnv1a(l->v[i].name, hash);
		hash = str_fnv1a(separator, hash);
		hash = str_fnv1a(l->v[i].value, hash);
		hash = str_fnv1a(separator, hash);
	}
	return str_hex16(hash, out);
}

static bool is_matcher_escaped(char c)
{
	return c == '"' || c == '\\' || c == '\n';
}

void label_add_matcher(struct buf *out, const struct label *l)
{
	buf_add(out, l->name);
	buf_add_c(out, "=\"");
	for (size_t i = 0, from; i < l->value.n; i++) {
		from = i;
		while (i < l->value.n && !is_matcher_escaped(l->value.p[i]))
			i++;
		buf_add(out, str_slice(l->value, from, i));
		if (i < l->value.n)
			buf_add(out, l->value.p[i] == '\n' ? STR("\\n") : l->value.p[i] == '"' ? STR("\\\"") : STR("\\\\"));
	}
	buf_add_c(out, "\"");
}
