/* A tree of routes: Alertmanager's `route:`, and Grafana's policies, which are the same with other matchers. */
#include <string.h>

#include "base/time.h"
#include "import_impl.h"

#define MATCHER_MAX (16 * 1024)

static const char *const known_keys[] = {
	"receiver",
	"continue",
	"match",
	"match_re",
	"matchers",
	"object_matchers",
	"group_by",
	"group_wait",
	"group_interval",
	"repeat_interval",
	"routes",
	"uid",
	"orgId",
	"mute_time_intervals",
	"active_time_intervals",
};

/* ---- matchers ---- */

/* A value between quotes, as both of Alertmanager's parsers read it. */
static void quote(struct str value, struct buf *out)
{
	buf_add_char(out, '"');
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			buf_add_char(out, '\\');
		if (value.p[i] == '\n')
			buf_add_c(out, "\\n");
		else
			buf_add_char(out, value.p[i]);
	}
	buf_add_char(out, '"');
}

struct str import_matcher(struct import *i, struct str name, const char *op, struct str value)
{
	AUTOBUF struct buf out;
	buf_init(&out, MATCHER_MAX);
	buf_add(&out, name);
	buf_add_c(&out, op);
	quote(value, &out);
	return arena_str(i->arena, buf_str(&out));
}

static bool add_map(struct import *i, const struct yaml_node *map, const char *op, struct strs *out, struct err *err)
{
	if (map && map->kind != YAML_MAP && !yaml_is_null(map)) {
		err_at(err, map->at, "a mapping of labels to values was expected, not a %s", yaml_kind_name(map));
		return false;
	}
	for (size_t k = 0; map && map->kind == YAML_MAP && k < map->count; k++)
		out->v[out->n++] = import_matcher(i, map->keys[k]->text, op, map->items[k]->text);
	return true;
}

/* [[label, op, value], …] */
static bool add_triples(struct import *i, const struct yaml_node *list, struct strs *out, struct err *err)
{
	for (size_t k = 0; list && k < list->count; k++) {
		const struct yaml_node *t = list->items[k];
		if (list->kind != YAML_LIST || t->kind != YAML_LIST || t->count != 3) {
			err_at(err, t->at, "object_matchers: [label, operator, value] was expected");
			return false;
		}
		const char *op = arena_cstr(i->arena, t->items[1]->text);
		out->v[out->n++] = import_matcher(i, t->items[0]->text, op, t->items[2]->text);
	}
	return true;
}

static const struct yaml_node *get_named(struct import *i, const struct yaml_node *node, const char *before,
                                         const char *key)
{
	return yaml_get(node, arena_printf(i->arena, "%s%s", before, key));
}

bool import_read_matchers_of(struct import *i, const struct yaml_node *node, const char *before, struct strs *out,
                             struct err *err)
{
	const struct yaml_node *match = get_named(i, node, before, "match");
	const struct yaml_node *match_re = get_named(i, node, before, "match_re");
	const struct yaml_node *triples = yaml_get(node, "object_matchers");
	struct strs texts = import_list(i, get_named(i, node, before, "matchers"));
	size_t most =
		texts.n + (match ? match->count : 0) + (match_re ? match_re->count : 0) + (triples ? triples->count : 0);

	*out = (struct strs){arena_alloc(i->arena, (most + 1) * sizeof *out->v), 0};
	for (size_t k = 0; k < texts.n; k++)
		out->v[out->n++] = texts.v[k];
	return add_map(i, match, "=", out, err) && add_map(i, match_re, "=~", out, err) &&
	       add_triples(i, triples, out, err);
}

bool import_read_matchers(struct import *i, const struct yaml_node *route, struct strs *out, struct err *err)
{
	return import_read_matchers_of(i, route, "", out, err);
}

/* ---- routes ---- */

static void note_unknown(struct import *i, const struct yaml_node *node)
{
	for (size_t k = 0; k < node->count; k++) {
		bool known = false;
		for (size_t n = 0; n < sizeof known_keys / sizeof *known_keys; n++)
			known = known || str_eq_c(node->keys[k]->text, known_keys[n]);
		if (!known)
			import_note(i, node->keys[k]->at, "route: \"%.*s\" has no counterpart and was left out",
			            STR_ARG(node->keys[k]->text));
	}
}

static struct str inherited(const struct yaml_node *node, const char *key, struct str from)
{
	struct str own = import_text(node, key);
	return own.n ? own : from;
}

/* The longest of all: late_grace must be longer than that. */
static void note_interval(struct import *i, struct str text)
{
	int64_t own, longest = 0;
	if (!text.n || !time_duration_parse(text, &own))
		return;
	if (i->group_interval.n)
		time_duration_parse(i->group_interval, &longest);
	if (own > longest)
		i->group_interval = text;
}

static bool read_children(struct import *i, const struct yaml_node *list, struct import_route *r, struct err *err)
{
	if (!list || yaml_is_null(list))
		return true;
	if (list->kind != YAML_LIST) {
		err_at(err, list->at, "routes: a list was expected, not a %s", yaml_kind_name(list));
		return false;
	}
	r->children = arena_alloc(i->arena, (list->count + 1) * sizeof *r->children);
	bool ok = true;
	for (size_t k = 0; k < list->count; k++)
		ok = import_read_route(i, list->items[k], r, &r->children[r->count++], err) && ok;
	return ok;
}

bool import_read_route(struct import *i, const struct yaml_node *node, const struct import_route *parent,
                       struct import_route *out, struct err *err)
{
	static const struct import_route nobody = {.at = {0}};
	const struct import_route *from = parent ? parent : &nobody;
	const struct yaml_node *group_by = yaml_get(node, "group_by");

	if (node->kind != YAML_MAP) {
		err_at(err, node->at, "route: a mapping was expected, not a %s", yaml_kind_name(node));
		return false;
	}
	*out = (struct import_route){.at = node->at};
	out->receiver = inherited(node, "receiver", from->receiver);
	out->group_by = group_by ? import_list(i, group_by) : from->group_by;
	out->group_wait = inherited(node, "group_wait", from->group_wait);
	out->group_interval = inherited(node, "group_interval", from->group_interval);
	out->repeat_interval = inherited(node, "repeat_interval", from->repeat_interval);
	out->mute = import_list(i, yaml_get(node, "mute_time_intervals"));
	out->active = import_list(i, yaml_get(node, "active_time_intervals"));
	out->goes_on = parent && import_truth(i, node, "continue", false);
	note_unknown(i, node);
	note_interval(i, out->group_interval);
	if (!out->receiver.n) {
		err_at(err, node->at, "route: the first route must name a receiver");
		return false;
	}
	return import_read_matchers(i, node, &out->matchers, err) && read_children(i, yaml_get(node, "routes"), out, err);
}
