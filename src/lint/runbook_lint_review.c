/* Reviews that are due: by the page's own cycle, else by the one that the index page states for all. */
#include "base/time.h"
#include "runbook_lint_impl.h"

/* A month alone is its last day at the earliest. */
int64_t lint_date(struct str date)
{
	AUTOBUF struct buf full;
	int64_t ms;
	buf_init(&full, 64);
	buf_add(&full, date);
	buf_add_c(&full, date.n == 7 ? "-28T00:00:00Z" : "T00:00:00Z");
	if (!time_parse(buf_str(&full), &ms))
		return 0;
	return date.n == 7 ? ms + 3 * TIME_DAY : ms;
}

/* Before "runbooks" these leave it at all of them: "review the runbooks". Any other word picks some ("critical runbooks"). */
static const char *const all_of_them[] = {"review", "all",    "the",    "each",   "every", "our",
                                          "these",  "this",   "of",     "your",   "and",   "complete",
                                          "full",   "update", "entire", "verify", "test",  "read"};

static struct str word_before(struct str text, size_t at)
{
	size_t end = at ? at - 1 : 0, from = end;
	while (from && text.p[from - 1] != ' ')
		from--;
	return str_slice(text, from, end);
}

/* What is reviewed is the runbooks themselves: not the on-call schedule, not the backup procedure. */
static bool speaks_of_runbooks(struct str text)
{
	static const char *const pages[] = {"runbook", "playbook"};
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		ptrdiff_t at = lint_words_have(text, str_c(pages[i])) ? str_find(text, str_c(pages[i])) : -1;
		struct str before = at < 0 ? (struct str){NULL, 0} : word_before(text, (size_t)at);
		bool known = at >= 0 && !before.n;
		for (size_t k = 0; at >= 0 && k < sizeof all_of_them / sizeof *all_of_them; k++)
			known = known || str_eq_c(before, all_of_them[k]);
		if (known)
			return true;
	}
	return false;
}

/* "Review all runbooks", not "check contacts" or "review recently used runbooks". */
static bool is_about_all(struct arena *arena, const struct fact_policy *p)
{
	struct str text = lint_words(arena, p->text), name = lint_words(arena, p->name);
	bool all =
		lint_words_have(text, STR("all")) || lint_words_have(text, STR("every")) || lint_words_have(text, STR("each"));
	bool pages =
		speaks_of_runbooks(text) || speaks_of_runbooks(name) || (all && lint_words_have(text, STR("procedure")));
	bool read = lint_words_have(text, STR("review")) || lint_words_have(text, STR("reviewed")) ||
	            lint_words_have(text, STR("verify")) || lint_words_have(name, STR("review"));
	return p->kind == POLICY_REVIEW && p->every.ms > 0 && read && pages &&
	       (all || !lint_words_have(text, STR("recently")));
}

static struct fact_duration cycle_for_all(const struct catalog *c, struct arena *arena, struct pos *at)
{
	const struct facts *stated = catalog_stated(c);
	struct fact_duration cycle = stated->review;
	*at = (struct pos){catalog_index_path(c).n ? catalog_index_path(c).p : NULL, 1, 1};
	for (size_t i = 0; !stated->review.ms && i < stated->policies_count; i++) {
		const struct fact_policy *p = &stated->policies[i];
		if (is_about_all(arena, p) && (!cycle.ms || p->every.ms < cycle.ms)) {
			cycle = p->every;
			*at = p->at;
		}
	}
	return cycle;
}

