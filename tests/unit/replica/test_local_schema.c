/* Files of older versions, and what people see of a file in the sqlite3 shell. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "stand_in.h"

/* As version 1 wrote it. */
static const char VERSION_1[] =
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
	"INSERT INTO probe VALUES (0);"
	"PRAGMA application_id = 1382181700; PRAGMA user_version = 1;";

/* What version 2 made of such a file. */
static const char VERSION_2[] =
	"ALTER TABLE incident RENAME TO record;"
	"ALTER TABLE record ADD COLUMN owned INTEGER NOT NULL DEFAULT 1;"
	"ALTER TABLE record ADD COLUMN base_number INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE record ADD COLUMN base_id TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE record ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN owned INTEGER NOT NULL DEFAULT 1;"
	"CREATE INDEX record_owned ON record (key) WHERE owned = 1;"
	"CREATE INDEX record_mirrored ON record (key, open, seen_at) WHERE owned = 0;"
	"CREATE INDEX member_owned ON member (key) WHERE owned = 1;"
	"CREATE INDEX member_mirrored ON member (key, touched_at) WHERE owned = 0;"
	"CREATE INDEX due_key ON due (key);"
	"CREATE INDEX lease_key ON lease (key);"
	"CREATE TABLE figure (open INTEGER NOT NULL, closed INTEGER NOT NULL, dead INTEGER NOT NULL,"
	"  owned INTEGER NOT NULL) STRICT;"
	"INSERT INTO figure SELECT (SELECT count(*) FROM record WHERE open = 1),"
	"  (SELECT count(*) FROM record WHERE open = 0), (SELECT count(*) FROM record WHERE dead = 1),"
	"  (SELECT count(*) FROM record WHERE owned = 1);"
	"CREATE TABLE queue (receiver BLOB NOT NULL PRIMARY KEY, due INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"INSERT INTO queue SELECT receiver, count(*) FROM due GROUP BY receiver;"
	"CREATE TRIGGER record_added AFTER INSERT ON record BEGIN"
	"  UPDATE figure SET open = open + NEW.open, closed = closed + 1 - NEW.open, dead = dead + NEW.dead,"
	"    owned = owned + NEW.owned; END;"
	"CREATE TRIGGER record_changed AFTER UPDATE OF open, dead, owned ON record"
	"  WHEN NEW.open <> OLD.open OR NEW.dead <> OLD.dead OR NEW.owned <> OLD.owned BEGIN"
	"  UPDATE figure SET open = open + NEW.open - OLD.open, closed = closed + OLD.open - NEW.open,"
	"    dead = dead + NEW.dead - OLD.dead, owned = owned + NEW.owned - OLD.owned; END;"
	"CREATE TRIGGER record_gone AFTER DELETE ON record BEGIN"
	"  UPDATE figure SET open = open - OLD.open, closed = closed - 1 + OLD.open, dead = dead - OLD.dead,"
	"    owned = owned - OLD.owned;"
	"  DELETE FROM due WHERE key = OLD.key;"
	"  DELETE FROM lease WHERE key = OLD.key; END;"
	"CREATE TRIGGER due_added AFTER INSERT ON due BEGIN"
	"  INSERT INTO queue SELECT NEW.receiver, 0 WHERE NOT EXISTS (SELECT 1 FROM queue WHERE receiver = NEW.receiver);"
	"  UPDATE queue SET due = due + 1 WHERE receiver = NEW.receiver; END;"
	"CREATE TRIGGER due_gone AFTER DELETE ON due BEGIN"
	"  UPDATE queue SET due = due - 1 WHERE receiver = OLD.receiver; END;"
	"CREATE VIEW incident AS SELECT key, number, ids, json, open, since, dead FROM record WHERE owned = 1;"
	"CREATE VIEW mirror AS SELECT key, number, ids, json, open, since, dead FROM record WHERE owned = 0;"
	"PRAGMA user_version = 2;";

