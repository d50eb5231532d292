/* Settings of a site, which generator each belongs to, and the ids of headings. */
#include "catalog/site.h"

#include <stddef.h>

#include "site_impl.h"

static const char *const generators[SITE_GENERATORS + 1] = {"raw",       "github", "gitlab", "hugo",
                                                            "mkdocs",    "jekyll", "sphinx", "docusaurus",
                                                            "vitepress", "honkit", "mdbook", NULL};

/* From then on Hugo makes ids of what a heading shows, before of its Markdown: 0.111 and 0.169 were run. */
#define HUGO_IDS_OF_TEXT 123

static const char *const builders[] = {"html", "dirhtml", NULL};
static const char *const slashes[] = {"unset", "true", "false", NULL};
static const char *const summaries[] = {"folder", "all", "none", NULL};

/* In the order of `id_rules`. */
static const char *const id_names[] = {"generator", "github",     "gitlab",    "hugo",   "mkdocs", "jekyll",
                                       "sphinx",    "docusaurus", "vitepress", "honkit", "mdbook", "markdown-it-anchor",
                                       "pandoc",    "pandoc-gfm", NULL};
static const enum slug_rule id_rules[] = {SLUG_GITHUB,    SLUG_GITHUB,    SLUG_GITLAB, SLUG_HUGO,
                                          SLUG_MKDOCS,    SLUG_JEKYLL,    SLUG_SPHINX, SLUG_DOCUSAURUS,
                                          SLUG_VITEPRESS, SLUG_HONKIT,    SLUG_MDBOOK, SLUG_MARKDOWN_IT_ANCHOR,
                                          SLUG_PANDOC,    SLUG_PANDOC_GFM};

#define BIT(generator) (1U << (generator))
#define ANY (~0U)

#define SETTING(its, key, member, kind, ...)                                                                           \
	{                                                                                                                  \
		.of = (its), .row = {.name = (key), .type = (kind), .offset = offsetof(struct site, member), __VA_ARGS__ }     \
	}

static const struct setting {
	unsigned of; /* the generators that have it, as bits */
	struct option row;
} settings[] = {
	SETTING(ANY, "url", url, OPTION_STR, .required = true, .doc = "Where the folder's root is found."),
	SETTING(ANY, "generator", generator, OPTION_CHOICE, .choices = generators, .required = true,
            .doc = "What makes the pages; raw: files are served as they are."),
	SETTING(ANY, "root", root, OPTION_STR,
            .doc = "Where the whole site is found, for pages that state their path from there; by default url."),
	SETTING(ANY, "heading_ids", heading_ids, OPTION_CHOICE, .choices = id_names, .fallback = "generator",
            .doc = "Whose rule makes the ids of headings, where a plug-in makes them otherwise."),
	SETTING(BIT(SITE_HUGO), "version", version, OPTION_STR, .doc = "Of Hugo, where it is older than 0.123."),
	SETTING(BIT(SITE_HUGO), "uglyURLs", ugly_urls, OPTION_BOOL, .doc = "page.html instead of page/."),
	SETTING(BIT(SITE_HUGO), "disablePathToLower", path_not_lower, OPTION_BOOL, .doc = "Paths keep their capitals."),
	SETTING(BIT(SITE_HUGO), "buildDrafts", build_drafts, OPTION_BOOL, .doc = "Drafts are published."),
	SETTING(BIT(SITE_MKDOCS), "use_directory_urls", directory_urls, OPTION_BOOL, .fallback = "true",
            .doc = "page/ instead of page.html."),
	SETTING(BIT(SITE_MKDOCS), "attr_list", attr_list, OPTION_BOOL,
            .doc = "The Markdown extension: {#id} behind a heading is its id."),
	SETTING(BIT(SITE_JEKYLL), "permalink", permalink, OPTION_STR, .doc = "pretty, date, none, or a template."),
	SETTING(BIT(SITE_JEKYLL), "optional_front_matter", optional_front_matter, OPTION_BOOL,
            .doc = "The plug-in jekyll-optional-front-matter (GitHub Pages has it): pages need none."),
	SETTING(BIT(SITE_JEKYLL), "readme_index", readme_index, OPTION_BOOL,
            .doc = "The plug-in jekyll-readme-index (GitHub Pages has it): README.md is its folder's page."),
	SETTING(BIT(SITE_SPHINX), "builder", builder, OPTION_CHOICE, .choices = builders, .fallback = "html",
            .doc = "html: page.html; dirhtml: page/."),
	SETTING(BIT(SITE_SPHINX), "myst_heading_anchors", myst_anchors, OPTION_INT, .least = 0, .most = 7,
            .doc = "Down to this level links in Markdown may name headings by GitHub's rule."),
	SETTING(BIT(SITE_DOCUSAURUS), "routeBasePath", route_base, OPTION_STR, .fallback = "docs",
            .doc = "Comes behind url; / is nothing."),
	SETTING(BIT(SITE_DOCUSAURUS), "trailingSlash", trailing_slash, OPTION_CHOICE, .choices = slashes,
            .fallback = "unset", .doc = "false: pages are page.html."),
	SETTING(BIT(SITE_DOCUSAURUS), "numberPrefixParser", number_prefixes, OPTION_BOOL, .fallback = "true",
            .doc = "01-page.md is page."),
	SETTING(BIT(SITE_VITEPRESS), "cleanUrls", clean_urls, OPTION_BOOL,
            .doc = "Links go without .html; the files have it, and are what is linked."),
	SETTING(BIT(SITE_HONKIT) | BIT(SITE_MDBOOK), "summary", summary, OPTION_CHOICE, .choices = summaries,
            .fallback = "folder", .doc = "Which pages SUMMARY.md names: folder reads it (none there: all), all, none."),
};
enum { GENERATOR = 1, SETTINGS = sizeof settings / sizeof *settings };

