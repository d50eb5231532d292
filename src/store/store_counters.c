/* What was counted in each hour. */
#include "store/store_counters.h"

#include "store/memory_tables.h"
#include "store/redis_scripts.h"
#include "store/redis_words.h"
#include "store/sqlite_db.h"

/* Rows in one reply of Redis. */
#define ROWS_AT_ONCE 5000

SCRIPT(counters, BYTES("redis_counters.lua"));
static struct redis_script script = {"counters", redis_script_counters, ""};

void counters_add(struct request *r, int64_t hour, struct str field, uint64_t count)
{
	struct store_hour *rows = r->owned;
	struct store_counted *answer = r->query.answer;
	size_t n = answer->count;
	if ((n & (n - 1)) == 0) /* full at every power of two */
		r->owned = rows = mem_grow_array(rows, n ? 2 * n : 1, sizeof *rows);
	rows[n] = (struct store_hour){hour, arena_str(r->arena, field), count};
	answer->rows = rows;
	answer->count = n + 1;
}

static void say_hours(struct words *w, const struct request *r)
{
	const struct counters_ask *ask = r->query.ask;
	words_add_int(w, ask->since);
	words_add_int(w, ask->until);
	words_add_int(w, ROWS_AT_ONCE);
}

static bool take_hour(struct request *r, const struct redis_value *hour, const struct redis_value *fields)
{
	int64_t start, n;
	if (!reply_int(hour, &start) || !reply_is_array(fields, 0) || fields->count % 2 != 0)
		return false;
	for (size_t i = 0; i < fields->count; i += 2) {
		if (!reply_int(&fields->items[i + 1], &n))
			return false;
		counters_add(r, start, fields->items[i].text, (uint64_t)n);
	}
	return true;
}

static bool take_counters(struct request *r, const struct redis_value *v)
{
	if (!reply_is_array(v, 3) || !reply_is_array(&v->items[2], 0) || v->items[2].count % 2 != 0)
		return false;
	for (size_t i = 0; i < v->items[2].count; i += 2)
		if (!take_hour(r, &v->items[2].items[i], &v->items[2].items[i + 1]))
			return false;
	return true;
}

static bool more_counters(struct request *r, const struct redis_value *v)
{
	struct counters_ask *ask = r->query.ask;
	return v->items[1].text.n && reply_int(&v->items[1], &ask->since);
}

QUERY_TELLS(tell_counters, store_counted)

static const struct store_query query_counters = {.ask_size = sizeof(struct counters_ask),
                                                  .answer_size = sizeof(struct store_counted),
                                                  .in_memory = tables_counters,
                                                  .in_sqlite = sqlite_counters,
                                                  .script = &script,
                                                  .words = say_hours,
                                                  .take = take_counters,
                                                  .more = more_counters,
                                                  .tell = tell_counters};

void store_counters(struct store *s, int64_t since, int64_t until, void (*done)(void *, const struct store_counted *),
                    void *arg)
{
	struct request *r = query_new(&query_counters, (void (*)(void))done, arg);
	struct counters_ask *ask = r->query.ask;
	*ask = (struct counters_ask){since, until};
	query_send(s, r);
}
