/* rule_files_isolation: one team's mistake is that team's only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "loaded.h"

#define SETTINGS(more) "rule_files_isolation: true\nrule_files: ['../rules/*.yml']\n" more RECEIVERS
#define RULE(name) "rules:\n- {name: " name ", matchers: ['team=\"x\"']}\n"
#define BROKEN "rules:\n- {name: broken, severty: P1}\n- {name: also, matchers: ['x']}\n"

static void write_files(const struct folder *f, const char *settings, const char *a, const char *b, const char *c)
{
	folder_write(f, "config/runbookd.yml", settings);
	folder_write(f, "rules/a.yml", a);
	folder_write(f, "rules/b.yml", b);
	folder_write(f, "rules/c.yml", c);
}

static void load_again(const struct folder *f, const struct config *running, struct loaded *out)
{
	load_with(f, &(struct config_options){.isolate = true, .running = running}, out);
}

/* The rules in force, in order: "a b c". */
static void assert_rules(const struct config *c, const char *want)
{
	AUTOBUF struct buf got;
	const struct rule *const *rules;
	buf_init(&got, SIZE_MAX);
	buf_add_c(&got, "");
	size_t n = ruleset_rules(c->ruleset, &rules);
	for (size_t i = 0; i < n; i++)
		buf_printf(&got, "%s%.*s", i ? " " : "", STR_ARG(rules[i]->name));
	assert_string_equal(got.p, want);
}

/* One of the lines, whatever the folder is called. */
static void assert_isolated(const struct config *c, const char *line)
{
	for (size_t i = 0; i < c->isolated.count; i++)
		if (strstr(c->isolated.lines[i], line))
			return;
	fail_msg("\"%s\" is not said, but \"%s\"", line, err_first(&c->isolated));
}

#define START(f, settings)                                                                                             \
	AUTOFOLDER struct folder f;                                                                                        \
	folder_init(&f);                                                                                                   \
	write_files(&f, settings, RULE("a1"), RULE("b1"), RULE("c1"));                                                     \
	AUTOLOADED struct loaded before, after;                                                                            \
	load_again(&f, NULL, &before);                                                                                     \
	assert_string_equal(errors(&before), "");                                                                          \
	assert_false(err_any(&before.config->isolated))

static void a_file_with_errors_keeps_its_last_good_version(void **state)
{
	(void)state;
	START(f, SETTINGS(""));
	write_files(&f, SETTINGS("time_zone: Europe/Berlin\n"), RULE("a2"), BROKEN, RULE("c2"));
	load_again(&f, before.config, &after);
	assert_string_equal(errors(&after), "");
	assert_rules(after.config, "a2 b1 c2");
	assert_true(str_eq_c(after.config->time_zone, "Europe/Berlin"));
	assert_isolated(after.config, "rules/b.yml:2:18: error: ");
	assert_isolated(after.config, "rules/b.yml:3:"); /* every error is reported */
	assert_isolated(after.config, "rules/b.yml: error: its last good version stays in force");
	assert_string_not_equal(after.config->hash, before.config->hash);
	/* and so on, from one load to the next, until it is mended */
	AUTOLOADED struct loaded third, fourth;
	folder_write(&f, "rules/a.yml", "rules: [\n");
	load_again(&f, after.config, &third);
	assert_rules(third.config, "a2 b1 c2");
	folder_write(&f, "rules/b.yml", RULE("b3"));
	load_again(&f, third.config, &fourth);
	assert_rules(fourth.config, "a2 b3 c2");
}

static void it_must_be_asked_for(void **state)
{
	(void)state;
	START(f, "rule_files: ['../rules/*.yml']\n" RECEIVERS);
	folder_write(&f, "rules/b.yml", BROKEN);
	load_again(&f, before.config, &after);
	assert_null(after.config);
	AUTOLOADED struct loaded checked;
	folder_write(&f, "config/runbookd.yml", SETTINGS(""));
	load_folder(&f, &checked); /* as `check` does: it wants the errors */
	assert_null(checked.config);
	assert_non_null(strstr(errors(&checked), "rules/b.yml:2:18: error: "));
}

