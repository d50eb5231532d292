/* A site's settings, where its pages are, and the ids of their headings; the real generators' own answers are test_site_real.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/explicit_ids.h"
#include "catalog/html_tags.h"
#include "catalog/markdown.h"
#include "catalog/site_pages.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool read_site_settings(struct arena *arena, const char *settings, struct site *out, struct err *err)
{
	const char *text = arena_printf(arena, "{url: https://x.test/docs, %s}", settings);
	const struct yaml_node *map = yaml_parse(arena, "site.yml", str_c(text), err);
	assert_non_null(map);
	return site_read(map, arena, out, err);
}

static struct site site_of(struct arena *arena, const char *settings)
{
	AUTOERR struct err err = ERR_INIT;
	struct site site;
	if (!read_site_settings(arena, settings, &site, &err))
		fail_msg("%s: %s", settings, err_first(&err));
	return site;
}

/* ---- settings ---- */

static void mistakes_are_told_with_what_was_meant(void **state)
{
	(void)state;
	static const struct {
		const char *settings, *told;
	} cases[] = {
		{"generator: mkdoc", "did you mean \"mkdocs\"?"},
		{"generator: hugo, uglyUrls: true", "did you mean \"uglyURLs\"?"},
		{"generator: mkdocs, uglyURLs: true", "site.yml:1:47: error: catalog.site: mkdocs has no setting \"uglyURLs\""},
		{"generator: hugo, heading_ids: pandok", "did you mean \"pandoc\"?"},
		{"generator: docusaurus, trailingSlash: never", "must be one of unset, true, false"},
		{"heading_ids: github", "\"generator\" is required"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct site site;
		assert_false(read_site_settings(arena, cases[i].settings, &site, &err));
		if (!strstr(err_first(&err), cases[i].told))
			fail_msg("%s\n  %s\n  %s", cases[i].settings, err_first(&err), cases[i].told);
	}
}

static void every_mistake_is_told(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	struct site site;
	assert_false(
		read_site_settings(arena, "generator: hugo, cleanUrls: true, nothing: 1, attr_list: true", &site, &err));
	assert_int_equal(err.count, 3);
}

static void a_url_gets_its_slash_and_is_the_root(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct site site = site_of(arena, "generator: raw");
	assert_string_equal(site.url.p, "https://x.test/docs/");
	assert_string_equal(site.root.p, "https://x.test/docs/");
	site = site_of(arena, "generator: hugo, root: https://x.test");
	assert_string_equal(site.root.p, "https://x.test/");
}

/* ---- places ---- */

/* A folder with these files, and two more where a case names them. */
static bool has_site_file(void *arg, struct str path)
{
	static const char *const names[] = {"one/index.md", "pair/index.md", "pair/README.md", "readme/README.md"};
	(void)arg;
	for (size_t i = 0; i < COUNT(names); i++)
		if (str_eq_c(path, names[i]))
			return true;
	return false;
}

static const struct {
	const char *settings, *path, *front, *place; /* NULL: the site has no such page */
} places[] = {
	{"generator: raw", "a/b c.md", "", "a/b c.md"},
	{"generator: github", "a/README.md", "", "a/README.md"},
	{"generator: gitlab", "a/b.md", "slug: c\n", "a/b.md"},

	{"generator: hugo", "Disks/Nearly Full.md", "", "disks/nearly-full/"},
	{"generator: hugo", "disks/full.md", "slug: Very Full\n", "disks/very-full/"},
	{"generator: hugo", "disks/full.md", "url: /storage/full/\n", "/storage/full/"},
	{"generator: hugo", "disks/full.md", "url: storage/full.html\n", "/storage/full.html"},
	{"generator: hugo", "disks/full.md", "draft: true\n", NULL},
	{"generator: hugo, buildDrafts: true", "disks/full.md", "draft: true\n", "disks/full/"},
	{"generator: hugo", "disks/_index.md", "slug: d\n", "disks/"},
	{"generator: hugo", "one/index.md", "", "one/"},
	{"generator: hugo", "one/beside.md", "", NULL},
	{"generator: hugo", "one/deeper/beside.md", "", NULL},
	{"generator: hugo, uglyURLs: true", "one/index.md", "", "one.html"},
	{"generator: hugo, uglyURLs: true, version: 0.110.0", "disks/_index.md", "", "disks.html"},
	{"generator: hugo, uglyURLs: true", "disks/_index.md", "", "disks/"},

	{"generator: mkdocs", "disks/Full.md", "slug: x\n", "disks/Full/"},
	{"generator: mkdocs", "readme/README.md", "", "readme/"},
	{"generator: mkdocs", "pair/README.md", "", NULL},
	{"generator: mkdocs", ".hidden/a.md", "", NULL},

	{"generator: jekyll", "disks/full.md", "", "disks/full.html"},
	{"generator: jekyll", "disks/full.md", NULL, "disks/full.md"},
	{"generator: jekyll, optional_front_matter: true", "disks/full.md", NULL, "disks/full.html"},
	{"generator: jekyll, permalink: pretty", "disks/full.md", "", "disks/full/"},
	{"generator: jekyll, permalink: '/:title/'", "disks/full.md", "", "disks/full/"},
	{"generator: jekyll", "disks/full.md", "permalink: /storage/full/\n", "/storage/full/"},
	{"generator: jekyll", "disks/full.md", "permalink: '/r/:path/:basename:output_ext'\n", "/r/disks/full.html"},
	{"generator: jekyll", "disks/full.md", "permalink: pretty\n", "disks/full/"},
	{"generator: jekyll", "disks/full.md", "published: false\n", NULL},
	{"generator: jekyll", "_old/full.md", "", NULL},
	{"generator: jekyll, readme_index: true", "readme/README.md", "", "readme/"},
	{"generator: jekyll", "readme/README.md", "", "readme/README.html"},

	{"generator: sphinx", "one/index.md", "", "one/"},
	{"generator: sphinx, builder: dirhtml", "disks/full.md", "", "disks/full/"},

	{"generator: docusaurus", "02-disks/01-full.md", "", "docs/disks/full/"},
	{"generator: docusaurus, numberPrefixParser: false", "02-disks/01-full.md", "", "docs/02-disks/01-full/"},
	{"generator: docusaurus, routeBasePath: /", "1.4-notes.md", "", "1.4-notes/"},
	{"generator: docusaurus, routeBasePath: /ops/", "3 - three.md", "", "ops/three/"},
	{"generator: docusaurus", "disks/full.md", "slug: /storage\n", "docs/storage/"},
	{"generator: docusaurus", "disks/full.md", "slug: quite-full\n", "docs/disks/quite-full/"},
	{"generator: docusaurus", "disks/full.md", "id: filled\n", "docs/disks/filled/"},
	{"generator: docusaurus", "disks/disks.md", "", "docs/disks/"},
	{"generator: docusaurus", "README.md", "", "docs/"},
	{"generator: docusaurus", "pair/README.md", "", NULL},
	{"generator: docusaurus", "disks/full.md", "draft: true\n", NULL},
	{"generator: docusaurus", "_parts/full.md", "", NULL},
	{"generator: docusaurus, trailingSlash: false", "disks/full.md", "", "docs/disks/full.html"},

	{"generator: vitepress", "disks/full.md", "", "disks/full.html"},
	{"generator: vitepress", "one/index.md", "", "one/"},
	{"generator: honkit", "README.md", "", ""},
	{"generator: honkit", "disks/full.md", "", "disks/full.html"},
	{"generator: honkit, summary: none", "disks/full.md", "", "disks/full.md"},
	{"generator: mdbook", "readme/Readme.md", "", "readme/"},
	{"generator: mdbook, summary: none", "disks/full.md", "", NULL},
};

static void pages_are_where_the_generator_puts_them(void **state)
{
	(void)state;
	static const struct site_folder folder = {has_site_file, NULL, NULL};
	for (size_t i = 0; i < COUNT(places); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct site site = site_of(arena, places[i].settings);
		const char *front = places[i].front;
		struct str text = str_c(front ? arena_printf(arena, "---\n%sx: y\n---\n# T\n", front) : "# T\n");
		struct site_place place = site_place(&site, &folder, arena, str_c(places[i].path), text);
		const char *got =
			place.why ? NULL : arena_printf(arena, "%s%.*s", place.at_root ? "/" : "", STR_ARG(place.path));
		if (!got != !places[i].place || (got && strcmp(got, places[i].place) != 0))
			fail_msg("%s, %s: %s, not %s", places[i].settings, places[i].path, got ? got : place.why,
			         places[i].place ? places[i].place : "nowhere");
	}
}

static void front_matter_in_toml_moves_a_page_as_well(void **state)
{
	(void)state;
	static const struct site_folder folder = {has_site_file, NULL, NULL};
	AUTOARENA struct arena *arena = arena_new();
	struct site site = site_of(arena, "generator: hugo");
	struct site_place place = site_place(&site, &folder, arena, STR("a.md"), STR("+++\nslug = \"other\"\n+++\n# A\n"));
	assert_string_equal(place.path.p, "other/");
}

static void a_book_has_the_pages_that_its_summary_names(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		bool named;
	} pages[] = {{"a.md", true}, {"b c.md", true},  {"d e.md", true}, {"f.md", true},
	             {"g.md", true}, {"x/a.md", false}, {"h.md", false}};
	AUTOARENA struct arena *arena = arena_new();
	struct site site = site_of(arena, "generator: mdbook");
	struct map *chapters = site_chapters(
		arena,
		STR("# Summary\n\n- [A](a.md)\n- [B](<b c.md>)\n- [D](d%20e.md)\n- [F](./f.md)\n- [G](g.md#x)\n\nh.md\n"));
	const struct site_folder folder = {has_site_file, NULL, chapters};
	for (size_t i = 0; i < COUNT(pages); i++)
		assert_int_equal(!site_place(&site, &folder, arena, str_c(pages[i].path), STR("# x\n")).why, pages[i].named);
	map_free(chapters);
}

