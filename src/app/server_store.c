#include "app/server_store.h"

#include "app/file.h"
#include "base/log.h"
#include "store/failover_store.h"
#include "store/local_store.h"
#include "store/redis_store.h"
#include "store/sqlite_store.h"

#define PASSWORD_MAX 4096
#define COMMANDS_IN_FLIGHT 500

static bool read_password(const struct config_redis *redis, struct buf *out, struct err *err)
{
	AUTOFREE char *path = mem_str(redis->password_file);

	buf_init(out, PASSWORD_MAX);
	if (redis->password_file.n)
		return file_read(path, out, err);
	buf_add(out, redis->password);
	return true;
}

static struct store *open_redis(struct loop *l, const struct config *c, struct err *err)
{
	const struct config_redis *redis = &c->store.redis;
	AUTOBUF struct buf password;

	if (!read_password(redis, &password, err))
		return NULL;
	struct redis_store_options options = {
		.connection = {.address = redis->address,
	                   .username = redis->username,
	                   .password = str_trim(buf_str(&password)),
	                   .db = (int)redis->db,
	                   .timeout_ms = redis->timeout_ms,
	                   .max_in_flight = COMMANDS_IN_FLIGHT},
		.prefix = redis->prefix,
	};
	return redis_store_open(l, &options);
}

static struct store *open_both(struct loop *l, const struct config *c, struct err *err)
{
	AUTOFREE char *path = mem_str(c->store.sqlite_path);
	struct store *local = local_store_open(l, path, &c->policy, err);
	struct store *redis = local ? open_redis(l, c, err) : NULL;

	if (!redis) {
		if (local)
			local->ops->close(local);
		return NULL;
	}
	LOG(LOG_INFO, "Incidents are kept in Redis, and in SQLite while it is away",
	    LOG_STR("address", c->store.redis.address), LOG_S("path", path));
	return failover_store_open(
		l, &(struct failover_options){
			   .primary = redis, .local = local, .policy = c->policy, .timeout_ms = c->store.redis.timeout_ms});
}

struct store *server_store_open(struct loop *l, const struct config *c, struct store **failover, struct err *err)
{
	AUTOFREE char *path = mem_str(c->store.sqlite_path);

	*failover = NULL;
	if (c->store.redis.given && !c->store.reject_on_redis_failure) {
		*failover = open_both(l, c, err);
		return *failover;
	}
	if (c->store.redis.given) {
		LOG(LOG_INFO, "Incidents are kept in Redis alone: while it is away webhooks are answered 503",
		    LOG_STR("address", c->store.redis.address));
		return open_redis(l, c, err);
	}
	LOG(LOG_INFO, "Incidents are kept in SQLite", LOG_S("path", path));
	return sqlite_store_open(l, path, err);
}
