/*
 * runbookctl import: an alertmanager.yml, Grafana's exported notification policies or PagerDuty's event orchestrations as a
 * configuration with rules and tests, and a report of what did not carry over.
 */
#include <stdio.h>

#include "ctl/cmd.h"
#include "setup/file.h"
#include "setup/import_files.h"
#include "setup/report.h"

#define FILE_MAX_BYTES (16 * 1024 * 1024)

static const struct flag rows[] = {
	{.name = "page-after", .doc = "group_wait becomes page_after: page only what still fires then"},
	{.name = "label",
     .argument = "FIELD=LABEL",
     .repeated = true,
     .doc = "which label a field of PagerDuty's events is: component=service, custom_details.env=environment"},
};

/* The configuration as the daemon would load it; secrets that Grafana hides are empty files still. */
static struct config *load_imported(const char *folder, struct err *err)
{
	AUTOERR struct err warnings = ERR_INIT;
	AUTOFREE char *path = mem_printf("%s/" NEW_CONFIG, folder);
	const struct config_options options = {.file = path, .no_secrets = true};
	struct config_files *files = config_files_disk();
	struct config *config = config_load(&options, files, err, &warnings);

	config_files_free(files);
	return config;
}

static bool write_folder(const struct import *i, const char *folder, const char *from, struct err *err)
{
	struct new_folder made;
	bool ok = import_write(&made, i, folder, from, err);
	struct config *config = ok ? load_imported(folder, err) : NULL;
	size_t tested = config ? import_write_tests(&made, config, err) : 0;

	ok = config && import_write_report(&made, i, from, tested, err) && !err_any(err);
	config_unref(config);
	new_folder_end(&made, ok);
	if (ok)
		printf("%zu receivers, %zu rules (%zu with a test), %zu notes in %s/" IMPORT_REPORT "\n"
		       "next: runbookctl --config.file=%s/" NEW_CONFIG " check\n",
		       json_array_size(json_object_get(i->config, "receivers")), json_array_size(i->rules), tested,
		       i->note_count, folder, folder);
	return ok;
}

static void print_import_json(const struct import *i)
{
	json_t *notes = json_array();
	for (size_t k = 0; k < i->note_count; k++)
		json_array_append_new(notes, json_pack("{s:i, s:s#}", "line", i->notes[k].at.line, "text", i->notes[k].text.p,
		                                       (int)i->notes[k].text.n));
	json_t *document = json_pack("{s:O, s:O, s:O, s:o}", "config", i->config, "rules", i->rules, "receivers", i->names,
	                             "notes", notes);
	ctl_print_json(document);
	json_decref(document);
}

static enum ctl_status run_import(struct ctl *c)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf text = {.p = NULL};
	const char *folder = c->folder;
	struct import import;

	if (c->word_count != 1 || (!folder && !c->json)) {
		ctl_error("import takes one FILE and --output=DIR");
		return CTL_USAGE;
	}
	buf_init(&text, FILE_MAX_BYTES);
	struct import_options options = {.file = c->words[0], .page_after = flags_given(c->flags, "page-after")};
	options.label_count = flags_all(c->flags, "label", &options.labels);
	bool ok = file_read(c->words[0], &text, &err);
	if (ok) {
		ok = import_read(&import, &options, buf_str(&text), &err);
		if (ok && folder)
			ok = write_folder(&import, folder, c->words[0], &err);
		else if (ok)
			print_import_json(&import);
		if (ok)
			report_lines("runbookctl: warning", &import.silent);
		import_release(&import);
	}
	ctl_errors(&err);
	return ok ? CTL_OK : CTL_FAILED;
}

const struct cmd cmd_import = {
	.name = "import",
	.arguments = "FILE --output=DIR",
	.doc =
		"Writes the routes and receivers of an alertmanager.yml as a configuration here; also of Grafana's exported "
		"policies (JSON or YAML), and of PagerDuty's event orchestrations: what its API answers for the router, the "
		"global rules or a service (several in one list, as `jq -s .` makes of them), or what `terraform show -json` "
		"prints.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.writes_folder = true,
	.run = run_import,
};
