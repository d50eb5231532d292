/* One of the lists of incidents, newest first, page by page. */
#include "store/store_list.h"

#include "base/buf.h"
#include "store/memory_tables.h"
#include "store/redis_scripts.h"
#include "store/redis_words.h"
#include "store/sqlite_db.h"

SCRIPT(list, BYTES("redis_list.lua"));
static struct redis_script script = {"list", redis_script_list, ""};

/* "SINCE:KEY" of the last record that was listed. */
static bool split_cursor(struct str cursor, int64_t *since, struct str *key)
{
	ptrdiff_t colon = str_index(cursor, ':');
	if (colon < 0 || !str_to_i64(str_slice(cursor, 0, (size_t)colon), since))
		return false;
	*key = str_slice(cursor, (size_t)colon + 1, cursor.n);
	return key->n > 0;
}

bool store_cursor_valid(struct str cursor)
{
	int64_t since;
	struct str key;
	return split_cursor(cursor, &since, &key);
}

static void split_list_cursor(struct list_ask *ask, struct str cursor)
{
	ask->has_cursor = cursor.n > 0;
	if (ask->has_cursor && !split_cursor(cursor, &ask->since, &ask->key))
		ask->limit = 0; /* no list ever handed it out: nothing comes behind it */
}

struct str list_cursor(struct request *r, int64_t since, struct str last)
{
	AUTOBUF struct buf b;
	buf_init(&b, last.n + 32);
	buf_printf(&b, "%lld:", (long long)since);
	buf_add(&b, last);
	return arena_str(r->arena, buf_str(&b));
}

static void say_list(struct words *w, const struct request *r)
{
	static const char *const names[] = {"open", "closed", "dead"};
	const struct list_ask *ask = r->query.ask;
	words_add_c(w, names[ask->which]);
	words_add_int(w, (int64_t)ask->limit);
	words_add_bool(w, ask->has_cursor);
	words_add_int(w, ask->since);
	words_add(w, ask->key);
}

static bool read_list_reply(struct request *r, const struct redis_value *v)
{
	struct store_listed *answer = r->query.answer;
	int64_t since, more;
	if (!reply_is_array(v, 4) || !reply_int(&v->items[2], &since) || !reply_int(&v->items[3], &more))
		return false;
	answer->records = reply_records(r, &v->items[1], &answer->count);
	if (answer->records && answer->count && more)
		answer->cursor = list_cursor(r, since, answer->records[answer->count - 1].key);
	return answer->records;
}

QUERY_TELLS(tell_list, store_listed)

const struct store_query query_list = {.ask_size = sizeof(struct list_ask),
                                       .answer_size = sizeof(struct store_listed),
                                       .in_memory = tables_list,
                                       .in_sqlite = sqlite_list,
                                       .script = &script,
                                       .words = say_list,
                                       .take = read_list_reply,
                                       .tell = tell_list};

void store_list(struct store *s, enum store_list which, struct str cursor, size_t limit,
                void (*done)(void *, const struct store_listed *), void *arg)
{
	struct request *r = query_new(&query_list, (void (*)(void))done, arg);
	struct list_ask *ask = r->query.ask;
	ask->which = which;
	ask->limit = limit < STORE_BATCH_MAX ? limit : STORE_BATCH_MAX;
	split_list_cursor(ask, arena_str(r->arena, cursor));
	query_send(s, r);
}
