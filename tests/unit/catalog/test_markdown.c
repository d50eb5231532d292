/* Markdown into safe HTML, and what is refused before it is parsed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "catalog/html.h"
#include "catalog/html_tags.h"
#include "catalog/markdown.h"
#include "texts.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool into_wiki(void *arg, struct str target, struct buf *href)
{
	(void)arg;
	if (!str_ends(target, STR(".md")))
		return false;
	buf_add_c(href, "wiki/\"");
	buf_add(href, target);
	return true;
}

static const struct markdown_links wiki = {.resolve = into_wiki};

static void render_markdown(struct str text, struct buf *out)
{
	AUTOARENA struct arena *arena = arena_new();
	const char *why;
	struct markdown *m = markdown_parse(arena, text, &why);
	assert_non_null(m);
	assert_null(why);
	assert_true(markdown_html(m, &wiki, out));
	markdown_free(m);
}

static void elements_are_told_from_placeholders(void **state)
{
	(void)state;
	static const char *const elements[] = {"a",  "B",      "blockquote", "BODY", "figcaption",
	                                       "h6", "object", "textarea",   "wbr"};
	static const char *const others[] = {"", "pod", "instance", "h7", "aa", "wb", "a-name-longer-than-any-element"};
	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
		assert_true(html_is_element(str_c(elements[i])));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(html_is_element(str_c(others[i])));
}

static void links_lead_only_where_they_may(void **state)
{
	(void)state;
	static const struct {
		const char *markdown, *html;
	} cases[] = {
		{"[a](https://x.test/?a=1&b=2)", "<p><a href=\"https://x.test/?a=1&amp;b=2\" rel=\"noreferrer\">a</a></p>\n"},
		{"[a](MAILTO:x@y.test)", "<p><a href=\"MAILTO:x@y.test\" rel=\"noreferrer\">a</a></p>\n"},
		{"[a](#b)", "<p><a href=\"#b\">a</a></p>\n"},
		{"[a](b.md)", "<p><a href=\"wiki/&quot;b.md\">a</a></p>\n"},
		{"[a](b.txt)", "<p><span class=\"nowhere\">a</span></p>\n"},
		{"[a]()", "<p><span class=\"nowhere\">a</span></p>\n"},
		{"[a](javascript:alert(1))", "<p><span class=\"nowhere\">a</span></p>\n"},
		{"[a](JaVaScRiPt:alert(1))", "<p><span class=\"nowhere\">a</span></p>\n"},
		{"[a](java&#10;script:alert(1))", "<p><span class=\"nowhere\">a</span></p>\n"},
		{"[a](&#1;javascript:alert(1))", "<p><span class=\"nowhere\">a</span></p>\n"},
		{"[a](<\tjavascript:alert(1)>)", "<p><span class=\"nowhere\">a</span></p>\n"},
		{"[a](data:text/html,x)", "<p><span class=\"nowhere\">a</span></p>\n"},
		{"[a](vbscript:x)", "<p><span class=\"nowhere\">a</span></p>\n"},
		{"[a](//evil.test/x)", "<p><span class=\"nowhere\">a</span></p>\n"},
		{"[a](\\\\\\\\evil.test)", "<p><span class=\"nowhere\">a</span></p>\n"},
		{"<javascript:alert(1)>", "<p><span class=\"nowhere\">javascript:alert(1)</span></p>\n"},
		{"[a](https://x/\"onclick=alert(1))",
	     "<p><a href=\"https://x/&quot;onclick=alert(1)\" rel=\"noreferrer\">a</a></p>\n"},
		{"see http://x.test/a_b_c.",
	     "<p>see <a href=\"http://x.test/a_b_c\" rel=\"noreferrer\">http://x.test/a_b_c</a>.</p>\n"},
		{"(https://x.test/(y))", "<p>(<a href=\"https://x.test/(y)\" rel=\"noreferrer\">https://x.test/(y)</a>)</p>\n"},
		{"restart <pod> on <NODE-NAME>", "<p>restart &lt;pod&gt; on &lt;NODE-NAME&gt;</p>\n"},
		{"a <B>b</B> <kbd>c</kbd> <pod x=\"1\"> </pod> <!-- d --> <script>e</script>", "<p>a b c    e</p>\n"},
		{"![<pod>](x.png)", "<p><span class=\"image\">image: &lt;pod&gt;</span></p>\n"},
		{"xhttp://a.test https://", "<p>xhttp://a.test https://</p>\n"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOBUF struct buf out;
		buf_init(&out, MARKDOWN_HTML_MAX);
		render_markdown(str_c(cases[i].markdown), &out);
		assert_string_equal(buf_str(&out).p, cases[i].html);
	}
}

static bool is_page(void *arg, struct str target)
{
	(void)arg;
	return str_find(target, STR("gone")) < 0;
}

/* Links of wikis and of raw HTML are links; what only looks like one stays as it was written. */
static void links_that_are_none_of_markdown(void **state)
{
	static const struct {
		const char *text, *html;
	} cases[] = {
		{"a [[b.md]] c [[d|E]].\n",
	     "<p>a <span class=\"nowhere\">b.md</span> c <span class=\"nowhere\">E</span>.</p>\n"},
		{"[[gone]] [[b]] [[gone]] x\n", "<p>[[gone]] <span class=\"nowhere\">b</span> [[gone]] x</p>\n"},
		{"`[[b]]` [[ b ]] [[NODE_NAME]] [[pump.png]] [[File:b]] [[b\n",
	     "<p><code>[[b]]</code> [[ b ]] [[NODE_NAME]] [[pump.png]] [[File:b]] [[b</p>\n"},
		{"x[[b]] [[b]][[b]] m[[1]] [[2, 3]] ([[b]])[[b]]\n",
	     "<p>x[[b]] [[b]][[b]] m[[1]] [[2, 3]] (<span class=\"nowhere\">b</span>)<span "
	     "class=\"nowhere\">b</span></p>\n"},
		{"<a href=\"b.md\">*b*</a> c\n", "<p><a href=\"wiki/&quot;b.md\"><em>b</em></a> c</p>\n"},
		{"<a href=\"b.md\">b\n", "<p>b</p>\n"},
		{"<a href=\"javascript:x\">b</a> <a href=\"c.md\">[d](e.md)</a>\n",
	     "<p><span class=\"nowhere\">b</span> <a href=\"wiki/&quot;e.md\">d</a></p>\n"},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOBUF struct buf html;
		const char *why;
		buf_init(&html, 4096);
		struct markdown *m = markdown_parse(arena, str_c(cases[i].text), &why);
		markdown_link_wiki(m, arena, str_c(cases[i].text), is_page, NULL);
		markdown_link_html(m, arena);
		assert_true(markdown_html(m, &wiki, &html));
		assert_text(buf_str(&html), cases[i].html);
		markdown_free(m);
	}
}

