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
		{"alert_race_frozen.md", "# I\n\nx\n"},
	};
	(void)state;
	struct catalog *c = folder(pages, COUNT(pages));
	assert_path(catalog_runbook_by_filename(c, STR("MillRaceDry")), "001-mill-race-dry.md");
	assert_path(catalog_runbook_by_filename(c, STR("WheelStuck")), "runbook_wheel_stuck.md");
	assert_path(catalog_runbook_by_filename(c, STR("StoneHot")), "stone-hot-playbook.md");
	assert_path(catalog_runbook_by_filename(c, STR("Errors")), NULL);
	assert_path(catalog_runbook_by_filename(c, STR("SackTorn")), "sack-torn.md");
	assert_path(catalog_runbook_by_filename(c, STR("BeltSlips")), NULL);
	assert_path(catalog_runbook_by_filename(c, STR("RaceFrozen")), "alert_race_frozen.md");
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
		cmocka_unit_test(a_url_of_the_repository_itself),
		cmocka_unit_test(pages_have_names),
		cmocka_unit_test(a_path_from_elsewhere),
		cmocka_unit_test(the_end_of_a_path),
		cmocka_unit_test(a_section_page_alone_is_a_runbook),
		cmocka_unit_test(an_index_lists_others),
		cmocka_unit_test(one_page_is_all),
		cmocka_unit_test(a_heading_that_two_pages_have),
		cmocka_unit_test(relative_paths),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
