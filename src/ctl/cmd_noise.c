/*
 * runbookctl noise: which alerts cost attention, and which of them nobody needed.
 */
#include "base/time.h"
#include "ctl/cmd.h"
#include "ctl/json.h"
#include "ctl/remote.h"
#include "ctl/table.h"

static const struct flag rows[] = {
	{.name = "since", .argument = "DURATION", .fallback = "7d", .doc = "how far back"},
	{.name = "until", .argument = "DURATION", .doc = "up to so long ago (default: now)"},
	{.name = "by",
     .argument = "COLUMN",
     .fallback = "alertname",
     .values = "alertname rule owner severity receiver person runbook",
     .doc = "alertname, rule, owner, severity, receiver, person or runbook (since it was last edited)"},
	{.name = "sort",
     .argument = "COLUMN",
     .values = "pages night_pages received reminders suppressed flaps acknowledged self_resolved pages_before decided "
               "cancelled chat tickets archived resolved helped outdated missing",
     .doc = "pages, night_pages, received, reminders, suppressed, flaps, acknowledged, self_resolved, pages_before, "
            "decided, "
            "cancelled, chat, tickets, archived, resolved, helped, outdated or missing (default: pages at night, then "
            "pages)"},
	{.name = "owner", .argument = "NAME", .doc = "only what is this owner's"},
	{.name = "limit", .argument = "N", .fallback = "20", .doc = "rows"},
	{.name = "heat", .doc = "also show at which hours of the week the pages came"},
};
#define ROWS (sizeof rows / sizeof *rows)

static const char *const titles[] = {"NAME",   "NIGHT",  "PAGES",     "BEFORE",     "RECEIVED",
                                     "REMIND", "DEDUP",  "CANCELLED", "FLAPS",      "ACKED",
                                     "SELF",   "TO ACK", "TO END",    "SUGGESTION", NULL};

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

static void add_noise_count(struct table *t, const json_t *row, const char *name)
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

static void add_noise_row(struct table *t, const json_t *row)
{
	static const char *const before[] = {"night_pages", "pages", "pages_before", "received", "reminders"};
	static const char *const after[] = {"cancelled", "flaps", "acknowledged", "self_resolved"};

	table_add(t, json_text(row, "name"));
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		add_noise_count(t, row, before[i]);
	table_printf(t, "%lld", (long long)sum(json_object_get(row, "deduplicated")));
	for (size_t i = 0; i < sizeof after / sizeof *after; i++)
		add_noise_count(t, row, after[i]);
	add_seconds(t, row, "seconds_to_acknowledge");
	add_seconds(t, row, "seconds_to_resolve");
	table_add(t, json_text(row, "suggestion"));
}

static void print_totals(const json_t *data)
{
	const json_t *totals = json_object_get(data, "totals");
	long long half = (long long)json_number(totals, "rows_of_half"), pages = (long long)json_number(totals, "pages");

	long long people = (long long)json_number(totals, "people");
	if (json_is_true(json_object_get(data, "observes")))
		table_text(
			"Nothing was sent (delivery.mode: observe): the pages are those that were decided, also where page_after "
			"would have spared them, and no receiver has any. What would have been sent to whom: runbookctl backtest.");
	table_text("%lld page%s woke %lld %s, %lld at night; %lld in the time before. Night: %.*s.", pages,
	           pages == 1 ? "" : "s", people, people == 1 ? "person" : "people",
	           (long long)json_number(totals, "night_pages"), (long long)json_number(totals, "pages_before"),
	           STR_ARG(json_text(data, "night")));
	if (half)
		printf("Half of them: the first %lld row%s.\n", half, half == 1 ? "" : "s");
	putchar('\n');
}

/* ---- the week ---- */

static long long most_of(const json_t *days)
{
	const json_t *day, *hour;
	size_t i, k;
	long long most = 0;

	json_array_foreach(days, i, day) json_array_foreach(day, k, hour)
	{
		long long n = (long long)json_integer_value(hour);
		most = n > most ? n : most;
	}
	return most;
}

static void print_heat(const json_t *data)
{
	static const char *const names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	static const char *const shades[] = {"·", "░", "▒", "▓", "█"};
	const json_t *days = json_object_get(data, "heat"), *day, *hour;
	long long most = most_of(days);
	size_t i, k;

	printf("\nPages by hour (%.*s), at most %lld in one:\n    0     6     12    18\n",
	       STR_ARG(json_text(data, "time_zone")), most);
	json_array_foreach(days, i, day)
	{
		printf("%s ", names[i % 7]);
		json_array_foreach(day, k, hour)
		{
			long long n = (long long)json_integer_value(hour);
			fputs(shades[n ? 1 + (n * 4 - 1) / most : 0], stdout);
		}
		putchar('\n');
	}
}

/* ---- budgets ---- */