/* What version 3 made of that one. */
static const char VERSION_3[] =
	"DROP TRIGGER record_added; DROP TRIGGER record_changed; DROP TRIGGER record_gone;"
	"DROP TRIGGER due_added; DROP TRIGGER due_gone;"
	"ALTER TABLE due RENAME TO due_before; DROP INDEX due_ready; DROP TABLE lease;"
	"CREATE TABLE due ("
	"  receiver BLOB NOT NULL, key BLOB NOT NULL, lane INTEGER NOT NULL, at INTEGER NOT NULL, ready INTEGER NOT NULL,"
	"  PRIMARY KEY (key, receiver)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX due_ready ON due (receiver, lane, ready, key);"
	"CREATE TABLE lease ("
	"  receiver BLOB NOT NULL, key BLOB NOT NULL, claim TEXT NOT NULL, until INTEGER NOT NULL,"
	"  turn INTEGER NOT NULL," /* in which order they were handed out */
	"  lane INTEGER NOT NULL,"
	"  touched INTEGER NOT NULL," /* a commit has made the pair due under this lease */
	"  PRIMARY KEY (key, receiver)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX lease_until ON lease (receiver, until);"
	"CREATE INDEX lease_claim ON lease (claim, turn);"
	"INSERT INTO due SELECT receiver, key, lane, at, ready FROM due_before;"
	"DROP TABLE due_before;"
	"CREATE TRIGGER record_added AFTER INSERT ON record BEGIN"
	"  UPDATE figure SET open = open + NEW.open, closed = closed + 1 - NEW.open, dead = dead + NEW.dead,"
	"    owned = owned + NEW.owned; END;"
	"CREATE TRIGGER record_changed AFTER UPDATE OF open, dead, owned ON record"
	"  WHEN NEW.open <> OLD.open OR NEW.dead <> OLD.dead OR NEW.owned <> OLD.owned BEGIN"
	"  UPDATE figure SET open = open + NEW.open - OLD.open, closed = closed + OLD.open - NEW.open,"
	"    dead = dead + NEW.dead - OLD.dead, owned = owned + NEW.owned - OLD.owned; END;"
	"CREATE TRIGGER record_gone AFTER DELETE ON record BEGIN"
	"  UPDATE figure SET open = open - OLD.open, closed = closed - 1 + OLD.open, dead = dead - OLD.dead,"
	"    owned = owned - OLD.owned;"
	"  DELETE FROM due WHERE key = OLD.key;"
	"  DELETE FROM lease WHERE key = OLD.key; END;"
	"CREATE TRIGGER due_added AFTER INSERT ON due BEGIN"
	"  INSERT INTO queue SELECT NEW.receiver, 0 WHERE NOT EXISTS (SELECT 1 FROM queue WHERE receiver = NEW.receiver);"
	"  UPDATE queue SET due = due + 1 WHERE receiver = NEW.receiver; END;"
	"CREATE TRIGGER due_gone AFTER DELETE ON due BEGIN"
	"  UPDATE queue SET due = due - 1 WHERE receiver = OLD.receiver; END;"
	"PRAGMA user_version = 3;";

