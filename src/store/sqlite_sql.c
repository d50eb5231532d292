#include "store/sqlite_db.h"

/*
 * Names are BLOBs: any bytes, compared as bytes. The record's JSON may be 64 KiB, so `incident` keeps its rowid (a row
 * without one should be small); everything else is small and lies in its key's order.
 */
const char sqlite_schema[] =
	"CREATE TABLE incident ("
	"  id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, number INTEGER NOT NULL,"
	"  ids TEXT NOT NULL," /* the last commit ids, newest first, with blanks between */
	"  json BLOB NOT NULL, open INTEGER NOT NULL, since INTEGER NOT NULL, dead INTEGER NOT NULL) STRICT;"
	"CREATE INDEX incident_list ON incident (open, since, key);"
	"CREATE INDEX incident_dead ON incident (since, key) WHERE dead = 1;"
	"CREATE TABLE member ("
	"  source BLOB NOT NULL, fingerprint BLOB NOT NULL, key BLOB NOT NULL, firing INTEGER NOT NULL,"
	"  starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL, episode INTEGER NOT NULL,"
	"  touched_at INTEGER NOT NULL, forget_at INTEGER NOT NULL,"
	"  PRIMARY KEY (source, fingerprint)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX member_forget ON member (forget_at);"
	/* `ready` is `at`, but not before the pair's lease ends: a claim steps over what is leased without reading it */
	"CREATE TABLE due ("
	"  receiver BLOB NOT NULL, key BLOB NOT NULL, lane INTEGER NOT NULL, at INTEGER NOT NULL, ready INTEGER NOT NULL,"
	"  PRIMARY KEY (receiver, key)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX due_ready ON due (receiver, lane, ready, key);"
	"CREATE TABLE lease ("
	"  receiver BLOB NOT NULL, key BLOB NOT NULL, claim TEXT NOT NULL, until INTEGER NOT NULL,"
	"  turn INTEGER NOT NULL," /* in which order they were handed out */
	"  lane INTEGER NOT NULL,"
	"  touched INTEGER NOT NULL," /* a commit has made the pair due under this lease */
	"  PRIMARY KEY (receiver, key)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX lease_until ON lease (receiver, until);"
	"CREATE INDEX lease_claim ON lease (claim, turn);"
	"CREATE TABLE count (hour INTEGER NOT NULL, field BLOB NOT NULL, n INTEGER NOT NULL,"
	"  PRIMARY KEY (hour, field)) STRICT, WITHOUT ROWID;"
	/* written to see whether writing works */
	"CREATE TABLE probe (n INTEGER NOT NULL) STRICT;"
	"INSERT INTO probe VALUES (0);";

/*
 * What there is of each kind, kept up to date by whatever changes it, so that nobody ever counts a million rows. In memory,
 * in the same transactions, and counted once when the file opens: one process owns the file. A receiver that ever had
 * something due or leased stays in `queue`.
 */
const char sqlite_tally[] =
	"CREATE TEMP TABLE tally (open INTEGER NOT NULL, closed INTEGER NOT NULL, dead INTEGER NOT NULL) STRICT;"
	"INSERT INTO tally SELECT count(*) FILTER (WHERE open = 1), count(*) FILTER (WHERE open = 0), 0 FROM incident;"
	"UPDATE tally SET dead = (SELECT count(*) FROM incident WHERE dead = 1);"
	"CREATE TEMP TABLE queue (receiver BLOB PRIMARY KEY, due INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"INSERT INTO queue SELECT receiver, count(*) FROM due GROUP BY receiver;"
	"CREATE TEMP TRIGGER incident_in AFTER INSERT ON incident BEGIN"
	"  UPDATE tally SET open = open + new.open, closed = closed + 1 - new.open, dead = dead + new.dead; END;"
	"CREATE TEMP TRIGGER incident_moved AFTER UPDATE OF open, dead ON incident"
	"  WHEN new.open <> old.open OR new.dead <> old.dead BEGIN"
	"  UPDATE tally SET open = open + new.open - old.open, closed = closed - new.open + old.open,"
	"    dead = dead + new.dead - old.dead; END;"
	"CREATE TEMP TRIGGER incident_out AFTER DELETE ON incident BEGIN"
	"  UPDATE tally SET open = open - old.open, closed = closed - 1 + old.open, dead = dead - old.dead; END;"
	"CREATE TEMP TRIGGER due_in AFTER INSERT ON due BEGIN"
	"  INSERT INTO queue VALUES (new.receiver, 1) ON CONFLICT DO UPDATE SET due = due + 1; END;"
	"CREATE TEMP TRIGGER due_out AFTER DELETE ON due BEGIN"
	"  UPDATE queue SET due = due - 1 WHERE receiver = old.receiver; END;"
	"CREATE TEMP TRIGGER lease_in AFTER INSERT ON lease BEGIN"
	"  INSERT INTO queue VALUES (new.receiver, 0) ON CONFLICT DO NOTHING; END;";

