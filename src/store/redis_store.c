#include "store/redis_store.h"

#include <stdio.h>

#include "base/log.h"
#include "base/time.h"
#include "store/redis_impl.h"

/* How often to see whether a Redis that refuses writes takes them again. */
#define PROBE_MS TIME_SECOND

static struct redis_store *redis_of(struct front *f)
{
	return (struct redis_store *)(void *)f;
}

static void set_health(struct redis_store *s, bool ready, bool refused, struct str why)
{
	bool was_up = s->ready && !s->refused, up = ready && !refused;
	s->ready = ready;
	s->refused = refused;
	snprintf(s->why, sizeof s->why, "%.*s", STR_ARG(why));
	if (refused)
		loop_timer_set(s->probe, PROBE_MS);
	else
		loop_timer_stop(s->probe);
	if (up != was_up && up)
		LOG(LOG_INFO, "The redis store is up");
	else if (up != was_up)
		LOG(LOG_WARN, "The redis store is down", LOG_S("why", s->why));
	if (up != was_up)
		front_changed(&s->front);
	redis_store_send_more(s);
}

void redis_store_checked(struct redis_store *s, bool changed)
{
	if (!s->ready)
		set_health(s, true, false, STR(""));
	else if (changed)
		front_changed(&s->front);
}

void redis_store_refused(struct redis_store *s, struct str why)
{
	LOG(LOG_DEBUG, "Redis refused a command", LOG_STR("why", why));
	if (s->ready && !s->refused)
		set_health(s, true, true, why);
}

static void probed(void *arg, const struct redis_value *reply)
{
	struct redis_store *s = arg;
	if (!reply || !s->ready)
		return;
	if (reply->type == REDIS_ERROR)
		loop_timer_set(s->probe, PROBE_MS);
	else
		set_health(s, true, false, STR(""));
}

/* A write like any other, without a meaning; when it works, writes work. */
static void probe(void *arg)
{
	struct redis_store *s = arg;
	AUTOFREE char *key = mem_printf("%.*sprobe", STR_ARG(s->prefix));
	const struct str words[] = {STR("SET"), str_c(key), STR("1"), STR("PX"), STR("60000")};
	if (!redis_command(s->redis, words, sizeof words / sizeof *words, probed, s))
		loop_timer_set(s->probe, PROBE_MS);
}

static void redis_submit(struct front *f, struct request *r)
{
	redis_store_send(redis_of(f), r);
}

static void connection_changed(void *arg, bool up, const char *why)
{
	struct redis_store *s = arg;
	if (up)
		redis_store_check(s);
	else
		set_health(s, false, false, str_c(why));
}

static void check_again(void *arg)
{
	struct redis_store *s = arg;
	if (redis_up(s->redis))
		redis_store_check(s);
}

static struct store_health redis_health(struct front *f)
{
	const struct redis_store *s = redis_of(f);
	bool up = s->ready && !s->refused;
	return (struct store_health){.name = "redis",
	                             .up = up,
	                             .durable = up && s->check.durable,
	                             .why = up ? s->check.why : s->why,
	                             .serving = true};
}

static void redis_close(struct front *f)
{
	struct redis_store *s = redis_of(f);
	s->ready = false;
	redis_free(s->redis);
	front_release(f);
	loop_timer_free(s->probe);
	loop_timer_free(s->check.timer);
	mem_cleanup(&s->prefix.p);
	mem_cleanup(&s);
}

struct store *redis_store_open(struct loop *l, const struct redis_store_options *options)
{
	struct redis_store *s = mem_zero(sizeof *s);
	front_init(&s->front, l);
	s->front.submit = redis_submit;
	s->front.health = redis_health;
	s->front.close = redis_close;
	s->loop = l;
	s->timeout_ms = options->connection.timeout_ms;
	s->last = &s->first;
	s->prefix = str_c(mem_printf("{%.*s}:", STR_ARG(options->prefix)));
	snprintf(s->why, sizeof s->why, "not connected yet");
	s->probe = loop_timer_new(l, probe, s);
	s->check.timer = loop_timer_new(l, check_again, s);
	s->redis = redis_new(l, &options->connection, connection_changed, s);
	return &s->front.store;
}
