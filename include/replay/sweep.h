/* The same history for several values of a setting: read and matched once, decided once for each of them. */
#ifndef REPLAY_SWEEP_H
#define REPLAY_SWEEP_H

#include "replay/backtest.h"

#define SWEEP_VALUES_MAX 64

/* "page_after=5m": a setting and what it is to be. False with a line in `err`. Strings are in `arena`. */
bool override_parse(struct arena *arena, struct str text, struct plan_override *out, struct err *err);

struct sweep {
	struct ruleset *ruleset;
	const struct plan_override *base; /* what is set beside; NULL: nothing */
	struct str key;
	struct str values[SWEEP_VALUES_MAX];
	struct plan_override overrides[SWEEP_VALUES_MAX];
	struct sweep_row rows[SWEEP_VALUES_MAX];   /* filled by sweep_run() */
	size_t count;                              /* 0: no sweep */
	size_t todo[SWEEP_VALUES_MAX], todo_count; /* the run's own: values that are to be replayed */
};
/* "KEY=V1,V2,…" (labels of group_by are joined by '+'); `base` is set before. False with a line in `err`. */
bool sweep_parse(struct arena *arena, struct sweep *s, struct str text, struct err *err);
/*
 * Runs `b`, of which the last variant is what the values are compared with, and every value; where it names no threads, on one
 * for each processor. False with lines in `err`.
 */
bool sweep_run(struct sweep *s, struct backtest *b, struct err *err);
void sweep_release(struct sweep *s);

#endif