static void rows_of(struct option *rows)
{
	for (size_t i = 0; i < SETTINGS; i++)
		rows[i] = settings[i].row;
}

static const struct option *make_site_rows(struct arena *arena, size_t *count)
{
	struct option *rows = arena_alloc(arena, SETTINGS * sizeof *rows);
	rows_of(rows);
	*count = SETTINGS;
	return rows;
}
const struct option_table site_table = {.make = make_site_rows};

static const struct yaml_node *key_or_map(const struct yaml_node *map, const char *name)
{
	for (size_t i = 0; i < map->count; i++)
		if (str_eq_c(map->keys[i]->text, name))
			return map->keys[i];
	return map;
}

/* A setting of another generator would change nothing: somebody expects that it does. */
static bool check_setting_owners(const struct site *s, const struct yaml_node *map, const bool *given, struct err *err)
{
	bool good = true;
	for (size_t i = 0; i < SETTINGS; i++) {
		if (!given[i] || settings[i].of & BIT(s->generator))
			continue;
		err_at(err, key_or_map(map, settings[i].row.name)->at, "catalog.site: %s has no setting \"%s\"",
		       generators[s->generator], settings[i].row.name);
		good = false;
	}
	return good;
}

static struct str with_slash(struct arena *arena, struct str url)
{
	return url.n && !str_ends(url, STR("/")) ? str_c(arena_printf(arena, "%.*s/", STR_ARG(url))) : url;
}

bool site_read(const struct yaml_node *map, struct arena *arena, struct site *out, struct err *err)
{
	struct option rows[SETTINGS];
	bool given[SETTINGS] = {false};
	rows_of(rows);
	options_defaults(rows, SETTINGS, arena, out);
	bool good = options_read(rows, SETTINGS, map, "catalog.site", arena, out, given, err);
	good = (!given[GENERATOR] || check_setting_owners(out, map, given, err)) && good;
	if (!good)
		return false;
	out->url = with_slash(arena, out->url);
	out->root = out->root.n ? with_slash(arena, out->root) : out->url;
	return true;
}

/* ---- heading ids ---- */

/* "0.111.3": whether it is older than 0.MINOR. */
bool site_is_older(const struct site *s, int64_t minor)
{
	struct str v = s->version;
	ptrdiff_t dot = str_index(v, '.');
	if (dot < 0 || !str_eq_c(str_slice(v, 0, (size_t)dot), "0"))
		return false;
	v = str_slice(v, (size_t)dot + 1, v.n);
	dot = str_index(v, '.');
	int64_t number = 0;
	return str_to_i64(dot < 0 ? v : str_slice(v, 0, (size_t)dot), &number) && number < minor;
}

enum slug_rule site_slug_rule(const struct site *s)
{
	static const enum slug_rule of_generators[SITE_GENERATORS] = {
		[SITE_RAW] = SLUG_GITHUB,    [SITE_GITHUB] = SLUG_GITHUB,         [SITE_GITLAB] = SLUG_GITLAB,
		[SITE_HUGO] = SLUG_HUGO,     [SITE_MKDOCS] = SLUG_MKDOCS,         [SITE_JEKYLL] = SLUG_JEKYLL,
		[SITE_SPHINX] = SLUG_SPHINX, [SITE_DOCUSAURUS] = SLUG_DOCUSAURUS, [SITE_VITEPRESS] = SLUG_VITEPRESS,
		[SITE_HONKIT] = SLUG_HONKIT, [SITE_MDBOOK] = SLUG_MDBOOK,
	};
	if (!s)
		return SLUG_GITHUB;
	enum slug_rule rule = s->heading_ids ? id_rules[s->heading_ids] : of_generators[s->generator];
	if (rule == SLUG_HUGO && site_is_older(s, HUGO_IDS_OF_TEXT))
		return SLUG_HUGO_SOURCE;
	return rule == SLUG_MKDOCS && s->attr_list ? SLUG_MKDOCS_ATTR_LIST : rule;
}

void site_heading_ids(const struct site *s, struct arena *arena, const struct heading *headings, size_t count,
                      struct str *ids)
{
	struct slugs *slugs = slugs_new(site_slug_rule(s));
	for (size_t i = 0; i < count; i++)
		ids[i] = slugs_next(slugs, arena, &headings[i]);
	slugs_free(slugs);
}
