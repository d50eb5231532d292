/* GET /oncall: who is on call now, and in the days to come. */
#include "base/time.h"
#include "catalog/schedule.h"
#include "page.h"

#define DAYS_AHEAD 14
#define TURNS_MOST 100

static void write_people(struct page *p, const struct turn *t)
{
	struct html *h = &p->html;

	for (size_t i = 0; i < t->count; i++) {
		html_say_c(h, i ? ", " : "");
		part_on_call(p, &t->v[i]);
	}
	if (!t->count)
		html_leaf_c(h, "strong", "late", "nobody");
	if (t->overlap)
		html_leaf_c(h, "span", "late", " several shifts at once");
}

static void write_turn(struct page *p, const struct turn *t)
{
	struct html *h = &p->html;
	bool now = t->from <= p->now && p->now < t->until;

	html_open(h, "li");
	if (now)
		html_leaf_c(h, "span", "tag", "now");
	html_say_c(h, now ? " " : "");
	write_people(p, t);
	html_say_c(h, " from ");
	part_time(p, t->from);
	html_say_c(h, " until ");
	part_time(p, t->until);
	html_close(h);
}

static void write_schedule(struct page *p, const struct schedule *s)
{
	struct html *h = &p->html;
	struct turns turns = {0};
	const char *why = NULL;
	const struct err *trouble = &s->calendar->trouble;

	html_leaf(h, "h2", NULL, s->name);
	if (err_any(trouble))
		html_leaf_c(h, "p", "note late", err_first(trouble));
	if (!schedule_turns(p->config->catalog, s, p->now, p->now + DAYS_AHEAD * TIME_DAY, p->arena, &turns, &why)) {
		html_leaf_c(h, "p", "note late", why);
		return;
	}
	html_open(h, "ul");
	for (size_t i = 0; i < turns.count && i < TURNS_MOST; i++)
		write_turn(p, &turns.v[i]);
	html_close(h);
}

void api_oncall_page(struct api *api, struct http_exchange *x, struct str segment)
{
	struct page *p = page_new(api, x, "./");
	const struct schedule *const *all;
	size_t n = catalog_schedules(p->config->catalog, &all);

	(void)segment;
	page_begin(p, "oncall", STR("On call"), false);
	html_leaf_c(&p->html, "h1", NULL, "On call");
	if (!n)
		html_leaf_c(&p->html, "p", NULL, "No schedules are configured.");
	for (size_t i = 0; i < n; i++)
		write_schedule(p, all[i]);
	page_reply(p, 200);
}
