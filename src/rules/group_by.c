/* Reads group_by: label names, ['...'] or alertmanager. */
#include "rules/rulefile.h"

static bool refuse_group_by(struct err *err, struct pos at, const char *why)
{
	err_at(err, at, "group_by: %s (a list of label names, ['...'] for all of them, or alertmanager)", why);
	return false;
}

static bool read_group_labels(struct arena *arena, const struct yaml_node *list, struct group_by *out, struct err *err)
{
	out->mode = GROUP_LABELS;
	out->labels.v = arena_alloc(arena, list->count * sizeof *out->labels.v);
	for (size_t i = 0; i < list->count; i++) {
		const struct yaml_node *item = list->items[i];
		if (item->kind != YAML_SCALAR || item->text.n == 0)
			return refuse_group_by(err, item->at, "not a label name");
		if (str_eq_c(item->text, "..."))
			return refuse_group_by(err, item->at, "'...' stands alone");
		if (strs_contain(&out->labels, item->text))
			return refuse_group_by(err, item->at, "a label is named twice");
		out->labels.v[out->labels.n++] = arena_str(arena, item->text);
	}
	return true;
}

bool group_by_parse(struct arena *arena, const struct yaml_node *node, struct group_by *out, struct err *err)
{
	*out = (struct group_by){GROUP_ALERTMANAGER, {NULL, 0}};
	if (node->kind == YAML_SCALAR) {
		if (str_eq_c(node->text, "alertmanager"))
			return true;
		return refuse_group_by(err, node->at, "unknown word");
	}
	if (node->kind != YAML_LIST)
		return refuse_group_by(err, node->at, "must be a list");
	if (node->count == 1 && node->items[0]->kind == YAML_SCALAR && str_eq_c(node->items[0]->text, "...")) {
		out->mode = GROUP_ALL;
		return true;
	}
	return read_group_labels(arena, node, out, err);
}
