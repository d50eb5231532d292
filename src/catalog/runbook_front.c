/* YAML front matter of a runbook, under the names that site generators and people use. */
#include "base/ascii.h"
#include "catalog/front_matter.h"
#include "runbook_impl.h"
#include "words/table_front_holders.h"

static void add_scalar(struct reading *r, struct str key, const struct yaml_node *node)
{
	if (node->kind == YAML_SCALAR && !yaml_is_null(node))
		runbook_add_field(r, key, (struct runbook_value){str_trim(node->text), {NULL, 0}});
}

/* "DiskFull, DiskSlow" are two, where both look like names. */
static void add_alert_text(struct reading *r, struct str text)
{
	bool names = str_index(text, ',') > 0;
	for (struct str rest = text; names && rest.n;)
		names = alert_name_is_likely(runbook_take_item(&rest));
	while (names && text.n)
		runbook_add_alert(r, runbook_take_item(&text));
	if (!names)
		runbook_add_alert(r, text);
}

/* `alerts: [A, B]`, `alerts: [{name: A}]`: exactly as written, whatever they look like. */
static void add_alerts(struct reading *r, const struct yaml_node *node)
{
	static const char *const names[] = {"name", "alert", "alertname", "alert_name"};
	if (node->kind == YAML_SCALAR && !yaml_is_null(node))
		add_alert_text(r, node->text);
	for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++)
		if (node->items[i]->kind != YAML_LIST)
			add_alerts(r, node->items[i]);
	for (size_t i = 0; node->kind == YAML_MAP && i < sizeof names / sizeof *names; i++) {
		const struct yaml_node *name = yaml_get(node, names[i]);
		if (name && name->kind == YAML_SCALAR)
			runbook_add_alert(r, name->text);
	}
}

static struct str joined_scalars(struct arena *arena, const struct yaml_node *list)
{
	AUTOBUF struct buf out;
	buf_init(&out, 4096);
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i]->kind != YAML_SCALAR)
			continue;
		buf_add_c(&out, out.n ? ", " : "");
		buf_add(&out, list->items[i]->text);
	}
	return arena_str(arena, buf_str(&out));
}

/* lastReviewed is "last Reviewed". */
static struct str key_in_words(struct arena *arena, struct str key)
{
	char *out = arena_alloc(arena, 2 * key.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < key.n; i++) {
		if (i && ascii_is_upper(key.p[i]) && ascii_is_lower(key.p[i - 1]))
			out[n++] = ' ';
		out[n++] = key.p[i];
	}
	return (struct str){out, n};
}

/* `review: {every: 6 months}` is "review every". */
static void take_below(struct reading *r, struct str above, const struct yaml_node *map)
{
	for (size_t i = 0; i < map->count; i++) {
		struct str own = key_in_words(r->arena, map->keys[i]->text);
		add_scalar(r, str_c(arena_printf(r->arena, "%.*s %.*s", STR_ARG(above), STR_ARG(own))), map->items[i]);
	}
}

static void take_front_entry(struct reading *r, const struct yaml_node *key, const struct yaml_node *value)
{
	struct str words = key_in_words(r->arena, key->text);
	enum runbook_key known = runbook_key_of(runbook_fold(r->arena, words));
	if (known == KEY_ALERTS)
		add_alerts(r, value);
	else if (value->kind == YAML_MAP && known != KEY_NONE)
		take_below(r, words, value);
	else if (value->kind == YAML_LIST && known != KEY_NONE)
		runbook_add_field(r, words, (struct runbook_value){joined_scalars(r->arena, value), {NULL, 0}});
	else
		add_scalar(r, words, value);
}

/* What stands on top goes before what is nested. */
static void take_map(struct reading *r, const struct yaml_node *map, int depth)
{
	for (size_t i = 0; i < map->count; i++)
		take_front_entry(r, map->keys[i], map->items[i]);
	for (size_t i = 0; depth < 2 && i < map->count; i++)
		if (map->items[i]->kind == YAML_MAP &&
		    words_table_is(&front_holders, 0, runbook_fold(r->arena, key_in_words(r->arena, map->keys[i]->text))))
			take_map(r, map->items[i], depth + 1);
}

void runbook_take_front_matter(struct reading *r, struct str text)
{
	AUTOERR struct err err = ERR_INIT;
	const struct yaml_node *map = front_matter_read(r->arena, r->file, text, &err);
	if (!map || map->kind != YAML_MAP)
		return;
	r->zone = ZONE_FRONT;
	take_map(r, map, 0);
}
