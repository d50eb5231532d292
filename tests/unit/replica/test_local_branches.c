/* A stand-in: what it owes to its primary, how that is handed out, and what becomes of it when it has been merged. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/time.h"
#include "stand_in.h"

static const struct store_version NONE = {0, ""};

static struct store_version commit_firing(struct conformance *t, const char *key, const char *fingerprint,
                                          const char *of)
{
	struct store_member_change change = change_of(fingerprint, of, true);
	commit_member(t, key, &change);
	return record_of(t, key).version;
}

static struct store_version commit_count(struct conformance *t, const char *key, const char *field, uint64_t add,
                                         int64_t hour)
{
	struct store_commit c = incident(key, record_of(t, key).version);
	struct store_count count = {str_c(field), add, hour};
	c.counts = &count, c.count_count = 1;
	return commit_ok(t, &c);
}

static const struct local_branch *branch_of(struct conformance *t, const char *key)
{
	const struct local_branches *page = owned(t, "", 100);
	for (size_t i = 0; i < page->count; i++)
		if (str_eq_c(page->branches[i].record.key, key))
			return &page->branches[i];
	return NULL;
}

/* The branch as handed out, merged into `number` of the primary; its members as they are. */
static struct local_merged merger_of(struct conformance *t, const struct local_branch *b, struct incident *inc,
                                     uint64_t number)
{
	struct store_member_change *changes = arena_alloc(t->arena, b->member_count * sizeof *changes);
	for (size_t i = 0; i < b->member_count; i++)
		changes[i] = (struct store_member_change){b->members[i], b->members[i], b->member_ttls[i]};
	struct local_merged m = {.key = b->record.key, .taken = b->record.version};
	if (inc)
		m.record = primary_record(t, inc, number, "merged");
	m.members = changes, m.member_count = b->member_count;
	return m;
}

static void owned_keys_come_page_by_page(void **state)
{
	struct conformance *t = *state;
	static const char *const keys[] = {"d", "b", "a", "c"};
	for (size_t i = 0; i < 4; i++)
		change_here(t, keys[i]);
	saw_record(t, primary_incident(t, "bb"), 1, "c1");
	const struct local_branches *page = owned(t, "", 3);
	assert_int_equal(page->count, 3);
	assert_true(page->now > 0);
	assert_str(page->branches[0].record.key, "a");
	assert_str(page->branches[2].record.key, "c");
	assert_true(page->branches[0].record.bytes.n > 10);
	assert_int_equal(page->branches[0].record.version.number, 1);
	assert_int_equal(page->branches[0].base.number, 0);
	assert_string_equal(page->branches[0].base.commit_id, "");
	page = owned(t, "c", 3);
	assert_int_equal(page->count, 1);
	assert_str(page->branches[0].record.key, "d");
	assert_int_equal(owned(t, "d", 3)->count, 0);
}

static void a_branch_has_what_was_changed_here(void **state)
{
	struct conformance *t = *state;
	struct store_record r = primary_record(t, primary_incident(t, "k"), 3, "c3");
	struct store_member_change theirs = change_of("theirs", "k", true);
	saw(t, &(struct local_seen){.records = &r, .record_count = 1, .members = &theirs, .member_count = 1});
	change_here(t, "k");
	struct store_version last = commit_firing(t, "k", "mine", "k");
	struct store_lease given = {.receiver = STR("r"), .until = clock_of(t) + TIME_HOUR};
	hash_random_id(given.claim);
	struct store_commit c = incident("k", last);
	c.leases = &given, c.lease_count = 1;
	last = commit_ok(t, &c);
	const struct local_branch *b = branch_of(t, "k");
	assert_int_equal(b->record.version.number, last.number);
	assert_string_equal(b->record.version.commit_id, last.commit_id);
	assert_int_equal(b->record.ids.n, 3 * 32 + 3 + 2); /* three of mine, c3 */
	assert_int_equal(b->base.number, 3);
	assert_string_equal(b->base.commit_id, "c3");
	assert_int_equal(b->member_count, 3); /* mirrored ones too: the primary may have lost them */
	assert_true(b->member_changed[0] && !b->member_changed[1] && !b->member_changed[2]);
	assert_str(b->members[0].fingerprint, "mine");
	assert_str(b->members[0].source, "am");
	assert_str(b->members[0].key, "k");
	assert_true(b->members[0].found && b->members[0].mark > 0);
	assert_true(b->member_ttls[0] > 0 && b->member_ttls[0] <= TIME_HOUR);
	assert_int_equal(b->lease_count, 1);
	assert_str(b->leases[0].receiver, "r");
	assert_string_equal(b->leases[0].claim, given.claim);
	assert_int_equal(b->leases[0].until, given.until);
}

