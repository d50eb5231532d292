/* The curve of a sweep: pages, pages at night, and where these are asked about reminders, for each value. By itself on white; a page's style sheet may name its classes. */
#include "replay/backtest.h"

#define WIDTH 640
#define HEIGHT 320
#define LEFT 60
#define TOP 30
#define PLOT_WIDTH (WIDTH - LEFT - 20)
#define PLOT_HEIGHT (HEIGHT - TOP - 60)

/* Only how often is reminded follows from it: the pages are the same. */
static bool is_about_reminders(const struct sweep_row *rows, size_t n)
{
	return n && str_eq_c(rows[0].key, "repeat_interval");
}

static uint64_t highest(const struct sweep_row *rows, size_t n, uint64_t pages_now)
{
	const bool reminders = is_about_reminders(rows, n);
	uint64_t most = pages_now ? pages_now : 1;

	for (size_t i = 0; i < n; i++) {
		most = rows[i].pages > most ? rows[i].pages : most;
		most = reminders && rows[i].reminders > most ? rows[i].reminders : most;
	}
	return most;
}

static double x_of(size_t i, size_t n)
{
	return LEFT + (n > 1 ? (double)i * PLOT_WIDTH / (double)(n - 1) : PLOT_WIDTH / 2.0);
}

static double y_of(uint64_t value, uint64_t most)
{
	return TOP + PLOT_HEIGHT - (double)value * PLOT_HEIGHT / (double)most;
}

static void add_svg_text(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '<': buf_add_c(out, "&lt;"); break;
		case '>': buf_add_c(out, "&gt;"); break;
		case '&': buf_add_c(out, "&amp;"); break;
		default: buf_add_char(out, (unsigned char)s.p[i] < 0x20 ? ' ' : s.p[i]);
		}
	}
}

static uint64_t pages_of_row(const struct sweep_row *r)
{
	return r->pages;
}

static uint64_t nights_of_row(const struct sweep_row *r)
{
	return r->nights;
}

static uint64_t reminders_of_row(const struct sweep_row *r)
{
	return r->reminders;
}

static const struct sweep_curve {
	const char *name, *colour, *dashes;
	uint64_t (*of)(const struct sweep_row *r);
} curve_of_pages = {"pages", "#c33", "none", pages_of_row}, curve_of_nights = {"nights", "#36c", "8 3", nights_of_row},
  curve_of_reminders = {"reminders", "#383", "2 3", reminders_of_row};

static void add_sweep_curve(struct buf *out, const struct sweep_row *rows, size_t n, uint64_t most,
                            const struct sweep_curve *c)
{
	buf_printf(out,
	           "<polyline class=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\" "
	           "points=\"",
	           c->name, c->colour, c->dashes);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%.1f,%.1f", i ? " " : "", x_of(i, n), y_of(c->of(&rows[i]), most));
	buf_add_c(out, "\"/>\n");
}

static void add_curve_value(struct buf *out, const struct sweep_row *r, double x, uint64_t most)
{
	buf_printf(out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">", x, TOP + PLOT_HEIGHT + 20);
	add_svg_text(out, r->value);
	buf_printf(
		out, "</text>\n<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" class=\"value\" fill=\"#c33\">%llu</text>\n",
		x, y_of(r->pages, most) - 6, (unsigned long long)r->pages);
}

/* What the picture shows, for whoever hears it. */
static void add_description(struct buf *out, const struct sweep_row *rows, size_t n, uint64_t pages_now)
{
	buf_add_c(out, "<title id=\"curve-title\">Pages by ");
	add_svg_text(out, n ? rows[0].key : STR(""));
	buf_printf(out, "</title>\n<desc id=\"curve-desc\">As it is: %llu pages.", (unsigned long long)pages_now);
	for (size_t i = 0; i < n; i++) {
		buf_add_c(out, " With ");
		add_svg_text(out, rows[i].value);
		buf_printf(out, ": %llu, %llu at night", (unsigned long long)rows[i].pages, (unsigned long long)rows[i].nights);
		if (is_about_reminders(rows, n))
			buf_printf(out, ", %llu reminders", (unsigned long long)rows[i].reminders);
		buf_add_c(out, ".");
	}
	buf_add_c(out, "</desc>\n");
}

void backtest_svg(struct buf *out, const struct sweep_row *rows, size_t n, uint64_t pages_now)
{
	uint64_t most = highest(rows, n, pages_now);
	double now = y_of(pages_now, most);

	buf_printf(out,
	           "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
	           "role=\"img\" aria-labelledby=\"curve-title curve-desc\" font-family=\"sans-serif\" "
	           "font-size=\"12\">\n",
	           WIDTH, HEIGHT, WIDTH, HEIGHT);
	add_description(out, rows, n, pages_now);
	buf_add_c(out, "<rect class=\"ground\" width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
	buf_printf(out, "<path class=\"axis\" d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#999\"/>\n", LEFT, TOP,
	           TOP + PLOT_HEIGHT, LEFT + PLOT_WIDTH);
	buf_printf(
		out,
		"<line class=\"axis\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#999\" stroke-dasharray=\"4\"/>\n",
		LEFT, LEFT + PLOT_WIDTH, now, now);
	buf_printf(out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%llu</text>\n", LEFT - 6, now + 4,
	           (unsigned long long)pages_now);
	add_sweep_curve(out, rows, n, most, &curve_of_pages);
	add_sweep_curve(out, rows, n, most, &curve_of_nights);
	if (is_about_reminders(rows, n))
		add_sweep_curve(out, rows, n, most, &curve_of_reminders);
	for (size_t i = 0; i < n; i++)
		add_curve_value(out, &rows[i], x_of(i, n), most);
	buf_printf(out, "<text x=\"%d\" y=\"%d\">pages (red), at night (blue, broken)%s, by ", LEFT, HEIGHT - 12,
	           is_about_reminders(rows, n) ? ", reminders (green, dotted)" : "");
	add_svg_text(out, n ? rows[0].key : STR(""));
	buf_add_c(out, "; thin: as it is</text>\n</svg>\n");
}
