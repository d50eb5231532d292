/* A backtest's report as tables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_backtest_impl.h"
#include "ctl/json.h"
#include "ctl/table.h"

#define ROWS_SHOWN 10
#define HOURS_OF_A_DAY 24
#define EXAMPLES_SHOWN 5

static long long report_number(const json_t *object, const char *name)
{
	return (long long)json_number(object, name);
}

static long long report_pages(const json_t *report, const char *when, const char *what)
{
	return report_number(json_object_get(report, when), what);
}

static void print_backtest_head(const json_t *report)
{
	const json_t *recorded = json_object_get(report, "recorded"), *history = json_object_get(report, "history");

	if (report_number(report, "alerts"))
		printf("%lld alerts from %.*s to %.*s\n", report_number(report, "alerts"), STR_ARG(json_text(report, "since")),
		       STR_ARG(json_text(report, "until")));
	else
		puts("0 alerts: nothing arrived in this time");
	table_text("pages: %lld before, %lld after; at night (%.*s): %lld before, %lld after",
	           report_pages(report, "before", "pages"), report_pages(report, "after", "pages"),
	           STR_ARG(json_text(report, "night")), report_pages(report, "before", "nights"),
	           report_pages(report, "after", "nights"));
	if (report_pages(report, "reminders", "before") || report_pages(report, "reminders", "after"))
		printf("reminders of pages: %lld before, %lld after\n", report_pages(report, "reminders", "before"),
		       report_pages(report, "reminders", "after"));
	if (report_number(recorded, "same") + report_number(recorded, "different"))
		printf("decided as recorded: %lld alerts; otherwise: %lld\n", report_number(recorded, "same"),
		       report_number(recorded, "different"));
	if (report_number(recorded, "different"))
		puts("(other rules or settings then, a history that does not go back to when an alert began, or the journal of "
		     "one "
		     "replica of several)");
	if (report_number(history, "unreadable") || report_number(history, "lost") || report_number(history, "incomplete"))
		printf("the history has gaps: %lld lines unreadable, %lld lost, %lld webhooks incomplete\n",
		       report_number(history, "unreadable"), report_number(history, "lost"),
		       report_number(history, "incomplete"));
}

/* ---- rows ---- */

struct shown_row {
	const json_t *row;
	long long most;
};

static int by_pages(const void *a, const void *b)
{
	const struct shown_row *x = a, *y = b;
	return (x->most < y->most) - (x->most > y->most);
}

static int by_row_name(const void *a, const void *b)
{
	const struct shown_row *x = a, *y = b;
	return str_cmp(json_text(x->row, "name"), json_text(y->row, "name"));
}

/* The hours of a day in their order, of all else the most first. */
static void sort_rows(const char *by, struct shown_row *shown, size_t n)
{
	if (n > 1)
		qsort(shown, n, sizeof *shown, strcmp(by, "hour") == 0 ? by_row_name : by_pages);
}

static size_t rows_by(const json_t *rows, const char *by, struct shown_row *out)
{
	const json_t *row;
	size_t i, n = 0;

	json_array_foreach(rows, i, row)
	{
		long long before = report_number(row, "before"), after = report_number(row, "after");
		if (str_eq_c(json_text(row, "by"), by))
			out[n++] = (struct shown_row){row, before > after ? before : after};
	}
	sort_rows(by, out, n);
	return n;
}

static void print_before_after(const json_t *report, const char *by, const char *title, size_t most)
{
	const char *const titles[] = {title, "BEFORE", "AFTER", "NIGHTS BEFORE", "NIGHTS AFTER", NULL};
	static const char *const columns[] = {"before", "after", "nights_before", "nights_after"};
	const json_t *rows = json_object_get(report, "rows");
	struct shown_row *shown = mem_zero((json_array_size(rows) + 1) * sizeof *shown);
	size_t n = rows_by(rows, by, shown);
	struct table *t = table_new(titles);

	for (size_t i = 0; i < n && i < most; i++) {
		struct str name = json_text(shown[i].row, "name");
		table_add(t, name.n ? name : STR("-"));
		for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
			table_printf(t, "%lld", report_number(shown[i].row, columns[k]));
	}
	if (n) {
		putchar('\n');
		table_print(t, stdout);
	}
	table_free(t);
	free(shown);
}

