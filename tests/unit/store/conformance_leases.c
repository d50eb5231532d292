/* Leases that commits bring: of another store, and those that the commit itself takes. */
#include <string.h>

#include "base/hash.h"
#include "base/time.h"
#include "conformance.h"

static const struct store_version NONE = {0, ""};

/* Commits leases that another store gave out; the record is due for "r" in lane 1 since 10. */
static struct store_version commit_leases(struct conformance *t, const char *key, const struct store_lease *leases,
                                          size_t count)
{
	struct store_commit c = incident(key, record_of(t, key).version);
	struct store_due due = {STR("r"), 1, 10};
	c.dues = &due, c.due_count = 1;
	c.leases = leases, c.lease_count = count;
	c.clock_at = 10;
	return commit_ok(t, &c);
}

static struct store_lease lease_for(const char *receiver, int64_t until)
{
	struct store_lease l = {.receiver = str_c(receiver), .until = until};
	hash_random_id(l.claim);
	return l;
}

static void a_lease_of_elsewhere_keeps_others_away(struct conformance *t)
{
	int64_t now = clock_of(t);
	struct store_lease leases[] = {lease_for("r", now + SHORT_LEASE), lease_for(STORE_CLOCK, now + TIME_HOUR)};
	commit_leases(t, "k", leases, 2);
	struct store_claim ask = claim_for("r", 9, LONG_LEASE);
	const struct store_claimed *got = claim_ok(t, &ask);
	assert_int_equal(got->count, 0);
	assert_int_equal(got->next_due_at, leases[0].until);
	ask = claim_for(STORE_CLOCK, 9, LONG_LEASE);
	got = claim_ok(t, &ask);
	assert_int_equal(got->count, 0);
	assert_int_equal(got->next_due_at, leases[1].until);
	struct str receiver = STR("r");
	assert_int_equal(stats(t, &receiver, 1)->queues[0].due, 1);
	assert_int_equal(stats(t, &receiver, 1)->queues[0].oldest_due_at, 10);
	t->pass(t, leases[0].until);
	assert_claims(t, "r", 9, LONG_LEASE, "k");
	assert_claims(t, STORE_CLOCK, 9, LONG_LEASE, "");
}

static void a_lease_of_elsewhere_is_released_by_its_claim(struct conformance *t)
{
	int64_t later = clock_of(t) + TIME_HOUR;
	struct store_lease l = lease_for("r", later), idle = lease_for("idle", later);
	struct store_lease leases[] = {l, idle};
	struct store_version v = commit_leases(t, "k", leases, 2);
	struct store_release back = {.receiver = STR("r"), .key = STR("k"), .due_at = later};
	memcpy(back.claim_id, idle.claim, STORE_ID_MAX);
	assert_int_equal(release(t, &back), STORE_OK); /* of another claim */
	assert_claims(t, "r", 9, LONG_LEASE, "");
	memcpy(back.claim_id, l.claim, STORE_ID_MAX);
	assert_int_equal(release(t, &back), STORE_OK);
	struct store_claim ask = claim_for("r", 9, LONG_LEASE);
	const struct store_claimed *got = claim_ok(t, &ask);
	assert_int_equal(got->count, 0);
	assert_int_equal(got->next_due_at, later);
	/* one that was not due: a commit makes it due under the lease, another releases it */
	struct store_commit c = incident("k", v);
	struct store_due due = {STR("idle"), 3, 10};
	c.dues = &due, c.due_count = 1;
	v = commit_ok(t, &c);
	assert_claims(t, "idle", 9, LONG_LEASE, "");
	c = incident("k", v);
	c.release_receiver = STR("idle");
	memcpy(c.release_claim, idle.claim, STORE_ID_MAX);
	commit_ok(t, &c);
	assert_claims(t, "idle", 9, LONG_LEASE, "k");
}

static void a_lease_of_elsewhere_takes_nothing_from_a_holder(struct conformance *t)
{
	int64_t now = clock_of(t);
	due_incident(t, "k", "r", 1, 10);
	struct store_claim held = claim_for("r", 1, LONG_LEASE);
	int64_t until = claim_ok(t, &held)->lease_until;
	struct store_lease late = lease_for("r", now + 9 * TIME_HOUR);
	commit_leases(t, "k", &late, 1);
	struct store_claim ask = claim_for("r", 9, LONG_LEASE);
	assert_int_equal(claim_ok(t, &ask)->next_due_at, until);
	struct store_release back = release_of("r", "k", &held, 0);
	assert_int_equal(release(t, &back), STORE_OK);
	assert_claims(t, "r", 9, LONG_LEASE, "k");
}

