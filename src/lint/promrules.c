/*
 * Definitions out of one document. What a mapping defines is seen from its own keys, wherever it stands; from above it has
 * its group, and from there the labels and the evaluator that the group's keys tell.
 */
#include "lint/promrules.h"

#include "base/time.h"
#include "lint/promrules_impl.h"

#define NESTING_MAX 4 /* a rule file in a ConfigMap in a List is 2 */

/* What is known from above where a definition stands. */
struct surroundings {
	struct str group, folder;
	struct labels labels;
	enum promrule_kind kind;
	bool in_rules; /* an item of `rules:` */
};

void promrules_release(struct promrules *rules)
{
	mem_cleanup(&rules->v);
	*rules = (struct promrules){0};
}

/* ---- one definition ---- */

static bool is_templated(struct str value)
{
	return str_find(value, STR("{{")) >= 0;
}

static void set_label(struct arena *arena, struct labels *labels, struct str name, struct str value)
{
	struct label own = {name, value};
	const struct labels one = {&own, 1};

	*labels = labels_merge(arena, &one, labels);
}

void promrules_add(struct arena *arena, struct promrules *out, const struct promrule *rule,
                   const struct labels *group_labels)
{
	struct promrule made = *rule;
	struct labels all = labels_merge(arena, &rule->labels, group_labels), known = {0};

	known.v = arena_alloc(arena, (all.n + 1) * sizeof *known.v);
	made.unknown.v = arena_alloc(arena, (all.n + 1) * sizeof *made.unknown.v);
	made.unknown.n = 0;
	for (size_t i = 0; i < all.n; i++)
		if (is_templated(all.v[i].value))
			made.unknown.v[made.unknown.n++] = all.v[i].name;
		else if (all.v[i].value.n)
			known.v[known.n++] = all.v[i];
	made.written = all;
	made.labels = known;
	set_label(arena, &made.labels, STR("alertname"), made.name);
	MEM_ROOM(out->v, out->n, out->capacity);
	out->v[out->n++] = made;
}

struct pos promrules_position(const struct promrules_reading *r, struct pos at)
{
	at.line += r->lines_before;
	return at;
}

static bool want_kind(struct promrules_reading *r, const struct yaml_node *node, enum yaml_kind kind, const char *what)
{
	static const char *const names[] = {"scalar", "list", "mapping"};

	if (node->kind == kind)
		return true;
	err_at(r->err, promrules_position(r, node->at), "%s must be a %s, not a %s", what, names[kind],
	       yaml_kind_name(node));
	return false;
}

struct labels promrules_label_map(struct promrules_reading *r, const struct yaml_node *owner, const char *key)
{
	const struct yaml_node *map = yaml_get(owner, key);
	struct labels out = {0};

	if (!map || yaml_is_null(map) || !want_kind(r, map, YAML_MAP, key))
		return out;
	out.v = arena_alloc(r->arena, (map->count + 1) * sizeof *out.v);
	for (size_t i = 0; i < map->count; i++)
		if (want_kind(r, map->items[i], YAML_SCALAR, "a value"))
			out.v[out.n++] = (struct label){map->keys[i]->text, map->items[i]->text};
	labels_sort(&out);
	return out;
}

struct str promrules_scalar(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *n = yaml_get(map, key);
	return n && n->kind == YAML_SCALAR ? n->text : (struct str){0};
}

static int64_t duration_of(const struct yaml_node *map)
{
	int64_t ms;
	return time_duration_parse(promrules_scalar(map, "for"), &ms) ? ms : 0;
}