/* What version 4 made of that one. */
static const char VERSION_4[] =
	"DROP TRIGGER record_added; DROP TRIGGER record_changed; DROP TRIGGER record_gone;"
	"DROP TRIGGER due_added; DROP TRIGGER due_gone;"
	"ALTER TABLE member RENAME COLUMN firing TO mark;"
	"ALTER TABLE member ADD COLUMN row_group BLOB NOT NULL DEFAULT x'';"
	"ALTER TABLE member ADD COLUMN counted INTEGER NOT NULL DEFAULT 1;"
	"ALTER TABLE member ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE record_group (row_group BLOB NOT NULL, key BLOB NOT NULL,"
	"  PRIMARY KEY (row_group, key)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX record_group_key ON record_group (key);"
	"CREATE TRIGGER record_added AFTER INSERT ON record BEGIN"
	"  UPDATE figure SET open = open + NEW.open, closed = closed + 1 - NEW.open, dead = dead + NEW.dead,"
	"    owned = owned + NEW.owned; END;"
	"CREATE TRIGGER record_changed AFTER UPDATE OF open, dead, owned ON record"
	"  WHEN NEW.open <> OLD.open OR NEW.dead <> OLD.dead OR NEW.owned <> OLD.owned BEGIN"
	"  UPDATE figure SET open = open + NEW.open - OLD.open, closed = closed + OLD.open - NEW.open,"
	"    dead = dead + NEW.dead - OLD.dead, owned = owned + NEW.owned - OLD.owned; END;"
	"CREATE TRIGGER record_gone AFTER DELETE ON record BEGIN"
	"  UPDATE figure SET open = open - OLD.open, closed = closed - 1 + OLD.open, dead = dead - OLD.dead,"
	"    owned = owned - OLD.owned;"
	"  DELETE FROM record_group WHERE key = OLD.key;"
	"  DELETE FROM due WHERE key = OLD.key;"
	"  DELETE FROM lease WHERE key = OLD.key; END;"
	"CREATE TRIGGER due_added AFTER INSERT ON due BEGIN"
	"  INSERT INTO queue SELECT NEW.receiver, 0 WHERE NOT EXISTS (SELECT 1 FROM queue WHERE receiver = NEW.receiver);"
	"  UPDATE queue SET due = due + 1 WHERE receiver = NEW.receiver; END;"
	"CREATE TRIGGER due_gone AFTER DELETE ON due BEGIN"
	"  UPDATE queue SET due = due - 1 WHERE receiver = OLD.receiver; END;"
	"PRAGMA user_version = 4;";

static const char ROWS[] =
	"INSERT INTO incident VALUES (7, x'61', 3, 'c3 c2 c1', x'7b2261223a317d', 1, 50, 0),"
	"  (8, x'62', 1, 'd1', x'7b7d', 0, 60, 1), (9, x'63', 1, 'e1', x'7b7d', 0, 70, 0);"
	"INSERT INTO member VALUES (x'73', x'66', x'61', 1, 11, 0, 2, 33, 4000000000000),"
	"  (x'73', x'67', x'62', 0, 12, 22, 3, 34, 4000000000000);"
	"INSERT INTO due VALUES (x'72', x'61', 1, 10, 99), (x'', x'61', 0, 4000000000000, 4000000000000);"
	"INSERT INTO lease VALUES (x'72', x'61', 'old', 4000000000000, 1, 1, 0);"
	"INSERT INTO count VALUES (3600000, x'66', 5);";

#define LOOK_MAX 4000

static char *local_file_path(struct conformance *t)
{
	return mem_printf("%s/runbookd.db", (char *)t->own);
}

static void run_local_sql(const char *path, const char *text)
{
	sqlite3 *db;
	char *why = NULL;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
	sqlite3_close(db);
}

/* The first column of all rows, joined by blanks. */
static int add_row(void *arg, int count, char **values, char **names)
{
	char *to = arg;
	(void)names;
	assert_true(count > 0);
	snprintf(to + strlen(to), LOOK_MAX - strlen(to), "%s%s", to[0] ? " " : "", values[0] ? values[0] : "NULL");
	return 0;
}

static void query_says(struct conformance *t, const char *query, const char *expected)
{
	AUTOFREE char *path = local_file_path(t);
	sqlite3 *db;
	char got[LOOK_MAX] = "";
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, query, add_row, got, NULL), SQLITE_OK);
	assert_string_equal(got, expected);
	sqlite3_close(db);
}

/* What the fixture has made is replaced by a file of an older version. */
static void make_old(struct conformance *t, int version)
{
	AUTOFREE char *path = local_file_path(t);
	t->store->ops->close(t->store);
	assert_int_equal(remove(path), 0);
	run_local_sql(path, "PRAGMA journal_mode = WAL");
	run_local_sql(path, VERSION_1);
	run_local_sql(path, ROWS);
	if (version >= 2)
		run_local_sql(path, VERSION_2);
	if (version >= 3)
		run_local_sql(path, VERSION_3);
	if (version >= 4)
		run_local_sql(path, VERSION_4);
}

