/* The connection's states, its one timer, its life. */
#include "io/redis.h"

#include <assert.h>
#include <hiredis/async.h>
#include <stdio.h>
#include <stdlib.h>

#include "io/redis_impl.h"

#define REDIS_MAGIC 0x4ed15c0du
#define IN_FLIGHT_DEFAULT 500
#define TIMEOUT_DEFAULT_MS 500
/* So often within its timeout is a silent server looked at: it must have been so in as many turns of the loop, or half. */
#define LOOKS 8

struct redis *redis_from_arg(void *arg)
{
	struct redis *r = arg;
	assert(r->magic == REDIS_MAGIC);
	return r;
}

/* ---- freed inside a callback of its owner, it stays until that returns ---- */

static void destroy_redis(struct redis *r)
{
	free(r->address);
	buf_release(&r->password);
	arena_free(r->arena);
	r->magic = 0;
	free(r);
}

void redis_enter(struct redis *r)
{
	r->inside++;
}

void redis_leave(struct redis *r)
{
	if (--r->inside == 0 && r->dead)
		destroy_redis(r);
}

/* ---- up and down ---- */

static void tell_changed(struct redis *r, bool up, const char *why)
{
	int told = up ? REDIS_TOLD_UP : REDIS_TOLD_DOWN;
	if (r->dead || (int)r->told == told)
		return;
	r->told = up ? REDIS_TOLD_UP : REDIS_TOLD_DOWN;
	if (r->changed)
		r->changed(r->arg, up, why);
}

void redis_is_up(struct redis *r)
{
	assert(r->state == REDIS_CONNECTING);
	r->state = REDIS_UP;
	r->failures = 0;
	r->why[0] = '\0';
	loop_timer_stop(r->timer);
	redis_enter(r);
	tell_changed(r, true, "");
	redis_leave(r);
}

/* Anything between 0 and a ceiling that doubles: routers that lost the same Redis do not come back in step. */
static int64_t backoff_ms(unsigned failures)
{
	unsigned doublings = failures < 6 ? failures : 6;
	uint64_t ceiling = (uint64_t)REDIS_BACKOFF_MIN_MS << doublings;
	if (ceiling > REDIS_BACKOFF_MAX_MS)
		ceiling = REDIS_BACKOFF_MAX_MS;
	return (int64_t)(loop_dice() % (ceiling + 1));
}

/* Gives the context up. hiredis calls back with NULL for each command it holds, which frees it. */
static void free_async_context(struct redisAsyncContext *context)
{
	if (!context)
		return;
	context->data = NULL;
	redisAsyncFree(context);
}

void redis_lost(struct redis *r, const char *why, bool free_it)
{
	struct redisAsyncContext *context = r->context;
	const char *tls = r->ssl && r->state == REDIS_CONNECTING ? redis_tls_why(r->ssl) : "";
	/* hiredis' words go with the context */
	AUTOFREE char *text = tls[0] ? mem_printf("TLS: %s", tls) : mem_strdup(why);
	snprintf(r->why, sizeof r->why, "%s", text);
	r->context = NULL;
	r->ssl = NULL;
	r->misled = r->state == REDIS_CONNECTING && !r->finding;
	r->finding = false;
	if (context)
		context->data = NULL;
	r->state = REDIS_DOWN;
	loop_timer_set(r->timer, backoff_ms(r->failures++));
	redis_enter(r);
	redis_drop_commands(r);
	tell_changed(r, false, text);
	redis_tell_lost(r);
	if (free_it)
		free_async_context(context);
	redis_leave(r);
}

/* ---- the timer ---- */

static int64_t look_ms(const struct redis *r)
{
	return r->timeout_ms / LOOKS + 1;
}

void redis_expect(struct redis *r)
{
	r->silent_ms = 0;
	r->heard = false;
	r->looked_ms = loop_mono_ms();
	if (!loop_timer_running(r->timer))
		loop_timer_set(r->timer, look_ms(r));
}

/* Each look is in a turn of the loop that would have read first. One that comes late was late of our own doing. */
static void check_progress(struct redis *r)
{
	if (!r->in_flight.count)
		return;
	int64_t now = loop_mono_ms(), passed = now - r->looked_ms, most = 2 * look_ms(r);
	r->silent_ms = r->heard ? 0 : r->silent_ms + (passed < most ? passed : most);
	r->heard = false;
	r->looked_ms = now;
	if (r->silent_ms < r->timeout_ms)
		loop_timer_set(r->timer, look_ms(r));
	else
		redis_lost(r, "no reply in time", true);
}

static void on_redis_timer(void *arg)
{
	struct redis *r = redis_from_arg(arg);
	switch (r->state) {
	case REDIS_DOWN: redis_connect_begin(r); break;
	case REDIS_CONNECTING:
		redis_lost(r, r->finding ? redis_sentinel_why(r->sentinel) : "connecting took too long", true);
		break;
	case REDIS_UP: check_progress(r); break;
	}
}

static void on_master_found(void *arg, const char *address)
{
	redis_master_found(redis_from_arg(arg), address);
}

/* ---- life ---- */

struct redis *redis_new(struct loop *l, const struct redis_options *options,
                        void (*changed)(void *arg, bool up, const char *why), void *arg)
{
	struct redis *r = mem_zero(sizeof *r);
	r->magic = REDIS_MAGIC;
	r->loop = l;
	r->arena = arena_new();
	r->options = redis_options_copy(r->arena, options);
	r->address = mem_str(options->address);
	buf_init(&r->password, REDIS_COMMAND_MAX);
	r->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TIMEOUT_DEFAULT_MS;
	r->max_in_flight = options->max_in_flight > 0 ? (size_t)options->max_in_flight : IN_FLIGHT_DEFAULT;
	r->changed = changed;
	r->arg = arg;
	if (options->sentinel.master.n)
		r->sentinel = redis_sentinel_new(l, r->options, on_master_found, r);
	r->timer = loop_timer_new(l, on_redis_timer, r);
	loop_timer_set(r->timer, 0);
	return r;
}

void redis_free(struct redis *r)
{
	if (!r || r->dead)
		return;
	r->dead = true;
	r->state = REDIS_DOWN;
	loop_timer_free(r->timer);
	resolve_cancel(r->resolve);
	redis_sentinel_free(r->sentinel);
	struct redisAsyncContext *context = r->context;
	r->context = NULL;
	redis_enter(r);
	redis_drop_commands(r);
	redis_tell_lost(r);
	free_async_context(context);
	redis_leave(r);
}

bool redis_up(const struct redis *r)
{
	return r->state == REDIS_UP;
}

const char *redis_why(const struct redis *r)
{
	return r->why;
}

const char *redis_address(const struct redis *r)
{
	return r->address;
}

void redis_reconnect(struct redis *r, const char *why)
{
	if (r->state != REDIS_UP)
		return;
	if (r->sentinel)
		redis_sentinel_doubt(r->sentinel);
	redis_lost(r, why, true);
}