/* ---- heading ids ---- */

static const struct {
	const char *settings, *page;
	const char *ids[4];
} ids[] = {
	{"generator: github", "# Save & Load\n# Save & Load\n", {"save--load", "save--load-1"}},
	{"generator: gitlab", "# Save & Load\n# 2024\n# Save - Load\n", {"save-load", "anchor-2024", "save-load-1"}},
	{"generator: hugo", "# Save -- `--now`\n# ---\n# Own {#mine}\n", {"save----now", "heading", "mine"}},
	{"generator: hugo, version: 0.110.1", "# See [it](x/y.md)\n", {"see-itxymd"}},
	{"generator: mkdocs", "# Grün & blau\n# x\n# x\n# x_1\n", {"grun-blau", "x", "x_1", "x_2"}},
	{"generator: mkdocs",
     "# Own { #mine }\n# \xD0\x94\xD0\xB0\n# \xD0\x9D\xD0\xB5\xD1\x82\n",
     {"own-mine", "_1", "_2"}},
	{"generator: mkdocs, attr_list: true", "# Own { #mine }\n# Mine\n", {"mine", "mine_1"}},
	{"generator: jekyll", "# It's {{ page.x }} -- now\n# x\n# x\n", {"its---now", "x", "x-1"}},
	{"generator: sphinx", "# 2. Wei\xC3\x9F\n# x\n# x\n# 3\n", {"weisz", "x", "id1", "id2"}},
	{"generator: docusaurus", "# Of {{ value }}\n# x\n# x {#y}\n", {"", "x", "y"}},
	{"generator: vitepress",
     "# 3 steps: A \xE2\x80\xA6 b\n# x\n# x\n# :fire: hot\n",
     {"_3-steps-a-b", "x", "x-1", "hot"}},
	{"generator: honkit", "# snake_case\n# - x\n# x\n# x\n", {"snakecase", "-x", "x", "x"}},
	{"generator: mdbook", "# A -- b\n# x\n# x\n", {"a--b", "x", "x-1"}},
	{"generator: raw, heading_ids: mkdocs", "# Save & Load\n", {"save-load"}},
	{"generator: raw, heading_ids: pandoc", "# 1. Save  it\n# 2\n", {"save-it", "section"}},
	{"generator: raw, heading_ids: markdown-it-anchor", "# Is it?\n", {"is-it?"}},
};

