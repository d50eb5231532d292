#include "store/sqlite_db.h"

#define RECORD "i.key, i.number, i.ids, i.json"

/* The version that it has grows from itself: the first of its ids. */
#define OWNED_WITH_BASE "owned = 1, base_number = number, base_id = substr(ids, 1, instr(ids || ' ', ' ') - 1)"

#define FACTS_BUT_KEY                                                                                                  \
	"row_group = ?4, mark = ?5, counted = ?6, waits = ?7, starts_at = ?8, ends_at = ?9, episode = ?10,"                \
	" touched_at = ?11"
#define OF_KEY_AND_OWNER " WHERE source = ?1 AND fingerprint = ?2 AND key = ?3 AND owned = ?12"

const char *const sqlite_sql[SQLITE_STATEMENTS] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_BEGIN_READ] = "BEGIN",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",
	[SQL_PROBE] = "UPDATE probe SET n = max(n, ?1)",

	[SQL_RECORD] = "SELECT " RECORD " FROM record i WHERE key = ?1",
	[SQL_VERSION] = "SELECT key, number, ids, x'', owned, base_number, base_id FROM record WHERE key = ?1",
	[SQL_RECORD_PUT] =
		"INSERT INTO record (key, number, ids, json, open, since, dead, owned, base_number, base_id, seen_at)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
		" ON CONFLICT (key) DO UPDATE SET number = ?2, ids = ?3, json = ?4, open = ?5, since = ?6, dead = ?7, owned = "
		"?8,"
		" base_number = ?9, base_id = ?10, seen_at = ?11",
	/* SQLite writes every index of a column that is set, changed or not: most commits change nothing that stands in one */
	[SQL_RECORD_KEEP] = "UPDATE record SET number = ?2, ids = ?3, json = ?4, base_number = ?9, base_id = ?10"
						" WHERE key = ?1 AND open = ?5 AND since = ?6 AND dead = ?7 AND owned = 1 AND ?8 = 1",
	[SQL_MEMBER] = "SELECT " SQLITE_FACTS ", owned FROM member"
				   " WHERE source = ?1 AND fingerprint = ?2 AND forget_at > ?3",
	[SQL_MEMBERS] = "SELECT " SQLITE_FACTS ", source, fingerprint, forget_at"
					" FROM member WHERE (source, fingerprint) > (?1, ?2) AND forget_at > ?3"
					" ORDER BY source, fingerprint LIMIT ?4",
	[SQL_MEMBER_PUT] = "INSERT OR REPLACE INTO member (source, fingerprint, " SQLITE_FACTS ", owned, forget_at)"
					   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
	/* ?13: when it may be forgotten, ?14: when one that comes again is to be */
	[SQL_MEMBER_TOUCH] = "UPDATE member SET " FACTS_BUT_KEY OF_KEY_AND_OWNER " AND forget_at BETWEEN ?13 AND ?14",
	[SQL_MEMBER_KEEP] = "UPDATE member SET " FACTS_BUT_KEY ", forget_at = ?14" OF_KEY_AND_OWNER,
	[SQL_MEMBER_FORGET] = "DELETE FROM member WHERE source = ?1 AND fingerprint = ?2",

	[SQL_GROUP] = "SELECT key FROM record_group WHERE row_group = ?1 ORDER BY key LIMIT ?2",
	[SQL_GROUPS_OF_KEY] = "SELECT row_group FROM record_group WHERE key = ?1",
	[SQL_GROUP_JOIN] = "INSERT INTO record_group (row_group, key) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
	[SQL_GROUP_LEAVE] = "DELETE FROM record_group WHERE row_group = ?1 AND key = ?2",

	[SQL_LIST_OPEN] = "SELECT " RECORD ", i.since FROM record i WHERE open = 1 AND (since, key) < (?1, ?2)"
					  " ORDER BY since DESC, key DESC LIMIT ?3",
	[SQL_LIST_CLOSED] = "SELECT " RECORD ", i.since FROM record i WHERE open = 0 AND (since, key) < (?1, ?2)"
						" ORDER BY since DESC, key DESC LIMIT ?3",
	[SQL_LIST_DEAD] = "SELECT " RECORD ", i.since FROM record i WHERE dead = 1 AND (since, key) < (?1, ?2)"
					  " ORDER BY since DESC, key DESC LIMIT ?3",

	[SQL_COUNTS_OF_HOUR] = "SELECT count(*) FROM count WHERE hour = ?1",
	[SQL_COUNT_ADD] = "UPDATE count SET n = n + ?3 WHERE hour = ?1 AND field = ?2",
	[SQL_COUNT_NEW] = "INSERT INTO count VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET n = n + ?3",
	[SQL_COUNTS] = "SELECT hour, field, n FROM count WHERE hour BETWEEN ?1 AND ?2 ORDER BY hour",

	[SQL_DUE_PUT] = "INSERT INTO due VALUES (?1, ?2, ?3, ?4, max(?4, ?5))"
					" ON CONFLICT (receiver, key) DO UPDATE SET lane = ?3, at = ?4, ready = max(?4, ?5)"
					" WHERE (lane, at, ready) <> (?3, ?4, max(?4, ?5))",
	[SQL_DUE_FORGET] = "DELETE FROM due WHERE receiver = ?1 AND key = ?2",
	[SQL_DUE_LEASED] = "UPDATE due SET ready = max(at, ?3) WHERE receiver = ?1 AND key = ?2",
	[SQL_DUE_UNLEASED] = "UPDATE due SET ready = at WHERE receiver = ?1 AND key = ?2",
	[SQL_DUE_NEXT] = "SELECT " RECORD " FROM due d JOIN record i ON i.key = d.key"
					 " WHERE d.receiver = ?1 AND d.lane = ?2 AND d.ready <= ?3 ORDER BY d.ready, d.key LIMIT ?4",
	[SQL_DUE_AFTER] = "SELECT ready FROM due d WHERE receiver = ?1 AND lane = ?2 AND NOT EXISTS"
					  " (SELECT 1 FROM lease l WHERE l.receiver = d.receiver AND l.key = d.key AND l.claim = ?3)"
					  " ORDER BY ready LIMIT 1",

	[SQL_DUE_LANE] = "SELECT lane FROM due WHERE receiver = ?1 AND key = ?2",

	[SQL_LEASE] = "SELECT claim, until, lane, touched FROM lease WHERE receiver = ?1 AND key = ?2",
	[SQL_LEASE_PUT] = "INSERT INTO lease VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0) ON CONFLICT (receiver, key)"
					  " DO UPDATE SET claim = ?3, until = ?4, turn = ?5, lane = ?6, touched = 0",
	[SQL_LEASE_TOUCH] = "UPDATE lease SET lane = ?3, touched = ?4 WHERE receiver = ?1 AND key = ?2",
	[SQL_LEASE_FORGET] = "DELETE FROM lease WHERE receiver = ?1 AND key = ?2",
	[SQL_LEASES_OVER] = "SELECT 1 FROM lease WHERE receiver = ?1 AND until <= ?2 LIMIT 1",
	[SQL_LEASES_OVER_DUE] = "UPDATE due SET ready = at WHERE receiver = ?1 AND key IN"
							" (SELECT key FROM lease WHERE receiver = ?1 AND until <= ?2)",
	[SQL_LEASES_OVER_FORGET] = "DELETE FROM lease WHERE receiver = ?1 AND until <= ?2",
	[SQL_LEASES_OF_CLAIM] = "SELECT " RECORD ", l.until FROM lease l JOIN record i ON i.key = l.key"
							" WHERE l.claim = ?1 AND l.receiver = ?2 ORDER BY l.turn",

	[SQL_STATS] = "SELECT open, closed, dead, owned FROM figure",
	/* the first of each lane, and how long those that are leased have been due */
	[SQL_STATS_QUEUE] =
		"SELECT ifnull((SELECT due FROM queue WHERE receiver = ?1), 0), ifnull((SELECT min(oldest) FROM ("
		" SELECT (SELECT min(ready) FROM due WHERE receiver = ?1 AND lane = 0) AS oldest"
		" UNION ALL SELECT (SELECT min(ready) FROM due WHERE receiver = ?1 AND lane = 1)"
		" UNION ALL SELECT (SELECT min(ready) FROM due WHERE receiver = ?1 AND lane = 2)"
		" UNION ALL SELECT (SELECT min(ready) FROM due WHERE receiver = ?1 AND lane = 3)"
		" UNION ALL SELECT min(d.at) FROM lease l JOIN due d ON d.receiver = l.receiver AND d.key = l.key"
		" WHERE l.receiver = ?1)), 0)",

	[SQL_SWEEP_INCIDENTS] = "DELETE FROM record WHERE id IN (SELECT id FROM record"
							" WHERE open = 0 AND since <= ?1 AND owned <= ?3 ORDER BY since, key LIMIT ?2)",
	[SQL_SWEEP_COUNTS] = "DELETE FROM count WHERE (hour, field) IN"
						 " (SELECT hour, field FROM count WHERE hour <= ?1 ORDER BY hour LIMIT ?2)",
	[SQL_SWEEP_MEMBERS] = "DELETE FROM member WHERE (source, fingerprint) IN"
						  " (SELECT source, fingerprint FROM member WHERE forget_at <= ?1 LIMIT ?2)",

	[SQL_OWN] = "UPDATE record SET " OWNED_WITH_BASE " WHERE key = ?1 AND owned = 0",
	[SQL_OWN_OPEN] = "UPDATE record SET " OWNED_WITH_BASE " WHERE open = 1 AND owned = 0",
	[SQL_OWN_MEMBERS_OPEN] = "UPDATE member SET owned = 1 WHERE owned = 0 AND key IN"
							 " (SELECT key FROM record WHERE owned = 1 AND open = 1)",
	[SQL_OWN_MEMBERS] = "UPDATE member SET owned = 1 WHERE key = ?1 AND owned = 0",
	[SQL_BASE] = "UPDATE record SET base_number = ?2, base_id = ?3 WHERE key = ?1 AND owned = 1",
	[SQL_DUES_OF_KEY] = "SELECT receiver FROM due WHERE key = ?1",
	[SQL_LEASES_OF_KEY] = "SELECT receiver, claim, until FROM lease WHERE key = ?1 AND until > ?2",
	[SQL_OWNED_KEYS] = "SELECT key FROM record WHERE owned = 1 AND key > ?1"
					   " UNION SELECT key FROM member WHERE owned = 1 AND key > ?1 AND forget_at > ?2"
					   " ORDER BY key LIMIT ?3",
	[SQL_MIRRORED_KEYS] =
		"SELECT key FROM record WHERE owned = 0 AND key > ?1 AND (open = 1 OR seen_at >= ?4)"
		" UNION SELECT key FROM member m WHERE owned = 0 AND key > ?1 AND touched_at >= ?4"
		" AND forget_at > ?2 AND NOT EXISTS (SELECT 1 FROM record r WHERE r.key = m.key AND r.owned = 1)"
		" ORDER BY key LIMIT ?3",
	[SQL_MEMBERS_OWNED] = "SELECT " SQLITE_FACTS ", source, fingerprint, forget_at"
						  " FROM member WHERE owned = 1 AND key = ?1 AND forget_at > ?2 AND touched_at >= ?3",
	[SQL_MEMBERS_OF_KEY] = "SELECT " SQLITE_FACTS ", source, fingerprint, forget_at, owned"
						   " FROM member WHERE owned = 1 AND key = ?1 AND forget_at > ?2 AND touched_at >= ?3"
						   " UNION ALL SELECT " SQLITE_FACTS ", source, fingerprint, forget_at, owned"
						   " FROM member WHERE owned = 0 AND key = ?1 AND forget_at > ?2 AND touched_at >= ?3",
	[SQL_MEMBERS_MIRRORED] = "SELECT " SQLITE_FACTS ", source, fingerprint, forget_at, owned"
							 " FROM member WHERE owned = 0 AND key = ?1 AND forget_at > ?2 AND touched_at >= ?3",
	[SQL_COUNTS_OWED] = "SELECT hour, field, n FROM count ORDER BY hour, field LIMIT ?1",
	[SQL_COUNT_PAID] = "UPDATE count SET n = n - ?3 WHERE hour = ?1 AND field = ?2",
	[SQL_COUNTS_PAID] = "DELETE FROM count WHERE hour = ?1 AND field = ?2 AND n <= 0",
};
