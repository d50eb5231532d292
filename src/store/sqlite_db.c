#include "store/sqlite_db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* "RbkD": so that somebody else's database is not taken for ours. */
#define APPLICATION_ID 0x52626b44

/*
 * Readers (the sqlite3 shell) may look while we run; a writer that holds the file longer than this makes a batch fail.
 */
#define BUSY_MS 2000

/*
 * What is kept is far larger than the cache: an alert changes some pages that are nobody else's. With a longer log between
 * checkpoints (16 MB) they wait for each other, and fewer of them are written.
 */
static const char PRAGMAS[] = "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000;"
							  "PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;"
							  "PRAGMA recursive_triggers = OFF;";

static void failed(struct sqlite_db *db)
{
	if (!db->failed)
		snprintf(db->why, sizeof db->why, "%s", sqlite3_errmsg(db->handle));
	db->failed = true;
}

static void bind(sqlite3_stmt *s, const char *types, va_list ap)
{
	for (int i = 1; types[i - 1]; i++) {
		if (types[i - 1] == 'i') {
			sqlite3_bind_int64(s, i, va_arg(ap, int64_t));
		} else if (types[i - 1] == 't') {
			sqlite3_bind_text(s, i, va_arg(ap, const char *), -1, SQLITE_STATIC);
		} else if (types[i - 1] == 'c') {
			struct str v = va_arg(ap, struct str);
			sqlite3_bind_text64(s, i, v.n ? v.p : "", v.n, SQLITE_STATIC, SQLITE_UTF8);
		} else {
			struct str v = va_arg(ap, struct str);
			/* a NULL pointer would be NULL, not empty */
			sqlite3_bind_blob64(s, i, v.n ? v.p : "", v.n, SQLITE_STATIC);
		}
	}
}

sqlite3_stmt *sql(struct sqlite_db *db, enum sqlite_statement which, const char *types, ...)
{
	sqlite3_stmt *s = db->statements[which];
	sqlite3_reset(s);
	va_list ap;
	va_start(ap, types);
	bind(s, types, ap);
	va_end(ap);
	return s;
}

bool sql_row(struct sqlite_db *db, sqlite3_stmt *s)
{
	int got = db->failed ? SQLITE_DONE : sqlite3_step(s);
	if (got == SQLITE_ROW)
		return true;
	if (got != SQLITE_DONE)
		failed(db);
	sqlite3_reset(s);
	return false;
}

void sql_run(struct sqlite_db *db, enum sqlite_statement which, const char *types, ...)
{
	sqlite3_stmt *s = db->statements[which];
	sqlite3_reset(s);
	va_list ap;
	va_start(ap, types);
	bind(s, types, ap);
	va_end(ap);
	while (sql_row(db, s))
		;
}

struct str sql_str(struct request *r, sqlite3_stmt *s, int column)
{
	const char *p = sqlite3_column_blob(s, column);
	return arena_str(r->arena, (struct str){p, (size_t)sqlite3_column_bytes(s, column)});
}

bool sqlite_db_sync(struct sqlite_db *db, bool full)
{
	if (db->lazy != full)
		return true;
	const char *text = full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL";
	if (sqlite3_exec(db->handle, text, NULL, NULL, NULL) == SQLITE_OK)
		db->lazy = !full;
	else
		failed(db);
	return db->lazy != full;
}

void sqlite_db_begin(struct sqlite_db *db, int64_t now, bool writes)
{
	db->failed = false;
	db->now = now;
	sql_run(db, writes ? SQL_BEGIN : SQL_BEGIN_READ, "");
}

bool sqlite_db_commit(struct sqlite_db *db)
{
	for (int i = 0; i < SQLITE_STATEMENTS; i++)
		sqlite3_reset(db->statements[i]);
	sql_run(db, SQL_COMMIT, "");
	if (!db->failed)
		return true;
	db->counted_hour = -1; /* what was counted in this transaction is not there */
	/* some errors have rolled back already; then there is nothing left to do */
	if (!sqlite3_get_autocommit(db->handle))
		sqlite3_step(db->statements[SQL_ROLLBACK]);
	sqlite3_reset(db->statements[SQL_ROLLBACK]);
	return false;
}

/* Each folder above the file, from the top. */
static bool make_folders(const char *path, struct err *err)
{
	AUTOFREE char *folder = mem_strdup(path);
	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(folder, 0755) != 0 && errno != EEXIST) {
			err_add(err, "%s: cannot create the folder %s: %s", path, folder, strerror(errno));
			return false;
		}
		*slash = '/';
	}
	return true;
}

