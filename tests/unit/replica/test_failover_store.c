/* Which store serves, and that nothing of what is decided in an outage is lost or done twice. */
#include <sqlite3.h>
#include <string.h>

#include "../store/folder.h"
#include "failover_house.h"
#include "replica/record_commit.h"

/* ---- serving ---- */

static void it_starts_on_the_primary(void **state)
{
	struct house *h = *state;
	assert_int_equal(alert_fires(&h->t, K, "a"), REASON_NEW);
	assert_non_null(incident_of(&h->primary, K));
	assert_string_equal(figures(h).state, "primary");
	assert_false(h->t.store->ops->health(h->t.store).partial_since);
}

static void in_an_outage_the_local_file_serves_with_what_was_seen(void **state)
{
	struct house *h = *state;
	alert_fires(&h->t, K, "a");
	assert_string_equal(tell_oncall(&h->t), "trigger " K " 1");
	fickle_down(h->primary.store);
	assert_int_equal(alert_fires(&h->t, K, "a"), REASON_REPEAT);
	assert_true(h->t.store->ops->health(h->t.store).partial_since);
	assert_int_equal(figures(h).failovers, 1);
	assert_int_equal(alert_resolves(&h->t, K, "a"), REASON_LAST_MEMBER_RESOLVED);
	assert_string_equal(tell_oncall(&h->t), "resolve " K " 1");
	assert_string_equal(tell_oncall(&h->t), "");
}

static void a_page_that_was_due_is_told_in_the_outage(void **state)
{
	struct house *h = *state;
	alert_fires(&h->t, K, "a");
	fickle_down(h->primary.store);
	assert_string_equal(tell_oncall(&h->t), "trigger " K " 1");
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	assert_string_equal(tell_oncall(&h->t), "");
}

static void what_was_decided_in_the_outage_is_in_the_primary_afterwards(void **state)
{
	struct house *h = *state;
	alert_fires(&h->t, K, "a");
	tell_oncall(&h->t);
	fickle_down(h->primary.store);
	alert_fires(&h->t, L, "b");
	assert_string_equal(tell_oncall(&h->t), "trigger " L " 1");
	alert_resolves(&h->t, K, "a");
	tell_oncall(&h->t);
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	const struct incident *k = incident_of(&h->primary, K), *l = incident_of(&h->primary, L);
	assert_false(incident_is_open(k));
	assert_int_equal(k->deliveries[0].gens[0].told, TOLD_RESOLVED);
	assert_true(incident_is_open(l));
	assert_int_equal(l->deliveries[0].gens[0].told, TOLD_FIRING);
	assert_true(member_of(&h->primary, STR("am"), STR("b")).mark > 0);
	assert_int_equal(member_of(&h->primary, STR("am"), STR("a")).mark, 0);
	assert_string_equal(tell_oncall(&h->t), "");
	assert_int_equal(alert_fires(&h->t, L, "b"), REASON_REPEAT);
	assert_int_equal(figures(h).owned, 0);
}

/* As a router needs it that starts again while the primary is away. */
static void what_the_primary_keeps_is_known_in_the_outage(void **state)
{
	struct house *h = *state;
	const struct store_keep one = {STR("secret"), STR("one"), false}, two = {STR("secret"), STR("two"), false};
	assert_str(keep_value(&h->t, &one)->value, "one");
	fickle_down(h->primary.store);
	assert_str(keep_value(&h->t, &two)->value, "one");
	assert_true(h->t.store->ops->health(h->t.store).partial_since);
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	assert_str(keep_value(&h->t, &two)->value, "one");
}

static void an_answer_that_is_missing_is_made_good_by_the_local_file(void **state)
{
	struct house *h = *state;
	alert_fires(&h->t, K, "a");
	fickle_freeze(h->primary.store);
	struct store_commit c = incident("k", (struct store_version){0, ""});
	struct store_committed got = {.result = STORE_UNKNOWN};
	commit_later(&h->t, &c, &got);
	fickle_lose(h->primary.store, false);
	conformance_wait(&h->t);
	assert_int_equal(got.result, STORE_OK);
	assert_int_equal(got.version.number, 1);
}

