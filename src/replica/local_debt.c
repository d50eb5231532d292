/* Counters of the stand-in that it owes to the primary: set apart under an id, and subtracted when they are paid. */
#include <string.h>

#include "replica/local_work.h"

static struct local_debt read_debt(struct sqlite_db *db, struct request *r)
{
	struct store_count *counts = arena_alloc(r->arena, LOCAL_DEBT_MAX * sizeof *counts);
	struct local_debt debt = {.ok = true, .counts = counts};
	sqlite3_stmt *s = sql(db, SQL_DEBT, "");
	while (sql_row(db, s)) {
		if (debt.count == LOCAL_DEBT_MAX)
			continue;
		request_set_id(debt.id, str_c((const char *)sqlite3_column_text(s, 0)));
		counts[debt.count++] = (struct store_count){
			.field = sql_str(r, s, 2), .add = (uint64_t)sqlite3_column_int64(s, 3), .hour = sqlite3_column_int64(s, 1)};
	}
	return debt;
}

void local_debt(struct sqlite_db *db, struct request *r)
{
	struct debt_work *work = r->ask.work.what;
	work->debt = read_debt(db, r);
	if (work->debt.count)
		return;
	sql_run(db, SQL_DEBT_NEW, "ti", work->id, (int64_t)LOCAL_DEBT_MAX);
	work->debt = read_debt(db, r);
}

void local_debt_paid(struct sqlite_db *db, struct request *r)
{
	const struct debt_work *work = r->ask.work.what;
	sql_run(db, SQL_COUNTS_PAID, "t", work->id);
	sql_run(db, SQL_COUNTS_GONE, "t", work->id);
	sql_run(db, SQL_DEBT_PAID, "t", work->id);
	db->counted_hour = -1; /* an hour may have fewer fields now */
}
