/* Pages: their names, which of them only list others, and how a path that somebody wrote elsewhere finds them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/form.h"
#include "catalog/pages.h"
#include "texts.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct page {
	const char *path, *text;
};

/* The first is the folder's index page. */
static struct catalog *folder(const struct page *pages, size_t count)
{
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	for (size_t i = 0; i < count; i++)
		(i ? catalog_add_runbook : catalog_add_index)(c, pages[i].path, str_c(pages[i].text), &err);
	assert_true(catalog_finish(c, &err));
	return c;
}

static void assert_path(const struct runbook *r, const char *expected)
{
	if (expected && !r)
		fail_msg("nothing is found, not \"%s\"", expected);
	if (!expected && r)
		fail_msg("\"%.*s\" is found", STR_ARG(r->path));
	if (r)
		assert_text(r->path, expected);
}

/* Numbers and words such as "runbook" around a file's name are no part of what it is about. */
static void a_files_name_may_be_decorated(void **state)
{
	static const struct page pages[] = {
		{"README.md", "# Mill\n"},
		{"001-mill-race-dry.md", "# A\n\nx\n"},
		{"runbook_wheel_stuck.md", "# B\n\nx\n"},
		{"stone-hot-playbook.md", "# C\n\nx\n"},
		{"404-errors.md", "# D\n\nx\n"},
		{"02-sack-torn.md", "# E\n\nx\n"},
		{"sack-torn.md", "# F\n\nx\n"},
		{"old/03-belt-slips.md", "# G\n\nx\n"},
		{"new/04-belt-slips.md", "# H\n\nx\n"},
	};
	(void)state;
	struct catalog *c = folder(pages, COUNT(pages));
	assert_path(catalog_runbook_by_filename(c, STR("MillRaceDry")), "001-mill-race-dry.md");
	assert_path(catalog_runbook_by_filename(c, STR("WheelStuck")), "runbook_wheel_stuck.md");
	assert_path(catalog_runbook_by_filename(c, STR("StoneHot")), "stone-hot-playbook.md");
	assert_path(catalog_runbook_by_filename(c, STR("Errors")), NULL);
	assert_path(catalog_runbook_by_filename(c, STR("SackTorn")), "sack-torn.md");
	assert_path(catalog_runbook_by_filename(c, STR("BeltSlips")), NULL);
	catalog_free(c);
}

/* "X down" is for XDown, "Runbook: Mill race is dry" for MillRaceDry: acronyms, and words that only make a sentence of it. */
static void a_title_in_words_is_for_the_name_in_one(void **state)
{
	static const struct page pages[] = {
		{"README.md", "# Mill\n\n- [FX slow](f.md)\n"},
		{"a.md", "# X down\n\nx\n"},
		{"b.md", "# Runbook: Mill race is dry\n\nx\n"},
		{"c.md", "# Log in\n\nx\n"},
		{"d.md", "# The GW is hot\n\nx\n"},
		{"e.md", "# GW is hot runbook\n\nx\n"},
		{"f.md", "# F\n\nx\n"},
		{"belt-is-torn.md", "# G\n\nx\n"},
		{"h.md", "# Notes\n\n## IOQueueLong\n\nx\n\n## Others\n\nx\n"},
	};
	(void)state;
	struct catalog *c = folder(pages, COUNT(pages));
	struct str anchor;
	assert_path(catalog_runbook_by_heading(c, STR("XDown"), &anchor), "a.md");
	assert_path(catalog_runbook_by_heading(c, STR("MillRaceDry"), &anchor), "b.md");
	assert_path(catalog_runbook_by_heading(c, STR("Login"), &anchor), NULL);
	assert_path(catalog_runbook_by_heading(c, STR("GWHot"), &anchor), NULL); /* two pages */
	assert_path(catalog_runbook_by_heading(c, STR("FXSlow"), &anchor), "f.md");
	assert_path(catalog_runbook_by_filename(c, STR("BeltTorn")), "belt-is-torn.md");
	assert_path(catalog_runbook_by_alert(c, STR("IOQueueLong")), "h.md");
	catalog_free(c);
}

