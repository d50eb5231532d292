/* Asks a Redis what it is and whether it keeps what it has answered. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "store/redis_impl.h"
#include "store/redis_scripts.h"

#define CHECK_EVERY_MS TIME_MINUTE
#define TAKEN_OVER_MOST "10000" /* pairs; a router holds some hundreds, the rest waits for its lease to end */

/* ---- what it means ---- */

/* What must be so, and what it means when it is not. "" in `is`: not known. */
static const char *weakness(const struct redis_check *c)
{
	if (strcmp(c->aof, "yes") != 0)
		return "appendonly is off: writes since the last snapshot are lost when Redis stops";
	if (!c->fsync[0])
		return "appendfsync cannot be read (CONFIG is refused): a power cut may lose writes";
	if (strcmp(c->fsync, "always") != 0)
		return "appendfsync is not always: a power cut loses the last writes";
	if (strcmp(c->lax_rewrite, "yes") == 0)
		return "no-appendfsync-on-rewrite is yes: a power cut while Redis rewrites or saves loses the last writes";
	if (strcmp(c->policy, "noeviction") != 0)
		return "maxmemory-policy is not noeviction: Redis may drop incidents when memory is short";
	return NULL;
}

/* Not a weakness of this server: it keeps what it acknowledges, as long as no other takes its place. */
static const char *caution(const struct redis_store *s)
{
	const struct redis_check *c = &s->check;
	bool replicated = s->has_sentinels || (c->replicas[0] && strcmp(c->replicas, "0") != 0);
	if (replicated && strcmp(c->min_replicas, "0") == 0)
		return "min-replicas-to-write is 0: a failover to a replica may lose the last acknowledged writes";
	return "";
}

static bool set_durability(struct redis_store *s)
{
	struct redis_check *c = &s->check;
	const char *weak = weakness(c), *why = weak ? weak : caution(s);
	bool changed = strcmp(c->why, why) != 0, was_durable = c->durable;
	snprintf(c->why, sizeof c->why, "%s", why);
	c->durable = !weak;
	if (changed && weak)
		LOG(LOG_WARN, "Redis may lose acknowledged writes", LOG_S("why", why));
	else if (!weak && !was_durable && c->weakness[0])
		LOG(LOG_INFO, "Redis keeps acknowledged writes again");
	if (changed && !weak && why[0])
		LOG(LOG_INFO, "Redis may lose acknowledged writes when it fails over", LOG_S("why", why));
	snprintf(c->weakness, sizeof c->weakness, "%s", weak ? weak : "");
	return changed;
}

/* Once for each connection. */
static void introduce(const struct redis_store *s)
{
	const struct redis_check *c = &s->check;
	bool old = redis_is_too_old(&c->who);
	LOG(old ? LOG_WARN : LOG_INFO, old ? "Redis is older than 6.2: scripts may fail" : "Connected to Redis",
	    LOG_S("server", c->who.name[0] ? c->who.name : "unknown"), LOG_S("version", c->who.version),
	    LOG_S("address", redis_address(s->redis)));
}

static void finish_redis_check(struct redis_store *s, struct str refusal)
{
	s->check.running = false;
	if (!s->ready)
		introduce(s);
	bool changed = set_durability(s);
	if (!refusal.n && strcmp(s->check.role, "slave") == 0)
		refusal = STR("READONLY it is a replica: what is written to it does not last");
	redis_store_checked(s, refusal, changed);
}

/* ---- what it answers ---- */

static void take_info(void *arg, const struct redis_value *reply)
{
	struct redis_store *s = arg;
	struct redis_check *c = &s->check;
	if (!reply || reply->type != REDIS_STRING)
		return; /* lost, or not allowed */
	char aof[8] = "";
	redis_identify(reply->text, &c->who);
	redis_info_value(reply->text, "role", c->role, sizeof c->role);
	redis_info_value(reply->text, "connected_slaves", c->replicas, sizeof c->replicas);
	redis_info_value(reply->text, "aof_enabled", aof, sizeof aof);
	if (!c->aof[0])
		snprintf(c->aof, sizeof c->aof, "%s", strcmp(aof, "1") == 0 ? "yes" : "");
	if (!c->policy[0])
		redis_info_value(reply->text, "maxmemory_policy", c->policy, sizeof c->policy);
}

