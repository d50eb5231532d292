/* Reviews that are due: by the page's own cycle, else by the one that the index page states for all. */
#include "base/time.h"
#include "runbook_lint_impl.h"

/* A month alone is its last day at the earliest. */
static int64_t date_ms(struct str date)
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

/* "Review all runbooks", not "check contacts" or "review recently used runbooks". */
static bool is_about_all(struct arena *arena, const struct fact_policy *p)
{
	struct str text = lint_words(arena, p->text);
	bool all =
		lint_words_have(text, STR("all")) || lint_words_have(text, STR("every")) || lint_words_have(text, STR("each"));
	bool pages = lint_words_have(text, STR("runbook")) || lint_words_have(text, STR("procedure"));
	bool read = lint_words_have(text, STR("review")) || lint_words_have(text, STR("verify")) ||
	            lint_words_have(lint_words(arena, p->name), STR("review"));
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

/* A day's grace: who reads it on the day itself is not late. */
static int64_t due_at(struct str updated, int64_t cycle)
{
	int64_t since = updated.n ? date_ms(updated) : 0;
	return since && cycle > 0 ? since + cycle : 0;
}

static bool is_overdue(int64_t due, int64_t now)
{
	return due && due + TIME_DAY <= now;
}

int64_t runbook_overdue_since(const struct catalog *c, const struct runbook *r, int64_t now)
{
	AUTOARENA struct arena *arena = arena_new();
	struct pos at;
	int64_t due = due_at(r->last_updated, r->review_ms ? r->review_ms : cycle_for_all(c, arena, &at).ms);
	return is_overdue(due, now) ? due : 0;
}

static void check(const struct folder_lint *l, const struct lint_page *page, struct str updated, int64_t cycle,
                  struct pos other)
{
	int64_t due = due_at(updated, cycle);
	if (!is_overdue(due, l->world->as_of_ms))
		return;
	int64_t late = (l->world->as_of_ms - due) / TIME_DAY;
	page_finding(l, page, LINT_OVERDUE_REVIEW, (struct pos){page->path.p, 1, 1}, other,
	             "last updated %.*s, to be reviewed every %lld days, overdue by %lld days: read it again and date it",
	             STR_ARG(updated), (long long)(cycle / TIME_DAY), (long long)late);
}

void lint_reviews(const struct folder_lint *l)
{
	const struct facts *index = catalog_index(l->catalog);
	const struct pos none = {NULL, 0, 0};
	struct pos stated_at;
	struct fact_duration cycle = cycle_for_all(l->catalog, l->arena, &stated_at);
	for (size_t i = 0; i < l->page_count; i++) {
		const struct runbook *r = l->pages[i].runbook;
		if (r)
			check(l, &l->pages[i], r->last_updated, r->review_ms ? r->review_ms : cycle.ms,
			      r->review_ms ? none : stated_at);
		else if (str_eq(l->pages[i].path, catalog_index_path(l->catalog)))
			check(l, &l->pages[i], index->last_updated, cycle.ms, stated_at);
	}
}
