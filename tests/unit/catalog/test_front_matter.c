/* Front matter in TOML as a tree, and what a page states in front matter of either kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "catalog/facts.h"
#include "catalog/front_matter.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void show_front_matter(const struct yaml_node *n, struct buf *out)
{
	if (n->kind == YAML_SCALAR) {
		buf_add(out, n->text);
		return;
	}
	buf_add_char(out, n->kind == YAML_MAP ? '{' : '[');
	for (size_t i = 0; i < n->count; i++) {
		buf_add_c(out, i ? "," : "");
		if (n->kind == YAML_MAP)
			buf_printf(out, "%.*s:", STR_ARG(n->keys[i]->text));
		show_front_matter(n->items[i], out);
	}
	buf_add_char(out, n->kind == YAML_MAP ? '}' : ']');
}

static void toml(void **state)
{
	static const struct {
		const char *text, *tree;
	} rows[] = {
		{"title = \"Pump\"\nweight=3", "{title:Pump,weight:3}"},
		{"# none\n\ndate = 2026-01-02T03:04:05Z # when\ndraft = false", "{date:2026-01-02T03:04:05Z,draft:false}"},
		{"alerts = [\"A\", 'B',\n  # more\n  \"C\",\n]", "{alerts:[A,B,C]}"},
		{"[params]\nowner = \"x\"\n[params.deep]\na=1", "{params:{owner:x,deep:{a:1}}}"},
		{"params.owner = \"x\"\n\"a b\" = 'c\\d'", "{params:{owner:x},a b:c\\d}"},
		{"who = {name = \"x\", of = [1,2]}", "{who:{name:x,of:[1,2]}}"},
		{"text = \"\"\"two\nlines\"\"\"\nq = \"a\\\"b\\n\"", "{text:two\nlines,q:a\"b\n}"},
		{"[[cascade]]\na = 1", "{cascade:{a:1}}"},
		{"", "{}"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		AUTOBUF struct buf out;
		buf_init(&out, 4096);
		struct str text = str_c(arena_printf(arena, "+++\n%s\n", rows[i].text));
		const struct yaml_node *map = front_matter_read(arena, "a.md", text, &err);
		assert_non_null(map);
		show_front_matter(map, &out);
		assert_string_equal(arena_cstr(arena, buf_str(&out)), rows[i].tree);
	}
}

static void broken_toml_says_where(void **state)
{
	static const struct {
		const char *text, *line;
	} rows[] = {
		{"title \"Pump\"\n", "a.md:2:13: error: front matter: a \"=\" is missing"},
		{"a = \"b\nc = 1\n", "a.md:2:7: error: front matter: the string has no end"},
		{"a = [1, 2\n", "a.md:3:1: error: front matter: the list has no end"},
		{"[a\n", "a.md:2:3: error: front matter: a \"]\" is missing"},
		{"a = 1\n[a]\nb = 2\n", "a.md:3:4: error: front matter: a key is used as a table"},
		{"a = [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]\n", "a.md:2:22: error: front matter: nested too deep"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		struct str text = str_c(arena_printf(arena, "+++\n%s", rows[i].text));
		assert_null(front_matter_read(arena, "a.md", text, &err));
		assert_int_equal(err.count, 1);
		assert_string_equal(err.lines[0], rows[i].line);
	}
}

static void what_pages_state(void **state)
{
	static const struct {
		const char *text, *title, *owner, *severity, *alert, *updated, *next;
		int months;
	} rows[] = {
		{"+++\ntitle = \"Pump\"\n[params]\nowner = \"well\"\nalerts = [\"PumpDry\"]\n+++\n# x\n", "Pump", "well", "",
	     "PumpDry", "", "", 0},
		{"---\nrunbook:\n  severity: P2\n  alert: PumpDry\n---\n# Pump\n", "Pump", "", "P2", "PumpDry", "", "", 0},
		{"---\nalert: {name: PumpDry, severity: page}\n---\n# Pump\n", "Pump", "", "page", "PumpDry", "", "", 0},
		{"---\nalertmanager_rule: PumpDry\nowner_slack: \"#well\"\n---\n# Pump\n", "Pump", "#well", "", "PumpDry", "",
	     "", 0},
		{"---\nowner_slack: \"#well\"\nowner: well\n---\n# Pump\n", "Pump", "well", "", "", "", "", 0},
		{"---\nlast_reviewed_on: 2026-02-13\nreview_in: 6 months\n---\n# Pump\n", "Pump", "", "", "", "2026-02-13", "",
	     6},
		{"---\nreview: 2026-09-01\n---\n# Pump\n", "Pump", "", "", "", "", "2026-09-01", 0},
		{"---\nmenu:\n  title: Side\n  owner: no\n---\n# Pump\n", "Pump", "", "", "", "", "", 0},
		{"# Pump\n\n**Next Review**: 1 March 2027\n**Last reviewed on**: 1 March 2026\n", "Pump", "", "", "",
	     "2026-03-01", "2027-03-01", 0},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		struct runbook_facts f;
		const char *why = NULL;
		facts_read_runbook(arena, "a.md", STR("a.md"), str_c(rows[i].text), &f, &why);
		assert_string_equal(arena_cstr(arena, f.self.title), rows[i].title);
		assert_string_equal(arena_cstr(arena, f.self.owner), rows[i].owner);
		assert_string_equal(f.self.severities.n ? arena_cstr(arena, f.self.severities.v[0]) : "", rows[i].severity);
		assert_string_equal(f.self.alerts.n ? arena_cstr(arena, f.self.alerts.v[0]) : "", rows[i].alert);
		assert_string_equal(arena_cstr(arena, f.self.last_updated), rows[i].updated);
		assert_string_equal(arena_cstr(arena, f.self.next_review), rows[i].next);
		assert_int_equal(f.self.review.months, rows[i].months);
		runbook_facts_release(&f);
	}
}

static void broken_front_matter_is_one_mistake(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	assert_false(catalog_add_runbook(
		c, "kinds/new.md", STR("---\ntitle: \"{{ swap \"-\" \" \" }}\"\nday: {{ .Day }}\ndraft: true\n---\n# N\n"),
		&err));
	assert_int_equal(err.count, 1);
	assert_true(str_starts(str_c(err_first(&err)), STR("kinds/new.md:2:")));
	catalog_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(broken_front_matter_is_one_mistake),
		cmocka_unit_test(toml),
		cmocka_unit_test(broken_toml_says_where),
		cmocka_unit_test(what_pages_state),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
