/* What backtest.c reads and matches, on its way to the variants. */
#include "batch.h"

#include <stdlib.h>

struct batch *batch_new(size_t rule_sets)
{
	struct batch *b = mem_zero(sizeof *b);

	b->held = mem_zero((rule_sets + 1) * sizeof(struct plans_memory *));
	return b;
}

void batch_free(struct batch *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->count; i++)
		history_event_free(b->events[i]);
	for (size_t i = 0; i < b->held_count; i++)
		plans_memory_release(b->held[i]);
	free(b->held);
	free(b);
}

bool batch_replay(const struct batch *b, struct variant *v, struct err *err)
{
	for (size_t i = 0; i < b->count && !(b->stop && atomic_load(b->stop)); i++) {
		struct plan *const *plans = b->plans[i] ? b->plans[i][v->view] : NULL;
		if (!variant_take(v, b->events[i], plans, err))
			return false;
	}
	return true;
}
