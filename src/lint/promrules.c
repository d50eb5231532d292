/* Rule files: documents apart, groups and definitions out of each. */
#include "lint/promrules.h"

#include <string.h>

#include "base/yaml.h"

#define NESTING_MAX 4  /* a rule file in a ConfigMap in a List is 2 */
#define REFUSED_MAX 20 /* documents of one file whose mistakes are told */

struct reading {
	struct arena *arena;
	const char *file;
	int lines_before; /* of the document at hand, within the file */
	int depth, *refused;
	struct promrules *out;
	struct err *err;
};

void promrules_release(struct promrules *rules)
{
	mem_cleanup(&rules->v);
	*rules = (struct promrules){0};
}

/* ---- one definition ---- */

static bool is_template(struct str value)
{
	return str_find(value, STR("{{")) >= 0;
}

static void set_alertname(struct arena *arena, struct promrule *rule)
{
	struct label own = {STR("alertname"), rule->name};
	const struct labels name = {&own, 1};

	rule->labels = labels_merge(arena, &name, &rule->labels);
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
		if (is_template(all.v[i].value))
			made.unknown.v[made.unknown.n++] = all.v[i].name;
		else if (all.v[i].value.n)
			known.v[known.n++] = all.v[i];
	made.labels = known;
	set_alertname(arena, &made);
	MEM_ROOM(out->v, out->n, out->capacity);
	out->v[out->n++] = made;
}

static struct pos place(const struct reading *r, struct pos at)
{
	at.line += r->lines_before;
	return at;
}

static bool check_kind(struct reading *r, const struct yaml_node *node, enum yaml_kind kind, const char *what)
{
	static const char *const names[] = {"scalar", "list", "mapping"};

	if (node->kind == kind)
		return true;
	err_at(r->err, place(r, node->at), "%s must be a %s, not a %s", what, names[kind], yaml_kind_name(node));
	return false;
}

/* `labels:` or `annotations:`; absent and null are none. */
static struct labels read_pairs(struct reading *r, const struct yaml_node *owner, const char *key)
{
	const struct yaml_node *map = yaml_get(owner, key);
	struct labels out = {0};

	if (!map || yaml_is_null(map) || !check_kind(r, map, YAML_MAP, key))
		return out;
	out.v = arena_alloc(r->arena, (map->count + 1) * sizeof *out.v);
	for (size_t i = 0; i < map->count; i++)
		if (check_kind(r, map->items[i], YAML_SCALAR, "a value"))
			out.v[out.n++] = (struct label){map->keys[i]->text, map->items[i]->text};
	labels_sort(&out);
	return out;
}

static struct str scalar_text(const struct yaml_node *n)
{
	return n && n->kind == YAML_SCALAR ? n->text : (struct str){0};
}

static void read_rule(struct reading *r, const struct yaml_node *group, const struct yaml_node *node)
{
	if (!check_kind(r, node, YAML_MAP, "a rule"))
		return;
	const struct yaml_node *name = yaml_get(node, "alert");
	if (!name || !check_kind(r, name, YAML_SCALAR, "alert"))
		return; /* without `alert` it is a recording rule */
	if (!name->text.n) {
		err_at(r->err, place(r, name->at), "an alert needs a name");
		return;
	}
	struct labels shared = read_pairs(r, group, "labels");
	struct promrule rule = {
		.name = name->text,
		.group = scalar_text(yaml_get(group, "name")),
		.labels = read_pairs(r, node, "labels"),
		.annotations = read_pairs(r, node, "annotations"),
		.at = place(r, name->at),
	};
	promrules_add(r->arena, r->out, &rule, &shared);
}

static void read_groups(struct reading *r, const struct yaml_node *groups)
{
	if (yaml_is_null(groups) || !check_kind(r, groups, YAML_LIST, "groups"))
		return;
	for (size_t g = 0; g < groups->count; g++) {
		const struct yaml_node *group = groups->items[g];
		if (!check_kind(r, group, YAML_MAP, "a group"))
			continue;
		const struct yaml_node *rules = yaml_get(group, "rules");
		if (!rules || yaml_is_null(rules) || !check_kind(r, rules, YAML_LIST, "rules"))
			continue;
		for (size_t i = 0; i < rules->count; i++)
			read_rule(r, group, rules->items[i]);
	}
}

/* ---- one document ---- */

