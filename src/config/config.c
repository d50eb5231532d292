/* One load of everything, part by part, and the reference count of what came of it. */
#include "config/config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/hours.h"
#include "io/confinement.h"
#include "load.h"
#include "rules/relabel.h"

#define AT(member) offsetof(struct sections, member)
#define MAPPING(member, table, text)                                                                                   \
	{                                                                                                                  \
		.name = #member, .type = OPTION_NODE, .offset = AT(member), .inner = &(table), .doc = (text)                   \
	}
#define LIST(member, table, text)                                                                                      \
	{                                                                                                                  \
		.name = #member, .type = OPTION_NODE, .offset = AT(member), .inner = &(table), .list = true, .doc = (text)     \
	}
static const struct option sections[] = {
	{.name = "rule_files", .type = OPTION_STRS, .offset = AT(rule_files), .doc = "Patterns of rule files."},
	{.name = "rule_files_isolation",
     .type = OPTION_BOOL,
     .offset = AT(rule_files_isolation),
     .fallback = "false",
     .doc = "An error in one rule file leaves the others in force, and of that file its last good version."},
	{.name = "shadow_rule_files",
     .type = OPTION_STRS,
     .offset = AT(shadow_rule_files),
     .doc = "Rule files that are evaluated beside the live ones: what they would decide otherwise is counted and "
            "listed."},
	{.name = "time_zone",
     .type = OPTION_STR,
     .offset = AT(time_zone),
     .fallback = "UTC",
     .doc = "Of what people read."},
	{.name = "external_url", .type = OPTION_STR, .offset = AT(external_url), .doc = "How pages link back."},
	LIST(sources, sources_table, "Alertmanager installations."),
	MAPPING(catalog, catalog_table, "Runbooks, severities, owners."),
	MAPPING(store, store_table, "Where incidents are kept."),
	MAPPING(dedup, dedup_table, "What is one incident, and how often it tells."),
	MAPPING(delivery, delivery_table, "How pages are sent."),
	MAPPING(defaults, defaults_table, "What a rule leaves open."),
	MAPPING(webhook, webhook_table, "The way in."),
	MAPPING(access, access_table, "Who may do what."),
	MAPPING(journal, journal_table, "The record of decisions."),
	MAPPING(heartbeat, heartbeat_table, "Its own sign of life."),
	LIST(time_intervals, hours_table, "Hours, as Alertmanager writes them."),
	MAPPING(ack, ack_table, "Links that acknowledge a page."),
	LIST(receivers, receivers_table, "Who can be told."),
	{.name = "route",
     .type = OPTION_FOREIGN,
     .doc = "is of a configuration of Alertmanager, and this is runbookd's: routes become rules in the rule "
            "files"},
	{.name = "inhibit_rules", .type = OPTION_FOREIGN, .doc = "is of a configuration of Alertmanager, and stays there"},
	{.name = "mute_time_intervals",
     .type = OPTION_FOREIGN,
     .doc = "is of a configuration of Alertmanager, and stays there"},
	{.name = "global",
     .type = OPTION_FOREIGN,
     .doc = "is of a configuration of Alertmanager (or Prometheus), and stays there"},
	{.name = "scrape_configs", .type = OPTION_FOREIGN, .doc = "is of a configuration of Prometheus"},
};
#define SECTIONS (sizeof sections / sizeof *sections)
const struct option_table config_table = OPTION_TABLE(sections);

struct pos load_at(const struct yaml_node *map, const char *key)
{
	const struct yaml_node *value = yaml_get(map, key);
	if (value)
		return value->at;
	return map ? map->at : (struct pos){NULL, 0, 0};
}

struct str load_path(struct loading *l, struct str path)
{
	if (!path.n)
		return path;
	const char *place = arena_cstr(l->c->arena, files_path(l->files, l->dir, path));
	confinement_note(place);
	return str_c(place);
}

static struct str folder_before(struct str file)
{
	while (file.n && file.p[file.n - 1] != '/')
		file.n--;
	return file;
}

