/* A small value that routers share, such as the secret that signs links: whoever brings one first decides what it is. */
#include "store/store_keep.h"

#include <assert.h>

#include "store/memory_tables.h"
#include "store/redis_scripts.h"
#include "store/redis_words.h"
#include "store/sqlite_db.h"

SCRIPT(keep, BYTES("redis_keep.lua"));
static struct redis_script script = {"keep", redis_script_keep, ""};

/* ---- memory ---- */

static void keep_in_memory(struct tables *t, struct request *r)
{
	const struct keep_ask *ask = r->query.ask;
	struct store_kept *answer = r->query.answer;
	char *known = map_get(t->kept, ask->name);
	if (!known || ask->replace) {
		map_set(t->kept, ask->name, mem_str(ask->value));
		mem_cleanup(&known);
		known = map_get(t->kept, ask->name);
	}
	answer->value = arena_str(r->arena, str_c(known));
}

/* ---- SQLite ---- */

static void keep_in_sqlite(struct sqlite_db *db, struct request *r)
{
	const struct keep_ask *ask = r->query.ask;
	struct store_kept *answer = r->query.answer;
	sql_run(db, ask->replace ? SQL_KEEP_ANEW : SQL_KEEP, "ss", ask->name, ask->value);
	sqlite3_stmt *s = sql(db, SQL_KEPT, "s", ask->name);
	while (sql_row(db, s)) {
		struct str value = {sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0)};
		answer->value = arena_str(r->arena, value);
	}
}

/* ---- Redis ---- */

static void say_kept(struct words *w, const struct request *r)
{
	const struct keep_ask *ask = r->query.ask;
	words_add(w, ask->name);
	words_add(w, ask->value);
	words_add(w, ask->replace ? STR("1") : STR("0"));
}

static bool read_kept_reply(struct request *r, const struct redis_value *v)
{
	struct store_kept *answer = r->query.answer;
	if (!reply_is_array(v, 2))
		return false;
	answer->value = arena_str(r->arena, v->items[1].text);
	return answer->value.n > 0;
}

QUERY_TELLS(tell_kept, store_kept)

const struct store_query query_keep = {.ask_size = sizeof(struct keep_ask),
                                       .answer_size = sizeof(struct store_kept),
                                       .writes = true,
                                       .in_memory = keep_in_memory,
                                       .in_sqlite = keep_in_sqlite,
                                       .script = &script,
                                       .words = say_kept,
                                       .take = read_kept_reply,
                                       .tell = tell_kept};

void store_keep(struct store *s, const struct store_keep *keep, void (*done)(void *, const struct store_kept *),
                void *arg)
{
	struct request *r = query_new(&query_keep, (void (*)(void))done, arg);
	struct keep_ask *ask = r->query.ask;
	assert(keep->name.n && keep->value.n && keep->value.n <= STORE_KEPT_MAX);
	ask->name = arena_str(r->arena, keep->name);
	ask->value = arena_str(r->arena, keep->value);
	ask->replace = keep->replace;
	query_send(s, r);
}