/* `named`: the mapping with the name, which for Grafana's ruler is one within. */
static void define_alert(struct promrules_reading *r, const struct yaml_node *node, const struct yaml_node *name,
                         const struct surroundings *from)
{
	struct promrule rule = {
		.kind = from->kind,
		.name = name->text,
		.group = from->group,
		.labels = promrules_label_map(r, node, "labels"),
		.annotations = promrules_label_map(r, node, "annotations"),
		.expr = promrules_scalar(node, "expr"),
		.for_ms = duration_of(node),
		.at = promrules_position(r, name->at),
	};

	if (!name->text.n) {
		err_at(r->err, promrules_position(r, name->at), "an alert needs a name");
		return;
	}
	if (from->kind == PROMRULE_VMALERT && from->group.n)
		set_label(r->arena, &rule.labels, STR("alertgroup"), from->group);
	if (from->kind == PROMRULE_GRAFANA && from->folder.n)
		set_label(r->arena, &rule.labels, STR("grafana_folder"), from->folder);
	promrules_add(r->arena, r->out, &rule, &from->labels);
}

/* ---- what defines an alert ---- */

/* Without `alert` it is a recording rule. Outside of a list of rules an expression must stand beside the name. */
static bool read_prometheus(struct promrules_reading *r, const struct yaml_node *node, const struct surroundings *from)
{
	const struct yaml_node *name = yaml_get(node, "alert");

	if (!name || !(from->in_rules || (name->kind == YAML_SCALAR && yaml_get(node, "expr"))))
		return false;
	if (want_kind(r, name, YAML_SCALAR, "alert"))
		define_alert(r, node, name, from);
	return true;
}

/* Provisioned or exported: title, condition and data; from its ruler: the same within grafana_alert. `record`: no alert. */
static bool read_grafana(struct promrules_reading *r, const struct yaml_node *node, const struct surroundings *from)
{
	const struct yaml_node *inner = yaml_get(node, "grafana_alert"), *own = inner ? inner : node;
	const struct yaml_node *title = yaml_get(own, "title"), *data = yaml_get(own, "data");
	struct surroundings grafana = *from;

	if (!title || title->kind != YAML_SCALAR || !data || data->kind != YAML_LIST || !yaml_get(own, "condition"))
		return false;
	grafana.kind = PROMRULE_GRAFANA;
	if (!yaml_get(own, "record") || yaml_is_null(yaml_get(own, "record")))
		define_alert(r, node, title, &grafana);
	return true;
}

/* ---- groups ---- */

