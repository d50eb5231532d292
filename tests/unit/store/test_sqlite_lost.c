/* What becomes of the embedded store when its file is lost while it is open, or is of no use when it is opened. */
#include <dirent.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "conformance.h"
#include "folder.h"
#include "store/sqlite_rescue.h"
#include "store/sqlite_store.h"

static const struct store_version NONE = {0, ""};

struct place {
	char *folder, *path;
};

static struct place *place_of(struct conformance *t)
{
	return t->own;
}

static struct store *open_store(struct conformance *t, bool anyway)
{
	AUTOERR struct err err = ERR_INIT;
	const char *path = place_of(t)->path;
	struct store *s = anyway ? sqlite_store_open_anyway(t->loop, path, &err) : sqlite_store_open(t->loop, path, &err);
	if (!s)
		fail_msg("%s", err_first(&err));
	return s;
}

static int set_up(void **state)
{
	struct conformance *t = mem_zero(sizeof *t);
	struct place *p = mem_zero(sizeof *p);
	p->folder = folder_new();
	p->path = mem_printf("%s/data/runbookd.db", p->folder);
	t->own = p;
	t->loop = loop_new();
	t->pass = conformance_poll;
	t->store = open_store(t, false);
	conformance_begin(t);
	*state = t;
	return 0;
}

static int tear_down(void **state)
{
	struct conformance *t = *state;
	struct place *p = t->own;
	conformance_end(t);
	t->store->ops->close(t->store);
	loop_defer(t->loop, (void (*)(void *))loop_stop, t->loop);
	loop_run(t->loop);
	loop_free(t->loop);
	folder_remove(p->folder);
	mem_cleanup(&p->folder);
	mem_cleanup(&p->path);
	mem_cleanup(&p);
	mem_cleanup(&t);
	return 0;
}

static void reopen(struct conformance *t)
{
	t->store->ops->close(t->store);
	t->store = open_store(t, false);
}

/* ---- waiting for its news ---- */

struct watch {
	struct conformance *t;
	bool up;
	const char *words;
};

static bool says(const struct watch *w)
{
	struct store_health h = w->t->store->ops->health(w->t->store);
	return h.up == w->up && strstr(h.why, w->words);
}

static void health_changed(void *arg)
{
	struct watch *w = arg;
	if (says(w))
		loop_stop(w->t->loop);
}

/* Nobody asks it anything meanwhile. */
static void wait_health(struct conformance *t, bool up, const char *words)
{
	struct watch w = {t, up, words};
	t->store->ops->on_change(t->store, health_changed, &w);
	loop_timer_set(t->overdue, TIME_MINUTE);
	while (!says(&w))
		loop_run(t->loop);
	loop_timer_stop(t->overdue);
	t->store->ops->on_change(t->store, NULL, NULL);
}

/* ---- ways to lose a file ---- */

static char *beside(const struct place *p, const char *suffix)
{
	return mem_printf("%s%s", p->path, suffix);
}

static void without(const struct place *p, const char *suffix)
{
	AUTOFREE char *name = beside(p, suffix);
	assert_int_equal(unlink(name), 0);
}

static void cut_off(const struct place *p, const char *suffix)
{
	AUTOFREE char *name = beside(p, suffix);
	assert_int_equal(truncate(name, 0), 0);
}

static void delete_all(const struct place *p)
{
	without(p, "");
	without(p, "-wal");
	without(p, "-shm");
	without(p, ".lock");
}

static void delete_database(const struct place *p)
{
	without(p, "");
}

static void delete_log(const struct place *p)
{
	without(p, "-wal");
}

static void delete_index(const struct place *p)
{
	without(p, "-shm");
}

static void cut_log(const struct place *p)
{
	cut_off(p, "-wal");
}

static void rename_it(const struct place *p)
{
	AUTOFREE char *to = beside(p, ".bak");
	assert_int_equal(rename(p->path, to), 0);
}

static void rename_folder(const struct place *p)
{
	AUTOFREE char *from = mem_printf("%s/data", p->folder), *to = mem_printf("%s/elsewhere", p->folder);
	assert_int_equal(rename(from, to), 0);
}

