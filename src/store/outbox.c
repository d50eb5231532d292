/* A queue of things to do on the loop. */
#include "store/outbox.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

struct item {
	void (*run)(void *arg);
	void *arg;
};

struct outbox {
	struct loop *loop;
	pthread_mutex_t lock;
	struct item *items;
	size_t first, count, capacity;
	bool posted; /* a wake-up is on its way and holds a pointer to this */
	bool running, closed, stays;
};

struct outbox *outbox_new(struct loop *l)
{
	struct outbox *o = mem_zero(sizeof *o);
	o->loop = l;
	pthread_mutex_init(&o->lock, NULL);
	return o;
}

void outbox_stay(struct outbox *o)
{
	o->stays = true;
}

static void outbox_free(struct outbox *o)
{
	pthread_mutex_destroy(&o->lock);
	mem_cleanup(&o->items);
	mem_cleanup(&o);
}

/* One at a time: what runs may put in more, or close the outbox. */
static bool take_outbox_item(struct outbox *o, struct item *out)
{
	pthread_mutex_lock(&o->lock);
	bool some = o->first < o->count;
	if (some)
		*out = o->items[o->first++];
	if (o->first == o->count)
		o->first = o->count = 0;
	pthread_mutex_unlock(&o->lock);
	return some;
}

static void run_outbox_items(struct outbox *o, size_t most)
{
	struct item item;
	while (most-- && take_outbox_item(o, &item))
		item.run(item.arg);
}

/* A callback may close the store: the outbox then lives until this wake-up is through with it. */
static void run_outbox(void *arg)
{
	struct outbox *o = arg;
	pthread_mutex_lock(&o->lock);
	o->posted = false;
	size_t waiting = o->count - o->first; /* what these put in waits for the next turn */
	pthread_mutex_unlock(&o->lock);
	o->running = true;
	run_outbox_items(o, waiting);
	o->running = false;
	if (o->closed && !o->posted)
		outbox_free(o);
}

static void make_room(struct outbox *o)
{
	if (o->first && o->count == o->capacity) {
		o->count -= o->first;
		memmove(o->items, o->items + o->first, o->count * sizeof *o->items);
		o->first = 0;
	}
	MEM_ROOM(o->items, o->count, o->capacity);
}

void outbox_put(struct outbox *o, void (*run)(void *arg), void *arg)
{
	if (!o->loop) {
		run(arg);
		return;
	}
	pthread_mutex_lock(&o->lock);
	make_room(o);
	o->items[o->count++] = (struct item){run, arg};
	bool first = !o->posted;
	o->posted = true;
	pthread_mutex_unlock(&o->lock);
	if (first && o->stays)
		loop_defer(o->loop, run_outbox, o);
	else if (first)
		loop_post(o->loop, run_outbox, o);
}

void outbox_close(struct outbox *o)
{
	run_outbox_items(o, SIZE_MAX);
	o->closed = true;
	if (!o->posted && !o->running)
		outbox_free(o);
}
