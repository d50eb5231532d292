/*
 * No statement reads a whole table: what an alert costs would grow with what is kept. SQLite itself is asked how it would
 * go about each of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"
#include "store/sqlite_db.h"

/* What has one row, or one of each receiver, or those that a LIMIT let through. */
static bool small(const char *detail)
{
	static const char *const names[] = {"SCAN probe", "SCAN figure", "SCAN (subquery", "SCAN CONSTANT ROW"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!strncmp(detail, names[i], strlen(names[i])))
			return true;
	}
	return false;
}

static void look_at(sqlite3 *db, const char *text)
{
	AUTOFREE char *question = mem_printf("EXPLAIN QUERY PLAN %s", text);
	sqlite3_stmt *s = NULL;
	assert_int_equal(sqlite3_prepare_v2(db, question, -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		const char *detail = (const char *)sqlite3_column_text(s, 3);
		if (!strncmp(detail, "SCAN", 4) && !small(detail))
			fail_msg("%s\n%s", detail, text);
	}
	sqlite3_finalize(s);
}

static void no_statement_reads_a_whole_table(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	char *folder = folder_new();
	AUTOFREE char *path = mem_printf("%s/runbookd.db", folder);
	struct sqlite_db db;
	if (!sqlite_db_open(&db, path, true, &err))
		fail_msg("%s", err_first(&err));
	for (int i = 0; i < SQLITE_STATEMENTS; i++)
		if (i != SQL_COUNTS_OWED) /* its LIMIT is all that it reads: in the order of the key */
			look_at(db.handle, sqlite_sql[i]);
	sqlite_db_close(&db);
	folder_remove(folder);
	mem_cleanup(&folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(no_statement_reads_a_whole_table)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
