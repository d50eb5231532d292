/* YAML trees: what they hold, where it stands, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/yaml.h"
#include "base/yaml_truth.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

/* "{a: [x, "y"]}": keys and plain scalars bare, quoted ones in quotes. */
static void show_yaml(const struct yaml_node *n, struct buf *out)
{
	if (n->kind == YAML_SCALAR) {
		buf_printf(out, n->quoted ? "\"%.*s\"" : "%.*s", STR_ARG(n->text));
		return;
	}
	buf_add_char(out, n->kind == YAML_MAP ? '{' : '[');
	for (size_t i = 0; i < n->count; i++) {
		if (i)
			buf_add_c(out, ", ");
		if (n->kind == YAML_MAP) {
			show_yaml(n->keys[i], out);
			buf_add_c(out, ": ");
		}
		show_yaml(n->items[i], out);
	}
	buf_add_char(out, n->kind == YAML_MAP ? '}' : ']');
}

static void builds_trees(void **state)
{
	(void)state;
	static const struct {
		const char *text, *tree;
	} rows[] = {
		{"", "{}"},
		{"# nothing but this\n", "{}"},
		{"---\n", "{}"},
		{"\xef\xbb\xbf"
	     "a: b\n",
	     "{a: b}"},
		{"a: b\n", "{a: b}"},
		{"a: b", "{a: b}"},
		{"a: b\r\nc:\r\n  - d\r\n", "{a: b, c: [d]}"},
		{"a: no\nb: 012\nc: 22:30\nd: 1e3\ne: true\n", "{a: no, b: 012, c: 22:30, d: 1e3, e: true}"},
		{"a:\nb: ~\nc: null\nd: ''\ne: \"null\"\n", "{a: , b: ~, c: null, d: \"\", e: \"null\"}"},
		{"- a\n- - b\n  - c\n- {d: e, f: [g]}\n", "[a, [b, c], {d: e, f: [g]}]"},
		{"a: |\n  x\n  y\nb: |-\n  x\nc: >\n  x\n  y\nd: |+\n  x\n\n",
	     "{a: \"x\ny\n\", b: \"x\", c: \"x y\n\", d: \"x\n\n\"}"},
		{"a: \"\\u00e4\\n\"\n", "{a: \"ä\n\"}"},
		{"'a b': 1\n\"c\": 2\n", "{\"a b\": 1, \"c\": 2}"},
		{"a: []\nb: {}\n", "{a: [], b: {}}"},
		{"? a\n: b\n", "{a: b}"},
		{"just text\n", "just text"},
		{"%YAML 1.1\n---\na: b\n...\n", "{a: b}"},
		{"a: &x 1\nb: *x\n", "{a: 1, b: 1}"},
		{"a: &x [1, {b: 2}]\nc: [*x, *x]\n", "{a: [1, {b: 2}], c: [[1, {b: 2}], [1, {b: 2}]]}"},
		{"- &x a\n- &x b\n- *x\n", "[a, b, b]"},
		{"&k a: 1\nb: {*k : 2}\n", "{a: 1, b: {a: 2}}"},
		{"a: &x {p: 1, q: 2}\nb:\n  q: 3\n  <<: *x\n  r: 4\n", "{a: {p: 1, q: 2}, b: {q: 3, r: 4, p: 1}}"},
		{"a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc:\n  <<: [*x, *y, {s: 5}]\n",
	     "{a: {p: 1}, b: {p: 2, q: 2}, c: {p: 1, q: 2, s: 5}}"},
		{"a: &x {p: 1}\nb: &y {<<: *x, q: 2}\nc: {<<: *y}\n", "{a: {p: 1}, b: {q: 2, p: 1}, c: {q: 2, p: 1}}"},
		{"'<<': x\n", "{\"<<\": x}"},
		{"<<: {}\n", "{}"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		AUTOBUF struct buf b;
		buf_init(&b, SIZE_MAX);
		const struct yaml_node *root = yaml_parse(arena, "t.yml", str_c(rows[i].text), &err);
		assert_string_equal(err_first(&err), "");
		assert_non_null(root);
		show_yaml(root, &b);
		assert_string_equal(buf_str(&b).p, rows[i].tree);
	}
}

static void says_where_each_node_stands(void **state)
{
	(void)state;
	static const char text[] = "# comment\n"
							   "a: b\n"
							   "list:\n"
							   "  - x\n"
							   "  - {k: v, äö: w}\n"
							   "empty:\n"
							   "text: |\n"
							   "  block\n";
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	const struct yaml_node *root = yaml_parse(arena, "t.yml", STR(text), &err);
	assert_non_null(root);
	const struct yaml_node *list = yaml_get(root, "list"), *map = list->items[1];
	const struct {
		const struct yaml_node *n;
		int line, column;
	} rows[] = {
		{root, 2, 1},
		{root->keys[0], 2, 1},
		{root->items[0], 2, 4},
		{root->keys[1], 3, 1},
		{list, 4, 3},
		{list->items[0], 4, 5},
		{map, 5, 5},
		{map->keys[0], 5, 6},
		{map->items[0], 5, 9},
		{map->keys[1], 5, 12},
		{map->items[1], 5, 16},
		{root->keys[2], 6, 1},
		{root->items[2], 6, 7},
		{root->keys[3], 7, 1},
		{root->items[3], 7, 7},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(rows[i].n->at.line, rows[i].line);
		assert_int_equal(rows[i].n->at.column, rows[i].column);
		assert_string_equal(rows[i].n->at.file, "t.yml");
	}
}

static void the_tree_owns_its_bytes(void **state)
{
	(void)state;
	char text[] = "key: value\n", file[] = "t.yml";
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	const struct yaml_node *root = yaml_parse(arena, file, str_c(text), &err);
	memset(text, 'x', sizeof text);
	memset(file, 'x', sizeof file);
	assert_true(str_eq_c(yaml_get(root, "key")->text, "value"));
	assert_string_equal(root->at.file, "t.yml");
}

static void refuses_with_place(void **state)
{
	(void)state;
	static const struct {
		struct str text;
		const char *errors;
	} rows[] = {
		{STR_INIT("a: 1\nb: 2\na: 3\n"), "t.yml:3:1: error: duplicate key \"a\", first in line 1"},
		{STR_INIT("a: {b: 1, b: 2, b: 3}\n"), "t.yml:1:11: error: duplicate key \"b\", first in line 1\n"
	                                          "t.yml:1:17: error: duplicate key \"b\", first in line 1"},
		{STR_INIT("a: 1\n'a': 2\n"), "t.yml:2:1: error: duplicate key \"a\", first in line 1"},
		{STR_INIT("a: *x\nb: *y\n"), "t.yml:1:4: error: there is no anchor \"&x\" before this alias\n"
	                                 "t.yml:2:4: error: there is no anchor \"&y\" before this alias"},
		{STR_INIT("a: &x [1, *x]\n"), "t.yml:1:11: error: an alias within what it stands for"},
		{STR_INIT("a: &x {b: {c: *x}}\n"), "t.yml:1:15: error: an alias within what it stands for"},
		{STR_INIT("<<: x\n"), "t.yml:1:1: error: << wants a mapping, or a list of mappings, to merge"},
		{STR_INIT("a: &x [1]\nb:\n  <<: [{c: 1}, *x]\n"),
	     "t.yml:3:3: error: << wants a mapping, or a list of mappings, to merge"},
		{STR_INIT("<<: {a: 1}\n<<: {b: 1}\n"), "t.yml:2:1: error: duplicate key \"<<\", first in line 1"},
		{STR_INIT("a: !!str 1\n"), "t.yml:1:4: error: tags (!name) are not supported"},
		{STR_INIT("a: !x {}\n"), "t.yml:1:4: error: tags (!name) are not supported"},
		{STR_INIT("a: ! x\n"), "t.yml:1:4: error: tags (!name) are not supported"},
		{STR_INIT("a: 1\n---\nb: 2\n"), "t.yml:2:1: error: a second document; one file holds one"},
		{STR_INIT("---\n---\n"), "t.yml:2:1: error: a second document; one file holds one"},
		{STR_INIT("? [a]\n: b\n"), "t.yml:1:3: error: a mapping's key must be a scalar"},
		{STR_INIT("{a: b}: c\n"), "t.yml:1:1: error: a mapping's key must be a scalar"},
		{STR_INIT("a: x\xff\n"), "t.yml:1:5: error: not valid UTF-8"},
		{STR_INIT("a: ä\nb: \xc3\n"), "t.yml:2:4: error: not valid UTF-8"},
		{STR_INIT("\xff\xfe\x61\x00"), "t.yml:1:1: error: not valid UTF-8"}, /* UTF-16 */
		{STR_INIT("a: 1\nb: \0\n"), "t.yml:2:4: error: control characters are not allowed"},
		{STR_INIT("a: 1\nbé: \x07\n"), "t.yml:2:5: error: control characters are not allowed"},
		{STR_INIT("a: [1, 2\n"),
	     "t.yml:2:1: error: did not find expected ',' or ']' (while parsing a flow sequence that "
	     "starts in line 1)"},
		{STR_INIT("a:\n\tb: 1\n"),
	     "t.yml:2:1: error: a tab indents this line, and YAML takes blanks only; found character that cannot start any "
	     "token (while scanning for the next token that starts in line 2)"},
		{STR_INIT("a: b: c\n"),
	     "t.yml:1:5: error: a text with a colon and a blank in it stands in quotes; mapping values are not allowed in "
	     "this context"},
		{STR_INIT("a: {{labels.x}} is down\n"),
	     "t.yml:1:5: error: a text with {{…}} stands in quotes: \"{{labels.x}} is down\"; a mapping's key must be a "
	     "scalar"},
		{STR_INIT("- a: @crew\n"),
	     "t.yml:1:6: error: a text that begins with this sign stands in quotes; found character that cannot start any "
	     "token (while scanning for the next token that starts in line 1)"},
		{STR_INIT("a: \"x\" is down\n"),
	     "t.yml:1:8: error: a quoted text ends at its second quote, and something follows: put all of it into the "
	     "other "
	     "quotes; did not find expected key (while parsing a block mapping that starts in line 1)"},
		{STR_INIT("- a: \"b\"\n c: \"d\"\n"), "t.yml:2:2: error: did not find expected '-' indicator (while parsing a "
	                                          "block collection that starts in line 1)"},
		{STR_INIT("a: \"x\n"),
	     "t.yml:2:1: error: found unexpected end of stream (while scanning a quoted scalar that starts "
	     "in line 1)"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		AUTOBUF struct buf b;
		buf_init(&b, SIZE_MAX);
		assert_null(yaml_parse(arena, "t.yml", rows[i].text, &err));
		err_print(&err, &b);
		assert_string_equal(buf_str(&b).p, rows[i].errors);
	}
}

static void many_keys_are_compared_too(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf text;
	buf_init(&text, SIZE_MAX);
	for (int i = 0; i < 5000; i++)
		buf_printf(&text, "key%d: 1\n", i);
	assert_int_equal(yaml_parse(arena, "t.yml", buf_str(&text), &err)->count, 5000);
	buf_add_c(&text, "key17: 2\n");
	assert_null(yaml_parse(arena, "t.yml", buf_str(&text), &err));
	assert_string_equal(err_first(&err), "t.yml:5001:1: error: duplicate key \"key17\", first in line 18");
}

static void nest(struct buf *b, int depth, const char *open, const char *close)
{
	for (int i = 0; i < depth; i++)
		buf_add_c(b, open);
	for (int i = 0; i < depth; i++)
		buf_add_c(b, close);
}

static void depth_ends_at_64(void **state)
{
	(void)state;
	static const struct {
		int depth;
		const char *open, *close, *error;
	} rows[] = {
		{64, "[", "]", ""},
		{65, "[", "]", "t.yml:1:65: error: nested deeper than 64 levels"},
		{64, "{a: ", "}", ""},
		{65, "{a: ", "}", "t.yml:1:257: error: nested deeper than 64 levels"},
		{64, "- ", "", ""},
		{65, "- ", "", "t.yml:1:129: error: nested deeper than 64 levels"},
		{100000, "[", "", "t.yml:1:65: error: nested deeper than 64 levels"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		AUTOBUF struct buf b;
		buf_init(&b, SIZE_MAX);
		nest(&b, rows[i].depth, rows[i].open, rows[i].close);
		const struct yaml_node *root = yaml_parse(arena, "t.yml", buf_str(&b), &err);
		assert_string_equal(err_first(&err), rows[i].error);
		assert_int_equal(root == NULL, *rows[i].error != '\0');
	}
}

static void nodes_end_at_a_million(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_add_c(&b, "[");
	for (int i = 1; i < YAML_NODES_MAX; i++)
		buf_add_c(&b, i % 100 ? "x," : "x,\n");
	buf_add_c(&b, "]");
	const struct yaml_node *root = yaml_parse(arena, "t.yml", buf_str(&b), &err);
	assert_non_null(root);
	assert_int_equal(root->count, YAML_NODES_MAX - 1);
	b.p[b.n - 1] = 'x';
	buf_add_c(&b, "]");
	assert_null(yaml_parse(arena, "t.yml", buf_str(&b), &err));
	assert_string_equal(err_first(&err), "t.yml:10000:199: error: more than 1000000 nodes");
}

/* Nine lines that would be ten nodes, a hundred, and so on. */
static void laughs(struct buf *b, const char *before, const char *behind)
{
	buf_add_c(b, "l0: &l0 {a: 1, b: 2}\n");
	for (int i = 1; i < 9; i++) {
		buf_printf(b, "l%d: &l%d [", i, i);
		for (int k = 0; k < 10; k++)
			buf_printf(b, "%s*l%d%s,", before, i - 1, behind);
		buf_add_c(b, "]\n");
	}
}

static void few_lines_do_not_become_millions(void **state)
{
	(void)state;
	static const struct {
		const char *before, *behind, *error;
	} rows[] = {
		{"", "", "t.yml:7:10: error: more than 1000000 nodes, once aliases are written out"},
		{"{x: ", "}", "t.yml:7:14: error: more than 1000000 nodes, once aliases are written out"},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		AUTOBUF struct buf b;
		buf_init(&b, SIZE_MAX);
		laughs(&b, rows[i].before, rows[i].behind);
		assert_null(yaml_parse(arena, "t.yml", buf_str(&b), &err));
		assert_string_equal(err_first(&err), rows[i].error);
		assert_int_equal(err.count, 1);
		assert_true(arena_bytes(arena) < 1000000);
	}
}

static void merging_has_the_same_ceiling(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf b;
	buf_init(&b, SIZE_MAX);
	buf_add_c(&b, "base: &base\n");
	for (int i = 0; i < 5000; i++)
		buf_printf(&b, "  k%d: 1\n", i);
	for (int i = 0; i < 100; i++)
		buf_printf(&b, "m%d: {<<: *base}\n", i);
	assert_null(yaml_parse(arena, "t.yml", buf_str(&b), &err));
	assert_non_null(strstr(err_first(&err), "more than 1000000 nodes"));
}

static void depth_counts_what_an_alias_stands_for(void **state)
{
	(void)state;
	for (int inner = 31; inner <= 32; inner++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		AUTOBUF struct buf b;
		buf_init(&b, SIZE_MAX);
		buf_add_c(&b, "a: &x ");
		nest(&b, inner, "[", "]");
		buf_add_c(&b, "\nb: ");
		nest(&b, 32, "[", "");
		buf_add_c(&b, "*x");
		nest(&b, 32, "", "]");
		bool taken = yaml_parse(arena, "t.yml", buf_str(&b), &err) != NULL;
		assert_int_equal(taken, inner == 31);
		assert_string_equal(err_first(&err),
		                    taken ? ""
		                          : "t.yml:2:36: error: nested deeper than 64 levels, once aliases are written out");
	}
}

static void looks_up(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	const struct yaml_node *root =
		yaml_parse(arena, "t.yml", STR("a: ~\nb: null\nc:\nd: ''\ne: '~'\nf: x\ng: []\nh: {i: j}\n"), &err);
	static const struct {
		const char *key, *kind;
		bool null;
	} rows[] = {
		{"a", "scalar", true},  {"b", "scalar", true},   {"c", "scalar", true},
		{"d", "scalar", false}, {"e", "scalar", false},  {"f", "scalar", false},
		{"g", "list", false},   {"h", "mapping", false}, {"i", "nothing", false},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct yaml_node *n = yaml_get(root, rows[i].key);
		assert_string_equal(yaml_kind_name(n), rows[i].kind);
		assert_int_equal(yaml_is_null(n), rows[i].null);
	}
	assert_null(yaml_get(NULL, "a"));
	assert_null(yaml_get(yaml_get(root, "g"), "a"));
	assert_null(yaml_get(yaml_get(root, "f"), "a"));
	assert_true(str_eq_c(yaml_get(yaml_get(root, "h"), "i")->text, "j"));
}

/* Line and column of every mistake of syntax, "3:5 7:2". */
static char *mistakes(const char *text)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	char *out = mem_strdup("");

	assert_null(yaml_parse(arena, "t.yml", str_c(text), &err));
	for (size_t i = 0; i < err.count; i++) {
		int line, column;
		assert_int_equal(sscanf(err.lines[i], "t.yml:%d:%d: error:", &line, &column), 2);
		char *more = mem_printf("%s%s%d:%d", out, *out ? " " : "", line, column);
		free(out);
		out = more;
	}
	return out;
}

static void reads_on_behind_a_mistake(void **state)
{
	static const struct {
		const char *text, *mistakes;
	} cases[] = {
		{"a: {{x}} b\nb: 1\nc: @x\nd: {{y}} z\ne: {{}}\n", "1:5 3:4 4:5 5:5"},
		{"rules:\n  - name: \"a\" b\n    x: 1\n  - name: b\n  - name: %c\n    y:\n      - 1\nother: `d\n",
	     "2:15 5:11 8:8"},
		{"rules:\n\t- a\nnext:\n  - @b\n  - c\n  - @d\n", "2:1 4:5 6:5"},
		/* What is never closed would swallow the rest. */
		{"a: \"open\nb: 1\nc: @x\n", "4:1 3:4"},
		{"a: [1, 2\nb: 1\nc: @x\n", "2:2 3:4"},
		/* Nothing that only follows from the first one. */
		{"a:\n  list:\n    - x: @1\n    - y: 2\n  other: 3\nb: |\n  - @text\n  \"quote\nc: 'it'\n", "3:10"},
		{"{\"a\": 1,\n \"b\": @2,\n \"c\": @3\n}\n", "2:7"},
		{"a: @1\n# - @2\n\n", "1:4"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		AUTOFREE char *found = mistakes(cases[i].text);
		assert_string_equal(found, cases[i].mistakes);
	}
}

static void mistakes_end_at_a_number(void **state)
{
	AUTOBUF struct buf text;
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;

	(void)state;
	buf_init(&text, 1 << 20);
	for (int i = 0; i < 1000; i++)
		buf_printf(&text, "k%d: @\n", i);
	assert_null(yaml_parse(arena, "t.yml", buf_str(&text), &err));
	assert_int_equal(err.count, 21);
}

static void reads_truth_in_any_of_yamls_words(void **state)
{
	static const struct {
		const char *text;
		int truth; /* -1: none */
	} rows[] = {{"true", 1}, {"Yes", 1}, {"ON", 1}, {"y", 1},       {"False", 0}, {"no", 0}, {"off", 0},
	            {"N", 0},    {"1", -1},  {"", -1},  {"'true'", -1}, {"yess", -1}, {"[]", -1}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOERR struct err err = ERR_INIT;
		AUTOFREE char *text = mem_printf("a: %s", rows[i].text);
		bool truth = false;
		bool is = yaml_truth(yaml_get(yaml_parse(arena, "t.yml", str_c(text), &err), "a"), &truth);
		assert_int_equal(is ? truth : -1, rows[i].truth);
	}
	assert_false(yaml_truth(NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_truth_in_any_of_yamls_words),
		cmocka_unit_test(builds_trees),
		cmocka_unit_test(says_where_each_node_stands),
		cmocka_unit_test(the_tree_owns_its_bytes),
		cmocka_unit_test(refuses_with_place),
		cmocka_unit_test(reads_on_behind_a_mistake),
		cmocka_unit_test(mistakes_end_at_a_number),
		cmocka_unit_test(many_keys_are_compared_too),
		cmocka_unit_test(depth_ends_at_64),
		cmocka_unit_test(nodes_end_at_a_million),
		cmocka_unit_test(few_lines_do_not_become_millions),
		cmocka_unit_test(merging_has_the_same_ceiling),
		cmocka_unit_test(depth_counts_what_an_alias_stands_for),
		cmocka_unit_test(looks_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
