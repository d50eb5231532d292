/* The section `sources`: labels added, dropped, renamed and rewritten, and the Alertmanagers to ask. */
#include <fnmatch.h>
#include <string.h>

#include "load.h"
#include "rules/relabel.h"

struct source_options {
	struct str name;
	const struct yaml_node *labels, *rename, *relabel;
	struct strs drop_labels, alertmanagers;
	bool parts;
};

#define AT(member) offsetof(struct source_options, member)
static const struct option rows[] = {
	{.name = "name", .type = OPTION_STR, .offset = AT(name), .required = true, .doc = "POST /api/v1/webhook/NAME"},
	{.name = "labels",
     .type = OPTION_NODE,
     .offset = AT(labels),
     .form = "mapping of labels",
     .doc = "Added where an alert lacks them, before anything else."},
	{.name = "drop_labels",
     .type = OPTION_STRS,
     .offset = AT(drop_labels),
     .doc = "Taken away before anything else; * and ? stand for others: [replica, prometheus_*]."},
	{.name = "rename",
     .type = OPTION_NODE,
     .offset = AT(rename),
     .form = "mapping of label names",
     .doc = "Labels that have another name here, before anything else: {k8s_cluster: cluster}."},
	{.name = "relabel_configs",
     .type = OPTION_NODE,
     .offset = AT(relabel),
     .inner = &relabel_table,
     .list = true,
     .doc =
         "Prometheus' steps (replace, lowercase, uppercase, hashmod, labelmap, labeldrop, labelkeep), behind the two."},
	{.name = "alertmanagers",
     .type = OPTION_STRS,
     .offset = AT(alertmanagers),
     .doc = "Peers of one cluster, asked about silences before an escalation's step, a page that waited and expiry."},
	{.name = "parts",
     .type = OPTION_BOOL,
     .offset = AT(parts),
     .fallback = "false",
     .doc = "Its webhooks do not state whole groups: who is not listed is not taken for ended."},
};
const struct option_table sources_table = OPTION_TABLE(rows);

/* It stands in a URL's path. */
static bool is_source_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!alnum && c != '_' && c != '-' && (c != '.' || i == 0))
			return false;
	}
	return name.n > 0 && name.n <= 64;
}

static struct labels read_source_labels(struct loading *l, const struct yaml_node *map)
{
	struct labels out = {NULL, 0};
	if (!map)
		return out;
	if (map->kind != YAML_MAP) {
		err_at(l->err, map->at, "source: \"labels\" must be a mapping, not a %s", yaml_kind_name(map));
		return out;
	}
	out.v = arena_alloc(l->c->arena, (map->count + 1) * sizeof *out.v);
	for (size_t i = 0; i < map->count; i++) {
		if (map->items[i]->kind != YAML_SCALAR || !map->keys[i]->text.n || !map->items[i]->text.n)
			err_at(l->err, map->items[i]->at, "source: label \"%.*s\" must have text as its name and value",
			       STR_ARG(map->keys[i]->text));
		else
			out.v[out.n++] = (struct label){map->keys[i]->text, map->items[i]->text};
	}
	labels_sort(&out);
	return out;
}

/* "tmp_.*", "a|b", "^a": a regular expression, of which * and ? make something else. */
static bool looks_like_regex(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (strchr("|()^$+\\{}", name.p[i]))
			return true;
	return str_find(name, STR(".*")) >= 0 || str_find(name, STR(".?")) >= 0;
}

static void check_drop_name(struct loading *l, struct str name, struct pos at)
{
	if (looks_like_regex(name))
		err_at(l->err, at,
		       "source: \"drop_labels\" takes names in which * and ? stand for others; \"%.*s\" looks like a regular "
		       "expression: relabel_configs: [{action: labeldrop, regex: '%.*s'}]",
		       STR_ARG(name), STR_ARG(name));
}

/* Without its name an alert is another alert. */
static void check_drops(struct loading *l, const struct strs *names, struct pos at)
{
	for (size_t i = 0; i < names->n; i++) {
		check_drop_name(l, names->v[i], at);
		if (fnmatch(names->v[i].p, "alertname", 0) == 0)
			err_at(l->err, at, "source: \"drop_labels\" would take alertname away: \"%.*s\"", STR_ARG(names->v[i]));
	}
}