/* A rule that shows how alerts are written is nobody's alert. */
static void a_sample_claims_no_alert(void **state)
{
	static const struct page pages[] = {
		{"README.md", "# Mill\n"},
		{"how.md", "# How to write an alert\n\n```yaml\n- alert: WheelStuck\n  expr: up == 0\n```\n"},
		{"style.md", "# Alerting guidelines\n\n## Names\n\n```yaml\n- alert: BeltTorn\n```\n"},
		{"wheel.md",
	     "# Wheel\n\nAlert: `WheelStuck`\n\n## Later\n\nAdd one like this:\n\n```yaml\n- alert: StoneHot\n```\n"},
		{"race.md", "# Race\n\n## Definition\n\n```yaml\n- alert: RaceDry\n```\n"},
	};
	(void)state;
	struct catalog *c = folder(pages, COUNT(pages));
	assert_path(catalog_runbook_by_alert(c, STR("WheelStuck")), "wheel.md");
	assert_path(catalog_runbook_by_alert(c, STR("BeltTorn")), NULL);
	assert_path(catalog_runbook_by_alert(c, STR("StoneHot")), NULL);
	assert_path(catalog_runbook_by_alert(c, STR("RaceDry")), "race.md");
	catalog_free(c);
}

/* A page that lists its alerts with links to its own headings: an alert leads to its heading. */
static void a_list_of_its_own_headings_claims_nothing_twice(void **state)
{
	static const struct page pages[] = {
		{"README.md", "# Mill\n"},
		{"gates.md", "# Alerts\n\n- [GateUp](#gateup)\n- [GateJam](#gatejam)\n\n## GateUp\n\nx\n\n## GateJam\n\nx\n"},
	};
	(void)state;
	struct catalog *c = folder(pages, COUNT(pages));
	const struct runbook *r = catalog_runbook_by_alert(c, STR("GateJam"));
	assert_path(r, "gates.md");
	assert_text(r->anchor, "gatejam");
	catalog_free(c);
}

/* A path in plain text is a page's where the folder has such a page, and text where it has none. */
static void an_index_names_pages_without_links(void **state)
{
	static const struct page pages[] = {
		{"README.md",
	     "# Mills\n\n- water/wheel.md\n- Stuck stone: water/stone.md\n- water/sack\n- Colour: red/green\n\n"
	     "## Runbooks\n\n- water/flour\n- Grind slowly\n\n"
	     "| Alert | Runbook |\n|---|---|\n| GateOpen | gate |\n"},
		{"water/wheel.md", "# Wheel\n\nx\n"},
		{"water/stone.md", "# Stone\n\nx\n"},
		{"water/sack.md", "# Sack\n\nx\n"},
		{"water/flour.md", "# Flour\n\nx\n"},
		{"gate.md", "# Gate\n\nx\n"},
	};
	static const char *const paths[] = {"water/wheel.md", "water/stone.md", "water/sack.md", "water/flour.md",
	                                    "gate.md"};
	(void)state;
	struct catalog *c = folder(pages, COUNT(pages));
	const struct facts *index = catalog_index(c);
	assert_int_equal(index->runbooks_count, COUNT(paths));
	for (size_t i = 0; i < COUNT(paths); i++)
		assert_text(index->runbooks[i].path, paths[i]);
	assert_text(index->runbooks[1].title, "Stuck stone");
	assert_int_equal(index->runbooks[2].at.line, 5);
	assert_int_equal(index->planned_count, 1);
	assert_text(index->planned[0].title, "Grind slowly");
	assert_path(catalog_runbook_by_alert(c, STR("GateOpen")), "gate.md");
	catalog_free(c);
}

