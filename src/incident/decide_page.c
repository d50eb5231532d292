/* Step 4 of a body: who begins to fire is paged, unless somebody who was told of surely fires. */
#include <string.h>

#include "incident/deciding.h"
#include "incident/held.h"

static bool surely_fires(const struct deciding *on)
{
	const struct incident *inc = on->inc;
	for (size_t i = 0; i < on->n; i++)
		if (is_firing(&on->of[i]) && on->of[i].kind == KIND_VETERAN && !row_waits(inc, &on->of[i].after))
			return true;
	for (size_t i = 0; i < inc->row_count; i++)
		if (strcmp(inc->rows[i].group, on->body->group) != 0 && row_folds(on, &inc->rows[i]))
			return true;
	return on->sure;
}

/* Graver than what was paged, or waits to be, in this episode. */
static bool raises(const struct deciding *on, const struct listed *l)
{
	return (on->was_paged || on->was_waiting) && l->a->plan->severity.rank < on->inc->severity.rank;
}

/* The late ones are looked at behind the others: who is paged at once does not take them along. */
static bool is_late_and_quiet(const struct listed *l)
{
	return l->kind == KIND_LATE && !l->raises;
}

static bool takes_part(const struct listed *l, bool late)
{
	return is_firing(l) && l->kind != KIND_QUIET && is_late_and_quiet(l) == late;
}

/* Whose words the page says: the gravest of those who begin it, the first of equals. NULL: all of them are folded. */
static struct listed *choose_speaker(struct deciding *on, bool late, bool sure)
{
	bool folds = incident_is_paged(on->inc) && sure;
	struct listed *speaker = NULL;
	for (size_t i = 0; i < on->n; i++) {
		struct listed *l = &on->of[i];
		if (!takes_part(l, late))
			continue;
		l->pages = l->raises || (l->kind != KIND_VETERAN && !folds);
		if (l->pages && (!speaker || l->a->plan->severity.rank < speaker->a->plan->severity.rank))
			speaker = l;
	}
	return speaker;
}

static void note_page(struct deciding *on, const struct listed *by, bool late)
{
	struct incident *inc = on->inc;
	if (late) {
		incident_note(inc, on->now, "late_firing", "pages only if it still fires after the grace");
		return;
	}
	incident_note(inc, on->now,
	              by->raises         ? "severity_raised"
	              : inc->count.pages ? "reopened"
	                                 : "opened",
	              "severity %.*s, %s%.*s", STR_ARG(by->a->plan->severity.name), inc->rule.n ? "rule " : "no rule",
	              STR_ARG(inc->rule));
}

static void begin_page(struct deciding *on, struct listed *by, bool late)
{
	struct incident *inc = on->inc;
	bool on_its_way = incident_is_waiting(inc) && (inc->due_why == DUE_PAGE_AFTER || late);
	if (on_its_way && !by->raises)
		return;
	by->begins = true;
	if (by->raises && !incident_is_paged(inc)) /* he has what he knew of */
		incident_unacknowledge(inc, on->now, "severity_raised");
	episode_take_page(inc, by->a, on->opened);
	note_page(on, by, late);
	if (incident_is_paged(inc) && !by->raises && !late)
		episode_changed(inc, on->now);
	inc->due_why = late ? DUE_LATE_GRACE : DUE_PAGE_AFTER;
}

/* What is due while its hours are closed is held until they open, and dropped if it has ended by then. */
static int64_t page_due(struct deciding *on, const struct listed *l, bool late)
{
	char text[TIME_FORMAT_MAX];
	int64_t due = on->now + (late ? on->policy->late_grace : l->a->plan->page_after.ms);
	int64_t open = plan_open_from(l->a->plan, due);
	held_note(on->inc, l->a->plan);
	held_wait(on->inc, due, open);
	if (open == due || !l->begins)
		return open;
	incident_note(on->inc, on->now, "held", "paged at %s, if it still fires then", time_format(open, text));
	if (!incident_is_paged(on->inc))
		episode_hold_page(on->inc, l->a->plan, on->now + (open - due));
	return open;
}

/* True where one of them waits for nothing: then it is paged in this commit. What others wait for is the clock's. */
static bool wait_for_page(struct deciding *on, bool late)
{
	struct incident *inc = on->inc;
	uint64_t from = inc->generation + 1;
	bool at_once = false;
	for (size_t i = 0; i < on->n; i++) {
		struct listed *l = &on->of[i];
		if (!takes_part(l, late) || !l->pages)
			continue;
		int64_t due = page_due(on, l, late);
		at_once = at_once || due <= on->now;
		row_wait(inc, &l->after);
		episode_receivers(inc, l->a->plan, from, on->now);
	}
	return at_once;
}

static bool page_those(struct deciding *on, bool late, bool sure)
{
	struct listed *by = choose_speaker(on, late, sure);
	if (!by)
		return false;
	begin_page(on, by, late);
	if (wait_for_page(on, late))
		episode_page(on->inc, on->now, by->raises ? "severity_raised" : "reopened");
	return true;
}

/* Who is folded is told of where the page was told, and whom his plan names beside. */
static void fold_the_others(struct deciding *on)
{
	struct incident *inc = on->inc;
	for (size_t i = 0; i < on->n; i++) {
		struct listed *l = &on->of[i];
		if (!is_firing(l) || l->kind == KIND_QUIET)
			continue;
		inc->quiet_at = 0;
		if (!l->pages)
			episode_receivers(inc, l->a->plan, inc->generation + row_waits(inc, &l->after), on->now);
	}
}

void decide_pages(struct deciding *on)
{
	struct incident *inc = on->inc;
	on->flaps = inc->quiet_at != 0;
	for (size_t i = 0; i < on->n; i++)
		if (is_firing(&on->of[i]) && on->of[i].kind != KIND_QUIET)
			on->of[i].raises = raises(on, &on->of[i]);
	bool sure = surely_fires(on);
	bool paged = page_those(on, false, sure);
	paged = page_those(on, true, sure) || paged;
	fold_the_others(on);
	if (on->flaps && !inc->quiet_at) {
		inc->count.flaps += !paged;
		episode_changed(inc, on->now);
	}
}
