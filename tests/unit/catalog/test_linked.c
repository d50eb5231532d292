/* What links mean: of an index, of a page, of a wiki. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "catalog/pages.h"
#include "texts.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

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

/* Paths in a column of runbooks, also up and down again into the folder; nothing of a folder that is called otherwise. */
static void paths_in_a_column(void **state)
{
	static const struct page pages[] = {
		{"README.md", "# Mill\n\n| Alert | Runbook | Owner |\n|---|---|---|\n| RaceDry | ./runbooks/a.md | mill |\n"
	                  "| BeltTorn | ../runbooks/b.md | yard |\n| FanLoud | ../attic/c.md | yard |\n"},
		{"a.md", "# A\n\nx\n"},
		{"b.md", "# B\n\nx\n"},
		{"c.md", "# C\n\nx\n"},
	};
	(void)state;
	struct catalog *c = folder(pages, COUNT(pages));
	assert_path(catalog_runbook_by_alert(c, STR("RaceDry")), "a.md");
	assert_path(catalog_runbook_by_alert(c, STR("BeltTorn")), "b.md");
	assert_path(catalog_runbook_by_alert(c, STR("FanLoud")), NULL);
	assert_text(catalog_runbook(c, STR("b.md"))->owner, "yard");
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

static void a_page_that_has_moved(void **state)
{
	static const struct page pages[] = {
		{"README.md", "# Mill\n\n- [Gate](old-gate.md) - P1\n"},
		{"old-gate.md", "# Gate\n\nThis page has moved to [the river](river/gate.md).\n"},
		{"river/gate.md", "# Gate of the river\n\nOpen it.\n"},
		{"sluice-jam.md", "# SluiceJam\n\nThis runbook now lives at [the river](river/gate.md).\n"},
		{"older-gate.md", "# Gate\n\nDeprecated. Use [the river](river/gate.md) instead.\n"},
		{"see.md", "# See\n\nThe gate, which [moved](river/gate.md)...\n\n## Steps\n\nLook.\n"},
	};
	(void)state;
	struct catalog *c = folder(pages, COUNT(pages));
	assert_path(catalog_page(c, STR("old-gate.md")), "river/gate.md");
	assert_path(catalog_page(c, STR("older-gate.md")), "river/gate.md");
	assert_path(catalog_page(c, STR("see.md")), "see.md");
	assert_path(catalog_runbook_by_filename(c, STR("OldGate")), "river/gate.md");
	assert_path(catalog_runbook_by_alert(c, STR("SluiceJam")), "river/gate.md");
	assert_text(catalog_runbook(c, STR("river/gate.md"))->severity, "P1");
	assert_true(catalog_runbook(c, STR("old-gate.md"))->is_index);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_in_a_column),     cmocka_unit_test(links_of_a_wiki),
		cmocka_unit_test(links_of_a_page),       cmocka_unit_test(links_of_an_index),
		cmocka_unit_test(a_page_that_has_moved), cmocka_unit_test(an_index_links_by_urls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