static void a_lease_of_elsewhere_that_is_over_is_left_out(struct conformance *t)
{
	int64_t now = clock_of(t);
	struct store_lease over[] = {lease_for("r", now), lease_for(STORE_CLOCK, 1)};
	commit_leases(t, "k", over, 2);
	assert_claims(t, "r", 9, SHORT_LEASE, "k");
	assert_claims(t, STORE_CLOCK, 9, LONG_LEASE, "k");
	/* nor does one that is over by now stand in the way of another */
	struct store_claim ask = claim_for("r", 9, LONG_LEASE);
	t->pass(t, claim_ok(t, &ask)->next_due_at);
	struct store_commit c = incident("k", record_of(t, "k").version);
	struct store_lease next = lease_for("r", clock_of(t) + TIME_HOUR);
	c.leases = &next, c.lease_count = 1;
	commit_ok(t, &c);
	ask = claim_for("r", 9, LONG_LEASE);
	const struct store_claimed *got = claim_ok(t, &ask);
	assert_int_equal(got->count, 0);
	assert_int_equal(got->next_due_at, next.until);
}

/* The commit that makes a pair due claims it. */
static struct store_commit claiming_commit(struct conformance *t, const char *key, struct store_version expect,
                                           const struct store_due *due, const struct store_lease *lease)
{
	struct store_commit c = incident(key, expect);
	(void)t;
	c.dues = due, c.due_count = 1;
	c.leases = lease, c.lease_count = 1;
	c.must_lease = true;
	return c;
}

static void a_commit_claims_what_it_makes_due(struct conformance *t)
{
	int64_t until = clock_of(t) + TIME_HOUR;
	struct store_lease lease = lease_for("r", until);
	struct store_due due = {STR("r"), 1, until};
	struct store_commit c = claiming_commit(t, "k", NONE, &due, &lease);
	struct store_version v = commit_ok(t, &c);
	/* its answer was lost: it is done, and conflicts not with itself */
	assert_int_equal(commit(t, &c)->result, STORE_OK);
	/* what is made due meanwhile waits for the lease */
	make_due(t, "k", "r", 1, 10);
	assert_claims(t, "r", 9, LONG_LEASE, "");
	struct store_commit settle = incident("k", record_of(t, "k").version);
	settle.release_receiver = STR("r");
	memcpy(settle.release_claim, lease.claim, STORE_ID_MAX);
	assert_int_not_equal(record_of(t, "k").version.number, v.number);
	commit_ok(t, &settle);
	assert_claims(t, "r", 9, LONG_LEASE, "k");
}

/* A new incident whose first page goes out with its commit: its clock may be held until that is settled. */
static struct store_commit new_and_told(struct conformance *t, struct store_due *due, struct store_lease *lease,
                                        int64_t clock_at)
{
	*lease = lease_for("r", clock_of(t) + TIME_HOUR);
	*due = (struct store_due){STR("r"), 1, lease->until};
	struct store_commit c = claiming_commit(t, "k", NONE, due, lease);
	c.clock_at = clock_at;
	return c;
}

static void settle_new(struct conformance *t, const struct store_lease *lease, struct store_due *due, int64_t clock_at)
{
	struct store_commit settle = incident("k", record_of(t, "k").version);
	settle.release_receiver = STR("r");
	memcpy(settle.release_claim, lease->claim, STORE_ID_MAX);
	*due = (struct store_due){STR("r"), 1, 0};
	settle.dues = due, settle.due_count = 1;
	settle.clock_at = clock_at;
	commit_ok(t, &settle);
}

static void a_clock_rings_while_the_first_page_is_on_its_way(struct conformance *t)
{
	struct store_due due;
	struct store_lease lease;
	int64_t at = clock_of(t) + 60;
	struct store_commit c = new_and_told(t, &due, &lease, at);
	struct store_claim ask = claim_for(STORE_CLOCK, 9, LONG_LEASE);
	commit_ok(t, &c);
	const struct store_claimed *got = claim_ok(t, &ask);
	if (got->now < at) { /* a busy machine may have come here late */
		assert_int_equal(got->count, 0);
		assert_int_equal(got->next_due_at, at);
		t->pass(t, at);
		got = claim_ok(t, &ask);
	}
	assert_int_equal(got->count, 1);
	assert_str(got->records[0].key, "k");
	assert_claims(t, "r", 9, LONG_LEASE, "");
}

