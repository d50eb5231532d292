/* Labels and annotations of a webhook body: gathered as they come, within bounds, then limited to their ceiling. */
#include <stdlib.h>
#include <string.h>

#include "webhook_impl.h"

/*
 * What is looked at of one set, far above its ceiling, so that the longest values can be found. Whatever is beyond is only
 * hashed: two alerts that differ there alone are still two.
 */
#define PAIRS_MAX 2048
#define VALUE_MAX ((size_t)64 * 1024)
#define GATHERED_MAX ((size_t)1024 * 1024)
#define VALUE_MAX_LATER ((size_t)1024) /* of each value, once so much is gathered */

static const struct str cut_mark = STR_INIT("…[cut]");
static const struct str replacement = STR_INIT("\xef\xbf\xbd");

void label_set_begin(struct label_set *set)
{
	*set = (struct label_set){.v = set->v, .room = set->room, .beyond = STR_FNV_SEED};
}

void label_set_release(struct label_set *set)
{
	free(set->v);
	*set = (struct label_set){0};
}

static void leave_token_out(struct label_set *set, const struct json_token *token)
{
	set->beyond = str_fnv1a(token->raw, set->beyond);
	set->large = true;
}

/* Names are C strings to the store's JSON library. */
static struct str without_nul(struct arena *arena, struct str name, bool *replaced)
{
	if (!name.n || !memchr(name.p, '\0', name.n))
		return name;
	*replaced = true;
	char *out = arena_alloc(arena, replacement.n * name.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < name.n; i++) {
		struct str c = name.p[i] ? str_slice(name, i, i + 1) : replacement;
		memcpy(out + n, c.p, c.n);
		n += c.n;
	}
	return (struct str){out, n};
}

static struct str read_label_name(struct label_set *set, struct arena *arena, const struct json_token *name)
{
	if (name->raw.n > WEBHOOK_NAME_MAX)
		leave_token_out(set, name);
	return without_nul(arena, json_token_text(arena, name, WEBHOOK_NAME_MAX), &set->odd_text);
}

static struct str read_label_value(struct label_set *set, struct arena *arena, const struct json_token *value)
{
	size_t most = set->bytes < GATHERED_MAX ? VALUE_MAX : VALUE_MAX_LATER;
	if (value->raw.n > most)
		leave_token_out(set, value);
	if ((value->kind == TOKEN_OBJECT || value->kind == TOKEN_LIST) && !set->odd.n)
		set->odd = value->raw;
	return json_token_text(arena, value, most);
}

void label_set_add(struct label_set *set, struct arena *arena, const struct json_token *name,
                   const struct json_token *value)
{
	if (value->kind == TOKEN_NULL)
		return;
	if (set->n >= PAIRS_MAX) {
		leave_token_out(set, name);
		leave_token_out(set, value);
		return;
	}
	if (set->n == set->room) {
		set->room = set->room ? 2 * set->room : 16;
		set->v = mem_grow_array(set->v, set->room, sizeof *set->v);
	}
	set->odd_text = set->odd_text || name->replaced || value->replaced;
	struct label *l = &set->v[set->n++];
	l->name = read_label_name(set, arena, name);
	l->value = read_label_value(set, arena, value);
	set->bytes += l->name.n + l->value.n;
}

void label_set_none(struct label_set *set, const struct json_token *instead)
{
	label_set_begin(set);
	set->beyond = str_fnv1a(instead->raw, set->beyond);
	set->odd = instead->raw;
}

struct labels label_set_sorted(struct label_set *set)
{
	struct labels l = {set->v, set->n};
	labels_sort(&l);
	set->n = l.n;
	return l;
}

/* ---- the ceiling ---- */

static size_t length_as_written(struct str s, size_t most)
{
	size_t used;
	return json_fitting(s, most, &used).n < s.n ? most + 1 : used;
}

/* What names and values take, each value counted up to `cap`. */
static size_t sum_capped(const size_t *names, const size_t *values, size_t n, size_t cap)
{
	size_t sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += names[i] + (values[i] < cap ? values[i] : cap);
	return sum;
}

/* How many of them stay when every value may be cut to the mark alone. */
static size_t count_that_fits(const size_t *names, const size_t *values, size_t n, size_t most)
{
	size_t sum = 0, kept = 0;
	for (; kept < n; kept++) {
		sum += names[kept] + (values[kept] < cut_mark.n ? values[kept] : cut_mark.n);
		if (sum > most)
			break;
	}
	return kept;
}

/* The longest that a value may be. */
static size_t largest_cap(const size_t *names, const size_t *values, size_t n, size_t most)
{
	size_t low = cut_mark.n, high = most;
	while (low < high) {
		size_t middle = low + (high - low + 1) / 2;
		if (sum_capped(names, values, n, middle) <= most)
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

static void cut_to(struct arena *arena, struct labels *l, const size_t *names, const size_t *values, size_t most)
{
	l->n = count_that_fits(names, values, l->n, most);
	size_t cap = largest_cap(names, values, l->n, most);
	for (size_t i = 0; i < l->n; i++)
		if (values[i] > cap)
			l->v[i].value = cut_value(arena, l->v[i].value, cap);
}

struct labels labels_limited(struct arena *arena, struct labels from, size_t most, bool *cut)
{
	struct labels out = {arena_alloc(arena, from.n * sizeof *out.v), from.n};
	AUTOFREE size_t *names = mem_grow_array(NULL, 2 * from.n + 1, sizeof *names);
	size_t *values = names + from.n;
	for (size_t i = 0; i < from.n; i++) {
		out.v[i] = from.v[i];
		names[i] = length_as_written(from.v[i].name, most);
		values[i] = length_as_written(from.v[i].value, most);
	}
	if (sum_capped(names, values, from.n, most + 1) <= most)
		return out;
	*cut = true;
	cut_to(arena, &out, names, values, most);
	return out;
}
