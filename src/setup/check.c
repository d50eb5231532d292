/* Loads a configuration and says file by file what is wrong with it. */
#include "setup/check.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "check_alertmanager.h"
#include "incident/message.h"
#include "setup/report.h"

struct checked {
	struct config_files *files;
	struct config *config;
	struct err errors, warnings;
	const char *alertmanager; /* its configuration, looked at too; NULL: not given */
};

static void check_load(struct checked *c, const struct config_options *options, const char *alertmanager)
{
	*c = (struct checked){.files = config_files_disk(), .alertmanager = alertmanager};
	c->config = config_load(options, c->files, &c->errors, &c->warnings);
	if (c->config && alertmanager)
		check_alertmanager(c->config, alertmanager, &c->errors, &c->warnings);
}

static bool all_well(const struct checked *c)
{
	return c->config && !err_any(&c->errors);
}

static void checked_release(struct checked *c)
{
	config_unref(c->config);
	config_files_free(c->files);
	err_release(&c->errors);
	err_release(&c->warnings);
}

/* Lines begin with the name of their file: "FILE:LINE:COLUMN: …" or "FILE: …". */
static bool is_line_about(const char *line, struct str file)
{
	return strncmp(line, file.p, file.n) == 0 && line[file.n] == ':';
}

static bool file_failed(const struct checked *c, struct str file)
{
	for (size_t i = 0; i < c->errors.count; i++)
		if (is_line_about(c->errors.lines[i], file))
			return true;
	return false;
}

bool check_run(const struct config_options *options, const char *alertmanager)
{
	struct checked c;

	check_load(&c, options, alertmanager);
	bool ok = all_well(&c);
	struct strs files = config_files_names(c.files);
	report_lines("error", &c.errors);
	report_lines("warning", &c.warnings);
	for (size_t i = 0; i < files.n; i++)
		printf("%s %.*s\n", file_failed(&c, files.v[i]) ? "FAILED" : "SUCCESS", STR_ARG(files.v[i]));
	if (alertmanager && c.config)
		printf("%s %s\n", file_failed(&c, str_c(alertmanager)) ? "FAILED" : "SUCCESS", alertmanager);
	if (!ok)
		printf("FAILED: %zu error%s\n", c.errors.count + c.errors.more, c.errors.count == 1 ? "" : "s");
	checked_release(&c);
	return ok;
}

static json_t *line_list(const struct err *err)
{
	json_t *array = json_array();
	for (size_t i = 0; i < err->count; i++)
		json_array_append_new(array, view_text(str_c(err->lines[i])));
	return array;
}

bool check_run_json(const struct config_options *options, const char *alertmanager)
{
	struct checked c;

	check_load(&c, options, alertmanager);
	bool ok = all_well(&c);
	json_t *files = json_array();
	struct strs names = config_files_names(c.files);
	for (size_t i = 0; i < names.n; i++)
		json_array_append_new(
			files, json_pack("{s:o, s:b}", "file", view_text(names.v[i]), "ok", !file_failed(&c, names.v[i])));
	if (alertmanager && c.config)
		json_array_append_new(files, json_pack("{s:o, s:b}", "file", view_text(str_c(alertmanager)), "ok",
		                                       !file_failed(&c, str_c(alertmanager))));
	json_t *document = json_pack("{s:b, s:o, s:o, s:o}", "ok", ok, "files", files, "errors", line_list(&c.errors),
	                             "warnings", line_list(&c.warnings));
	json_dumpf(document, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(document);
	checked_release(&c);
	return ok;
}
