/* The line in which readers wait. On the way from api.c:api_handle to a handler that only reads. */
#include "service/readers.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "base/mem.h"

struct waiting {
	TAILQ_ENTRY(waiting) in_line;
	struct reader reader;
};

struct readers {
	struct loop *loop;
	TAILQ_HEAD(line, waiting) line;
	int waiting, served;
	bool called; /* call_next() is on its way */
};

struct readers *readers_new(struct loop *l)
{
	struct readers *r = mem_zero(sizeof *r);

	r->loop = l;
	TAILQ_INIT(&r->line);
	return r;
}

static struct reader take_first(struct readers *r)
{
	struct waiting *w = TAILQ_FIRST(&r->line);
	struct reader one = w->reader;

	TAILQ_REMOVE(&r->line, w, in_line);
	r->waiting--;
	mem_cleanup(&w);
	return one;
}

void readers_free(struct readers *r)
{
	if (!r)
		return;
	while (r->waiting) {
		struct reader one = take_first(r);
		one.turned_away(one.arg);
	}
	free(r);
}

static void call_next(void *arg);

/* One a turn: what came in meanwhile is seen to first. */
static void call_later(struct readers *r)
{
	if (r->called || !r->waiting || r->served >= READERS_AT_ONCE)
		return;
	r->called = true;
	loop_defer(r->loop, call_next, r);
}

static void call_next(void *arg)
{
	struct readers *r = arg;

	r->called = false;
	if (!r->waiting || r->served >= READERS_AT_ONCE)
		return;
	struct reader one = take_first(r);
	r->served++;
	call_later(r);
	one.start(one.arg);
}

bool readers_enter(struct readers *r, const struct reader *one)
{
	if (r->waiting >= READERS_WAITING_MOST)
		return false;
	struct waiting *w = mem_zero(sizeof *w);
	w->reader = *one;
	if (one->first)
		TAILQ_INSERT_HEAD(&r->line, w, in_line);
	else
		TAILQ_INSERT_TAIL(&r->line, w, in_line);
	r->waiting++;
	call_later(r);
	return true;
}

void readers_leave(struct readers *r)
{
	r->served--;
	call_later(r);
}