/* Names and values in turn; nothing when CONFIG is not allowed. */
static void take_config(void *arg, const struct redis_value *reply)
{
	struct redis_store *s = arg;
	struct redis_check *c = &s->check;
	const struct {
		const char *name;
		char *out;
		size_t size;
	} wanted[] = {{"appendonly", c->aof, sizeof c->aof},
	              {"appendfsync", c->fsync, sizeof c->fsync},
	              {"no-appendfsync-on-rewrite", c->lax_rewrite, sizeof c->lax_rewrite},
	              {"maxmemory-policy", c->policy, sizeof c->policy},
	              {"min-replicas-to-write", c->min_replicas, sizeof c->min_replicas}};
	for (size_t i = 0; reply && i + 1 < reply->count; i += 2)
		for (size_t j = 0; j < sizeof wanted / sizeof *wanted; j++)
			if (str_eq_c(reply->items[i].text, wanted[j].name))
				snprintf(wanted[j].out, wanted[j].size, "%.*s", STR_ARG(reply->items[i + 1].text));
}

static void take_time(void *arg, const struct redis_value *reply)
{
	struct redis_store *s = arg;
	int64_t seconds, micros;
	if (reply && reply->type == REDIS_ARRAY && reply->count == 2 && str_to_i64(reply->items[0].text, &seconds) &&
	    str_to_i64(reply->items[1].text, &micros))
		redis_store_see_clock(s, seconds * TIME_SECOND + micros / 1000);
}

/* Where it is refused, leases end when they end. */
static void take_takeover(void *arg, const struct redis_value *reply)
{
	struct redis_store *s = arg;
	int64_t ended = 0;
	if (!reply) {
		s->check.running = false;
		return;
	}
	s->taken_over = true;
	if (reply->type == REDIS_ERROR)
		LOG(LOG_WARN, "What a router that was killed has left leased waits for the lease to end",
		    LOG_STR("why", reply->text));
	else if (reply->count == 2 && reply->items[1].type == REDIS_INTEGER)
		ended = reply->items[1].integer;
	if (ended)
		LOG(LOG_INFO, "Taken over what this router had claimed before it was started anew", LOG_I("pairs", ended));
	finish_redis_check(s, STR(""));
}

/* Nothing was claimed yet: redis_store_send() waits for the end of the first check. */
static bool take_over_leases(struct redis_store *s)
{
	AUTOFREE char *key = mem_printf("%.*sleased", STR_ARG(s->prefix));
	const struct str words[] = {str_c(key), s->prefix, STR("0"), s->owner, STR(TAKEN_OVER_MOST)};
	return redis_eval(s->redis, &redis_takeover, words, sizeof words / sizeof *words, 1, take_takeover, s);
}

/* The last one. */
static void take_probe(void *arg, const struct redis_value *reply)
{
	struct redis_store *s = arg;
	bool sound = reply && reply->type != REDIS_ERROR && strcmp(s->check.role, "slave") != 0;
	if (sound && s->owner.n && !s->taken_over)
		s->check.running = take_over_leases(s);
	else if (!reply)
		s->check.running = false;
	else
		finish_redis_check(s, reply->type == REDIS_ERROR ? reply->text : STR(""));
}

/* ---- asking ---- */

static bool ask_config(struct redis_store *s, struct str pattern)
{
	const struct str words[] = {STR("CONFIG"), STR("GET"), pattern};
	return redis_command(s->redis, words, 3, take_config, s);
}

static bool ask_probe(struct redis_store *s)
{
	AUTOFREE char *key = mem_printf("%.*sprobe", STR_ARG(s->prefix));
	const struct str words[] = {str_c(key), s->prefix, STR("0")};
	return redis_eval(s->redis, &redis_probe, words, 3, 1, take_probe, s);
}

void redis_store_check(struct redis_store *s)
{
	struct redis_check *c = &s->check;
	if (c->running)
		return;
	loop_timer_set(c->timer, CHECK_EVERY_MS);
	c->aof[0] = c->fsync[0] = c->policy[0] = c->min_replicas[0] = '\0';
	c->role[0] = c->replicas[0] = c->lax_rewrite[0] = '\0';
	c->who = (struct redis_identity){.name = ""};
	c->running = redis_command(s->redis, &STR("TIME"), 1, take_time, s) && ask_config(s, STR("*append*")) &&
	             ask_config(s, STR("maxmemory-policy")) && ask_config(s, STR("min-replicas-to-write")) &&
	             redis_command(s->redis, &STR("INFO"), 1, take_info, s) && ask_probe(s);
}