/* A file beside it: closing a second descriptor of the database itself would drop SQLite's own locks on it. */
static bool take_lock(struct sqlite_db *db, const char *path, struct err *err)
{
	AUTOFREE char *name = mem_printf("%s.lock", path);
	db->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (db->lock_fd < 0) {
		err_add(err, "%s: cannot open: %s", name, strerror(errno));
		return false;
	}
	if (flock(db->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno == EWOULDBLOCK)
		err_add(err, "%s: held by another process (it locks %s)", path, name);
	else
		err_add(err, "%s: cannot lock: %s", name, strerror(errno));
	return false;
}

/* The first column of the first row as a number; -1 with a line in `err`. */
static int64_t ask_number(struct sqlite_db *db, const char *path, const char *text, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int64_t n = -1;
	if (sqlite3_prepare_v2(db->handle, text, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	else
		err_add(err, "%s: %s", path, sqlite3_errmsg(db->handle));
	sqlite3_finalize(s);
	return n;
}

static bool run(struct sqlite_db *db, const char *path, const char *text, struct err *err)
{
	if (sqlite3_exec(db->handle, text, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	err_add(err, "%s: %s", path, sqlite3_errmsg(db->handle));
	return false;
}

static bool create(struct sqlite_db *db, const char *path, int64_t from, struct err *err)
{
	AUTOFREE char *schema = sqlite_schema_from(from);
	AUTOFREE char *text =
		mem_printf("BEGIN IMMEDIATE; %s PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;", schema,
	               APPLICATION_ID, SQLITE_SCHEMA_VERSION);
	return run(db, path, text, err);
}

static bool check_schema(struct sqlite_db *db, const char *path, struct err *err)
{
	int64_t id = ask_number(db, path, "PRAGMA application_id", err);
	int64_t version = id < 0 ? -1 : ask_number(db, path, "PRAGMA user_version", err);
	int64_t tables = version < 0 ? -1 : ask_number(db, path, "SELECT count(*) FROM sqlite_schema", err);
	if (tables < 0)
		return false;
	if (id == 0 && version == 0 && tables == 0)
		return create(db, path, 0, err);
	if (id == APPLICATION_ID && version > 0 && version < SQLITE_SCHEMA_VERSION)
		return create(db, path, version, err);
	if (id != APPLICATION_ID)
		err_add(err, "%s: is a database of another program", path);
	else if (version > SQLITE_SCHEMA_VERSION)
		err_add(err, "%s: written by a newer version (schema %lld, this one knows %d)", path, (long long)version,
		        SQLITE_SCHEMA_VERSION);
	return !err_any(err);
}

static bool prepare(struct sqlite_db *db, const char *path, struct err *err)
{
	for (int i = 0; i < SQLITE_STATEMENTS; i++) {
		int got =
			sqlite3_prepare_v3(db->handle, sqlite_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &db->statements[i], NULL);
		if (got != SQLITE_OK) {
			err_add(err, "%s: %s: %s", path, sqlite3_errmsg(db->handle), sqlite_sql[i]);
			return false;
		}
	}
	return true;
}

static bool open_file(struct sqlite_db *db, const char *path, struct err *err)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	if (sqlite3_open_v2(path, &db->handle, flags, NULL) != SQLITE_OK) {
		err_add(err, "%s: %s", path, db->handle ? sqlite3_errmsg(db->handle) : "out of memory");
		return false;
	}
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	/* first of all: it reads the header, and says so when this is not a database */
	return run(db, path, "PRAGMA journal_mode = WAL", err) && run(db, path, PRAGMAS, err);
}

bool sqlite_db_open(struct sqlite_db *db, const char *path, bool stand_in, struct err *err)
{
	*db = (struct sqlite_db){.lock_fd = -1, .stand_in = stand_in, .counted_hour = -1};
	/* whoever held a lease is gone: this file has one owner */
	AUTOFREE char *at_opening =
		mem_printf("BEGIN IMMEDIATE; DELETE FROM lease; UPDATE due SET ready = at WHERE ready <> at; %s COMMIT;",
	               stand_in ? sqlite_stand_in : sqlite_no_stand_in);
	if (make_folders(path, err) && take_lock(db, path, err) && open_file(db, path, err) &&
	    check_schema(db, path, err) && run(db, path, at_opening, err) && prepare(db, path, err))
		return true;
	sqlite_db_close(db);
	return false;
}

void sqlite_db_close(struct sqlite_db *db)
{
	for (int i = 0; i < SQLITE_STATEMENTS; i++)
		sqlite3_finalize(db->statements[i]);
	sqlite3_close(db->handle);
	if (db->lock_fd >= 0)
		close(db->lock_fd);
}
