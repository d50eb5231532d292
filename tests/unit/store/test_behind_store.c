/* What stands before a store and writes behind: all that a store does, what it holds, and when it lets go of it. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/time.h"
#include "conformance.h"
#include "store/behind_store.h"
#include "store/memory_store.h"

static const struct store_version NONE = {0, ""};

/* The store behind, whose health and answers are as the test wants them. */
struct behind_fixture {
	struct store crooked; /* first */
	struct store *memory;
	struct loop *loop;
	bool down, loses;
	int commits;
};

static struct behind_fixture *fixture_of(struct store *s)
{
	return (struct behind_fixture *)(void *)s;
}

static struct store *memory_of_fixture(struct store *s)
{
	return fixture_of(s)->memory;
}

static void pass_behind(struct conformance *t, int64_t until)
{
	struct store *memory = ((struct behind_fixture *)t->own)->memory;
	if (until > memory_store_now(memory))
		memory_store_set_now(memory, until);
}

struct lost_answer {
	void (*done)(void *, const struct store_committed *);
	void *arg;
};

static void lose_answer(void *arg, const struct store_committed *got)
{
	struct lost_answer a = *(struct lost_answer *)arg;
	struct store_committed lost = {.result = STORE_UNKNOWN, .now = got->now};
	mem_cleanup(&arg);
	a.done(a.arg, &lost);
}

static void crooked_commit(struct store *s, const struct store_commit *ask,
                           void (*done)(void *, const struct store_committed *), void *arg)
{
	struct behind_fixture *f = fixture_of(s);
	f->commits++;
	if (!f->loses) {
		f->memory->ops->commit(f->memory, ask, done, arg);
		return;
	}
	struct lost_answer *a = mem_zero(sizeof *a);
	*a = (struct lost_answer){done, arg};
	f->memory->ops->commit(f->memory, ask, lose_answer, a);
}

static void crooked_load(struct store *s, const struct store_load *ask,
                         void (*done)(void *, const struct store_loaded *), void *arg)
{
	memory_of_fixture(s)->ops->load(memory_of_fixture(s), ask, done, arg);
}

static void crooked_claim(struct store *s, const struct store_claim *ask,
                          void (*done)(void *, const struct store_claimed *), void *arg)
{
	memory_of_fixture(s)->ops->claim(memory_of_fixture(s), ask, done, arg);
}

static void crooked_release(struct store *s, const struct store_release *ask, void (*done)(void *, enum store_result),
                            void *arg)
{
	memory_of_fixture(s)->ops->release(memory_of_fixture(s), ask, done, arg);
}

static void crooked_query(struct store *s, struct request *r)
{
	memory_of_fixture(s)->ops->query(memory_of_fixture(s), r);
}

static void crooked_sweep(struct store *s, int64_t retention, void (*done)(void *, enum store_result, bool), void *arg)
{
	memory_of_fixture(s)->ops->sweep(memory_of_fixture(s), retention, done, arg);
}

static struct store_health crooked_health(struct store *s)
{
	struct store_health h = memory_of_fixture(s)->ops->health(memory_of_fixture(s));
	h.up = !fixture_of(s)->down;
	return h;
}

static int64_t crooked_now(struct store *s)
{
	return memory_of_fixture(s)->ops->now(memory_of_fixture(s));
}

static size_t crooked_parts(struct store *s, struct store_health *out)
{
	*out = crooked_health(s);
	return 1;
}

static void crooked_on_change(struct store *s, void (*changed)(void *), void *arg)
{
	memory_of_fixture(s)->ops->on_change(memory_of_fixture(s), changed, arg);
}

static void close_memory(struct store *s)
{
	memory_of_fixture(s)->ops->close(memory_of_fixture(s));
}

static const struct store_ops CROOKED = {.load = crooked_load,
                                         .commit = crooked_commit,
                                         .claim = crooked_claim,
                                         .release = crooked_release,
                                         .query = crooked_query,
                                         .sweep = crooked_sweep,
                                         .health = crooked_health,
                                         .now = crooked_now,
                                         .parts = crooked_parts,
                                         .on_change = crooked_on_change,
                                         .close = close_memory};