static void put_another_there(const struct place *p)
{
	AUTOFREE char *to = beside(p, ".new");
	FILE *f = fopen(to, "w");
	assert_non_null(f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(rename(to, p->path), 0);
}

static void link_elsewhere(const struct place *p)
{
	AUTOFREE char *to = mem_printf("%s/other.db", p->folder);
	assert_int_equal(unlink(p->path), 0);
	assert_int_equal(symlink(to, p->path), 0);
}

static const struct {
	const char *name;
	void (*lose)(const struct place *p);
} losses[] = {
	{"delete all", delete_all},
	{"delete the database", delete_database},
	{"delete the log", delete_log},
	{"delete the index", delete_index},
	{"cut the log", cut_log},
	{"rename it", rename_it},
	{"rename its folder", rename_folder},
	{"put another there", put_another_there},
	{"link elsewhere", link_elsewhere},
};
#define LOSSES (sizeof losses / sizeof *losses)

/* A page is under way, one is due later, one incident is over. */
static struct store_claim fill(struct conformance *t)
{
	due_incident(t, "under way", "r", 0, 10);
	struct store_claim ask = claim_for("r", 1, TIME_HOUR);
	assert_int_equal(claim(t, &ask)->count, 1);
	due_incident(t, "later", "r", 1, INT64_MAX / 4);
	struct store_commit closed = incident("over", NONE);
	closed.open = false;
	closed.since = clock_of(t);
	commit_ok(t, &closed);
	return ask;
}

static void assert_all_there(struct conformance *t)
{
	static const char *const keys[] = {"under way", "later", "over"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		assert_int_equal(record_of(t, keys[i]).version.number, 1);
	const struct store_stats *got = stats(t, &STR("r"), 1);
	assert_int_equal(got->closed, 1);
	assert_int_equal(got->queues[0].due, 2);
}

static void begin_anew(void **state)
{
	tear_down(state);
	set_up(state);
}

/* Nobody writes: it is noticed all the same. */
static void what_it_knew_goes_on_in_a_fresh_file(void **state)
{
	for (size_t i = 0; i < LOSSES; i++, begin_anew(state)) {
		struct conformance *t = *state;
		print_message("          %s\n", losses[i].name);
		struct store_claim under_way = fill(t), other = claim_for("r", 1, TIME_HOUR);
		losses[i].lose(place_of(t));
		wait_health(t, true, "lost 1 times");
		assert_true(t->store->ops->health(t->store).durable);
		assert_int_equal(claim(t, &other)->count, 0); /* the lease is in force still */
		assert_int_equal(claim(t, &under_way)->count, 1);
		due_incident(t, "afterwards", "other", 0, 10);
		reopen(t);
		assert_all_there(t);
		assert_int_equal(record_of(t, "afterwards").version.number, 1);
		assert_int_equal(claim(t, &other)->count, 1); /* now it is void */
	}
}

/* What is answered after the loss is in the fresh file: no second has to pass. */
static void nothing_is_acknowledged_into_nothing(void **state)
{
	for (size_t i = 0; i < LOSSES; i++, begin_anew(state)) {
		struct conformance *t = *state;
		print_message("          %s\n", losses[i].name);
		fill(t);
		losses[i].lose(place_of(t));
		due_incident(t, "at once", "other", 0, 10);
		reopen(t);
		assert_all_there(t);
		assert_int_equal(record_of(t, "at once").version.number, 1);
	}
}

static void closed_before_anybody_looked(void **state)
{
	for (size_t i = 0; i < LOSSES; i++, begin_anew(state)) {
		struct conformance *t = *state;
		print_message("          %s\n", losses[i].name);
		fill(t);
		losses[i].lose(place_of(t));
		reopen(t);
		assert_all_there(t);
	}
}

static size_t count_files(const struct place *p, const char *word)
{
	AUTOFREE char *folder = mem_printf("%s/data", p->folder);
	size_t n = 0;
	DIR *dir = opendir(folder);
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));)
		n += strstr(e->d_name, word) != NULL;
	closedir(dir);
	return n;
}

static void what_was_put_there_is_set_aside(void **state)
{
	struct conformance *t = *state;
	put_another_there(place_of(t));
	wait_health(t, true, ".lost-");
	assert_int_equal(count_files(place_of(t), "runbookd.db.lost-"), 3); /* and the log, and its index */
	assert_int_equal(count_files(place_of(t), ".fresh"), 0);
	assert_int_equal(count_files(place_of(t), ".building"), 0);
}

/* Someone else's file is left to him. While nothing can be done it is down, and still read. */
static void where_no_fresh_one_can_be_it_is_down_until_one_can(void **state)
{
	struct conformance *t = *state;
	AUTOFREE char *building = beside(place_of(t), ".building");
	fill(t);
	delete_all(place_of(t));
	assert_int_equal(mkdir(building, 0700), 0); /* in the way */
	struct store_commit c = incident("k", NONE);
	enum store_result result = commit(t, &c)->result;
	assert_true(result == STORE_UNKNOWN || result == STORE_UNAVAILABLE);
	wait_health(t, false, ".building");
	assert_false(t->store->ops->health(t->store).durable);
	assert_all_there(t);
	c = incident("k2", NONE);
	assert_int_equal(commit(t, &c)->result, STORE_UNAVAILABLE);
	assert_int_equal(rmdir(building), 0);
	wait_health(t, true, "lost 1 times");
	commit_ok(t, &c);
	reopen(t);
	assert_all_there(t);
	assert_int_equal(record_of(t, "k2").version.number, 1);
}

