#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/time.h"
#include "conformance.h"
#include "folder.h"
#include "store/sqlite_store.h"

static const struct store_version NONE = {0, ""};

/* The file lies in a folder that is not there yet. */
static char *sqlite_file_in(const char *folder)
{
	return mem_printf("%s/data/deeper/runbookd.db", folder);
}

static struct store *open_sqlite_file(struct loop *l, const char *folder)
{
	AUTOERR struct err err = ERR_INIT;
	AUTOFREE char *path = sqlite_file_in(folder);
	struct store *s = sqlite_store_open(l, path, &err);
	if (!s)
		fail_msg("%s", err_first(&err));
	return s;
}

static void open_sqlite_case(struct conformance *t)
{
	t->loop = loop_new();
	t->own = folder_new();
	t->store = open_sqlite_file(t->loop, t->own);
	t->pass = conformance_poll;
}

static void turn_sqlite_loop(struct loop *l)
{
	loop_defer(l, (void (*)(void *))loop_stop, l);
	loop_run(l);
}

static void close_sqlite_case(struct conformance *t)
{
	t->store->ops->close(t->store);
	turn_sqlite_loop(t->loop);
	loop_free(t->loop);
	folder_remove(t->own);
	mem_cleanup(&t->own);
}

static int sqlite_store_setup(void **state)
{
	struct conformance *t = mem_zero(sizeof *t);
	open_sqlite_case(t);
	conformance_begin(t);
	*state = t;
	return 0;
}

static int sqlite_store_teardown(void **state)
{
	struct conformance *t = *state;
	conformance_end(t);
	close_sqlite_case(t);
	mem_cleanup(&t);
	return 0;
}

static void reopen(struct conformance *t)
{
	t->store->ops->close(t->store);
	t->store = open_sqlite_file(t->loop, t->own);
}

static void everything_is_there_after_reopening(void **state)
{
	struct conformance *t = *state;
	struct store_version v = due_incident(t, "k", "r", 0, 10);
	reopen(t);
	struct store_record r = record_of(t, "k");
	assert_string_equal(r.version.commit_id, v.commit_id);
	struct store_claim ask = claim_for("r", 1, TIME_HOUR);
	assert_int_equal(claim(t, &ask)->count, 1);
}

static void leases_are_void_when_it_opens(void **state)
{
	struct conformance *t = *state;
	due_incident(t, "k", "r", 0, 10);
	struct store_claim ask = claim_for("r", 1, TIME_HOUR), other = claim_for("r", 1, TIME_HOUR);
	assert_int_equal(claim(t, &ask)->count, 1);
	assert_int_equal(claim(t, &other)->count, 0);
	reopen(t);
	/* the old holder holds nothing */
	struct store_release late = {.receiver = STR("r"), .key = STR("k"), .due_at = INT64_MAX / 4};
	memcpy(late.claim_id, ask.id, STORE_ID_MAX);
	assert_int_equal(release(t, &late), STORE_OK);
	assert_int_equal(claim(t, &other)->count, 1);
}

static void assert_refused_with(struct loop *l, const char *path, const char *why)
{
	AUTOERR struct err err = ERR_INIT;
	assert_null(sqlite_store_open(l, path, &err));
	assert_int_equal(err.count, 1);
	assert_non_null(strstr(err_first(&err), path));
	assert_non_null(strstr(err_first(&err), why));
}

static void it_has_one_owner(void **state)
{
	struct conformance *t = *state;
	AUTOFREE char *path = sqlite_file_in(t->own);
	bool prompt = false; /* a busy machine may be slow, not each time */
	for (int i = 0; i < 5 && !prompt; i++) {
		int64_t before = loop_mono_ms();
		assert_refused_with(t->loop, path, "held by another process");
		prompt = loop_mono_ms() - before < TIME_SECOND;
	}
	assert_true(prompt);
	due_incident(t, "k", "r", 0, 10); /* and the owner is none the worse for it */
}

static void write_plain_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, strlen(text), 1, f), 1);
	assert_int_equal(fclose(f), 0);
}

