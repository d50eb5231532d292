/* What loop.c and loop_event.c share. */
#ifndef IO_LOOP_IMPL_H
#define IO_LOOP_IMPL_H

#include <pthread.h>
#include <stdbool.h>

struct event;
struct event_base;
struct loop_signal;
struct loop_timer;

struct call {
	struct call *next;
	void (*run)(void *arg);
	void *arg;
};

struct calls {
	struct call *first, *last;
};

struct loop {
	struct event_base *base;
	bool stopped;
	bool by_hand;      /* loop_turn_by_hand() */
	bool between_runs; /* by hand: what is deferred need not be announced, loop_run() begins with it */
	struct event *deferred_event, *wake_event;
	int wake_fd;
	struct calls deferred;                    /* for the next turn */
	struct loop_timer *handed, **last_handed; /* by hand: timers that are due at once, in the order they were set */
	struct calls taken;                       /* posted, taken over by the loop */
	pthread_mutex_t lock;                     /* guards `posted` */
	struct calls posted;
	struct loop_signal *signals;
};

void loop_signals_free(struct loop *l);

#endif