static void put_allowed(struct buf *out, const json_t *budget, const char *used, const char *allowed, const char *what)
{
	const json_t *limit = json_object_get(budget, allowed);

	if (json_is_number(limit))
		buf_printf(out, "%s%lld of %lld %s", out->n ? ", " : "", (long long)json_number(budget, used),
		           (long long)json_number_value(limit), what);
}

/* "payments: 23 of 20 pages, 1 of 3 at night in 7d: used up" */
static void print_budget(const json_t *row)
{
	const json_t *budget = json_object_get(row, "budget");
	AUTOBUF struct buf out;

	buf_init(&out, 4096);
	if (!json_is_object(budget))
		return;
	put_allowed(&out, budget, "used_pages", "pages", "pages");
	put_allowed(&out, budget, "used_nights", "nights", "at night");
	printf("%.*s: %.*s in %.*s%s\n", STR_ARG(json_text(row, "name")), STR_ARG(buf_str(&out)),
	       STR_ARG(json_text(budget, "per")), json_yes(budget, "used_up") ? ": used up" : "");
}

static void print_budgets(const json_t *rows_list)
{
	const json_t *row;
	size_t i, n = 0;

	json_array_foreach(rows_list, i, row) if (json_is_object(json_object_get(row, "budget")) && !n++)
		puts("\nPage budgets:");
	json_array_foreach(rows_list, i, row) print_budget(row);
}

/* What became of runbooks since they were last edited. */
static void add_runbook_row(struct table *t, const json_t *row)
{
	static const char *const columns[] = {"pages",  "pages_before", "acknowledged", "resolved",
	                                      "helped", "outdated",     "missing"};

	table_add(t, json_text(row, "name"));
	table_add(t, json_text(row, "last_edited"));
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		add_noise_count(t, row, columns[i]);
	table_add(t, json_text(row, "suggestion"));
}

/* Of a receiver, or a person: what they were sent. */
static void add_told_row(struct table *t, const json_t *row)
{
	static const char *const columns[] = {"night_pages", "pages",   "pages_before", "reminders",
	                                      "chat",        "tickets", "archived"};

	table_add(t, json_text(row, "name"));
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		add_noise_count(t, row, columns[i]);
}

struct noise_form { /* of the rows of one kind of report */
	const char *by;
	const char *const *titles;
	void (*add)(struct table *t, const json_t *row);
};

static const struct noise_form *form_of(struct str by)
{
	static const char *const of_runbooks[] = {"RUNBOOK", "LAST EDITED", "PAGES",   "BEFORE",     "ACKED", "RESOLVED",
	                                          "HELPED",  "OUTDATED",    "MISSING", "SUGGESTION", NULL};
	static const char *const of_told[] = {"NAME", "NIGHT",   "PAGES",    "BEFORE", "REMIND",
	                                      "CHAT", "TICKETS", "ARCHIVED", NULL};
	static const struct noise_form forms[] = {{"runbook", of_runbooks, add_runbook_row},
	                                          {"receiver", of_told, add_told_row},
	                                          {"person", of_told, add_told_row},
	                                          {"", titles, add_noise_row}};
	size_t i = 0;

	while (*forms[i].by && !str_eq_c(by, forms[i].by))
		i++;
	return &forms[i];
}

static void print_report(const json_t *data)
{
	const json_t *list = json_object_get(data, "rows"), *row;
	const struct noise_form *form = form_of(json_text(data, "by"));
	struct table *t = table_new(form->titles);
	size_t i;

	print_totals(data);
	json_array_foreach(list, i, row) form->add(t, row);
	if (json_array_size(list))
		table_print(t, stdout);
	else
		puts("Nothing was counted in this time.");
	table_free(t);
	print_budgets(list);
}

static enum ctl_status run_noise(struct ctl *c)
{
	AUTOBUF struct buf path;

	buf_init(&path, 4096);
	buf_add_c(&path, "/api/v1/noise");
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].argument)
			remote_query_add(&path, rows[i].name, str_c(flags_get(c->flags, rows[i].name)));
	for (size_t i = 0; i < c->word_count; i++)
		remote_query_add(&path, "matcher", str_c(c->words[i]));
	json_t *data = remote_call(c, path.p, (struct str){NULL, 0});
	if (data && c->json)
		ctl_print_json(data);
	else if (data)
		print_report(data);
	if (data && !c->json && flags_given(c->flags, "heat"))
		print_heat(data);
	json_decref(data);
	return data ? CTL_OK : CTL_FAILED;
}

const struct cmd cmd_noise = {
	.name = "noise",
	.arguments = "[MATCHER…]",
	.doc = "Reports who wakes whom: pages that were sent, at night (22:00 to 07:00 and weekends, where the receiver "
		   "is), the "
		   "period before, what was folded, put off and cancelled, chat and tickets apart, and what to do about it.",
	.flags = rows,
	.flag_count = ROWS,
	.run = run_noise,
};
