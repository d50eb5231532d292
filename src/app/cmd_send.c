/*
 * runbookctl send: posts a webhook body to the daemon and prints what became of each alert.
 */
#include <string.h>

#include "app/cmd.h"
#include "app/file.h"
#include "app/json.h"
#include "app/remote.h"
#include "app/table.h"

#define BODY_MAX (64 * 1024 * 1024)

static const struct flag rows[] = {
	{.name = "source", .argument = "NAME", .doc = "the Alertmanager installation it is from"},
};

static void print_decisions(const json_t *data)
{
	static const char *const titles[] = {"VERDICT", "REASON", "RULE", "FINGERPRINT", "KEY", NULL};
	struct table *t = table_new(titles);
	const json_t *decision;
	size_t i;

	json_array_foreach(json_object_get(data, "decisions"), i, decision)
	{
		table_add(t, json_text(decision, "verdict"));
		table_add(t, json_text(decision, "reason"));
		table_add(t, json_text(decision, "rule"));
		table_add(t, json_text(decision, "fingerprint"));
		table_add(t, json_text(decision, "key"));
	}
	table_print(t, stdout);
	table_free(t);
}

static enum ctl_status send_body(struct ctl *c, struct str body)
{
	AUTOBUF struct buf path;
	const char *source = flags_get(c->flags, "source");

	buf_init(&path, 4096);
	buf_add_c(&path, "/api/v1/webhook");
	if (source) {
		buf_add_char(&path, '/');
		remote_segment_add(&path, str_c(source));
	}
	json_t *data = remote_call(c, path.p, body);
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		print_decisions(data);
	json_decref(data);
	return data ? CTL_OK : CTL_FAILED;
}

static enum ctl_status run(struct ctl *c)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf body;

	buf_init(&body, BODY_MAX);
	if (c->word_count != 1) {
		ctl_error("send takes one FILE, or - for standard input");
		return CTL_USAGE;
	}
	if (!file_read(c->words[0], &body, &err)) {
		ctl_errors(&err);
		return CTL_FAILED;
	}
	return send_body(c, body.n ? buf_str(&body) : STR(""));
}

const struct cmd cmd_send = {
	.name = "send",
	.arguments = "FILE|-",
	.doc = "Posts a webhook body to the daemon and prints the decision for each alert.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run,
};
