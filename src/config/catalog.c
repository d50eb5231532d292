/* The section `catalog`: its files, the runbook folder, the site and the URL map. */
#include <unistd.h>

#include "catalog/hours.h"
#include "catalog/pages.h"
#include "catalog/site_pages.h"
#include "load.h"

struct catalog_options {
	struct str runbooks, index, base_url;
	struct strs files;
	const struct yaml_node *url_map, *site;
};

#define AT(member) offsetof(struct catalog_options, member)
static const struct option rows[] = {
	{.name = "runbooks", .type = OPTION_STR, .offset = AT(runbooks), .doc = "A folder of Markdown."},
	{.name = "index",
     .type = OPTION_STR,
     .offset = AT(index),
     .doc = "Its index page, where it is not README.md, index.md or _index.md."},
	{.name = "files", .type = OPTION_STRS, .offset = AT(files), .doc = "Catalog files, later ones override."},
	{.name = "site",
     .type = OPTION_NODE,
     .offset = AT(site),
     .inner = &site_table,
     .doc = "The site that is built of the folder."},
	{.name = "base_url",
     .type = OPTION_STR,
     .offset = AT(base_url),
     .doc =
         "Where the folder's files are readable as they are, path by path; a generator's pages are not there: site."},
	{.name = "url_map",
     .type = OPTION_NODE,
     .offset = AT(url_map),
     .form = "mapping of URLs",
     .doc = "Annotation links into the folder."},
};
const struct option_table catalog_table = OPTION_TABLE(rows);

static void read_catalog_files(struct loading *l, const struct strs *files, struct pos at)
{
	for (size_t i = 0; i < files->n; i++) {
		struct str path = load_path(l, files->v[i]), text;
		const char *why;
		if (files_read(l->files, path, CONFIG_FILE_MAX, &text, &why))
			catalog_add_yaml(l->c->catalog, arena_cstr(l->c->arena, path), text, l->err);
		else
			err_at(l->err, at, "catalog: %.*s: %s", STR_ARG(path), why);
	}
}

/* A file that cannot be read is no reason to refuse the others: a rule that needs it says so by itself. */
static void read_catalog_page(struct loading *l, struct str folder, struct str name, bool is_index, size_t *total)
{
	struct str path = files_path(l->files, str_c(arena_printf(l->c->arena, "%.*s/", STR_ARG(folder))), name), text;
	const char *why = "the folder holds too much";
	if (page_kind_of(name) != PAGE_MARKDOWN) {
		catalog_add_unread(l->c->catalog, path);
		return;
	}
	if (*total > RUNBOOKS_BYTES_MAX || !files_read(l->files, path, RUNBOOK_MAX, &text, &why)) {
		err_warn(l->warnings, (struct pos){arena_cstr(l->c->arena, path), 0, 0}, "%s; not read", why);
		return;
	}
	*total += text.n;
	l->warnings->folder = arena_cstr(l->c->arena, folder);
	(is_index ? catalog_add_index : catalog_add_runbook)(l->c->catalog, arena_cstr(l->c->arena, name), text,
	                                                     l->warnings);
	l->warnings->folder = NULL;
}

/* One question for all files: what a snapshot answers as well. */
static void date_by_commits(struct loading *l, struct str folder, const struct strs *names)
{
	struct strs dates;
	if (!files_commit_dates(l->files, folder, names, &dates))
		return;
	for (size_t i = 0; i < dates.n && i < names->n; i++)
		if (dates.v[i].n)
			catalog_set_commit_date(l->c->catalog, names->v[i], dates.v[i]);
}

static struct str folder_name(struct str path)
{
	while (str_ends(path, STR("/")))
		path.n--;
	return str_behind_last(path, '/');
}

static void read_folder(struct loading *l, struct str runbooks, struct str index, struct pos at)
{
	struct str folder = load_path(l, runbooks);
	struct strs names;
	const char *why;
	size_t total = 0;
	if (!runbooks.n)
		return;
	l->c->runbook_folder = folder;
	catalog_set_folder_name(l->c->catalog, folder_name(folder));
	if (!files_walk(l->files, folder, &names, &why, l->warnings)) {
		err_at(l->err, at, "catalog: %.*s: %s", STR_ARG(folder), why);
		return;
	}
	if (index.n && !strs_contain(&names, index))
		err_at(l->err, load_at(l->say.catalog, "index"), "catalog: %.*s has no file %.*s", STR_ARG(folder),
		       STR_ARG(index));
	if (!index.n)
		index = catalog_index_among(&names);
	for (size_t i = 0; i < names.n; i++)
		read_catalog_page(l, folder, names.v[i], str_eq(names.v[i], index), &total);
	date_by_commits(l, folder, &names);
}