/* Where the index page links to files of a repository by their URLs, those of this folder are its pages. */
static void an_index_links_by_urls(void **state)
{
	static const struct page pages[] = {
		{"README.md",
	     "# Mills\n\n| Alert | Severity | Runbook |\n|---|---|---|\n"
	     "| WheelStuck | P1 | [wheel](https://git.example.net/mill/ops/-/blob/main/docs/water/wheel.md#free) |\n\n"
	     "## Runbooks\n\n"
	     "- [Stone](https://github.com/mill/pages/blob/main/stone.md) - P2\n"
	     "- [Sack](https://github.com/mill/pages/tree/main/sack)\n"
	     "- [Flour](https://github.com/mill/pages/blob/main/flour.md)\n"
	     "- [Their stone](https://github.com/other/pages/blob/main/stone.md)\n"
	     "- [Their oven](https://github.com/other/pages/blob/main/oven.md)\n"
	     "- [A site](https://stone.example.org/stone.md)\n"},
		{"water/wheel.md", "# Wheel\n\n## Free\n\nx\n"},
		{"stone.md", "# A\n\nx\n"},
		{"sack/README.md", "# B\n\nx\n"},
		{"flour.md", "# C\n\nx\n"},
	};
	static const struct {
		const char *path, *anchor, *title, *severity;
	} rows[] = {
		{"water/wheel.md", "free", "wheel", "P1"},
		{"stone.md", "", "Stone", "P2"},
		{"sack/README.md", "", "Sack", ""},
		{"flour.md", "", "Flour", ""},
	};
	(void)state;
	struct catalog *c = folder(pages, COUNT(pages));
	const struct facts *index = catalog_index(c);
	assert_int_equal(index->runbooks_count, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct fact_runbook *r = &index->runbooks[i];
		assert_text(r->path, rows[i].path);
		assert_text(r->anchor, rows[i].anchor);
		assert_text(r->title, rows[i].title);
		assert_text(r->severities.n ? r->severities.v[0] : STR(""), rows[i].severity);
	}
	catalog_free(c);
}

/* A clone has the repository's name: one segment of the URL is then enough. */
static void a_url_of_the_repository_itself(void **state)
{
	static const struct page pages[] = {{"README.md", "# R\n"}, {"stone.md", "# A\n\nx\n"}};
	static const struct {
		const char *url, *path;
	} rows[] = {
		{"https://github.com/mill/pages/blob/main/stone.md", "stone.md"},
		{"https://github.com/mill/pages/blob/main/stone.md?plain=1#x", "stone.md"},
		{"https://git.example.net/a/b/pages/-/blob/v1.2/stone.md", "stone.md"},
		{"https://git.example.net/mill/pages/src/branch/main/stone.md", "stone.md"},
		{"https://github.com/mill/pages/wiki/stone", "stone.md"},
		{"https://github.com/mill/other/blob/main/stone.md", NULL},
		{"https://github.com/mill/pages/issues/stone.md", NULL},
		{"https://github.com/mill/pages/blob/main", NULL},
	};
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	catalog_set_folder_name(c, STR("pages"));
	catalog_add_index(c, pages[0].path, str_c(pages[0].text), &err);
	catalog_add_runbook(c, pages[1].path, str_c(pages[1].text), &err);
	assert_true(catalog_finish(c, &err));
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_path(catalog_page_hosted(c, str_c(rows[i].url)), rows[i].path);
	catalog_free(c);
}

