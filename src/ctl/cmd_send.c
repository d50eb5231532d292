/*
 * runbookctl send: posts a webhook body, or one with a single alert made of words, to the daemon and prints what became of
 * each alert.
 */
#include <string.h>

#include "base/time.h"
#include "ctl/cmd.h"
#include "ctl/json.h"
#include "ctl/remote.h"
#include "ctl/table.h"
#include "io/loop.h"
#include "setup/file.h"

#define BODY_MAX (64 * 1024 * 1024)

static const struct flag rows[] = {
	{.name = "source", .argument = "NAME", .doc = "the Alertmanager installation it is from"},
	{.name = "annotation", .argument = "NAME=VALUE", .repeated = true, .doc = "an annotation of the alert"},
	{.name = "resolved", .doc = "the alert made of LABEL=VALUE… has ended"},
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

static enum ctl_status post_webhook_body(struct ctl *c, struct str body)
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

/* ---- one alert ---- */

static void set_alert_time(json_t *alert, bool resolved)
{
	char now[TIME_FORMAT_MAX];

	time_format(loop_wall_ms(), now);
	json_object_set_new(alert, resolved ? "endsAt" : "startsAt", json_string(now));
}

/* A group of its own: a body states its group whole, and must not say that other alerts sent by hand have ended. */
static json_t *body_of(json_t *labels, json_t *annotations, bool resolved)
{
	const char *status = resolved ? "resolved" : "firing";
	json_t *alert = json_pack("{ss sO so}", "status", status, "labels", labels, "annotations", annotations);
	AUTOFREE char *group = json_dumps(labels, JSON_COMPACT | JSON_SORT_KEYS);

	set_alert_time(alert, resolved);
	return json_pack("{ss ss ss ss si so sO s{} s[o]}", "version", "4", "groupKey", group ? group : "", "status",
	                 status, "receiver", "runbookctl", "truncatedAlerts", 0, "groupLabels", labels, "commonLabels",
	                 labels, "commonAnnotations", "alerts", alert);
}

static enum ctl_status send_words(struct ctl *c)
{
	const char *const *annotations;
	size_t n = flags_all(c->flags, "annotation", &annotations);
	json_t *labels = json_object(), *notes = json_object();
	bool ok = ctl_add_pairs(labels, c->words, c->word_count) && ctl_add_pairs(notes, annotations, n);
	json_t *body = body_of(labels, notes, flags_given(c->flags, "resolved"));
	AUTOFREE char *text = json_dumps(body, JSON_COMPACT);

	json_decref(body);
	return ok ? post_webhook_body(c, str_c(text)) : CTL_USAGE;
}

static enum ctl_status run_send(struct ctl *c)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOBUF struct buf body;

	buf_init(&body, BODY_MAX);
	if (c->word_count && strchr(c->words[0], '='))
		return send_words(c);
	if (c->word_count != 1) {
		ctl_error("send takes one FILE, or - for standard input, or LABEL=VALUE…");
		return CTL_USAGE;
	}
	if (!file_read(c->words[0], &body, &err)) {
		ctl_errors(&err);
		return CTL_FAILED;
	}
	return post_webhook_body(c, body.n ? buf_str(&body) : STR(""));
}

const struct cmd cmd_send = {
	.name = "send",
	.arguments = "FILE | - | LABEL=VALUE…",
	.doc = "Posts a webhook body, or an alert with these labels, to the daemon and prints the decision for each alert.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_send,
};