static void headings_have_the_ids_of_the_generator(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ids); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct site site = site_of(arena, ids[i].settings);
		const char *why;
		const struct heading *headings;
		struct markdown *m = markdown_parse(arena, str_c(ids[i].page), &why);
		size_t count = markdown_headings(m, &headings);
		struct str got[4];
		assert_true(count <= COUNT(got));
		site_heading_ids(&site, arena, headings, count, got);
		for (size_t k = 0; k < count; k++)
			if (!str_eq_c(got[k], ids[i].ids[k] ? ids[i].ids[k] : ""))
				fail_msg("%s, \"%s\": \"%.*s\", not \"%s\"", ids[i].settings, headings[k].source.p, STR_ARG(got[k]),
				         ids[i].ids[k]);
		markdown_free(m);
	}
}

static void many_equal_headings_take_no_time_to_speak_of(void **state)
{
	(void)state;
	static const char *const settings[] = {"generator: github", "generator: mkdocs", "generator: sphinx",
	                                       "generator: vitepress"};
	for (size_t i = 0; i < COUNT(settings); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct site site = site_of(arena, settings[i]);
		struct heading *headings = arena_alloc(arena, HEADINGS_MAX * sizeof *headings);
		struct str *got = arena_alloc(arena, HEADINGS_MAX * sizeof *got);
		for (size_t k = 0; k < HEADINGS_MAX; k++)
			headings[k].marked = STR("x");
		size_t before = arena_bytes(arena);
		site_heading_ids(&site, arena, headings, HEADINGS_MAX, got);
		assert_true(arena_bytes(arena) - before < 64 * (size_t)HEADINGS_MAX);
		assert_false(str_eq(got[HEADINGS_MAX - 1], got[HEADINGS_MAX - 2]));
	}
}