static void read_text(struct reading *r, struct str text);

/* Rule files as values of a ConfigMap: a block's first line is the one below its `|`. */
static void read_config_map(struct reading *r, const struct yaml_node *data)
{
	for (size_t i = 0; data->kind == YAML_MAP && i < data->count; i++) {
		const struct yaml_node *value = data->items[i];
		struct reading inner = *r;
		if (value->kind != YAML_SCALAR || r->depth == NESTING_MAX)
			continue;
		inner.depth++;
		inner.lines_before += value->at.line;
		read_text(&inner, value->text);
	}
}

static void read_object(struct reading *r, const struct yaml_node *node)
{
	const struct yaml_node *groups, *spec, *items, *data;

	if (node->kind != YAML_MAP)
		return;
	if ((groups = yaml_get(node, "groups")))
		read_groups(r, groups);
	else if ((spec = yaml_get(node, "spec")) && (groups = yaml_get(spec, "groups")))
		read_groups(r, groups);
	else if ((items = yaml_get(node, "items")) && items->kind == YAML_LIST)
		for (size_t i = 0; i < items->count; i++)
			read_object(r, items->items[i]);
	else if (str_eq_c(scalar_text(yaml_get(node, "kind")), "ConfigMap") && (data = yaml_get(node, "data")))
		read_config_map(r, data);
}

/*
 * Says why a document was refused, with the lines of the whole file: parsed again with as many lines before it. That costs
 * the file's length each time, so only so many are told.
 */
static void tell_refusal(struct reading *r, struct str text)
{
	AUTOBUF struct buf whole;
	AUTOERR struct err err = ERR_INIT;

	if (++*r->refused > REFUSED_MAX)
		return;
	if (*r->refused == REFUSED_MAX)
		err_add(r->err, "%s: error: more documents cannot be read; they are not listed", r->file);
	buf_init(&whole, text.n + (size_t)r->lines_before + 1);
	for (int i = 0; i < r->lines_before; i++)
		buf_add_char(&whole, '\n');
	buf_add(&whole, text);
	yaml_parse(r->arena, r->file, buf_str(&whole), &err);
	const char *hint = is_template(text) ? "; it holds {{ … }}: if it is a template of YAML, render it first" : "";
	for (size_t i = 0; i < err.count; i++)
		err_add(r->err, "%s%s", err.lines[i], i ? "" : hint);
}

static void read_document(struct reading *r, struct str text)
{
	AUTOERR struct err err = ERR_INIT;

	/* Every document with rules has the word, and most others need not be parsed. */
	if (str_find(text, STR("groups")) < 0)
		return;
	const struct yaml_node *root = yaml_parse(r->arena, r->file, text, &err);
	if (root)
		read_object(r, root);
	else
		tell_refusal(r, text);
}

/* ---- documents apart ---- */

static bool is_marker(struct str line, const char *marker)
{
	return str_starts(line, str_c(marker)) && (line.n == 3 || strchr(" \t\r", line.p[3]));
}

/* The next document; `rest` is what follows it, `lines` grows by the lines taken. A "---" belongs to what it opens. */
static struct str take_document(struct str *rest, int *lines)
{
	size_t at = 0;

	while (at < rest->n) {
		struct str line = str_slice(*rest, at, rest->n);
		ptrdiff_t end = str_index(line, '\n');
		line.n = end < 0 ? line.n : (size_t)end;
		if (at && is_marker(line, "---"))
			break;
		at += line.n + (end >= 0);
		*lines += end >= 0;
		if (is_marker(line, "..."))
			break;
	}
	struct str document = str_slice(*rest, 0, at);
	*rest = str_slice(*rest, at, rest->n);
	return document;
}

static void read_text(struct reading *r, struct str text)
{
	int lines = r->lines_before;

	while (text.n) {
		r->lines_before = lines;
		struct str document = take_document(&text, &lines);
		read_document(r, document);
	}
}

bool promrules_read(struct arena *arena, const char *file, struct str text, struct promrules *out, struct err *err)
{
	AUTOERR struct err found = ERR_INIT;
	int refused = 0;
	struct reading r = {
		.arena = arena, .file = arena_cstr(arena, str_c(file)), .refused = &refused, .out = out, .err = &found};

	read_text(&r, text);
	bool ok = !err_any(&found);
	err_move(err, &found);
	return ok;
}