static void run_file_sql(const char *path, const char *text)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void what_is_not_ours_is_left_alone(void **state)
{
	struct conformance *t = *state;
	AUTOFREE char *text = mem_printf("%s/text", (char *)t->own), *foreign = mem_printf("%s/foreign", (char *)t->own);
	AUTOFREE char *newer = mem_printf("%s/newer", (char *)t->own), *below = mem_printf("%s/text/x.db", (char *)t->own);
	AUTOFREE char *a_folder = mem_printf("%s/data", (char *)t->own);
	write_plain_file(text,
	                 "This is a text that is longer than the header of a database, which has a hundred bytes at most;"
	                 " nobody would take it for one.");
	assert_refused_with(t->loop, text, "not a database");
	assert_refused_with(t->loop, below, "text");
	assert_refused_with(t->loop, a_folder, "Is a directory");
	run_file_sql(foreign, "CREATE TABLE theirs (x)");
	assert_refused_with(t->loop, foreign, "another program");
	AUTOERR struct err err = ERR_INIT;
	struct store *s = sqlite_store_open(t->loop, newer, &err);
	assert_non_null(s);
	s->ops->close(s);
	run_file_sql(newer, "PRAGMA user_version = 99");
	assert_refused_with(t->loop, newer, "newer version");
}

/* Commits that nobody waits for. */
static struct store_commit patient_commit(const char *key)
{
	struct store_commit c = incident(key, NONE);
	c.patient = true;
	return c;
}

static void have_company(struct conformance *t)
{
	static int number;
	struct store_committed got;
	for (int end = number + 3; number < end; number++) {
		struct store_commit c = incident(arena_printf(t->arena, "company-%d", number), NONE);
		commit_later(t, &c, &got);
	}
	conformance_wait(t);
}

static void a_patient_commit_is_written_when_nothing_else_comes(void **state)
{
	struct conformance *t = *state;
	struct store_commit c = patient_commit("k");
	have_company(t);
	assert_int_equal(commit(t, &c)->result, STORE_OK);
	reopen(t);
	assert_string_equal(record_of(t, "k").version.commit_id, c.id);
}

static void a_patient_commit_goes_along_with_one_that_is_not(void **state)
{
	struct conformance *t = *state;
	struct store_committed first = {.result = STORE_UNKNOWN}, second = first;
	struct store_commit c = patient_commit("k"), plain = incident("other", NONE);
	have_company(t);
	commit_later(t, &c, &first);
	commit_later(t, &plain, &second);
	while (second.result == STORE_UNKNOWN)
		loop_run(t->loop);
	assert_true(first.result == STORE_OK && second.result == STORE_OK);
}

static void a_patient_commit_is_written_at_the_end(void **state)
{
	struct conformance *t = *state;
	struct store_committed got = {.result = STORE_UNKNOWN};
	struct store_commit c = patient_commit("k");
	have_company(t);
	commit_later(t, &c, &got);
	reopen(t);
	conformance_wait(t);
	assert_int_equal(got.result, STORE_OK);
	assert_string_equal(record_of(t, "k").version.commit_id, c.id);
}

struct overtaking {
	const struct store_committed *commit;
	bool ended, first;
	struct loop *loop;
};

static void see_who_was_first(void *arg, const struct store_loaded *reply)
{
	struct overtaking *o = arg;
	assert_int_equal(reply->result, STORE_OK);
	o->ended = true;
	o->first = o->commit->result == STORE_UNKNOWN;
	loop_stop(o->loop);
}

/* On a busy machine the commit may be too old by then; not each time. */
static void who_only_reads_does_not_wait_for_a_patient_commit(void **state)
{
	struct conformance *t = *state;
	bool overtook = false;
	for (int i = 0; i < 100 && !overtook; i++) {
		AUTOFREE char *name = mem_printf("k%d", i);
		struct store_committed got = {.result = STORE_UNKNOWN};
		struct overtaking o = {.commit = &got, .loop = t->loop};
		struct store_commit c = patient_commit(name);
		struct store_load ask = {.keys = &c.key, .key_count = 1};
		have_company(t);
		commit_later(t, &c, &got);
		t->store->ops->load(t->store, &ask, see_who_was_first, &o);
		while (!o.ended)
			loop_run(t->loop);
		conformance_wait(t);
		assert_int_equal(got.result, STORE_OK);
		overtook = o.first;
	}
	assert_true(overtook);
}

/* ---- a disk that takes no writes ---- */

struct watch {
	struct conformance *t;
	bool until;
};

static void stop_when_as_watched(void *arg)
{
	struct watch *w = arg;
	if (w->t->store->ops->health(w->t->store).up == w->until)
		loop_stop(w->t->loop);
}

