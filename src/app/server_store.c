/* Opens the stores that the configuration names. */
#include "app/server_store.h"

#include <stdio.h>

#include "base/log.h"
#include "replica/failover_store.h"
#include "replica/local_store.h"
#include "store/redis_store.h"
#include "store/sqlite_store.h"

#define COMMANDS_IN_FLIGHT 500

static struct redis_tls tls_of(const struct config_redis_tls *t)
{
	return (struct redis_tls){.on = t->given,
	                          .ca_file = t->ca_file,
	                          .cert_file = t->cert_file,
	                          .key_file = t->key_file,
	                          .server_name = t->server_name,
	                          .insecure_skip_verify = t->insecure_skip_verify};
}

static struct redis_sentinels sentinels_of(const struct config_sentinel *s)
{
	return (struct redis_sentinels){.master = s->master,
	                                .addresses = s->addresses.v,
	                                .count = s->addresses.n,
	                                .username = s->username,
	                                .password = s->password,
	                                .password_file = s->password_file};
}

static struct redis_store_options redis_options_of(const struct config_redis *redis, const char *owner)
{
	return (struct redis_store_options){
		.connection = {.address = redis->address,
	                   .username = redis->username,
	                   .password = redis->password,
	                   .password_file = redis->password_file,
	                   .db = (int)redis->db,
	                   .timeout_ms = redis->timeout_ms,
	                   .max_in_flight = COMMANDS_IN_FLIGHT,
	                   .tls = tls_of(&redis->tls),
	                   .sentinel = sentinels_of(&redis->sentinel)},
		.prefix = redis->prefix,
		.owner = str_c(owner),
	};
}

static struct store *open_redis(struct loop *l, const struct config_redis *redis, const char *owner)
{
	const struct redis_store_options options = redis_options_of(redis, owner);
	return redis_store_open(l, &options);
}

static struct store *open_remote_and_local(struct loop *l, const struct config *c, bool strict,
                                           char owner[STORE_OWNER_MAX], struct err *err)
{
	const struct config_redis *redis = &c->store.redis;
	AUTOFREE char *path = mem_str(c->store.sqlite_path);
	struct store *local =
		strict ? local_store_open(l, path, &c->policy, err) : local_store_open_anyway(l, path, &c->policy, err);

	if (!local)
		return NULL;
	snprintf(owner, STORE_OWNER_MAX, "%s", sqlite_store_owner(local));
	LOG(LOG_INFO, "Incidents are kept in Redis, and in SQLite while it is away", LOG_STR("address", redis->address),
	    LOG_STR("sentinel", redis->sentinel.master), LOG_S("path", path));
	return failover_store_open(l, &(struct failover_options){.primary = open_redis(l, redis, owner),
	                                                         .local = local,
	                                                         .policy = c->policy,
	                                                         .timeout_ms = redis->timeout_ms});
}

struct store *server_store_open(struct loop *l, const struct config *c, bool strict, struct store **failover,
                                char owner[STORE_OWNER_MAX], struct err *err)
{
	const struct config_redis *redis = &c->store.redis;
	AUTOFREE char *path = mem_str(c->store.sqlite_path);

	*failover = NULL;
	owner[0] = '\0';
	if (redis->given && !c->store.reject_on_redis_failure) {
		*failover = open_remote_and_local(l, c, strict, owner, err);
		return *failover;
	}
	if (redis->given) {
		LOG(LOG_INFO, "Incidents are kept in Redis alone: while it is away webhooks are answered 503",
		    LOG_STR("address", redis->address), LOG_STR("sentinel", redis->sentinel.master));
		return open_redis(l, redis, "");
	}
	LOG(LOG_INFO, "Incidents are kept in SQLite", LOG_S("path", path));
	struct store *local = strict ? sqlite_store_open(l, path, err) : sqlite_store_open_anyway(l, path, err);
	if (local)
		snprintf(owner, STORE_OWNER_MAX, "%s", sqlite_store_owner(local));
	return local;
}