/* Brackets by the hundred thousand: as fast as other text, and no more links than a page may have. */
static void brackets_without_end(void **state)
{
	static const char *const parts[] = {"[[", "[[a ", "[[a]] "};
	(void)state;
	for (size_t i = 0; i < COUNT(parts); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOBUF struct buf text;
		const char *why;
		size_t links = 0;
		buf_init(&text, MARKDOWN_MAX);
		while (text.n < 200 * 1024)
			buf_add_c(&text, parts[i]);
		buf_add_c(&text, "]]\n");
		struct markdown *m = markdown_parse(arena, buf_str(&text), &why);
		if (m) {
			markdown_link_wiki(m, arena, buf_str(&text), NULL, NULL);
			AUTOBUF struct buf html;
			buf_init(&html, MARKDOWN_HTML_MAX);
			assert_true(markdown_html(m, NULL, &html));
			for (struct str rest = buf_str(&html); str_find(rest, STR("nowhere")) >= 0; links++)
				rest = str_slice(rest, (size_t)str_find(rest, STR("nowhere")) + 1, rest.n);
		}
		markdown_free(m);
		assert_int_equal(links, i == 2 ? 5000 : m ? 0 : links);
	}
}

static void nothing_is_loaded_and_nothing_runs(void **state)
{
	(void)state;
	static const struct {
		const char *markdown, *html;
	} cases[] = {
		{"a <script>alert(1)</script> b", "<p>a alert(1) b</p>\n"},
		{"a<br>b<BR/>c<br onclick=x>d", "<p>a<br>\nb<br>\ncd</p>\n"},
		{"<script>\nalert(1)\n</script>\n", ""},
		{"<style>\n* {}\n</style>\n", ""},
		{"<!-- nobody\n\nsees it -->\n", ""},
		{"<details><summary>If & only if</summary>\n", "<p class=\"raw\">If &amp; only if</p>\n"},
		{"<iframe src=x onload=y>", ""},
		{"<div><scr<script>ipt>alert(1)</script>\n", "<p class=\"raw\">ipt&gt;alert(1)</p>\n"},
		{"![a *b*](https://x.test/i.png)",
	     "<p><a class=\"image\" href=\"https://x.test/i.png\" rel=\"noreferrer\">image: a b</a></p>\n"},
		{"![](i.png)", "<p><span class=\"image\">image</span></p>\n"},
		{"![a](javascript:alert(1))", "<p><span class=\"image\">image: a</span></p>\n"},
		{"[![b](https://x/i)](https://y/)",
	     "<p><a href=\"https://y/\" rel=\"noreferrer\"><span class=\"image\">image: b</span></a></p>\n"},
		{"![a [b](https://x/) ![c](d)](e)", "<p><span class=\"image\">image: a b c</span></p>\n"},
		{"&lt;script&gt; <", "<p>&lt;script&gt; &lt;</p>\n"},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOBUF struct buf out;
		buf_init(&out, MARKDOWN_HTML_MAX);
		render_markdown(str_c(cases[i].markdown), &out);
		assert_string_equal(buf_str(&out).p ? buf_str(&out).p : "", cases[i].html);
	}
}

