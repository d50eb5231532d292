/* What several pages show: times, facts, labels, severities. */
#include <string.h>
#include <time.h>

#include "base/time.h"
#include "page.h"

void part_on_call(struct page *p, const struct on_call *who)
{
	const struct str contact = who->person ? who->person->contact : (struct str){NULL, 0};
	const struct str_aside aside = str_aside(contact);

	html_leaf(&p->html, "strong", NULL, who->name);
	html_say_c(&p->html, aside.before);
	html_say(&p->html, contact);
	html_say_c(&p->html, aside.after);
}

/* ---- times ---- */

static void open_time(struct page *p, int64_t at)
{
	char exact[TIME_FORMAT_MAX];
	html_open(&p->html, "time");
	html_attr_c(&p->html, "datetime", time_format(at, exact));
}

void part_time(struct page *p, int64_t at)
{
	char shown[64];
	struct tm local;
	time_t seconds = (time_t)(at / TIME_SECOND);

	if (!at)
		return;
	if (!localtime_r(&seconds, &local) || !strftime(shown, sizeof shown, "%Y-%m-%d %H:%M %Z", &local))
		shown[0] = '\0';
	open_time(p, at);
	html_say_c(&p->html, shown);
	html_close(&p->html);
}

/* People count in minutes; below one, in seconds; beyond two days in hours. */
static char *rounded(int64_t ms, char out[TIME_DURATION_MAX])
{
	int64_t unit = ms < TIME_MINUTE ? TIME_SECOND : ms < 2 * TIME_DAY ? TIME_MINUTE : TIME_HOUR;
	return time_duration_format((ms < 0 ? 0 : ms) / unit * unit, out);
}

void part_time_from_now(struct page *p, int64_t at, const char *past)
{
	char text[TIME_DURATION_MAX];

	if (!at)
		return;
	part_time(p, at);
	if (at >= p->now)
		html_printf(&p->html, " (in %s)", rounded(at - p->now, text));
	else
		html_printf(&p->html, " (%s %s)", rounded(p->now - at, text), past);
}

void part_ago(struct page *p, int64_t at)
{
	char text[TIME_DURATION_MAX];

	if (!at)
		return;
	open_time(p, at);
	html_class(&p->html, "ago");
	html_say_c(&p->html, rounded(p->now - at, text));
	html_close(&p->html);
}

/* ---- facts ---- */

void part_fact_begin(struct page *p, const char *name)
{
	html_leaf_c(&p->html, "dt", NULL, name);
	html_open(&p->html, "dd");
}

void part_fact_end(struct page *p)
{
	html_close(&p->html);
}

void part_fact(struct page *p, const char *name, struct str text)
{
	if (!text.n)
		return;
	part_fact_begin(p, name);
	html_say(&p->html, text);
	part_fact_end(p);
}

void part_labels(struct page *p, const char *title, const struct labels *labels)
{
	struct html *h = &p->html;

	if (!labels->n)
		return;
	html_leaf_c(h, "h2", NULL, title);
	html_open(h, "dl");
	html_class(h, "pairs");
	for (size_t i = 0; i < labels->n; i++) {
		html_leaf(h, "dt", NULL, labels->v[i].name);
		html_leaf(h, "dd", NULL, labels->v[i].value);
	}
	html_close(h);
}

void part_severity(struct page *p, struct str name, int rank)
{
	static const char *const classes[] = {"severity rank-0", "severity rank-1", "severity rank-2", "severity rank-3"};
	html_leaf(&p->html, "span", classes[rank < 0 ? 0 : rank > 3 ? 3 : rank], name.n ? name : STR("none"));
}

void part_state(struct page *p, const char *state)
{
	html_open(&p->html, "span");
	html_attr_printf(&p->html, "class", "state %s", state);
	html_say_c(&p->html, state);
	html_close(&p->html);
}

void part_runbook_link(struct page *p, struct str path, struct str title, struct str key)
{
	AUTOBUF struct buf href;

	buf_init(&href, 64 * 1024);
	buf_printf(&href, "%srunbooks/", p->root);
	html_encode(&href, path, true);
	if (key.n)
		buf_printf(&href, "?incident=%.*s", STR_ARG(key));
	html_open(&p->html, "a");
	html_href(&p->html, buf_str(&href));
	html_say(&p->html, title.n ? title : path);
	html_close(&p->html);
}
