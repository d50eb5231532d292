/*
 * runbookctl explain: the plan for an alert, every field with the rule that set it, without a daemon.
 */
#include <string.h>

#include "base/buf_json.h"
#include "ctl/cmd.h"
#include "ctl/explain_print.h"
#include "service/explain_body.h"
#include "service/oncall.h"
#include "setup/file.h"

#define BODY_MAX (64 * 1024 * 1024)

static const struct flag rows[] = {
	{.name = "annotation", .argument = "NAME=VALUE", .repeated = true, .doc = "an annotation of the alert"},
	{.name = "alert", .argument = "FILE", .doc = "an alert or a webhook body as JSON; - is standard input"},
	{.name = "source", .argument = "NAME", .doc = "the Alertmanager installation it is from"},
	{.name = "at", .argument = "TIME", .doc = "until when a page of that moment would be held: 2026-03-01T22:00"},
	{.name = "all", .doc = "also the rules that did not match, and why"},
	{.name = "no-secrets", .doc = "secret files need not be there"},
};

static bool alert_of_words(struct ctl *c, struct buf *body)
{
	const char *const *annotations;
	size_t n = flags_all(c->flags, "annotation", &annotations);
	json_t *labels = json_object(), *notes = json_object();
	bool ok = ctl_add_pairs(labels, c->words, c->word_count) && ctl_add_pairs(notes, annotations, n);
	json_t *alert = json_pack("{s:o, s:o}", "labels", labels, "annotations", notes);

	buf_add_json(body, alert);
	json_decref(alert);
	return ok;
}

static enum ctl_status read_explained_alert(struct ctl *c, struct buf *body)
{
	AUTOERR struct err err = ERR_INIT;
	const char *file = flags_get(c->flags, "alert");

	if (!file == !c->word_count) {
		ctl_error("explain takes either LABEL=VALUE… or --alert=FILE");
		return CTL_USAGE;
	}
	if (!file)
		return alert_of_words(c, body) ? CTL_OK : CTL_USAGE;
	if (file_read(file, body, &err))
		return CTL_OK;
	ctl_errors(&err);
	return CTL_FAILED;
}

static json_t *explain(struct ctl *c, struct str body)
{
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	const struct config_options options = {
		.file = c->config_file, .no_secrets = flags_given(c->flags, "no-secrets"), .reads_only = true};
	struct config_files *files = config_files_disk();
	struct config *config = config_load(&options, files, &err, &warnings);
	json_t *document = NULL;

	struct explain_wish wish = {.all = flags_given(c->flags, "all")};
	if (config && oncall_time(config, "at", str_c(flags_get(c->flags, "at")), &wish.at, &err))
		document = explain_body(config, str_c(flags_get(c->flags, "source")), body, &wish, &err);
	ctl_errors(&err);
	config_unref(config);
	config_files_free(files);
	err_release(&warnings);
	return document;
}

static enum ctl_status run_explain(struct ctl *c)
{
	AUTOBUF struct buf body;

	buf_init(&body, BODY_MAX);
	enum ctl_status status = read_explained_alert(c, &body);
	if (status != CTL_OK)
		return status;
	json_t *document = explain(c, buf_str(&body));
	if (document && c->json)
		ctl_print_json(document);
	else if (document)
		explain_print(document);
	json_decref(document);
	return document ? CTL_OK : CTL_FAILED;
}

const struct cmd cmd_explain = {
	.name = "explain",
	.arguments = "LABEL=VALUE… | --alert=FILE",
	.doc = "Shows the plan for an alert, and for every field the rule, file and line that set it.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_explain,
};
