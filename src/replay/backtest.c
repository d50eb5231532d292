/* A history through several variants: each body is matched once by every rule set, and decided once by every variant. */
#include "replay/backtest.h"

#include <stdlib.h>

#include "base/time.h"
#include "variant.h"

#define PROGRESS_EVERY 1000 /* events */

/* Of one body, by one rule set. */
struct shared_plans {
	const struct ruleset *ruleset;
	struct plan **plans;
};

static struct plan **evaluate(const struct ruleset *rs, struct history_event *e)
{
	struct plan **plans = arena_alloc(e->arena, (e->hook.count + 1) * sizeof *plans);

	for (size_t i = 0; i < e->hook.count; i++) {
		plans[i] = arena_alloc(e->arena, sizeof *plans[i]);
		ruleset_evaluate(rs, &e->hook.alerts[i], &e->hook.group_labels, e->arena, plans[i]);
	}
	return plans;
}

static struct plan **plans_of(struct shared_plans *all, size_t *n, const struct ruleset *rs, struct history_event *e)
{
	for (size_t i = 0; i < *n; i++)
		if (all[i].ruleset == rs)
			return all[i].plans;
	all[*n] = (struct shared_plans){rs, evaluate(rs, e)};
	return all[(*n)++].plans;
}

static bool take_event(struct backtest *b, struct history_event *e, struct err *err)
{
	struct shared_plans *shared = arena_alloc(e->arena, (b->count + 1) * sizeof *shared);
	size_t n = 0;

	for (size_t i = 0; i < b->count; i++) {
		struct variant *v = b->variants[i];
		struct plan **plans = e->kind == HISTORY_BODY ? plans_of(shared, &n, v->ruleset, e) : NULL;
		if (!variant_take(v, e, plans, err))
			return false;
	}
	return true;
}

static void begin_all(struct backtest *b, int64_t at)
{
	b->since = at;
	for (size_t i = 0; i < b->count; i++)
		variant_begin(b->variants[i], at);
}

/* So long after the last word of anybody: what waits then is told. */
static int64_t longest_wait(const struct backtest *b)
{
	return b->config->policy.late_grace > TIME_HOUR ? b->config->policy.late_grace : TIME_HOUR;
}

static void end_all(struct backtest *b)
{
	for (size_t i = 0; b->since && i < b->count; i++)
		variant_end(b->variants[i], b->until + longest_wait(b));
}

bool backtest_run(struct backtest *b, struct err *err)
{
	bool good = true;
	uint64_t seen = 0;

	for (struct history_event *e; good && (e = history_next(b->history, err));) {
		if (!b->since)
			begin_all(b, e->at);
		b->until = e->at;
		good = take_event(b, e, err);
		history_event_free(e);
		if (b->progress && ++seen % PROGRESS_EVERY == 0)
			b->progress(b->arg, history_figures(b->history));
	}
	end_all(b);
	return good && !err_any(err);
}
