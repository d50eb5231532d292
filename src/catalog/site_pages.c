/* The catalog's pages on its site: anchors while files are read, places once all files are known. */
#include "catalog/site_pages.h"

#include "catalog/collect.h"

void catalog_set_site(struct catalog *c, const struct site *site)
{
	c->site = site;
}

const struct site *catalog_site(const struct catalog *c)
{
	return c->site;
}

/* ---- anchors ---- */

static void rename_anchor(struct str *anchor, const struct map *names)
{
	const struct str *name = map_get(names, *anchor);
	if (name)
		*anchor = *name;
}

static void rename_runbooks(struct fact_runbook *v, size_t count, const struct map *names)
{
	for (size_t i = 0; i < count; i++)
		rename_anchor(&v[i].anchor, names);
}

static void rename_headings(struct runbook_facts *facts, const struct str *ids, struct map *names)
{
	for (size_t i = 0; i < facts->heading_count; i++)
		if (ids[i].n)
			map_set(names, facts->headings[i].anchor, (void *)(uintptr_t)&ids[i]);
	for (size_t i = 0; i < facts->heading_count; i++)
		rename_anchor(&facts->headings[i].anchor, names);
}

/* MyST takes GitHub's anchors where a page links another, and writes Sphinx's into the HTML. */
static void keep_github_anchors(const struct site *site, struct arena *arena, struct runbook_facts *facts)
{
	struct strs ids = {arena_alloc(arena, (facts->ids.n + facts->heading_count + 1) * sizeof *ids.v), 0};
	for (size_t i = 0; i < facts->ids.n; i++)
		ids.v[ids.n++] = facts->ids.v[i];
	for (size_t i = 0; i < facts->heading_count; i++)
		if (facts->headings[i].level <= site->myst_anchors)
			ids.v[ids.n++] = facts->headings[i].read->anchor;
	facts->ids = ids;
}

void facts_use_site(const struct site *site, struct arena *arena, struct runbook_facts *facts)
{
	size_t count = facts->heading_count;
	if (!site || site_slug_rule(site) == SLUG_GITHUB || !count)
		return;
	struct heading *read = arena_alloc(arena, count * sizeof *read);
	struct str *ids = arena_alloc(arena, count * sizeof *ids);
	for (size_t i = 0; i < count; i++)
		read[i] = *facts->headings[i].read;
	site_heading_ids(site, arena, read, count, ids);
	struct map *names = map_new();
	rename_headings(facts, ids, names);
	rename_runbooks(facts->parts, facts->parts_count, names);
	rename_runbooks(facts->sections, facts->sections_count, names);
	map_free(names);
	if (site->myst_anchors)
		keep_github_anchors(site, arena, facts);
}

static bool is_heading(const struct runbook_facts *facts, struct str anchor)
{
	for (size_t i = 0; i < facts->heading_count; i++)
		if (str_eq(facts->headings[i].anchor, anchor))
			return true;
	return false;
}

bool facts_have_anchor(const struct runbook_facts *facts, struct str anchor)
{
	for (size_t i = 0; i < facts->ids.n; i++)
		if (str_eq(facts->ids.v[i], anchor))
			return true;
	return is_heading(facts, anchor);
}

struct str catalog_site_anchor(const struct catalog *c, struct str path, struct str anchor)
{
	const struct runbook_facts *facts = c->site && anchor.n ? catalog_runbook_facts(c, path) : NULL;
	if (!facts || is_heading(facts, anchor))
		return anchor;
	for (size_t i = 0; i < facts->heading_count; i++)
		if (str_eq(facts->headings[i].read->anchor, anchor))
			return facts->headings[i].anchor;
	return anchor;
}

/* ---- places ---- */

static bool has_file(void *arg, struct str path)
{
	const struct catalog *c = arg;
	return map_get(c->texts, path);
}

/* "https://x/a/index.html", "https://x/a.html" and "https://x/a/" are one page. */
static struct str without_page_ending(struct str url)
{
	static const struct str endings[] = {STR_INIT("/index.html"), STR_INIT(".html"), STR_INIT("/")};
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (str_ends(url, endings[i]))
			return str_slice(url, 0, url.n - endings[i].n);
	return url;
}

static void add_site_place(struct catalog *c, const struct site_folder *folder, const struct catalog_text *file)
{
	struct site_place *place = arena_alloc(c->arena, sizeof *place);
	*place = site_place(c->site, folder, c->arena, file->path, file->text);
	map_set(c->places, file->path, place);
	if (place->why)
		return;
	struct str root = place->at_root ? c->site->root : c->site->url;
	struct str url = str_c(arena_printf(c->arena, "%.*s%.*s", STR_ARG(root), STR_ARG(place->path)));
	map_set(c->by_url, without_page_ending(url), (void *)(uintptr_t)file);
}

/* A page's own place goes before another's redirect. */
static void add_redirects(struct catalog *c, const struct catalog_text *file)
{
	const struct site_place *place = catalog_place(c, file->path);
	struct strs from = place->why ? (struct strs){NULL, 0} : site_redirects(c->site, c->arena, place, file->text);
	for (size_t i = 0; i < from.n; i++) {
		struct str url = without_page_ending(from.v[i]);
		if (!map_get(c->by_url, url))
			map_set(c->by_url, url, (void *)(uintptr_t)file);
	}
}

void site_pages_finish(struct catalog *c)
{
	const struct catalog_text *text = map_get(c->texts, STR("SUMMARY.md"));
	if (!c->site)
		return;
	struct map *chapters = text ? site_chapters(c->arena, text->text) : NULL;
	struct site_folder folder = {has_file, c, chapters};
	for (size_t i = 0; (text = catalog_next_text(c, &i));)
		add_site_place(c, &folder, text);
	for (size_t i = 0; (text = catalog_next_text(c, &i));)
		add_redirects(c, text);
	map_free(chapters);
}

const struct site_place *catalog_place(const struct catalog *c, struct str path)
{
	return map_get(c->places, path);
}

struct str catalog_path_at(const struct catalog *c, struct str url)
{
	const struct catalog_text *file = map_get(c->by_url, without_page_ending(url));
	return file ? file->path : (struct str){NULL, 0};
}

bool site_has_url(const struct site *s, struct str url)
{
	struct str home = str_slice(s->url, 0, s->url.n - 1), root = str_slice(s->root, 0, s->root.n - 1);
	return str_starts(url, s->url) || str_starts(url, s->root) || str_eq(url, home) || str_eq(url, root);
}