static void open_stand_in_again(struct conformance *t)
{
	t->store = stand_in_open(t->loop, t->own);
	stand_in_reopen(t, false);
}

static void is_taken_over_as_owned(struct conformance *t, int version)
{
	make_old(t, version);
	open_stand_in_again(t);
	struct store_record a = record_of(t, "a");
	assert_int_equal(a.version.number, 3);
	assert_str(a.ids, "c3 c2 c1");
	assert_str(a.bytes, "{\"a\":1}");
	struct member m = member_of(t, STR("s"), STR("f"));
	assert_true(m.found && m.starts_at == 11 && m.ends_at == 0 && m.episode == 2 && m.touched_at == 33);
	assert_true(m.mark == 1 && m.counted && m.waits == 0 && m.group[0] == '\0'); /* no body has listed it since */
	assert_str(m.key, "a");
	m = member_of(t, STR("s"), STR("g"));
	assert_true(m.found && m.mark == 0 && m.starts_at == 12 && m.ends_at == 22 && m.episode == 3 && m.touched_at == 34);
	assert_int_equal(list(t, STORE_LIST_CLOSED, STR(""), 9)->count, 2);
	assert_str(list(t, STORE_LIST_DEAD, STR(""), 9)->records[0].key, "b");
	struct str asked[] = {STR("r"), STR(STORE_CLOCK)};
	const struct store_stats *got = stats(t, asked, 2);
	assert_int_equal(got->open, 1);
	assert_int_equal(got->closed, 2);
	assert_int_equal(got->dead, 1);
	assert_int_equal(got->queues[0].due, 1);
	assert_int_equal(got->queues[0].oldest_due_at, 10);
	assert_int_equal(got->queues[1].due, 1);
	assert_int_equal(counters(t, 0, TIME_DAY)->rows[0].count, 5);
	struct store_claim ask = claim_for("r", 9, TIME_HOUR);
	assert_int_equal(claim(t, &ask)->count, 1);
	bool more;
	assert_int_equal(sweep(t, TIME_DAY, &more), STORE_OK);
	assert_int_equal(stats(t, NULL, 0)->closed, 0);
}

static void a_file_of_version_1_is_taken_over_as_owned(void **state)
{
	is_taken_over_as_owned(*state, 1);
}

static void a_file_of_version_2_is_taken_over_as_owned(void **state)
{
	is_taken_over_as_owned(*state, 2);
}

static void a_file_of_version_3_is_taken_over_as_owned(void **state)
{
	is_taken_over_as_owned(*state, 3);
}

static void a_file_of_version_4_is_taken_over_as_owned(void **state)
{
	is_taken_over_as_owned(*state, 4);
}

/* What a body makes of it is a commit like any other. */
static void a_member_taken_over_is_compared_as_it_reads(void **state)
{
	struct conformance *t = *state;
	make_old(t, 3);
	open_stand_in_again(t);
	struct member m = member_of(t, STR("s"), STR("f"));
	struct store_member_change change = {m, m, TIME_HOUR};
	change.before.waits = 1;
	assert_int_equal(move(t, "a", &change), STORE_CONFLICT);
	change.before.waits = 0;
	change.after.mark = 77;
	memcpy(change.after.group, "0123456789abcdef", MEMBER_GROUP_SIZE);
	assert_int_equal(move(t, "a", &change), STORE_OK);
	m = member_of(t, STR("s"), STR("f"));
	assert_int_equal(m.mark, 77);
	assert_string_equal(m.group, "0123456789abcdef");
}

static void all_is_owed(struct conformance *t, int version)
{
	make_old(t, version);
	t->store = stand_in_open(t->loop, t->own);
	assert_int_equal(local_store_owned_count(t->store), 3);
	const struct local_branches *page = owned(t, "", 9);
	assert_int_equal(page->count, 3);
	assert_int_equal(page->branches[0].member_count, 1);
	assert_int_equal(debt(t)->count, 1);
	assert_int_equal(page->branches[0].base.number, 0);
}

static void all_of_a_file_of_version_1_is_owed(void **state)
{
	all_is_owed(*state, 1);
}

