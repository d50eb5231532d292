/* Counters without a record, added once however often they are repeated. */
#include <assert.h>

#include "store/memory_tables.h"
#include "store/query.h"
#include "store/redis_scripts.h"
#include "store/redis_words.h"
#include "store/sqlite_db.h"

SCRIPT(tally, BYTES("redis_count.lua") BYTES("redis_tally.lua"));
static struct redis_script script = {"tally", redis_script_tally, ""};

static void say_tally(struct words *w, const struct request *r)
{
	const struct store_tally *ask = r->query.ask;
	words_add_int(w, STORE_COUNTS_PER_HOUR);
	words_add_c(w, ask->id);
	words_add_int(w, ask->lasting ? STORE_TALLY_LONG_MS : STORE_TALLY_MS);
	words_add_counts(w, ask->counts, ask->count);
}

static bool take_tally(struct request *r, const struct redis_value *v)
{
	(void)r;
	return reply_is_array(v, 1);
}

QUERY_TELLS(tell_tally, store_tallied)

const struct store_query query_tally = {.ask_size = sizeof(struct store_tally),
                                        .answer_size = sizeof(struct store_tallied),
                                        .writes = true,
                                        .in_memory = tables_tally,
                                        .in_sqlite = sqlite_tally,
                                        .script = &script,
                                        .words = say_tally,
                                        .take = take_tally,
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