static void the_clock_of_a_settled_page_is_what_that_commit_says(struct conformance *t)
{
	struct store_due due;
	struct store_lease lease;
	int64_t now = clock_of(t);
	struct store_commit c = new_and_told(t, &due, &lease, now + TIME_HOUR);
	commit_ok(t, &c);
	settle_new(t, &lease, &due, now + 2 * TIME_HOUR);
	struct store_claim ask = claim_for(STORE_CLOCK, 9, LONG_LEASE);
	const struct store_claimed *got = claim_ok(t, &ask);
	assert_int_equal(got->count, 0);
	assert_int_equal(got->next_due_at, now + 2 * TIME_HOUR);
	ask = claim_for("r", 9, LONG_LEASE);
	assert_int_equal(claim_ok(t, &ask)->count, 0);
	assert_int_equal(claim_ok(t, &ask)->next_due_at, 0);
}

static void a_clock_that_stays_stands_behind_a_settled_page(struct conformance *t)
{
	struct store_due due;
	struct store_lease lease;
	int64_t at = clock_of(t) + TIME_HOUR;
	struct store_commit c = new_and_told(t, &due, &lease, at);
	commit_ok(t, &c);
	settle_new(t, &lease, &due, STORE_STAYS);
	struct store_claim ask = claim_for(STORE_CLOCK, 9, LONG_LEASE);
	assert_int_equal(claim_ok(t, &ask)->next_due_at, at);
}

static void a_clock_stands_behind_a_page_that_was_let_go(struct conformance *t)
{
	struct store_due due;
	struct store_lease lease;
	int64_t now = clock_of(t);
	struct store_commit c = new_and_told(t, &due, &lease, now + TIME_HOUR);
	commit_ok(t, &c);
	struct store_release let_go = {.receiver = STR("r"), .key = STR("k"), .due_at = now + 2 * TIME_HOUR};
	memcpy(let_go.claim_id, lease.claim, STORE_ID_MAX);
	assert_int_equal(release(t, &let_go), STORE_OK);
	struct store_claim ask = claim_for(STORE_CLOCK, 9, LONG_LEASE);
	assert_int_equal(claim_ok(t, &ask)->next_due_at, now + TIME_HOUR);
}

static void a_commit_that_claims_conflicts_with_a_lease(struct conformance *t)
{
	struct store_version v = due_incident(t, "k", "r", 1, 10);
	struct store_claim held = claim_for("r", 9, SHORT_LEASE);
	int64_t until = claim_ok(t, &held)->lease_until;
	struct store_lease lease = lease_for("r", until + TIME_HOUR);
	struct store_due due = {STR("r"), 1, until + TIME_HOUR};
	struct store_commit c = claiming_commit(t, "k", v, &due, &lease);
	assert_int_equal(commit(t, &c)->result, STORE_CONFLICT);
	assert_int_equal(record_of(t, "k").version.number, v.number);
	t->pass(t, until);
	commit_ok(t, &c);
	assert_claims(t, "r", 9, LONG_LEASE, "");
}

const struct conformance_case conformance_leases[] = {
	{"a lease of elsewhere keeps others away", a_lease_of_elsewhere_keeps_others_away},
	{"a lease of elsewhere is released by its claim", a_lease_of_elsewhere_is_released_by_its_claim},
	{"a lease of elsewhere takes nothing from a holder", a_lease_of_elsewhere_takes_nothing_from_a_holder},
	{"a lease of elsewhere that is over is left out", a_lease_of_elsewhere_that_is_over_is_left_out},
	{"a commit claims what it makes due", a_commit_claims_what_it_makes_due},
	{"a clock rings while the first page is on its way", a_clock_rings_while_the_first_page_is_on_its_way},
	{"the clock of a settled page is what that commit says", the_clock_of_a_settled_page_is_what_that_commit_says},
	{"a clock that stays stands behind a settled page", a_clock_that_stays_stands_behind_a_settled_page},
	{"a clock stands behind a page that was let go", a_clock_stands_behind_a_page_that_was_let_go},
	{"a commit that claims conflicts with a lease", a_commit_that_claims_conflicts_with_a_lease},
	{NULL, NULL},
};
