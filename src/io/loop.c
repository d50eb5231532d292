/*
 * The loop's two queues (next turn, other threads) and its life; timers and signals are in loop_event.c.
 */
#include "io/loop.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/loop_impl.h"

#define HANDED_TURNS 16

static void abort_loop_start(const char *what)
{
	fprintf(stderr, "the event loop cannot start: %s: %s\n", what, strerror(errno));
	abort();
}

/* ---- a list of calls ---- */

static void calls_push(struct calls *q, void (*run)(void *arg), void *arg)
{
	struct call *c = mem_alloc(sizeof *c);
	*c = (struct call){NULL, run, arg};
	if (q->last)
		q->last->next = c;
	else
		q->first = c;
	q->last = c;
}

static bool calls_pop(struct calls *q, struct call *out)
{
	struct call *c = q->first;
	if (!c)
		return false;
	q->first = c->next;
	if (!q->first)
		q->last = NULL;
	*out = *c;
	free(c);
	return true;
}

static void calls_append(struct calls *to, struct calls *from)
{
	if (!from->first)
		return;
	if (to->last)
		to->last->next = from->first;
	else
		to->first = from->first;
	to->last = from->last;
	*from = (struct calls){NULL, NULL};
}

/* Runs what is in `now` until the loop is stopped; true when nothing is left. */
static bool calls_run(struct loop *l, struct calls *now)
{
	struct call c;
	while (!l->stopped && calls_pop(now, &c))
		c.run(c.arg);
	return !now->first;
}

static void calls_drop(struct calls *q)
{
	struct call c;
	while (calls_pop(q, &c))
		;
}

/* ---- next turn ---- */

static void arm_deferred(struct loop *l)
{
	const struct timeval now = {0, 0};
	event_add(l->deferred_event, &now);
}

static void on_deferred(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct loop *l = arg;
	/* What these calls defer waits for the turn after: a call that defers itself must not starve the sockets. */
	struct calls now = l->deferred;
	l->deferred = (struct calls){NULL, NULL};
	if (!calls_run(l, &now)) {
		calls_append(&now, &l->deferred);
		l->deferred = now;
	}
}

void loop_defer(struct loop *l, void (*run)(void *arg), void *arg)
{
	calls_push(&l->deferred, run, arg);
	if (!l->between_runs)
		arm_deferred(l);
}

/* ---- other threads ---- */

static void wake_loop(struct loop *l)
{
	const uint64_t one = 1;
	/* The only failure of this write is a full counter (EAGAIN), and then the loop is awake already. */
	while (write(l->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
		;
}

void loop_post(struct loop *l, void (*run)(void *arg), void *arg)
{
	pthread_mutex_lock(&l->lock);
	calls_push(&l->posted, run, arg);
	pthread_mutex_unlock(&l->lock);
	wake_loop(l);
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	(void)what;
	struct loop *l = arg;
	uint64_t count;
	while (read(fd, &count, sizeof count) < 0 && errno == EINTR)
		;
	pthread_mutex_lock(&l->lock);
	calls_append(&l->taken, &l->posted);
	pthread_mutex_unlock(&l->lock);
	calls_run(l, &l->taken);
}

/* ---- life ---- */

static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	if (!config)
		abort_loop_start("event_config_new");
	/* Changes to epoll are gathered until the next turn: a request over curl costs a fifth less. */
	event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
	struct event_base *base = event_base_new_with_config(config);
	event_config_free(config);
	if (!base)
		abort_loop_start("event_base_new");
	return base;
}

struct loop *loop_new(void)
{
	struct loop *l = mem_zero(sizeof *l);
	signal(SIGPIPE, SIG_IGN);
	l->base = new_base();
	l->last_handed = &l->handed;
	pthread_mutex_init(&l->lock, NULL);
	l->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (l->wake_fd < 0)
		abort_loop_start("eventfd");
	l->wake_event = event_new(l->base, l->wake_fd, EV_READ | EV_PERSIST, on_wake, l);
	l->deferred_event = event_new(l->base, -1, 0, on_deferred, l);
	if (!l->wake_event || !l->deferred_event || event_add(l->wake_event, NULL) != 0)
		abort_loop_start("event_new");
	return l;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	loop_signals_free(l);
	event_free(l->wake_event);
	event_free(l->deferred_event);
	calls_drop(&l->deferred);
	calls_drop(&l->taken);
	calls_drop(&l->posted);
	event_base_free(l->base);
	close(l->wake_fd);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

struct event_base *loop_base(struct loop *l)
{
	return l->base;
}

void loop_turn_by_hand(struct loop *l)
{
	l->by_hand = l->between_runs = true;
}

/* At most so many turns: then the sockets have theirs. */
static void run_deferred(struct loop *l)
{
	for (int turn = 0; turn < HANDED_TURNS && l->deferred.first && !l->stopped; turn++)
		on_deferred(-1, 0, l);
}

void loop_run(struct loop *l)
{
	l->stopped = false;
	if (l->by_hand)
		run_deferred(l);
	if (l->stopped)
		return;
	l->between_runs = false;
	if (l->taken.first) /* what an earlier loop_stop() left behind; what was posted since has woken it by itself */
		wake_loop(l);
	if (l->deferred.first)
		arm_deferred(l);
	event_base_loop(l->base, EVLOOP_NO_EXIT_ON_EMPTY);
	l->between_runs = l->by_hand;
}

void loop_stop(struct loop *l)
{
	l->stopped = true;
	event_base_loopbreak(l->base);
}

/* ---- clocks and dice ---- */

static int64_t clock_ms(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t loop_mono_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

int64_t loop_wall_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

/* Asking for one throw costs as much as for many: each thread has some in stock. */
uint64_t loop_dice(void)
{
	static _Thread_local uint64_t stock[32];
	static _Thread_local size_t left;
	/* So few bytes come whole; it can only be interrupted before the kernel's pool is ready, at boot. */
	while (!left) {
		if (getrandom(stock, sizeof stock, 0) == (ssize_t)sizeof stock)
			left = sizeof stock / sizeof *stock;
		else if (errno != EINTR)
			abort_loop_start("getrandom");
	}
	return stock[--left];
}