static void stop_behind_loop(void *loop)
{
	loop_stop(loop);
}

static void open_behind_case(struct conformance *t)
{
	struct behind_fixture *f = mem_zero(sizeof *f);
	t->loop = f->loop = loop_new();
	f->crooked.ops = &CROOKED;
	f->memory = memory_store_open(t->loop);
	memory_store_set_now(f->memory, INT64_C(1800000000123));
	t->own = f;
	t->pass = pass_behind;
	t->store = behind_store_open(t->loop, &f->crooked);
}

static void close_behind_case(struct conformance *t)
{
	t->store->ops->close(t->store);
	loop_defer(t->loop, stop_behind_loop, t->loop);
	loop_run(t->loop);
	loop_free(t->loop);
	mem_cleanup(&t->own);
}

static int behind_setup(void **state)
{
	struct conformance *t = mem_zero(sizeof *t);
	open_behind_case(t);
	conformance_begin(t);
	*state = t;
	return 0;
}

static int behind_teardown(void **state)
{
	struct conformance *t = *state;
	conformance_end(t);
	close_behind_case(t);
	mem_cleanup(&t);
	return 0;
}

/* What is in the store behind, past what is held. */
static struct store_record record_in_memory(struct conformance *t, const char *key)
{
	struct store *before = t->store;
	t->store = ((struct behind_fixture *)t->own)->memory;
	struct store_record r = record_of(t, key);
	t->store = before;
	return r;
}

static struct store_version counts(struct conformance *t, const char *key, struct store_version v, const char *bytes)
{
	struct store_commit c = incident(key, v);
	c.bytes = str_c(bytes);
	c.behind = 1;
	const struct store_committed *done = commit(t, &c);
	assert_int_equal(done->result, STORE_OK);
	return done->version;
}

static void look_at_pending(void *arg)
{
	struct conformance *t = arg;
	if (behind_store_pending(t->store))
		loop_defer(t->loop, look_at_pending, t);
	else
		loop_stop(t->loop);
}

static void wait_until_written(struct conformance *t)
{
	loop_defer(t->loop, look_at_pending, t);
	loop_run(t->loop);
}

static void turn_behind(struct conformance *t)
{
	loop_defer(t->loop, stop_behind_loop, t->loop);
	loop_run(t->loop);
}

/* ---- tests ---- */

static void is_held_then_written_by_itself(void **state)
{
	struct conformance *t = *state;
	struct behind_fixture *f = t->own;
	struct store_commit c = incident("k", NONE);
	struct store_version v = commit_ok(t, &c);
	for (int i = 0; i < 20; i++)
		v = counts(t, "k", v, "{\"n\":1}");
	assert_int_equal(f->commits, 1);
	assert_int_equal(behind_store_keys(t->store), 1);
	assert_str(record_in_memory(t, "k").bytes, "{}");
	wait_until_written(t);
	assert_int_equal(f->commits, 2);
	assert_str(record_in_memory(t, "k").bytes, "{\"n\":1}");
	assert_string_equal(record_in_memory(t, "k").version.commit_id, v.commit_id);
}

static uint64_t counted_in_memory(struct conformance *t, const char *field)
{
	struct store *own = t->store;
	t->store = ((struct behind_fixture *)t->own)->memory;
	uint64_t n = sum_of_field(t, field);
	t->store = own;
	return n;
}

