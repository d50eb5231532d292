/* The thread that builds a configuration, and who waits for it. On the way from api_probe.c and SIGHUP to reload.c. */
#include "service/reloads.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/mem.h"
#include "service/reload.h"

struct asker {
	STAILQ_ENTRY(asker) next;
	void (*done)(void *arg, bool whole, const struct err *err);
	void *arg;
};
STAILQ_HEAD(askers, asker);

struct reloads {
	struct router *router;
	const struct config_options *options;
	void (*swapped)(void *arg);
	void *arg;
	struct askers now, later; /* of the one that is being built; of the next one */
	bool building, wanted;
	pthread_t thread;
	/* The thread's, while it runs. */
	struct config *running, *fresh;
	struct err why;
};

static void begin_building(struct reloads *s);

static void tell_askers(struct askers *list, bool whole, const struct err *err)
{
	struct asker *one;

	while ((one = STAILQ_FIRST(list))) {
		STAILQ_REMOVE_HEAD(list, next);
		if (one->done)
			one->done(one->arg, whole, err);
		mem_cleanup(&one);
	}
}

static void take_built(void *arg)
{
	struct reloads *s = arg;
	AUTOERR struct err err = ERR_INIT;

	if (!s->building)
		return; /* freed meanwhile */
	pthread_join(s->thread, NULL);
	s->building = false;
	config_unref(s->running);
	bool whole = reload_take(s->router, s->options, s->fresh, &s->why, &err);
	err_release(&s->why);
	s->swapped(s->arg);
	tell_askers(&s->now, whole, &err);
	if (s->wanted)
		begin_building(s);
}

static void *build_reload(void *arg)
{
	struct reloads *s = arg;

	s->fresh = reload_build(s->options, s->running, &s->why);
	loop_post(s->router->loop, take_built, s);
	return NULL;
}

static void begin_building(struct reloads *s)
{
	s->wanted = false;
	s->building = true;
	s->running = config_ref(s->router->config);
	s->fresh = NULL;
	s->why = (struct err)ERR_INIT;
	STAILQ_CONCAT(&s->now, &s->later);
	if (pthread_create(&s->thread, NULL, build_reload, s) != 0)
		abort();
}

void reloads_ask(struct reloads *s, void (*done)(void *arg, bool whole, const struct err *err), void *arg)
{
	struct asker *one = mem_zero(sizeof *one);

	one->done = done;
	one->arg = arg;
	STAILQ_INSERT_TAIL(&s->later, one, next);
	s->wanted = true;
	if (!s->building)
		begin_building(s);
}

bool reloads_busy(const struct reloads *s)
{
	return s->building;
}

struct reloads *reloads_new(struct router *r, const struct config_options *options, void (*swapped)(void *arg),
                            void *arg)
{
	struct reloads *s = mem_zero(sizeof *s);

	*s = (struct reloads){.router = r, .options = options, .swapped = swapped, .arg = arg};
	STAILQ_INIT(&s->now);
	STAILQ_INIT(&s->later);
	return s;
}

void reloads_stop(struct reloads *s)
{
	AUTOERR struct err err = ERR_INIT;

	if (!s)
		return;
	if (s->building) {
		pthread_join(s->thread, NULL);
		config_unref(s->running);
		config_unref(s->fresh);
		err_release(&s->why);
	}
	s->building = s->wanted = false;
	err_add(&err, "shutting down");
	tell_askers(&s->now, false, &err);
	tell_askers(&s->later, false, &err);
}

void reloads_free(struct reloads *s)
{
	reloads_stop(s);
	free(s);
}
