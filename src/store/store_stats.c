/* The figures: how many incidents there are, and what is due for each receiver. */
#include "store/store_stats.h"

#include "store/memory_tables.h"
#include "store/redis_scripts.h"
#include "store/redis_words.h"
#include "store/sqlite_db.h"

/* Leases of a receiver that Redis looks at for the longest due: more than routers have on their way. */
#define STATS_LEASES 1000

SCRIPT(stats, BYTES("redis_stats.lua"));
static struct redis_script script = {"stats", redis_script_stats, ""};

static void say_receivers(struct words *w, const struct request *r)
{
	const struct stats_ask *ask = r->query.ask;
	words_add_int(w, STORE_LANES);
	words_add_int(w, STATS_LEASES);
	for (size_t i = 0; i < ask->count; i++)
		words_add(w, ask->receivers[i]);
}

static bool take_stats(struct request *r, const struct redis_value *v)
{
	const struct stats_ask *ask = r->query.ask;
	struct store_stats *answer = r->query.answer;
	struct store_queue *queues = arena_alloc(r->arena, ask->count * sizeof *queues);
	if (!reply_is_array(v, 5) || !reply_size(&v->items[1], &answer->open) ||
	    !reply_size(&v->items[2], &answer->closed) || !reply_size(&v->items[3], &answer->dead) ||
	    !reply_is_array(&v->items[4], 2 * ask->count))
		return false;
	for (size_t i = 0; i < ask->count; i++) {
		const struct redis_value *of = &v->items[4].items[2 * i];
		queues[i].receiver = ask->receivers[i];
		if (!reply_size(&of[0], &queues[i].due) || !reply_int(&of[1], &queues[i].oldest_due_at))
			return false;
	}
	answer->queues = queues;
	answer->queue_count = ask->count;
	return true;
}

QUERY_TELLS(tell_stats, store_stats)

static const struct store_query query_stats = {.ask_size = sizeof(struct stats_ask),
                                               .answer_size = sizeof(struct store_stats),
                                               .in_memory = tables_stats,
                                               .in_sqlite = sqlite_stats,
                                               .script = &script,
                                               .words = say_receivers,
                                               .take = take_stats,
                                               .tell = tell_stats};

void store_stats(struct store *s, const struct str *receivers, size_t count,
                 void (*done)(void *, const struct store_stats *), void *arg)
{
	struct request *r = query_new(&query_stats, (void (*)(void))done, arg);
	struct stats_ask *ask = r->query.ask;
	ask->receivers = request_copy_strs(r->arena, receivers, count);
	ask->count = count;
	query_send(s, r);
}
