/* A stand-in: what it takes over from what was seen of its primary. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/time.h"
#include "incident/row.h"
#include "stand_in.h"

static const struct store_version NONE = {0, ""};

static void what_was_seen_is_there_like_anything_else(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	saw_record(t, inc, 7, "c7 c6 c5");
	struct store_record r = record_of(t, "k");
	assert_int_equal(r.version.number, 7);
	assert_string_equal(r.version.commit_id, "c7");
	assert_str(r.ids, "c7 c6 c5");
	assert_true(str_eq(r.bytes, primary_record(t, inc, 7, "c7").bytes));
	assert_int_equal(list(t, STORE_LIST_OPEN, STR(""), 9)->count, 1);
	struct member m = member_of(t, STR("am"), STR("k"));
	assert_true(m.found && m.counted && m.mark == inc->sample[0].mark);
	assert_string_equal(m.group, STAND_IN_GROUP);
	assert_str(m.key, "k");
	assert_int_equal(m.starts_at, inc->sample[0].starts_at);
	assert_int_equal(m.ends_at, 0);
	assert_int_equal(m.episode, 1);
	assert_int_equal(m.touched_at, inc->last_seen_at);
	struct store_claim ask = claim_for(STORE_CLOCK, 9, TIME_HOUR);
	assert_int_equal(claim(t, &ask)->next_due_at, incident_clock(inc, &stand_in_policy));
	assert_int_equal(claims(t, "r"), 1);
	assert_int_equal(local_store_owned_count(t->store), 0);
	assert_int_equal(counters(t, 0, INT64_MAX / 2)->count, 0);
	/* a commit made there is known here when it is repeated */
	struct store_commit again = incident("k", NONE);
	memcpy(again.id, "c6", 3);
	const struct store_committed *got = commit(t, &again);
	assert_int_equal(got->result, STORE_OK);
	assert_int_equal(got->version.number, 6);
}

static uint64_t pages_of(struct conformance *t, const char *key)
{
	AUTOERR struct err err = ERR_INIT;
	struct incident *inc = incident_read(t->arena, record_of(t, key).bytes, &err);
	assert_non_null(inc);
	return inc->count.pages;
}

static void only_what_is_newer_counts(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	inc->count.pages = 1;
	saw_record(t, inc, 7, "c7");
	inc->count.pages = 2;
	saw_record(t, inc, 7, "other");
	saw_record(t, inc, 6, "c6");
	assert_int_equal(pages_of(t, "k"), 1);
	assert_str(record_of(t, "k").ids, "c7");
	saw_record(t, inc, 8, "c8");
	assert_int_equal(pages_of(t, "k"), 2);
	assert_int_equal(record_of(t, "k").version.number, 8);
	/* of an absent one, or one asked for without its bytes, nothing is to be learnt */
	struct store_record bare = primary_record(t, inc, 9, "c9"), absent = {.key = STR("absent")};
	bare.bytes = STR("");
	struct store_record both[] = {bare, absent};
	saw(t, &(struct local_seen){.records = both, .record_count = 2});
	assert_int_equal(record_of(t, "k").version.number, 8);
	assert_int_equal(record_of(t, "absent").version.number, 0);
	assert_int_equal(local_store_lost(t->store), 0);
}

/* A record's sample names some members; a load brings those that were asked for, with whichever incident is theirs. */
static void what_a_load_says_of_members_comes_with_their_record(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	struct member loaded[] = {change_of("beyond", "k", true).after, change_of("others", "another", true).after};
	loaded[0].touched_at = loaded[1].touched_at = clock_of(t);
	struct store_record record = primary_record(t, inc, 7, "c7");
	struct local_seen seen = {.records = &record, .record_count = 1, .loaded = {loaded, 2}};
	saw(t, &seen);
	struct member m = member_of(t, STR("am"), STR("beyond"));
	assert_true(m.found && m.mark == loaded[0].mark);
	assert_str(m.key, "k");
	assert_false(member_of(t, STR("am"), STR("others")).found);
	/* what is known since stands */
	loaded[0].mark++;
	loaded[0].touched_at--;
	record = primary_record(t, inc, 8, "c8");
	saw(t, &seen);
	assert_int_equal(member_of(t, STR("am"), STR("beyond")).mark, m.mark);
}

