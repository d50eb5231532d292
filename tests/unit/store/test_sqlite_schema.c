/* Files of version 1, and what people see of a file in the sqlite3 shell. */
#include <sqlite3.h>
#include <stdio.h>
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

static const char ROWS[] =
	"INSERT INTO incident VALUES (7, x'61', 3, 'c3 c2 c1', x'7b2261223a317d', 1, 50, 0),"
	"  (8, x'62', 1, 'd1', x'7b7d', 0, 60, 1), (9, x'63', 1, 'e1', x'7b7d', 0, 70, 0);"
	"INSERT INTO member VALUES (x'73', x'66', x'61', 1, 11, 0, 2, 33, 4000000000000);"
	"INSERT INTO due VALUES (x'72', x'61', 1, 10, 99), (x'', x'61', 0, 4000000000000, 4000000000000);"
	"INSERT INTO lease VALUES (x'72', x'61', 'old', 4000000000000, 1, 1, 0);"
	"INSERT INTO count VALUES (3600000, x'66', 5);";

static char *path_of(struct conformance *t)
{
	return mem_printf("%s/runbookd.db", (char *)t->own);
}

static void run_sql(const char *path, const char *text)
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
	snprintf(to + strlen(to), 500 - strlen(to), "%s%s", to[0] ? " " : "", values[0] ? values[0] : "NULL");
	return 0;
}

static void says(struct conformance *t, const char *query, const char *expected)
{
	AUTOFREE char *path = path_of(t);
	sqlite3 *db;
	char got[500] = "";
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, query, add_row, got, NULL), SQLITE_OK);
	assert_string_equal(got, expected);
	sqlite3_close(db);
}

/* What the fixture has made is replaced by a file of version 1. */
static void make_version_1(struct conformance *t)
{
	AUTOFREE char *path = path_of(t);
	t->store->ops->close(t->store);
	assert_int_equal(remove(path), 0);
	run_sql(path, "PRAGMA journal_mode = WAL");
	run_sql(path, VERSION_1);
	run_sql(path, ROWS);
}

static void open_again(struct conformance *t)
{
	t->store = stand_in_open(t->loop, t->own);
	stand_in_reopen(t, false);
}

static void a_file_of_version_1_is_taken_over_as_owned(void **state)
{
	struct conformance *t = *state;
	make_version_1(t);
	open_again(t);
	struct store_record a = record_of(t, "a");
	assert_int_equal(a.version.number, 3);
	assert_str(a.ids, "c3 c2 c1");
	assert_str(a.json, "{\"a\":1}");
	struct member m = member_of(t, STR("s"), STR("f"));
	assert_true(m.found && m.firing && m.starts_at == 11 && m.episode == 2 && m.touched_at == 33);
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

static void all_of_a_file_of_version_1_is_owed(void **state)
{
	struct conformance *t = *state;
	make_version_1(t);
	t->store = stand_in_open(t->loop, t->own);
	assert_int_equal(local_store_owned_count(t->store), 3);
	const struct local_branches *page = owned(t, "", 9);
	assert_int_equal(page->count, 3);
	assert_int_equal(page->branches[0].member_count, 1);
	assert_int_equal(page->branches[0].count_count, 1);
	assert_int_equal(page->branches[0].base.number, 0);
}

/* Except for where they come from, the two are the same, so that nothing depends on a file's age. */
static void a_file_taken_over_looks_like_a_new_one(void **state)
{
	static const char *const queries[] = {"SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema WHERE "
	                                      "name NOT LIKE 'sqlite_%' ORDER BY 1)",
	                                      "SELECT group_concat(name || type || [notnull] || ifnull(dflt_value, ''), ' "
	                                      "') FROM pragma_table_info('record')",
	                                      "SELECT group_concat(name || type || [notnull] || ifnull(dflt_value, ''), ' "
	                                      "') FROM pragma_table_info('member')",
	                                      "PRAGMA user_version"};
	struct conformance *t = *state;
	AUTOFREE char *path = path_of(t);
	char fresh[4][500] = {"", "", "", ""};
	sqlite3 *db;
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	for (int i = 0; i < 4; i++)
		assert_int_equal(sqlite3_exec(db, queries[i], add_row, fresh[i], NULL), SQLITE_OK);
	sqlite3_close(db);
	make_version_1(t);
	open_again(t);
	for (int i = 0; i < 4; i++)
		says(t, queries[i], fresh[i]);
}

static void the_shell_shows_what_is_owned_and_what_is_mirrored(void **state)
{
	struct conformance *t = *state;
	saw_record(t, primary_incident(t, "seen"), 4, "c4 c3");
	change_here(t, "mine");
	says(t, "SELECT key FROM incident", "mine");
	says(t, "SELECT key FROM mirror", "seen");
	says(t, "SELECT number || ids || open || dead FROM mirror", "4c4 c310");
	says(t, "SELECT json ->> 'key' FROM incident", "mine");
	says(t, "SELECT since > 0 FROM incident", "1");
}

/* The figures are kept by triggers: they must be what counting says, whatever has happened. */
static void the_figures_are_what_counting_says(void **state)
{
	static const char DIFFERENCE[] =
		"SELECT (open <> (SELECT count(*) FROM record WHERE open = 1)) + (closed <> (SELECT count(*) FROM record WHERE"
		" open = 0)) + (dead <> (SELECT count(*) FROM record WHERE dead = 1)) + (owned <> (SELECT count(*) FROM record"
		" WHERE owned = 1)) + (SELECT count(*) FROM queue q WHERE due <> (SELECT count(*) FROM due d WHERE d.receiver ="
		" q.receiver)) + ((SELECT count(*) FROM due) <> (SELECT sum(due) FROM queue)) FROM figure";
	struct conformance *t = *state;
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
	says(t, DIFFERENCE, "0");
	stand_in_reopen(t, false);
	says(t, DIFFERENCE, "0");
	bool more;
	assert_int_equal(sweep(t, 0, &more), STORE_OK);
	assert_int_equal(stats(t, NULL, 0)->closed, 0);
	says(t, DIFFERENCE, "0");
}

#define OWN(test) cmocka_unit_test_setup_teardown(test, stand_in_set_up, stand_in_tear_down)

int main(void)
{
	log_setup(LOG_ERROR, LOG_LOGFMT, loop_wall_ms);
	const struct CMUnitTest tests[] = {
		OWN(a_file_of_version_1_is_taken_over_as_owned), OWN(all_of_a_file_of_version_1_is_owed),
		OWN(a_file_taken_over_looks_like_a_new_one),     OWN(the_shell_shows_what_is_owned_and_what_is_mirrored),
		OWN(the_figures_are_what_counting_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
