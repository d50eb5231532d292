/* Back to the primary: what it has lost, what was counted, what is much, what cannot be merged, and maintenance. */
#include <string.h>

#include "base/hash.h"
#include "failover_house.h"
#include "replica/record_commit.h"

/* ---- what the primary loses ---- */

static void what_the_primary_has_lost_is_put_back(void **state)
{
	struct house *h = *state;
	alert_fires(&h->t, K, "a");
	tell_oncall(&h->t);
	alert_fires(&h->t, L, "b");
	tell_oncall(&h->t);
	alert_resolves(&h->t, L, "b");
	tell_oncall(&h->t);
	fickle_down(h->primary.store);
	fickle_forget_all(h->primary.store);
	fickle_up(h->primary.store);
	wait_for_put_back(h, 2);
	assert_true(incident_is_open(incident_of(&h->primary, K)));
	assert_false(incident_is_open(incident_of(&h->primary, L)));
	assert_true(member_of(&h->primary, STR("am"), STR("a")).mark > 0);
	assert_int_equal(alert_fires(&h->t, K, "a"), REASON_REPEAT);
	assert_string_equal(tell_oncall(&h->t), "");
	assert_int_equal(alert_resolves(&h->t, K, "a"), REASON_LAST_MEMBER_RESOLVED);
	assert_string_equal(tell_oncall(&h->t), "resolve " K " 1");
}

/* Its page was told in the outage, so its record was owned and its members were not. */
static void what_fired_is_not_closed_because_the_primary_lost_who_fires(void **state)
{
	struct house *h = *state;
	alert_fires(&h->t, K, "a");
	fickle_down(h->primary.store);
	assert_string_equal(tell_oncall(&h->t), "trigger " K " 1");
	fickle_forget_all(h->primary.store);
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	const struct incident *k = incident_of(&h->primary, K);
	assert_true(incident_is_open(k));
	assert_int_equal(incident_firing(k), 1);
	assert_true(member_of(&h->primary, STR("am"), STR("a")).mark > 0);
	assert_string_equal(tell_oncall(&h->t), "");
}

/* A failed-over primary that has the record as it was before somebody joined, and his membership not at all. */
static void who_joined_is_a_member_though_the_primary_is_back_at_what_was_before(void **state)
{
	struct house *h = *state;
	alert_fires(&h->t, K, "a");
	tell_oncall(&h->t);
	fickle_remember(h->primary.store);
	alert_fires(&h->t, K, "b");
	alert_resolves(&h->t, K, "a");
	fickle_down(h->primary.store);
	fickle_recall(h->primary.store);
	alert_fires(&h->t, K, "b"); /* its record is owned, nobody joins or leaves */
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	assert_int_equal(incident_firing(incident_of(&h->primary, K)), 1);
	assert_int_equal(member_of(&h->primary, STR("am"), STR("a")).mark, 0);
	assert_true(member_of(&h->primary, STR("am"), STR("b")).mark > 0);
	assert_int_equal(alert_resolves(&h->t, K, "b"), REASON_LAST_MEMBER_RESOLVED);
	assert_string_equal(tell_oncall(&h->t), "resolve " K " 1");
}

/* A sample says less than a membership: it must not pass for something newer. */
static void an_outage_without_a_loss_puts_nothing_back(void **state)
{
	struct house *h = *state;
	alert_fires(&h->primary, K, "a");
	alert_fires(&h->primary, K, "b");
	alert_resolves(&h->primary, K, "a");
	list(&h->t, STORE_LIST_OPEN, STR(""), 10); /* now this router has seen it */
	fickle_down(h->primary.store);
	stats(&h->t, NULL, 0);
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	assert_int_equal(figures(h).put_back, 0);
	assert_int_equal(figures(h).merged, 0);
}

/* It compares what it has with the primary's when that goes away for a moment, and waits for an answer that never comes. */
static void it_returns_though_a_comparison_was_under_way(void **state)
{
	struct house *h = *state;
	alert_fires(&h->t, K, "a");
	fickle_freeze(h->primary.store);
	while (!fickle_holds(h->primary.store))
		house_turn(h->t.loop);
	fickle_down(h->primary.store);
	fickle_up(h->primary.store);
	for (int i = 0; i < 10; i++)
		house_turn(h->t.loop);
	fickle_give_up(h->primary.store);
	wait_for(h, "primary");
}

/* ---- counters ---- */

/* When all that is owed is paid. */
static uint64_t count_stored(struct conformance *t, const char *field)
{
	while (failover_store_figures(t->store).paying)
		house_turn(t->loop);
	const struct store_counted *got = counters(t, 0, INT64_MAX / 2);
	uint64_t n = 0;
	for (size_t i = 0; i < got->count; i++)
		n += str_eq_c(got->rows[i].field, field) ? got->rows[i].count : 0;
	return n;
}