static void ids_known_before_stay_behind_those_seen(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	saw_record(t, inc, 7, "c7 c6 c5");
	saw_record(t, inc, 8, "c8");
	assert_str(record_of(t, "k").ids, "c8 c7 c6 c5");
	saw_record(t, inc, 10, "c10 c9 c8 c7");
	assert_str(record_of(t, "k").ids, "c10 c9 c8 c7 c6 c5");
	saw_record(t, inc, 13, "c13 c12"); /* who made 11 is not known */
	assert_str(record_of(t, "k").ids, "c13 c12");
	saw_record(t, inc, 20, "c20 c19 c18 c17 c16 c15 c14 c13");
	assert_str(record_of(t, "k").ids, "c20 c19 c18 c17 c16 c15 c14 c13");
	saw_record(t, inc, 21, "c21");
	assert_str(record_of(t, "k").ids, "c21 c20 c19 c18 c17 c16 c15 c14");
}

static void what_was_changed_here_is_left_alone(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	saw_record(t, inc, 7, "c7");
	struct store_version mine = change_here(t, "k");
	assert_int_equal(mine.number, 8);
	assert_int_equal(local_store_owned_count(t->store), 1);
	inc->deliveries[0].due_at = clock_of(t) + TIME_HOUR;
	saw_record(t, inc, 20, "c20");
	struct store_record r = record_of(t, "k");
	assert_string_equal(r.version.commit_id, mine.commit_id);
	assert_int_equal(claims(t, "r"), 1);
	const struct local_branches *page = owned(t, "", 9);
	assert_int_equal(page->count, 1);
	assert_int_equal(page->branches[0].base.number, 7);
	assert_string_equal(page->branches[0].base.commit_id, "c7");
}

static void a_delivery_that_went_unseen_is_due_no_more(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	saw_record(t, inc, 1, "c1");
	inc->deliveries[0].receiver = STR("another");
	saw_record(t, inc, 4, "c4");
	assert_int_equal(claims(t, "r"), 0);
	assert_int_equal(claims(t, "another"), 1);
	end_primary_incident(inc, clock_of(t));
	inc->delivery_count = 0;
	saw_record(t, inc, 5, "c5");
	const struct store_stats *got = stats(t, (struct str[]){STR("another"), STR("r")}, 2);
	assert_int_equal(got->queues[0].due + got->queues[1].due, 0);
	assert_int_equal(got->open, 0);
	assert_int_equal(got->closed, 1);
}

/* ---- groups ---- */

static size_t in_group(struct conformance *t, const char *group)
{
	struct str name = str_c(group);
	const struct store_loaded *got = load(t, &(struct store_load){.groups = &name, .group_count = 1});
	assert_int_equal(got->result, STORE_OK);
	return got->record_count;
}

/* Who serves in an outage must find an incident by its group, though no commit of it was made here. */
static void groups_follow_from_the_rows_of_what_was_seen(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	add_primary_member(inc, "another group", "f");
	add_primary_member(inc, ROW_SHARED, "g");
	saw_record(t, inc, 1, "c1");
	saw_record(t, primary_incident(t, "l"), 1, "c1");
	assert_int_equal(in_group(t, STAND_IN_GROUP), 2);
	assert_int_equal(in_group(t, "another group"), 1);
	assert_int_equal(in_group(t, ROW_SHARED), 0); /* it is no group's */
	row_drop(inc, row_find(inc, "another group"));
	saw_record(t, inc, 3, "c3");
	assert_int_equal(in_group(t, STAND_IN_GROUP), 2);
	assert_int_equal(in_group(t, "another group"), 0);
	end_primary_incident(inc, clock_of(t));
	saw_record(t, inc, 4, "c4");
	assert_int_equal(in_group(t, STAND_IN_GROUP), 1);
	stand_in_reopen(t, false);
	assert_int_equal(in_group(t, STAND_IN_GROUP), 0);
}

