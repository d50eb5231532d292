/*
 * runbookctl noise: which alerts cost attention, and which of them nobody needed.
 */
#include "app/cmd.h"
#include "app/json.h"
#include "app/remote.h"
#include "app/table.h"
#include "base/time.h"

static const struct flag rows[] = {
	{.name = "since", .argument = "DURATION", .fallback = "7d", .doc = "how far back"},
	{.name = "by", .argument = "COLUMN", .fallback = "alertname", .doc = "alertname, rule, owner or severity"},
	{.name = "sort",
     .argument = "COLUMN",
     .fallback = "received",
     .doc = "received, pages, night_pages, reminders, suppressed, flaps, acknowledged or self_resolved"},
	{.name = "limit", .argument = "N", .fallback = "20", .doc = "rows"},
};
#define ROWS (sizeof rows / sizeof *rows)

static const char *const titles[] = {"NAME",  "RECEIVED", "PAGES", "NIGHT",  "REMIND", "DEDUP",      "SUPPRESS",
                                     "FLAPS", "ACKED",    "SELF",  "TO ACK", "TO END", "SUGGESTION", NULL};

static int64_t sum(const json_t *object)
{
	const char *name;
	json_t *value;
	int64_t total = 0;

	/* jansson iterates over what it may change. */
	json_t *copy = json_deep_copy(object);
	json_object_foreach(copy, name, value) total += (int64_t)json_number_value(value);
	json_decref(copy);
	return total;
}

static void add_number(struct table *t, const json_t *row, const char *name)
{
	table_printf(t, "%lld", (long long)json_number(row, name));
}

static void add_seconds(struct table *t, const json_t *row, const char *name)
{
	char text[TIME_DURATION_MAX];
	const json_t *value = json_object_get(row, name);

	if (json_is_number(value))
		table_add_c(t, time_duration_format((int64_t)json_number_value(value) * TIME_SECOND, text));
	else
		table_add_c(t, "-");
}

static void add_row(struct table *t, const json_t *row)
{
	static const char *const before[] = {"received", "pages", "night_pages", "reminders"};
	static const char *const after[] = {"suppressed", "flaps", "acknowledged", "self_resolved"};

	table_add(t, json_text(row, "name"));
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		add_number(t, row, before[i]);
	table_printf(t, "%lld", (long long)sum(json_object_get(row, "deduplicated")));
	for (size_t i = 0; i < sizeof after / sizeof *after; i++)
		add_number(t, row, after[i]);
	add_seconds(t, row, "seconds_to_acknowledge");
	add_seconds(t, row, "seconds_to_resolve");
	table_add(t, json_text(row, "suggestion"));
}

static void print_report(const json_t *data)
{
	struct table *t = table_new(titles);
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(data, "rows"), i, row) add_row(t, row);
	table_print(t, stdout);
	table_free(t);
}

static enum ctl_status run(struct ctl *c)
{
	AUTOBUF struct buf path;

	buf_init(&path, 4096);
	buf_add_c(&path, "/api/v1/noise");
	for (size_t i = 0; i < ROWS; i++)
		remote_query_add(&path, rows[i].name, str_c(flags_get(c->flags, rows[i].name)));
	if (c->word_count) {
		ctl_error("noise takes no arguments");
		return CTL_USAGE;
	}
	json_t *data = remote_call(c, path.p, (struct str){NULL, 0});
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		print_report(data);
	json_decref(data);
	return data ? CTL_OK : CTL_FAILED;
}

const struct cmd cmd_noise = {
	.name = "noise",
	.arguments = "",
	.doc = "Reports what alerts cost: received, pages, deduplicated, flaps, acknowledged, and what to do about it.",
	.flags = rows,
	.flag_count = ROWS,
	.run = run,
};
