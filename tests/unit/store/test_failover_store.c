#include "store/failover_store.h"

#include <string.h>

#include "base/time.h"
#include "fickle_store.h"
#include "folder.h"
#include "small_router.h"
#include "store/local_store.h"
#include "store/record_commit.h"

#define TIMEOUT_MS 200
#define K "00000000000000000000000000000001"
#define L "00000000000000000000000000000002"

/* ---- a router with both stores ---- */

struct house {
	struct conformance t; /* its store is the failover store */
	struct conformance primary;
	char *folder;
};

static struct store *open_local(struct loop *l, const char *folder)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *path = mem_printf("%s/runbookd.db", folder);
	struct store *s = local_store_open(l, path, &small_policy, &err);
	if (!s)
		fail_msg("%s", err_first(&err));
	return s;
}

static struct store *open_both(struct loop *l, struct store *primary, const char *folder)
{
	return failover_store_open(
		l, &(struct failover_options){
			   .primary = primary, .local = open_local(l, folder), .policy = small_policy, .timeout_ms = TIMEOUT_MS});
}

static void turn(struct loop *l)
{
	loop_defer(l, (void (*)(void *))loop_stop, l);
	loop_run(l);
}

static int set_up(void **state)
{
	struct house *h = mem_zero(sizeof *h);
	h->folder = folder_new();
	h->t.loop = h->primary.loop = loop_new();
	h->primary.store = fickle_open(h->t.loop);
	h->t.store = open_both(h->t.loop, h->primary.store, h->folder);
	h->t.pass = conformance_poll;
	conformance_begin(&h->t);
	conformance_begin(&h->primary);
	*state = h;
	return 0;
}

static int tear_down(void **state)
{
	struct house *h = *state;
	conformance_end(&h->t);
	conformance_end(&h->primary);
	h->t.store->ops->close(h->t.store);
	turn(h->t.loop);
	loop_free(h->t.loop);
	folder_remove(h->folder);
	mem_cleanup(&h->folder);
	mem_cleanup(&h);
	return 0;
}

/* ---- waiting ---- */

struct waiting {
	struct house *h;
	const char *state;
	uint64_t put_back;
	struct loop_timer *timer;
	bool owes;
};

static void look(void *arg)
{
	struct waiting *w = arg;
	struct failover_figures f = failover_store_figures(w->h->t.store);
	bool at_rest = w->owes || strcmp(w->state, "primary") != 0 || f.owned == 0;
	if (strcmp(f.state, w->state) == 0 && at_rest && f.put_back >= w->put_back) {
		w->h->t.waiting = 0;
		loop_stop(w->h->t.loop);
	} else {
		loop_timer_set(w->timer, 5);
	}
}

/* Until the state has this name; "primary" also: until nothing is owed to it. */
static void wait_till(struct house *h, struct waiting w)
{
	w.timer = loop_timer_new(h->t.loop, look, &w);
	loop_timer_set(w.timer, 0);
	h->t.waiting = 1;
	conformance_wait(&h->t);
	loop_timer_free(w.timer);
}

static void wait_for(struct house *h, const char *state)
{
	wait_till(h, (struct waiting){.h = h, .state = state});
}

static void wait_for_served(struct house *h)
{
	wait_till(h, (struct waiting){.h = h, .state = "primary", .owes = true});
}

static struct failover_figures figures(const struct house *h)
{
	return failover_store_figures(h->t.store);
}

/* ---- serving ---- */

static void it_starts_on_the_primary(void **state)
{
	struct house *h = *state;
	assert_int_equal(alert_fires(&h->t, K, "a"), REASON_NEW);
	assert_non_null(incident_of(&h->primary, K));
	assert_string_equal(figures(h).state, "primary");
	assert_false(h->t.store->ops->health(h->t.store).partial);
}

static void in_an_outage_the_local_file_serves_with_what_was_seen(void **state)
{
	struct house *h = *state;
	alert_fires(&h->t, K, "a");
	assert_string_equal(tell_oncall(&h->t), "trigger " K " 1");
	fickle_down(h->primary.store);
	assert_int_equal(alert_fires(&h->t, K, "a"), REASON_REPEAT);
	assert_true(h->t.store->ops->health(h->t.store).partial);
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
	assert_false(k->open);
	assert_int_equal(k->deliveries[0].gens[0].told, TOLD_RESOLVED);
	assert_true(l->open);
	assert_int_equal(l->deliveries[0].gens[0].told, TOLD_FIRING);
	assert_true(member_of(&h->primary, STR("am"), STR("b")).firing);
	assert_false(member_of(&h->primary, STR("am"), STR("a")).firing);
	assert_string_equal(tell_oncall(&h->t), "");
	assert_int_equal(alert_fires(&h->t, L, "b"), REASON_REPEAT);
	assert_int_equal(figures(h).owned, 0);
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
	assert_false(k->open);
	assert_int_equal(k->count.firing, 0);
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
	assert_true(k->open);
	assert_int_equal(k->count.firing, 2);
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
	wait_till(h, (struct waiting){.h = h, .state = "primary", .put_back = 2});
	assert_true(incident_of(&h->primary, K)->open);
	assert_false(incident_of(&h->primary, L)->open);
	assert_true(member_of(&h->primary, STR("am"), STR("a")).firing);
	assert_int_equal(alert_fires(&h->t, K, "a"), REASON_REPEAT);
	assert_string_equal(tell_oncall(&h->t), "");
	assert_int_equal(alert_resolves(&h->t, K, "a"), REASON_LAST_MEMBER_RESOLVED);
	assert_string_equal(tell_oncall(&h->t), "resolve " K " 1");
}