static void pages_have_names(void **state)
{
	static const struct {
		const char *path;
		enum page_kind kind;
		const char *stem, *name;
		bool folder;
	} rows[] = {
		{"a/b.md", PAGE_MARKDOWN, "a/b", "b", false},
		{"b.markdown", PAGE_MARKDOWN, "b", "b", false},
		{"b.mdx", PAGE_MARKDOWN, "b", "b", false},
		{"b.html.md", PAGE_MARKDOWN, "b", "b", false},
		{"b.html.md.erb", PAGE_MARKDOWN, "b", "b", false},
		{"B.MD", PAGE_MARKDOWN, "B", "B", false},
		{"b.adoc", PAGE_UNREAD, "b", "b", false},
		{"b.rst", PAGE_UNREAD, "b", "b", false},
		{"b.html", PAGE_NONE, "b", "b", false},
		{"b.png", PAGE_NONE, "b.png", "b.png", false},
		{".md", PAGE_NONE, ".md", ".md", false},
		{"a/.md", PAGE_NONE, "a/.md", ".md", false},
		{"pump/README.md", PAGE_MARKDOWN, "pump/README", "pump", true},
		{"x/pump/_index.md", PAGE_MARKDOWN, "x/pump/_index", "pump", true},
		{"x/pump/index.mdx", PAGE_MARKDOWN, "x/pump/index", "pump", true},
		{"x/pump/Runbook.md", PAGE_MARKDOWN, "x/pump/Runbook", "pump", false},
		{"runbook.md", PAGE_MARKDOWN, "runbook", "runbook", false},
		{"README.md", PAGE_MARKDOWN, "README", "", true},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str path = str_c(rows[i].path);
		assert_int_equal(page_kind_of(path), rows[i].kind);
		assert_text(page_stem(path), rows[i].stem);
		assert_text(page_name(path), rows[i].name);
		assert_int_equal(page_stands_for_folder(path), rows[i].folder);
	}
	assert_string_equal(page_language(STR("b.adoc")), "AsciiDoc");
	assert_null(page_language(STR("b.md")));
}

static const struct page mill[] = {
	{"README.md", "# Mill\n\n- [Wheel](wheel/)\n- [Water](water.md)\n"},
	{"wheel/README.md", "# Wheel stands\n\nPush it.\n"},
	{"water.md", "# No water\n\nOpen the gate.\n"},
	{"stones/_index.md", "# Stones\n\n## Symptoms\n\nIt is quiet.\n"},
	{"flour/README.md", "# Flour\n\n- [Too coarse](coarse.md)\n"},
	{"flour/coarse.md", "# Too coarse\n\nLower the stone.\n"},
	{"belt.html.md.erb", "# Belt\n\nTighten it.\n"},
	{"gate/stuck.md", "# Gate\n\nHammer.\n"},
	{"door/stuck.md", "# Door\n\nOil.\n"},
};

static void a_path_from_elsewhere(void **state)
{
	static const struct {
		const char *written, *page;
	} rows[] = {
		{"water.md", "water.md"},
		{"water", "water.md"},
		{"/water/", "water.md"},
		{"water.html", "water.md"},
		{"Water.md", "water.md"},
		{"wheel", "wheel/README.md"},
		{"wheel/", "wheel/README.md"},
		{"wheel/README", "wheel/README.md"},
		{"wheel/index.html", "wheel/README.md"},
		{"stones", "stones/_index.md"},
		{"belt.html", "belt.html.md.erb"},
		{"flour", "flour/README.md"},
		{"README.md", "README.md"},
		{"nowhere.md", NULL},
		{"", "README.md"},
		{"/", "README.md"},
	};
	(void)state;
	struct catalog *c = folder(mill, COUNT(mill));
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_path(catalog_page(c, str_c(rows[i].written)), rows[i].page);
	catalog_free(c);
}

static void the_end_of_a_path(void **state)
{
	static const struct {
		const char *written;
		size_t least;
		const char *page;
	} rows[] = {
		{"docs/runbooks/water.md", 1, "water.md"},
		{"docs/runbooks/water.md", 2, NULL}, /* its last segment alone */
		{"org/repo/gate/stuck.md", 2, "gate/stuck.md"},
		{"stuck.md", 1, NULL}, /* two of them */
		{"repo/tree/main/wheel", 1, "wheel/README.md"},
		{"coarse", 1, "flour/coarse.md"},
		{"x/flour/coarse/", 2, "flour/coarse.md"},
	};
	(void)state;
	struct catalog *c = folder(mill, COUNT(mill));
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_path(catalog_page_by_tail(c, str_c(rows[i].written), rows[i].least), rows[i].page);
	catalog_free(c);
}