/* ---- the catalog ---- */

static struct catalog *catalog_on(const struct site *site, const char *page)
{
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	catalog_set_site(c, site);
	assert_true(catalog_add_runbook(c, "node/page.md", str_c(page), &err));
	assert_true(catalog_finish(c, &err));
	return c;
}

static void rules_and_parts_know_a_page_by_the_ids_of_the_site(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct site site = site_of(arena, "generator: mkdocs");
	struct catalog *c = catalog_on(&site, "# Two\n\n## Alert - SaveFails\n\nSave.\n\n## Alert - WaitFails\n\nWait.\n\n"
	                                      "<a name=\"old\"></a>\n\nSee below. {: #below }\n");
	const struct runbook *r = catalog_runbook(c, STR("node/page.md"));
	static const char *const has[] = {"alert-savefails", "old", "below"}, *const lacks[] = {"alert---savefails",
	                                                                                        "gone"};
	assert_non_null(r);
	for (size_t i = 0; i < COUNT(has); i++)
		assert_true(runbook_has_anchor(r, str_c(has[i])));
	for (size_t i = 0; i < COUNT(lacks); i++)
		assert_false(runbook_has_anchor(r, str_c(lacks[i])));
	const struct runbook *part = catalog_runbook_by_alert(c, STR("WaitFails"));
	assert_non_null(part);
	assert_true(part->anchor.n > 0);
	assert_string_equal(part->anchor.p, "alert-waitfails");
	assert_true(part->anchor_exists);
	catalog_free(c);
}

static void myst_lets_pages_name_headings_by_githubs_rule(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct site site = site_of(arena, "generator: sphinx, myst_heading_anchors: 2");
	struct catalog *c = catalog_on(&site, "# Page\n\n## Save & Load\n\n### Wait & See\n");
	const struct runbook *r = catalog_runbook(c, STR("node/page.md"));
	assert_true(runbook_has_anchor(r, STR("save-load")));
	assert_true(runbook_has_anchor(r, STR("save--load")));
	assert_false(runbook_has_anchor(r, STR("wait--see")));
	struct str anchor = catalog_site_anchor(c, STR("node/page.md"), STR("save--load"));
	assert_true(str_eq_c(anchor, "save-load"));
	assert_true(str_eq_c(catalog_site_anchor(c, STR("node/page.md"), STR("gone")), "gone"));
	catalog_free(c);
}