/* Keys of a group that vmalert knows and Prometheus does not. */
static bool is_vmalert_group(const struct yaml_node *group)
{
	static const char *const keys[] = {
		"type",       "tenant",         "concurrency",        "params", "headers", "notifier_headers", "eval_offset",
		"eval_delay", "eval_alignment", "extra_filter_labels"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (yaml_get(group, keys[i]))
			return true;
	return false;
}

static void read_anything(struct promrules_reading *r, const struct yaml_node *node, const struct surroundings *from);

static struct surroundings group_surroundings(struct promrules_reading *r, const struct yaml_node *group,
                                              const struct surroundings *from)
{
	struct surroundings s = *from;

	s.group = promrules_scalar(group, "name");
	s.labels = promrules_label_map(r, group, "labels");
	s.folder = promrules_scalar(group, "folder").n ? promrules_scalar(group, "folder") : from->folder;
	s.kind = is_vmalert_group(group) ? PROMRULE_VMALERT : from->kind;
	s.in_rules = true;
	return s;
}

static void read_rule(struct promrules_reading *r, const struct yaml_node *node, const struct surroundings *from)
{
	if (want_kind(r, node, YAML_MAP, "a rule") && !read_prometheus(r, node, from))
		read_grafana(r, node, from);
}

static void read_rule_list(struct promrules_reading *r, const struct yaml_node *group, const struct yaml_node *rules,
                           const struct surroundings *from)
{
	struct surroundings s = group_surroundings(r, group, from);

	r->out->groups++;
	for (size_t i = 0; i < rules->count; i++)
		read_rule(r, rules->items[i], &s);
}

/* A list of rules as Prometheus has it, not what a Role or an Ingress calls so. */
static bool are_alert_rules(const struct yaml_node *rules)
{
	static const char *const keys[] = {"alert", "record", "grafana_alert", "condition"};

	if (!rules || rules->kind != YAML_LIST)
		return false;
	for (size_t i = 0; i < rules->count; i++)
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			if (yaml_get(rules->items[i], keys[k]))
				return true;
	return false;
}

/* `groups:` of a document or of a spec, where nothing else has this name: what is wrong with it is told. */
static void read_groups(struct promrules_reading *r, const struct yaml_node *groups, const struct surroundings *from)
{
	if (yaml_is_null(groups) || !want_kind(r, groups, YAML_LIST, "groups"))
		return;
	for (size_t g = 0; g < groups->count; g++) {
		const struct yaml_node *group = groups->items[g];
		if (!want_kind(r, group, YAML_MAP, "a group"))
			continue;
		const struct yaml_node *rules = yaml_get(group, "rules");
		if (rules && !yaml_is_null(rules) && want_kind(r, rules, YAML_LIST, "rules"))
			read_rule_list(r, group, rules, from);
		else
			r->out->groups++;
	}
}

/* ---- anything else ---- */

/* A rule file as text: a ConfigMap's value, a chart's values in an Application. A block's first line is the one below its `|`. */
static void read_embedded(struct promrules_reading *r, const struct yaml_node *value)
{
	struct promrules_reading inner = *r;

	if (!value->quoted || str_index(value->text, '\n') < 0 || r->depth == NESTING_MAX ||
	    !(promrules_text_has_key(value->text, "alert") || promrules_text_has_key(value->text, "groups")))
		return;
	inner.depth++;
	inner.lines_before += value->at.line;
	promrules_read_text(&inner, value->text);
}

/* A key above a list of groups is Mimir's namespace, or the folder in the answer of Grafana's ruler. */
static void read_entries(struct promrules_reading *r, const struct yaml_node *map, const struct surroundings *from)
{
	for (size_t i = 0; i < map->count; i++) {
		struct surroundings s = *from;
		if (map->items[i]->kind == YAML_LIST)
			s.folder = map->keys[i]->text;
		read_anything(r, map->items[i], &s);
	}
}

static void read_mapping(struct promrules_reading *r, const struct yaml_node *map, const struct surroundings *from)
{
	const struct yaml_node *rules = yaml_get(map, "rules");

	if (read_prometheus(r, map, from) || read_grafana(r, map, from))
		return;
	if (are_alert_rules(rules))
		read_rule_list(r, map, rules, from);
	else
		read_entries(r, map, from);
}

static void read_anything(struct promrules_reading *r, const struct yaml_node *node, const struct surroundings *from)
{
	switch (node->kind) {
	case YAML_SCALAR: read_embedded(r, node); break;
	case YAML_MAP: read_mapping(r, node, from); break;
	case YAML_LIST:
		for (size_t i = 0; i < node->count; i++)
			read_anything(r, node->items[i], from);
		break;
	}
}

/* A document, an item of a List: `groups` at its top or in its spec can only be groups of rules. */
static void read_object(struct promrules_reading *r, const struct yaml_node *node)
{
	const struct yaml_node *groups = yaml_get(node, "groups"), *items = yaml_get(node, "items");
	struct surroundings from = {0};

	r->out->objects += promrules_scalar(node, "kind").n > 0;
	if (promrules_read_slo(r, node))
		return;
	if (!groups)
		groups = yaml_get(yaml_get(node, "spec"), "groups");
	if (str_eq_c(promrules_scalar(node, "kind"), "VMRule"))
		from.kind = PROMRULE_VMALERT;
	if (groups)
		read_groups(r, groups, &from);
	else if (items && items->kind == YAML_LIST && promrules_scalar(node, "kind").n)
		for (size_t i = 0; i < items->count; i++)
			read_object(r, items->items[i]);
	else
		read_anything(r, node, &from);
}

void promrules_read_document(struct promrules_reading *r, const struct yaml_node *root)
{
	r->out->prometheus_file |=
		yaml_get(root, "scrape_configs") || (yaml_get(root, "rule_files") && !yaml_get(root, "tests"));
	r->out->rule_tests |= yaml_get(root, "tests") && yaml_get(root, "rule_files");
	read_object(r, root);
}
