/* hiredis on libevent: two events, freed by hiredis through its cleanup hook. */
#include <event2/event.h>
#include <hiredis/async.h>
#include <stdlib.h>

#include "base/mem.h"
#include "io/redis_impl.h"

struct hook {
	struct redisAsyncContext *context;
	struct event *readable, *writable;
};

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	const struct hook *h = arg;
	if (h->context->data)
		redis_from_arg(h->context->data)->heard = true; /* part of a reply is a sign of life, too */
	redisAsyncHandleRead(h->context);                   /* may free the context, and `h` */
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	const struct hook *h = arg;
	redisAsyncHandleWrite(h->context);
}

static void add_libevent(struct event *e)
{
	if (event_add(e, NULL) != 0)
		abort();
}

static void add_read(void *arg)
{
	add_libevent(((struct hook *)arg)->readable);
}

static void del_read(void *arg)
{
	event_del(((struct hook *)arg)->readable);
}

static void add_write(void *arg)
{
	add_libevent(((struct hook *)arg)->writable);
}

static void del_write(void *arg)
{
	event_del(((struct hook *)arg)->writable);
}

static void cleanup(void *arg)
{
	struct hook *h = arg;
	event_free(h->readable);
	event_free(h->writable);
	free(h);
}

static struct event *new_event(struct loop *l, int fd, short what, event_callback_fn run, void *arg)
{
	struct event *e = event_new(loop_base(l), fd, what, run, arg);
	if (!e)
		abort();
	return e;
}

void redis_events_attach(struct loop *l, struct redisAsyncContext *context)
{
	struct hook *h = mem_zero(sizeof *h);
	h->context = context;
	h->readable = new_event(l, context->c.fd, EV_READ | EV_PERSIST, on_readable, h);
	h->writable = new_event(l, context->c.fd, EV_WRITE | EV_PERSIST, on_writable, h);
	context->ev.data = h;
	context->ev.addRead = add_read;
	context->ev.delRead = del_read;
	context->ev.addWrite = add_write;
	context->ev.delWrite = del_write;
	context->ev.cleanup = cleanup;
}
