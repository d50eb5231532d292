#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "drive.h"
#include "io/loop.h"

static struct loop *l;
static char trace[256];

static void note_in_trace(void *arg)
{
	strncat(trace, arg, sizeof trace - strlen(trace) - 1);
}

static void note_and_stop(void *arg)
{
	note_in_trace(arg);
	loop_stop(l);
}

static char A[] = "a", B[] = "b", C[] = "c", D[] = "d";

static int setup(void **state)
{
	(void)state;
	l = loop_new();
	trace[0] = '\0';
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	loop_free(l);
	return 0;
}

static void timers_run_in_order_and_never_early(void **state)
{
	(void)state;
	struct loop_timer *a = loop_timer_new(l, note_in_trace, A), *b = loop_timer_new(l, note_in_trace, B),
					  *c = loop_timer_new(l, note_and_stop, C);
	int64_t start = loop_mono_ms();
	loop_timer_set(c, 25);
	loop_timer_set(a, 15);
	loop_timer_set(b, -5);
	assert_true(loop_timer_running(a));
	assert_string_equal(trace, "");
	loop_run(l);
	assert_true(loop_mono_ms() - start >= 25);
	assert_string_equal(trace, "bac");
	assert_false(loop_timer_running(a));
	loop_timer_free(a);
	loop_timer_free(b);
	loop_timer_free(c);
	loop_timer_free(NULL);
}

static void a_timer_set_anew_runs_once_and_a_stopped_one_never(void **state)
{
	(void)state;
	struct loop_timer *a = loop_timer_new(l, note_in_trace, A), *b = loop_timer_new(l, note_in_trace, B),
					  *c = loop_timer_new(l, note_and_stop, C);
	loop_timer_set(a, 0);
	loop_timer_set(a, 5);
	loop_timer_set(b, 0);
	loop_timer_stop(b);
	assert_false(loop_timer_running(b));
	loop_timer_set(c, 10);
	loop_run(l);
	assert_string_equal(trace, "ac");
	loop_timer_free(a);
	loop_timer_free(b);
	loop_timer_free(c);
}

/* Who turns the loop by hand: each loop_run() takes up what was deferred, in order, and what is left waits for the next. */
static void what_was_deferred_before_a_run_is_done_first(void **state)
{
	(void)state;
	loop_defer(l, note_in_trace, A);
	loop_defer(l, note_and_stop, B);
	loop_defer(l, note_in_trace, C);
	loop_run(l);
	assert_string_equal(trace, "ab");
	loop_defer(l, note_and_stop, D);
	loop_run(l);
	assert_string_equal(trace, "abcd");
}

/* By hand, a timer that is due at once needs no turn of the kernel's; one that is set again meanwhile is one, and one that is
 * stopped or freed is none. */
static void by_hand_a_due_timer_goes_with_what_was_deferred(void **state)
{
	(void)state;
	struct loop_timer *a = loop_timer_new(l, note_in_trace, A), *b = loop_timer_new(l, note_in_trace, B),
					  *c = loop_timer_new(l, note_in_trace, C);
	loop_turn_by_hand(l);
	loop_timer_set(a, 60000);
	loop_timer_set(a, 0);
	loop_timer_set(b, 0);
	loop_timer_set(c, 0);
	loop_timer_set(a, 0);
	assert_true(loop_timer_running(a));
	loop_timer_stop(b);
	assert_false(loop_timer_running(b));
	loop_timer_free(c);
	loop_defer(l, note_and_stop, D);
	loop_run(l);
	assert_string_equal(trace, "ad");
	assert_false(loop_timer_running(a));
	loop_timer_set(b, 1);
	loop_timer_set(a, 0);
	loop_timer_set(a, 60000);
	assert_true(loop_timer_running(a));
	loop_timer_free(a);
	struct loop_timer *last = loop_timer_new(l, note_and_stop, C);
	loop_timer_set(last, 5);
	loop_run(l);
	assert_string_equal(trace, "adbc");
	loop_timer_free(b);
	loop_timer_free(last);
}

static void free_the_other_and_stop(void *arg)
{
	struct loop_timer **other = arg;
	loop_timer_free(*other);
	*other = NULL;
	loop_stop(l);
}

static void by_hand_a_due_timer_freed_by_another_never_runs(void **state)
{
	(void)state;
	struct loop_timer *b, *a = loop_timer_new(l, free_the_other_and_stop, &b);
	b = loop_timer_new(l, note_in_trace, B);
	loop_turn_by_hand(l);
	loop_timer_set(a, 0);
	loop_timer_set(b, 0);
	loop_run(l);
	assert_null(b);
	loop_defer(l, note_and_stop, C);
	loop_run(l);
	assert_string_equal(trace, "c");
	loop_timer_free(a);
}

static void slow_then_stop(void *arg)
{
	int64_t start = loop_mono_ms();
	while (loop_mono_ms() - start < 30)
		;
	loop_timer_set(arg, 20);
}

