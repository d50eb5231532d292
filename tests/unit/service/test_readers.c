#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "service/readers.h"

static struct loop *loop;
static struct readers *readers;
static struct buf seen;
static int turned_away;

static int setup(void **state)
{
	(void)state;
	loop = loop_new();
	readers = readers_new(loop);
	buf_init(&seen, 65536);
	turned_away = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	readers_free(readers);
	loop_free(loop);
	buf_release(&seen);
	return 0;
}

static void begin_reader(void *arg)
{
	buf_add_c(&seen, arg);
}

static void away(void *arg)
{
	(void)arg;
	turned_away++;
}

static char nobody[] = "x";

static bool enter(char *name, bool first)
{
	return readers_enter(readers, &(struct reader){begin_reader, away, name, first});
}

static void stop_reader_loop(void *arg)
{
	loop_stop(arg);
}

/* As many turns as anybody could need here. */
static void turn_readers(void)
{
	for (int i = 0; i < 20; i++) {
		loop_defer(loop, stop_reader_loop, loop);
		loop_run(loop);
	}
}

static void a_few_are_served_and_the_others_wait_their_turn(void **state)
{
	(void)state;
	static char names[][2] = {"a", "b", "c", "d", "e"}, monitor[] = "m";
	for (int i = 0; i < 5; i++)
		assert_true(enter(names[i], false));
	assert_int_equal(seen.n, 0); /* nobody begins inside the call */
	turn_readers();
	assert_string_equal(seen.p, "abc");
	assert_true(enter(monitor, true));
	readers_leave(readers);
	turn_readers();
	assert_string_equal(seen.p, "abcm");
	readers_leave(readers);
	readers_leave(readers);
	turn_readers();
	assert_string_equal(seen.p, "abcmde");
}

static void the_line_has_an_end(void **state)
{
	(void)state;
	for (int i = 0; i < READERS_WAITING_MOST; i++)
		assert_true(enter(nobody, false));
	assert_false(enter(nobody, false));
	turn_readers();
	assert_int_equal(seen.n, READERS_AT_ONCE);
	assert_true(enter(nobody, false));
	readers_stop(readers);
	assert_int_equal(turned_away, READERS_WAITING_MOST - READERS_AT_ONCE + 1);
	turn_readers(); /* nobody begins any more */
	assert_int_equal(seen.n, READERS_AT_ONCE);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_few_are_served_and_the_others_wait_their_turn),
		T(the_line_has_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
