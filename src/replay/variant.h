/*
 * The inside of a variant: what backtest.c drives.
 */
#ifndef REPLAY_VARIANT_H
#define REPLAY_VARIANT_H

#include <stdatomic.h>

#include "base/map.h"
#include "replay/backtest.h"
#include "replay/replay.h"

struct variant {
	const struct config *config;
	struct ruleset *ruleset;
	const struct plan_override *override; /* NULL: none */
	size_t view;                          /* of a batch's plans: those of its rule set */
	const atomic_bool *stop;              /* of the run */
	struct replay *replay;
	struct arena *arena;
	struct map *texts;           /* names that pages view */
	struct map *by[PAGE_FIELDS]; /* struct page_count by name */
	struct map *open;            /* by incident, generation, receiver and role: the page's place and one */
	struct map *keys;            /* the history's key of an incident: the one that it has here */
	struct backtest_page *pages;
	size_t kept, room;
	struct page_count all;
	uint64_t reminders;
	bool afterwards; /* the history is at its end: what is told now was not sent by then */
	struct backtest_fidelity fidelity;
};

void variant_begin(struct variant *v, int64_t at);
/* `plans`: of the variant's rule set, for a body. False with lines in `err`. Of the event nothing is changed. */
bool variant_take(struct variant *v, const struct history_event *e, struct plan *const *plans, struct err *err);
/* The history says nothing after `until`; what waited then (page_after) comes until `at`, marked so. */
void variant_end(struct variant *v, int64_t until, int64_t at);

#endif
