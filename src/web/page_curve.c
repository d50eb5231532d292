/* A part of GET /noise: what waiting before a page would have spared, as a picture and as a table. */
#include "page_curve.h"

#include "base/time.h"

#define PICTURE_MAX ((size_t)64 * 1024)

static const char *const heads[] = {"page_after", "Pages", "At night", "Told later", "Never told"};
#define HEADS (sizeof heads / sizeof *heads)

static void write_curve_row(struct html *h, const struct sweep_row *row)
{
	const uint64_t numbers[] = {row->pages, row->nights, row->delayed, row->hidden};

	html_open(h, "tr");
	html_open(h, "th");
	html_attr_c(h, "scope", "row");
	html_say(h, row->value);
	html_close(h);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		html_open(h, "td");
		html_class(h, "right");
		html_printf(h, "%llu", (unsigned long long)numbers[i]);
		html_close(h);
	}
	html_close(h);
}

static void write_curve_table(struct html *h, const struct sweep *s)
{
	html_open(h, "div");
	html_class(h, "table");
	html_attr_c(h, "tabindex", "0");
	html_attr_c(h, "role", "region");
	html_attr_c(h, "aria-label", "Pages by page_after");
	html_open(h, "table");
	html_open(h, "tr");
	for (size_t i = 0; i < HEADS; i++) {
		html_open(h, "th");
		html_attr_c(h, "scope", "col");
		html_say_c(h, heads[i]);
		html_close(h);
	}
	html_close(h);
	for (size_t i = 0; i < s->count; i++)
		write_curve_row(h, &s->rows[i]);
	html_close(h);
	html_close(h);
}

static void write_picture(struct html *h, const struct noise_curve *c)
{
	AUTOBUF struct buf picture;

	buf_init(&picture, PICTURE_MAX);
	backtest_svg(&picture, c->sweep->rows, c->sweep->count, c->pages);
	html_open(h, "div");
	html_class(h, "curve");
	if (buf_ok(&picture))
		html_trusted(h, buf_str(&picture));
	html_close(h);
}

static void write_known(struct page *p, const struct noise_curve *c)
{
	struct html *h = &p->html;

	html_open(h, "p");
	html_class(h, "about");
	html_printf(h, "%llu alerts of this daemon's journal%s, from ", (unsigned long long)c->alerts,
	            c->cut ? " (there were more)" : "");
	part_time(p, c->since);
	html_say_c(h, " to ");
	part_time(p, c->until);
	html_say_c(h, ", replayed ");
	part_time_from_now(p, c->made_at, "ago");
	html_printf(h, ": by the rules as they are, %llu pages, %llu at night.", (unsigned long long)c->pages,
	            (unsigned long long)c->nights);
	html_close(h);
	write_picture(h, c);
	write_curve_table(h, c->sweep);
}

void page_curve(struct page *p)
{
	const struct noise_curve *c;
	struct html *h = &p->html;

	if (!noise_curves_look(p->api->curves, p->now, &c))
		return;
	html_leaf_c(h, "h2", NULL, "What waiting would spare");
	if (!c)
		html_leaf_c(h, "p", "about", "The journal is being replayed: load this page again in a while.");
	else if (*c->error)
		html_leaf_c(h, "p", "about", "The journal cannot be replayed yet; runbookctl backtest says why.");
	else if (!c->pages)
		html_leaf_c(h, "p", "about", "By the journal of this daemon nobody was paged in the last days.");
	else
		write_known(p, c);
}