/* The primary ran the commit; its answer is missing, so the local file runs it too: it is one change. */
static void a_commit_that_ran_without_an_answer_is_one(void **state)
{
	struct house *h = *state;
	alert_fires(&h->t, K, "a");
	tell_oncall(&h->t);
	struct store_record r = record_of(&h->t, K);
	struct incident *inc = (struct incident *)(uintptr_t)incident_of(&h->t, K);
	struct store_commit c = {.key = STR(K), .expect = r.version};
	memcpy(c.id, "0123456789abcdef0123456789abcdef", 33);
	incident_note(inc, 1, "test", "a change");
	record_commit(h->t.arena, inc, &small_policy, &c);
	struct store_committed got = {.result = STORE_UNKNOWN};
	fickle_freeze(h->primary.store);
	commit_later(&h->t, &c, &got);
	fickle_lose(h->primary.store, true);
	conformance_wait(&h->t);
	assert_int_equal(got.result, STORE_OK);
	assert_int_equal(got.version.number, r.version.number + 1);
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	assert_int_equal(record_of(&h->primary, K).version.number, r.version.number + 1);
}

/* ---- what other routers know ---- */

static void a_resolve_of_what_another_router_opened_is_told_and_kept(void **state)
{
	struct house *h = *state;
	stats(&h->t, NULL, 0); /* it has heard the primary's clock */
	assert_int_equal(alert_fires(&h->primary, K, "a"), REASON_NEW);
	assert_string_equal(tell_oncall(&h->primary), "trigger " K " 1");
	fickle_down(h->primary.store);
	assert_int_equal(alert_resolves(&h->t, K, "a"), REASON_LAST_MEMBER_RESOLVED);
	assert_string_equal(tell_oncall(&h->t), "resolve " K " 1");
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	const struct incident *k = incident_of(&h->primary, K);
	assert_false(incident_is_open(k));
	assert_int_equal(incident_firing(k), 0);
}

/* This router has only read it, as for a repeat: neither has it counted b, nor written anything. */
static void what_another_router_wrote_and_this_one_read_is_known_in_the_outage(void **state)
{
	struct house *h = *state;
	alert_fires(&h->t, K, "a");
	tell_oncall(&h->t);
	alert_fires(&h->primary, K, "b"); /* joins, or pages anew */
	while (tell_oncall(&h->primary)[0])
		;
	assert_true(member_of(&h->t, STR("am"), STR("b")).found);
	fickle_down(h->primary.store);
	assert_int_equal(alert_resolves(&h->t, K, "a"), REASON_MEMBER_LEFT);
	assert_int_equal(alert_fires(&h->t, K, "b"), REASON_REPEAT);
	assert_string_equal(tell_oncall(&h->t), "");
}

static void both_open_the_same_incident_and_it_is_one(void **state)
{
	struct house *h = *state;
	fickle_down(h->primary.store);
	assert_int_equal(alert_fires(&h->t, K, "a"), REASON_NEW);
	assert_string_equal(tell_oncall(&h->t), "trigger " K " 1");
	fickle_up(h->primary.store);
	assert_int_equal(alert_fires(&h->primary, K, "b"), REASON_NEW);
	wait_for(h, "primary");
	const struct incident *k = incident_of(&h->primary, K);
	assert_true(incident_is_open(k));
	assert_int_equal(incident_firing(k), 2);
	assert_string_equal(tell_oncall(&h->t), "");
	assert_int_equal(alert_resolves(&h->t, K, "a"), REASON_MEMBER_LEFT);
	assert_int_equal(alert_resolves(&h->t, K, "b"), REASON_LAST_MEMBER_RESOLVED);
	assert_string_equal(tell_oncall(&h->t), "resolve " K " 1");
}

/* ---- leases ---- */

static void a_pair_claimed_at_the_primary_is_not_handed_out_by_the_local_file(void **state)
{
	struct house *h = *state;
	struct held_page held;
	alert_fires(&h->t, K, "a");
	assert_true(begin_telling(&h->t, 60000, &held));
	fickle_down(h->primary.store);
	alert_resolves(&h->t, K, "a");
	assert_string_equal(tell_oncall(&h->t), "");
	end_telling(&h->t, &held, OUTCOME_DELIVERED);
	assert_string_equal(tell_oncall(&h->t), "resolve " K " 1");
}