static bool check_rename(struct loading *l, const struct yaml_node *from, const struct yaml_node *to)
{
	if (to->kind != YAML_SCALAR || !from->text.n || !to->text.n)
		err_at(l->err, to->at, "source: \"rename\" wants the new name of \"%.*s\"", STR_ARG(from->text));
	else if (str_eq_c(from->text, "alertname"))
		err_at(l->err, from->at, "source: \"rename\" would take alertname away");
	else
		return true;
	return false;
}

static void read_renames(struct loading *l, const struct yaml_node *map, struct source_labels *out)
{
	if (!map)
		return;
	if (map->kind != YAML_MAP) {
		err_at(l->err, map->at, "source: \"rename\" must be a mapping of names, not a %s", yaml_kind_name(map));
		return;
	}
	out->rename = arena_alloc(l->c->arena, (map->count + 1) * sizeof *out->rename);
	for (size_t i = 0; i < map->count; i++)
		if (check_rename(l, map->keys[i], map->items[i]))
			out->rename[out->rename_count++] = (struct label_rename){map->keys[i]->text, map->items[i]->text};
}

static void read_relabel(struct loading *l, const struct yaml_node *list, struct source_labels *out)
{
	if (!list || (list->kind == YAML_LIST && !list->count))
		return;
	struct relabel *steps = relabel_read(list, RELABEL_ARRIVING, l->err);
	if (steps)
		*out = (struct source_labels){out->add, out->drop, out->rename, out->rename_count, relabel_arriving, steps};
}

static void check_alertmanagers(struct loading *l, const struct strs *urls, struct pos at)
{
	for (size_t i = 0; i < urls->n; i++) {
		if (!receiver_url_valid(urls->v[i]))
			err_at(l->err, at, "source: \"%.*s\" is not an http or https URL", STR_ARG(urls->v[i]));
		else if (str_find(urls->v[i], STR("/api/")) >= 0 || str_index(urls->v[i], '?') >= 0)
			err_at(l->err, at, "source: \"%.*s\" is to end before /api/: where Alertmanager's own page is",
			       STR_ARG(urls->v[i]));
		while (urls->v[i].n && urls->v[i].p[urls->v[i].n - 1] == '/')
			urls->v[i].n--;
	}
}

static void load_source(struct loading *l, const struct yaml_node *node)
{
	struct source_options s;
	options_defaults(rows, sizeof rows / sizeof *rows, l->c->arena, &s);
	if (!options_read(rows, sizeof rows / sizeof *rows, node, "source", l->c->arena, &s, NULL, l->err))
		return;
	if (!is_source_name(s.name))
		err_at(l->err, load_at(node, "name"), "source: \"name\" must be 1 to 64 letters, digits, '_', '-' and '.'");
	if (config_source(l->c, s.name))
		err_at(l->err, load_at(node, "name"), "source \"%.*s\" is there twice", STR_ARG(s.name));
	check_alertmanagers(l, &s.alertmanagers, load_at(node, "alertmanagers"));
	check_drops(l, &s.drop_labels, load_at(node, "drop_labels"));
	struct source_labels labels = {.add = read_source_labels(l, s.labels), .drop = s.drop_labels};
	read_renames(l, s.rename, &labels);
	read_relabel(l, s.relabel, &labels);
	if (s.alertmanagers.n)
		l->c->asked_sources.v[l->c->asked_sources.n++] = s.name;
	l->c->sources[l->c->source_count++] = (struct config_source){
		.name = s.name, .labels = labels, .alertmanagers = s.alertmanagers, .parts = s.parts, .at = node->at};
}

void load_sources(struct loading *l)
{
	const struct yaml_node *list = l->say.sources;
	if (!list)
		return;
	if (list->kind != YAML_LIST || list->count > SOURCES_MAX) {
		err_at(l->err, list->at, "\"sources\" must be a list of at most %d sources", SOURCES_MAX);
		return;
	}
	l->c->sources = arena_alloc(l->c->arena, (list->count + 1) * sizeof *l->c->sources);
	l->c->asked_sources.v = arena_alloc(l->c->arena, (list->count + 1) * sizeof *l->c->asked_sources.v);
	for (size_t i = 0; i < list->count; i++)
		load_source(l, list->items[i]);
}
