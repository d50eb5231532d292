/*
 * How many pages an owner, or a rule, may cost: page_budget: {per: 7d, pages: 20, nights: 3, when_exceeded: say}. What was
 * used of it is for service/budgets.h to know.
 */
#ifndef CATALOG_PAGE_BUDGET_H
#define CATALOG_PAGE_BUDGET_H

#include "base/err.h"
#include "base/options.h"
#include "base/yaml.h"

#define PAGE_BUDGET_PER_MOST (35 * TIME_DAY) /* counters are kept for so long */

enum budget_action {
	BUDGET_COUNT, /* it is counted and reported */
	BUDGET_SAY,   /* its pages say so, too */
	BUDGET_CHAT,  /* new pages go to the owner's chat instead; never those of the gravest severity */
};

struct page_budget {
	int64_t per;           /* ms; 0: there is none */
	int64_t pages, nights; /* BUDGET_UNBOUNDED: as many as there are */
	int when_exceeded;     /* enum budget_action */
	struct pos at;
};
#define BUDGET_UNBOUNDED (-1)
const char *page_budget_action(enum budget_action a); /* as it is written */

extern const struct option_table page_budget_table;
/* False with lines in `err`; `whose` is the word for who has it ("rule", "owner"). NULL is none. */
bool page_budget_read(const struct yaml_node *node, const char *whose, struct arena *arena, struct page_budget *out,
                      struct err *err);

#endif