static void a_file_without_a_good_version_is_left_out(void **state)
{
	(void)state;
	START(f, SETTINGS(""));
	folder_write(&f, "rules/d.yml", BROKEN);
	load_again(&f, before.config, &after);
	assert_rules(after.config, "a1 b1 c1");
	assert_isolated(after.config, "rules/d.yml: error: it is left out: no good version of it is known");
}

/* Mistakes that show only beside the rest of the configuration. */
static void what_a_file_names_must_exist(void **state)
{
	(void)state;
	START(f, SETTINGS(""));
	folder_write(&f, "rules/a.yml", "rules: [{name: a2, severity: P77}]");
	folder_write(&f, "rules/b.yml", "rules: [{name: b2, receivers: [nobody]}]");
	load_again(&f, before.config, &after);
	assert_rules(after.config, "a1 b1 c1");
	assert_isolated(after.config, "rule \"a2\": severity \"P77\" does not exist");
	assert_isolated(after.config, "rule \"b2\": receiver \"nobody\" does not exist");
}

/* The file that was there first, wherever it stands in the order, does not lose its rule to one that takes its name. */
static void a_name_is_whose_it_was(void **state)
{
	(void)state;
	START(f, SETTINGS(""));
	folder_write(&f, "rules/a.yml", "rules: [{name: a2}, {name: c1}]");
	load_again(&f, before.config, &after);
	assert_rules(after.config, "a1 b1 c1");
	assert_isolated(after.config, "rules/a.yml:1:21: error: rule \"c1\" has the name of the rule at ");
}

/* A rule moves from b to a, but b is broken and comes back with it. */
static void a_move_waits_for_both_ends(void **state)
{
	(void)state;
	START(f, SETTINGS(""));
	write_files(&f, SETTINGS(""), "rules: [{name: a1}, {name: b1}]", BROKEN, RULE("c2"));
	load_again(&f, before.config, &after);
	assert_rules(after.config, "a1 b1 c2");
	assert_isolated(after.config, "rules/a.yml: error: its last good version stays in force");
	AUTOLOADED struct loaded moved;
	folder_write(&f, "rules/b.yml", "");
	load_again(&f, after.config, &moved);
	assert_rules(moved.config, "a1 b1 c2");
	assert_false(err_any(&moved.config->isolated));
}

/* Its receiver is gone, so the last good version cannot be kept: then nothing changes at all. */
static void nothing_is_lost_where_the_last_version_does_not_fit(void **state)
{
	(void)state;
	static const char second[] = "  - name: second\n    webhook: {url: http://127.0.0.1:9199/second}\n";
	START(f, SETTINGS(""));
	AUTOFREE char *both = mem_printf("%s%s", SETTINGS(""), second);
	AUTOLOADED struct loaded two;
	write_files(&f, both, RULE("a1"), "rules: [{name: b2, receivers: [second]}]", RULE("c1"));
	load_again(&f, before.config, &two);
	assert_rules(two.config, "a1 b2 c1");
	folder_write(&f, "config/runbookd.yml", SETTINGS(""));
	folder_write(&f, "rules/b.yml", BROKEN);
	load_again(&f, two.config, &after);
	assert_null(after.config);
	assert_non_null(strstr(errors(&after), "rules/b.yml:2:18: error: "));
	assert_non_null(strstr(errors(&after), "rule \"b2\": receiver \"second\" does not exist"));
}

static void an_error_elsewhere_refuses_all(void **state)
{
	(void)state;
	START(f, SETTINGS(""));
	write_files(&f, SETTINGS("defaults: {severity: P99}\n"), RULE("a2"), BROKEN, RULE("c2"));
	load_again(&f, before.config, &after);
	assert_null(after.config);
	assert_non_null(strstr(errors(&after), "P99"));
	assert_non_null(strstr(errors(&after), "rules/b.yml:2:18: error: "));
}

