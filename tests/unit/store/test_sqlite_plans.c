/*
 * No statement reads a whole table: what an alert costs would grow with what is kept. SQLite itself is asked how it would
 * go about each of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "folder.h"
#include "store/sqlite_db.h"

/* What has one row, or one of each receiver, or those that a LIMIT let through (a debt is a thousand counters at most). */
static bool small(const char *detail)
{
	static const char *const names[] = {"SCAN probe", "SCAN debt", "SCAN (subquery", "SCAN CONSTANT ROW"};
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

struct file {
	char *folder;
	struct sqlite_db db;
};

static void open_planned_file(struct file *f, bool stand_in)
{
	AUTOERR struct err err = ERR_INIT;
	*f = (struct file){.folder = folder_new()};
	AUTOFREE char *path = mem_printf("%s/runbookd.db", f->folder);
	if (!sqlite_db_open(&f->db, path, stand_in ? SQLITE_OPEN_STAND_IN : SQLITE_OPEN_ALONE, &err))
		fail_msg("%s", err_first(&err));
}

static void file_close(struct file *f)
{
	sqlite_db_close(&f->db);
	sqlite_leases_free(f->db.leases);
	sqlite_figures_release(&f->db.figures);
	folder_remove(f->folder);
	mem_cleanup(&f->folder);
}

static void no_statement_reads_a_whole_table(void **state)
{
	(void)state;
	struct file f;
	open_planned_file(&f, true);
	for (int i = 0; i < SQLITE_STATEMENTS; i++)
		/* the LIMIT of what is owed is all that it reads, in the order of the key; figures are counted once */
		if (i != SQL_DEBT_NEW && (i < SQL_COUNT_OPEN || i > SQL_COUNT_QUEUES))
			look_at(f.db.handle, sqlite_sql[i]);
	file_close(&f);
}

/* How many indexes, and tables that are one, a statement writes to when it does not skip any. */
static int explained_steps(sqlite3 *db, const char *text)
{
	AUTOFREE char *question = mem_printf("EXPLAIN %s", text);
	sqlite3_stmt *s = NULL;
	int n = 0;
	assert_int_equal(sqlite3_prepare_v2(db, question, -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW)
		n += !strcmp((const char *)sqlite3_column_text(s, 1), "IdxInsert");
	sqlite3_finalize(s);
	return n;
}

/* Each would be a page somewhere in the file, read and written for each alert that comes again. */
static void a_repeat_writes_no_index_that_it_does_not_change(void **state)
{
	(void)state;
	struct file f;
	open_planned_file(&f, false);
	assert_int_equal(explained_steps(f.db.handle, sqlite_sql[SQL_RECORD_KEEP]), 0);
	/* the table itself is one, and the index of mirrored ones is skipped */
	assert_int_equal(explained_steps(f.db.handle, sqlite_sql[SQL_MEMBER_TOUCH]), 2);
	file_close(&f);
}

static void commit_groups(struct file *f, const char *id, bool changed)
{
	struct str groups[] = {STR("a"), STR("b")};
	struct request *r = request_new(VERB_COMMIT, NULL);
	struct sqlite_row row = sqlite_find_row(&f->db, r, STR("k"));
	struct store_commit c = {.key = STR("k"), .expect = row.version, .bytes = STR("{}"), .open = true, .since = 1};
	snprintf(c.id, sizeof c.id, "%s", id);
	c.groups = groups, c.group_count = 2;
	c.groups_changed = changed;
	request_copy_commit(r, &c);
	sqlite_db_begin(&f->db, 1000, true);
	sqlite_commit(&f->db, r);
	assert_int_equal(r->result, STORE_OK);
	assert_true(sqlite_db_commit(&f->db));
	request_free(r);
}

/* How many rows of the file were changed since this was asked last. */
static int changes_since(struct file *f, sqlite3_int64 *before)
{
	sqlite3_int64 now = sqlite3_total_changes64(f->db.handle);
	int n = (int)(now - *before);
	*before = now;
	return n;
}

/* The index of groups costs an alert something only when it comes with a new group, and nothing when it says the same again. */
static void a_repeat_does_not_write_to_the_index_of_groups(void **state)
{
	(void)state;
	struct file f;
	sqlite3_int64 before = 0;
	open_planned_file(&f, false);
	commit_groups(&f, "1", true);
	changes_since(&f, &before);
	commit_groups(&f, "2", false);
	assert_int_equal(changes_since(&f, &before), 1); /* the record */
	commit_groups(&f, "3", true);
	assert_int_equal(changes_since(&f, &before), 1);
	file_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(no_statement_reads_a_whole_table),
	                                   cmocka_unit_test(a_repeat_writes_no_index_that_it_does_not_change),
	                                   cmocka_unit_test(a_repeat_does_not_write_to_the_index_of_groups)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
