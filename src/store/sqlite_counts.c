/* Hourly counters in SQLite, and the sweep. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/time.h"
#include "store/sqlite_db.h"
#include "store/store_counters.h"
#include "store/store_stats.h"

/* Rows of counters in one sweep: an hour may have ten thousand. */
#define SWEEP_COUNTS_MAX (10 * STORE_SWEEP_MAX)

static int64_t fields_of(struct sqlite_db *db, int64_t hour)
{
	if (db->counted_hour == hour)
		return db->counted_fields;
	sqlite3_stmt *s = sql(db, SQL_COUNTS_OF_HOUR, "i", hour);
	while (sql_row(db, s))
		db->counted_fields = sqlite3_column_int64(s, 0);
	db->counted_hour = hour;
	return db->counted_fields;
}

static void add_hourly_count(struct sqlite_db *db, int64_t hour, const struct store_count *count)
{
	struct str field = count->field;
	sql_run(db, SQL_COUNT_ADD, "isi", hour, field, (int64_t)count->add);
	if (db->failed || sqlite3_changes(db->handle) > 0)
		return;
	if (fields_of(db, hour) >= STORE_COUNTS_PER_HOUR)
		field = STR(STORE_COUNTS_OTHER);
	else
		db->counted_fields++;
	sql_run(db, SQL_COUNT_NEW, "isi", hour, field, (int64_t)count->add);
}

/* ---- gathered ---- */

/* What is counted in one transaction under one hour and field: most commits of a batch count the same few. */
struct gathered {
	int64_t hour;
	uint64_t add;
	size_t n;
	char field[];
};

#define GATHER_FIELD_MAX 256 /* bytes; a longer one is written at once */
#define GATHER_MOST 512      /* fields at a time */

static void write_gathered(struct sqlite_db *db, struct gathered *g)
{
	struct store_count count = {.field = {g->field, g->n}, .add = g->add};
	add_hourly_count(db, g->hour, &count);
}

void sqlite_counts_forget(struct sqlite_db *db)
{
	map_free_with(db->gathered, free);
	db->gathered = NULL;
}

void sqlite_counts_write(struct sqlite_db *db)
{
	size_t i = 0;
	struct str key;
	void *g;
	while (db->gathered && map_next(db->gathered, &i, &key, &g))
		write_gathered(db, g);
	sqlite_counts_forget(db);
}

static struct gathered *gathered_new(int64_t hour, struct str field)
{
	struct gathered *g = mem_alloc(sizeof *g + field.n);
	*g = (struct gathered){.hour = hour, .n = field.n};
	if (field.n)
		memcpy(g->field, field.p, field.n);
	return g;
}

static void gather_count(struct sqlite_db *db, int64_t hour, const struct store_count *count)
{
	char bytes[sizeof hour + GATHER_FIELD_MAX];
	struct str key = {bytes, sizeof hour + count->field.n};
	if (!db->gathered)
		db->gathered = map_new();
	memcpy(bytes, &hour, sizeof hour);
	if (count->field.n)
		memcpy(bytes + sizeof hour, count->field.p, count->field.n);
	struct gathered *g = map_get(db->gathered, key);
	if (!g) {
		g = gathered_new(hour, count->field);
		map_set(db->gathered, key, g);
	}
	g->add += count->add;
	if (map_count(db->gathered) >= GATHER_MOST)
		sqlite_counts_write(db);
}

void sqlite_add_counts(struct sqlite_db *db, const struct store_count *counts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t hour = counts[i].hour ? counts[i].hour : db->now - db->now % TIME_HOUR;
		if (db->gathers && counts[i].field.n <= GATHER_FIELD_MAX)
			gather_count(db, hour, &counts[i]);
		else
			add_hourly_count(db, hour, &counts[i]);
	}
}

void sqlite_tally(struct sqlite_db *db, struct request *r)
{
	const struct store_tally *ask = r->query.ask;
	sql_run(db, SQL_TALLY_NEW, "t", ask->id);
	if (db->failed || !sqlite3_changes(db->handle))
		return;
	sql_run(db, SQL_TALLY_FORGET, "i", sqlite3_last_insert_rowid(db->handle) - STORE_TALLIES);
	sqlite_add_counts(db, ask->counts, ask->count);
}

void sqlite_counters(struct sqlite_db *db, struct request *r)
{
	const struct counters_ask *ask = r->query.ask;
	sqlite3_stmt *s = sql(db, SQL_COUNTS, "ii", ask->since, ask->until);
	while (sql_row(db, s)) {
		struct str field = {sqlite3_column_blob(s, 1), (size_t)sqlite3_column_bytes(s, 1)};
		counters_add(r, sqlite3_column_int64(s, 0), field, (uint64_t)sqlite3_column_int64(s, 2));
	}
}

void sqlite_stats(struct sqlite_db *db, struct request *r)
{
	const struct stats_ask *ask = r->query.ask;
	struct store_stats *answer = r->query.answer;
	struct store_queue *queues = arena_alloc(r->arena, ask->count * sizeof *queues);
	answer->queues = queues;
	answer->queue_count = ask->count;
	const struct sqlite_figures *figures = sqlite_figures(db);
	answer->open = (size_t)figures->open;
	answer->closed = (size_t)figures->closed;
	answer->dead = (size_t)figures->dead;
	for (size_t i = 0; i < ask->count; i++) {
		queues[i].receiver = ask->receivers[i];
		queues[i].due = (size_t)sqlite_figures_queue(db, ask->receivers[i]);
		queues[i].oldest_due_at = sqlite_oldest_due(db, ask->receivers[i]);
	}
}

/* True when the batch was full. */
static bool sweep_rows(struct sqlite_db *db, enum sqlite_statement which, int64_t before, int64_t most)
{
	sql_run(db, which, "ii", before, most);
	return sqlite3_changes64(db->handle) >= most;
}

/* Their dues and leases go with them, and the dues are counted anew. What a stand-in owns it owes. */
static bool sweep_incidents(struct sqlite_db *db, int64_t before)
{
	int64_t n = 0;
	sqlite3_stmt *s = sql(db, SQL_SWEEP_INCIDENTS, "iii", before, (int64_t)STORE_SWEEP_MAX, (int64_t)!db->stand_in);
	for (; sql_row(db, s); n++) {
		struct sqlite_standing was = {true, false, sqlite3_column_int(s, 0), sqlite3_column_int(s, 1)};
		struct str key = {sqlite3_column_blob(s, 2), (size_t)sqlite3_column_bytes(s, 2)};
		sqlite_figures_moved(&db->figures, was, (struct sqlite_standing){.found = false});
		sqlite_leases_forget(db->leases, key);
	}
	if (n)
		db->figures.queues_counted = false;
	return n >= STORE_SWEEP_MAX;
}

void sqlite_sweep(struct sqlite_db *db, struct request *r)
{
	int64_t before = db->now - r->ask.retention_ms;
	bool incidents = sweep_incidents(db, before);
	int64_t hours = db->now - store_hours_kept(r->ask.retention_ms);
	bool counts = !db->stand_in && sweep_rows(db, SQL_SWEEP_COUNTS, hours - TIME_HOUR, SWEEP_COUNTS_MAX);
	bool members = sweep_rows(db, SQL_SWEEP_MEMBERS, db->now, STORE_SWEEP_MAX);
	db->counted_hour = -1;
	r->answer.more = incidents || counts || members;
}