static void all_of_a_file_of_version_2_is_owed(void **state)
{
	all_is_owed(*state, 2);
}

static void all_of_a_file_of_version_3_is_owed(void **state)
{
	all_is_owed(*state, 3);
}

static void all_of_a_file_of_version_4_is_owed(void **state)
{
	all_is_owed(*state, 4);
}

/* What nothing may depend on a file's age for. */
static const char *const looks[] = {
	"SELECT group_concat(type || ' ' || name || ' ' || tbl_name, ', ') FROM (SELECT * FROM sqlite_schema"
	" WHERE name NOT LIKE 'sqlite_%' ORDER BY name)",
	"SELECT group_concat(sql) FROM (SELECT sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY name)",
	"SELECT sql FROM sqlite_schema WHERE name = 'due'",
	"SELECT sql FROM sqlite_schema WHERE name = 'record_group'",
	"SELECT group_concat(name || type || [notnull] || ifnull(dflt_value, ''), ' ') FROM pragma_table_info('record')",
	"SELECT group_concat(name || type || [notnull] || ifnull(dflt_value, ''), ' ') FROM pragma_table_info('member')",
	"PRAGMA user_version"};
#define LOOKS (sizeof looks / sizeof *looks)

static void look_at_tables(struct conformance *t, char (*to)[LOOK_MAX])
{
	AUTOFREE char *path = local_file_path(t);
	sqlite3 *db;
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	for (size_t i = 0; i < LOOKS; i++) {
		to[i][0] = '\0';
		assert_int_equal(sqlite3_exec(db, looks[i], add_row, to[i], NULL), SQLITE_OK);
		assert_true(to[i][0] != '\0' && strlen(to[i]) < LOOK_MAX - 1);
	}
	sqlite3_close(db);
}

static void looks_like_a_new_one(struct conformance *t, int version)
{
	char fresh[LOOKS][LOOK_MAX], taken_over[LOOKS][LOOK_MAX];
	look_at_tables(t, fresh);
	make_old(t, version);
	t->store = stand_in_open(t->loop, t->own);
	look_at_tables(t, taken_over);
	for (size_t i = 0; i < LOOKS; i++)
		assert_string_equal(taken_over[i], fresh[i]);
}

static void a_file_of_version_1_looks_like_a_new_one(void **state)
{
	looks_like_a_new_one(*state, 1);
}

static void a_file_of_version_2_looks_like_a_new_one(void **state)
{
	looks_like_a_new_one(*state, 2);
}

static void a_file_of_version_3_looks_like_a_new_one(void **state)
{
	looks_like_a_new_one(*state, 3);
}

static void a_file_of_version_4_looks_like_a_new_one(void **state)
{
	looks_like_a_new_one(*state, 4);
}

/* Indexes of what is owned: all of it, where there is no primary. */
static void only_a_stand_in_has_a_stand_ins_indexes(void **state)
{
	static const char OWNED[] = "SELECT name FROM sqlite_schema WHERE name LIKE '%_owned' ORDER BY name";
	struct conformance *t = *state;
	query_says(t, OWNED, "member_owned record_owned");
	change_here(t, "mine");
	stand_in_reopen(t, false);
	query_says(t, OWNED, "");
	change_here(t, "mine too");
	stand_in_reopen(t, true);
	query_says(t, OWNED, "member_owned record_owned");
	assert_int_equal(owned(t, "", 9)->count, 2);
}

static void the_shell_shows_what_is_owned_and_what_is_mirrored(void **state)
{
	struct conformance *t = *state;
	saw_record(t, primary_incident(t, "seen"), 4, "c4 c3");
	change_here(t, "mine");
	query_says(t, "SELECT key FROM incident", "mine");
	query_says(t, "SELECT key FROM mirror", "seen");
	query_says(t, "SELECT number || ids || open || dead FROM mirror", "4c4 c310");
	query_says(t, "SELECT length(bytes) > 0 FROM incident", "1");
	query_says(t, "SELECT since > 0 FROM incident", "1");
}