static void what_was_counted_in_the_outage_is_counted_once(void **state)
{
	struct house *h = *state;
	alert_fires(&h->t, K, "a");
	fickle_down(h->primary.store);
	for (int i = 0; i < 3; i++)
		alert_fires(&h->t, K, "a");
	alert_fires(&h->t, L, "b");
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	assert_int_equal(count_stored(&h->t, "new"), 2);
	assert_int_equal(count_stored(&h->t, "repeat"), 3);
	fickle_down(h->primary.store);
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	assert_int_equal(count_stored(&h->t, "repeat"), 3);
}

/* What is owed is paid, and nobody hears whether it arrived. */
static void payment_in_doubt(struct house *h, bool done)
{
	fickle_down(h->primary.store);
	alert_fires(&h->t, K, "a");
	alert_fires(&h->t, K, "a");
	fickle_freeze_at_tally(h->primary.store);
	fickle_up(h->primary.store);
	while (!fickle_holds(h->primary.store))
		house_turn(h->t.loop);
	fickle_lose(h->primary.store, done);
	alert_fires(&h->t, K, "a"); /* counted apart from what is on its way */
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	assert_int_equal(count_stored(&h->t, "new"), 1);
	assert_int_equal(count_stored(&h->t, "repeat"), 2);
}

static void what_was_paid_without_an_answer_is_counted_once(void **state)
{
	payment_in_doubt(*state, true);
}

static void what_could_not_be_paid_is_paid_later(void **state)
{
	payment_in_doubt(*state, false);
}

/* The merge itself: the primary did it and said nothing, or did not; and one more is counted before the next try. */
static void merge_in_doubt(struct house *h, bool done)
{
	alert_fires(&h->t, K, "a");
	tell_oncall(&h->t);
	fickle_down(h->primary.store);
	alert_fires(&h->t, K, "a");
	fickle_freeze_at_commit(h->primary.store);
	fickle_up(h->primary.store);
	while (!fickle_holds(h->primary.store))
		house_turn(h->t.loop);
	fickle_lose(h->primary.store, done);
	alert_fires(&h->t, K, "a");
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	assert_int_equal(count_stored(&h->t, "new"), 1);
	assert_int_equal(count_stored(&h->t, "repeat"), 2);
	fickle_down(h->primary.store);
	alert_fires(&h->t, K, "a");
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	assert_int_equal(count_stored(&h->t, "repeat"), 3);
}

static void what_a_merge_without_an_answer_counted_is_counted_once(void **state)
{
	merge_in_doubt(*state, true);
}

static void what_a_merge_without_an_answer_did_not_count_is_counted_once(void **state)
{
	merge_in_doubt(*state, false);
}

/* Asked to count and to commit when the primary goes: it did both and said nothing, or neither. */
static void commit_in_doubt(struct house *h, bool done)
{
	struct store_count one = {.field = STR("doubt"), .add = 1};
	struct store_commit c = {.key = STR(K), .counts = &one, .count_count = 1};
	struct store_committed got = {.result = STORE_CONFLICT};
	struct store_tallied tallied = {.result = STORE_CONFLICT};
	alert_fires(&h->t, K, "a");
	c.expect = record_of(&h->t, K).version;
	struct incident *inc = (struct incident *)(uintptr_t)incident_of(&h->t, K);
	record_commit(h->t.arena, inc, &small_policy, &c);
	hash_random_id(c.id);
	fickle_freeze(h->primary.store);
	commit_later(&h->t, &c, &got);
	tally_later(&h->t, "once", &one, 1, &tallied);
	fickle_lose(h->primary.store, done);
	conformance_wait(&h->t);
	assert_int_equal(got.result, STORE_OK);
	assert_int_equal(tallied.result, STORE_OK);
	alert_fires(&h->t, L, "b");
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	stats(&h->t, NULL, 0); /* behind the tally */
	assert_int_equal(count_stored(&h->t, "doubt"), 2);
	assert_int_equal(count_stored(&h->t, "new"), 2);
}

static void what_was_counted_without_an_answer_is_counted_once(void **state)
{
	commit_in_doubt(*state, true);
}

static void what_was_not_counted_without_an_answer_is_counted_once(void **state)
{
	commit_in_doubt(*state, false);
}

/* ---- many ---- */

#define MANY 700

static const char *key_number(struct conformance *t, int i)
{
	return arena_printf(t->arena, "%032d", i);
}

static void hundreds_of_keys_come_back(void **state)
{
	struct house *h = *state;
	fickle_down(h->primary.store);
	for (int i = 0; i < MANY; i++)
		alert_fires(&h->t, key_number(&h->t, i), key_number(&h->t, i));
	fickle_up(h->primary.store);
	for (int i = 0; i < 20; i++) /* while they are merged */
		alert_resolves(&h->t, key_number(&h->t, i), key_number(&h->t, i));
	wait_for(h, "primary");
	const struct store_stats *s = stats(&h->primary, NULL, 0);
	assert_int_equal(s->open, MANY - 20);
	assert_int_equal(s->closed, 20);
	assert_int_equal(figures(h).owned, 0);
}

