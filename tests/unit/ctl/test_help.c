/*
 * Help is made of the rows that read the files: each row says what it is, and what stands below it has rows, too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "config/config.h"
#include "config/web.h"
#include "ctl/cmd.h"
#include "ctl/help_commands.h"
#include "help/help.h"
#include "rules/rulefile.h"
#include "setup/rule_test_file.h"

struct looked {
	size_t rows, bad;
};

static void look_at_row(void *arg, struct str path, const struct option *row)
{
	struct looked *c = arg;
	bool explained = row->doc && *row->doc;
	bool has_form = row->type != OPTION_NODE || row->inner || row->form;

	c->rows++;
	if (explained && has_form)
		return;
	c->bad++;
	printf("%.*s has no %s\n", STR_ARG(path), explained ? "rows below it (inner) and no form" : "doc");
}

static void test_every_setting_has_a_row_that_says_what_it_is(void **state)
{
	(void)state;
	static const struct option_table *const tables[] = {&config_table, &rulefile_table, &catalog_yaml_table,
	                                                    &web_config_table, &rule_test_table};
	struct looked c = {0, 0};

	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		options_walk(tables[i], look_at_row, &c);
	assert_int_equal(c.bad, 0);
	assert_true(c.rows > 300);
}

static void test_settings_below_a_key(void **state)
{
	(void)state;
	AUTOBUF struct buf out;
	const struct manual page = {MANUAL_TEXT, &out};

	buf_init(&out, SIZE_MAX);
	assert_int_equal(help_print_settings_of(&page, "dedup.flap"), 3);
	assert_non_null(strstr(out.p, "  dedup.flap.window  (duration, default 1h)\n"));
	assert_null(strstr(out.p, "dedup.fresh"));
	assert_int_equal(help_print_settings_of(&page, "dedup.fla"), 0);
	assert_true(help_print_settings_of(&page, "receivers[].pagerduty") > 3);
}

static void test_every_topic_and_command_prints(void **state)
{
	(void)state;
	const struct topic *topics;
	const struct cmd *const *commands;
	AUTOBUF struct buf out;
	const struct manual page = {MANUAL_TEXT, &out};

	buf_init(&out, SIZE_MAX);
	for (size_t i = 0, n = help_topics(&topics); i < n; i++) {
		buf_reset(&out);
		help_print_topic(&page, &topics[i]);
		assert_true(out.n > 300);
		assert_ptr_equal(help_topic_find(topics[i].name), &topics[i]);
	}
	for (size_t i = 0, n = ctl_commands(&commands); i < n; i++) {
		assert_true(!commands[i]->topic || help_topic_find(commands[i]->topic));
		assert_ptr_equal(ctl_command_find(commands[i]->name), commands[i]);
	}
}

static void test_every_topic_stands_in_a_manual_page(void **state)
{
	(void)state;
	const struct topic *topics;
	AUTOBUF struct buf out;
	const struct manual page = {MANUAL_MAN, &out};

	buf_init(&out, SIZE_MAX);
	for (const char *const *file = help_man_files(); *file; file++)
		assert_true(help_print_man(&page, *file, "2026-11-30", "1.0"));
	assert_false(help_print_man(&page, "passwd.5", "2026-11-30", "1.0"));
	for (size_t i = 0, n = help_topics(&topics); i < n; i++) {
		AUTOFREE char *heading = mem_printf(".SH %s\n", topics[i].name);
		for (char *c = heading + 4; *c; c++)
			*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
		if (!strstr(out.p, heading))
			fail_msg("topic %s stands in no manual page", topics[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_setting_has_a_row_that_says_what_it_is),
		cmocka_unit_test(test_settings_below_a_key),
		cmocka_unit_test(test_every_topic_and_command_prints),
		cmocka_unit_test(test_every_topic_stands_in_a_manual_page),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