static void wait_health(struct conformance *t, bool up)
{
	struct watch w = {t, up};
	t->store->ops->on_change(t->store, stop_when_as_watched, &w);
	loop_timer_set(t->overdue, 8 * TIME_MINUTE);
	while (t->store->ops->health(t->store).up != up)
		loop_run(t->loop);
	loop_timer_stop(t->overdue);
	t->store->ops->on_change(t->store, NULL, NULL);
}

static void a_full_disk_is_survived(void **state)
{
	struct conformance *t = *state;
	due_incident(t, "k", "r", 0, 10);
	struct rlimit limit, tiny;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	void (*before)(int) = signal(SIGXFSZ, SIG_IGN);
	tiny = limit;
	tiny.rlim_cur = 1;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
	struct store_commit c = incident("lost", NONE), d = incident("lost too", NONE);
	struct store_committed got_c, got_d;
	commit_later(t, &c, &got_c);
	commit_later(t, &d, &got_d);
	conformance_wait(t);
	wait_health(t, false);
	bool durable = t->store->ops->health(t->store).durable, said = t->store->ops->health(t->store).why[0];
	const struct store_record k = record_of(t, "k"); /* reading goes on */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	signal(SIGXFSZ, before);
	assert_int_equal(got_c.result, STORE_UNAVAILABLE);
	assert_int_equal(got_d.result, STORE_UNAVAILABLE);
	assert_false(durable);
	assert_true(said);
	assert_int_equal(k.version.number, 1);
	wait_health(t, true);
	assert_string_equal(t->store->ops->health(t->store).why, "");
	assert_int_equal(record_of(t, "lost").version.number, 0);
	commit_ok(t, &c);
	assert_int_equal(record_of(t, "lost").version.number, 1);
}

#define CROWD 11000
static void beyond_its_queue_it_refuses(void **state)
{
	struct conformance *t = *state;
	AUTOFREE char *path = sqlite_file_in(t->own);
	sqlite3 *db;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	/* somebody's shell holds the file: nothing gets done meanwhile */
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	struct store_committed *got = arena_alloc(t->arena, CROWD * sizeof *got);
	for (int i = 0; i < CROWD; i++) {
		struct store_commit c = incident(arena_printf(t->arena, "k%d", i), NONE);
		commit_later(t, &c, &got[i]);
	}
	conformance_wait(t);
	assert_int_equal(got[CROWD - 1].result, STORE_UNAVAILABLE);
	wait_health(t, false);
	assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	wait_health(t, true);
	for (int i = 0; i < CROWD; i++)
		assert_int_equal(got[i].result, STORE_UNAVAILABLE);
	assert_int_equal(stats(t, NULL, 0)->open, 0);
	due_incident(t, "k", "r", 0, 10);
}

static void note_commit_result(void *arg, const struct store_committed *got)
{
	*(enum store_result *)arg = got->result;
}

static void closing_finishes_what_waits(void **state)
{
	struct conformance *t = *state;
	enum store_result results[50];
	memset(results, 0xff, sizeof results);
	for (int i = 0; i < 50; i++) {
		struct store_commit c = incident(arena_printf(t->arena, "k%d", i), NONE);
		t->store->ops->commit(t->store, &c, note_commit_result, &results[i]);
	}
	reopen(t);
	for (int i = 0; i < 50; i++)
		assert_int_equal(results[i], STORE_OK);
	assert_int_equal(stats(t, NULL, 0)->open, 50);
}

/* ---- kill -9 ---- */

#define IN_FLIGHT 5
struct child {
	struct store *store;
	int pipe;
	uint32_t next;
};
struct child_commit {
	struct child *child;
	uint32_t number;
};

static void sqlite_child_commit(struct child_commit *c);

/* Tells the parent what was acknowledged, and goes on. No cmocka here: the parent judges. */
static void sqlite_child_acknowledged(void *arg, const struct store_committed *got)
{
	struct child_commit *c = arg;
	if (got->result != STORE_OK || write(c->child->pipe, &c->number, sizeof c->number) != sizeof c->number)
		_exit(1);
	sqlite_child_commit(c);
}

