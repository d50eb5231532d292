/* Adds repeats that were lost to another router's change to what that has written. */
#include "service/repeats.h"

#include <stdlib.h>

#include "service/transaction.h"
#include "store/behind_store.h"

struct missed {
	uint64_t alerts;
};

static enum tx_apply add_missed(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                                struct counts *counts)
{
	const struct missed *m = arg;

	(void)members;
	(void)now;
	(void)counts; /* the hourly counters are held apart, and were not lost */
	if (!inc->last_seen_at)
		return TX_NOTHING;
	inc->count.received += m->alerts;
	*(incident_is_open(inc) ? &inc->count.deduplicated : &inc->count.suppressed) += m->alerts;
	return TX_WRITE;
}

static void missed_added(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	(void)result;
	(void)inc;
	(void)now;
	free(arg);
}

static void repeats_lost(void *arg, struct str key, uint64_t alerts)
{
	struct router *r = arg;
	struct missed *m = mem_zero(sizeof *m);

	m->alerts = alerts;
	struct tx_change change = {.key = key, .apply = add_missed, .done = missed_added, .arg = m, .keeps_queue = true};
	transaction_run(r->transactions, &change);
}

void repeats_listen(struct router *r)
{
	if (r->behind)
		behind_store_on_lost(r->behind, repeats_lost, r);
}