/* Hugo's _index.md lists what lies in its folder: where nothing does it is a page like others. */
static void a_section_page_alone_is_a_runbook(void **state)
{
	(void)state;
	static const struct page files[] = {{"README.md", "# Mill\n"},
	                                    {"sluice/_index.md", "# Sluice\n\nOpen it.\n"},
	                                    {"belts/_index.md", "# Belts\n\nThere are two.\n"},
	                                    {"belts/torn.md", "# Torn\n\nMend it.\n"},
	                                    {"sluice-gate.md", "# Gate\n\nx\n"}};
	struct catalog *c = folder(files, COUNT(files));
	assert_path(catalog_runbook_by_filename(c, STR("Sluice")), "sluice/_index.md");
	assert_path(catalog_runbook_by_filename(c, STR("Belts")), NULL);
	catalog_free(c);
}

static void an_index_lists_others(void **state)
{
	(void)state;
	struct catalog *c = folder(mill, COUNT(mill));
	const struct runbook *const *list;
	assert_true(catalog_runbook(c, STR("README.md"))->is_index);
	assert_true(catalog_runbook(c, STR("flour/README.md"))->is_index);
	assert_false(catalog_runbook(c, STR("wheel/README.md"))->is_index);
	assert_false(catalog_runbook(c, STR("stones/_index.md"))->is_index);
	assert_int_equal(catalog_runbooks(c, &list), COUNT(mill) - 2);
	assert_path(catalog_runbook_by_filename(c, STR("Wheel")), "wheel/README.md");
	assert_path(catalog_runbook_by_filename(c, STR("Flour")), NULL);
	assert_path(catalog_runbook_by_filename(c, STR("BELT")), "belt.html.md.erb");
	catalog_free(c);
}

static void one_page_is_all(void **state)
{
	static const struct page pages[] = {
		{"README.md", "# Alarms of the mill\n\n## Wheel stands\n\nPush.\n\n## BearingHot\n\nWater it.\n\n"
	                  "### Alert Name: \"GrainLow\"\n\nFetch some.\n\n## Dust\n\nSweep.\n"},
	};
	(void)state;
	struct catalog *c = folder(pages, COUNT(pages));
	const struct runbook *r = catalog_runbook_by_alert(c, STR("BearingHot"));
	struct str anchor;
	assert_path(r, "README.md");
	assert_text(r->anchor, "bearinghot");
	assert_text(catalog_runbook_by_alert(c, STR("GrainLow"))->anchor, "alert-name-grainlow");
	assert_path(catalog_runbook_by_heading(c, STR("WheelStands"), &anchor), "README.md");
	assert_text(anchor, "wheel-stands");
	assert_null(catalog_runbook_by_heading(c, STR("Dust"), &anchor)); /* too little to tell */
	assert_true(catalog_runbook(c, STR("README.md"))->exists);
	catalog_free(c);
}

static void a_heading_that_two_pages_have(void **state)
{
	static const struct page pages[] = {
		{"README.md", "# Mill\n\n- [a](a.md)\n"},
		{"a.md", "# A\n\n## Wheel stands\n\nx\n\n## Belt slips\n\nx\n"},
		{"b.md", "# Wheel Stands!\n\nx\n"},
	};
	(void)state;
	struct catalog *c = folder(pages, COUNT(pages));
	struct str anchor;
	assert_null(catalog_runbook_by_heading(c, STR("WheelStands"), &anchor));
	assert_path(catalog_runbook_by_heading(c, STR("BeltSlips"), &anchor), "a.md");
	catalog_free(c);
}