static void a_deadline_counts_from_now_not_from_the_start_of_the_turn(void **state)
{
	(void)state;
	struct loop_timer *stop = loop_timer_new(l, note_and_stop, A);
	int64_t start = loop_mono_ms();
	loop_defer(l, slow_then_stop, stop);
	loop_run(l);
	assert_true(loop_mono_ms() - start >= 50);
	loop_timer_free(stop);
}

static void free_itself(void *arg)
{
	struct loop_timer **t = arg;
	loop_timer_free(*t);
	*t = NULL;
	loop_stop(l);
}

static void a_timer_may_free_itself(void **state)
{
	(void)state;
	struct loop_timer *t;
	t = loop_timer_new(l, free_itself, &t);
	loop_timer_set(t, 0);
	loop_run(l);
	assert_null(t);
}

static void free_other(void *arg)
{
	free_itself(arg);
	note_in_trace(A);
}

static void a_due_timer_freed_by_another_never_runs(void **state)
{
	(void)state;
	struct loop_timer *victim = loop_timer_new(l, note_in_trace, B), *t = loop_timer_new(l, free_other, &victim);
	loop_timer_set(t, 0);
	loop_timer_set(victim, 0);
	loop_run(l);
	drive_pass(l, 5);
	assert_string_equal(trace, "a");
	loop_timer_free(t);
}

static int defers;

static void defer_again(void *arg)
{
	defers++;
	loop_defer(l, defer_again, arg);
}

static void a_call_that_defers_itself_does_not_starve_the_rest(void **state)
{
	(void)state;
	defers = 0;
	loop_defer(l, defer_again, NULL);
	assert_int_equal(defers, 0);
	drive_pass(l, 5);
	assert_true(defers > 1);
}

static void nothing_runs_after_stop_until_the_next_run(void **state)
{
	(void)state;
	loop_defer(l, note_in_trace, A);
	loop_defer(l, note_and_stop, B);
	loop_defer(l, note_in_trace, C);
	loop_run(l);
	assert_string_equal(trace, "ab");
	loop_defer(l, note_and_stop, D);
	loop_run(l);
	assert_string_equal(trace, "abcd");
}

static void posted_calls_that_a_stop_left_run_first_next_time(void **state)
{
	(void)state;
	loop_post(l, note_and_stop, A);
	loop_post(l, note_in_trace, B);
	loop_run(l);
	assert_string_equal(trace, "a");
	loop_post(l, note_and_stop, C);
	loop_run(l);
	assert_string_equal(trace, "abc");
}

#define POSTS 2000
static int order[POSTS], posted;

static void take_posted(void *arg)
{
	order[posted++] = *(int *)arg;
	if (posted == POSTS)
		loop_stop(l);
}

static void *poster(void *arg)
{
	int *numbers = arg;
	for (int i = 0; i < POSTS; i++) {
		numbers[i] = i;
		loop_post(l, take_posted, &numbers[i]);
	}
	return NULL;
}

static void a_thread_posts_in_order(void **state)
{
	(void)state;
	static int numbers[POSTS];
	pthread_t thread;
	posted = 0;
	assert_int_equal(pthread_create(&thread, NULL, poster, numbers), 0);
	loop_run(l);
	pthread_join(thread, NULL);
	for (int i = 0; i < POSTS; i++)
		assert_int_equal(order[i], i);
}

static int signals;

static void count_signal(void *arg)
{
	(void)arg;
	signals++;
}

static void a_signal_runs_on_the_loop_each_time(void **state)
{
	(void)state;
	signals = 0;
	loop_on_signal(l, SIGUSR1, count_signal, NULL);
	for (int i = 1; i <= 3; i++) {
		kill(getpid(), SIGUSR1);
		assert_int_equal(signals, i - 1);
		assert_true(drive_count(l, &signals, i));
	}
	assert_int_equal(signals, 3);
}

static void dice_and_clocks(void **state)
{
	(void)state;
	uint64_t any = 0, all = UINT64_MAX;
	for (int i = 0; i < 64; i++) {
		uint64_t bits = loop_dice();
		any |= bits;
		all &= bits;
	}
	assert_true(any == UINT64_MAX && all == 0);
	assert_true(loop_wall_ms() > INT64_C(1700000000000));
	int64_t before = loop_mono_ms();
	assert_true(loop_mono_ms() >= before);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(timers_run_in_order_and_never_early),
		T(a_timer_set_anew_runs_once_and_a_stopped_one_never),
		T(a_deadline_counts_from_now_not_from_the_start_of_the_turn),
		T(a_timer_may_free_itself),
		T(a_due_timer_freed_by_another_never_runs),
		T(a_call_that_defers_itself_does_not_starve_the_rest),
		T(nothing_runs_after_stop_until_the_next_run),
		T(what_was_deferred_before_a_run_is_done_first),
		T(by_hand_a_due_timer_goes_with_what_was_deferred),
		T(by_hand_a_due_timer_freed_by_another_never_runs),
		T(posted_calls_that_a_stop_left_run_first_next_time),
		T(a_thread_posts_in_order),
		T(a_signal_runs_on_the_loop_each_time),
		T(dice_and_clocks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