static void a_file_that_cannot_be_read_is_one_with_errors(void **state)
{
	(void)state;
	START(f, "rule_files_isolation: true\nrule_files: [../rules/a.yml, ../rules/b.yml, ../rules/c.yml]\n" RECEIVERS);
	AUTOFREE char *path = folder_path(&f, "rules/b.yml");
	assert_int_equal(unlink(path), 0);
	load_again(&f, before.config, &after);
	assert_rules(after.config, "a1 b1 c1");
	assert_isolated(after.config, "rules/b.yml: error: No such file or directory");
}

/* A pattern finds what is there: a file that was removed is gone on purpose. */
static void a_file_that_is_removed_is_gone(void **state)
{
	(void)state;
	START(f, SETTINGS(""));
	AUTOFREE char *path = folder_path(&f, "rules/b.yml");
	assert_int_equal(unlink(path), 0);
	load_again(&f, before.config, &after);
	assert_rules(after.config, "a1 c1");
	assert_false(err_any(&after.config->isolated));
}

static struct config_files *snapshot_of(const struct folder *f, const struct loaded *l)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *path = folder_path(f, "snapshot");
	if (!config_files_save(l->files, path, &err))
		fail_msg("%s", err_first(&err));
	struct config_files *files = config_files_snapshot(path, &err);
	if (!files)
		fail_msg("%s", err_first(&err));
	return files;
}

/* What a start does: there is no running configuration, only the last good set on disk. */
static void a_start_takes_it_from_the_last_good_set(void **state)
{
	(void)state;
	START(f, SETTINGS(""));
	struct config_files *last = snapshot_of(&f, &before);
	write_files(&f, SETTINGS(""), RULE("a2"), BROKEN, RULE("c1"));
	folder_write(&f, "rules/d.yml", BROKEN);
	load_with(&f, &(struct config_options){.isolate = true, .last_good = last}, &after);
	config_files_free(last);
	assert_rules(after.config, "a2 b1 c1");
	assert_int_equal(after.config->isolated.count, 6);
}

/* The last good set holds what is in force, not what is written: it brings the same back. */
static void the_last_good_set_is_what_is_in_force(void **state)
{
	(void)state;
	START(f, SETTINGS(""));
	write_files(&f, SETTINGS(""), RULE("a2"), BROKEN, RULE("c1"));
	folder_write(&f, "rules/d.yml", BROKEN);
	load_again(&f, before.config, &after);
	struct config_files *last = snapshot_of(&f, &after);
	AUTOERR struct err err = ERR_INIT, warned = ERR_INIT;
	struct config_options options = {.file = NULL, .isolate = true};
	AUTOFREE char *file = folder_path(&f, "config/runbookd.yml");
	options.file = file;
	struct config *c = config_load(&options, last, &err, &warned);
	assert_non_null(c);
	assert_rules(c, "a2 b1 c1");
	assert_string_equal(c->hash, after.config->hash);
	assert_isolated(c, "rules/d.yml: error: it is left out");
	config_unref(c);
	config_files_free(last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_with_errors_keeps_its_last_good_version),
		cmocka_unit_test(it_must_be_asked_for),
		cmocka_unit_test(a_file_without_a_good_version_is_left_out),
		cmocka_unit_test(what_a_file_names_must_exist),
		cmocka_unit_test(a_name_is_whose_it_was),
		cmocka_unit_test(a_move_waits_for_both_ends),
		cmocka_unit_test(nothing_is_lost_where_the_last_version_does_not_fit),
		cmocka_unit_test(an_error_elsewhere_refuses_all),
		cmocka_unit_test(a_file_that_cannot_be_read_is_one_with_errors),
		cmocka_unit_test(a_file_that_is_removed_is_gone),
		cmocka_unit_test(a_start_takes_it_from_the_last_good_set),
		cmocka_unit_test(the_last_good_set_is_what_is_in_force),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