/* ---- members ---- */

static void members_of_a_commit_are_taken_as_they_are(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	struct store_record r = primary_record(t, inc, 1, "c1");
	struct store_member_change changes[] = {change_of("k", "k", false), change_of("moved", "elsewhere", true)};
	changes[0].after.touched_at = clock_of(t) - 5;
	struct local_seen seen = {.records = &r, .record_count = 1, .members = changes, .member_count = 2};
	saw(t, &seen);
	for (size_t i = 0; i < 2; i++) {
		/* what a load answers is what the next commit says that it was */
		struct store_commit c = incident(i ? "a" : "b", NONE);
		struct store_member_change next = {changes[i].after, changes[i].after, TIME_HOUR};
		c.members = &next, c.member_count = 1;
		commit_ok(t, &c);
	}
	assert_int_equal(owned(t, "", 9)->count, 4); /* both records, and where their members are */
	struct store_member_change gone[] = {change_of("seen", "k", true), change_of("seen", "k", true)};
	gone[1].after.found = false;
	saw(t, &(struct local_seen){.members = &gone[0], .member_count = 1});
	assert_true(member_of(t, STR("am"), STR("seen")).found);
	saw(t, &(struct local_seen){.members = &gone[1], .member_count = 1});
	assert_false(member_of(t, STR("am"), STR("seen")).found);
}

static void members_changed_here_are_left_alone(void **state)
{
	struct conformance *t = *state;
	struct store_member_change mine = change_of("k", "mine", true), theirs = change_of("k", "theirs", false);
	commit_member(t, "mine", &mine);
	struct store_record r = primary_record(t, primary_incident(t, "k"), 1, "c1");
	saw(t, &(struct local_seen){.records = &r, .record_count = 1, .members = &theirs, .member_count = 1});
	assert_str(member_of(t, STR("am"), STR("k")).key, "mine");
}

static void a_sample_fills_in_what_is_not_known_better(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	add_primary_member(inc, STAND_IN_GROUP, "elsewhere");
	add_primary_member(inc, STAND_IN_GROUP, "resolved");
	add_primary_member(inc, STAND_IN_GROUP, "closed by hand");
	inc->sample[0].mark = inc->sample[2].mark = inc->sample[3].mark = 0;
	inc->sample[0].ends_at = 333;
	inc->sample[2].ends_at = 222;
	struct store_member_change known[] = {change_of("elsewhere", "other", true), change_of("resolved", "k", false)};
	known[1].after.starts_at = inc->sample[2].starts_at;
	known[1].after.episode = inc->episode;
	known[1].after.touched_at = inc->last_seen_at;
	saw(t, &(struct local_seen){.members = known, .member_count = 2});
	saw_record(t, inc, 1, "c1");
	struct member m = member_of(t, STR("am"), STR("k"));
	assert_true(m.found && !m.mark);
	assert_int_equal(m.ends_at, 333);
	assert_false(member_of(t, STR("am"), STR("closed by hand")).found); /* it did not say that it is over */
	assert_str(member_of(t, STR("am"), STR("elsewhere")).key, "other");
	assert_int_equal(member_of(t, STR("am"), STR("resolved")).ends_at, 222);
	/* a newer one that says otherwise counts */
	inc->sample[2].mark = inc->sample[1].mark;
	inc->sample[2].waits = 4;
	inc->sample[2].ends_at = 0;
	saw_record(t, inc, 2, "c2");
	m = member_of(t, STR("am"), STR("resolved"));
	assert_true(m.mark && m.ends_at == 0 && m.counted);
	assert_int_equal(m.waits, 4);
	assert_string_equal(m.group, STAND_IN_GROUP);
	/* one that the primary has long forgotten is none */
	struct incident *old = primary_incident(t, "old");
	old->last_seen_at -= 9 * TIME_DAY;
	saw_record(t, old, 1, "c1");
	assert_false(member_of(t, STR("am"), STR("old")).found);
}

