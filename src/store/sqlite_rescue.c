/* What an open handle still holds, into a fresh file: page by page where they are whole, else row by row. */
#include "store/sqlite_rescue.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_MOST_USUAL 4096 /* what SQLite reckons with before it has read the file */

/* ---- row by row ---- */

struct copying {
	sqlite3 *from, *to;
	bool whole, stuck; /* stuck: the new file takes no more */
};

/* Made by the schema itself. */
static bool is_made_by_itself(const char *table)
{
	return strcmp(table, "probe") == 0 || strncmp(table, "sqlite_", 7) == 0;
}

/* "INSERT OR IGNORE INTO table (its columns) VALUES (?, …)": the old file may have them in another order. */
static sqlite3_stmt *insert_for(struct copying *c, const char *table, sqlite3_stmt *rows)
{
	AUTOBUF struct buf columns, marks;
	buf_init(&columns, STORE_RECORD_MAX);
	buf_init(&marks, STORE_RECORD_MAX);
	for (int i = 0; i < sqlite3_column_count(rows); i++) {
		buf_printf(&columns, "%s\"%s\"", i ? ", " : "", sqlite3_column_name(rows, i));
		buf_printf(&marks, "%s?", i ? ", " : "");
	}
	AUTOFREE char *text = mem_printf("INSERT OR IGNORE INTO \"%s\" (%s) VALUES (%s)", table, columns.p, marks.p);
	sqlite3_stmt *s = NULL;
	sqlite3_prepare_v2(c->to, text, -1, &s, NULL);
	return s;
}

static void copy_row(struct copying *c, sqlite3_stmt *row, sqlite3_stmt *insert)
{
	for (int i = 0; i < sqlite3_column_count(row); i++)
		sqlite3_bind_value(insert, i + 1, sqlite3_column_value(row, i));
	int got = sqlite3_step(insert) & 0xff;
	c->stuck |= got != SQLITE_DONE && got != SQLITE_CONSTRAINT; /* one that makes no sense is left out */
	c->whole &= got == SQLITE_DONE;
	sqlite3_reset(insert);
}

/* True when it came to the end. */
static bool copy_in_order(struct copying *c, const char *table, const char *order)
{
	AUTOFREE char *text = mem_printf("SELECT * FROM \"%s\" %s", table, order);
	sqlite3_stmt *rows = NULL, *insert = NULL;
	int got = SQLITE_ERROR;
	if (sqlite3_prepare_v2(c->from, text, -1, &rows, NULL) == SQLITE_OK && (insert = insert_for(c, table, rows)))
		while ((got = sqlite3_step(rows)) == SQLITE_ROW && !c->stuck)
			copy_row(c, rows, insert);
	sqlite3_finalize(rows);
	sqlite3_finalize(insert);
	return got == SQLITE_DONE;
}