/* A record that nobody can read any more keeps nobody away from the primary. */
static void what_cannot_be_merged_stays_and_the_rest_goes_on(void **state)
{
	struct house *h = *state;
	fickle_down(h->primary.store);
	struct store_commit damaged = incident("damaged", (struct store_version){0, ""});
	commit_ok(&h->t, &damaged);
	alert_fires(&h->t, K, "a");
	fickle_up(h->primary.store);
	wait_for_served(h);
	assert_true(incident_is_open(incident_of(&h->primary, K)));
	assert_int_equal(figures(h).owned, 1);
	assert_int_equal(alert_fires(&h->t, K, "a"), REASON_REPEAT);
}

/* ---- a restart in the outage ---- */

static void a_restart_in_the_outage_keeps_what_is_owed(void **state)
{
	struct house *h = *state;
	fickle_down(h->primary.store);
	alert_fires(&h->t, K, "a");
	h->t.store->ops->close(h->t.store);
	house_turn(h->t.loop);
	h->primary.store = fickle_open(h->t.loop);
	h->t.store = house_open_both(h->t.loop, h->primary.store, h->folder);
	wait_for(h, "primary");
	assert_true(incident_is_open(incident_of(&h->primary, K)));
	assert_string_equal(tell_oncall(&h->t), "trigger " K " 1");
}

static void without_the_primary_it_starts_with_the_local_file(void **state)
{
	struct house *h = *state;
	h->t.store->ops->close(h->t.store);
	house_turn(h->t.loop);
	h->primary.store = fickle_open(h->t.loop);
	fickle_down(h->primary.store);
	h->t.store = house_open_both(h->t.loop, h->primary.store, h->folder);
	assert_int_equal(alert_fires(&h->t, K, "a"), REASON_NEW);
	assert_string_equal(figures(h).state, "local");
}

/* ---- maintenance ---- */

struct drained {
	struct conformance *t;
	bool done, ok;
	size_t kept;
};

static void keep_drained(void *arg, bool ok, size_t kept, const char *why)
{
	struct drained *d = arg;
	(void)why;
	d->done = true;
	d->ok = ok;
	d->kept = kept;
	d->t->waiting = 0;
	loop_stop(d->t->loop);
}

static struct drained drain_house(struct house *h)
{
	struct drained d = {.t = &h->t};
	h->t.waiting = 1;
	failover_store_drain(h->t.store, keep_drained, &d);
	conformance_wait(&h->t);
	assert_true(d.done);
	return d;
}

static void a_drained_store_knows_what_other_routers_opened(void **state)
{
	struct house *h = *state;
	wait_for(h, "primary");
	alert_fires(&h->primary, K, "a");
	tell_oncall(&h->primary);
	alert_fires(&h->t, L, "b");
	struct drained d = drain_house(h);
	assert_true(d.ok);
	assert_int_equal(d.kept, 2);
	assert_string_equal(figures(h).state, "drained");
	fickle_down(h->primary.store);
	fickle_forget_all(h->primary.store);
	fickle_up(h->primary.store);
	assert_string_equal(figures(h).state, "drained");
	assert_int_equal(alert_fires(&h->t, K, "a"), REASON_REPEAT);
	assert_string_equal(tell_oncall(&h->t), "trigger " L " 1");
	assert_true(failover_store_resume(h->t.store));
	wait_for(h, "primary");
	assert_true(incident_is_open(incident_of(&h->primary, K)));
	assert_int_equal(incident_of(&h->primary, L)->deliveries[0].gens[0].told, TOLD_FIRING);
	assert_false(failover_store_resume(h->t.store));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE_TEST(what_the_primary_has_lost_is_put_back),
		HOUSE_TEST(what_fired_is_not_closed_because_the_primary_lost_who_fires),
		HOUSE_TEST(who_joined_is_a_member_though_the_primary_is_back_at_what_was_before),
		HOUSE_TEST(an_outage_without_a_loss_puts_nothing_back),
		HOUSE_TEST(it_returns_though_a_comparison_was_under_way),
		HOUSE_TEST(what_was_counted_in_the_outage_is_counted_once),
		HOUSE_TEST(what_was_counted_without_an_answer_is_counted_once),
		HOUSE_TEST(what_was_not_counted_without_an_answer_is_counted_once),
		HOUSE_TEST(what_was_paid_without_an_answer_is_counted_once),
		HOUSE_TEST(what_could_not_be_paid_is_paid_later),
		HOUSE_TEST(what_a_merge_without_an_answer_counted_is_counted_once),
		HOUSE_TEST(what_a_merge_without_an_answer_did_not_count_is_counted_once),
		HOUSE_TEST(hundreds_of_keys_come_back),
		HOUSE_TEST(what_cannot_be_merged_stays_and_the_rest_goes_on),
		HOUSE_TEST(a_restart_in_the_outage_keeps_what_is_owed),
		HOUSE_TEST(without_the_primary_it_starts_with_the_local_file),
		HOUSE_TEST(a_drained_store_knows_what_other_routers_opened),
	};
	return cmocka_run_group_tests_name("failover, the way back", tests, NULL, NULL);
}
