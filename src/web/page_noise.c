/* GET /noise: when pages came, and which alerts they were, by the same report as `runbookctl noise`. */
#include "base/mem.h"
#include "base/time.h"
#include "page.h"
#include "page_curve.h"
#include "service/noise.h"

struct noise_asked {
	struct api *api;
	struct http_exchange *x;
	struct api_matchers matchers;
	struct noise_query q;
};

static void asked_end(struct noise_asked *a)
{
	api_matchers_release(&a->matchers);
	arena_free(a->matchers.arena);
	mem_cleanup(&a);
}

/* ---- the form ---- */

static void write_offer(struct html *h, struct str value, struct str chosen)
{
	html_open(h, "option");
	html_attr(h, "value", value);
	if (str_eq(value, chosen))
		html_flag(h, "selected");
	html_say(h, value);
	html_close(h);
}

static void write_noise_form(struct page *p, const struct noise_asked *a)
{
	static const char *const periods[] = {"1d", "7d", "30d"};
	struct html *h = &p->html;
	struct str since = api_query(a->x, "since");

	html_open(h, "form");
	html_attr_c(h, "method", "get");
	html_attr_c(h, "role", "search");
	html_open(h, "label");
	html_say_c(h, "By ");
	html_open(h, "select");
	html_attr_c(h, "name", "by");
	for (int i = 0; i < NOISE_BYS; i++)
		write_offer(h, str_c(noise_by_names[i]), str_c(noise_by_names[a->q.by]));
	html_close(h);
	html_close(h);
	html_open(h, "label");
	html_say_c(h, "Since ");
	html_open(h, "select");
	html_attr_c(h, "name", "since");
	for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
		write_offer(h, str_c(periods[i]), since.n ? since : STR("7d"));
	html_close(h);
	html_close(h);
	html_leaf_c(h, "button", NULL, "Show");
	html_close(h);
}

/* ---- when ---- */

static uint64_t hottest(const struct noise *n)
{
	uint64_t most = 0;

	for (size_t d = 0; d < NOISE_DAYS; d++)
		for (size_t hour = 0; hour < NOISE_HOURS; hour++)
			most = n->heat[d][hour] > most ? n->heat[d][hour] : most;
	return most;
}

static void write_heat_cell(struct html *h, uint64_t pages, uint64_t most)
{
	html_open(h, "td");
	if (pages)
		html_attr_printf(h, "class", "h%d", (int)(1 + 4 * (pages - 1) / most));
	if (pages)
		html_printf(h, "%llu", (unsigned long long)pages);
	html_close(h);
}

static void write_heat_head(struct html *h)
{
	html_open(h, "tr");
	html_leaf_c(h, "td", NULL, "");
	for (int hour = 0; hour < NOISE_HOURS; hour++) {
		html_open(h, "th");
		html_attr_c(h, "scope", "col");
		html_printf(h, "%02d", hour);
		html_close(h);
	}
	html_close(h);
}

/* Monday first, as a week is read. */
static void write_heat(struct page *p, const struct noise *n)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	struct html *h = &p->html;
	uint64_t most = hottest(n);

	html_leaf_c(h, "h2", NULL, "Pages by weekday and hour");
	html_open(h, "div");
	html_class(h, "table");
	html_attr_c(h, "tabindex", "0");
	html_attr_c(h, "role", "region");
	html_attr_c(h, "aria-label", "Pages by weekday and hour");
	html_open(h, "table");
	html_class(h, "heat");
	write_heat_head(h);
	for (size_t i = 0; i < NOISE_DAYS; i++) {
		size_t day = (i + 1) % NOISE_DAYS;
		html_open(h, "tr");
		html_open(h, "th");
		html_attr_c(h, "scope", "row");
		html_say_c(h, days[day]);
		html_close(h);
		for (size_t hour = 0; hour < NOISE_HOURS; hour++)
			write_heat_cell(h, n->heat[day][hour], most);
		html_close(h);
	}
	html_close(h);
	html_close(h);
}

/* ---- which ---- */

struct noise_column {
	enum noise_measure measure;
	const char *head;
};
static const struct noise_column of_alerts[] = {
	{NOISE_PAGES, "Pages"},
	{NOISE_NIGHT_PAGES, "At night"},
	{NOISE_RECEIVED, "Alerts"},
	{NOISE_REMINDERS, "Reminders"},
	{NOISE_SUPPRESSED, "Held back"},
	{NOISE_FLAPS, "Flaps"},
	{NOISE_ACKNOWLEDGED, "Acknowledged"},
	{NOISE_SELF_RESOLVED, "Over by itself"},
};
/* What became of them since they were last edited. */
static const struct noise_column of_runbooks[] = {
	{NOISE_PAGES, "Pages"},   {NOISE_ACKNOWLEDGED, "Acknowledged"}, {NOISE_RESOLVED, "Resolved"},
	{NOISE_HELPED, "Helped"}, {NOISE_OUTDATED, "Found outdated"},   {NOISE_MISSING, "Missed something"},
};

/* What a receiver, or a person, was sent. */
static const struct noise_column of_told[] = {
	{NOISE_PAGES, "Pages"}, {NOISE_NIGHT_PAGES, "At night"}, {NOISE_REMINDERS, "Reminders"},
	{NOISE_CHAT, "Chat"},   {NOISE_TICKETS, "Tickets"},      {NOISE_ARCHIVED, "Archived"},
};

