/*
 * What the real generators wrote for the same headings and files: sites/anchors.json and sites/paths.json in
 * RUNBOOKD_SHARED_DATA. Skipped where there are none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants the four above first */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <jansson.h>

#include "base/map.h"
#include "catalog/markdown.h"
#include "catalog/site.h"

static json_t *load_site_json(const char *name)
{
	const char *shared = getenv("RUNBOOKD_SHARED_DATA");
	AUTOFREE char *path = mem_printf("%s/sites/%s", shared ? shared : "../shared/data", name);
	return json_load_file(path, 0, NULL);
}

static const char *row_text_of(const json_t *row, const char *key)
{
	const char *s = json_string_value(json_object_get(row, key));
	return s ? s : "";
}

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* ---- headings ---- */

static const struct {
	const char *generator, *settings;
} id_settings[] = {
	{"hugo", "generator: hugo, version: "},
	{"mkdocs", "generator: mkdocs"},
	{"jekyll", "generator: jekyll"},
	{"sphinx", "generator: sphinx"},
	{"mdbook", "generator: mdbook"},
	{"docusaurus", "generator: docusaurus"},
	{"vitepress", "generator: vitepress"},
	{"honkit", "generator: honkit"},
	{"github-slugger", "generator: github"},
	{"markdown-it-anchor", "generator: raw, heading_ids: markdown-it-anchor"},
	{"pandoc -f markdown", "generator: raw, heading_ids: pandoc"},
	{"pandoc -f gfm", "generator: raw, heading_ids: pandoc-gfm"},
};

static struct site read_real_site(struct arena *arena, const char *settings, const char *version)
{
	AUTOERR struct err err = ERR_INIT;
	struct site site;
	const char *text = arena_printf(arena, "{url: https://x.test/, %s%s}", settings, version);
	const struct yaml_node *map = yaml_parse(arena, "site", str_c(text), &err);
	bool good = map && site_read(map, arena, &site, &err);
	if (!good)
		print_error("%s: %s\n", text, err_first(&err));
	assert_true(good);
	return site;
}

static struct site site_of_row(struct arena *arena, const json_t *row)
{
	const char *generator = row_text_of(row, "generator");
	for (size_t i = 0; i < sizeof id_settings / sizeof *id_settings; i++)
		if (begins(generator, id_settings[i].generator))
			return read_real_site(arena, id_settings[i].settings, i ? "" : row_text_of(row, "version"));
	fail_msg("no settings for %s", generator);
	return (struct site){0};
}

/* The page of a case: all its headings, each at level two where it says none. */
static struct str page_of(struct arena *arena, const json_t *rows, const json_t *row)
{
	struct str page = {NULL, 0};
	size_t i;
	const json_t *other;
	json_array_foreach(rows, i, other)
	{
		bool same = !strcmp(row_text_of(row, "generator"), row_text_of(other, "generator")) &&
		            !strcmp(row_text_of(row, "version"), row_text_of(other, "version")) &&
		            !strcmp(row_text_of(row, "case"), row_text_of(other, "case"));
		const char *heading = row_text_of(other, "heading");
		if (same)
			page = str_c(arena_printf(arena, "%.*s%s%s\n\n", STR_ARG(page), heading[0] == '#' ? "" : "## ", heading));
	}
	return page;
}

static bool id_is_right(const json_t *rows, const json_t *row)
{
	AUTOARENA struct arena *arena = arena_new();
	struct site site = site_of_row(arena, row);
	const char *why;
	const struct heading *headings;
	struct str ids[8];
	struct markdown *m = markdown_parse(arena, page_of(arena, rows, row), &why);
	size_t count = markdown_headings(m, &headings);
	size_t which = (size_t)json_integer_value(json_object_get(row, "occurrence"));
	assert_true(count <= 8 && which >= 1 && which <= count);
	site_heading_ids(&site, arena, headings, count, ids);
	markdown_free(m);
	bool right = str_eq_c(ids[which - 1], row_text_of(row, "id"));
	if (!right)
		print_error("%s %s, \"%s\": \"%.*s\", not \"%s\"\n", row_text_of(row, "generator"), row_text_of(row, "version"),
		            row_text_of(row, "heading"), STR_ARG(ids[which - 1]), row_text_of(row, "id"));
	return right;
}

static void headings_have_the_ids_that_generators_give_them(void **state)
{
	(void)state;
	json_t *rows = load_site_json("anchors.json");
	size_t i, wrong = 0;
	const json_t *row;
	if (!rows)
		skip();
	assert_int_equal(json_array_size(rows), 951);
	json_array_foreach(rows, i, row) wrong += !id_is_right(rows, row);
	json_decref(rows);
	assert_int_equal(wrong, 0);
}

/* ---- paths ---- */

