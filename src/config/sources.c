#include "load.h"

struct source_options {
	struct str name;
	const struct yaml_node *labels;
	struct strs alertmanagers;
	bool parts;
};

#define AT(member) offsetof(struct source_options, member)
static const struct option rows[] = {
	{.name = "name", .type = OPTION_STR, .offset = AT(name), .required = true, .doc = "POST /api/v1/webhook/NAME"},
	{.name = "labels",
     .type = OPTION_NODE,
     .offset = AT(labels),
     .doc = "Added where an alert lacks them, before anything else."},
	{.name = "alertmanagers",
     .type = OPTION_STRS,
     .offset = AT(alertmanagers),
     .doc = "Asked about silences before reminders and expiry."},
	{.name = "parts",
     .type = OPTION_BOOL,
     .offset = AT(parts),
     .fallback = "false",
     .doc = "Its webhooks do not state whole groups: who is not listed is not taken for ended."},
};

/* It stands in a URL's path. */
static bool name_valid(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!alnum && c != '_' && c != '-' && (c != '.' || i == 0))
			return false;
	}
	return name.n > 0 && name.n <= 64;
}

static struct labels read_labels(struct loading *l, const struct yaml_node *map)
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

static void check_alertmanagers(struct loading *l, const struct strs *urls, struct pos at)
{
	for (size_t i = 0; i < urls->n; i++) {
		if (!receiver_url_valid(urls->v[i]))
			err_at(l->err, at, "source: \"%.*s\" is not an http or https URL", STR_ARG(urls->v[i]));
		while (urls->v[i].n && urls->v[i].p[urls->v[i].n - 1] == '/')
			urls->v[i].n--;
	}
	if (urls->n)
		err_add(l->warnings, "%s:%d:%d: \"alertmanagers\" is read, but nobody is asked about silences in this version",
		        at.file, at.line, at.column);
}

static void load_source(struct loading *l, const struct yaml_node *node)
{
	struct source_options s;
	options_defaults(rows, sizeof rows / sizeof *rows, l->c->arena, &s);
	if (!options_read(rows, sizeof rows / sizeof *rows, node, "source", l->c->arena, &s, NULL, l->err))
		return;
	if (!name_valid(s.name))
		err_at(l->err, load_at(node, "name"), "source: \"name\" must be 1 to 64 letters, digits, '_', '-' and '.'");
	if (config_source(l->c, s.name))
		err_at(l->err, load_at(node, "name"), "source \"%.*s\" is there twice", STR_ARG(s.name));
	check_alertmanagers(l, &s.alertmanagers, load_at(node, "alertmanagers"));
	l->c->sources[l->c->source_count++] = (struct config_source){.name = s.name,
	                                                             .labels = read_labels(l, s.labels),
	                                                             .alertmanagers = s.alertmanagers,
	                                                             .parts = s.parts,
	                                                             .at = node->at};
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
	for (size_t i = 0; i < list->count; i++)
		load_source(l, list->items[i]);
}