#define COLUMNS_OF(which) (*n = sizeof(which) / sizeof *(which), (which))

static const struct noise_column *noise_columns_of(enum noise_by by, size_t *n)
{
	switch (by) {
	case NOISE_RUNBOOK: return COLUMNS_OF(of_runbooks);
	case NOISE_RECEIVER:
	case NOISE_PERSON: return COLUMNS_OF(of_told);
	case NOISE_ALERTNAME:
	case NOISE_RULE:
	case NOISE_OWNER:
	case NOISE_SEVERITY:
	case NOISE_BYS: break;
	}
	return COLUMNS_OF(of_alerts);
}

static void write_number(struct html *h, uint64_t n)
{
	html_open(h, "td");
	html_class(h, "right");
	html_printf(h, "%llu", (unsigned long long)n);
	html_close(h);
}

/* A page of the folder is named with a way to it, and since when it counts. */
static void write_noise_name(struct page *p, const struct noise_row *row, enum noise_by by)
{
	struct html *h = &p->html;

	html_open(h, "th");
	html_attr_c(h, "scope", "row");
	if (by == NOISE_RUNBOOK && catalog_text(p->config->catalog, row->name))
		part_runbook_link(p, row->name, row->name, (struct str){NULL, 0});
	else
		html_say(h, row->name.n ? row->name : STR("(none)"));
	if (row->last_edited.n)
		html_printf(h, ", edited %.*s", STR_ARG(row->last_edited));
	html_close(h);
}

static void write_noise_row(struct page *p, struct noise_row *row, enum noise_by by)
{
	struct html *h = &p->html;
	size_t n;
	const struct noise_column *columns = noise_columns_of(by, &n);
	AUTOFREE char *suggestion = noise_suggestion(row);

	html_open(h, "tr");
	write_noise_name(p, row, by);
	for (size_t i = 0; i < n; i++)
		write_number(h, row->n[columns[i].measure]);
	html_leaf_c(h, "td", NULL, suggestion ? suggestion : "");
	html_close(h);
}

static void write_noise_head(struct html *h, enum noise_by by)
{
	size_t n;
	const struct noise_column *columns = noise_columns_of(by, &n);

	html_open(h, "tr");
	html_open(h, "th");
	html_attr_c(h, "scope", "col");
	html_say_c(h, noise_by_names[by]);
	html_close(h);
	for (size_t i = 0; i <= n; i++) {
		html_open(h, "th");
		html_attr_c(h, "scope", "col");
		html_say_c(h, i < n ? columns[i].head : "What might help");
		html_close(h);
	}
	html_close(h);
}

static void write_noise_rows(struct page *p, const struct noise *n, enum noise_by by)
{
	struct html *h = &p->html;
	struct noise_row **rows;
	size_t count = noise_sorted(n, p->arena, &rows);

	html_open(h, "h2");
	html_printf(h, "By %s", noise_by_names[by]);
	html_close(h);
	html_open(h, "div");
	html_class(h, "table");
	html_attr_c(h, "tabindex", "0");
	html_attr_c(h, "role", "region");
	html_attr_c(h, "aria-label", "Rows");
	html_open(h, "table");
	write_noise_head(h, by);
	for (size_t i = 0; i < count; i++)
		write_noise_row(p, rows[i], by);
	html_close(h);
	html_close(h);
}

/* ---- the page ---- */

static void write_report(struct page *p, const struct noise_asked *a, const struct noise *n)
{
	struct html *h = &p->html;

	page_begin(p, "noise", STR("Noise"), false);
	html_open(h, "h1");
	html_printf(h, "%llu pages, %llu at night", (unsigned long long)n->all.n[NOISE_PAGES],
	            (unsigned long long)n->all.n[NOISE_NIGHT_PAGES]);
	html_close(h);
	html_open(h, "p");
	html_class(h, "about");
	html_say_c(h, "since ");
	part_time(p, n->since);
	html_printf(h, ", to %zu %s; the period before had %llu", map_count(n->people),
	            map_count(n->people) == 1 ? "person" : "people", (unsigned long long)n->all.n[NOISE_PAGES_BEFORE]);
	html_close(h);
	if (noise_observes(n->config))
		html_leaf_c(
			h, "p", "about",
			"Nothing was sent (delivery.mode: observe): the pages are those that were decided, also where page_after "
			"would have spared them, and no receiver has any.");
	write_noise_form(p, a);
	write_heat(p, n);
	write_noise_rows(p, n, a->q.by);
	page_curve(p);
	page_reply(p, 200);
}

static void noise_looked(void *arg, enum operate_result result, const char *error, struct noise *report, int64_t until)
{
	struct noise_asked *a = arg;

	(void)until;
	if (report)
		write_report(page_new(a->api, a->x, "./"), a, report);
	else
		page_refuse(a->api, a->x, "./", result == OPERATE_BAD ? 400 : 503, str_c(error));
	asked_end(a);
}

void api_noise_page(struct api *api, struct http_exchange *x, struct str segment)
{
	AUTOERR struct err err = ERR_INIT;
	struct noise_asked *a = mem_zero(sizeof *a);

	(void)segment;
	*a = (struct noise_asked){.api = api, .x = x, .matchers = {.arena = arena_new()}};
	if (api_read_noise(x, &a->matchers, &a->q, &err)) {
		operate_noise_look(api->router, &a->q, noise_looked, a);
		return;
	}
	page_refuse(api, x, "./", 400, str_c(err_first(&err)));
	asked_end(a);
}
