/*
 * What the local file counted while it served is paid to the primary, some at a time. The file keeps the id of what it pays: one
 * whose answer is lost, or whose router died before it knew, is asked for again under the same id, and added once.
 */
#include <string.h>

#include "replica/failover_impl.h"

static void pay_ends(struct failover *f)
{
	bool again = f->pay_again;
	f->paying = false;
	if (again && !f->closing)
		failover_pay(f);
}

static void debt_is_paid(void *arg, bool ok)
{
	struct failover *f = arg;
	f->pay_again |= ok; /* there may be more */
	pay_ends(f);
}

static void debt_is_counted(void *arg, const struct store_tallied *got)
{
	struct failover *f = arg;
	if (got->result == STORE_OK && !f->closing)
		local_store_pay(f->local, f->debt, debt_is_paid, f);
	else
		pay_ends(f);
}

static void debt_came(void *arg, const struct local_debt *got)
{
	struct failover *f = arg;
	if (!got->ok || !got->count || f->closing) {
		pay_ends(f);
		return;
	}
	struct store_tally tally = {.counts = got->counts, .count = got->count, .lasting = true};
	memcpy(tally.id, got->id, STORE_ID_MAX);
	memcpy(f->debt, got->id, STORE_ID_MAX);
	store_tally(f->primary, &tally, debt_is_counted, f);
}

void failover_pay(struct failover *f)
{
	f->pay_again = f->paying;
	if (f->paying)
		return;
	f->paying = true;
	local_store_debt(f->local, debt_came, f);
}
