/* A history through several variants: each body is read once, matched once by every rule set, decided once by every variant. */
#include "replay/backtest.h"

#include <stdlib.h>

#include "base/time.h"
#include "batch.h"

/* What the variants of one rule set share. */
struct rule_view {
	const struct ruleset *ruleset;
	struct known_plans *known;
};

struct running {
	struct backtest *b;
	struct rule_view *views;
	size_t view_count;
	struct workers *workers; /* NULL: this thread does it all */
};

/* ---- rule sets ---- */

static size_t rule_view_of(struct running *r, const struct ruleset *rs)
{
	for (size_t i = 0; i < r->view_count; i++)
		if (r->views[i].ruleset == rs)
			return i;
	r->views[r->view_count] = (struct rule_view){rs, known_plans_new(rs, KNOWN_PLANS_BYTES_MAX)};
	return r->view_count++;
}

static void make_views(struct running *r)
{
	r->views = mem_zero((r->b->count + 1) * sizeof *r->views);
	for (size_t i = 0; i < r->b->count; i++) {
		r->b->variants[i]->view = rule_view_of(r, r->b->variants[i]->ruleset);
		r->b->variants[i]->stop = r->b->stop;
	}
}

static void free_views(struct running *r)
{
	for (size_t i = 0; i < r->view_count; i++)
		known_plans_free(r->views[i].known);
	free(r->views);
}

static struct plan **plans_of(struct known_plans *known, const struct history_event *e)
{
	struct plan **plans = arena_alloc(e->arena, (e->hook.count + 1) * sizeof *plans);

	for (size_t i = 0; i < e->hook.count; i++)
		plans[i] = known_plans_of(known, &e->hook.alerts[i], &e->hook.group_labels);
	return plans;
}

static bool is_unwanted(const struct backtest *b)
{
	return b->stop && atomic_load(b->stop);
}

/* ---- a batch ---- */

static struct batch *begin_history_batch(struct running *r)
{
	struct batch *b = batch_new(r->view_count);

	b->stop = r->b->stop;
	for (size_t i = 0; i < r->view_count; i++) {
		known_plans_begin(r->views[i].known);
		b->held[b->held_count++] = known_plans_hold(r->views[i].known);
	}
	return b;
}

static void add_event(struct running *r, struct batch *b, struct history_event *e)
{
	struct plan ***plans = NULL;

	if (e->kind == HISTORY_BODY) {
		plans = arena_alloc(e->arena, (r->view_count + 1) * sizeof *plans);
		for (size_t i = 0; i < r->view_count; i++)
			plans[i] = plans_of(r->views[i].known, e);
	}
	b->plans[b->count] = plans;
	b->events[b->count++] = e;
	b->alerts += e->hook.count;
}

/* NULL: the end, or lines in `err`. */
static struct batch *read_batch(struct running *r, struct err *err)
{
	struct batch *b = begin_history_batch(r);
	struct history_event *e;

	while (b->count < BATCH_EVENTS && b->alerts < BATCH_ALERTS && (e = history_next(r->b->history, err)))
		add_event(r, b, e);
	if (b->count && !err_any(err))
		return b;
	batch_free(b);
	return NULL;
}

static bool replay_batch(struct running *r, struct batch *batch, struct err *err)
{
	bool good = true;

	if (r->workers)
		return workers_give(r->workers, batch);
	for (size_t i = 0; good && i < r->b->count; i++)
		good = batch_replay(batch, r->b->variants[i], err);
	batch_free(batch);
	return good;
}

/* ---- the run ---- */

static void note_times(struct backtest *b, const struct batch *batch)
{
	for (size_t i = 0; !b->since && i < b->count; i++)
		variant_begin(b->variants[i], batch->events[0]->at);
	if (!b->since)
		b->since = batch->events[0]->at;
	b->until = batch->events[batch->count - 1]->at;
}

/* A journal's last line may be of something that no body caused: a timer, a page that was sent. */
static void note_end_of_history(struct backtest *b)
{
	int64_t known = history_figures(b->history)->until;

	if (b->since && known > b->until)
		b->until = known;
}

/* So long after the history what waited at its end is told. */
static int64_t afterwards_of(const struct backtest *b)
{
	return b->until + (b->config->policy.late_grace > TIME_HOUR ? b->config->policy.late_grace : TIME_HOUR);
}

static bool end_all(struct running *r, struct err *err)
{
	if (r->workers)
		return workers_end(r->workers, r->b->until, afterwards_of(r->b), err);
	for (size_t i = 0; r->b->since && i < r->b->count && !is_unwanted(r->b); i++)
		variant_end(r->b->variants[i], r->b->until, afterwards_of(r->b));
	return true;
}

static bool run_batches(struct running *r, struct err *err)
{
	struct backtest *b = r->b;
	struct batch *batch;
	bool good = true, enough = false;

	while (good && !enough && !is_unwanted(b) && (batch = read_batch(r, err))) {
		note_times(b, batch);
		good = replay_batch(r, batch, err);
		enough = b->progress && !b->progress(b->arg, history_figures(b->history));
	}
	if (!enough)
		note_end_of_history(b);
	return good;
}

bool backtest_run(struct backtest *b, struct err *err)
{
	struct running r = {.b = b};
	size_t threads = b->threads < b->count ? b->threads : b->count;

	make_views(&r);
	if (threads > 1)
		r.workers = workers_new(b->variants, b->count, threads);
	bool good = run_batches(&r, err);
	good &= end_all(&r, err);
	free_views(&r);
	return good && !err_any(err);
}