static void a_member_may_be_owed_without_its_record(void **state)
{
	struct conformance *t = *state;
	saw_record(t, primary_incident(t, "mirrored"), 3, "c3");
	commit_firing(t, "here", "f", "mirrored");
	commit_firing(t, "here", "g", "unknown");
	const struct local_branches *page = owned(t, "", 9);
	assert_int_equal(page->count, 3);
	assert_int_equal(branch_of(t, "here")->member_count, 0);
	const struct local_branch *b = branch_of(t, "mirrored");
	assert_int_equal(b->record.version.number, 0);
	assert_int_equal(b->member_count, 2);
	assert_true(b->member_changed[0] && !b->member_changed[1]);
	assert_int_equal(branch_of(t, "unknown")->record.version.number, 0);
	struct local_merged m = merger_of(t, b, NULL, 0);
	assert_true(merged(t, &m));
	assert_null(branch_of(t, "mirrored"));
	assert_int_equal(record_of(t, "mirrored").version.number, 3);
	assert_true(member_of(t, STR("am"), STR("f")).found);
}

#define FIELDS 2300
static void each_counter_is_handed_out_once(void **state)
{
	struct conformance *t = *state;
	struct store_count *counts = arena_alloc(t->arena, FIELDS * sizeof *counts);
	int64_t hour = clock_of(t) / TIME_HOUR * TIME_HOUR;
	for (size_t i = 0; i < FIELDS; i++)
		counts[i] = (struct store_count){str_c(arena_printf(t->arena, "f%zu", i)), i + 1, hour - (i % 2) * TIME_HOUR};
	struct store_commit c = incident("z", NONE);
	c.counts = counts, c.count_count = FIELDS;
	commit_ok(t, &c);
	size_t n = 0, debts = 0;
	uint64_t sum = 0;
	for (const struct local_debt *d; (d = debt(t))->count; debts++) {
		assert_true(d->count <= LOCAL_DEBT_MAX);
		for (size_t i = 0; i < d->count; i++, n++) {
			assert_true(d->counts[i].hour == hour || d->counts[i].hour == hour - TIME_HOUR);
			sum += d->counts[i].add;
		}
		assert_true(pay(t, d->id));
	}
	assert_int_equal(debts, 3);
	assert_int_equal(n, FIELDS);
	assert_int_equal(sum, FIELDS * (FIELDS + 1) / 2);
	assert_int_equal(counters(t, 0, INT64_MAX / 2)->count, 0);
}

static void what_was_counted_meanwhile_stays_owed(void **state)
{
	struct conformance *t = *state;
	int64_t hour = clock_of(t) / TIME_HOUR * TIME_HOUR - TIME_HOUR;
	commit_count(t, "k", "f", 5, hour);
	commit_count(t, "k", "gone", 5, hour);
	const struct local_debt *first = debt(t);
	assert_int_equal(first->count, 2);
	commit_count(t, "other", "f", 2, hour);
	assert_int_equal(counters(t, 0, INT64_MAX / 2)->rows[0].count, 7); /* what is on its way is counted here still */
	assert_true(pay(t, first->id));
	const struct store_counted *left = counters(t, 0, INT64_MAX / 2);
	assert_int_equal(left->count, 1);
	assert_str(left->rows[0].field, "f");
	assert_int_equal(left->rows[0].count, 2);
	const struct local_debt *second = debt(t);
	assert_string_not_equal(second->id, first->id);
	assert_int_equal(second->count, 1);
	assert_int_equal(second->counts[0].add, 2);
	/* a field that was handed over may come again */
	commit_count(t, "other", "gone", 1, hour);
	assert_int_equal(counters(t, 0, INT64_MAX / 2)->count, 2);
}

/* A router that died before it knew whether the primary had counted asks under the same id. */
static void what_is_owed_is_the_same_after_a_restart(void **state)
{
	struct conformance *t = *state;
	int64_t hour = clock_of(t) / TIME_HOUR * TIME_HOUR;
	commit_count(t, "k", "f", 5, hour);
	const struct local_debt *before = debt(t);
	commit_count(t, "k", "f", 3, hour);
	commit_count(t, "k", "g", 1, hour);
	stand_in_reopen(t, true);
	const struct local_debt *after = debt(t);
	assert_string_equal(after->id, before->id);
	assert_int_equal(after->count, 1);
	assert_int_equal(after->counts[0].add, 5);
	assert_true(pay(t, "0123456789abcdef0123456789abcdef")); /* of nobody */
	assert_string_equal(debt(t)->id, before->id);
	assert_true(pay(t, before->id));
	assert_int_equal(debt(t)->count, 2);
	/* without a primary nothing is owed to anybody */
	stand_in_reopen(t, false);
	assert_int_equal(counters(t, 0, INT64_MAX / 2)->count, 2);
	stand_in_reopen(t, true);
	assert_int_equal(debt(t)->count, 2);
}