/* The record is there when it is answered, its counts with those of others a little later; a query sees them at once. */
static void counts_of_commits_are_written_together(void **state)
{
	struct conformance *t = *state;
	struct store_count one[] = {{.field = STR("pages"), .add = 1}};
	const char *const keys[] = {"k1", "k2", "k3"};
	for (int i = 0; i < 3; i++) {
		struct store_commit c = incident(keys[i], NONE);
		c.counts = one, c.count_count = 1;
		commit_ok(t, &c);
		assert_int_equal(record_in_memory(t, keys[i]).version.number, 1);
	}
	assert_int_equal(counted_in_memory(t, "pages"), 0);
	assert_int_equal(behind_store_pending(t->store), 1);
	assert_int_equal(sum_of_field(t, "pages"), 3);
	wait_until_written(t);
	assert_int_equal(counted_in_memory(t, "pages"), 3);
}

/* Neither what is refused counts, nor twice what is asked again because its answer was lost. */
static void counts_once_what_stands(void **state)
{
	struct conformance *t = *state;
	struct behind_fixture *f = t->own;
	struct store_count one[] = {{.field = STR("pages"), .add = 1}};
	struct store_commit c = incident("k", NONE), late = incident("k", NONE);
	c.counts = late.counts = one;
	c.count_count = late.count_count = 1;
	f->loses = true;
	assert_int_equal(commit(t, &c)->result, STORE_UNKNOWN);
	f->loses = false;
	commit_ok(t, &c);
	assert_int_equal(commit(t, &late)->result, STORE_CONFLICT);
	wait_until_written(t);
	assert_int_equal(counted_in_memory(t, "pages"), 1);
}

static void goes_before_the_next_commit(void **state)
{
	struct conformance *t = *state;
	struct store_commit c = incident("k", NONE);
	struct store_version v = commit_ok(t, &c);
	v = counts(t, "k", v, "{\"n\":1}");
	c = incident("k", v);
	c.bytes = STR("{\"told\":1}");
	v = commit_ok(t, &c);
	assert_int_equal(record_in_memory(t, "k").version.number, v.number);
	assert_int_equal(v.number, 3);
	assert_str(record_in_memory(t, "k").bytes, "{\"told\":1}");
}

static void is_claimed_as_it_is_held(void **state)
{
	struct conformance *t = *state;
	struct store_version v = due_incident(t, "k", "pager", 0, clock_of(t));
	v = counts(t, "k", v, "{\"n\":1}");
	struct store_claim ask = claim_for("pager", 1, LONG_LEASE);
	const struct store_claimed *got = claim_ok(t, &ask);
	assert_int_equal(got->count, 1);
	assert_string_equal(got->records[0].version.commit_id, v.commit_id);
	assert_str(got->records[0].bytes, "{\"n\":1}");
	assert_int_equal(behind_store_keys(t->store), 1);
}

struct losses {
	int count;
	uint64_t alerts;
	char key[8];
};

static void note_loss(void *arg, struct str key, uint64_t alerts)
{
	struct losses *l = arg;
	l->count++;
	l->alerts += alerts;
	snprintf(l->key, sizeof l->key, "%.*s", STR_ARG(key));
}

static void says_what_another_router_was_faster_than(void **state)
{
	struct conformance *t = *state;
	struct behind_fixture *f = t->own;
	struct losses losses = {.count = 0};
	struct store_committed got;
	struct store_commit c = incident("k", NONE);
	struct store_version v = commit_ok(t, &c);
	behind_store_on_lost(t->store, note_loss, &losses);
	counts(t, "k", counts(t, "k", v, "{\"n\":1}"), "{\"n\":2}");
	c = incident("k", v);
	c.bytes = STR("{\"theirs\":1}");
	struct store *own = t->store;
	t->store = f->memory;
	commit_later(t, &c, &got);
	conformance_wait(t);
	t->store = own;
	assert_int_equal(got.result, STORE_OK);
	wait_until_written(t);
	assert_int_equal(losses.count, 1);
	assert_int_equal(losses.alerts, 2);
	assert_string_equal(losses.key, "k");
	assert_str(record_of(t, "k").bytes, "{\"theirs\":1}");
}