static const struct {
	const char *generator, *settings, *ours;
	bool front_matter, summary;
} path_settings[] = {
	{"hugo", "default", "generator: hugo", false, false},
	{"hugo", "uglyURLs = true", "generator: hugo, uglyURLs: true", false, false},
	{"hugo", "disablePathToLower = true", "generator: hugo, disablePathToLower: true", false, false},
	{"mkdocs", "default", "generator: mkdocs", false, false},
	{"mkdocs", "theme: material 9.6.4", "generator: mkdocs", false, false},
	{"mkdocs", "use_directory_urls: false", "generator: mkdocs, use_directory_urls: false", false, false},
	{"jekyll", "default, files without front matter", "generator: jekyll", false, false},
	{"jekyll", "default, files with front matter", "generator: jekyll", true, false},
	{"jekyll", "permalink: pretty, files with front matter", "generator: jekyll, permalink: pretty", true, false},
	{"sphinx+myst", "html", "generator: sphinx", false, false},
	{"sphinx+myst", "dirhtml", "generator: sphinx, builder: dirhtml", false, false},
	{"mdbook", "all pages in SUMMARY.md", "generator: mdbook", false, true},
	{"docusaurus", "routeBasePath: /", "generator: docusaurus, routeBasePath: /", false, false},
	{"docusaurus", "routeBasePath: /, trailingSlash: false",
     "generator: docusaurus, routeBasePath: /, trailingSlash: false", false, false},
	{"docusaurus", "default routeBasePath (docs), trailingSlash: true", "generator: docusaurus, trailingSlash: true",
     false, false},
	{"vitepress", "default", "generator: vitepress", false, false},
	{"vitepress", "cleanUrls: true", "generator: vitepress, cleanUrls: true", false, false},
	{"honkit", "all pages in SUMMARY.md", "generator: honkit", false, true},
	{"honkit", "no SUMMARY.md", "generator: honkit, summary: none", false, false},
};

struct sources {
	struct map *paths;
	struct str summary;
};

static bool has_source(void *arg, struct str path)
{
	const struct sources *s = arg;
	return map_get(s->paths, path);
}

static void read_site_sources(struct arena *arena, const json_t *rows, struct sources *out)
{
	size_t i;
	const json_t *row;
	*out = (struct sources){map_new(), STR("# Summary\n\n")};
	json_array_foreach(rows, i, row)
	{
		struct str source = str_c(row_text_of(row, "source"));
		if (map_set(out->paths, source, out))
			continue;
		out->summary = str_c(arena_printf(arena, "%.*s- [x](<%.*s>)\n", STR_ARG(out->summary), STR_ARG(source)));
	}
}

static size_t settings_of_row(const json_t *row)
{
	for (size_t i = 0; i < sizeof path_settings / sizeof *path_settings; i++)
		if (!strcmp(row_text_of(row, "generator"), path_settings[i].generator) &&
		    !strcmp(row_text_of(row, "settings"), path_settings[i].settings))
			return i;
	fail_msg("no settings for %s %s", row_text_of(row, "generator"), row_text_of(row, "settings"));
	return 0;
}

static bool path_is_right(struct sources *sources, const json_t *row)
{
	AUTOARENA struct arena *arena = arena_new();
	size_t k = settings_of_row(row);
	bool hugo = !strcmp(row_text_of(row, "generator"), "hugo");
	const char *version = hugo ? arena_printf(arena, ", version: %s", row_text_of(row, "version")) : "";
	struct site site = read_real_site(arena, path_settings[k].ours, version);
	struct map *chapters = path_settings[k].summary ? site_chapters(arena, sources->summary) : NULL;
	struct site_folder folder = {has_source, sources, chapters};
	struct str text = path_settings[k].front_matter ? STR("---\ntitle: x\n---\n# x\n") : STR("# x\n");
	struct site_place place = site_place(&site, &folder, arena, str_c(row_text_of(row, "source")), text);
	const char *want = row_text_of(row, "url_path");
	map_free(chapters);
	bool right = place.why ? !*want : *want && str_eq_c(place.path, want + 1);
	if (!right)
		print_error("%s %s, %s, %s: /%.*s (%s), not %s\n", row_text_of(row, "generator"), row_text_of(row, "version"),
		            row_text_of(row, "settings"), row_text_of(row, "source"), STR_ARG(place.path),
		            place.why ? place.why : "", want);
	return right;
}

static void pages_are_where_generators_put_them(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	json_t *rows = load_site_json("paths.json");
	struct sources sources;
	size_t i, wrong = 0;
	const json_t *row;
	if (!rows)
		skip();
	assert_int_equal(json_array_size(rows), 696);
	read_site_sources(arena, rows, &sources);
	json_array_foreach(rows, i, row) wrong += !path_is_right(&sources, row);
	map_free(sources.paths);
	json_decref(rows);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headings_have_the_ids_that_generators_give_them),
		cmocka_unit_test(pages_are_where_generators_put_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