static void sqlite_child_commit(struct child_commit *c)
{
	char key[32], fingerprint[32];
	c->number = c->child->next++;
	snprintf(key, sizeof key, "k%u", c->number);
	snprintf(fingerprint, sizeof fingerprint, "f%u", c->number);
	struct store_commit ask = incident(key, NONE);
	struct member m = {.source = STR("s"), .fingerprint = str_c(fingerprint)};
	struct store_member_change change = {m, m, TIME_HOUR};
	change.after.found = true;
	change.after.mark = 3;
	change.after.key = ask.key;
	struct store_due due = {STR("r"), 1, 10};
	ask.members = &change, ask.member_count = 1;
	ask.dues = &due, ask.due_count = 1;
	c->child->store->ops->commit(c->child->store, &ask, sqlite_child_acknowledged, c);
}

static void sqlite_child_run(const char *path, int out, uint32_t first)
{
	AUTOERR struct err err = ERR_INIT;
	struct loop *l = loop_new();
	struct child child = {sqlite_store_open(l, path, &err), out, first};
	if (!child.store)
		_exit(2);
	struct child_commit commits[IN_FLIGHT];
	for (int i = 0; i < IN_FLIGHT; i++) {
		commits[i].child = &child;
		sqlite_child_commit(&commits[i]);
	}
	loop_run(l);
	_exit(3);
}

/* Returns how many were acknowledged, the last ones after the signal had been sent. */
static size_t kill_after(const char *path, uint32_t first, size_t acknowledged, uint32_t *numbers, size_t room)
{
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(ends[0]);
		sqlite_child_run(path, ends[1], first);
	}
	close(ends[1]);
	size_t n = 0;
	for (ssize_t got; n < room && (got = read(ends[0], &numbers[n], sizeof *numbers)) > 0;) {
		assert_int_equal(got, sizeof *numbers);
		if (++n == acknowledged)
			kill(pid, SIGKILL);
	}
	close(ends[0]);
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return n;
}

#define ROOM 20000
static void kill_9_of_runbookd_loses_nothing_acknowledged(void **state)
{
	(void)state;
	AUTOFREE char *folder = folder_new(), *path = sqlite_file_in(folder);
	AUTOFREE uint32_t *numbers = mem_alloc(ROOM * sizeof *numbers);
	static const size_t moments[] = {1, 7, 60, 333, 1500};
	for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
		size_t n = kill_after(path, (uint32_t)i * ROOM, moments[i], numbers, ROOM);
		assert_true(n >= moments[i]);
		struct conformance t = {.loop = loop_new()};
		conformance_begin(&t);
		t.store = open_sqlite_file(t.loop, folder);
		for (size_t j = 0; j < n; j++) {
			char *key = arena_printf(t.arena, "k%u", numbers[j]);
			assert_int_equal(record_of(&t, key).version.number, 1);
			assert_str(member_of(&t, STR("s"), str_c(arena_printf(t.arena, "f%u", numbers[j]))).key, key);
		}
		const struct store_stats *got = stats(&t, &STR("r"), 1);
		assert_int_equal(got->open, got->queues[0].due); /* each commit wholly or not at all */
		conformance_end(&t);
		t.store->ops->close(t.store);
		turn_sqlite_loop(t.loop);
		loop_free(t.loop);
	}
	folder_remove(folder);
}

#define OWN(test) cmocka_unit_test_setup_teardown(test, sqlite_store_setup, sqlite_store_teardown)

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	log_setup(LOG_ERROR, LOG_LOGFMT, loop_wall_ms);
	const struct conformance_opener opener = {"sqlite", open_sqlite_case, close_sqlite_case, false};
	const struct CMUnitTest own[] = {
		cmocka_unit_test(kill_9_of_runbookd_loses_nothing_acknowledged),
		OWN(everything_is_there_after_reopening),
		OWN(leases_are_void_when_it_opens),
		OWN(a_patient_commit_is_written_when_nothing_else_comes),
		OWN(a_patient_commit_goes_along_with_one_that_is_not),
		OWN(a_patient_commit_is_written_at_the_end),
		OWN(who_only_reads_does_not_wait_for_a_patient_commit),
		OWN(it_has_one_owner),
		OWN(what_is_not_ours_is_left_alone),
		OWN(a_full_disk_is_survived),
		OWN(beyond_its_queue_it_refuses),
		OWN(closing_finishes_what_waits),
	};
	return cmocka_run_group_tests(own, NULL, NULL) + conformance_run(&opener);
}