/* ---- examples ---- */

static void print_moved_page(const char *lead, const json_t *page)
{
	printf("%s%.*s %.*s -> %.*s%s%s\n", lead, STR_ARG(json_text(page, "at")), STR_ARG(json_text(page, "labels")),
	       STR_ARG(json_text(page, "receiver")), json_yes(page, "night") ? ", at night" : "",
	       json_yes(page, "acknowledged") ? ", acknowledged" : "");
}

static void print_pages(const json_t *report, const char *which)
{
	const json_t *list = json_object_get(report, which), *page;
	long long n = report_number(json_object_get(report, "changes"), which);
	size_t i;

	if (!n)
		return;
	printf("\n%s: %lld\n", which, n);
	json_array_foreach(list, i, page)
	{
		const json_t *from = json_object_get(page, "from");
		if (i >= EXAMPLES_SHOWN)
			break;
		print_moved_page("    ", from ? from : page);
		if (from)
			print_moved_page("      now ", json_object_get(page, "to"));
	}
}

static void print_harm(const json_t *report)
{
	const json_t *c = json_object_get(report, "changes");

	if (!report_number(c, "delayed") && !report_number(c, "hidden"))
		return;
	printf("\n%lld pages come later, %lld of them somebody acknowledged\n", report_number(c, "delayed"),
	       report_number(c, "delayed_acknowledged"));
	printf("%lld do not come at all: %lld acknowledged, %lld lasted 15m or more\n", report_number(c, "hidden"),
	       report_number(c, "hidden_acknowledged"), report_number(c, "hidden_lasting"));
}

/* ---- the sweep ---- */

static void print_sweep(const json_t *report)
{
	static const char *const titles[] = {"KEY",     "VALUE",  "PAGES",   "NIGHTS",    "REMINDERS", "LATER",
	                                     "(ACKED)", "HIDDEN", "(ACKED)", "(LASTING)", NULL};
	static const char *const columns[] = {
		"pages",         "nights", "reminders", "delayed", "delayed_acknowledged", "hidden", "hidden_acknowledged",
		"hidden_lasting"};
	const json_t *rows = json_object_get(report, "sweep"), *row;
	struct table *t = table_new(titles);
	size_t i;

	json_array_foreach(rows, i, row)
	{
		table_add(t, json_text(row, "key"));
		table_add(t, json_text(row, "value"));
		for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
			table_printf(t, "%lld", report_number(row, columns[k]));
	}
	if (json_array_size(rows)) {
		putchar('\n');
		table_print(t, stdout);
	}
	table_free(t);
}

static void print_suggestions(const json_t *report)
{
	const json_t *s;
	size_t i;

	if (json_object_get(report, "suggestions"))
		puts(json_array_size(json_object_get(report, "suggestions")) ? "\nworth a try:" : "\nnothing to suggest");
	json_array_foreach(json_object_get(report, "suggestions"), i, s)
		table_text("    %.*s: %.*s", STR_ARG(json_text(s, "alertname")), STR_ARG(json_text(s, "text")));
}

void backtest_print(const json_t *report)
{
	print_backtest_head(report);
	print_before_after(report, "alertname", "ALERT", ROWS_SHOWN);
	print_before_after(report, "rule", "RULE", ROWS_SHOWN);
	print_before_after(report, "owner", "OWNER", ROWS_SHOWN);
	print_before_after(report, "severity", "SEVERITY", ROWS_SHOWN);
	print_before_after(report, "receiver", "RECEIVER", ROWS_SHOWN);
	print_before_after(report, "hour", "HOUR", HOURS_OF_A_DAY);
	print_pages(report, "added");
	print_pages(report, "removed");
	print_pages(report, "moved");
	print_harm(report);
	print_sweep(report);
	print_suggestions(report);
}