/* The same day so many months later; the month's last where it has no such day. */
static int64_t months_later(struct str date, int months)
{
	int64_t year, month, day = 28, ms = 0;
	if (!str_to_i64(str_slice(date, 0, 4), &year) || !str_to_i64(str_slice(date, 5, 7), &month) ||
	    (date.n > 7 && !str_to_i64(str_slice(date, 8, 10), &day)))
		return 0;
	month += months - 1;
	year += month / 12;
	month = month % 12 + 1;
	for (int64_t d = day; !ms && d > day - 4; d--) {
		AUTOBUF struct buf full;
		buf_init(&full, 64);
		buf_printf(&full, "%04lld-%02lld-%02lldT00:00:00Z", (long long)year, (long long)month, (long long)d);
		if (!time_parse(buf_str(&full), &ms))
			ms = 0;
	}
	return ms && date.n == 7 ? ms + 3 * TIME_DAY : ms;
}

/* When somebody is to read a page again: `next` where it states that, else so long after `updated`; 0: nobody says. */
struct review {
	struct str updated, next;
	struct fact_duration every;
};

static bool is_dated(const struct review *r)
{
	return r->next.n && str_cmp(r->next, r->updated) > 0;
}

static int64_t review_due_at(const struct review *r)
{
	if (is_dated(r))
		return lint_date(r->next);
	int64_t since = r->updated.n ? lint_date(r->updated) : 0;
	if (!since || r->every.ms <= 0)
		return 0;
	return r->every.months ? months_later(r->updated, r->every.months) : since + r->every.ms;
}

/* A day's grace: who reads it on the day itself is not late. */
static bool is_overdue(int64_t due, int64_t now)
{
	return due && due + TIME_DAY <= now;
}

static struct review review_of(const struct runbook *r, struct fact_duration for_all)
{
	return (struct review){r->last_updated, r->next_review, r->review_ms ? r->review : for_all};
}

int64_t runbook_overdue_since(const struct catalog *c, const struct runbook *r, int64_t now)
{
	AUTOARENA struct arena *arena = arena_new();
	struct pos at;
	struct review review = review_of(r, cycle_for_all(c, arena, &at));
	int64_t due = review_due_at(&review);
	return is_overdue(due, now) ? due : 0;
}

static void check(const struct folder_lint *l, const struct lint_page *page, const struct review *r, struct pos other)
{
	int64_t due = review_due_at(r);
	if (!is_overdue(due, l->world->as_of_ms))
		return;
	struct pos at = {page->path.p, 1, 1};
	long long late = (long long)((l->world->as_of_ms - due) / TIME_DAY);
	const char *s = late == 1 ? "" : "s";
	if (is_dated(r))
		page_finding(l, page, LINT_OVERDUE_REVIEW, at, other,
		             "to be reviewed on %.*s, overdue by %lld day%s: read it again and date it", STR_ARG(r->next), late,
		             s);
	else if (r->every.months)
		page_finding(
			l, page, LINT_OVERDUE_REVIEW, at, other,
			"last updated %.*s, to be reviewed every %d month%s, overdue by %lld day%s: read it again and date it",
			STR_ARG(r->updated), r->every.months, r->every.months > 1 ? "s" : "", late, s);
	else
		page_finding(
			l, page, LINT_OVERDUE_REVIEW, at, other,
			"last updated %.*s, to be reviewed every %lld days, overdue by %lld day%s: read it again and date it",
			STR_ARG(r->updated), (long long)(r->every.ms / TIME_DAY), late, s);
}

void lint_reviews(const struct folder_lint *l)
{
	const struct facts *index = catalog_index(l->catalog);
	const struct pos none = {NULL, 0, 0};
	struct pos stated_at;
	struct fact_duration cycle = cycle_for_all(l->catalog, l->arena, &stated_at);
	for (size_t i = 0; i < l->page_count; i++) {
		const struct runbook *r = l->pages[i].runbook;
		struct review review = {index->last_updated, index->next_review, cycle};
		if (r)
			review = review_of(r, cycle);
		else if (!str_eq(l->pages[i].path, catalog_index_path(l->catalog)))
			continue;
		bool own = r && (r->review_ms || r->next_review.n);
		check(l, &l->pages[i], &review, own ? none : stated_at);
	}
}