static int64_t rows_counted(struct conformance *t, const char *rows)
{
	AUTOFREE char *path = local_file_path(t), *query = mem_printf("SELECT count(*) FROM %s", rows);
	char got[LOOK_MAX] = "";
	sqlite3 *db;
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, query, add_row, got, NULL), SQLITE_OK);
	sqlite3_close(db);
	return atoll(got);
}

static void figures_are_right(struct conformance *t, bool stands_in)
{
	static const struct str receivers[] = {{"r", 1}, {"s", 1}, {"", 0}};
	const struct store_stats *got = stats(t, receivers, 3);
	assert_int_equal(got->open, rows_counted(t, "record WHERE open = 1"));
	assert_int_equal(got->closed, rows_counted(t, "record WHERE open = 0"));
	assert_int_equal(got->dead, rows_counted(t, "record WHERE dead = 1"));
	assert_int_equal(got->queues[0].due, rows_counted(t, "due WHERE receiver = x'72'"));
	assert_int_equal(got->queues[1].due, rows_counted(t, "due WHERE receiver = x'73'"));
	assert_int_equal(got->queues[2].due, rows_counted(t, "due WHERE receiver = x''"));
	if (stands_in)
		assert_int_equal(local_store_owned_count(t->store), rows_counted(t, "record WHERE owned = 1"));
}

/* The figures are kept in step: they must be what counting says, whatever has happened. */
static void the_figures_are_what_counting_says(void **state)
{
	struct conformance *t = *state;
	figures_are_right(t, true);
	for (int i = 0; i < 300; i++) {
		char *key = arena_printf(t->arena, "k%d", i % 23);
		struct store_commit c = incident(key, record_of(t, key).version);
		struct store_due due = {str_c(i % 3 ? "r" : "s"), i % STORE_LANES, i % 5 ? 10 : 0};
		c.open = i % 7 < 4;
		c.dead = i % 11 < 3;
		c.clock_at = i % 2;
		c.dues = &due, c.due_count = 1;
		commit_ok(t, &c);
		if (i % 5 == 0)
			saw_record(t, primary_incident(t, arena_printf(t->arena, "seen %d", i % 13)), (uint64_t)i + 1, "c");
		if (i % 40 == 0)
			own(t, arena_printf(t->arena, "seen %d", i % 13));
	}
	assert_true(stats(t, NULL, 0)->open > 0 && stats(t, NULL, 0)->dead > 0);
	figures_are_right(t, true);
	stand_in_reopen(t, false);
	figures_are_right(t, false);
	bool more;
	assert_int_equal(sweep(t, 0, &more), STORE_OK);
	assert_int_equal(stats(t, NULL, 0)->closed, 0);
	figures_are_right(t, false);
}

#define OWN(test) cmocka_unit_test_setup_teardown(test, stand_in_set_up, stand_in_tear_down)

int main(void)
{
	log_setup(LOG_ERROR, LOG_LOGFMT, loop_wall_ms);
	const struct CMUnitTest tests[] = {
		OWN(a_file_of_version_1_is_taken_over_as_owned),
		OWN(a_file_of_version_2_is_taken_over_as_owned),
		OWN(all_of_a_file_of_version_1_is_owed),
		OWN(all_of_a_file_of_version_2_is_owed),
		OWN(a_file_of_version_1_looks_like_a_new_one),
		OWN(a_file_of_version_2_looks_like_a_new_one),
		OWN(a_file_of_version_3_is_taken_over_as_owned),
		OWN(all_of_a_file_of_version_3_is_owed),
		OWN(a_file_of_version_4_is_taken_over_as_owned),
		OWN(all_of_a_file_of_version_4_is_owed),
		OWN(a_file_of_version_4_looks_like_a_new_one),
		OWN(a_file_of_version_3_looks_like_a_new_one),
		OWN(a_member_taken_over_is_compared_as_it_reads),
		OWN(only_a_stand_in_has_a_stand_ins_indexes),
		OWN(the_shell_shows_what_is_owned_and_what_is_mirrored),
		OWN(the_figures_are_what_counting_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
