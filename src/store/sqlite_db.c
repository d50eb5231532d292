/* Opens the file, sees to it that it is ours and whole, and runs statements. */
#include "store/sqlite_db.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * Readers (the sqlite3 shell) may look while we run; a writer that holds the file longer than this makes a batch fail.
 */
#define BUSY_MS 2000

/*
 * What is kept is far larger than the cache: an alert changes some pages that are nobody else's. With a longer log between
 * checkpoints (16 MB) they wait for each other, and fewer of them are written.
 */
static const char PRAGMAS[] = "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4000;"
							  "PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 67108864;"
							  "PRAGMA recursive_triggers = OFF;";

static void note_sql_failure(struct sqlite_db *db)
{
	if (!db->failed) {
		snprintf(db->why, sizeof db->why, "%s", sqlite3_errmsg(db->handle));
		db->damaged |= sqlite_code_is_damage(sqlite3_extended_errcode(db->handle));
	}
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

/* One that was read to its end has been reset there. */
static void end_reading(sqlite3_stmt *s)
{
	if (sqlite3_stmt_busy(s))
		sqlite3_reset(s);
}

sqlite3_stmt *sql(struct sqlite_db *db, enum sqlite_statement which, const char *types, ...)
{
	sqlite3_stmt *s = db->statements[which];
	end_reading(s);
	va_list ap;
	va_start(ap, types);
	bind(s, types, ap);
	va_end(ap);
	return s;
}

bool sql_row(struct sqlite_db *db, sqlite3_stmt *s)
{
	int got = db->failed ? SQLITE_DONE : sqlite3_step(s);
	if (got == SQLITE_ROW) {
		db->reading = true;
		return true;
	}
	if (got != SQLITE_DONE)
		note_sql_failure(db);
	sqlite3_reset(s);
	return false;
}

void sql_run(struct sqlite_db *db, enum sqlite_statement which, const char *types, ...)
{
	sqlite3_stmt *s = db->statements[which];
	end_reading(s);
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
		note_sql_failure(db);
	return db->lazy != full;
}

void sqlite_db_begin(struct sqlite_db *db, int64_t now, bool writes)
{
	db->failed = false;
	db->now = now;
	sqlite_leases_keep(db->leases);
	sql_run(db, writes ? SQL_BEGIN : SQL_BEGIN_READ, "");
}

bool sqlite_db_commit(struct sqlite_db *db)
{
	sqlite_counts_write(db);
	db->gathers = false;
	for (int i = 0; db->reading && i < SQLITE_STATEMENTS; i++)
		end_reading(db->statements[i]);
	db->reading = false;
	sql_run(db, SQL_COMMIT, "");
	if (!db->failed)
		return true;
	db->counted_hour = -1; /* what was counted in this transaction is not there */
	sqlite_leases_undo(db->leases);
	sqlite_figures_doubt(&db->figures);
	/* some errors have rolled back already; then there is nothing left to do */
	if (!sqlite3_get_autocommit(db->handle))
		sqlite3_step(db->statements[SQL_ROLLBACK]);
	sqlite3_reset(db->statements[SQL_ROLLBACK]);
	return false;
}

/* What SQLite said last, as far as it tells whether the file can be opened another time, or never. */
static enum sqlite_refusal refusal_of_sqlite(sqlite3 *handle)
{
	int code = handle ? sqlite3_extended_errcode(handle) : SQLITE_NOMEM;
	if (sqlite_code_is_damage(code))
		return SQLITE_DAMAGED;
	switch (code & 0xff) {
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_NOMEM: return SQLITE_PASSING;
	default: return SQLITE_REFUSED; /* nothing that a fresh file would be the answer to */
	}
}

static void refuse_file(struct sqlite_db *db, const char *path, struct err *err)
{
	db->refusal = refusal_of_sqlite(db->handle);
	err_add(err, "%s: %s", path, db->handle ? sqlite3_errmsg(db->handle) : "out of memory");
}

bool sqlite_code_is_damage(int code)
{
	return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB || code == SQLITE_IOERR_SHORT_READ;
}

/* The first column of the first row as a number; -1 with a line in `err`. */
static int64_t ask_number(struct sqlite_db *db, const char *path, const char *text, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int64_t n = -1;
	if (sqlite3_prepare_v2(db->handle, text, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	else
		refuse_file(db, path, err);
	sqlite3_finalize(s);
	return n;
}

static bool run_sql_text(struct sqlite_db *db, const char *path, const char *text, struct err *err)
{
	if (sqlite3_exec(db->handle, text, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	refuse_file(db, path, err);
	return false;
}

static char *schema_step(int64_t from)
{
	AUTOFREE char *schema = sqlite_schema_from(from);
	return mem_printf("BEGIN IMMEDIATE; %s PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT;", schema,
	                  SQLITE_APPLICATION_ID, SQLITE_SCHEMA_VERSION);
}

char *sqlite_schema_new(void)
{
	return schema_step(0);
}

static bool create(struct sqlite_db *db, const char *path, int64_t from, struct err *err)
{
	AUTOFREE char *text = schema_step(from);
	return run_sql_text(db, path, text, err);
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
	if (id == SQLITE_APPLICATION_ID && version > 0 && version < SQLITE_SCHEMA_VERSION)
		return create(db, path, version, err);
	db->refusal = SQLITE_REFUSED;
	if (id != SQLITE_APPLICATION_ID)
		err_add(err, "%s: is a database of another program", path);
	else if (version > SQLITE_SCHEMA_VERSION)
		err_add(err, "%s: written by a newer version (schema %lld, this one knows %d)", path, (long long)version,
		        SQLITE_SCHEMA_VERSION);
	else
		db->refusal = SQLITE_NOT_REFUSED;
	return !err_any(err);
}

static bool prepare_statements(struct sqlite_db *db, const char *path, struct err *err)
{
	for (int i = 0; i < SQLITE_STATEMENTS; i++) {
		int got =
			sqlite3_prepare_v3(db->handle, sqlite_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &db->statements[i], NULL);
		if (got != SQLITE_OK) {
			db->refusal = refusal_of_sqlite(db->handle);
			err_add(err, "%s: %s: %s", path, sqlite3_errmsg(db->handle), sqlite_sql[i]);
			return false;
		}
	}
	return true;
}

/* Nobody asks how much memory it has in all, and each piece would be counted under a lock. */
static void configure_once(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* refused, without harm, where it is in use already */
}

static bool open_file(struct sqlite_db *db, const char *path, struct err *err)
{
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, configure_once);
	if (sqlite3_open_v2(db->file.real, &db->handle, flags, NULL) != SQLITE_OK) {
		refuse_file(db, path, err);
		return false;
	}
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	/* first of all: it reads the header, and says so when this is not a database */
	return run_sql_text(db, path, SQLITE_PAGES "PRAGMA journal_mode = WAL", err) &&
	       run_sql_text(db, path, PRAGMAS, err);
}

/* What was leased can be claimed at once, also where an attempt is due when that lease ends: whoever claims knows more. */
/* …and rings at once: its clock may have been held in memory (sqlite_queue.c), and is set anew then. */
#define NOW_MS "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
#define RING_HELD                                                                                                      \
	"INSERT OR IGNORE INTO due SELECT x'', key, 0, " NOW_MS ", " NOW_MS                                                \
	" FROM due WHERE receiver <> x'' AND ready <> at;"
#define END_LEASES                                                                                                     \
	RING_HELD                                                                                                          \
	"UPDATE due SET ready = CASE WHEN receiver = x'' THEN at"                                                          \
	" ELSE min(at, " NOW_MS ") END WHERE ready <> at;"

/* Whoever held a lease is gone, unless that was this process: the file has one owner. */
static bool begin_owning(struct sqlite_db *db, const char *path, bool ours, struct err *err)
{
	AUTOFREE char *text = mem_printf("BEGIN IMMEDIATE; %s %s COMMIT;", ours ? "" : END_LEASES,
	                                 db->stand_in ? sqlite_stand_in : sqlite_no_stand_in);
	return run_sql_text(db, path, text, err);
}

bool sqlite_db_open(struct sqlite_db *db, const char *path, enum sqlite_opening how, struct err *err)
{
	bool ours = how & SQLITE_OPEN_LEASED;
	uint64_t turns = ours ? db->turns : 0;
	struct sqlite_leases *leases = db->leases;
	if (!ours) {
		sqlite_leases_free(leases);
		leases = NULL;
	}
	sqlite_figures_release(&db->figures);
	*db = (struct sqlite_db){.stand_in = how & SQLITE_OPEN_STAND_IN, .counted_hour = -1, .turns = turns};
	db->leases = leases ? leases : sqlite_leases_new();
	if (sqlite_file_claim(&db->file, path, &db->refusal, err) && open_file(db, path, err) &&
	    check_schema(db, path, err) && begin_owning(db, path, ours, err) && prepare_statements(db, path, err)) {
		db->page_size = ask_number(db, path, "PRAGMA page_size", err);
		sqlite_file_watch(&db->file);
		return true;
	}
	enum sqlite_refusal refusal = db->refusal;
	sqlite_db_close(db);
	db->refusal = refusal;
	return false;
}

void sqlite_db_abandon(struct sqlite_db *db)
{
	if (db->handle)
		sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

void sqlite_db_close(struct sqlite_db *db)
{
	for (int i = 0; i < SQLITE_STATEMENTS; i++) {
		sqlite3_finalize(db->statements[i]);
		db->statements[i] = NULL;
	}
	sqlite3_close(db->handle);
	db->handle = NULL;
	sqlite_file_release(&db->file);
}
