/*
 * runbookctl diff: what a change of rules would do to the incidents that are open in a daemon now.
 */
#include <stdio.h>

#include "base/base64.h"
#include "base/log.h"
#include "cmd_backtest_impl.h"
#include "ctl/json.h"
#include "ctl/remote.h"
#include "ctl/table.h"
#include "io/loop.h"
#include "replay/incidents_diff.h"

static const struct flag rows[] = {
	{.name = "rules", .argument = "GLOB", .repeated = true, .doc = "the rule files as they would be"},
	{.name = "against",
     .argument = "GLOB",
     .repeated = true,
     .doc = "the rule files as they are (default: those of the configuration)"},
	{.name = "fail-if-pages", .doc = "exit 1 where the change would page somebody at once"},
};

struct diffing {
	struct ctl *ctl;
	struct config *config;
	struct ruleset *before, *after; /* before: NULL: the configuration's */
	struct incidents_diff *diff;
};

/* ---- the open incidents ---- */

static struct ruleset *rules_now(const struct diffing *d)
{
	return d->before ? d->before : d->config->ruleset;
}

static void take_record(struct diffing *d, const json_t *item, struct err *err)
{
	AUTOBUF struct buf bytes;
	AUTOERR struct err why = ERR_INIT;
	struct str key = json_text(item, "key");

	buf_init(&bytes, STORE_RECORD_MAX);
	if (!base64_decode(&bytes, json_text(item, "record")) || !incidents_diff_add(d->diff, buf_str(&bytes), &why))
		err_add(err, "incident %.*s cannot be read: %s (are runbookd and runbookctl of one version?)", STR_ARG(key),
		        err_any(&why) ? err_first(&why) : "no base64");
}

static void take_records(struct diffing *d, const json_t *data, struct err *err)
{
	const json_t *item;
	size_t i;

	if (!d->diff)
		d->diff = incidents_diff_new(d->config, rules_now(d), d->after, json_time(data, "now"));
	json_array_foreach(json_object_get(data, "records"), i, item) take_record(d, item, err);
}

/* False: the daemon did not answer, which has been said, or a record is none: lines in `err`. */
static bool fetch_records(struct diffing *d, struct err *err)
{
	AUTOFREE char *cursor = mem_strdup("");

	do {
		AUTOBUF struct buf path;
		buf_init(&path, 4096);
		buf_add_c(&path, "/api/v1/incidents/records");
		remote_query_add(&path, "cursor", str_c(cursor));
		json_t *data = remote_call(d->ctl, path.p, (struct str){NULL, 0});
		if (!data)
			return false;
		take_records(d, data, err);
		free(cursor);
		cursor = mem_str(json_text(data, "cursor"));
		json_decref(data);
	} while (*cursor && !err_any(err));
	return !err_any(err);
}

/* ---- telling ---- */

static void print_change(const json_t *change)
{
	struct str before = json_text(change, "before"), after = json_text(change, "after");

	table_text("    %.*s: %.*s -> %.*s", STR_ARG(json_text(change, "field")), STR_ARG(before.n ? before : STR("none")),
	           STR_ARG(after.n ? after : STR("none")));
}

static void print_messages(const json_t *list, const char *words)
{
	const json_t *m;
	size_t i;

	json_array_foreach(list, i, m)
		table_text("    %s: %.*s to %.*s", words, STR_ARG(json_text(m, "message")), STR_ARG(json_text(m, "receiver")));
}

static void print_incident(const json_t *inc)
{
	const json_t *rule = json_object_get(inc, "rule"), *members = json_object_get(inc, "members"),
				 *messages = json_object_get(inc, "messages"), *change;
	struct str key = json_text(inc, "key"), before = json_text(rule, "before"), after = json_text(rule, "after");
	size_t i;

	table_text("%.*s  %.*s  %.*s  %.*s  (%lld of %lld members that are known)",
	           STR_ARG(str_slice(key, 0, key.n < 8 ? key.n : 8)), STR_ARG(json_text(inc, "alertname")),
	           STR_ARG(json_text(inc, "severity")), STR_ARG(json_text(inc, "state")),
	           (long long)json_number(members, "changed"), (long long)json_number(members, "looked_at"));
	if (!str_eq(before, after))
		table_text("    rule: %.*s -> %.*s", STR_ARG(before.n ? before : STR("none")),
		           STR_ARG(after.n ? after : STR("none")));
	json_array_foreach(json_object_get(inc, "changes"), i, change) print_change(change);
	print_messages(json_object_get(messages, "added"), "at once");
	print_messages(json_object_get(messages, "removed"), "no longer");
}

static void print_diff(const json_t *report)
{
	const json_t *totals = json_object_get(report, "totals"), *inc;
	size_t i;

	json_array_foreach(json_object_get(report, "incidents"), i, inc) print_incident(inc);
	table_text("%lld of %lld open incidents are concerned; pages at once: %lld more, %lld less; %lld ended",
	           (long long)json_number(totals, "changed"), (long long)json_number(totals, "open"),
	           (long long)json_number(totals, "pages_added"), (long long)json_number(totals, "pages_removed"),
	           (long long)json_number(totals, "ended"));
}

static enum ctl_status tell_diff(const struct diffing *d, const json_t *report)
{
	const json_t *totals = json_object_get(report, "totals");

	if (d->ctl->json)
		ctl_print_json(report);
	else
		print_diff(report);
	return flags_given(d->ctl->flags, "fail-if-pages") && json_number(totals, "pages_added") > 0 ? CTL_FAILED : CTL_OK;
}

/* ---- the command ---- */

static bool load_diffed_rules(struct diffing *d, struct err *err)
{
	const char *const *patterns;
	size_t n = flags_all(d->ctl->flags, "rules", &patterns);

	d->after = rules_load(d->config, patterns, n, err);
	n = flags_all(d->ctl->flags, "against", &patterns);
	if (d->after && n)
		d->before = rules_load(d->config, patterns, n, err);
	return !err_any(err);
}

static enum ctl_status diff_with(struct diffing *d, struct err *err)
{
	enum ctl_status status = CTL_FAILED;

	if (load_diffed_rules(d, err) && fetch_records(d, err)) {
		json_t *report = incidents_diff_report(d->diff, err);
		if (report)
			status = tell_diff(d, report);
		json_decref(report);
	}
	incidents_diff_free(d->diff);
	ruleset_free(d->before);
	ruleset_free(d->after);
	return status;
}

static enum ctl_status run_diff(struct ctl *c)
{
	AUTOERR struct err err = ERR_INIT, warnings = ERR_INIT;
	const struct config_options options = {.file = c->config_file, .no_secrets = true, .reads_only = true};
	struct diffing d = {.ctl = c};

	if (!flags_given(c->flags, "rules") || c->word_count) {
		ctl_error("diff takes --rules=GLOB, and no words");
		return CTL_USAGE;
	}
	log_setup(LOG_ERROR, LOG_LOGFMT, loop_wall_ms); /* the router's own words are the daemon's */
	struct config_files *files = config_files_disk();
	d.config = config_load(&options, files, &err, &warnings);
	enum ctl_status status = d.config ? diff_with(&d, &err) : CTL_FAILED;
	ctl_errors(&err);
	config_unref(d.config);
	config_files_free(files);
	return status;
}

const struct cmd cmd_diff = {
	.name = "diff",
	.arguments = "--rules=GLOB… [--against=GLOB…]",
	.doc = "Says what other rules would do to the incidents that are open in the daemon now: which fields of which "
		   "change, "
		   "and who would be told what when their alerts come next.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_diff,
};
