/* YAML front matter of a runbook, under the names that site generators and people use. */
#include "runbook_impl.h"

static void add_scalar(struct reading *r, struct str key, const struct yaml_node *node)
{
	if (node->kind == YAML_SCALAR && !yaml_is_null(node))
		runbook_add_field(r, key, (struct runbook_value){str_trim(node->text), {NULL, 0}});
}

/* `alerts: [A, B]`: exactly as written, whatever they look like. */
static void add_alerts(struct reading *r, const struct yaml_node *node)
{
	const struct yaml_node *const one[] = {node};
	size_t n = node->kind == YAML_LIST ? node->count : 1;
	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *item = node->kind == YAML_LIST ? node->items[i] : one[0];
		if (item->kind != YAML_SCALAR || yaml_is_null(item) || !item->text.n || str_is_placeholder(item->text))
			continue;
		MEM_ROOM(r->alerts, r->alerts_count, r->alerts_capacity);
		r->alerts[r->alerts_count++] = (struct runbook_alert){item->text, 0, false};
	}
}

static struct str joined(struct arena *arena, const struct yaml_node *list)
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

static void take_entry(struct reading *r, const struct yaml_node *key, const struct yaml_node *value)
{
	enum runbook_key known = runbook_key_of(runbook_fold(r->arena, key->text));
	if (known == KEY_ALERTS)
		add_alerts(r, value);
	else if (value->kind == YAML_LIST && known != KEY_NONE)
		runbook_add_field(r, key->text, (struct runbook_value){joined(r->arena, value), {NULL, 0}});
	else
		add_scalar(r, key->text, value);
}

void runbook_take_front_matter(struct reading *r, struct str text)
{
	AUTOERR struct err err = ERR_INIT;
	const struct yaml_node *map = text.n ? yaml_parse(r->arena, r->file, text, &err) : NULL;
	if (!map || map->kind != YAML_MAP)
		return;
	r->zone = ZONE_FRONT;
	for (size_t i = 0; i < map->count; i++)
		take_entry(r, map->keys[i], map->items[i]);
}
