/* The writer of HTML: what is said is text, whatever it is, and a link leads only where a link may. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "web/html.h"

static struct buf out;
static struct html h;

static int setup(void **state)
{
	(void)state;
	buf_init(&out, 1 << 20);
	h = (struct html){.out = &out};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_release(&out);
	return 0;
}

static void text_and_attributes_are_escaped(void **state)
{
	(void)state;
	html_open(&h, "span");
	html_attr(&h, "title", STR("\"><b>'&"));
	html_say(&h, STR("<script>"));
	html_close(&h);
	assert_string_equal(out.p, "<span title=\"&quot;&gt;&lt;b&gt;&#39;&amp;\">&lt;script&gt;</span>");
}

static void elements_close_in_their_order(void **state)
{
	(void)state;
	html_open(&h, "p");
	html_open(&h, "input");
	html_flag(&h, "required");
	html_close(&h);
	html_leaf_c(&h, "b", "x", "y");
	html_close(&h);
	assert_string_equal(out.p, "<p><input required>\n<b class=\"x\">y</b></p>\n");
	assert_int_equal(h.depth, 0);
}

static bool leads(const char *url)
{
	buf_reset(&out);
	html_open(&h, "a");
	html_href(&h, str_c(url));
	html_close(&h);
	return str_find(buf_str(&out), STR("href=")) >= 0;
}

static void a_link_leads_only_where_it_may(void **state)
{
	(void)state;
	static const char *const fine[] = {"https://a.test/", "http://a.test", "./", "../b", "#c", "?d=1:2", "e/f:g"};
	static const char *const not [] = {"javascript:alert(1)", "//a.test",      "data:text/html,x", "",
	                                   "/\\a.test",           " javascript:x", "JAVASCRIPT:x",     "vbscript:x",
	                                   "\tjavascript:x"};
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		assert_true(leads(fine[i]));
	for (size_t i = 0; i < sizeof not / sizeof *not ; i++)
		assert_false(leads(not [i]));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(text_and_attributes_are_escaped),
		TEST(elements_close_in_their_order),
		TEST(a_link_leads_only_where_it_may),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
