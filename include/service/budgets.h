/*
 * What was used of the page budgets (catalog/page_budget.h): pages, and pages at night, as `noise` counts them, over all
 * routers that share the store. This router's own pages count as soon as they are sent; those of others are read from the
 * hourly counters every BUDGETS_EVERY_MS, so of them some seconds pass before the budget is known to be used up. A period is
 * whole hours.
 *
 * A budget whose every page is used is used up: the next page says so, or goes to the owner's chat, where that is asked for.
 */
#ifndef SERVICE_BUDGETS_H
#define SERVICE_BUDGETS_H

#include <jansson.h>

#include "rules/plan.h"
#include "service/operate.h"
#include "service/router.h"

#define BUDGETS_EVERY_MS 15000

struct budgets;
struct budgets *budgets_new(struct router *r);
/* For whoever replays a history: no counters are read. NULL: the configuration has no budgets. */
struct budgets *budgets_new_told(struct router *r);
/* A page was sent, at `at` by the store's clock. NULL is fine; what is no page to wake somebody is left out. */
struct page_told {
	struct str owner, rule, receiver;
};
void budgets_told(struct budgets *b, const struct page_told *p, int64_t at);
void budgets_free(struct budgets *b); /* NULL is fine; before the store goes */
/*
 * An alert whose rule's or owner's budget is used up, with `when_exceeded: chat`: its plan names the owner's receivers of kind
 * chat in place of those that wake somebody, and nobody is escalated to. So never the gravest severity, nor a heartbeat, nor
 * where the owner has no chat. True: it was so changed.
 */
bool budgets_apply(struct budgets *b, const struct config *c, struct plan *plan, struct arena *arena);
/* What a page says of used up budgets of its rule and owner: "payments: 20 of 20 pages in 7d"; empty where nothing is to be said. */
struct str budgets_words(const struct budgets *b, struct str rule, struct str owner, bool night, struct arena *arena);
/* "budget" in each row of a report by rule or owner; null where there is none. */
void budgets_add_to_noise(const struct budgets *b, enum noise_by by, json_t *report);

#endif