static void a_pair_claimed_in_the_outage_is_not_handed_out_by_the_primary(void **state)
{
	struct house *h = *state;
	struct held_page held;
	stats(&h->t, NULL, 0); /* it has heard the primary's clock */
	fickle_down(h->primary.store);
	alert_fires(&h->t, K, "a");
	assert_true(begin_telling(&h->t, 60000, &held));
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	alert_resolves(&h->t, K, "a");
	assert_string_equal(tell_oncall(&h->t), "");
	end_telling(&h->t, &held, OUTCOME_DELIVERED);
	assert_string_equal(tell_oncall(&h->t), "resolve " K " 1");
}

/* ---- the suite ---- */

static void open_on_primary(struct conformance *t)
{
	t->loop = loop_new();
	t->own = folder_new();
	t->store = house_open_both(t->loop, fickle_open(t->loop), t->own);
	t->pass = conformance_poll;
}

static void open_on_local(struct conformance *t)
{
	t->loop = loop_new();
	t->own = folder_new();
	struct store *primary = fickle_open(t->loop);
	fickle_down(primary);
	t->store = house_open_both(t->loop, primary, t->own);
	t->pass = conformance_poll;
}

static void close_case(struct conformance *t)
{
	t->store->ops->close(t->store);
	house_turn(t->loop);
	loop_free(t->loop);
	folder_remove(t->own);
	mem_cleanup(&t->own);
}

/* ---- the mirror behind ---- */

static bool behind(struct house *h)
{
	return h->t.store->ops->health(h->t.store).behind;
}

/* So that whoever reads in bulk can wait, and the memory that copies take stays small. */
static void a_mirror_that_does_not_keep_up_is_said_to_be_behind(void **state)
{
	static const struct store_version none;
	struct house *h = *state;
	AUTOFREE char *path = mem_printf("%s/runbookd.db", h->folder);
	sqlite3 *db;
	alert_fires(&h->t, K, "a");
	assert_false(behind(h));
	/* nothing comes into the file meanwhile */
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 10000);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	for (int i = 0; i < 400; i++) {
		struct store_commit c = incident(arena_printf(h->t.arena, "%032d", 1000 + i), none);
		commit_ok(&h->t, &c);
	}
	assert_true(behind(h));
	sqlite3_close(db);
	while (behind(h))
		house_turn(h->t.loop);
}

int main(void)
{
	const struct conformance_opener primary = {"failover, on the primary", open_on_primary, close_case, false};
	const struct conformance_opener local = {"failover, on the local file", open_on_local, close_case, true};
	const struct CMUnitTest own[] = {
		HOUSE_TEST(it_starts_on_the_primary),
		HOUSE_TEST(in_an_outage_the_local_file_serves_with_what_was_seen),
		HOUSE_TEST(a_page_that_was_due_is_told_in_the_outage),
		HOUSE_TEST(what_was_decided_in_the_outage_is_in_the_primary_afterwards),
		HOUSE_TEST(what_the_primary_keeps_is_known_in_the_outage),
		HOUSE_TEST(an_answer_that_is_missing_is_made_good_by_the_local_file),
		HOUSE_TEST(a_commit_that_ran_without_an_answer_is_one),
		HOUSE_TEST(a_resolve_of_what_another_router_opened_is_told_and_kept),
		HOUSE_TEST(what_another_router_wrote_and_this_one_read_is_known_in_the_outage),
		HOUSE_TEST(both_open_the_same_incident_and_it_is_one),
		HOUSE_TEST(a_pair_claimed_at_the_primary_is_not_handed_out_by_the_local_file),
		HOUSE_TEST(a_pair_claimed_in_the_outage_is_not_handed_out_by_the_primary),
		HOUSE_TEST(a_mirror_that_does_not_keep_up_is_said_to_be_behind),
	};
	return cmocka_run_group_tests_name("failover", own, NULL, NULL) + conformance_run(&primary) +
	       conformance_run(&local);
}
