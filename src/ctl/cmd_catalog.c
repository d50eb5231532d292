/*
 * runbookctl catalog: what was understood of the runbook folder and catalog.yml, and where it stands.
 */
#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "ctl/cmd.h"
#include "ctl/json.h"
#include "ctl/table.h"
#include "service/catalog_json.h"
#include "setup/report.h"

#define EXPORT_MAX (64 * 1024 * 1024)
#define COLUMNS_MAX 8

/* ---- tables ---- */

/* The kinds and their columns; a column's name is the member of the JSON, in upper case the title. */
static const struct kind {
	const char *name; /* as a word of the command line, and of the JSON */
	const char *columns[COLUMNS_MAX], *titles[COLUMNS_MAX + 2];
} kinds[] = {
	{"severities",
     {"name", "words", "response_text", "resolution_text", "escalation", "aliases", "description"},
     {"NAME", "WORDS", "RESPONSE", "RESOLUTION", "ESCALATION", "ALIASES", "DESCRIPTION", "WHERE"}},
	{"runbooks",
     {"title", "category", "severity", "owner", "estimated_time", "alerts", "path"},
     {"TITLE", "CATEGORY", "SEVERITY", "OWNER", "TIME", "ALERTS", "PATH", "WHERE"}},
	{"planned", {"title", "category", "description"}, {"PLANNED", "CATEGORY", "DESCRIPTION", "WHERE"}},
	{"owners", {"name", "contact", "escalation"}, {"OWNER", "CONTACT", "ESCALATION", "WHERE"}},
	{"contacts",
     {"role", "primary", "backup", "method", "address"},
     {"ROLE", "PRIMARY", "BACKUP", "METHOD", "ADDRESS", "WHERE"}},
	{"escalations", {"severity", "name", "steps"}, {"SEVERITY", "ESCALATION", "STEPS", "WHERE"}},
	{"links", {"kind", "group", "name", "url"}, {"LINK", "GROUP", "NAME", "URL", "WHERE"}},
	{"sections", {"kind", "type", "required", "name"}, {"OF A", "TYPE", "REQUIRED", "SECTION", "WHERE"}},
	{"templates", {"name", "placeholders", "statuses"}, {"TEMPLATE", "PLACEHOLDERS", "STATUSES", "WHERE"}},
	{"policies",
     {"kind", "name", "every_text", "within_text", "severities", "tasks", "text"},
     {"POLICY", "NAME", "EVERY", "WITHIN", "SEVERITIES", "TASKS", "TEXT", "WHERE"}},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static void show_value(const json_t *value, struct buf *out);

/* The first of a path is the page itself, whatever it says; a later one without a time is nobody's by itself. */
static void show_step(const json_t *step, bool first, struct buf *out)
{
	struct str after = json_text(step, "after");
	buf_add(out, after.n ? after : first ? STR("at once") : STR("then"));
	buf_add_char(out, ' ');
	show_value(json_object_get(step, "notify"), out);
}

static void show_value(const json_t *value, struct buf *out)
{
	if (json_is_string(value))
		buf_add_c(out, json_string_value(value));
	else if (json_is_boolean(value))
		buf_add_c(out, json_is_true(value) ? "yes" : "no");
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *item = json_array_get(value, i);
		buf_add_c(out, i ? json_is_object(item) ? "; " : ", " : "");
		if (json_is_object(item))
			show_step(item, i == 0, out);
		else
			show_value(item, out);
	}
}

static void add_catalog_row(struct table *t, const struct kind *kind, const json_t *row)
{
	AUTOBUF struct buf cell;
	buf_init(&cell, 64 * 1024);
	for (size_t i = 0; i < COLUMNS_MAX && kind->columns[i]; i++) {
		buf_reset(&cell);
		show_value(json_object_get(row, kind->columns[i]), &cell);
		if (!strcmp(kind->columns[i], "path") && json_text(row, "anchor").n)
			buf_printf(&cell, "#%s", json_text(row, "anchor").p);
		table_add(t, buf_str(&cell));
	}
	struct str file = json_text(row, "file");
	table_printf(t, "%.*s:%lld", STR_ARG(file), (long long)json_number(row, "line"));
}

static void print_kind(const struct kind *kind, const json_t *rows)
{
	struct table *t = table_new(kind->titles);
	for (size_t i = 0; i < json_array_size(rows); i++)
		add_catalog_row(t, kind, json_array_get(rows, i));
	table_print(t, stdout);
	table_free(t);
}

static void print_catalog(const json_t *all)
{
	static const char *const fields[] = {"owner", "last_updated", "review_text"};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		table_field(fields[i], json_text(all, fields[i]), stdout);
	for (size_t i = 0; i < KINDS; i++) {
		const json_t *rows = json_object_get(all, kinds[i].name);
		if (!json_array_size(rows))
			continue;
		putchar('\n');
		print_kind(&kinds[i], rows);
	}
}

/* ---- the command ---- */

static const struct kind *find_catalog_kind(const char *word)
{
	for (size_t i = 0; i < KINDS; i++)
		if (!strcmp(kinds[i].name, word))
			return &kinds[i];
	return NULL;
}

static enum ctl_status show_catalog(struct ctl *c, const struct catalog *catalog, const struct kind *kind)
{
	json_t *all = catalog_json(catalog);
	json_t *rows = kind ? json_object_get(all, kind->name) : NULL;
	if (c->json && rows) {
		json_t *document = json_pack("{sO}", kind->name, rows);
		ctl_print_json(document);
		json_decref(document);
	} else if (c->json) {
		ctl_print_json(all);
	} else if (rows) {
		print_kind(kind, rows);
	} else {
		print_catalog(all);
	}
	json_decref(all);
	return CTL_OK;
}

static enum ctl_status print_export(const struct catalog *catalog)
{
	AUTOBUF struct buf out;
	buf_init(&out, EXPORT_MAX);
	catalog_export(catalog, &out);
	if (!buf_ok(&out)) {
		ctl_error("the catalog is too large for one file");
		return CTL_FAILED;
	}
	fwrite(out.p, 1, out.n, stdout);
	return CTL_OK;
}

static enum ctl_status load_and_run(struct ctl *c, const struct kind *kind, bool exports)
{
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	struct config_options options = {.file = c->config_file, .no_secrets = true, .reads_only = true};
	struct config_files *files = config_files_disk();
	struct config *config = config_load(&options, files, &err, &warnings);
	enum ctl_status status = CTL_FAILED;

	report_lines("warning", &warnings);
	if (config)
		status = exports ? print_export(config->catalog) : show_catalog(c, config->catalog, kind);
	else
		ctl_errors(&err);
	config_unref(config);
	config_files_free(files);
	return status;
}

static enum ctl_status run_catalog(struct ctl *c)
{
	const char *word = c->word_count ? c->words[0] : NULL;
	bool exports = word && !strcmp(word, "export");
	const struct kind *kind = word && !exports ? find_catalog_kind(word) : NULL;

	if (c->word_count > 1 || (word && !exports && !kind))
		return ctl_bad_words(&cmd_catalog, word);
	return load_and_run(c, kind, exports);
}

const struct cmd cmd_catalog = {
	.name = "catalog",
	.arguments = "[severities|runbooks|owners|contacts|escalations|policies|…|export]",
	.doc = "Shows what was understood of the runbook folder and catalog.yml; export prints it as a catalog.yml.",
	.words = "severities runbooks planned owners contacts escalations links sections templates policies export",
	.run = run_catalog,
};
