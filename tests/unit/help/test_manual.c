/*
 * A page of help in both formats: what Markdown becomes for a terminal and for man(7).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "help/manual.h"

static void check_manual(enum manual_format format, const char *markdown, const char *expected)
{
	AUTOBUF struct buf out;
	const struct manual page = {format, &out};

	buf_init(&out, SIZE_MAX);
	manual_markdown(&page, str_c(markdown));
	assert_string_equal(out.p, expected);
}

static void test_paragraphs_are_joined_and_wrapped(void **state)
{
	(void)state;
	check_manual(MANUAL_TEXT, "One line\nand another.\n\nNext.", "One line and another.\n\nNext.\n\n");
	check_manual(MANUAL_TEXT, "word word word word word word word word word word word word word word word word word\n",
	             "word word word word word word word word word word word word word word word\nword word\n\n");
	check_manual(MANUAL_TEXT, "Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße",
	             "Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße Grüße\n\n");
}

static void test_what_is_marked_within_a_line(void **state)
{
	(void)state;
	check_manual(MANUAL_TEXT, "**200 means kept.** `a-b` at [home](https://example.com/x)",
	             "200 means kept. `a-b` at home (https://example.com/x)\n\n");
	check_manual(MANUAL_MAN, "**200 means kept.** `a-b\\n` at [home](https://example.com/x)",
	             ".PP\n\\fB200 means kept.\\fP \\fBa\\-b\\en\\fP at home (https://example.com/x)\n");
	check_manual(MANUAL_TEXT, "a ` alone, [no link], ** and **", "a ` alone, [no link], ** and **\n\n");
}

static void test_a_line_of_man_is_no_request(void **state)
{
	(void)state;
	check_manual(MANUAL_MAN, ".hidden and 'quoted'", ".PP\n\\&.hidden and 'quoted'\n");
	check_manual(MANUAL_MAN, "```\n.so file\n'br\n```\n", ".PP\n.RS 4\n.nf\n\\&.so file\n\\&'br\n.fi\n.RE\n");
}

static void test_a_heading_begins_a_paragraph(void **state)
{
	(void)state;
	check_manual(MANUAL_MAN, "# Top\nText.\n## Below\n\nMore.\n\nAgain.\n",
	             ".SH TOP\nText.\n.SS Below\nMore.\n.PP\nAgain.\n");
	check_manual(MANUAL_TEXT, "# Top\nText.\n", "TOP\n\nText.\n\n");
}

static void test_lists_examples_and_tables(void **state)
{
	(void)state;
	check_manual(MANUAL_TEXT, "- one\n  goes on\n- two\n\nText\n", "  - one goes on\n  - two\n\nText\n\n");
	check_manual(MANUAL_TEXT, "Do:\n\n    make  all\n    make check\n\nDone",
	             "Do:\n\n    make  all\n    make check\n\nDone\n\n");
	check_manual(MANUAL_TEXT, "| code | level |\n|---|---|\n| `a\\|b` | error |\n", "  a|b\n      error\n\n");
	check_manual(MANUAL_TEXT, "| kind | setting | back |\n|---|---|---|\n| `x` | secret | acks |\n",
	             "  x\n      setting: secret; back: acks\n\n");
	check_manual(MANUAL_MAN, "- one\n- two\n", ".IP \\(bu 2\none\n.IP \\(bu 2\ntwo\n");
	check_manual(MANUAL_MAN, "| code | level |\n|---|---|\n| `a-b` | error |\n", ".TP\n\\fBa\\-b\\fP\nerror\n");
}

static void test_text_that_ends_in_the_middle(void **state)
{
	(void)state;
	check_manual(MANUAL_TEXT, "```\nno end", "    no end\n\n");
	check_manual(MANUAL_TEXT, "x\n\n| a |", "x\n\n");
	check_manual(MANUAL_TEXT, "`open", "`open\n\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paragraphs_are_joined_and_wrapped), cmocka_unit_test(test_what_is_marked_within_a_line),
		cmocka_unit_test(test_a_line_of_man_is_no_request),       cmocka_unit_test(test_a_heading_begins_a_paragraph),
		cmocka_unit_test(test_lists_examples_and_tables),         cmocka_unit_test(test_text_that_ends_in_the_middle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
