/* Counters without a record, added once however often they are repeated. */
#include <assert.h>

#include "store/memory_tables.h"
#include "store/query.h"
#include "store/redis_scripts.h"
#include "store/redis_words.h"
#include "store/sqlite_db.h"

SCRIPT(tally, BYTES("redis_count.lua") BYTES("redis_tally.lua"));
static struct redis_script script = {"tally", redis_script_tally, ""};

/*
 * On Redis it is added in pieces, each some milliseconds: others are served between them. Each has an id of its own, made of
 * the tally's, so that a tally that is repeated adds what is missing of it and no more.
 */
struct tally_answer {
	struct store_tallied told; /* first: whoever asked gets this */
	size_t added;              /* counters that stand */
};

static size_t piece_size(const struct store_tally *ask, size_t from)
{
	size_t left = ask->count - from;
	return left < STORE_TALLY_PIECE ? left : STORE_TALLY_PIECE;
}

static void say_tally(struct words *w, const struct request *r)
{
	const struct store_tally *ask = r->query.ask;
	size_t from = ((const struct tally_answer *)r->query.answer)->added;
	words_add_int(w, STORE_COUNTS_PER_HOUR);
	words_add_c(w, from ? arena_printf(w->arena, "%s/%zu", ask->id, from / STORE_TALLY_PIECE) : ask->id);
	words_add_int(w, ask->lasting ? STORE_TALLY_LONG_MS : STORE_TALLY_MS);
	words_add_counts(w, ask->counts + from, piece_size(ask, from));
}

static bool take_tally(struct request *r, const struct redis_value *v)
{
	struct tally_answer *answer = r->query.answer;
	answer->added += piece_size(r->query.ask, answer->added);
	return reply_is_array(v, 1);
}

static bool more_of_tally(struct request *r, const struct redis_value *v)
{
	(void)v;
	return ((const struct tally_answer *)r->query.answer)->added < ((const struct store_tally *)r->query.ask)->count;
}

QUERY_TELLS(tell_tally, store_tallied)

const struct store_query query_tally = {.ask_size = sizeof(struct store_tally),
                                        .answer_size = sizeof(struct tally_answer),
                                        .writes = true,
                                        .in_memory = tables_tally,
                                        .in_sqlite = sqlite_tally,
                                        .script = &script,
                                        .words = say_tally,
                                        .take = take_tally,
                                        .more = more_of_tally,
                                        .tell = tell_tally};

void store_tally(struct store *s, const struct store_tally *tally, void (*done)(void *, const struct store_tallied *),
                 void *arg)
{
	struct request *r = query_new(&query_tally, (void (*)(void))done, arg);
	struct store_tally *ask = r->query.ask;
	assert(tally->id[0]);
	*ask = *tally;
	ask->counts = request_copy_counts(r->arena, tally->counts, tally->count);
	query_send(s, r);
}
