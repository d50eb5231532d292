#include "conformance.h"
#include "store/memory_store.h"
#include "store/ranking.h"

static void pass_memory(struct conformance *t, int64_t until)
{
	if (until > memory_store_now(t->store))
		memory_store_set_now(t->store, until);
}

static void open_inside(struct conformance *t)
{
	t->store = memory_store_open(NULL);
	memory_store_set_now(t->store, INT64_C(1800000000123));
	t->pass = pass_memory;
}

static void close_inside(struct conformance *t)
{
	t->store->ops->close(t->store);
}

static void open_on_loop(struct conformance *t)
{
	t->loop = loop_new();
	t->store = memory_store_open(t->loop);
	memory_store_set_now(t->store, INT64_C(1800000000123));
	t->pass = pass_memory;
}

static void close_on_loop(struct conformance *t)
{
	t->store->ops->close(t->store);
	loop_free(t->loop);
}

static void count_answer(void *arg, const struct store_committed *got)
{
	(void)got;
	++*(int *)arg;
}

static void close_answers_what_is_pending(void **state)
{
	(void)state;
	struct conformance t = {.loop = NULL};
	open_on_loop(&t);
	int answers = 0;
	for (int i = 0; i < 3; i++) {
		struct store_commit c = incident("k", (struct store_version){0, ""});
		t.store->ops->commit(t.store, &c, count_answer, &answers);
	}
	assert_int_equal(answers, 0);
	t.store->ops->close(t.store);
	assert_int_equal(answers, 3);
	loop_defer(t.loop, (void (*)(void *))loop_stop, t.loop);
	loop_run(t.loop);
	loop_free(t.loop);
}

static void it_says_that_it_is_not_durable(void **state)
{
	(void)state;
	struct store *s = memory_store_open(NULL);
	struct store_health health = s->ops->health(s);
	assert_string_equal(health.name, "memory");
	assert_true(health.up);
	assert_false(health.durable);
	assert_string_not_equal(health.why, "");
	s->ops->close(s);
}

/* ---- what a change of many costs, counted ---- */

/* All are put in, then each is taken from the front and goes behind the others, as claims do with what is due. */
static uint64_t moved_by_turns(size_t count)
{
	AUTOARENA struct arena *arena = arena_new();
	struct ranking r = {.count = 0};
	struct ranking_place end = {0, 0};
	for (size_t i = 0; i < count; i++)
		ranking_add(&r, 10, str_c(arena_printf(arena, "k%06zu", i * 7919 % count)), NULL);
	for (size_t i = 0; i < count; i++) {
		const struct ranked first = *ranking_first(&r);
		assert_str(first.name, arena_printf(arena, "k%06zu", i));
		ranking_remove(&r, first.score, first.name);
		ranking_add(&r, 20, first.name, NULL);
	}
	assert_int_equal(r.count, count);
	assert_int_equal(ranking_first(&r)->score, 20);
	for (size_t i = 0; i < count; i++)
		assert_str(ranking_next(&r, &end)->name, arena_printf(arena, "k%06zu", i));
	assert_null(ranking_next(&r, &end));
	for (size_t i = count; i-- > 0;)
		assert_str(ranking_previous(&r, &end)->name, arena_printf(arena, "k%06zu", i));
	assert_null(ranking_previous(&r, &end));
	uint64_t moved = r.moved;
	ranking_release(&r);
	return moved;
}

/* Ten times as many cost ten times as much, not a hundred times. */
static void a_due_list_of_thousands_is_handed_out_in_linear_time(void **state)
{
	(void)state;
	assert_true(moved_by_turns(2000) <= 2000 * 2 * (uint64_t)RANKING_BLOCK);
	assert_true(moved_by_turns(20000) <= 12 * moved_by_turns(2000));
}

int main(void)
{
	const struct conformance_opener inside = {"memory", open_inside, close_inside, false};
	const struct conformance_opener on_loop = {"memory on a loop", open_on_loop, close_on_loop, false};
	const struct CMUnitTest own[] = {
		cmocka_unit_test(close_answers_what_is_pending),
		cmocka_unit_test(it_says_that_it_is_not_durable),
		cmocka_unit_test(a_due_list_of_thousands_is_handed_out_in_linear_time),
	};
	return conformance_run(&inside) + conformance_run(&on_loop) + cmocka_run_group_tests(own, NULL, NULL);
}
