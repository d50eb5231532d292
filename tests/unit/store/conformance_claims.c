/* Queues: what is due, who may have it, and when somebody else may. */
#include <string.h>

#include "base/hash.h"
#include "base/time.h"
#include "conformance.h"

static const struct store_version NONE = {0, ""};

static void what_is_due_is_claimed_with_its_record(struct conformance *t)
{
	struct store_version v = due_incident(t, "k", "oncall", 1, clock_of(t));
	struct store_claim ask = claim_for("oncall", 10, LONG_LEASE);
	const struct store_claimed *got = claim_ok(t, &ask);
	assert_int_equal(got->count, 1);
	assert_str(got->records[0].key, "k");
	assert_str(got->records[0].bytes, "{}");
	assert_int_equal(got->records[0].version.number, 1);
	assert_string_equal(got->records[0].version.commit_id, v.commit_id);
	assert_int_equal(got->lease_until, got->now + LONG_LEASE);
	assert_int_equal(got->next_due_at, 0);
	assert_claims(t, "chat", 10, LONG_LEASE, "");
}

static void gravest_lane_first_longest_due_first(struct conformance *t)
{
	due_incident(t, "a", "r", 3, 10);
	due_incident(t, "b", "r", 1, 30);
	due_incident(t, "c", "r", 1, 20);
	due_incident(t, "e", "r", 0, 40);
	due_incident(t, "d", "r", 0, 40);
	due_incident(t, "later", "r", 0, clock_of(t) + TIME_HOUR);
	assert_claims(t, "r", 3, LONG_LEASE, "d e c");
	assert_claims(t, "r", 0, LONG_LEASE, "");
	assert_claims(t, "r", 9, LONG_LEASE, "b a");
	assert_claims(t, "r", 9, LONG_LEASE, "");
}

static void a_new_due_time_replaces_the_old_one(struct conformance *t)
{
	due_incident(t, "k", "r", 3, 10);
	due_incident(t, "other", "r", 2, 10);
	make_due(t, "k", "r", 0, 20);
	struct str receiver = STR("r");
	assert_int_equal(stats(t, &receiver, 1)->queues[0].due, 2);
	assert_claims(t, "r", 9, LONG_LEASE, "k other");
	make_due(t, "other", "r", 2, 0);
	assert_int_equal(stats(t, &receiver, 1)->queues[0].due, 1);
}

static void dues_not_named_stay(struct conformance *t)
{
	due_incident(t, "k", "one", 0, 10);
	make_due(t, "k", "two", 0, 10);
	assert_claims(t, "one", 9, LONG_LEASE, "k");
	assert_claims(t, "two", 9, LONG_LEASE, "k");
}

static void next_due_at_lets_the_dispatcher_sleep(struct conformance *t)
{
	struct store_claim ask = claim_for("r", 1, LONG_LEASE);
	assert_int_equal(claim_ok(t, &ask)->next_due_at, 0);
	int64_t later = clock_of(t) + TIME_HOUR;
	due_incident(t, "later", "r", 0, later);
	due_incident(t, "much later", "r", 1, later + 5);
	ask = claim_for("r", 1, LONG_LEASE);
	assert_int_equal(claim_ok(t, &ask)->next_due_at, later);
	due_incident(t, "b", "r", 3, 20);
	due_incident(t, "a", "r", 3, 10);
	ask = claim_for("r", 1, LONG_LEASE);
	const struct store_claimed *first = claim_ok(t, &ask);
	assert_int_equal(first->next_due_at, 20);
	/* what others hold can be claimed when their lease ends */
	struct store_claim second = claim_for("r", 1, LONG_LEASE);
	assert_int_equal(claim_ok(t, &second)->next_due_at, first->lease_until);
}

