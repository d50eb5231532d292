/* The variants of a sweep: one for each value that is not what the rules say already. */
#include "replay/sweep.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "variant.h"

#define THREADS_MOST 16

static size_t processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > THREADS_MOST ? THREADS_MOST : (size_t)n;
}

/* ---- comparing ---- */

static void fill_sweep_row(struct sweep *s, size_t i, const struct variant *now, const struct variant *v)
{
	struct page_changes c;

	page_changes_find(&c, now, v);
	s->rows[i] = (struct sweep_row){
		.key = s->key,
		.value = s->values[i],
		.pages = variant_page_count(v),
		.nights = variant_nights(v),
		.reminders = variant_reminders(v),
		.delayed = c.delayed,
		.hidden = c.hidden,
		.delayed_acknowledged = c.delayed_acknowledged,
		.hidden_acknowledged = c.hidden_acknowledged,
		.hidden_lasting = c.hidden_lasting,
		.changes = c,
	};
}

void sweep_release(struct sweep *s)
{
	for (size_t i = 0; i < s->count; i++)
		page_changes_release(&s->rows[i].changes);
	memset(s->rows, 0, sizeof s->rows);
}

/* ---- the run ---- */

/* One that is what the rules say already is replayed as the variant that it is compared with. */
static bool is_as_it_is(const struct sweep *s, const struct backtest *b, size_t i)
{
	const struct variant *now = b->variants[b->count - 1];

	return !now->override && now->ruleset == s->ruleset && !plan_override_matters(s->ruleset, &s->overrides[i]);
}

static void choose_values(struct sweep *s, const struct backtest *b)
{
	s->todo_count = 0;
	for (size_t i = 0; i < s->count; i++)
		if (!is_as_it_is(s, b, i))
			s->todo[s->todo_count++] = i;
}

static void fill_as_it_is(struct sweep *s, const struct backtest *b)
{
	const struct variant *now = b->variants[b->count - 1];

	for (size_t i = 0; i < s->count; i++)
		if (is_as_it_is(s, b, i))
			fill_sweep_row(s, i, now, now);
}

/* Those of `b`, then one for each value. The caller frees the array; the new ones are the sweep's. */
static struct variant **all_variants(const struct sweep *s, const struct backtest *b)
{
	struct variant **all = mem_alloc((b->count + s->todo_count + 1) * sizeof *all);

	memcpy(all, b->variants, b->count * sizeof *all);
	for (size_t i = 0; i < s->todo_count; i++)
		all[b->count + i] = variant_new(b->config, s->ruleset, &s->overrides[s->todo[i]]);
	return all;
}

static void take_results(struct sweep *s, const struct backtest *b, struct variant *const *own, bool good)
{
	for (size_t i = 0; i < s->todo_count; i++) {
		if (good)
			fill_sweep_row(s, s->todo[i], b->variants[b->count - 1], own[i]);
		variant_free(own[i]);
	}
	if (good)
		fill_as_it_is(s, b);
}

bool sweep_run(struct sweep *s, struct backtest *b, struct err *err)
{
	struct backtest all = *b;

	choose_values(s, b);
	all.variants = all_variants(s, b);
	all.count += s->todo_count;
	if (!all.threads)
		all.threads = processors();
	bool good = backtest_run(&all, err);
	b->since = all.since;
	b->until = all.until;
	take_results(s, b, all.variants + b->count, good);
	free(all.variants);
	return good;
}
