#include "conformance.h"
#include "store/memory_store.h"

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

int main(void)
{
	const struct conformance_opener inside = {"memory", open_inside, close_inside, false};
	const struct conformance_opener on_loop = {"memory on a loop", open_on_loop, close_on_loop, false};
	const struct CMUnitTest own[] = {
		cmocka_unit_test(close_answers_what_is_pending),
		cmocka_unit_test(it_says_that_it_is_not_durable),
	};
	return conformance_run(&inside) + conformance_run(&on_loop) + cmocka_run_group_tests(own, NULL, NULL);
}
