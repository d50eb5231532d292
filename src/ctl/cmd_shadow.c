/*
 * runbookctl shadow: what the shadow rules of a daemon would have decided otherwise than the live ones.
 */
#include "ctl/cmd.h"
#include "ctl/json.h"
#include "ctl/remote.h"
#include "ctl/table.h"

static const struct flag rows[] = {
	{.name = "fail-if-different", .doc = "exit 1 where there is a difference"},
};

static void add_changes(struct table *t, const json_t *row)
{
	AUTOBUF struct buf out;
	const json_t *change;
	size_t i;

	buf_init(&out, SIZE_MAX);
	json_array_foreach(json_object_get(row, "changes"), i, change)
	{
		struct str before = json_text(change, "before"), after = json_text(change, "after");
		buf_printf(&out, "%s%.*s: %.*s -> %.*s", i ? "; " : "", STR_ARG(json_text(change, "field")),
		           STR_ARG(before.n ? before : STR("none")), STR_ARG(after.n ? after : STR("none")));
	}
	table_add(t, buf_str(&out));
}

static void print_shadow_rows(const json_t *list)
{
	static const char *const titles[] = {"ALERT", "ALERTS", "PAGED", "RULE", "SHADOW RULE", "LAST", "DIFFERENCE", NULL};
	struct table *t = table_new(titles);
	const json_t *row;
	size_t i;

	json_array_foreach(list, i, row)
	{
		struct str rule = json_text(row, "rule"), shadow = json_text(row, "shadow_rule");
		table_add(t, json_text(row, "alertname"));
		table_printf(t, "%lld", (long long)json_number(row, "alerts"));
		table_printf(t, "%lld", (long long)json_number(row, "paged"));
		table_add(t, rule.n ? rule : STR("none"));
		table_add(t, shadow.n ? shadow : STR("none"));
		table_add_time(t, json_text(row, "last_at"));
		add_changes(t, row);
	}
	table_print(t, stdout);
	table_free(t);
}

static void print_shadow(const json_t *data)
{
	long long alerts = (long long)json_number(data, "alerts"), left_out = (long long)json_number(data, "left_out");
	struct str since = json_text(data, "since");

	if (!json_array_size(json_object_get(data, "rule_files")))
		puts("no shadow_rule_files are configured");
	else if (!alerts)
		puts("no alert has come yet since these shadow rules are in force");
	else
		printf("%lld of %lld alerts since %.*s would have been decided otherwise\n\n",
		       (long long)json_number(data, "different"), alerts, STR_ARG(since));
	if (json_array_size(json_object_get(data, "rows")))
		print_shadow_rows(json_object_get(data, "rows"));
	if (left_out)
		printf("%lld more are in no row: there were too many kinds of differences\n", left_out);
}

static enum ctl_status run_shadow(struct ctl *c)
{
	if (c->word_count) {
		ctl_error("shadow takes no arguments");
		return CTL_USAGE;
	}
	json_t *data = remote_call(c, "/api/v1/shadow", (struct str){NULL, 0});
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		print_shadow(data);
	bool fails = !data || (flags_given(c->flags, "fail-if-different") && json_number(data, "different") > 0);
	json_decref(data);
	return fails ? CTL_FAILED : CTL_OK;
}

const struct cmd cmd_shadow = {
	.name = "shadow",
	.arguments = "",
	.doc =
		"Lists what the shadow rules (shadow_rule_files) would have decided otherwise, of the alerts that one daemon "
		"received since they are in force. Nothing of it was sent; backtest says what pages they would have made.",
	.flags = rows,
	.flag_count = sizeof rows / sizeof *rows,
	.run = run_shadow,
};
