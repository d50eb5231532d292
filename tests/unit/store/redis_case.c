#include "redis_case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <cmocka.h>

#include "base/time.h"

struct wanted {
	struct store *store;
	struct loop *loop;
	bool up;
};

static void stop_when_wanted(void *arg)
{
	struct wanted *w = arg;
	if (w->store->ops->health(w->store).up == w->up)
		loop_stop(w->loop);
}

static void never(void *arg)
{
	(void)arg;
	fail_msg("the store's health does not change");
}

void redis_case_wait(struct store *s, struct loop *l, bool up)
{
	struct wanted w = {s, l, up};
	struct loop_timer *overdue = loop_timer_new(l, never, NULL);
	loop_timer_set(overdue, 8 * TIME_MINUTE);
	s->ops->on_change(s, stop_when_wanted, &w);
	while (s->ops->health(s).up != up)
		loop_run(l);
	s->ops->on_change(s, NULL, NULL);
	loop_timer_free(overdue);
}

static struct store *redis_case_begin(struct loop *l, const struct redis_server *at, int number, int64_t timeout_ms,
                                      const char *owner)
{
	char prefix[32];
	snprintf(prefix, sizeof prefix, "case %d", number);
	return redis_store_open(
		l, &(struct redis_store_options){.connection = {.address = str_c(at->address), .timeout_ms = timeout_ms},
	                                     .prefix = str_c(prefix),
	                                     .owner = str_c(owner)});
}

struct store *redis_case_new(struct loop *l, const struct redis_server *at, int number, int64_t timeout_ms)
{
	return redis_case_begin(l, at, number, timeout_ms, "");
}

struct store *redis_case_as(struct loop *l, const struct redis_server *at, int number, const char *owner)
{
	struct store *s = redis_case_begin(l, at, number, 5 * TIME_SECOND, owner);
	redis_case_wait(s, l, true);
	return s;
}

struct store *redis_case_open(struct loop *l, const struct redis_server *at, int number, int64_t timeout_ms)
{
	struct store *s = redis_case_new(l, at, number, timeout_ms);
	redis_case_wait(s, l, true);
	return s;
}

void redis_case_turn(struct loop *l)
{
	loop_defer(l, (void (*)(void *))loop_stop, l);
	loop_run(l);
}