static void a_url_of_the_site_leads_to_its_file(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		bool found;
	} urls[] = {
		{"https://x.test/docs/node/page/", true},      {"https://x.test/docs/node/page", true},
		{"https://x.test/docs/node/page.html", true},  {"https://x.test/docs/node/page/index.html", true},
		{"https://x.test/docs/node/other/", false},    {"https://y.test/docs/node/page/", false},
		{"https://x.test/docs/node/page/more", false},
	};
	AUTOARENA struct arena *arena = arena_new();
	struct site site = site_of(arena, "generator: mkdocs");
	struct catalog *c = catalog_on(&site, "# A page\n");
	for (size_t i = 0; i < COUNT(urls); i++)
		assert_int_equal(catalog_path_at(c, str_c(urls[i].url)).n > 0, urls[i].found);
	assert_string_equal(catalog_place(c, STR("node/page.md"))->path.p, "node/page/");
	assert_null(catalog_place(c, STR("node/none.md")));
	catalog_free(c);
}

static void a_url_that_the_site_redirects_leads_to_its_page(void **state)
{
	(void)state;
	static const struct {
		const char *settings, *front, *url;
		bool found;
	} cases[] = {
		{"generator: hugo, root: https://x.test", "aliases: [/old/full/, older]", "https://x.test/old/full/", true},
		{"generator: hugo, root: https://x.test", "aliases: [/old/full/, older]", "https://x.test/docs/node/older",
	     true},
		{"generator: hugo, root: https://x.test", "aliases: [/old/full/, older]", "https://x.test/docs/older", false},
		{"generator: hugo", "aliases: /gone.html", "https://x.test/docs/gone.html", true},
		{"generator: hugo, buildDrafts: false", "draft: true\naliases: [/gone/]", "https://x.test/docs/gone/", false},
		{"generator: jekyll", "redirect_from: /was/here", "https://x.test/docs/was/here", true},
		{"generator: mkdocs", "aliases: [/old/full/]", "https://x.test/docs/old/full/", false},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct site site = site_of(arena, cases[i].settings);
		AUTOFREE char *text = mem_printf("---\n%s\n---\n# A page\n", cases[i].front);
		struct catalog *c = catalog_on(&site, text);
		if (str_eq_c(catalog_path_at(c, str_c(cases[i].url)), "node/page.md") != cases[i].found)
			fail_msg("%s from %s", cases[i].url, cases[i].front);
		catalog_free(c);
	}
}

static void without_a_site_anchors_are_githubs_and_pages_have_no_place(void **state)
{
	(void)state;
	struct catalog *c = catalog_on(NULL, "# A page\n\n## Save & Load\n");
	assert_true(runbook_has_anchor(catalog_runbook(c, STR("node/page.md")), STR("save--load")));
	assert_null(catalog_place(c, STR("node/page.md")));
	assert_int_equal(catalog_path_at(c, STR("https://x.test/docs/node/page/")).n, 0);
	catalog_free(c);
}

/* ---- ids that a page states ---- */

static void attribute_lists(void **state)
{
	(void)state;
	static const struct {
		const char *text, *left, *id; /* id NULL: none is taken */
	} cases[] = {
		{"Free {#free}", "Free", "free"},
		{"Free { #free .wide }", "Free", "free"},
		{"Free {: #free lang=en}", "Free", "free"},
		{"{: #free}", "", "free"},
		{"{:#free}", "", "free"},
		{"Free {.wide}", "Free {.wide}", NULL},
		{"Free {#if it fits}", "Free {#if it fits}", NULL},
		{"Free {{#free}}", "Free {{#free}}", NULL},
		{"Free {#free} now", "Free {#free} now", NULL},
		{"Free {#}", "Free {#}", NULL},
		{"}", "}", NULL},
		{"", "", NULL},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str text = str_c(cases[i].text), id = {NULL, 0};
		assert_int_equal(attr_list_take(&text, &id), cases[i].id != NULL);
		assert_true(str_eq_c(text, cases[i].left));
		if (cases[i].id)
			assert_true(str_eq_c(id, cases[i].id));
	}
}

