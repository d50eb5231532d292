/* The schema, and the steps from each earlier one. */
#include "store/sqlite_db.h"

/*
 * Names are BLOBs: any bytes, compared as bytes. The record's bytes may be 64 KiB, so `record` keeps its rowid (a row
 * without one should be small); everything else is small and lies in its key's order.
 *
 * A row is owned (this file's own) or mirrored: a copy of what a primary store has (replica/local_store.h).
 *
 * A commit reads and writes few pages, for each is one that may be anywhere in the file: what belongs to an incident lies
 * by its key, and no index repeats another.
 */
static const char TABLES[] =
	"CREATE TABLE record ("
	"  id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, number INTEGER NOT NULL,"
	"  ids TEXT NOT NULL," /* the last commit ids, newest first, with blanks between */
	"  bytes BLOB NOT NULL, open INTEGER NOT NULL, since INTEGER NOT NULL, dead INTEGER NOT NULL,"
	"  owned INTEGER NOT NULL DEFAULT 1,"
	/* the primary's version that an owned row grew from; 0: none is known */
	"  base_number INTEGER NOT NULL DEFAULT 0, base_id TEXT NOT NULL DEFAULT '',"
	"  seen_at INTEGER NOT NULL DEFAULT 0) STRICT;" /* when a mirrored row became what it is */
	"CREATE INDEX incident_list ON record (open, since, key);"
	"CREATE INDEX incident_dead ON record (since, key) WHERE dead = 1;"
	"CREATE TABLE member ("
	"  source BLOB NOT NULL, fingerprint BLOB NOT NULL, key BLOB NOT NULL, mark INTEGER NOT NULL,"
	"  starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, episode INTEGER NOT NULL,"
	"  touched_at INTEGER NOT NULL, forget_at INTEGER NOT NULL, owned INTEGER NOT NULL DEFAULT 1,"
	"  row_group BLOB NOT NULL DEFAULT x'', counted INTEGER NOT NULL DEFAULT 1, waits INTEGER NOT NULL DEFAULT 0,"
	"  PRIMARY KEY (source, fingerprint)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX member_forget ON member (forget_at);"
	/* in a stand-in: what it has counted itself, which is owed to the primary */
	"CREATE TABLE count (hour INTEGER NOT NULL, field BLOB NOT NULL, n INTEGER NOT NULL,"
	"  PRIMARY KEY (hour, field)) STRICT, WITHOUT ROWID;"
	/* written to see whether writing works; a time that the store's clock has not reached yet (sqlite_clock.h) */
	"CREATE TABLE probe (n INTEGER NOT NULL) STRICT;"
	"INSERT INTO probe VALUES (0);";

/* Which records have rows of which group; looked up by either. */
static const char GROUPS[] = "CREATE TABLE record_group (row_group BLOB NOT NULL, key BLOB NOT NULL,"
							 "  PRIMARY KEY (row_group, key)) STRICT, WITHOUT ROWID;"
							 "CREATE INDEX record_group_key ON record_group (key);";

static const char QUEUES[] =
	/* `ready` is `at`, but not before the pair's lease ends: a claim steps over what is leased without reading it */
	"CREATE TABLE due ("
	"  receiver BLOB NOT NULL, key BLOB NOT NULL, lane INTEGER NOT NULL, at INTEGER NOT NULL, ready INTEGER NOT NULL,"
	"  PRIMARY KEY (key, receiver)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX due_ready ON due (receiver, lane, ready, key);";

/* Since version 5: the ids of the last tallies (store_tally()), and small values that routers share (store_keep()). */
static const char SMALL[] = "CREATE TABLE tally (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE) STRICT;"
							"CREATE TABLE kept (name BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;";

/* Version 1 had no mirrored rows: everything in it is owned. New columns only, so that a large file opens quickly. */
static const char FROM_1[] = "ALTER TABLE incident RENAME TO record;"
							 "ALTER TABLE record ADD COLUMN owned INTEGER NOT NULL DEFAULT 1;"
							 "ALTER TABLE record ADD COLUMN base_number INTEGER NOT NULL DEFAULT 0;"
							 "ALTER TABLE record ADD COLUMN base_id TEXT NOT NULL DEFAULT '';"
							 "ALTER TABLE record ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;"
							 "ALTER TABLE member ADD COLUMN owned INTEGER NOT NULL DEFAULT 1;";

