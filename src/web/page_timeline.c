/* What has happened to an incident, the latest first, what happened the last times, and what is owed after them. */
#include <string.h>

#include "base/mem.h"
#include "base/time.h"
#include "incident/followup.h"
#include "page_incident.h"

/* "severity_raised" -> "severity raised" */
static void write_words(struct html *h, struct str what)
{
	for (size_t from = 0; from < what.n;) {
		struct str rest = str_slice(what, from, what.n);
		ptrdiff_t bar = str_index(rest, '_');
		html_say(h, str_slice(rest, 0, bar < 0 ? rest.n : (size_t)bar));
		html_say_c(h, bar < 0 ? "" : " ");
		from += bar < 0 ? rest.n : (size_t)bar + 1;
	}
}

static void write_happening(struct page *p, const struct incident_event *e)
{
	struct html *h = &p->html;

	html_open(h, "li");
	part_time(p, e->at);
	html_say_c(h, " ");
	html_open(h, "b");
	write_words(h, e->what);
	html_close(h);
	if (e->detail.n) {
		html_say_c(h, " ");
		html_say(h, e->detail);
	}
	html_close(h);
}

void incident_timeline(struct page *p, const struct incident *inc)
{
	struct html *h = &p->html;

	if (!inc->timeline_count)
		return;
	html_leaf_c(h, "h2", NULL, "Timeline");
	html_open(h, "ol");
	html_class(h, "timeline");
	for (size_t i = inc->timeline_count; i-- > 0;)
		write_happening(p, &inc->timeline[i]);
	html_close(h);
	if (inc->timeline_dropped) {
		html_open(h, "p");
		html_class(h, "about");
		html_printf(h, "%zu earlier ones are not kept.", inc->timeline_dropped);
		html_close(h);
	}
}

static void write_episode(struct page *p, const struct incident_episode *e)
{
	struct html *h = &p->html;
	char lasted[TIME_DURATION_MAX];

	html_open(h, "li");
	part_time(p, e->started_at);
	html_printf(h, ", for %s", time_duration_format((e->resolved_at - e->started_at) / 1000 * 1000, lasted));
	if (e->acknowledged.at)
		html_printf(h, ", acknowledged by %.*s", STR_ARG(e->acknowledged.by.n ? e->acknowledged.by : STR("somebody")));
	if (e->acknowledged.note.n) {
		html_say_c(h, ": ");
		html_leaf(h, "em", NULL, e->acknowledged.note);
	}
	html_close(h);
}

/* A closed record already counts the episode it shows among the previous ones. */
void incident_previous(struct page *p, const struct incident *inc)
{
	size_t first = !incident_is_open(inc) && inc->previous_count && inc->previous[0].started_at == inc->started_at;

	if (first >= inc->previous_count)
		return;
	html_leaf_c(&p->html, "h2", NULL, "Last times");
	html_open(&p->html, "ol");
	for (size_t i = first; i < inc->previous_count; i++)
		write_episode(p, &inc->previous[i]);
	html_close(&p->html);
}

static void write_owed(struct page *p, const struct followup *f)
{
	struct html *h = &p->html;

	html_open(h, "li");
	html_leaf(h, "b", NULL, f->name);
	if (f->done.at) {
		html_printf(h, ", done by %.*s ", STR_ARG(f->done.by.n ? f->done.by : STR("somebody")));
		part_time(p, f->done.at);
	} else if (f->due_at) {
		html_say_c(h, f->due_at <= p->now ? ", overdue since " : ", due ");
		part_time(p, f->due_at);
	}
	html_say_c(h, ", after what began ");
	part_time(p, f->started_at);
	html_close(h);
}

/* Of earlier times too: it stays owed when the incident opens again. */
void incident_owed(struct page *p, const struct incident *inc)
{
	AUTOARENA struct arena *arena = arena_new();
	struct followup *list;
	size_t n = incident_followups(inc, catalog_stated_for(p->config->catalog, inc->runbook.path), arena, &list);

	if (!n)
		return;
	html_leaf_c(&p->html, "h2", NULL, "Owed afterwards");
	html_open(&p->html, "ul");
	for (size_t i = 0; i < n; i++)
		write_owed(p, &list[i]);
	html_close(&p->html);
}