/* "ORDER BY its key DESC", so that what lies behind a bad page is reached from the other end. */
static char *backwards(struct copying *c, const char *table)
{
	AUTOFREE char *text =
		mem_printf("SELECT 'ORDER BY ' || coalesce(group_concat('\"' || name || '\" DESC'), 'rowid DESC')"
	               " FROM (SELECT name FROM pragma_table_info('%s') WHERE pk > 0 ORDER BY pk)",
	               table);
	sqlite3_stmt *s = NULL;
	char *order = NULL;
	if (sqlite3_prepare_v2(c->to, text, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		order = mem_strdup((const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	return order ? order : mem_strdup("");
}

static void copy_table(struct copying *c, const char *table)
{
	if (copy_in_order(c, table, ""))
		return;
	c->whole = false;
	AUTOFREE char *order = backwards(c, table);
	copy_in_order(c, table, order);
}

static void copy_tables(struct copying *c)
{
	static const char tables[] = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid";
	sqlite3_stmt *s = NULL;
	if (sqlite3_prepare_v2(c->to, tables, -1, &s, NULL) != SQLITE_OK)
		c->stuck = true;
	while (!c->stuck && sqlite3_step(s) == SQLITE_ROW) {
		AUTOFREE char *table = mem_strdup((const char *)sqlite3_column_text(s, 0));
		if (!is_made_by_itself(table))
			copy_table(c, table);
	}
	sqlite3_finalize(s);
}

/* One with room for everything: nothing else reads it before it is complete. */
static bool open_new(sqlite3 **to, const char *path, struct err *err)
{
	AUTOFREE char *schema = sqlite_schema_new();
	if (sqlite3_open_v2(path, to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) ==
	        SQLITE_OK &&
	    sqlite3_exec(*to, SQLITE_PAGES "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;", NULL, NULL, NULL) ==
	        SQLITE_OK &&
	    sqlite3_exec(*to, schema, NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(*to, "BEGIN", NULL, NULL, NULL) == SQLITE_OK)
		return true;
	err_add(err, "%s: %s", path, *to ? sqlite3_errmsg(*to) : "out of memory");
	return false;
}

/* What is due for an incident that could not be read would keep its queue awake for nothing. */
static const char TIDY[] = "DELETE FROM due WHERE key NOT IN (SELECT key FROM record);";
/*
 * Where something could not be read, what is due for an incident may be missing, and nobody would ever be told of it. Its
 * clock is made due: whoever looks at it writes it anew, with all that follows from the record. Closed ones may owe a
 * resolve, for as long as that is tried (delivery.expire), and a bit.
 */
static const char LOOK_AT_ALL[] =
	"INSERT OR REPLACE INTO due (receiver, key, lane, at, ready) SELECT x'', key, 0, 1, 1"
	" FROM record WHERE open = 1 OR since >= (SELECT max(since) FROM record) - 172800000;";

bool sqlite_copy_rows(sqlite3 *from, const char *path, bool *copied, struct err *err)
{
	struct copying c = {.from = from, .whole = true};
	*copied = false;
	if (open_new(&c.to, path, err)) {
		copy_tables(&c);
		*copied = !c.stuck && sqlite3_exec(c.to, TIDY, NULL, NULL, NULL) == SQLITE_OK &&
		          (c.whole || sqlite3_exec(c.to, LOOK_AT_ALL, NULL, NULL, NULL) == SQLITE_OK) &&
		          sqlite3_exec(c.to, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
		if (!*copied)
			err_add(err, "%s: %s", path, sqlite3_errmsg(c.to));
	}
	sqlite3_close(c.to);
	return *copied && c.whole;
}

/* ---- page by page ---- */

static bool begin_file(const char *path, struct err *err)
{
	unlink(path);
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		err_add(err, "%s: cannot be made: %s", path, strerror(errno));
	else
		close(fd);
	return fd >= 0;
}

/* SQLite reads through the open handle, which needs no name. */
static bool copy_pages(sqlite3 *from, const char *path)
{
	char *text = sqlite3_mprintf("VACUUM INTO %Q", path);
	bool done = text && sqlite3_exec(from, text, NULL, NULL, NULL) == SQLITE_OK;
	sqlite3_free(text);
	return done;
}

static bool copy_what_is_readable(sqlite3 *from, const char *path, bool *whole, struct err *err)
{
	bool copied = true;
	if (!begin_file(path, err))
		return false;
	*whole = copy_pages(from, path);
	if (!*whole && begin_file(path, err))
		*whole = sqlite_copy_rows(from, path, &copied, err);
	return copied && !err_any(err);
}

/* ---- from a file that nobody has open ---- */

/* One of ours, of this very version: another one's columns mean other things. */
static bool is_of_this_version(sqlite3 *from)
{
	sqlite3_stmt *s = NULL;
	AUTOFREE char *text = mem_printf("SELECT 1 FROM pragma_application_id, pragma_user_version"
	                                 " WHERE application_id = %d AND user_version = %d",
	                                 SQLITE_APPLICATION_ID, SQLITE_SCHEMA_VERSION);
	bool is = sqlite3_prepare_v2(from, text, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW;
	sqlite3_finalize(s);
	return is;
}

/* To SQLite the log of an empty file is nobody's, and it removes it. Beside a page of zeros it counts. */
static void keep_its_log(const char *damaged)
{
	AUTOFREE char *name = mem_printf("%s-wal", damaged);
	struct stat st, log;
	if (stat(damaged, &st) == 0 && S_ISREG(st.st_mode) && !st.st_size && stat(name, &log) == 0 && log.st_size > 0 &&
	    truncate(damaged, PAGE_MOST_USUAL) != 0)
		unlink(damaged); /* so that nobody opens the two as they are */
}

bool sqlite_salvage(const char *damaged, const char *real, struct err *err)
{
	AUTOFREE char *building = mem_printf("%s.building", real);
	sqlite3 *from = NULL;
	bool copied = false;
	keep_its_log(damaged);
	if (sqlite3_open_v2(damaged, &from, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
	    is_of_this_version(from) && begin_file(building, err))
		sqlite_copy_rows(from, building, &copied, err);
	if (from)
		sqlite3_db_config(from, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_close(from);
	copied = copied && sqlite_file_put_in_place(building, real, err);
	if (!copied)
		unlink(building);
	return copied;
}

/* ---- in its place ---- */

/* PATH.fresh, complete and on disk. A folder that went with the file is made again. */
static bool make_fresh(const struct sqlite_db *db, const char *real, bool *whole, struct err *err)
{
	AUTOFREE char *building = mem_printf("%s.building", real), *fresh = mem_printf("%s" SQLITE_FILE_FRESH, real);
	enum sqlite_refusal why;
	if (sqlite_file_make_folders(real, &why, err) && copy_what_is_readable(db->handle, building, whole, err) &&
	    sqlite_file_put_in_place(building, fresh, err))
		return true;
	unlink(building);
	return false;
}

bool sqlite_rescue(struct sqlite_db *db, int64_t now, struct sqlite_rescued *out, struct err *err)
{
	AUTOFREE char *path = mem_strdup(db->file.path), *real = sqlite_file_resolve(path);
	enum sqlite_opening how = SQLITE_OPEN_LEASED | (db->stand_in ? SQLITE_OPEN_STAND_IN : 0);
	*out = (struct sqlite_rescued){.whole = false};
	if (sqlite_file_taken(&db->file)) {
		err_add(err, "%s: held by another process", path);
		return false;
	}
	if (!make_fresh(db, real, &out->whole, err))
		return false;
	sqlite_db_abandon(db);
	sqlite_db_close(db);
	return sqlite_file_renew(real, now, &out->aside, err) && sqlite_db_open(db, path, how, err);
}
