#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "store/redis_impl.h"

#define CHECK_EVERY_MS TIME_MINUTE

/* What must be so, and what it means when it is not. "" in `is`: not known. */
static const char *weakness(const struct redis_check *c)
{
	if (strcmp(c->aof, "yes") != 0)
		return "appendonly is off: writes since the last snapshot are lost when Redis stops";
	if (!c->fsync[0])
		return "appendfsync cannot be read (CONFIG is refused): a power cut may lose writes";
	if (strcmp(c->fsync, "always") != 0)
		return "appendfsync is not always: a power cut loses the last writes";
	if (strcmp(c->policy, "noeviction") != 0)
		return "maxmemory-policy is not noeviction: Redis may drop incidents when memory is short";
	return NULL;
}

static void finish(struct redis_store *s)
{
	struct redis_check *c = &s->check;
	const char *weak = weakness(c);
	bool changed = strcmp(c->why, weak ? weak : "") != 0;
	snprintf(c->why, sizeof c->why, "%s", weak ? weak : "");
	c->durable = !weak;
	c->running = false;
	if (weak && changed)
		LOG(LOG_WARN, "Redis may lose acknowledged writes", LOG_S("why", c->why));
	else if (!weak && c->warned)
		LOG(LOG_INFO, "Redis keeps acknowledged writes again");
	c->warned = weak;
	redis_store_checked(s, changed);
}

/* The value of NAME in INFO's lines. */
static void from_info(struct str info, const char *name, char *out, size_t size)
{
	AUTOFREE char *start = mem_printf("\n%s:", name);
	ptrdiff_t at = str_find(info, str_c(start));
	if (at < 0)
		return;
	struct str rest = str_slice(info, (size_t)at + strlen(start), info.n);
	ptrdiff_t end = str_index(rest, '\r');
	snprintf(out, size, "%.*s", end < 0 ? (int)rest.n : (int)end, rest.p);
}

static void take_info(void *arg, const struct redis_value *reply)
{
	struct redis_store *s = arg;
	struct redis_check *c = &s->check;
	if (!reply) {
		c->running = false;
		return;
	}
	if (reply->type == REDIS_STRING) {
		char enabled[8] = "";
		from_info(reply->text, "aof_enabled", enabled, sizeof enabled);
		from_info(reply->text, "maxmemory_policy", c->policy, sizeof c->policy);
		snprintf(c->aof, sizeof c->aof, "%s", strcmp(enabled, "1") == 0 ? "yes" : "");
	}
	finish(s);
}

/* Names and values in turn. */
static void take_config(void *arg, const struct redis_value *reply)
{
	struct redis_store *s = arg;
	struct redis_check *c = &s->check;
	if (!reply) {
		c->running = false;
		return;
	}
	const struct {
		const char *name;
		char *out;
		size_t size;
	} wanted[] = {{"appendonly", c->aof, sizeof c->aof},
	              {"appendfsync", c->fsync, sizeof c->fsync},
	              {"maxmemory-policy", c->policy, sizeof c->policy}};
	if (reply->type != REDIS_ARRAY)
		c->refused = true;
	for (size_t i = 0; i + 1 < reply->count; i += 2)
		for (size_t j = 0; j < sizeof wanted / sizeof *wanted; j++)
			if (str_eq_c(reply->items[i].text, wanted[j].name))
				snprintf(wanted[j].out, wanted[j].size, "%.*s", STR_ARG(reply->items[i + 1].text));
}

static void take_last_config(void *arg, const struct redis_value *reply)
{
	struct redis_store *s = arg;
	take_config(arg, reply);
	if (!reply)
		return;
	if (!s->check.refused)
		finish(s);
	else if (!redis_command(s->redis, &STR("INFO"), 1, take_info, s))
		s->check.running = false;
}

static void take_time(void *arg, const struct redis_value *reply)
{
	struct redis_store *s = arg;
	int64_t seconds, micros;
	if (reply && reply->type == REDIS_ARRAY && reply->count == 2 && str_to_i64(reply->items[0].text, &seconds) &&
	    str_to_i64(reply->items[1].text, &micros))
		redis_store_see_clock(s, seconds * TIME_SECOND + micros / 1000);
}

void redis_store_check(struct redis_store *s)
{
	struct redis_check *c = &s->check;
	if (c->running)
		return;
	loop_timer_set(c->timer, CHECK_EVERY_MS);
	c->refused = false;
	c->aof[0] = c->fsync[0] = c->policy[0] = '\0';
	const struct str time[] = {STR("TIME")};
	const struct str append[] = {STR("CONFIG"), STR("GET"), STR("append*")};
	const struct str policy[] = {STR("CONFIG"), STR("GET"), STR("maxmemory-policy")};
	c->running = redis_command(s->redis, time, 1, take_time, s) && redis_command(s->redis, append, 3, take_config, s) &&
	             redis_command(s->redis, policy, 3, take_last_config, s);
}
