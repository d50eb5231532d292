/*
 * runbookctl test: runs rule tests, without a daemon.
 */
#include <string.h>

#include "ctl/cmd.h"
#include "ctl/explain_print.h"
#include "ctl/json.h"
#include "ctl/rule_test.h"
#include "ctl/table.h"
#include "setup/file.h"

#define REPORT_MAX (64 * 1024 * 1024)

static const struct flag rows[] = {
	{.name = "junit", .argument = "FILE", .doc = "also write the results as JUnit XML"},
	{.name = "coverage", .doc = "also name the rules that no test reaches"},
};

static size_t count_failed(const json_t *tests)
{
	size_t failed = 0, i;
	const json_t *test;

	json_array_foreach(tests, i, test) failed += !json_yes(test, "ok");
	return failed;
}

/* ---- text ---- */

static void print_failure(const json_t *failure)
{
	struct str at = json_text(failure, "at"), field = json_text(failure, "field");
	struct str expected = json_text(failure, "expected"), actual = json_text(failure, "actual");

	if (!at.n) {
		table_text("    %.*s", STR_ARG(actual));
		return;
	}
	table_text("    at %.*s, %.*s", STR_ARG(at), STR_ARG(field.n ? field : STR("as a whole")));
	table_text("        expected: %.*s", STR_ARG(expected.n ? expected : STR("(none)")));
	table_text("        actual:   %.*s", STR_ARG(actual.n ? actual : STR("(none)")));
}

static void print_test(const json_t *test)
{
	const json_t *failure, *explain = json_object_get(test, "explain");
	bool ok = json_yes(test, "ok");
	size_t i;

	table_text("%s %.*s:%lld %.*s", ok ? "PASS" : "FAIL", STR_ARG(json_text(test, "file")),
	           (long long)json_number(test, "line"), STR_ARG(json_text(test, "name")));
	json_array_foreach(json_object_get(test, "failures"), i, failure) print_failure(failure);
	if (!ok && json_is_object(explain))
		explain_print(explain);
}

static void print_coverage(const json_t *coverage)
{
	const json_t *unreached = json_object_get(coverage, "unreached"), *rule;
	size_t i;

	table_text("%lld of %lld rules reached by tests%s", (long long)json_number(coverage, "reached"),
	           (long long)json_number(coverage, "rules"), json_array_size(unreached) ? "; not reached:" : "");
	json_array_foreach(unreached, i, rule)
		table_text("    %.*s:%lld %.*s", STR_ARG(json_text(rule, "file")), (long long)json_number(rule, "line"),
	               STR_ARG(json_text(rule, "rule")));
}

static void print_tests(const json_t *tests, const json_t *coverage)
{
	size_t failed = count_failed(tests), i;
	const json_t *test;

	json_array_foreach(tests, i, test) print_test(test);
	if (coverage)
		print_coverage(coverage);
	printf("%zu passed, %zu failed\n", json_array_size(tests) - failed, failed);
}

/* ---- JUnit ---- */

static void add_xml(struct buf *out, struct str s)
{
	static const struct {
		char c;
		const char *as;
	} escapes[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\n', "&#10;"}};

	for (size_t i = 0; i < s.n; i++) {
		const char *as = NULL;
		for (size_t e = 0; e < sizeof escapes / sizeof *escapes; e++)
			if (s.p[i] == escapes[e].c)
				as = escapes[e].as;
		if (as)
			buf_add_c(out, as);
		else
			buf_add_char(out,
			             (unsigned char)s.p[i] < 0x20 ? ' ' : s.p[i]); /* XML 1.0 has no other control characters */
	}
}

static void add_case(struct buf *out, const json_t *test)
{
	const json_t *failure;
	size_t i;

	buf_add_c(out, "  <testcase classname=\"");
	add_xml(out, json_text(test, "file"));
	buf_add_c(out, "\" name=\"");
	add_xml(out, json_text(test, "name"));
	buf_add_c(out, "\">\n");
	json_array_foreach(json_object_get(test, "failures"), i, failure)
	{
		buf_add_c(out, "    <failure message=\"");
		if (json_text(failure, "at").n) {
			add_xml(out, json_text(failure, "field"));
			buf_add_c(out, ": expected ");
			add_xml(out, json_text(failure, "expected"));
			buf_add_c(out, ", actual ");
		}
		add_xml(out, json_text(failure, "actual"));
		buf_add_c(out, "\"/>\n");
	}
	buf_add_c(out, "  </testcase>\n");
}

static bool write_junit(const char *path, const json_t *tests, struct err *err)
{
	AUTOBUF struct buf out;
	const json_t *test;
	size_t i;

	buf_init(&out, REPORT_MAX);
	buf_printf(
		&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"rules\" tests=\"%zu\" failures=\"%zu\">\n",
		json_array_size(tests), count_failed(tests));
	json_array_foreach(tests, i, test) add_case(&out, test);
	buf_add_c(&out, "</testsuite>\n");
	return file_write(path, buf_str(&out), err);
}

/* ---- the command ---- */

static void print_tests_json(json_t *tests, json_t *coverage)
{
	size_t failed = count_failed(tests);
	json_t *document = json_pack("{s:O, s:I, s:I}", "tests", tests, "passed",
	                             (json_int_t)(json_array_size(tests) - failed), "failed", (json_int_t)failed);
	if (coverage)
		json_object_set(document, "coverage", coverage);
	ctl_print_json(document);
	json_decref(document);
}

static json_t *run_files(struct ctl *c, struct rule_coverage *coverage, struct err *err)
{
	AUTOERR struct err warnings = ERR_INIT;
	const struct config_options options = {.file = c->config_file, .no_secrets = true, .reads_only = true};
	struct config_files *files = config_files_disk();
	struct config *config = config_load(&options, files, err, &warnings);
	json_t *tests = config ? json_array() : NULL;

	if (config && coverage)
		rule_coverage_add(coverage, config->ruleset);
	for (size_t i = 0; config && i < c->word_count; i++) {
		json_t *some = rule_test_file(config, c->words[i], coverage);
		json_array_extend(tests, some);
		json_decref(some);
	}
	config_unref(config);
	config_files_free(files);
	return tests;
}

static enum ctl_status report_tests(struct ctl *c, json_t *tests, json_t *coverage)
{
	AUTOERR struct err err = ERR_INIT;
	const char *junit = flags_get(c->flags, "junit");

	if (c->json)
		print_tests_json(tests, coverage);
	else
		print_tests(tests, coverage);
	if (junit && !write_junit(junit, tests, &err)) {
		ctl_errors(&err);
		return CTL_FAILED;
	}
	return count_failed(tests) ? CTL_FAILED : CTL_OK;
}

static enum ctl_status run_test_files(struct ctl *c)
{
	AUTOERR struct err err = ERR_INIT;

	if (!c->word_count) {
		ctl_error("test takes one FILE or more");
		return CTL_USAGE;
	}
	struct rule_coverage *coverage = flags_given(c->flags, "coverage") ? rule_coverage_new() : NULL;
	json_t *tests = run_files(c, coverage, &err);
	json_t *covered = coverage ? rule_coverage_json(coverage) : NULL;
	ctl_errors(&err);
	enum ctl_status status = tests ? report_tests(c, tests, covered) : CTL_FAILED;
	json_decref(tests);
	json_decref(covered);
	rule_coverage_free(coverage);
	return status;
}

const struct cmd cmd_test = {
	.name = "test",
	.arguments = "FILE…",
	.doc = "Runs rule tests: alerts, and what the rules and the dedup are to make of them.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_test_files,
};