static void one_that_somebody_else_holds_is_left_to_him(void **state)
{
	struct conformance *t = *state;
	fill(t);
	delete_all(place_of(t));
	AUTOERR struct err err = ERR_INIT;
	struct store *other = sqlite_store_open(t->loop, place_of(t)->path, &err);
	if (!other) /* it was quicker, and has it */
		assert_non_null(strstr(err_first(&err), "held by another process"));
	else
		wait_health(t, false, "held by another process");
	if (other)
		other->ops->close(other);
	wait_health(t, true, "lost 1 times");
	assert_all_there(t);
}

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

static void a_link_is_followed_and_stays_one(void **state)
{
	struct conformance *t = *state;
	struct place *p = place_of(t);
	AUTOFREE char *real = mem_printf("%s/real/r.db", p->folder);
	t->store->ops->close(t->store);
	delete_database(p);
	assert_int_equal(symlink("../real/r.db", p->path), 0);
	t->store = open_store(t, false);
	fill(t);
	assert_int_equal(access(real, F_OK), 0);
	assert_int_equal(unlink(real), 0);
	wait_health(t, true, "lost 1 times");
	struct stat st;
	assert_int_equal(lstat(p->path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(access(real, F_OK), 0);
	reopen(t);
	assert_all_there(t);
}

static void only_its_owner_can_read_it(void **state)
{
	struct conformance *t = *state;
	static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		AUTOFREE char *name = beside(place_of(t), suffixes[i]);
		struct stat st;
		assert_int_equal(stat(name, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	delete_all(place_of(t));
	wait_health(t, true, "lost 1 times");
	struct stat st;
	assert_int_equal(stat(place_of(t)->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* ---- of no use from the start ---- */

static void write_over(const struct place *p, size_t from, size_t n)
{
	FILE *f = fopen(p->path, "r+");
	assert_non_null(f);
	assert_int_equal(fseek(f, (long)from, SEEK_SET), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(fputc((int)(i * 37 % 251), f), (int)(i * 37 % 251));
	assert_int_equal(fclose(f), 0);
}

static void assert_refused(struct conformance *t)
{
	AUTOERR struct err err = ERR_INIT;
	assert_null(sqlite_store_open(t->loop, place_of(t)->path, &err));
	assert_non_null(strstr(err_first(&err), place_of(t)->path));
}

static void one_that_is_damaged_is_set_aside(void **state)
{
	struct conformance *t = *state;
	fill(t);
	t->store->ops->close(t->store);
	write_over(place_of(t), 0, 200);
	assert_refused(t);
	assert_int_equal(count_files(place_of(t), ".damaged-"), 0);
	t->store = open_store(t, true);
	assert_true(t->store->ops->health(t->store).up);
	assert_int_equal(count_files(place_of(t), "runbookd.db.damaged-"), 1);
	assert_int_equal(record_of(t, "later").version.number, 0);
	due_incident(t, "later", "r", 0, 10);
	reopen(t);
	assert_int_equal(record_of(t, "later").version.number, 1);
}

static void not_for_ever(void **state)
{
	struct conformance *t = *state;
	AUTOERR struct err err = ERR_INIT;
	t->store->ops->close(t->store);
	for (int i = 0; i < SQLITE_FILES_ASIDE_MAX; i++) {
		write_over(place_of(t), 0, 200);
		struct store *s = open_store(t, true);
		s->ops->close(s);
	}
	write_over(place_of(t), 0, 200);
	assert_null(sqlite_store_open_anyway(t->loop, place_of(t)->path, &err));
	assert_non_null(strstr(err_first(&err), "set aside already"));
	assert_int_equal(count_files(place_of(t), "runbookd.db.damaged-"), SQLITE_FILES_ASIDE_MAX);
	assert_int_equal(unlink(place_of(t)->path), 0);
	t->store = open_store(t, false);
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
	assert_int_equal(count_files(place_of(t), ".damaged-"), 0);
	assert_int_equal(unlink(place_of(t)->path), 0);
	t->store = open_store(t, false);
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
	wait_health(t, true, "");
	assert_int_equal(record_of(t, "k").version.number, 1);
	commit_ok(t, &c);
}

/* ---- row by row ---- */

#define ROWS 400

static int64_t count_in(const char *path, const char *what)
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

/* A page in the middle makes no sense: those before it and those behind it are read all the same. */
static void what_can_be_read_is_read_from_both_ends(void **state)
{
	struct conformance *t = *state;
	AUTOFREE char *text = arena_printf(t->arena, "%02000d", 7), *fresh = beside(place_of(t), ".copy");
	for (int i = 0; i < ROWS; i++) {
		struct store_commit c = incident(arena_printf(t->arena, "k%03d", i), NONE);
		struct store_due due = {STR("r"), 0, 10};
		c.json = str_c(text);
		c.dues = &due, c.due_count = 1;
		commit_ok(t, &c);
	}
	text = NULL; /* the arena's */
	t->store->ops->close(t->store);
	struct stat st;
	assert_int_equal(stat(place_of(t)->path, &st), 0);
	write_over(place_of(t), (size_t)st.st_size / 2 / 4096 * 4096, 3 * 4096);
	sqlite3 *db;
	bool copied;
	AUTOERR struct err err = ERR_INIT;
	assert_int_equal(sqlite3_open(place_of(t)->path, &db), SQLITE_OK);
	assert_false(sqlite_copy_rows(db, fresh, &copied, &err));
	sqlite3_close(db);
	assert_true(copied);
	int64_t rows = count_in(fresh, "count(*) FROM record");
	assert_in_range(rows, ROWS / 2, ROWS - 1);
	assert_int_equal(count_in(fresh, "open FROM figure"), rows);
	assert_int_equal(count_in(fresh, "due FROM queue"), count_in(fresh, "count(*) FROM due"));
	assert_int_equal(count_in(fresh, "count(*) FROM due WHERE key NOT IN (SELECT key FROM record)"), 0);
	assert_int_equal(rename(fresh, place_of(t)->path), 0);
	t->store = open_store(t, false);
	assert_int_equal(stats(t, NULL, 0)->open, rows);
}

/* What the open handle has not read yet is damaged under it. */
static void damage_that_is_met_is_got_over(void **state)
{
	struct conformance *t = *state;
	for (int i = 0; i < ROWS; i++)
		due_incident(t, arena_printf(t->arena, "k%03d", i), "r", 0, 10);
	reopen(t); /* all of it is in the database by now, nothing in the cache */
	struct stat st;
	assert_int_equal(stat(place_of(t)->path, &st), 0);
	write_over(place_of(t), (size_t)st.st_size / 3 / 4096 * 4096, (size_t)st.st_size / 3);
	for (int i = 0; i < ROWS; i++) {
		struct store_load ask = {.keys = &(struct str){0}, .key_count = 1};
		struct str key = str_c(arena_printf(t->arena, "k%03d", i));
		ask.keys = &key;
		assert_int_equal(load(t, &ask)->result, STORE_OK);
	}
	wait_health(t, true, "some of what it knew could not be read");
	due_incident(t, "afterwards", "r", 0, 10);
	reopen(t);
	assert_int_equal(record_of(t, "afterwards").version.number, 1);
	assert_true(stats(t, NULL, 0)->open > 1);
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
	t->store = open_store(t, false);
	int64_t first = clock_of(t), last = first;
	assert_in_range(first, ahead, ahead + TIME_MINUTE);
	for (int i = 0; i < 5; i++, reopen(t)) {
		due_incident(t, arena_printf(t->arena, "k%d", i), "r", 0, 10);
		assert_true(clock_of(t) >= last);
		last = clock_of(t);
	}
}

#define OWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	log_setup(LOG_ERROR + 1, LOG_LOGFMT, loop_wall_ms); /* errors are what this is about */
	const struct CMUnitTest tests[] = {
		OWN(what_it_knew_goes_on_in_a_fresh_file),
		OWN(nothing_is_acknowledged_into_nothing),
		OWN(closed_before_anybody_looked),
		OWN(what_was_put_there_is_set_aside),
		OWN(where_no_fresh_one_can_be_it_is_down_until_one_can),
		OWN(one_that_somebody_else_holds_is_left_to_him),
		OWN(a_file_has_one_owner_whatever_it_is_called),
		OWN(a_link_is_followed_and_stays_one),
		OWN(only_its_owner_can_read_it),
		OWN(one_that_is_damaged_is_set_aside),
		OWN(not_for_ever),
		OWN(what_a_person_has_to_decide_is_left_to_one),
		OWN(a_full_disk_at_the_start_is_waited_for),
		OWN(what_can_be_read_is_read_from_both_ends),
		OWN(damage_that_is_met_is_got_over),
		OWN(the_clock_never_goes_back_over_a_restart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
