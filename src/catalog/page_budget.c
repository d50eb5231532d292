/* Reads page_budget. */
#include "catalog/page_budget.h"

#include <stddef.h>

#include "base/time.h"

static const char *const actions[] = {[BUDGET_COUNT] = "count", [BUDGET_SAY] = "say", [BUDGET_CHAT] = "chat", NULL};

const char *page_budget_action(enum budget_action a)
{
	return actions[a];
}

enum { ROW_PAGES = 1, ROW_NIGHTS, ROWS = 4 };
static const struct option rows[ROWS] = {
	{.name = "per",
     .type = OPTION_DURATION,
     .offset = offsetof(struct page_budget, per),
     .fallback = "7d",
     .least = TIME_HOUR,
     .most = PAGE_BUDGET_PER_MOST,
     .doc = "The time that it is for, up to now."},
	[ROW_PAGES] = {.name = "pages",
                   .type = OPTION_INT,
                   .offset = offsetof(struct page_budget, pages),
                   .most = 1000000,
                   .doc = "So many messages may wake somebody."},
	[ROW_NIGHTS] = {.name = "nights",
                    .type = OPTION_INT,
                    .offset = offsetof(struct page_budget, nights),
                    .most = 1000000,
                    .doc = "So many of them at night, as noise counts it."},
	{.name = "when_exceeded",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct page_budget, when_exceeded),
     .choices = actions,
     .fallback = "count",
     .doc =
         "count: it is reported; say: its pages say so; chat: the owner's chat is told instead of whoever is woken."},
};

const struct option_table page_budget_table = OPTION_TABLE(rows);

bool page_budget_read(const struct yaml_node *node, const char *whose, struct arena *arena, struct page_budget *out,
                      struct err *err)
{
	bool given[ROWS] = {false};
	struct page_budget budget = {0};

	if (!node || yaml_is_null(node))
		return true;
	options_defaults(rows, ROWS, arena, &budget);
	if (!options_read(rows, ROWS, node, "page_budget", arena, &budget, given, err))
		return false;
	if (!given[ROW_PAGES] && !given[ROW_NIGHTS]) {
		err_at(err, node->at, "%s: page_budget must say how many: pages, nights or both", whose);
		return false;
	}
	if (!given[ROW_PAGES])
		budget.pages = BUDGET_UNBOUNDED;
	if (!given[ROW_NIGHTS])
		budget.nights = BUDGET_UNBOUNDED;
	budget.at = node->at;
	*out = budget;
	return true;
}