/* ---- counters ---- */

static uint64_t counted(struct conformance *t, const char *field)
{
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
	assert_int_equal(counted(&h->t, "new"), 2);
	assert_int_equal(counted(&h->t, "repeat"), 3);
	fickle_down(h->primary.store);
	fickle_up(h->primary.store);
	wait_for(h, "primary");
	assert_int_equal(counted(&h->t, "repeat"), 3);
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
	assert_true(incident_of(&h->primary, K)->open);
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
	turn(h->t.loop);
	h->primary.store = fickle_open(h->t.loop);
	h->t.store = open_both(h->t.loop, h->primary.store, h->folder);
	wait_for(h, "primary");
	assert_true(incident_of(&h->primary, K)->open);
	assert_string_equal(tell_oncall(&h->t), "trigger " K " 1");
}

static void without_the_primary_it_starts_with_the_local_file(void **state)
{
	struct house *h = *state;
	h->t.store->ops->close(h->t.store);
	turn(h->t.loop);
	h->primary.store = fickle_open(h->t.loop);
	fickle_down(h->primary.store);
	h->t.store = open_both(h->t.loop, h->primary.store, h->folder);
	assert_int_equal(alert_fires(&h->t, K, "a"), REASON_NEW);
	assert_string_equal(figures(h).state, "local");
}

/* ---- maintenance ---- */

struct drained {
	struct conformance *t;
	bool done, ok;
	size_t kept;
};

static void drained(void *arg, bool ok, size_t kept, const char *why)
{
	struct drained *d = arg;
	(void)why;
	d->done = true;
	d->ok = ok;
	d->kept = kept;
	d->t->waiting = 0;
	loop_stop(d->t->loop);
}

static struct drained drain(struct house *h)
{
	struct drained d = {.t = &h->t};
	h->t.waiting = 1;
	failover_store_drain(h->t.store, drained, &d);
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
	struct drained d = drain(h);
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
	assert_true(incident_of(&h->primary, K)->open);
	assert_int_equal(incident_of(&h->primary, L)->deliveries[0].gens[0].told, TOLD_FIRING);
	assert_false(failover_store_resume(h->t.store));
}

/* ---- the suite ---- */

static void open_on_primary(struct conformance *t)
{
	t->loop = loop_new();
	t->own = folder_new();
	t->store = open_both(t->loop, fickle_open(t->loop), t->own);
	t->pass = conformance_poll;
}

static void open_on_local(struct conformance *t)
{
	t->loop = loop_new();
	t->own = folder_new();
	struct store *primary = fickle_open(t->loop);
	fickle_down(primary);
	t->store = open_both(t->loop, primary, t->own);
	t->pass = conformance_poll;
}

static void close_case(struct conformance *t)
{
	t->store->ops->close(t->store);
	turn(t->loop);
	loop_free(t->loop);
	folder_remove(t->own);
	mem_cleanup(&t->own);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct conformance_opener primary = {"failover, on the primary", open_on_primary, close_case, false};
	const struct conformance_opener local = {"failover, on the local file", open_on_local, close_case, true};
	const struct CMUnitTest own[] = {
		TEST(it_starts_on_the_primary),
		TEST(in_an_outage_the_local_file_serves_with_what_was_seen),
		TEST(a_page_that_was_due_is_told_in_the_outage),
		TEST(what_was_decided_in_the_outage_is_in_the_primary_afterwards),
		TEST(an_answer_that_is_missing_is_made_good_by_the_local_file),
		TEST(a_commit_that_ran_without_an_answer_is_one),
		TEST(a_resolve_of_what_another_router_opened_is_told_and_kept),
		TEST(both_open_the_same_incident_and_it_is_one),
		TEST(a_pair_claimed_at_the_primary_is_not_handed_out_by_the_local_file),
		TEST(a_pair_claimed_in_the_outage_is_not_handed_out_by_the_primary),
		TEST(what_the_primary_has_lost_is_put_back),
		TEST(what_was_counted_in_the_outage_is_counted_once),
		TEST(hundreds_of_keys_come_back),
		TEST(what_cannot_be_merged_stays_and_the_rest_goes_on),
		TEST(a_restart_in_the_outage_keeps_what_is_owed),
		TEST(without_the_primary_it_starts_with_the_local_file),
		TEST(a_drained_store_knows_what_other_routers_opened),
	};
	return cmocka_run_group_tests_name("failover", own, NULL, NULL) + conformance_run(&primary) +
	       conformance_run(&local);
}
