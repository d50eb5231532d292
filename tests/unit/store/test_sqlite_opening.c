/* Whose a file is, what is done with one that is of no use, and what time it is in it. */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/time.h"
#include "sqlite_place.h"
#include "store/sqlite_rescue.h"
#include "store/sqlite_store.h"

#define PAGE 2048 /* of a new file */

static const struct store_version NONE = {0, ""};

/* ---- one owner ---- */

static void assert_held(struct conformance *t, const char *path)
{
	AUTOERR struct err err = ERR_INIT;
	assert_null(sqlite_store_open_anyway(t->loop, path, &err));
	if (!strstr(err_first(&err), "held by another process"))
		fail_msg("%s", err_first(&err));
}

static void a_file_has_one_owner_whatever_it_is_called(void **state)
{
	struct conformance *t = *state;
	const struct place *p = place_of(t);
	AUTOFREE char *hard = mem_printf("%s/hard.db", p->folder), *soft = mem_printf("%s/soft.db", p->folder);
	AUTOFREE char *round = mem_printf("%s/data/../data/./runbookd.db", p->folder);
	AUTOFREE char *through = mem_printf("%s/through/runbookd.db", p->folder);
	AUTOFREE char *data = mem_printf("%s/data", p->folder), *link_to_data = mem_printf("%s/through", p->folder);
	assert_int_equal(link(p->path, hard), 0);
	assert_int_equal(symlink("data/runbookd.db", soft), 0);
	assert_int_equal(symlink(data, link_to_data), 0);
	assert_held(t, hard);
	assert_held(t, soft);
	assert_held(t, round);
	assert_held(t, through);
	due_incident(t, "k", "r", 0, 10); /* and the owner is none the worse for it */
}

static void copy_line(const char *from, const char *to)
{
	char line[100];
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	assert_true(in && out && fgets(line, sizeof line, in) && fputs(line, out) >= 0);
	fclose(in);
	assert_int_equal(fclose(out), 0);
}

/* By PATH.lock: a copy of the folder, with the lock's file in it, is somebody else. */
static void whoever_opens_it_again_is_the_same_owner(void **state)
{
	struct conformance *t = *state;
	const struct place *p = place_of(t);
	char owner[STORE_OWNER_MAX];
	snprintf(owner, sizeof owner, "%s", sqlite_store_owner(t->store));
	assert_int_equal(strspn(owner, "0123456789abcdef"), STORE_OWNER_MAX - 1);
	place_reopen(t);
	assert_string_equal(sqlite_store_owner(t->store), owner);
	AUTOFREE char *lock = place_beside(p, ".lock"), *copied = mem_printf("%s/copied.db.lock", p->folder);
	AUTOFREE char *copy = mem_printf("%s/copied.db", p->folder);
	copy_line(lock, copied);
	AUTOERR struct err err = ERR_INIT;
	struct store *other = sqlite_store_open(t->loop, copy, &err);
	assert_non_null(other);
	assert_int_equal(strlen(sqlite_store_owner(other)), STORE_OWNER_MAX - 1);
	assert_string_not_equal(sqlite_store_owner(other), owner);
	other->ops->close(other);
}

