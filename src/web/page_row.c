/* One incident of a list: what hurts first, then whose it is, since when and who has it. */
#include "page_open.h"

#include "base/mem.h"
#include "incident/message.h"

/* Bytes of a text that a row shows: a hundred rows are a page that is loaded on a phone, over and over. */
#define ROW_TITLE_SHOWN 240
#define ROW_NAME_SHOWN 80

static void say_cut(struct html *h, struct str text, size_t most)
{
	AUTOBUF struct buf line;

	buf_init(&line, SIZE_MAX);
	message_add_line(&line, text, most);
	html_say(h, buf_str(&line));
}

static void say_with(struct html *h, const char *before, struct str text)
{
	if (!text.n)
		return;
	html_say_c(h, before);
	say_cut(h, text, ROW_NAME_SHOWN);
}

static void write_row_about(struct page *p, const struct board_row *row, int64_t ended_at)
{
	struct html *h = &p->html;

	html_open(h, "p");
	html_class(h, "about");
	html_say_c(h, ended_at ? "began " : "since ");
	part_ago(p, row->firing_since);
	if (ended_at) {
		html_say_c(h, " ago, ended ");
		part_ago(p, ended_at);
		html_say_c(h, " ago");
	}
	say_with(h, " · ", row->owner);
	if (row->total > 1)
		html_printf(h, " · %llu of %llu alerts firing", (unsigned long long)row->firing,
		            (unsigned long long)row->total);
	if (row->acknowledged)
		say_with(h, " · acknowledged by ", row->by.n ? row->by : STR("somebody"));
	if (row->dead)
		html_leaf_c(h, "strong", "late", " · a page could not be delivered");
	html_close(h);
}

void page_row(struct page *p, const struct board_row *row, const char *state, int64_t ended_at)
{
	AUTOARENA struct arena *arena = arena_new();
	struct html *h = &p->html;

	html_open(h, "li");
	html_attr_printf(h, "class", "row %s", state);
	part_severity(p, row->severity, row->rank);
	html_say_c(h, " ");
	html_open(h, "a");
	html_attr_printf(h, "href", "%sincidents/%.*s", p->root, STR_ARG(row->key));
	say_cut(h, incident_title(arena, row->alertname, row->summary), ROW_TITLE_SHOWN);
	html_close(h);
	html_say_c(h, " ");
	part_state(p, state);
	write_row_about(p, row, ended_at);
	html_close(h);
}