static void a_merged_key_is_mirrored(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	saw_record(t, inc, 3, "c3");
	change_here(t, "k");
	change_here(t, "k");
	change_here(t, "k");
	commit_firing(t, "k", "mine", "k");
	struct store_claim ask = claim_for("r", 1, TIME_HOUR);
	assert_int_equal(claim(t, &ask)->count, 1);
	inc->count.pages = 77;
	inc->sample_count = 0;
	struct local_merged m = merger_of(t, branch_of(t, "k"), inc, 4); /* fewer versions than here */
	struct store_member_change *change = arena_alloc(t->arena, sizeof *change);
	*change = m.members[0];
	change->after.mark = 0;
	change->after.ends_at = 222;
	m.members = change, m.member_count = 1;
	assert_true(merged(t, &m));
	assert_int_equal(owned(t, "", 9)->count, 0);
	assert_int_equal(local_store_owned_count(t->store), 0);
	struct store_record r = record_of(t, "k");
	assert_int_equal(r.version.number, 4);
	assert_str(r.ids, "merged");
	assert_true(str_eq(r.bytes, m.record.bytes));
	struct member mine = member_of(t, STR("am"), STR("mine"));
	assert_int_equal(mine.mark, 0);
	assert_int_equal(mine.ends_at, 222);
	/* whoever holds a lease goes on holding it */
	struct store_claim other = claim_for("r", 1, TIME_HOUR);
	assert_int_equal(claim(t, &other)->count, 0);
	/* and the next change seen of the primary counts */
	saw_record(t, inc, 5, "c5 merged");
	assert_int_equal(record_of(t, "k").version.number, 5);
	stand_in_reopen(t, false);
	assert_int_equal(stats(t, NULL, 0)->open, 0);
	assert_false(member_of(t, STR("am"), STR("mine")).found);
}

static void a_key_that_was_changed_meanwhile_stays_owned(void **state)
{
	struct conformance *t = *state;
	change_here(t, "k");
	struct local_merged m = merger_of(t, branch_of(t, "k"), primary_incident(t, "k"), 9);
	struct store_version later = change_here(t, "k");
	assert_false(merged(t, &m));
	const struct local_branch *b = branch_of(t, "k");
	assert_string_equal(b->record.version.commit_id, later.commit_id);
	assert_int_equal(b->base.number, 0); /* what was merged holds more than what this grew from */
	m = merger_of(t, b, primary_incident(t, "k"), 9);
	m.as_taken = true;
	change_here(t, "k");
	assert_false(merged(t, &m));
	b = branch_of(t, "k");
	assert_int_equal(b->base.number, 9);
	assert_string_equal(b->base.commit_id, "merged");
	/* the next time round */
	m = merger_of(t, b, primary_incident(t, "k"), 10);
	assert_true(merged(t, &m));
	assert_int_equal(record_of(t, "k").version.number, 10);
}

static void a_member_that_was_changed_meanwhile_stays_owned(void **state)
{
	struct conformance *t = *state;
	commit_firing(t, "k", "f", "k");
	commit_firing(t, "k", "g", "k");
	const struct local_branch *b = branch_of(t, "k");
	assert_int_equal(b->member_count, 2);
	struct local_merged m = merger_of(t, b, primary_incident(t, "k"), 9);
	/* f resolves, and a third one joins, in a commit of another record */
	struct store_member_change f = {member_of(t, STR("am"), STR("f")), {.found = false}, TIME_HOUR};
	f.after = f.before;
	f.after.mark = 0;
	f.after.ends_at = 333;
	commit_member(t, "other", &f);
	assert_false(merged(t, &m));
	assert_int_equal(member_of(t, STR("am"), STR("f")).ends_at, 333);
	b = branch_of(t, "k");
	assert_int_equal(b->record.version.number, 0); /* the record itself is merged */
	assert_str(b->members[0].fingerprint, "f");
	assert_true(b->member_changed[0] && !b->member_changed[1]);
	m = merger_of(t, b, NULL, 0);
	assert_true(merged(t, &m));
	assert_null(branch_of(t, "k"));
	commit_firing(t, "other", "new", "k");
	assert_non_null(branch_of(t, "k"));
}

