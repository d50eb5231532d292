/* What a backtest found, as INTERFACE section 7 shapes it. */
#include "base/map.h"
#include "base/time.h"
#include "base/zone.h"
#include "incident/message.h"
#include "replay/backtest.h"

/* ---- rows ---- */

struct row_list {
	enum page_field by;
	const struct variant *before, *after;
	json_t *rows;
};

static void add_before_after(struct row_list *l, struct str name)
{
	const struct page_count before = variant_count(l->before, l->by, name),
							after = variant_count(l->after, l->by, name);

	json_array_append_new(l->rows,
	                      json_pack("{s:s, s:o, s:I, s:I, s:I, s:I}", "by", page_field_name(l->by), "name",
	                                name.n ? view_text(name) : json_string(""), "before", (json_int_t)before.pages,
	                                "after", (json_int_t)after.pages, "nights_before", (json_int_t)before.nights,
	                                "nights_after", (json_int_t)after.nights));
}

static void row_of_before(void *arg, struct str name)
{
	add_before_after(arg, name);
}

static void row_of_after(void *arg, struct str name)
{
	struct row_list *l = arg;

	if (!variant_count(l->before, l->by, name).pages)
		add_before_after(l, name);
}

static json_t *rows_json(const struct variant *before, const struct variant *after)
{
	json_t *rows = json_array();

	for (int f = 0; f < PAGE_FIELDS; f++) {
		struct row_list l = {(enum page_field)f, before, after, rows};
		variant_names(before, l.by, row_of_before, &l);
		variant_names(after, l.by, row_of_after, &l);
	}
	return rows;
}

/* ---- examples ---- */

static json_t *page_json(const struct backtest_page *p)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:o}", "at", view_time(p->at), "alertname",
	                 view_text(p->by[BY_ALERTNAME]), "labels", view_text(p->labels), "rule", view_text(p->by[BY_RULE]),
	                 "owner", view_text(p->by[BY_OWNER]), "severity", view_text(p->by[BY_SEVERITY]), "receiver",
	                 view_text(p->by[BY_RECEIVER]), "night", p->night, "acknowledged", p->acknowledged, "lasted",
	                 p->lasted < 0 ? json_null() : view_duration(p->lasted));
}

static json_t *pages_json(const struct backtest_page *const *pages, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, page_json(pages[i]));
	return list;
}

static json_t *moved_json(const struct moved_page *moved, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list,
		                      json_pack("{s:o, s:o}", "from", page_json(moved[i].from), "to", page_json(moved[i].to)));
	return list;
}

/* ---- the whole ---- */

static json_t *variant_totals_json(const struct variant *v)
{
	return json_pack("{s:I, s:I}", "pages", (json_int_t)variant_page_count(v), "nights", (json_int_t)variant_nights(v));
}

static json_t *fidelity_json(const struct variant *v)
{
	const struct backtest_fidelity *f = variant_fidelity(v);

	if (!f->same && !f->different)
		return json_null();
	return json_pack("{s:I, s:I, s:O}", "same", (json_int_t)f->same, "different", (json_int_t)f->different, "examples",
	                 f->examples);
}

static json_t *history_json(const struct history_figures *f)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "files", (json_int_t)f->files, "lines", (json_int_t)f->lines,
	                 "unreadable", (json_int_t)f->unreadable, "incomplete", (json_int_t)f->incomplete, "lost",
	                 (json_int_t)f->lost);
}

static json_t *sweep_json(const struct sweep_row *rows, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct sweep_row *r = &rows[i];
		json_array_append_new(list, json_pack("{s:s%, s:s%, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "key", r->key.p,
		                                      r->key.n, "value", r->value.p, r->value.n, "pages", (json_int_t)r->pages,
		                                      "nights", (json_int_t)r->nights, "reminders", (json_int_t)r->reminders,
		                                      "delayed", (json_int_t)r->delayed, "hidden", (json_int_t)r->hidden,
		                                      "delayed_acknowledged", (json_int_t)r->delayed_acknowledged,
		                                      "hidden_acknowledged", (json_int_t)r->hidden_acknowledged,
		                                      "hidden_lasting", (json_int_t)r->hidden_lasting));
	}
	return list;
}

static json_t *counts_json(const struct page_changes *c)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "added", (json_int_t)c->added, "removed",
	                 (json_int_t)c->removed, "moved", (json_int_t)c->moved, "delayed", (json_int_t)c->delayed, "hidden",
	                 (json_int_t)c->hidden, "delayed_acknowledged", (json_int_t)c->delayed_acknowledged,
	                 "hidden_acknowledged", (json_int_t)c->hidden_acknowledged, "hidden_lasting",
	                 (json_int_t)c->hidden_lasting);
}

json_t *backtest_report(const struct backtest *b, const struct variant *before, const struct variant *after,
                        const struct sweep_row *sweep, size_t sweep_count)
{
	struct page_changes c;

	page_changes_find(&c, before, after);
	json_t *report = json_pack(
		"{s:o, s:o, s:I, s:s, s:o, s:o, s:{s:I, s:I}, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "since",
		view_time(b->since), "until", view_time(b->until), "alerts", (json_int_t)history_figures(b->history)->alerts,
		"night", NIGHT_OF_PEOPLE, "before", variant_totals_json(before), "after", variant_totals_json(after),
		"reminders", "before", (json_int_t)variant_reminders(before), "after", (json_int_t)variant_reminders(after),
		"changes", counts_json(&c), "rows", rows_json(before, after), "added",
		pages_json(c.added_examples, c.added_kept), "removed", pages_json(c.removed_examples, c.removed_kept), "moved",
		moved_json(c.moved_examples, c.moved_kept), "sweep", sweep_json(sweep, sweep_count), "recorded",
		fidelity_json(before), "history", history_json(history_figures(b->history)));
	page_changes_release(&c);
	return report;
}