static void a_page_that_has_moved(void **state)
{
	static const struct page pages[] = {
		{"README.md", "# Mill\n\n- [Gate](old-gate.md) - P1\n"},
		{"old-gate.md", "# Gate\n\nThis page has moved to [the river](river/gate.md).\n"},
		{"river/gate.md", "# Gate of the river\n\nOpen it.\n"},
		{"sluice-jam.md", "# SluiceJam\n\nThis runbook now lives at [the river](river/gate.md).\n"},
		{"see.md", "# See\n\nThe gate, which [moved](river/gate.md)...\n\n## Steps\n\nLook.\n"},
	};
	(void)state;
	struct catalog *c = folder(pages, COUNT(pages));
	assert_path(catalog_page(c, STR("old-gate.md")), "river/gate.md");
	assert_path(catalog_page(c, STR("see.md")), "see.md");
	assert_path(catalog_runbook_by_filename(c, STR("OldGate")), "river/gate.md");
	assert_path(catalog_runbook_by_alert(c, STR("SluiceJam")), "river/gate.md");
	assert_text(catalog_runbook(c, STR("river/gate.md"))->severity, "P1");
	assert_true(catalog_runbook(c, STR("old-gate.md"))->is_index);
	catalog_free(c);
}

static void links_of_an_index(void **state)
{
	static const struct page pages[] = {
		{"README.md", "# Mill\n\n## Runbooks\n\n"
	                  "- [Wheel](/docs/mill/wheel) - P1\n- [[gate stuck|The gate]] - P2\n- [[Fire|fire-drill]]\n"
	                  "- Belt: `belt.md`\n- [here](dust/)\n- [Lost](lost/dust.md)\n- Rust: see docs/rust.md.\n"
	                  "- [\xf0\x9f\x93\x95](lamp.md)\n- [SOP 7](oil.md)\n- [stone.md](stone.md)\n"},
		{"rust.md", "# R\n\nx\n"},
		{"lamp.md", "# Lamp\n\nx\n"},
		{"oil.md", "# Oil the wheel\n\nx\n"},
		{"stone.md", "# Stones\n\nx\n"},
		{"wheel.md", "# Wheel\n\nx\n"},
		{"river/gate-stuck.md", "# Gate\n\nx\n"},
		{"fire-drill.md", "# Drill\n\nx\n"},
		{"belt.md", "# B\n\nx\n"},
		{"dust/README.md", "# Dust everywhere\n\nx\n"},
		{"lost/found.md", "# Found\n\nx\n"},
	};
	static const struct {
		const char *path, *title, *severity;
	} rows[] = {
		{"wheel.md", "Wheel", "P1"}, {"river/gate-stuck.md", "The gate", "P2"}, {"fire-drill.md", "Fire", ""},
		{"belt.md", "Belt", ""},     {"dust/README.md", "Dust everywhere", ""}, {"rust.md", "Rust", ""},
		{"lamp.md", "Lamp", ""},     {"oil.md", "Oil the wheel", ""},           {"stone.md", "Stones", ""},
	};
	(void)state;
	struct catalog *c = folder(pages, COUNT(pages));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct runbook *r = catalog_runbook(c, str_c(rows[i].path));
		assert_true(r && r->exists && r->indexed);
		assert_text(r->title, rows[i].title);
		assert_text(r->severity, rows[i].severity);
	}
	/* A folder that is here is no part of some repository's path. */
	assert_false(catalog_runbook(c, STR("lost/dust.md"))->exists);
	assert_int_equal(catalog_stated(c)->planned_count, 0);
	catalog_free(c);
}

static void assert_wiki(const struct catalog *c, const char *link, const char *path, const char *anchor)
{
	struct wiki_target to;
	assert_int_equal(catalog_wiki(c, STR("mill/race.md"), str_c(link), &to), path != NULL);
	if (!path)
		return;
	assert_text(to.path, path);
	assert_text(to.anchor, anchor);
}