static void a_lost_answer_counts_once(void **state)
{
	struct conformance *t = *state;
	struct behind_fixture *f = t->own;
	struct losses losses = {.count = 0};
	struct store_commit c = incident("k", NONE);
	struct store_version v = commit_ok(t, &c);
	behind_store_on_lost(t->store, note_loss, &losses);
	v = counts(t, "k", v, "{\"n\":1}");
	f->loses = true;
	behind_store_flush(t->store);
	while (f->commits < 3)
		turn_behind(t);
	f->loses = false;
	wait_until_written(t);
	assert_int_equal(losses.count, 0);
	assert_int_equal(record_in_memory(t, "k").version.number, v.number);
	assert_str(record_in_memory(t, "k").bytes, "{\"n\":1}");
}

static void holds_nothing_before_a_store_that_is_down(void **state)
{
	struct conformance *t = *state;
	struct behind_fixture *f = t->own;
	struct store_commit c = incident("k", NONE);
	struct store_version v = commit_ok(t, &c);
	f->down = true;
	counts(t, "k", v, "{\"n\":1}");
	assert_int_equal(f->commits, 2);
	assert_int_equal(behind_store_pending(t->store), 0);
}

static void holds_no_more_than_its_ceiling(void **state)
{
	struct conformance *t = *state;
	struct behind_fixture *f = t->own;
	static struct store_committed done[2 * (BEHIND_KEYS_MAX + 3)]; /* filled in by conformance_wait() */
	char key[16];
	for (int i = 0; i < BEHIND_KEYS_MAX + 3; i++) {
		snprintf(key, sizeof key, "k%d", i);
		struct store_commit c = incident(key, NONE), again = incident(key, NONE);
		commit_later(t, &c, &done[2 * i]);
		again.expect = (struct store_version){.number = 1};
		memcpy(again.expect.commit_id, c.id, STORE_ID_MAX);
		again.behind = 1;
		commit_later(t, &again, &done[2 * i + 1]);
		assert_true(behind_store_keys(t->store) <= BEHIND_KEYS_MAX);
	}
	assert_true(f->commits >= BEHIND_KEYS_MAX + 3 + 3);
	conformance_wait(t);
}

static void writes_all_as_it_closes(void **state)
{
	(void)state;
	struct conformance t = {.loop = NULL};
	open_behind_case(&t);
	conformance_begin(&t);
	struct behind_fixture *f = t.own;
	struct store_commit c = incident("k", NONE);
	counts(&t, "k", commit_ok(&t, &c), "{\"n\":1}");
	t.store->ops->close(t.store);
	assert_int_equal(f->commits, 2);
	conformance_end(&t);
	loop_defer(t.loop, stop_behind_loop, t.loop);
	loop_run(t.loop);
	loop_free(t.loop);
	mem_cleanup(&t.own);
}

int main(void)
{
	const struct conformance_opener opener = {"behind, before memory", open_behind_case, close_behind_case, false};
	const struct CMUnitTest own[] = {
		cmocka_unit_test_setup_teardown(is_held_then_written_by_itself, behind_setup, behind_teardown),
		cmocka_unit_test_setup_teardown(counts_of_commits_are_written_together, behind_setup, behind_teardown),
		cmocka_unit_test_setup_teardown(counts_once_what_stands, behind_setup, behind_teardown),
		cmocka_unit_test_setup_teardown(goes_before_the_next_commit, behind_setup, behind_teardown),
		cmocka_unit_test_setup_teardown(is_claimed_as_it_is_held, behind_setup, behind_teardown),
		cmocka_unit_test_setup_teardown(says_what_another_router_was_faster_than, behind_setup, behind_teardown),
		cmocka_unit_test_setup_teardown(a_lost_answer_counts_once, behind_setup, behind_teardown),
		cmocka_unit_test_setup_teardown(holds_nothing_before_a_store_that_is_down, behind_setup, behind_teardown),
		cmocka_unit_test_setup_teardown(holds_no_more_than_its_ceiling, behind_setup, behind_teardown),
		cmocka_unit_test(writes_all_as_it_closes),
	};
	return conformance_run(&opener) + cmocka_run_group_tests(own, NULL, NULL);
}