/* A page: the commit that leases it for its receiver, and what came of it, within a moment. */
static void of_versions_seen_in_a_moment_the_last_is_written(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "k");
	struct store_lease lease = {.receiver = STR("r"), .claim = "mine", .until = clock_of(t) + TIME_HOUR};
	struct store_member_change change = change_of("beyond", "k", true);
	struct store_record r = primary_record(t, inc, 1, "c1");
	struct local_seen first = {
		.records = &r, .record_count = 1, .members = &change, .member_count = 1, .leases = &lease, .lease_count = 1};
	local_store_saw(t->store, &first);
	inc->count.pages = 2;
	r = primary_record(t, inc, 2, "c2");
	r.ids = STR("c2 c1");
	local_store_saw(t->store, &(struct local_seen){.records = &r, .record_count = 1});
	inc->count.pages = 3;
	r = primary_record(t, inc, 3, "c3");
	r.ids = STR("c3 c2");
	struct local_seen last = {.records = &r, .record_count = 1, .release_receiver = STR("r"), .release_claim = "mine"};
	local_store_saw(t->store, &last);
	assert_int_equal(local_store_spared(t->store), 2);
	assert_int_equal(pages_of(t, "k"), 3);
	assert_str(record_of(t, "k").ids, "c3 c2 c1");
	assert_true(member_of(t, STR("am"), STR("beyond")).found);
	assert_int_equal(claims(t, "r"), 1); /* it was released */
	/* one that comes behind an answer is written of its own */
	r = primary_record(t, inc, 4, "c4");
	local_store_saw(t->store, &(struct local_seen){.records = &r, .record_count = 1});
	assert_int_equal(record_of(t, "k").version.number, 4);
	assert_int_equal(local_store_spared(t->store), 2);
}

/* Nobody asks: it is written all the same. */
static void what_was_seen_is_written_in_time(void **state)
{
	struct conformance *t = *state;
	struct store_record r = primary_record(t, primary_incident(t, "k"), 1, "c1");
	int64_t end = loop_mono_ms() + 20 * TIME_SECOND;
	local_store_saw(t->store, &(struct local_seen){.records = &r, .record_count = 1});
	assert_int_equal(local_store_held(t->store), 1);
	struct loop_timer *look = loop_timer_new(t->loop, (void (*)(void *))loop_stop, t->loop);
	while (local_store_held(t->store)) {
		assert_true(loop_mono_ms() < end);
		loop_timer_set(look, 1);
		loop_run(t->loop);
	}
	loop_timer_free(look);
	assert_int_equal(record_of(t, "k").version.number, 1);
}

/* ---- leases ---- */

static struct store_lease lease_until(const char *receiver, int64_t until)
{
	struct store_lease lease = {.receiver = str_c(receiver), .until = until};
	hash_random_id(lease.claim);
	return lease;
}

static struct local_seen seen_claim(const struct store_record *r, size_t count, const struct store_lease *lease)
{
	return (struct local_seen){.records = r, .record_count = count, .leases = lease, .lease_count = 1};
}