static void ids_of_raw_html(void **state)
{
	(void)state;
	static const struct {
		const char *html;
		const char *ids[2];
	} cases[] = {
		{"<a name=\"one\"></a><A ID='two'>", {"one", "two"}},
		{"<a name=old id=new>", {"new"}},
		{"<div class=\"id\" id=\"three\"><b name=\"no\">", {"three"}},
		{"<!-- <a id=\"no\"> --><p data-id=\"no\" id=\"four\">", {"four"}},
		{"<a href=\"?id=no\" title='<a id=no>'>", {NULL}},
		{"<a id=\"\">1 < 2<a id=", {NULL}},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct str id;
		size_t at = 0, n = 0;
		while (html_next_id(str_c(cases[i].html), &at, &id)) {
			assert_true(n < 2 && cases[i].ids[n]);
			assert_true(str_eq_c(id, cases[i].ids[n++]));
		}
		assert_true(n == 2 || !cases[i].ids[n]);
	}
}

static void a_page_carries_the_ids_that_it_states_and_those_of_its_site(void **state)
{
	(void)state;
	static const char page[] = "# Save & Load\n\n## Free {#free}\n\nText {: #text}\n\n<a name=\"raw\"></a>\n\n"
							   "a <a id=\"inner\"></a> b `{#code}` <a id=\"raw\"></a>\n";
	static const char *const once[] = {
		"<h1 id=\"save--load\"><span id=\"save-load\"></span>Save &amp; Load",
		"<span id=\"free\"></span>Free <a class=\"anchor\" aria-label=\"Link to this section\" href=\"#free\">",
		"<span id=\"text\"></span>Text</p>",
		"<span id=\"raw\"></span>",
		"<span id=\"inner\"></span>",
		"<code>{#code}</code>"};
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf html;
	struct site site = site_of(arena, "generator: mkdocs");
	const struct heading *headings;
	struct str more[2];
	const char *why;
	buf_init(&html, MARKDOWN_HTML_MAX);
	struct markdown *m = markdown_parse(arena, str_c(page), &why);
	assert_int_equal(markdown_headings(m, &headings), 2);
	site_heading_ids(&site, arena, headings, 2, more);
	markdown_add_ids(m, arena, more);
	assert_true(markdown_html(m, NULL, &html));
	for (size_t i = 0; i < COUNT(once); i++) {
		const char *found = strstr(html.p, once[i]);
		if (!found || strstr(found + 1, once[i]))
			fail_msg("%s is there %s\n%s", once[i], found ? "twice" : "nowhere", html.p);
	}
	markdown_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mistakes_are_told_with_what_was_meant),
		cmocka_unit_test(every_mistake_is_told),
		cmocka_unit_test(a_url_gets_its_slash_and_is_the_root),
		cmocka_unit_test(pages_are_where_the_generator_puts_them),
		cmocka_unit_test(front_matter_in_toml_moves_a_page_as_well),
		cmocka_unit_test(a_book_has_the_pages_that_its_summary_names),
		cmocka_unit_test(headings_have_the_ids_of_the_generator),
		cmocka_unit_test(many_equal_headings_take_no_time_to_speak_of),
		cmocka_unit_test(rules_and_parts_know_a_page_by_the_ids_of_the_site),
		cmocka_unit_test(myst_lets_pages_name_headings_by_githubs_rule),
		cmocka_unit_test(a_url_of_the_site_leads_to_its_file),
		cmocka_unit_test(a_url_that_the_site_redirects_leads_to_its_page),
		cmocka_unit_test(without_a_site_anchors_are_githubs_and_pages_have_no_place),
		cmocka_unit_test(attribute_lists),
		cmocka_unit_test(ids_of_raw_html),
		cmocka_unit_test(a_page_carries_the_ids_that_it_states_and_those_of_its_site),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