static void a_link_is_followed_and_stays_one(void **state)
{
	struct conformance *t = *state;
	struct place *p = place_of(t);
	AUTOFREE char *real = mem_printf("%s/real/r.db", p->folder);
	t->store->ops->close(t->store);
	place_without(p, "");
	assert_int_equal(symlink("../real/r.db", p->path), 0);
	t->store = place_open(t, false);
	place_fill(t);
	assert_int_equal(access(real, F_OK), 0);
	assert_int_equal(unlink(real), 0);
	place_wait_health(t, true, "lost once");
	struct stat st;
	assert_int_equal(lstat(p->path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(access(real, F_OK), 0);
	place_reopen(t);
	place_assert_all_there(t);
}

static void only_its_owner_can_read_it(void **state)
{
	struct conformance *t = *state;
	static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		AUTOFREE char *name = place_beside(place_of(t), suffixes[i]);
		struct stat st;
		assert_int_equal(stat(name, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	place_delete_all(place_of(t));
	place_wait_health(t, true, "lost once");
	struct stat st;
	assert_int_equal(stat(place_of(t)->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* ---- of no use from the start ---- */

static void assert_opening_refused(struct conformance *t)
{
	AUTOERR struct err err = ERR_INIT;
	assert_null(sqlite_store_open(t->loop, place_of(t)->path, &err));
	assert_non_null(strstr(err_first(&err), place_of(t)->path));
}

static void one_that_is_damaged_is_set_aside(void **state)
{
	struct conformance *t = *state;
	place_fill(t);
	t->store->ops->close(t->store);
	place_write_over(place_of(t), 0, 200);
	assert_opening_refused(t);
	assert_int_equal(place_count_files(place_of(t), ".damaged-"), 0);
	t->store = place_open(t, true);
	assert_true(t->store->ops->health(t->store).up);
	assert_int_equal(place_count_files(place_of(t), "runbookd.db.damaged-"), 1);
	assert_int_equal(record_of(t, "later").version.number, 0);
	due_incident(t, "later", "r", 0, 10);
	place_reopen(t);
	assert_int_equal(record_of(t, "later").version.number, 1);
}

static int64_t count_in_file(const char *path, const char *what)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	AUTOFREE char *text = mem_printf("SELECT %s", what);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return n;
}

/* A page that the opening itself stumbles over; the records are whole. What is due is found out again. */
static void what_can_be_read_of_a_damaged_one_is_kept(void **state)
{
	struct conformance *t = *state;
	const char *path = place_of(t)->path;
	place_fill(t);
	t->store->ops->close(t->store);
	int64_t due = count_in_file(path, "rootpage FROM sqlite_schema WHERE name = 'due'");
	place_write_over(place_of(t), (size_t)(due - 1) * PAGE, PAGE);
	assert_opening_refused(t);
	t->store = place_open(t, true);
	assert_true(place_count_files(place_of(t), "runbookd.db.damaged-") >= 1); /* with its log, by now */
	assert_int_equal(record_of(t, "later").version.number, 1);
	assert_int_equal(stats(t, NULL, 0)->closed, 1);
	struct store_claim clock = claim_for(STORE_CLOCK, 9, TIME_HOUR);
	assert_int_equal(claim(t, &clock)->count, 3); /* whoever has them writes anew what is due */
	place_reopen(t);
	assert_int_equal(record_of(t, "under way").version.number, 1);
}

static void make_empty(const struct place *p)
{
	assert_int_equal(truncate(p->path, 0), 0);
}

/* It would pass for a new one. */
static void one_that_was_emptied_is_no_new_one(void **state)
{
	struct conformance *t = *state;
	place_fill(t);
	t->store->ops->close(t->store);
	make_empty(place_of(t));
	assert_opening_refused(t);
	t->store = place_open(t, true);
	place_wait_health(t, true, "nothing of what it knew; what was there is now ");
	assert_int_equal(place_count_files(place_of(t), "runbookd.db.damaged-"), 1);
	assert_int_equal(record_of(t, "later").version.number, 0);
	place_reopen(t);
	place_wait_health(t, true, "");
}

/* SQLite has not copied it into the file yet: after a kill -9 the log has all of it. */
static void the_log_of_one_that_was_emptied_is_read(void **state)
{
	struct conformance *t = *state;
	const struct place *p = place_of(t);
	AUTOFREE char *log = place_beside(p, "-wal"), *kept = place_beside(p, ".kept");
	place_fill(t);
	assert_int_equal(link(log, kept), 0);
	t->store->ops->close(t->store);
	make_empty(p);
	assert_int_equal(rename(kept, log), 0);
	assert_opening_refused(t);
	t->store = place_open(t, true);
	place_wait_health(t, true, "what could be read");
	place_assert_all_there(t);
}

/* A start on a full disk leaves nothing that the next one could take for a file that was emptied. */
static void what_was_never_filled_is_taken_back(void **state)
{
	struct conformance *t = *state;
	struct rlimit limit, tiny;
	AUTOERR struct err err = ERR_INIT;
	t->store->ops->close(t->store);
	place_without(place_of(t), "");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
	tiny = limit;
	tiny.rlim_cur = 1;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
	struct store *strict = sqlite_store_open(t->loop, place_of(t)->path, &err);
	int left = access(place_of(t)->path, F_OK);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, before);
	assert_null(strict);
	assert_int_not_equal(left, 0);
	t->store = place_open(t, false);
	due_incident(t, "k", "r", 0, 10);
}

static int make_folder(const char *name)
{
	return mkdir(name, 0700);
}

static int make_fifo(const char *name)
{
	return mkfifo(name, 0600);
}

/* It is no log, and is never gone by itself: it is set aside with the file, what that holds goes into a fresh one. */
static void what_is_no_file_in_the_place_of_a_log_is_set_aside(void **state)
{
	static const char *const names[] = {"-wal", "-shm", "-journal"};
	static int (*const make[])(const char *) = {make_folder, make_fifo};
	struct conformance *t = *state;
	place_fill(t);
	for (size_t i = 0; i < 6; i++) {
		AUTOFREE char *name = place_beside(place_of(t), names[i / 2]),
					  *there = mem_printf("%s.in-the-way", names[i / 2]);
		t->store->ops->close(t->store);
		assert_int_equal(make[i % 2](name), 0);
		assert_opening_refused(t);
		t->store = place_open(t, true);
		assert_true(t->store->ops->health(t->store).up);
		assert_int_equal(place_count_files(place_of(t), there), i % 2 + 1);
		place_reopen(t);
		place_assert_all_there(t);
	}
}

static void not_for_ever(void **state)
{
	struct conformance *t = *state;
	AUTOERR struct err err = ERR_INIT;
	t->store->ops->close(t->store);
	for (int i = 0; i < SQLITE_FILES_ASIDE_MAX; i++) {
		place_write_over(place_of(t), 0, 200);
		struct store *s = place_open(t, true);
		s->ops->close(s);
	}
	place_write_over(place_of(t), 0, 200);
	assert_null(sqlite_store_open_anyway(t->loop, place_of(t)->path, &err));
	assert_non_null(strstr(err_first(&err), "set aside already"));
	assert_int_equal(place_count_files(place_of(t), "runbookd.db.damaged-"), SQLITE_FILES_ASIDE_MAX);
	assert_int_equal(unlink(place_of(t)->path), 0);
	t->store = place_open(t, false);
}

static void what_a_person_has_to_decide_is_left_to_one(void **state)
{
	struct conformance *t = *state;
	AUTOERR struct err err = ERR_INIT;
	t->store->ops->close(t->store);
	sqlite3 *db;
	assert_int_equal(sqlite3_open(place_of(t)->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 999", NULL, NULL, NULL), SQLITE_OK);
	assert_null(sqlite_store_open_anyway(t->loop, place_of(t)->path, &err));
	assert_non_null(strstr(err_first(&err), "newer version"));
	assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 3; PRAGMA application_id = 1", NULL, NULL, NULL),
	                 SQLITE_OK);
	sqlite3_close(db);
	err_release(&err);
	assert_null(sqlite_store_open_anyway(t->loop, place_of(t)->path, &err));
	assert_non_null(strstr(err_first(&err), "another program"));
	assert_int_equal(place_count_files(place_of(t), ".damaged-"), 0);
	assert_int_equal(unlink(place_of(t)->path), 0);
	t->store = place_open(t, false);
}

static void a_full_disk_at_the_start_is_waited_for(void **state)
{
	struct conformance *t = *state;
	struct rlimit limit, tiny;
	due_incident(t, "k", "r", 0, 10);
	t->store->ops->close(t->store);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
	tiny = limit;
	tiny.rlim_cur = 1;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
	AUTOERR struct err err = ERR_INIT;
	struct store *strict = sqlite_store_open(t->loop, place_of(t)->path, &err);
	t->store = sqlite_store_open_anyway(t->loop, place_of(t)->path, &err);
	struct store_commit c = incident("k2", NONE);
	enum store_result result = t->store ? commit(t, &c)->result : STORE_OK;
	bool up = t->store && t->store->ops->health(t->store).up;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, before);
	assert_null(strict);
	assert_non_null(t->store);
	assert_false(up);
	assert_int_equal(result, STORE_UNAVAILABLE);
	place_wait_health(t, true, "");
	assert_int_equal(record_of(t, "k").version.number, 1);
	commit_ok(t, &c);
}

/* ---- row by row ---- */

#define ROWS 400

/* A page in the middle makes no sense: those before it and those behind it are read all the same. */
static void what_can_be_read_is_read_from_both_ends(void **state)
{
	struct conformance *t = *state;
	AUTOFREE char *text = arena_printf(t->arena, "%02000d", 7), *fresh = place_beside(place_of(t), ".copy");
	for (int i = 0; i < ROWS; i++) {
		struct store_commit c = incident(arena_printf(t->arena, "k%03d", i), NONE);
		struct store_due due = {STR("r"), 0, 10};
		c.bytes = str_c(text);
		c.dues = &due, c.due_count = 1;
		commit_ok(t, &c);
	}
	text = NULL; /* the arena's */
	t->store->ops->close(t->store);
	struct stat st;
	assert_int_equal(stat(place_of(t)->path, &st), 0);
	place_write_over(place_of(t), (size_t)st.st_size / 2 / PAGE * PAGE, 6 * PAGE);
	sqlite3 *db;
	bool copied;
	AUTOERR struct err err = ERR_INIT;
	assert_int_equal(sqlite3_open(place_of(t)->path, &db), SQLITE_OK);
	assert_false(sqlite_copy_rows(db, fresh, &copied, &err));
	sqlite3_close(db);
	assert_true(copied);
	int64_t rows = count_in_file(fresh, "count(*) FROM record");
	assert_in_range(rows, ROWS / 2, ROWS - 1);
	assert_int_equal(count_in_file(fresh, "count(*) FROM due WHERE receiver = x''"), rows);
	assert_int_equal(count_in_file(fresh, "count(*) FROM due WHERE key NOT IN (SELECT key FROM record)"), 0);
	assert_int_equal(rename(fresh, place_of(t)->path), 0);
	t->store = place_open(t, false);
	assert_int_equal(stats(t, NULL, 0)->open, rows);
}

/* What the open handle has not read yet is damaged under it. */
static void damage_that_is_met_is_got_over(void **state)
{
	struct conformance *t = *state;
	for (int i = 0; i < ROWS; i++)
		due_incident(t, arena_printf(t->arena, "k%03d", i), "r", 0, 10);
	place_reopen(t); /* all of it is in the database by now, nothing in the cache */
	struct stat st;
	assert_int_equal(stat(place_of(t)->path, &st), 0);
	place_write_over(place_of(t), (size_t)st.st_size / 3 / PAGE * PAGE, (size_t)st.st_size / 3);
	for (int i = 0; i < ROWS; i++) {
		struct store_load ask = {.keys = &(struct str){0}, .key_count = 1};
		struct str key = str_c(arena_printf(t->arena, "k%03d", i));
		ask.keys = &key;
		assert_int_equal(load(t, &ask)->result, STORE_OK);
	}
	place_wait_health(t, true, "some of what it knew could not be read");
	due_incident(t, "afterwards", "r", 0, 10);
	place_reopen(t);
	assert_int_equal(record_of(t, "afterwards").version.number, 1);
	assert_true(stats(t, NULL, 0)->open > 1);
}

/* ---- leases ---- */

/* An attempt is due when its lease ends. Whoever opens the file is handed what was leased at once; what only waits, waits. */
/* Its clock was in memory alone: whoever opens the file looks at the incident at once, and at its page. */
static void a_clock_that_was_held_rings_when_it_opens(void **state)
{
	struct conformance *t = *state;
	int64_t now = clock_of(t);
	struct store_lease lease = {.receiver = STR("r"), .until = now + TIME_HOUR};
	struct store_due due = {STR("r"), 1, lease.until};
	struct store_commit c = incident("k", NONE);
	hash_random_id(lease.claim);
	c.dues = &due, c.due_count = 1, c.leases = &lease, c.lease_count = 1, c.must_lease = true;
	c.clock_at = now + 2 * TIME_HOUR;
	commit_ok(t, &c);
	place_reopen(t);
	struct store_claim clock = claim_for(STORE_CLOCK, 9, TIME_HOUR), page = claim_for("r", 9, TIME_HOUR);
	assert_int_equal(claim_ok(t, &clock)->count, 1);
	assert_int_equal(claim_ok(t, &page)->count, 1);
}

static void what_was_leased_can_be_claimed_when_it_opens(void **state)
{
	struct conformance *t = *state;
	struct store_version v = due_incident(t, "k", "r", 0, 10);
	due_incident(t, "backoff", "r", 0, clock_of(t) + TIME_HOUR);
	struct store_claim ask = claim_for("r", 1, TIME_HOUR), other = claim_for("r", 9, TIME_HOUR);
	const struct store_claimed *got = claim(t, &ask);
	assert_int_equal(got->count, 1);
	struct store_commit attempt = incident("k", v);
	struct store_due due = {STR("r"), 0, got->lease_until};
	attempt.dues = &due, attempt.due_count = 1;
	v = commit_ok(t, &attempt);
	assert_int_equal(claim(t, &other)->count, 0);
	for (int i = 0; i < 2; i++) {
		place_reopen(t);
		other = claim_for("r", 9, TIME_HOUR);
		got = claim(t, &other);
		assert_int_equal(got->count, 1);
		assert_str(got->records[0].key, "k");
	}
	/* and what was claimed says for itself when it is due */
	struct store_commit nothing = incident("k", v);
	nothing.dues = &due, nothing.due_count = 1;
	nothing.release_receiver = STR("r");
	memcpy(nothing.release_claim, other.id, STORE_ID_MAX);
	commit_ok(t, &nothing);
	other = claim_for("r", 9, TIME_HOUR);
	assert_int_equal(claim(t, &other)->count, 0);
}

/* ---- the clock ---- */

static void the_clock_never_goes_back_over_a_restart(void **state)
{
	struct conformance *t = *state;
	due_incident(t, "k", "r", 0, 10);
	t->store->ops->close(t->store);
	int64_t ahead = loop_wall_ms() + TIME_HOUR; /* the wall clock was set back an hour meanwhile */
	AUTOFREE char *text = mem_printf("UPDATE probe SET n = %lld", (long long)ahead);
	sqlite3 *db;
	assert_int_equal(sqlite3_open(place_of(t)->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	t->store = place_open(t, false);
	int64_t first = clock_of(t), last = first;
	assert_in_range(first, ahead, ahead + TIME_MINUTE);
	for (int i = 0; i < 5; i++, place_reopen(t)) {
		due_incident(t, arena_printf(t->arena, "k%d", i), "r", 0, 10);
		assert_true(clock_of(t) >= last);
		last = clock_of(t);
	}
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	log_setup(LOG_ERROR + 1, LOG_LOGFMT, loop_wall_ms); /* errors are what this is about */
	const struct CMUnitTest tests[] = {
		PLACE_TEST(a_file_has_one_owner_whatever_it_is_called),
		PLACE_TEST(whoever_opens_it_again_is_the_same_owner),
		PLACE_TEST(a_link_is_followed_and_stays_one),
		PLACE_TEST(only_its_owner_can_read_it),
		PLACE_TEST(one_that_is_damaged_is_set_aside),
		PLACE_TEST(what_can_be_read_of_a_damaged_one_is_kept),
		PLACE_TEST(one_that_was_emptied_is_no_new_one),
		PLACE_TEST(the_log_of_one_that_was_emptied_is_read),
		PLACE_TEST(what_was_never_filled_is_taken_back),
		PLACE_TEST(what_is_no_file_in_the_place_of_a_log_is_set_aside),
		PLACE_TEST(not_for_ever),
		PLACE_TEST(what_a_person_has_to_decide_is_left_to_one),
		PLACE_TEST(a_full_disk_at_the_start_is_waited_for),
		PLACE_TEST(what_can_be_read_is_read_from_both_ends),
		PLACE_TEST(damage_that_is_met_is_got_over),
		PLACE_TEST(a_clock_that_was_held_rings_when_it_opens),
		PLACE_TEST(what_was_leased_can_be_claimed_when_it_opens),
		PLACE_TEST(the_clock_never_goes_back_over_a_restart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