static void a_claim_seen_keeps_others_away(void **state)
{
	struct conformance *t = *state;
	struct store_record r[] = {primary_record(t, primary_incident(t, "a"), 1, "c1"),
	                           primary_record(t, primary_incident(t, "b"), 1, "c1")};
	struct store_lease lease = lease_until("r", clock_of(t) + TIME_HOUR);
	struct local_seen held = seen_claim(r, 2, &lease);
	saw(t, &held);
	assert_int_equal(claims(t, "r"), 0);
	/* the same records again, not newer: a commit released one lease */
	struct local_seen released = {.records = r, .record_count = 1, .release_receiver = STR("r")};
	memcpy(released.release_claim, "somebody else's", 16);
	saw(t, &released);
	assert_int_equal(claims(t, "r"), 0);
	memcpy(released.release_claim, lease.claim, STORE_ID_MAX);
	saw(t, &released);
	assert_int_equal(claims(t, "r"), 1);
	/* the holder's own release works here, too */
	struct store_release back = {.receiver = STR("r"), .key = STR("b"), .due_at = 10};
	memcpy(back.claim_id, lease.claim, STORE_ID_MAX);
	assert_int_equal(release(t, &back), STORE_OK);
	assert_int_equal(claims(t, "r"), 1);
}

/* Of a commit that has claimed for several receivers. */
static void all_leases_seen_count(void **state)
{
	struct conformance *t = *state;
	struct store_record r = primary_record(t, primary_incident(t, "k"), 1, "c1");
	struct store_lease leases[] = {lease_until("r", clock_of(t) + TIME_HOUR),
	                               lease_until("other", clock_of(t) + TIME_HOUR)};
	saw(t, &(struct local_seen){.records = &r, .record_count = 1, .leases = leases, .lease_count = 2});
	assert_int_equal(claims(t, "r"), 0);
	assert_true(own(t, "k"));
	assert_int_equal(owned(t, "", 9)->branches[0].lease_count, 2);
}

static void the_last_claim_seen_counts(void **state)
{
	struct conformance *t = *state;
	struct store_record r = primary_record(t, primary_incident(t, "k"), 1, "c1");
	struct store_lease first = lease_until("r", clock_of(t) + TIME_HOUR),
					   second = lease_until("r", first.until + TIME_HOUR), over = lease_until(STORE_CLOCK, clock_of(t));
	struct local_seen seen = seen_claim(&r, 1, &first);
	saw(t, &seen);
	seen.leases = &second;
	saw(t, &seen);
	struct store_claim ask = claim_for("r", 9, TIME_HOUR);
	const struct store_claimed *got = claim(t, &ask);
	assert_int_equal(got->count, 0);
	assert_int_equal(got->next_due_at, second.until);
	seen.leases = &over;
	saw(t, &seen);
	assert_int_equal(owned(t, "", 9)->count, 0);
	assert_true(own(t, "k"));
	const struct local_branches *page = owned(t, "", 9);
	assert_int_equal(page->branches[0].lease_count, 1);
	assert_string_equal(page->branches[0].leases[0].claim, second.claim);
}

#define OWN(test) cmocka_unit_test_setup_teardown(test, stand_in_set_up, stand_in_tear_down)

int main(void)
{
	log_setup(LOG_ERROR, LOG_LOGFMT, loop_wall_ms);
	const struct CMUnitTest tests[] = {
		OWN(what_was_seen_is_there_like_anything_else),
		OWN(only_what_is_newer_counts),
		OWN(what_a_load_says_of_members_comes_with_their_record),
		OWN(ids_known_before_stay_behind_those_seen),
		OWN(of_versions_seen_in_a_moment_the_last_is_written),
		OWN(what_was_seen_is_written_in_time),
		OWN(what_was_changed_here_is_left_alone),
		OWN(a_delivery_that_went_unseen_is_due_no_more),
		OWN(groups_follow_from_the_rows_of_what_was_seen),
		OWN(members_of_a_commit_are_taken_as_they_are),
		OWN(members_changed_here_are_left_alone),
		OWN(a_sample_fills_in_what_is_not_known_better),
		OWN(a_claim_seen_keeps_others_away),
		OWN(all_leases_seen_count),
		OWN(the_last_claim_seen_counts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