/* By the page's name wherever it lies, with a heading's text or anchor; either half of [[a|b]]. */
static void links_of_a_wiki(void **state)
{
	static const struct page pages[] = {
		{"README.md", "# Mill\n\n- [[Race#Free it|Ice]]\n- [[gone]]\n- `BeltTorn` -> [[b]]\n"},
		{"mill/race.md", "# Race\n\n## Free it\n\nx\n"},
		{"b.md", "# Belt\n\nx\n"},
		{"a/Two words.md", "# T\n\nx\n"},
		{"old.md", "# Old\n\nMoved to [[two-words]].\n"},
	};
	(void)state;
	struct catalog *c = folder(pages, COUNT(pages));
	assert_wiki(c, "[[race]]", "mill/race.md", "");
	assert_wiki(c, "[[Race#free it]]", "mill/race.md", "free-it");
	assert_wiki(c, "[[#free-it|here]]", "mill/race.md", "free-it");
	assert_wiki(c, "[[race#gone]]", "mill/race.md", "gone");
	assert_wiki(c, "[[The belt|b]]", "b.md", "");
	assert_wiki(c, "[[two-words|b]]", "a/Two words.md", "");
	assert_wiki(c, "[[nowhere]]", NULL, NULL);
	assert_wiki(c, "race", NULL, NULL);
	assert_path(catalog_page(c, STR("old")), "a/Two words.md");
	assert_non_null(catalog_runbook(c, STR("mill/race.md#free-it")));
	assert_path(catalog_runbook_by_alert(c, STR("BeltTorn")), "b.md");
	assert_false(catalog_runbook(c, STR("gone"))->exists);
	catalog_free(c);
}

/* As it is written, else from the repository's top; a folder of ours is never another one. */
static void links_of_a_page(void **state)
{
	static const struct page pages[] = {
		{"README.md", "# Mill\n"},
		{"a.md", "# A\n\nx\n"},
		{"mill/race.md", "# Race\n\nx\n"},
		{"mill/README.md", "# Mills\n\nx\n"},
	};
	static const struct {
		const char *from, *target, *page;
	} cases[] = {
		{"README.md", "mill/race", "mill/race.md"},
		{"README.md", "mill/", "mill/README.md"},
		{"README.md", "docs/books/a.md", "a.md"},
		{"mill/race.md", "docs/books/mill/race.md", "mill/race.md"},
		{"mill/race.md", "/books/a", "a.md"},
		{"mill/race.md", "../a.md", "a.md"},
		{"mill/race.md", "a.md", ""},
		{"README.md", "mill/a.md", ""},
		{"README.md", "../a.md", ""},
	};
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct catalog *c = folder(pages, COUNT(pages));
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_text(catalog_link_page(c, arena, str_c(cases[i].from), str_c(cases[i].target)), cases[i].page);
	catalog_free(c);
}

static void relative_paths(void **state)
{
	AUTOARENA struct arena *arena = arena_new();
	(void)state;
	assert_text(page_path_from(arena, STR("a/b"), STR("../c/./d.md")), "a/c/d.md");
	assert_text(page_path_from(arena, STR("a"), STR("../../x.md")), "../x.md");
	assert_text(page_path_from(arena, STR("a"), STR("/x.md")), "x.md");
	assert_text(form_unescape(arena, STR("two%20words%2")), "two words%2");
	assert_text(page_folder(STR("a/b/c.md")), "a/b");
	assert_text(page_folder(STR("c.md")), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_of_its_own_headings_claims_nothing_twice),
		cmocka_unit_test(an_index_names_pages_without_links),
		cmocka_unit_test(a_files_name_may_be_decorated),
		cmocka_unit_test(a_title_in_words_is_for_the_name_in_one),
		cmocka_unit_test(a_sample_claims_no_alert),
		cmocka_unit_test(an_index_links_by_urls),
		cmocka_unit_test(a_url_of_the_repository_itself),
		cmocka_unit_test(pages_have_names),
		cmocka_unit_test(a_path_from_elsewhere),
		cmocka_unit_test(the_end_of_a_path),
		cmocka_unit_test(a_section_page_alone_is_a_runbook),
		cmocka_unit_test(an_index_lists_others),
		cmocka_unit_test(one_page_is_all),
		cmocka_unit_test(a_heading_that_two_pages_have),
		cmocka_unit_test(a_page_that_has_moved),
		cmocka_unit_test(links_of_an_index),
		cmocka_unit_test(links_of_a_wiki),
		cmocka_unit_test(links_of_a_page),
		cmocka_unit_test(relative_paths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
