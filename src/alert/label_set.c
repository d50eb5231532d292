/* Labels and annotations of a webhook body: gathered as they come, within bounds; label_cut.c limits them to their ceiling. */
#include <stdlib.h>
#include <string.h>

#include "webhook_impl.h"

/*
 * What is looked at of one set, far above its ceiling, so that the longest values can be found. Whatever is beyond is only
 * hashed: two alerts that differ there alone are still two.
 */
#define PAIRS_MAX 2048
#define PAIRS_ROUTING_MAX (2 * PAIRS_MAX) /* so many where those beyond route the alert */
#define ROUTING_NAME_MAX 256              /* bytes of a name that is looked up beyond PAIRS_MAX */
#define VALUE_MAX ((size_t)64 * 1024)
#define GATHERED_MAX ((size_t)1024 * 1024)
#define VALUE_MAX_LATER ((size_t)1024) /* of each value, once so much is gathered */

static const struct str replacement = STR_INIT("\xef\xbf\xbd");

void label_set_begin(struct label_set *set)
{
	*set = (struct label_set){.v = set->v, .room = set->room, .ranks = set->ranks, .beyond = STR_FNV_SEED};
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

static bool has_pair_room(const struct label_set *set, struct arena *arena, const struct json_token *name)
{
	if (set->n < PAIRS_MAX)
		return true;
	if (set->n >= PAIRS_ROUTING_MAX || name->raw.n > ROUTING_NAME_MAX)
		return false;
	return label_rank_of(set->ranks, json_token_text(arena, name, ROUTING_NAME_MAX)) < LABEL_RANK_OTHER;
}

void label_set_add(struct label_set *set, struct arena *arena, const struct json_token *name,
                   const struct json_token *value)
{
	if (value->kind == TOKEN_NULL)
		return;
	if (!has_pair_room(set, arena, name)) {
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
