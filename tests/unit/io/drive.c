#include "drive.h"

struct watch {
	struct loop *l;
	bool (*done)(void *arg);
	void *arg;
	int64_t end_ms;
	struct loop_timer *timer;
};

static void look_whether_done(void *arg)
{
	struct watch *w = arg;
	if ((w->done && w->done(w->arg)) || loop_mono_ms() >= w->end_ms)
		loop_stop(w->l);
	else
		loop_timer_set(w->timer, 1);
}

bool drive_for(struct loop *l, bool (*done)(void *arg), void *arg, int64_t at_most_ms)
{
	struct watch w = {.l = l, .done = done, .arg = arg, .end_ms = loop_mono_ms() + at_most_ms};
	w.timer = loop_timer_new(l, look_whether_done, &w);
	loop_timer_set(w.timer, 0);
	loop_run(l);
	loop_timer_free(w.timer);
	return !done || done(arg);
}

bool drive(struct loop *l, bool (*done)(void *arg), void *arg)
{
	return drive_for(l, done, arg, DRIVE_MS);
}

struct count {
	const int *n;
	int count;
};

static bool is_count_reached(void *arg)
{
	const struct count *c = arg;
	return *c->n >= c->count;
}

bool drive_count(struct loop *l, int *n, int count)
{
	struct count c = {n, count};
	return drive(l, is_count_reached, &c);
}

void drive_pass(struct loop *l, int64_t ms)
{
	drive_for(l, 0, 0, ms);
}