static void mirrored_keys_are_those_open_or_seen_lately(void **state)
{
	struct conformance *t = *state;
	struct incident *closed = primary_incident(t, "closed");
	end_primary_incident(closed, closed->last_seen_at);
	saw_record(t, closed, 1, "c1");
	saw_record(t, primary_incident(t, "open"), 1, "c1");
	saw_record(t, primary_incident(t, "mine"), 1, "c1");
	change_here(t, "mine");
	int64_t since = clock_of(t) + 1;
	t->pass(t, since);
	struct store_member_change late[] = {change_of("f", "members only", true), change_of("g", "open", true),
	                                     change_of("h", "mine", true)};
	struct incident *again = primary_incident(t, "closed too");
	end_primary_incident(again, again->last_seen_at);
	struct store_record r = primary_record(t, again, 1, "c1");
	saw(t, &(struct local_seen){.records = &r, .record_count = 1, .members = late, .member_count = 3});
	const struct local_branches *page = mirrored(t, "", 9, since);
	static const char *const expected[] = {"closed too", "members only", "open"};
	assert_int_equal(page->count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_str(page->branches[i].record.key, expected[i]);
		assert_int_equal(page->branches[i].record.bytes.n, 0);
		assert_int_equal(page->branches[i].lease_count, 0);
		assert_int_equal(page->branches[i].record.version.number, i != 1);
	}
	assert_str(page->branches[2].record.ids, "c1");
	assert_int_equal(page->branches[2].member_count, 1); /* only what was touched since */
	assert_str(page->branches[2].members[0].fingerprint, "g");
	assert_int_equal(page->branches[1].member_count, 1);
	page = mirrored(t, "closed too", 1, since);
	assert_int_equal(page->count, 1);
	assert_str(page->branches[0].record.key, "members only");
	assert_int_equal(mirrored(t, "", 9, 0)->count, 4);
	assert_int_equal(mirrored(t, "open", 9, 0)->count, 0);
}

static void what_the_primary_has_lost_is_owned(void **state)
{
	struct conformance *t = *state;
	saw_record(t, primary_incident(t, "k"), 6, "c6");
	saw_record(t, primary_incident(t, "mine"), 6, "c6");
	change_here(t, "mine");
	assert_true(own(t, "k"));
	assert_true(own(t, "mine"));
	assert_true(own(t, "nobody"));
	assert_int_equal(local_store_owned_count(t->store), 2);
	const struct local_branch *b = branch_of(t, "k");
	assert_int_equal(b->base.number, 6);
	assert_string_equal(b->base.commit_id, "c6");
	assert_int_equal(b->record.version.number, 6);
	assert_int_equal(b->member_count, 1);
	assert_int_equal(branch_of(t, "mine")->base.number, 6);
	assert_int_equal(mirrored(t, "", 9, 0)->count, 0);
}

static void the_owned_are_counted_when_it_opens(void **state)
{
	struct conformance *t = *state;
	change_here(t, "a");
	change_here(t, "b");
	change_here(t, "b");
	saw_record(t, primary_incident(t, "c"), 1, "c1");
	assert_int_equal(local_store_owned_count(t->store), 2);
	stand_in_reopen(t, true);
	assert_int_equal(local_store_owned_count(t->store), 2);
	/* a file that had no primary has been its own all along */
	stand_in_reopen(t, false);
	change_here(t, "d");
	stand_in_reopen(t, true);
	assert_int_equal(local_store_owned_count(t->store), 3);
}

#define OWN(test) cmocka_unit_test_setup_teardown(test, stand_in_set_up, stand_in_tear_down)

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	log_setup(LOG_ERROR, LOG_LOGFMT, loop_wall_ms);
	const struct CMUnitTest tests[] = {
		OWN(owned_keys_come_page_by_page),
		OWN(a_branch_has_what_was_changed_here),
		OWN(a_member_may_be_owed_without_its_record),
		OWN(each_counter_is_handed_out_once),
		OWN(what_was_counted_meanwhile_stays_owed),
		OWN(what_is_owed_is_the_same_after_a_restart),
		OWN(a_merged_key_is_mirrored),
		OWN(a_key_that_was_changed_meanwhile_stays_owned),
		OWN(a_member_that_was_changed_meanwhile_stays_owned),
		OWN(mirrored_keys_are_those_open_or_seen_lately),
		OWN(what_the_primary_has_lost_is_owned),
		OWN(the_owned_are_counted_when_it_opens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
