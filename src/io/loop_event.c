/* Timers and signals of the loop. */
#include <assert.h>
#include <event2/event.h>
#include <stdlib.h>

#include "base/mem.h"
#include "io/loop.h"
#include "io/loop_impl.h"

#define TIMER_MAGIC 0x71b3e4a9u
/* Far enough for any deadline, and far from overflowing the clock it is added to. */
#define TIMER_MAX_MS (INT64_C(10) * 365 * 24 * 3600 * 1000)

struct loop_timer {
	unsigned magic;
	struct loop *loop;
	struct event *event;
	struct loop_timer *next; /* of those that are handed */
	bool handed;             /* it is due with what was deferred, and the kernel knows nothing of it */
	int64_t due_ms;
	void (*run)(void *arg);
	void *arg;
};

struct loop_signal {
	struct loop_signal *next;
	struct event *event;
	void (*run)(void *arg);
	void *arg;
};

static void arm(struct loop_timer *t, int64_t in_ms)
{
	const struct timeval in = {in_ms / 1000, (in_ms % 1000) * 1000};
	event_add(t->event, &in);
}

static void on_loop_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct loop_timer *t = arg;
	assert(t->magic == TIMER_MAGIC);
	/* libevent counts from the start of its turn on a coarse clock, so it may be early; a deadline must not be. */
	int64_t left = t->due_ms - loop_mono_ms();
	if (left > 0)
		arm(t, left);
	else
		t->run(t->arg); /* may free t */
}

/* ---- due at once, where the loop is turned by hand ---- */

static struct loop_timer *take_handed(struct loop *l)
{
	struct loop_timer *t = l->handed;

	l->handed = t->next;
	if (!l->handed)
		l->last_handed = &l->handed;
	t->handed = false;
	return t;
}

/* What these set waits for its own turn. */
static void run_handed(void *arg)
{
	struct loop *l = arg;

	if (!l->handed)
		return;
	struct loop_timer *t = take_handed(l);
	t->run(t->arg); /* may free t */
}

static void hand(struct loop_timer *t)
{
	struct loop *l = t->loop;

	event_del(t->event);
	t->handed = true;
	t->next = NULL;
	*l->last_handed = t;
	l->last_handed = &t->next;
	loop_defer(l, run_handed, l);
}

static void take_back(struct loop_timer *t)
{
	struct loop_timer **at = &t->loop->handed;

	if (!t->handed)
		return;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	if (!*at)
		t->loop->last_handed = at;
	t->handed = false;
}

struct loop_timer *loop_timer_new(struct loop *l, void (*run)(void *arg), void *arg)
{
	struct loop_timer *t = mem_zero(sizeof *t);
	*t = (struct loop_timer){.magic = TIMER_MAGIC, .loop = l, .run = run, .arg = arg};
	t->event = event_new(loop_base(l), -1, 0, on_loop_timer, t);
	if (!t->event)
		abort();
	return t;
}

void loop_timer_free(struct loop_timer *t)
{
	if (!t)
		return;
	assert(t->magic == TIMER_MAGIC);
	t->magic = 0;
	take_back(t);
	event_free(t->event);
	free(t);
}

void loop_timer_set(struct loop_timer *t, int64_t in_ms)
{
	assert(t->magic == TIMER_MAGIC);
	if (in_ms < 0)
		in_ms = 0;
	if (in_ms > TIMER_MAX_MS)
		in_ms = TIMER_MAX_MS;
	take_back(t);
	if (!in_ms && t->loop->by_hand) {
		hand(t);
		return;
	}
	t->due_ms = loop_mono_ms() + in_ms;
	arm(t, in_ms);
}

void loop_timer_stop(struct loop_timer *t)
{
	assert(t->magic == TIMER_MAGIC);
	take_back(t);
	event_del(t->event);
}

bool loop_timer_running(const struct loop_timer *t)
{
	assert(t->magic == TIMER_MAGIC);
	return t->handed || event_pending(t->event, EV_TIMEOUT, NULL) != 0;
}

static void on_signal(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	struct loop_signal *s = arg;
	s->run(s->arg);
}

void loop_on_signal(struct loop *l, int signal_number, void (*run)(void *arg), void *arg)
{
	struct loop_signal *s = mem_zero(sizeof *s);
	*s = (struct loop_signal){.next = l->signals, .run = run, .arg = arg};
	s->event = event_new(l->base, signal_number, EV_SIGNAL | EV_PERSIST, on_signal, s);
	if (!s->event || event_add(s->event, NULL) != 0)
		abort();
	l->signals = s;
}

void loop_signals_free(struct loop *l)
{
	while (l->signals) {
		struct loop_signal *s = l->signals;
		l->signals = s->next;
		event_free(s->event);
		free(s);
	}
}