static void a_repeated_claim_hands_out_the_same(struct conformance *t)
{
	due_incident(t, "b", "r", 0, 20);
	due_incident(t, "a", "r", 1, 10);
	due_incident(t, "c", "r", 1, 30);
	struct store_claim ask = claim_for("r", 2, LONG_LEASE);
	const struct store_claimed *first = claim_ok(t, &ask), *again = claim_ok(t, &ask);
	assert_int_equal(first->count, 2);
	assert_int_equal(again->count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_true(str_eq(first->records[i].key, again->records[i].key));
	assert_str(again->records[0].key, "b");
	assert_int_equal(again->lease_until, first->lease_until);
	assert_int_equal(again->next_due_at, 30);
	assert_claims(t, "r", 2, LONG_LEASE, "c");
	/* what has been given back since is somebody else's */
	struct store_release back = release_of("r", "b", &ask, 0);
	assert_int_equal(release(t, &back), STORE_OK);
	assert_claims(t, "r", 2, LONG_LEASE, "b");
	again = claim_ok(t, &ask);
	assert_int_equal(again->count, 1);
	assert_str(again->records[0].key, "a");
}

static void a_leased_pair_made_due_is_not_claimed_before_release(struct conformance *t)
{
	due_incident(t, "k", "r", 1, 10);
	struct store_claim ask = claim_for("r", 1, LONG_LEASE);
	const struct store_claimed *held = claim_ok(t, &ask);
	assert_int_equal(held->count, 1);
	make_due(t, "k", "r", 0, clock_of(t));
	struct store_claim other = claim_for("r", 1, LONG_LEASE);
	const struct store_claimed *refused = claim_ok(t, &other);
	assert_int_equal(refused->count, 0);
	assert_int_equal(refused->next_due_at, held->lease_until);
	/* the holder's backoff does not push aside what a commit has made due */
	struct store_release done = release_of("r", "k", &ask, clock_of(t) + TIME_HOUR);
	assert_int_equal(release(t, &done), STORE_OK);
	assert_claims(t, "r", 1, LONG_LEASE, "k");
}

static void release_sets_a_due_time_or_leaves_it(struct conformance *t)
{
	due_incident(t, "a", "r", 2, 10);
	due_incident(t, "b", "r", 2, 20);
	struct store_claim held = claim_for("r", 2, LONG_LEASE);
	assert_int_equal(claim_ok(t, &held)->count, 2);
	int64_t later = clock_of(t) + TIME_HOUR;
	struct store_release a = release_of("r", "a", &held, later), b = release_of("r", "b", &held, 0);
	assert_int_equal(release(t, &a), STORE_OK);
	assert_int_equal(release(t, &a), STORE_OK); /* its answer was lost */
	assert_int_equal(release(t, &b), STORE_OK);
	struct store_claim next = claim_for("r", 9, LONG_LEASE);
	const struct store_claimed *got = claim_ok(t, &next);
	assert_int_equal(got->count, 1);
	assert_str(got->records[0].key, "b");
	assert_int_equal(got->next_due_at, later);
}

static void only_the_holder_releases(struct conformance *t)
{
	due_incident(t, "k", "r", 0, 10);
	struct store_claim held = claim_for("r", 1, LONG_LEASE), stranger = claim_for("r", 1, LONG_LEASE);
	assert_int_equal(claim_ok(t, &held)->count, 1);
	struct store_release wrong = release_of("r", "k", &stranger, 0), elsewhere = release_of("other", "k", &held, 5);
	assert_int_equal(release(t, &wrong), STORE_OK);
	assert_int_equal(release(t, &elsewhere), STORE_OK);
	struct store_commit c = incident("k", record_of(t, "k").version);
	c.release_receiver = STR("r");
	memcpy(c.release_claim, stranger.id, STORE_ID_MAX);
	commit_ok(t, &c);
	assert_claims(t, "r", 1, LONG_LEASE, "");
	assert_claims(t, "other", 1, LONG_LEASE, "");
}

/* The settle: the record, when the pair is due again, and the lease, in one step. */
static void settle_due(struct conformance *t, const struct store_claim *held, int64_t due_at)
{
	struct store_commit c = incident("k", record_of(t, "k").version);
	struct store_due due = {STR("r"), 0, due_at};
	c.dues = &due, c.due_count = 1;
	c.release_receiver = STR("r");
	memcpy(c.release_claim, held->id, STORE_ID_MAX);
	commit_ok(t, &c);
}

static void a_commit_releases(struct conformance *t)
{
	int64_t later = clock_of(t) + TIME_HOUR;
	due_incident(t, "k", "r", 0, 10);
	struct store_claim held = claim_for("r", 1, LONG_LEASE);
	claim_ok(t, &held);
	settle_due(t, &held, later);
	struct store_claim next = claim_for("r", 1, LONG_LEASE);
	const struct store_claimed *got = claim_ok(t, &next);
	assert_int_equal(got->count, 0);
	assert_int_equal(got->next_due_at, later);
	make_due(t, "k", "r", 0, 5);
	held = claim_for("r", 1, LONG_LEASE);
	assert_int_equal(claim_ok(t, &held)->count, 1);
	settle_due(t, &held, 0);
	next = claim_for("r", 1, LONG_LEASE);
	got = claim_ok(t, &next);
	assert_int_equal(got->count, 0);
	assert_int_equal(got->next_due_at, 0);
	make_due(t, "k", "r", 0, 5);
	assert_claims(t, "r", 1, LONG_LEASE, "k");
}

static void a_conflicting_commit_does_not_release(struct conformance *t)
{
	due_incident(t, "k", "r", 0, 10);
	struct store_claim held = claim_for("r", 1, LONG_LEASE);
	claim_ok(t, &held);
	struct store_commit c = incident("k", NONE);
	c.release_receiver = STR("r");
	memcpy(c.release_claim, held.id, STORE_ID_MAX);
	assert_int_equal(commit(t, &c)->result, STORE_CONFLICT);
	assert_claims(t, "r", 1, LONG_LEASE, "");
}

static void a_lease_that_ends_lets_another_one_in(struct conformance *t)
{
	due_incident(t, "younger", "r", 0, 20);
	due_incident(t, "k", "r", 0, 10);
	struct store_claim held = claim_for("r", 1, SHORT_LEASE);
	const struct store_claimed *got = claim_ok(t, &held);
	assert_str(got->records[0].key, "k");
	t->pass(t, got->lease_until);
	/* its due time is what it was, and with it its place */
	struct store_claim next = claim_for("r", 1, LONG_LEASE);
	const struct store_claimed *after = claim_ok(t, &next);
	assert_int_equal(after->count, 1);
	assert_str(after->records[0].key, "k");
	/* too late: somebody else holds it now */
	struct store_release late = release_of("r", "k", &held, 5);
	assert_int_equal(release(t, &late), STORE_OK);
	assert_claims(t, "r", 9, LONG_LEASE, "younger");
}

static void a_release_after_the_end_changes_nothing(struct conformance *t)
{
	due_incident(t, "k", "r", 0, 10);
	struct store_claim held = claim_for("r", 1, SHORT_LEASE);
	const struct store_claimed *got = claim_ok(t, &held);
	t->pass(t, got->lease_until);
	struct store_release late = release_of("r", "k", &held, clock_of(t) + TIME_HOUR);
	assert_int_equal(release(t, &late), STORE_OK);
	assert_claims(t, "r", 9, LONG_LEASE, "k");
}

static void due_under_a_lease_that_ends(struct conformance *t)
{
	int64_t later = clock_of(t) + TIME_HOUR;
	due_incident(t, "sooner", "r", 2, 10);
	due_incident(t, "later", "r", 2, 20);
	due_incident(t, "never", "r", 2, 30);
	struct store_claim held = claim_for("r", 3, SHORT_LEASE);
	const struct store_claimed *got = claim_ok(t, &held);
	assert_int_equal(got->count, 3);
	make_due(t, "sooner", "r", 0, 40);
	make_due(t, "later", "r", 0, later);
	make_due(t, "never", "r", 0, 0);
	t->pass(t, got->lease_until);
	struct store_claim next = claim_for("r", 9, LONG_LEASE);
	const struct store_claimed *after = claim_ok(t, &next);
	assert_int_equal(after->count, 1);
	assert_str(after->records[0].key, "sooner");
	assert_int_equal(after->next_due_at, later);
}

static void the_clock_has_a_queue_of_its_own(struct conformance *t)
{
	struct store_commit c = incident("k", NONE);
	c.clock_at = 10;
	struct store_version v = commit_ok(t, &c);
	due_incident(t, "paged", "clock", 0, 10);
	struct store_claim held = claim_for(STORE_CLOCK, 9, LONG_LEASE);
	const struct store_claimed *got = claim_ok(t, &held);
	assert_int_equal(got->count, 1);
	assert_str(got->records[0].key, "k");
	int64_t later = clock_of(t) + TIME_HOUR;
	c = incident("k", v);
	c.clock_at = later;
	memcpy(c.release_claim, held.id, STORE_ID_MAX);
	v = commit_ok(t, &c);
	struct store_claim next = claim_for(STORE_CLOCK, 9, LONG_LEASE);
	assert_int_equal(claim_ok(t, &next)->next_due_at, later);
	c = incident("k", v);
	commit_ok(t, &c);
	next = claim_for(STORE_CLOCK, 9, LONG_LEASE);
	assert_int_equal(claim_ok(t, &next)->next_due_at, 0);
	assert_claims(t, "clock", 9, LONG_LEASE, "paged");
}

static void a_clock_that_stays_is_as_it_was(struct conformance *t)
{
	struct store_commit c = incident("k", NONE);
	c.clock_at = 10;
	struct store_version v = commit_ok(t, &c);
	c = incident("k", v);
	c.clock_at = STORE_STAYS;
	v = commit_ok(t, &c);
	assert_claims(t, STORE_CLOCK, 9, LONG_LEASE, "k");
	c = incident("k", v);
	c.clock_at = STORE_STAYS;
	commit_ok(t, &c); /* under the lease, too */
	assert_claims(t, STORE_CLOCK, 9, LONG_LEASE, "");
	c = incident("other", NONE);
	c.clock_at = STORE_STAYS;
	commit_ok(t, &c);
	assert_claims(t, STORE_CLOCK, 9, LONG_LEASE, "");
}

#define CROWD 2000
static void thousands_of_leases_do_not_block_the_way(struct conformance *t)
{
	for (int i = 0; i < CROWD; i++) {
		struct store_commit *c = arena_alloc(t->arena, sizeof *c);
		struct store_due *due = arena_alloc(t->arena, sizeof *due);
		*c = incident(arena_printf(t->arena, "k%04d", i), NONE);
		*due = (struct store_due){STR("r"), 0, 10};
		c->dues = due, c->due_count = 1;
		commit_later(t, c, arena_alloc(t->arena, sizeof(struct store_committed)));
	}
	conformance_wait(t);
	for (int i = 0; i < CROWD; i += STORE_BATCH_MAX) {
		struct store_claim ask = claim_for("r", STORE_BATCH_MAX + 1, LONG_LEASE);
		assert_int_equal(claim_ok(t, &ask)->count, STORE_BATCH_MAX);
	}
	due_incident(t, "last", "r", 3, 5000);
	assert_claims(t, "r", 9, LONG_LEASE, "last");
	struct str receiver = STR("r");
	const struct store_stats *got = stats(t, &receiver, 1);
	assert_int_equal(got->queues[0].due, CROWD + 1);
	assert_int_equal(got->queues[0].oldest_due_at, 10);
}

const struct conformance_case conformance_claims[] = {
	{"what is due is claimed with its record", what_is_due_is_claimed_with_its_record},
	{"gravest lane first, longest due first", gravest_lane_first_longest_due_first},
	{"a new due time replaces the old one", a_new_due_time_replaces_the_old_one},
	{"dues not named stay", dues_not_named_stay},
	{"next_due_at lets the dispatcher sleep", next_due_at_lets_the_dispatcher_sleep},
	{"a repeated claim hands out the same", a_repeated_claim_hands_out_the_same},
	{"a leased pair made due is not claimed before release", a_leased_pair_made_due_is_not_claimed_before_release},
	{"release sets a due time or leaves it", release_sets_a_due_time_or_leaves_it},
	{"only the holder releases", only_the_holder_releases},
	{"a commit releases", a_commit_releases},
	{"a conflicting commit does not release", a_conflicting_commit_does_not_release},
	{"a lease that ends lets another one in", a_lease_that_ends_lets_another_one_in},
	{"a release after the end changes nothing", a_release_after_the_end_changes_nothing},
	{"due under a lease that ends", due_under_a_lease_that_ends},
	{"a clock that stays is as it was", a_clock_that_stays_is_as_it_was},
	{"the clock has a queue of its own", the_clock_has_a_queue_of_its_own},
	{"thousands of leases do not block the way", thousands_of_leases_do_not_block_the_way},
	{NULL, NULL},
};