#define RECORD "i.key, i.number, i.ids, i.json"
/* The closed incidents that a sweep forgets: ?1 before, ?2 at most. */
#define SWEPT "FROM incident WHERE open = 0 AND since <= ?1 ORDER BY since, key LIMIT ?2"

const char *const sqlite_sql[SQLITE_STATEMENTS] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_BEGIN_READ] = "BEGIN",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_PROBE] = "UPDATE probe SET n = n + 1",

	[SQL_RECORD] = "SELECT " RECORD " FROM incident i WHERE key = ?1",
	[SQL_RECORD_PUT] =
		"INSERT INTO incident (key, number, ids, json, open, since, dead) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
		" ON CONFLICT (key) DO UPDATE SET number = ?2, ids = ?3, json = ?4, open = ?5, since = ?6, dead = ?7",
	[SQL_MEMBER] = "SELECT key, firing, starts_at, ends_at, episode, touched_at FROM member"
				   " WHERE source = ?1 AND fingerprint = ?2 AND forget_at > ?3",
	[SQL_MEMBER_PUT] = "INSERT OR REPLACE INTO member VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[SQL_MEMBER_FORGET] = "DELETE FROM member WHERE source = ?1 AND fingerprint = ?2",

	[SQL_LIST_OPEN] = "SELECT " RECORD ", i.since FROM incident i WHERE open = 1 AND (since, key) < (?1, ?2)"
					  " ORDER BY since DESC, key DESC LIMIT ?3",
	[SQL_LIST_CLOSED] = "SELECT " RECORD ", i.since FROM incident i WHERE open = 0 AND (since, key) < (?1, ?2)"
						" ORDER BY since DESC, key DESC LIMIT ?3",
	[SQL_LIST_DEAD] = "SELECT " RECORD ", i.since FROM incident i WHERE dead = 1 AND (since, key) < (?1, ?2)"
					  " ORDER BY since DESC, key DESC LIMIT ?3",

	[SQL_COUNTS_OF_HOUR] = "SELECT count(*) FROM count WHERE hour = ?1",
	[SQL_COUNT_ADD] = "UPDATE count SET n = n + ?3 WHERE hour = ?1 AND field = ?2",
	[SQL_COUNT_NEW] = "INSERT INTO count VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET n = n + ?3",
	[SQL_COUNTS] = "SELECT hour, field, n FROM count WHERE hour BETWEEN ?1 AND ?2 ORDER BY hour",

	[SQL_DUE_PUT] = "INSERT INTO due VALUES (?1, ?2, ?3, ?4, max(?4, ?5)) ON CONFLICT (receiver, key) DO UPDATE"
					" SET lane = ?3, at = ?4, ready = max(?4, ?5) WHERE (lane, at, ready) <> (?3, ?4, max(?4, ?5))",
	[SQL_DUE_FORGET] = "DELETE FROM due WHERE receiver = ?1 AND key = ?2",
	[SQL_DUE_LEASED] = "UPDATE due SET ready = max(at, ?3) WHERE receiver = ?1 AND key = ?2",
	[SQL_DUE_UNLEASED] = "UPDATE due SET ready = at WHERE receiver = ?1 AND key = ?2",
	[SQL_DUE_NEXT] = "SELECT " RECORD " FROM due d JOIN incident i ON i.key = d.key"
					 " WHERE d.receiver = ?1 AND d.lane = ?2 AND d.ready <= ?3 ORDER BY d.ready, d.key LIMIT ?4",
	[SQL_DUE_AFTER] = "SELECT ready FROM due d WHERE receiver = ?1 AND lane = ?2 AND NOT EXISTS"
					  " (SELECT 1 FROM lease l WHERE l.receiver = d.receiver AND l.key = d.key AND l.claim = ?3)"
					  " ORDER BY ready LIMIT 1",

	[SQL_LEASE] = "SELECT claim, until, lane, touched FROM lease WHERE receiver = ?1 AND key = ?2",
	[SQL_LEASE_PUT] = "INSERT OR REPLACE INTO lease VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)",
	[SQL_LEASE_TOUCH] = "UPDATE lease SET lane = ?3, touched = ?4 WHERE receiver = ?1 AND key = ?2",
	[SQL_LEASE_FORGET] = "DELETE FROM lease WHERE receiver = ?1 AND key = ?2",
	[SQL_LEASES_OVER] = "SELECT 1 FROM lease WHERE receiver = ?1 AND until <= ?2 LIMIT 1",
	[SQL_LEASES_OVER_DUE] = "UPDATE due SET ready = at WHERE receiver = ?1 AND key IN"
							" (SELECT key FROM lease WHERE receiver = ?1 AND until <= ?2)",
	[SQL_LEASES_OVER_FORGET] = "DELETE FROM lease WHERE receiver = ?1 AND until <= ?2",
	[SQL_LEASES_OF_CLAIM] = "SELECT " RECORD ", l.until FROM lease l JOIN incident i ON i.key = l.key"
							" WHERE l.claim = ?1 AND l.receiver = ?2 ORDER BY l.turn",

	[SQL_STATS] = "SELECT open, closed, dead FROM temp.tally",
	[SQL_STATS_QUEUE] = "SELECT due FROM temp.queue WHERE receiver = ?1",
	/* What is not leased stands where it is due, first in its lane; leased are only as many as are on their way. */
	[SQL_STATS_OLDEST] = "SELECT at FROM due WHERE receiver = ?1 AND lane = ?2 ORDER BY ready LIMIT 1",
	[SQL_STATS_LEASED] = "SELECT ifnull(min(at), 0) FROM (SELECT d.at FROM lease l JOIN due d USING (receiver, key)"
						 " WHERE l.receiver = ?1 ORDER BY l.until LIMIT ?2)",

	/* before the incidents themselves: what is due or leased for them, receiver by receiver */
	[SQL_SWEEP_DUES] = "DELETE FROM due WHERE (receiver, key) IN"
					   " (SELECT q.receiver, gone.key FROM temp.queue q CROSS JOIN (SELECT key " SWEPT ") gone)",
	[SQL_SWEEP_LEASES] = "DELETE FROM lease WHERE (receiver, key) IN"
						 " (SELECT q.receiver, gone.key FROM temp.queue q CROSS JOIN (SELECT key " SWEPT ") gone)",
	[SQL_SWEEP_INCIDENTS] = "DELETE FROM incident WHERE id IN (SELECT id " SWEPT ")",
	[SQL_SWEEP_COUNTS] = "DELETE FROM count WHERE (hour, field) IN"
						 " (SELECT hour, field FROM count WHERE hour <= ?1 ORDER BY hour LIMIT ?2)",
	[SQL_SWEEP_MEMBERS] = "DELETE FROM member WHERE (source, fingerprint) IN"
						  " (SELECT source, fingerprint FROM member WHERE forget_at <= ?1 LIMIT ?2)",
};