static struct config *config_new(const char *file)
{
	struct arena *arena = arena_new();
	struct config *c = arena_alloc(arena, sizeof *c);
	c->arena = arena;
	c->references = 1;
	c->file = arena_str(arena, str_c(file));
	c->catalog = catalog_new();
	c->zones = map_new();
	return c;
}

static bool read_main_file(struct loading *l)
{
	struct str text;
	const char *why;
	const char *name = l->options->file;
	if (!files_read(l->files, str_c(name), CONFIG_FILE_MAX, &text, &why)) {
		err_at(l->err, (struct pos){name, 0, 0}, "%s", why);
		return false;
	}
	l->root = yaml_parse(l->c->arena, name, text, l->err);
	if (!l->root)
		return false;
	options_defaults(sections, SECTIONS, l->c->arena, &l->say);
	options_read(sections, SECTIONS, l->root, "configuration", l->c->arena, &l->say, NULL, l->err);
	return l->root->kind == YAML_MAP;
}

static void finish_hash(struct loading *l)
{
	char hex[HASH_HEX_MAX];
	files_hash(l->files, l->dir, hex);
	memcpy(l->c->hash, hex, sizeof l->c->hash - 1);
	hex[12] = '\0';
	l->c->hash_number = (double)strtoull(hex, NULL, 16);
}

static void run_part(struct loading *l, void (*part)(struct loading *l))
{
	struct err before = *l->err;
	part(l);
	bool failed = l->err->count != before.count || l->err->more != before.more;
	if (failed && (part == load_receivers || part == load_catalog))
		l->names_doubtful = true;
}

struct config *config_load(const struct config_options *options, struct config_files *files, struct err *err,
                           struct err *warnings)
{
	static void (*const parts[])(struct loading *) = {
		load_settings,  load_access,       load_heartbeat,     load_ack,       load_store,    load_sources,
		load_receivers, load_catalog,      load_catalog_names, load_schedules, load_defaults, load_terms,
		load_rules,     load_shadow_rules, load_references,    load_hours,
	};
	AUTOERR struct err own = ERR_INIT; /* the caller's may hold lines of somebody else */
	struct loading l = {
		.c = config_new(options->file), .files = files, .options = options, .err = &own, .warnings = warnings};
	l.dir = folder_before(l.c->file);
	load_roster(&l);
	bool readable = read_main_file(&l);
	for (size_t i = 0; readable && i < sizeof parts / sizeof *parts; i++)
		run_part(&l, parts[i]);
	finish_hash(&l);
	bool good = !err_any(&own) || (options->tolerant && l.c->ruleset);
	l.c->names_doubtful = l.names_doubtful;
	err_move(err, &own);
	if (good)
		return l.c;
	config_unref(l.c);
	return NULL;
}

struct config *config_ref(struct config *c)
{
	assert(c->references > 0);
	c->references++;
	return c;
}

void config_unref(struct config *c)
{
	if (!c)
		return;
	assert(c->references > 0);
	if (--c->references > 0)
		return;
	for (size_t i = 0; i < c->receiver_count; i++) {
		struct config_receiver *r = &c->receivers[i];
		if (r->kind->release)
			r->kind->release(r->settings);
		template_free(r->title);
		template_free(r->text);
	}
	for (size_t i = 0; i < c->source_count; i++)
		relabel_free(c->sources[i].labels.steps);
	err_release(&c->isolated);
	ruleset_free(c->ruleset);
	ruleset_free(c->shadow);
	catalog_free(c->catalog);
	map_free(c->zones);
	arena_free(c->arena);
}

const struct config_receiver *config_receiver(const struct config *c, struct str name)
{
	for (size_t i = 0; i < c->receiver_count; i++) {
		if (str_eq(c->receivers[i].name, name))
			return &c->receivers[i];
	}
	return NULL;
}

bool config_is_night(const struct config *c, const struct config_receiver *r, int64_t ms)
{
	if (r && r->own_night)
		return night_is(&r->night, r->zone, ms);
	return zone_is_night(r ? r->zone : c->zone, ms);
}

const struct config_source *config_source(const struct config *c, struct str name)
{
	for (size_t i = 0; i < c->source_count; i++) {
		if (str_eq(c->sources[i].name, name))
			return &c->sources[i];
	}
	return NULL;
}
