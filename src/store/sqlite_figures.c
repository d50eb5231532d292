/* Kept in step by sqlite_records.c and sqlite_queue.c, read for the stats. */
#include "store/sqlite_figures.h"

#include "base/map.h"
#include "store/sqlite_db.h"

static void free_number(void *n)
{
	mem_cleanup(&n);
}

static void forget_queues(struct sqlite_figures *f)
{
	map_free_with(f->queues, free_number);
	f->queues = NULL;
	f->queues_counted = false;
}

void sqlite_figures_release(struct sqlite_figures *f)
{
	forget_queues(f);
}

void sqlite_figures_doubt(struct sqlite_figures *f)
{
	f->counted = false;
	forget_queues(f);
}

static void stand(struct sqlite_figures *f, struct sqlite_standing s, int64_t step)
{
	if (!s.found)
		return;
	*(s.open ? &f->open : &f->closed) += step;
	f->dead += s.dead ? step : 0;
	f->owned += s.owned ? step : 0;
}

void sqlite_figures_moved(struct sqlite_figures *f, struct sqlite_standing from, struct sqlite_standing to)
{
	stand(f, from, -1);
	stand(f, to, 1);
}

void sqlite_figures_due(struct sqlite_figures *f, struct str receiver, int64_t step)
{
	if (!f->queues_counted)
		return;
	int64_t *n = map_get(f->queues, receiver);
	if (!n) {
		n = mem_zero(sizeof *n);
		map_set(f->queues, receiver, n);
	}
	*n += step;
}

static int64_t count_rows(struct sqlite_db *db, enum sqlite_statement which)
{
	int64_t n = 0;
	sqlite3_stmt *s = sql(db, which, "");
	while (sql_row(db, s))
		n = sqlite3_column_int64(s, 0);
	return n;
}

const struct sqlite_figures *sqlite_figures(struct sqlite_db *db)
{
	struct sqlite_figures *f = &db->figures;
	if (f->counted)
		return f;
	f->open = count_rows(db, SQL_COUNT_OPEN);
	f->closed = count_rows(db, SQL_COUNT_CLOSED);
	f->dead = count_rows(db, SQL_COUNT_DEAD);
	f->owned = db->stand_in ? count_rows(db, SQL_COUNT_OWNED) : f->open + f->closed;
	f->counted = !db->failed;
	return f;
}

static void count_queues(struct sqlite_db *db)
{
	struct sqlite_figures *f = &db->figures;
	forget_queues(f);
	f->queues = map_new();
	f->queues_counted = true;
	sqlite3_stmt *s = sql(db, SQL_COUNT_QUEUES, "");
	while (sql_row(db, s)) {
		struct str receiver = {sqlite3_column_blob(s, 0), (size_t)sqlite3_column_bytes(s, 0)};
		sqlite_figures_due(f, receiver, sqlite3_column_int64(s, 1));
	}
	f->queues_counted = !db->failed;
}

int64_t sqlite_figures_queue(struct sqlite_db *db, struct str receiver)
{
	if (!db->figures.queues_counted)
		count_queues(db);
	const int64_t *n = map_get(db->figures.queues, receiver);
	return n ? *n : 0;
}
