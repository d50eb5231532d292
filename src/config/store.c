/* The section `store`. */
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

enum { FAILURE_LOCAL, FAILURE_REJECT };
static const char *const on_failure[] = {[FAILURE_LOCAL] = "local", [FAILURE_REJECT] = "reject", NULL};

static const struct option sqlite_rows[] = {
	{.name = "path",
     .type = OPTION_STR,
     .offset = offsetof(struct sqlite_options, path),
     .fallback = "../data/runbookd.db",
     .doc = "The file."},
};
static const struct option_table sqlite_table = OPTION_TABLE(sqlite_rows);

#define AT(member) offsetof(struct store_options, member)
static const struct option store_rows[] = {
	{.name = "sqlite",
     .type = OPTION_NODE,
     .offset = AT(sqlite),
     .inner = &sqlite_table,
     .doc = "The embedded store; with redis its fallback."},
	{.name = "redis",
     .type = OPTION_NODE,
     .offset = AT(redis),
     .inner = &redis_table,
     .doc = "The store that replicas share."},
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
     .doc = "How long closed incidents are kept. What noise counts is kept for 35 days at least."},
};
#undef AT
const struct option_table store_table = OPTION_TABLE(store_rows);

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