static void read_url_map(struct loading *l, const struct yaml_node *map)
{
	struct plan_defaults *d = &l->c->defaults;
	if (!map)
		return;
	if (map->kind != YAML_MAP) {
		err_at(l->err, map->at, "catalog: \"url_map\" must be a mapping, not a %s", yaml_kind_name(map));
		return;
	}
	d->url_map = arena_alloc(l->c->arena, (map->count + 1) * sizeof *d->url_map);
	for (size_t i = 0; i < map->count; i++) {
		if (map->items[i]->kind != YAML_SCALAR || !receiver_url_valid(map->keys[i]->text))
			err_at(l->err, map->keys[i]->at, "catalog: \"url_map\" maps an http or https URL to a folder");
		else
			d->url_map[d->url_map_count++] = (struct url_mapping){map->keys[i]->text, map->items[i]->text};
	}
}

static void check_site_url(struct loading *l, struct str url, struct pos at)
{
	if (!receiver_url_valid(url) || str_index(url, '?') >= 0 || str_index(url, '#') >= 0)
		err_at(l->err, at, "catalog.site: \"%.*s\" is no http or https URL", STR_ARG(url));
}

/* Before the folder is read: headings have the ids of the site. */
static void read_site(struct loading *l, const struct yaml_node *map, struct str base_url)
{
	struct site *site = arena_alloc(l->c->arena, sizeof *site);
	if (!map)
		return;
	if (!site_read(map, l->c->arena, site, l->err))
		return;
	check_site_url(l, site->url, load_at(map, "url"));
	if (!str_eq(site->root, site->url))
		check_site_url(l, site->root, load_at(map, "root"));
	if (base_url.n)
		err_at(l->err, load_at(l->say.catalog, "base_url"),
		       "catalog: \"base_url\" and \"site\" both say where pages are readable: leave one out");
	catalog_set_site(l->c->catalog, site);
}

/* Ends in '/', because paths are appended to it. */
static void set_base_url(struct loading *l, struct str base, struct pos at)
{
	struct config *c = l->c;
	if (base.n && !receiver_url_valid(base))
		err_at(l->err, at, "catalog: \"base_url\" must be an http or https URL");
	if (base.n)
		c->defaults.runbook_base =
			str_c(arena_printf(c->arena, "%.*s%s", STR_ARG(base), str_ends(base, STR("/")) ? "" : "/"));
	else if (c->external_url.n)
		c->defaults.runbook_base = str_c(arena_printf(c->arena, "%.*s/runbooks/", STR_ARG(c->external_url)));
}

static void read_time_intervals(struct loading *l, const struct yaml_node *node)
{
	const struct calendar_zones zones = config_zones(l->c);
	if (node && !yaml_is_null(node))
		catalog_add_hours(l->c->catalog, node, l->c->zone, &zones, l->err);
}

void load_catalog(struct loading *l)
{
	struct catalog_options o;
	options_defaults(rows, sizeof rows / sizeof *rows, l->c->arena, &o);
	options_read(rows, sizeof rows / sizeof *rows, l->say.catalog, "catalog", l->c->arena, &o, NULL, l->err);
	set_base_url(l, o.base_url, load_at(l->say.catalog, "base_url"));
	catalog_set_zone(l->c->catalog, l->c->zone);
	read_site(l, o.site, o.base_url);
	read_url_map(l, o.url_map);
	read_time_intervals(l, l->say.time_intervals);
	read_catalog_files(l, &o.files, load_at(l->say.catalog, "files"));
	read_folder(l, o.runbooks, o.index, load_at(l->say.catalog, "runbooks"));
}

/* What one part of the catalog names of another: a mistake here leaves the names as they are. */
void load_catalog_names(struct loading *l)
{
	catalog_finish(l->c->catalog, l->err);
}

bool config_page_on_disk(void *arg, struct str path)
{
	const struct config *c = arg;
	AUTOFREE char *full = mem_printf("%.*s/%.*s", STR_ARG(c->runbook_folder), STR_ARG(path));
	return access(full, F_OK) == 0;
}
