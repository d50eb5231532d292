/* The Redis store: its connection, its checks, and who waits for it. */
#include "store/redis_store.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "store/redis_impl.h"

/* How often to see whether one that is down is up again. */
#define AGAIN_MS TIME_SECOND

static struct redis_store *redis_of(struct front *f)
{
	return (struct redis_store *)(void *)f;
}

/* ---- up and down ---- */

static void log_change(const struct redis_store *s, bool was_up, bool up, bool why_changed)
{
	if (up && !was_up)
		LOG(LOG_INFO, "The redis store is up");
	else if (!up && (was_up || why_changed))
		LOG(s->front.planned ? LOG_INFO : LOG_WARN,
		    was_up ? "The redis store is down" : "The redis store is still down", LOG_S("why", s->why));
}

/* Without " script: <SHA-1>, on @user_script:LINE." behind it: the reason is the same in every script. */
static struct str without_script(struct str why)
{
	const size_t before = sizeof " script: " - 1 + 40;
	ptrdiff_t at = str_find(why, STR(", on @user_script:"));
	if (at < (ptrdiff_t)before || !str_starts(str_slice(why, (size_t)at - before, why.n), STR(" script: ")))
		return why;
	return str_slice(why, 0, (size_t)at - before);
}

static bool set_why(struct redis_store *s, struct str why)
{
	char before[REDIS_WHY_MAX];
	why = without_script(why);
	memcpy(before, s->why, sizeof before);
	snprintf(s->why, sizeof s->why, "%.*s", STR_ARG(why));
	return strcmp(before, s->why) != 0;
}

static void set_health(struct redis_store *s, bool ready, bool refused, struct str why)
{
	bool was_up = s->ready && !s->refused, up = ready && !refused, why_changed = set_why(s, why);
	s->ready = ready;
	s->refused = refused;
	if (up)
		loop_timer_stop(s->again);
	else
		loop_timer_set(s->again, AGAIN_MS);
	log_change(s, was_up, up, why_changed);
	if (up != was_up)
		front_changed(&s->front);
	redis_store_send_more(s);
}

/* What only another server, or another password, can change. */
static bool is_elsewhere(struct str why)
{
	static const char *const words[] = {"READONLY", "MASTERDOWN", "NOAUTH"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_find(why, str_c(words[i])) >= 0)
			return true;
	return false;
}

void redis_store_checked(struct redis_store *s, struct str refusal, bool changed)
{
	bool up = s->ready && !s->refused;
	s->elsewhere = is_elsewhere(refusal);
	if (refusal.n)
		set_health(s, true, true, refusal);
	else if (!up)
		set_health(s, true, false, STR(""));
	else if (changed)
		front_changed(&s->front);
}

void redis_store_refused(struct redis_store *s, struct str why)
{
	LOG(LOG_DEBUG, "Redis refused a command", LOG_STR("why", why));
	if (!s->ready || s->refused)
		return;
	set_health(s, true, true, why);
	if (is_elsewhere(why))
		redis_reconnect(s->redis, s->why);
}

static void look_again(void *arg)
{
	struct redis_store *s = arg;
	loop_timer_set(s->again, AGAIN_MS);
	if (redis_up(s->redis) && s->ready && s->elsewhere)
		redis_reconnect(s->redis, s->why);
	else if (redis_up(s->redis))
		redis_store_check(s);
	else if (redis_why(s->redis)[0] && strcmp(s->why, redis_why(s->redis)) != 0)
		set_health(s, false, false, str_c(redis_why(s->redis)));
}

static void connection_changed(void *arg, bool up, const char *why)
{
	struct redis_store *s = arg;
	if (up) {
		redis_store_check(s);
		return;
	}
	set_health(s, false, false, str_c(why));
}

static void turn_over(void *arg)
{
	struct redis_store *s = arg;
	redis_store_send_more(s);
}

static void check_again(void *arg)
{
	struct redis_store *s = arg;
	if (redis_up(s->redis))
		redis_store_check(s);
}

/* ---- for the front ---- */

static void redis_submit(struct front *f, struct request *r)
{
	redis_store_send(redis_of(f), r);
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

static int64_t redis_now(struct front *f)
{
	return redis_store_clock(redis_of(f));
}

static void redis_close(struct front *f)
{
	struct redis_store *s = redis_of(f);
	s->ready = false;
	redis_free(s->redis);
	redis_store_send_more(s); /* what was not sent: answered */
	front_release(f);
	loop_timer_free(s->turn);
	loop_timer_free(s->again);
	loop_timer_free(s->check.timer);
	mem_cleanup(&s->prefix.p);
	mem_cleanup(&s->owner.p);
	mem_cleanup(&s);
}

struct store *redis_store_open(struct loop *l, const struct redis_store_options *options)
{
	struct redis_store *s = mem_zero(sizeof *s);
	front_init(&s->front, l);
	s->front.submit = redis_submit;
	s->front.health = redis_health;
	s->front.now = redis_now;
	s->front.close = redis_close;
	s->loop = l;
	s->timeout_ms = options->connection.timeout_ms;
	s->has_sentinels = options->connection.sentinel.master.n > 0;
	s->commits.last = &s->commits.first;
	s->others.last = &s->others.first;
	s->prefix = str_c(mem_printf("{%.*s}:", STR_ARG(options->prefix)));
	s->owner = str_c(mem_str(options->owner));
	snprintf(s->why, sizeof s->why, "not connected yet");
	s->turn = loop_timer_new(l, turn_over, s);
	s->again = loop_timer_new(l, look_again, s);
	loop_timer_set(s->again, AGAIN_MS);
	s->check.timer = loop_timer_new(l, check_again, s);
	s->redis = redis_new(l, &options->connection, connection_changed, s);
	return &s->front.store;
}
