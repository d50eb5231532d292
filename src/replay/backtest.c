/* A history through several variants: each body is matched once by every rule set, and decided once by every variant. */
#include "replay/backtest.h"

#include <stdlib.h>

#include "base/time.h"
#include "replay/known_plans.h"
#include "variant.h"

#define PROGRESS_EVERY 1000 /* events */

/* The variants of one rule set share what it says. */
struct rule_view {
	const struct ruleset *ruleset;
	struct known_plans *known;
	struct plan **plans; /* of the body that is being taken; NULL: not yet asked for */
};

struct rule_views {
	struct rule_view *v;
	size_t n;
};

static struct rule_view *rule_view_of(struct rule_views *views, const struct ruleset *rs)
{
	for (size_t i = 0; i < views->n; i++)
		if (views->v[i].ruleset == rs)
			return &views->v[i];
	return NULL;
}

static void views_make(struct rule_views *views, const struct backtest *b)
{
	*views = (struct rule_views){.v = mem_zero((b->count + 1) * sizeof *views->v)};
	for (size_t i = 0; i < b->count; i++) {
		const struct ruleset *rs = b->variants[i]->ruleset;
		if (!rule_view_of(views, rs))
			views->v[views->n++] = (struct rule_view){rs, known_plans_new(rs, KNOWN_PLANS_BYTES_MAX), NULL};
	}
}

static void views_free(struct rule_views *views)
{
	for (size_t i = 0; i < views->n; i++)
		known_plans_free(views->v[i].known);
	free(views->v);
}

static struct plan **plans_of(struct rule_view *view, struct history_event *e)
{
	if (view->plans)
		return view->plans;
	view->plans = arena_alloc(e->arena, (e->hook.count + 1) * sizeof *view->plans);
	known_plans_begin(view->known);
	for (size_t i = 0; i < e->hook.count; i++)
		view->plans[i] = known_plans_of(view->known, &e->hook.alerts[i], &e->hook.group_labels);
	return view->plans;
}

static bool replay_event(struct backtest *b, struct rule_views *views, struct history_event *e, struct err *err)
{
	for (size_t i = 0; i < views->n; i++)
		views->v[i].plans = NULL;
	for (size_t i = 0; i < b->count; i++) {
		struct variant *v = b->variants[i];
		struct plan **plans = e->kind == HISTORY_BODY ? plans_of(rule_view_of(views, v->ruleset), e) : NULL;
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
	struct rule_views views;

	views_make(&views, b);
	for (struct history_event *e; good && (e = history_next(b->history, err));) {
		if (!b->since)
			begin_all(b, e->at);
		b->until = e->at;
		good = replay_event(b, &views, e, err);
		history_event_free(e);
		if (b->progress && ++seen % PROGRESS_EVERY == 0)
			b->progress(b->arg, history_figures(b->history));
	}
	end_all(b);
	views_free(&views);
	return good && !err_any(err);
}
