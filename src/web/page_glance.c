/* What stands beside the list: who is on call, whether the store keeps, whether receivers deliver. */
#include "base/time.h"
#include "page_open.h"
#include "service/dispatcher.h"

#define TROUBLED_MOST 20 /* receivers that are named */
#define SCHEDULES_MOST 50

static void section_begin(struct html *h, const char *title)
{
	html_open(h, "section");
	html_leaf_c(h, "h2", NULL, title);
}

/* ---- who is on call ---- */

static void write_turn_glance(struct page *p, const struct turn *turn)
{
	struct html *h = &p->html;

	for (size_t i = 0; i < turn->count; i++) {
		html_say_c(h, i ? ", " : "");
		part_on_call(p, &turn->v[i]);
	}
	if (!turn->count) {
		html_leaf_c(h, "strong", "late", "nobody");
		return;
	}
	html_say_c(h, " until ");
	part_time(p, turn->v[0].until);
}

static void write_schedule_glance(struct page *p, const struct schedule *s)
{
	struct turn turn = {0};
	const char *why = NULL;

	html_leaf(&p->html, "dt", NULL, s->name);
	html_open(&p->html, "dd");
	if (schedule_turn_at(p->config->catalog, s, p->now, &turn, &why))
		write_turn_glance(p, &turn);
	else
		html_leaf_c(&p->html, "span", "late", why);
	html_close(&p->html);
}

static void write_on_call(struct page *p)
{
	const struct schedule *const *all;
	size_t n = catalog_schedules(p->config->catalog, &all);

	section_begin(&p->html, "On call");
	if (!n)
		html_leaf_c(&p->html, "p", "about", "No schedules are configured.");
	html_open(&p->html, "dl");
	for (size_t i = 0; i < n && i < SCHEDULES_MOST; i++)
		write_schedule_glance(p, all[i]);
	html_close(&p->html);
	html_close(&p->html);
}

/* ---- the store ---- */

static void write_store(struct page *p, const struct store_health *s)
{
	struct html *h = &p->html;
	bool fine = s->up && s->durable;

	html_leaf_c(h, "dt", NULL, s->name);
	html_open(h, "dd");
	if (!fine)
		html_class(h, "late");
	html_say_c(h, s->up ? "up" : "down");
	html_say_c(h, s->serving ? ", serving" : "");
	html_say_c(h, s->up && !s->durable ? ", may lose what it has acknowledged" : "");
	if (s->why[0])
		html_printf(h, ": %s", s->why);
	html_close(h);
}

static void write_stores(struct page *p)
{
	struct store *s = p->api->router->store;
	struct store_health parts[STORE_PARTS_MAX];
	size_t n = s->ops->parts(s, parts);

	section_begin(&p->html, "Store");
	html_open(&p->html, "dl");
	for (size_t i = 0; i < n; i++)
		write_store(p, &parts[i]);
	html_close(&p->html);
	html_close(&p->html);
}

/* ---- receivers ---- */

#define LATE_MS TIME_MINUTE

static bool is_troubled(const struct dispatcher_figure *f)
{
	return f->dead || f->oldest_ms > LATE_MS || !str_eq_c(str_c(f->breaker), "closed");
}

static void write_receiver(struct page *p, const struct dispatcher_figure *f)
{
	struct html *h = &p->html;
	char age[TIME_DURATION_MAX];

	html_leaf(h, "dt", NULL, f->name);
	html_open(h, "dd");
	html_class(h, "late");
	html_printf(h, "%s: %zu waiting", f->kind, f->queue);
	if (f->oldest_ms)
		html_printf(h, ", the oldest for %s", time_duration_format(f->oldest_ms / 1000 * 1000, age));
	if (f->dead)
		html_printf(h, ", %zu given up", f->dead);
	if (!str_eq_c(str_c(f->breaker), "closed"))
		html_printf(h, ", breaker %s", f->breaker);
	html_close(h);
}

static void write_receivers_glance(struct page *p)
{
	struct dispatcher_figure f;
	size_t all = 0, troubled = 0;
	bool observes = p->config->delivery.mode == DELIVERY_OBSERVE;

	section_begin(&p->html, "Receivers");
	if (observes)
		html_leaf_c(&p->html, "p", "note", "delivery.mode is observe: everything is decided, nothing is sent.");
	html_open(&p->html, "dl");
	for (size_t i = 0; dispatcher_next(p->api->router->dispatcher, &i, &f); all++) {
		if (is_troubled(&f) && troubled++ < TROUBLED_MOST)
			write_receiver(p, &f);
	}
	html_close(&p->html);
	html_open(&p->html, "p");
	html_class(&p->html, "about");
	html_printf(&p->html, "%zu of %zu deliver", all - troubled, all);
	html_close(&p->html);
	html_close(&p->html);
}

void page_glance(struct page *p)
{
	html_open(&p->html, "aside");
	html_class(&p->html, "glance");
	html_attr_c(&p->html, "aria-label", "At a glance");
	write_on_call(p);
	write_stores(p);
	write_receivers_glance(p);
	html_close(&p->html);
}
