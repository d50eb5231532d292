#include <string.h>

#include "base/time.h"
#include "load.h"

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

struct store_options {
	const struct yaml_node *sqlite, *redis;
	int on_redis_failure;
	int64_t retention;
};
struct sqlite_options {
	struct str path;
};
struct redis_options {
	struct str address, username, password, password_file, prefix;
	int64_t db, timeout;
	const struct yaml_node *sentinel, *tls;
};

enum { FAILURE_LOCAL, FAILURE_REJECT };
static const char *const on_failure[] = {[FAILURE_LOCAL] = "local", [FAILURE_REJECT] = "reject", NULL};

#define AT(member) offsetof(struct store_options, member)
static const struct option store_rows[] = {
	{.name = "sqlite",
     .type = OPTION_NODE,
     .offset = AT(sqlite),
     .doc = "The embedded store; with redis its fallback."},
	{.name = "redis", .type = OPTION_NODE, .offset = AT(redis), .doc = "The store that replicas share."},
	{.name = "on_redis_failure",
     .type = OPTION_CHOICE,
     .offset = AT(on_redis_failure),
     .fallback = "local",
     .choices = on_failure,
     .doc = "local goes on with sqlite, reject answers 503."},
	{.name = "retention",
     .type = OPTION_DURATION,
     .offset = AT(retention),
     .fallback = "30d",
     .least = TIME_HOUR,
     .most = 1000 * TIME_DAY,
     .doc = "How long closed incidents are kept."},
};
#undef AT
static const struct option sqlite_rows[] = {
	{.name = "path",
     .type = OPTION_STR,
     .offset = offsetof(struct sqlite_options, path),
     .fallback = "../data/runbookd.db",
     .doc = "The file."},
};
#define AT(member) offsetof(struct redis_options, member)
static const struct option redis_rows[] = {
	{.name = "address", .type = OPTION_STR, .offset = AT(address), .fallback = "127.0.0.1:6379", .doc = "host:port"},
	{.name = "username", .type = OPTION_STR, .offset = AT(username), .doc = "Of an ACL user."},
	{.name = "password", .type = OPTION_STR, .offset = AT(password), .doc = "Its password."},
	{.name = "password_file", .type = OPTION_STR, .offset = AT(password_file), .doc = "File that holds it."},
	{.name = "db", .type = OPTION_INT, .offset = AT(db), .fallback = "0", .most = 1000000, .doc = "Number."},
	{.name = "prefix", .type = OPTION_STR, .offset = AT(prefix), .fallback = "runbookd", .doc = "Of all keys."},
	{.name = "timeout",
     .type = OPTION_DURATION,
     .offset = AT(timeout),
     .fallback = "500ms",
     .least = 1,
     .most = TIME_MINUTE,
     .doc = "Without progress for so long it counts as down."},
	{.name = "sentinel", .type = OPTION_NODE, .offset = AT(sentinel), .doc = "Not supported in this version."},
	{.name = "tls", .type = OPTION_NODE, .offset = AT(tls), .doc = "Not supported in this version."},
};

/* Accepted words that this version cannot honour: said, never silently ignored. */
static void refuse_unsupported(struct loading *l, const struct yaml_node *node, const char *name)
{
	if (node)
		err_at(l->err, node->at, "store.redis: \"%s\" is not supported in this version", name);
}

/* "host:port", "[::1]:port" */
static bool address_valid(struct str address)
{
	size_t colon = address.n;
	int64_t port;
	while (colon > 0 && address.p[colon - 1] != ':')
		colon--;
	if (colon < 2 || !str_to_i64(str_slice(address, colon, address.n), &port) || port < 1 || port > 65535)
		return false;
	struct str host = str_slice(address, 0, colon - 1);
	return (*host.p == '[' && host.p[host.n - 1] == ']') || str_index(host, ':') < 0;
}

/* All keys share the hash tag {prefix}. */
static bool prefix_valid(struct str prefix)
{
	for (size_t i = 0; i < prefix.n; i++) {
		if ((unsigned char)prefix.p[i] <= 0x20 || strchr("{}", prefix.p[i]))
			return false;
	}
	return prefix.n > 0 && prefix.n <= 100;
}

static void check_redis(struct loading *l, const struct redis_options *r, const struct yaml_node *node)
{
	refuse_unsupported(l, r->sentinel, "sentinel");
	refuse_unsupported(l, r->tls, "tls");
	load_check_twins(l, node, "password", "store.redis");
	if (!address_valid(r->address))
		err_at(l->err, load_at(node, "address"), "store.redis: \"address\" must be host:port, not \"%.*s\"",
		       STR_ARG(r->address));
	if (!prefix_valid(r->prefix))
		err_at(l->err, load_at(node, "prefix"),
		       "store.redis: \"prefix\" must be 1 to 100 bytes without braces and blanks");
}

static void load_redis(struct loading *l, const struct yaml_node *node)
{
	struct redis_options r;
	struct arena *arena = l->c->arena;
	options_defaults(redis_rows, COUNT(redis_rows), arena, &r);
	options_read(redis_rows, COUNT(redis_rows), node, "store.redis", arena, &r, NULL, l->err);
	check_redis(l, &r, node);
	struct str file = load_path(l, r.password_file);
	load_check_secret(l, file, load_at(node, "password_file"), "password_file");
	l->c->store.redis = (struct config_redis){.given = true,
	                                          .address = r.address,
	                                          .username = r.username,
	                                          .password = r.password,
	                                          .password_file = file,
	                                          .prefix = r.prefix,
	                                          .db = r.db,
	                                          .timeout_ms = r.timeout,
	                                          .at = node->at};
}

void load_store(struct loading *l)
{
	struct config *c = l->c;
	struct store_options s;
	struct sqlite_options sqlite;
	options_defaults(store_rows, COUNT(store_rows), c->arena, &s);
	options_read(store_rows, COUNT(store_rows), l->say.store, "store", c->arena, &s, NULL, l->err);
	options_defaults(sqlite_rows, COUNT(sqlite_rows), c->arena, &sqlite);
	options_read(sqlite_rows, COUNT(sqlite_rows), s.sqlite, "store.sqlite", c->arena, &sqlite, NULL, l->err);
	if (!sqlite.path.n)
		err_at(l->err, load_at(s.sqlite, "path"), "store.sqlite: \"path\" must not be empty");
	c->store.sqlite_path = load_path(l, sqlite.path);
	c->store.reject_on_redis_failure = s.on_redis_failure == FAILURE_REJECT;
	c->store.retention = c->policy.retention = s.retention;
	if (s.redis)
		load_redis(l, s.redis);
}