/*
 * Before version 4 a member fired (1) or did not (0): the mark of whom no body has listed since, and of whom stands nowhere.
 * What it was in was counted, and no record had a row.
 */
static const char TO_4[] = "ALTER TABLE member RENAME COLUMN firing TO mark;"
						   "ALTER TABLE member ADD COLUMN row_group BLOB NOT NULL DEFAULT x'';"
						   "ALTER TABLE member ADD COLUMN counted INTEGER NOT NULL DEFAULT 1;"
						   "ALTER TABLE member ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;";

/* Before version 5 triggers kept figures, the leases lay in the file, and a record was JSON once. */
static const char NO_TRIGGERS[] = "DROP TRIGGER record_added; DROP TRIGGER record_changed; DROP TRIGGER record_gone;"
								  "DROP TRIGGER due_added; DROP TRIGGER due_gone; DROP TABLE figure; DROP TABLE queue;"
								  "DROP VIEW incident; DROP VIEW mirror;";
static const char TO_5[] = "ALTER TABLE record RENAME COLUMN json TO bytes; DROP TABLE IF EXISTS lease;";

/* Before version 3 the queues lay by receiver first: the rows of one incident on as many pages. */
static const char OLD_QUEUES[] = "ALTER TABLE due RENAME TO due_before; DROP INDEX due_ready;";
static const char FILL_QUEUES[] = "INSERT INTO due SELECT receiver, key, lane, at, ready FROM due_before;"
								  "DROP TABLE due_before;";

#define VIEW(name, owned)                                                                                              \
	"CREATE VIEW " name " AS SELECT key, number, ids, bytes, open, since, dead FROM record WHERE owned = " owned ";"

static const char MIRROR[] = "CREATE INDEX record_mirrored ON record (key, open, seen_at) WHERE owned = 0;"
							 "CREATE INDEX member_mirrored ON member (key, touched_at) WHERE owned = 0;";
/* The views are for people with the sqlite3 shell. */
static const char VIEWS[] =
	VIEW("incident", "1") VIEW("mirror", "0") "CREATE TRIGGER record_gone AFTER DELETE ON record BEGIN"
											  "  DELETE FROM record_group WHERE key = OLD.key;"
											  "  DELETE FROM due WHERE key = OLD.key; END;";

char *sqlite_schema_from(int64_t version)
{
	if (version == 0)
		return mem_printf("%s%s%s%s%s%s", TABLES, GROUPS, QUEUES, SMALL, MIRROR, VIEWS);
	if (version >= 5) /* the tables stay; records have fields that its readers would leave out when they write */
		return mem_strdup("");
	AUTOFREE char *queues = mem_printf("%s%s%s", OLD_QUEUES, QUEUES, FILL_QUEUES);
	return mem_printf("%s%s%s%s%s%s%s%s", version == 1 ? FROM_1 : NO_TRIGGERS, version < 3 ? queues : "",
	                  version < 4 ? TO_4 : "", version < 4 ? GROUPS : "", TO_5, SMALL, version == 1 ? MIRROR : "",
	                  VIEWS);
}

/* Counters of `count` that are on their way to the primary, under this id (replica/local_debt.c). */
#define DEBT                                                                                                           \
	"CREATE TABLE IF NOT EXISTS debt (id TEXT NOT NULL, hour INTEGER NOT NULL, field BLOB NOT NULL, n INTEGER NOT "    \
	"NULL,"                                                                                                            \
	"  PRIMARY KEY (hour, field)) STRICT, WITHOUT ROWID;"

/* Where everything is owned these would be one more page to write for each new alert. */
const char sqlite_stand_in[] = "CREATE INDEX IF NOT EXISTS record_owned ON record (key) WHERE owned = 1;"
							   "CREATE INDEX IF NOT EXISTS member_owned ON member (key) WHERE owned = 1;" DEBT;
const char sqlite_no_stand_in[] =
	"DELETE FROM record WHERE owned = 0; DELETE FROM member WHERE owned = 0;"
	"DROP INDEX IF EXISTS record_owned; DROP INDEX IF EXISTS member_owned;" DEBT "DELETE FROM debt;";