/* ---- what is refused ---- */

static void repeat(struct buf *out, const char *text, size_t times)
{
	while (times--)
		buf_add_c(out, text);
}

struct weight {
	const char *head, *text;
	size_t times;
	const char *tail;
	const char *why; /* NULL: it is read */
};

static void check_weight(const struct weight *w)
{
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf text;
	AUTOBUF struct buf out;
	const char *why;
	buf_init(&text, 32 * 1024 * 1024);
	buf_init(&out, MARKDOWN_HTML_MAX);
	buf_add_c(&text, w->head);
	repeat(&text, w->text, w->times);
	buf_add_c(&text, w->tail);
	struct markdown *m = markdown_parse(arena, buf_str(&text), &why);
	if (w->why) {
		assert_null(m);
		assert_string_equal(why, w->why);
		return;
	}
	assert_null(why);
	assert_true(markdown_html(m, NULL, &out));
	markdown_free(m);
}

static void a_bomb_is_refused_before_it_is_parsed(void **state)
{
	(void)state;
	static const char slow[] = "would take too long to read", cells[] = "has more than 50000 table cells";
	static const char marks[] = "has more than 200000 places of markup",
					  deep[] = "nests lists or quotes more than 100 deep";
	static const struct weight cases[] = {
		{"|a|b|\n|-|-|\n", "|\n", 20000, "", NULL},
		{"|a|b|\n|-|-|\n", "|\n", 30000, "", cells},
		{"> |a|b|\n> |-|-|\n", "> |\n", 30000, "", cells},
		{"- x\n\n  |a|b|\n  |-|-|\n", "  |\n", 30000, "", cells},
		{"|a|b|\r|-|-|\r", "|\r", 30000, "", cells},
		{"", "[", 50000, "", NULL},
		{"", "[a", 50000, "](", NULL},
		{"", "![l", 60000, "", NULL},
		{"", "*_", 90000, "", NULL},
		{"", "[", 210000, "", marks},
		{"", "x ", 15 * 1024 * 1024, "", "is larger than 1 MiB"},
		{"", "> ", 60, "x", NULL},
		{"", "> ", 80, "x", deep},
		{"", "- ", 5000, "x", deep},
		{"", "1) ", 5000, "x", deep},
		{"", "a|b\n-|\n", 5000, "", slow},
		{"", "a\n", 25000, "|a|\n|-|\n", NULL},
		{"", "a\n", 90000, "|a|\n|-|\n", slow},
		{"", "|", 30000, "\n|-|\n", slow},
		{"a ", "<!A ", 30000, "", slow},
		{"a ", "<![CDATA[ ", 30000, "", slow},
		{"[a]: ", "u", 100000, "\n\n[a] [a] [a]\n", NULL},
		{"", "[a]: u\n", 20000, "", "uses a long link definition too often"},
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		check_weight(&cases[i]);
}

static void a_definition_that_would_be_copied_too_often_is_refused(void **state)
{
	(void)state;
	AUTOBUF struct buf text;
	buf_init(&text, MARKDOWN_MAX);
	buf_add_c(&text, "[a]: ");
	repeat(&text, "u", 100000);
	buf_add_c(&text, "\n\n");
	repeat(&text, "[a] ", 1000);
	assert_string_equal(markdown_weigh(buf_str(&text)), "uses a long link definition too often");
}

/* 22 KB that the parser makes 406 MB of. */
static void the_table_bomb_is_refused(void **state)
{
	(void)state;
	AUTOBUF struct buf text;
	buf_init(&text, MARKDOWN_MAX);
	repeat(&text, "|a", 3000);
	buf_add_char(&text, '\n');
	repeat(&text, "|-", 3000);
	buf_add_char(&text, '\n');
	repeat(&text, "|\n", 5000);
	assert_true(text.n < 23000);
	assert_string_equal(markdown_weigh(buf_str(&text)), "has more than 50000 table cells");
}

static void output_has_a_ceiling(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	AUTOBUF struct buf out;
	const char *why;
	buf_init(&out, 100);
	struct markdown *m =
		markdown_parse(arena, STR("# A title that is long enough\n\nfor a hundred bytes, as HTML has it\n"), &why);
	assert_false(markdown_html(m, NULL, &out));
	assert_true(out.n <= 100);
	markdown_free(m);
}

/* ---- bytes ---- */

static void any_bytes_become_well_formed_text(void **state)
{
	(void)state;
	AUTOBUF struct buf out;
	AUTOBUF struct buf text;
	buf_init(&out, 1000);
	buf_init(&text, 1000);
	render_markdown(STR("\xFF\xC3(\x00\x01 `\xED\xA0\x80`\x7F"), &out);
	assert_true(str_is_utf8(buf_str(&out)));
	assert_true(str_find(buf_str(&out), STR("\x01")) < 0);
	html_text(&text, STR("a\xFF"
	                     "b\x00"
	                     "c\"'<>&\t\n"));
	assert_string_equal(text.p, "a\xEF\xBF\xBD"
	                            "b\xEF\xBF\xBD"
	                            "c&quot;&#39;&lt;&gt;&amp;\t\n");
}

static void line_ends_make_no_difference(void **state)
{
	(void)state;
	AUTOBUF struct buf unix_way;
	AUTOBUF struct buf dos_way;
	buf_init(&unix_way, 1000);
	buf_init(&dos_way, 1000);
	render_markdown(STR("---\nowner: x\n---\n# T\n\n|a|b|\n|-|-|\n|1|2|\n\n- x\n"), &unix_way);
	render_markdown(STR("\xEF\xBB\xBF---\r\nowner: x\r\n---\r\n# T\r\n\r\n|a|b|\r\n|-|-|\r\n|1|2|\r\n\r\n- x\r\n"),
	                &dos_way);
	assert_string_equal(unix_way.p, dos_way.p);
	assert_true(str_find(buf_str(&unix_way), STR("owner")) < 0);
	assert_true(str_find(buf_str(&unix_way), STR("<td>1</td><td>2</td>")) > 0);
}

/* ---- headings ---- */

static void anchors_are_those_of_the_catalog(void **state)
{
	(void)state;
	static const char text[] =
		"---\ntitle: X\n---\n# One\n\n## Two & `three`\n\nTwo & three\n-----------\n\n> ## In a quote\n\n"
		"- ## In a list\n\n```\n## no\n```\n\n## !?\n\n## [Link](x) ![i](y) <b>b</b>\n\n#\n\n## Ünïcode\n";
	static const char *const anchors[] = {"one", "two--three", "two--three-1", "in-a-quote", "in-a-list",
	                                      "",    "link--b",    "-1",           "ünïcode"};
	AUTOARENA struct arena *arena = arena_new();
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf html;
	const struct heading *headings;
	const char *why;
	buf_init(&html, 10000);
	struct catalog *c = catalog_new();
	assert_true(catalog_add_runbook(c, "a/b.md", STR(text), &err));
	assert_true(catalog_finish(c, &err));
	struct markdown *m = markdown_parse(arena, STR(text), &why);
	assert_int_equal(markdown_headings(m, &headings), COUNT(anchors));
	assert_int_equal(headings[0].line, 4);
	assert_true(markdown_html(m, NULL, &html));
	for (size_t i = 0; i < COUNT(anchors); i++) {
		assert_string_equal(headings[i].anchor.n ? headings[i].anchor.p : "", anchors[i]);
		assert_true(runbook_has_anchor(catalog_runbook(c, STR("a/b.md")), str_c(anchors[i])));
		char *id = mem_printf(" id=\"%s\"", anchors[i]);
		assert_int_equal(str_find(buf_str(&html), str_c(id)) > 0, *anchors[i] != '\0');
		free(id);
	}
	assert_false(runbook_has_anchor(catalog_runbook(c, STR("a/b.md")), STR("no")));
	markdown_free(m);
	catalog_free(c);
}

static void contents_list_the_sections(void **state)
{
	(void)state;
	static const struct {
		const char *markdown, *html;
	} cases[] = {
		{"# T\n## A & B\n### C\n#### D\n", "<ul>\n<li class=\"level-1\"><a href=\"#a--b\">A &amp; B</a></li>\n"
	                                       "<li class=\"level-2\"><a href=\"#c\">C</a></li>\n</ul>\n"},
		{"# T\n## A\n", ""},
		{"", ""},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTOARENA struct arena *arena = arena_new();
		AUTOBUF struct buf out;
		const char *why;
		buf_init(&out, 1000);
		struct markdown *m = markdown_parse(arena, str_c(cases[i].markdown), &why);
		markdown_contents(m, 2, 3, &out);
		assert_string_equal(out.n ? out.p : "", cases[i].html);
		markdown_free(m);
	}
}

static void the_catalog_keeps_texts_of_indexes_too(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	struct catalog *c = catalog_new();
	char text[] = "# A\n";
	assert_true(catalog_add_runbook(c, "README.md", STR("# Index\n"), &err));
	assert_true(catalog_add_runbook(c, "a.md", str_c(text), &err));
	memset(text, 'x', sizeof text - 1);
	assert_true(catalog_finish(c, &err));
	const struct catalog_text *index = catalog_text(c, STR("README.md")), *a = catalog_text(c, STR("a.md")), *next;
	assert_non_null(index);
	assert_true(catalog_runbook(c, STR("README.md"))->is_index);
	assert_true(str_eq_c(a->text, "# A\n"));
	assert_null(catalog_text(c, STR("A.md")));
	assert_null(catalog_text(c, STR("./a.md")));
	size_t count = 0;
	for (size_t i = 0; (next = catalog_next_text(c, &i)); count++)
		assert_true(next == index || next == a);
	assert_int_equal(count, 2);
	catalog_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_are_told_from_placeholders),
		cmocka_unit_test(links_lead_only_where_they_may),
		cmocka_unit_test(links_that_are_none_of_markdown),
		cmocka_unit_test(brackets_without_end),
		cmocka_unit_test(nothing_is_loaded_and_nothing_runs),
		cmocka_unit_test(a_bomb_is_refused_before_it_is_parsed),
		cmocka_unit_test(a_definition_that_would_be_copied_too_often_is_refused),
		cmocka_unit_test(the_table_bomb_is_refused),
		cmocka_unit_test(output_has_a_ceiling),
		cmocka_unit_test(any_bytes_become_well_formed_text),
		cmocka_unit_test(line_ends_make_no_difference),
		cmocka_unit_test(anchors_are_those_of_the_catalog),
		cmocka_unit_test(contents_list_the_sections),
		cmocka_unit_test(the_catalog_keeps_texts_of_indexes_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
