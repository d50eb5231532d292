/* A stand-in as a store: its limits, its clock, and what it keeps. */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../store/folder.h"
#include "base/log.h"
#include "base/time.h"
#include "stand_in.h"

static const struct store_version NONE = {0, ""};

/* ---- ceilings ---- */

static void what_is_no_record_is_lost_and_counted(void **state)
{
	struct conformance *t = *state;
	struct store_record r[] = {primary_record(t, primary_incident(t, "bad"), 1, "c1"),
	                           primary_record(t, primary_incident(t, "another's"), 1, "c1"),
	                           primary_record(t, primary_incident(t, "good"), 1, "c1")};
	r[0].bytes = STR("{\"key\":");
	r[1].key = STR("not its key");
	struct local_seen seen = {.records = r, .record_count = 3};
	saw(t, &seen);
	assert_int_equal(local_store_lost(t->store), 2);
	assert_int_equal(record_of(t, "good").version.number, 1);
	assert_int_equal(stats(t, NULL, 0)->open, 1);
	assert_false(keep(t, &seen));
}

#define PER_PAGE 1000
/* Somebody's shell holds the file meanwhile: nothing gets done. */
static void beyond_its_limit_it_drops_and_refuses_no_verb(void **state)
{
	struct conformance *t = *state;
	AUTOFREE char *path = mem_printf("%s/runbookd.db", (char *)t->own);
	sqlite3 *db;
	struct store_record *r = arena_alloc(t->arena, PER_PAGE * sizeof *r);
	struct incident *inc = primary_incident(t, "k");
	inc->sample_count = 0;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	for (int page = 0; page < 8; page++) {
		for (int i = 0; i < PER_PAGE; i++) {
			snprintf(inc->key, sizeof inc->key, "k%d.%d", page, i);
			r[i] = primary_record(t, inc, 1, "c1");
			r[i].key = str_c(arena_printf(t->arena, "%s", inc->key));
		}
		local_store_saw(t->store, &(struct local_seen){.records = r, .record_count = PER_PAGE});
	}
	struct store_committed got[50];
	for (int i = 0; i < 50; i++) {
		struct store_commit c = incident(arena_printf(t->arena, "commit %d", i), NONE);
		commit_later(t, &c, &got[i]);
	}
	assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	conformance_wait(t);
	for (int i = 0; i < 50; i++)
		assert_int_equal(got[i].result, STORE_OK);
	assert_int_equal(local_store_lost(t->store), 3 * PER_PAGE);
	assert_int_equal(stats(t, NULL, 0)->open, 5 * PER_PAGE + 50);
	assert_int_equal(local_store_owned_count(t->store), 50);
	/* there is room again */
	saw_record(t, primary_incident(t, "next"), 1, "c1");
	assert_int_equal(record_of(t, "next").version.number, 1);
}

/* ---- clock ---- */

static void the_clock_is_the_primarys(void **state)
{
	struct conformance *t = *state;
	assert_true(clock_of(t) > TIME_DAY && clock_of(t) <= loop_wall_ms() + TIME_MINUTE);
	int64_t before = loop_mono_ms(), start = INT64_C(5000000);
	local_store_set_clock(t->store, start);
	for (int64_t last = start, i = 0; i < 20; i++) {
		int64_t now = clock_of(t);
		assert_true(now >= last && now <= start + (loop_mono_ms() - before));
		last = now;
	}
	/* it is the one that leases and due times go by, and it passes */
	struct store_commit c = incident("k", NONE);
	struct store_due due = {STR("r"), 0, start + 50};
	c.dues = &due, c.due_count = 1;
	commit_ok(t, &c);
	t->pass(t, start + 50);
	assert_int_equal(claims(t, "r"), 1);
}

static void count_of_closed(void *arg, const struct store_stats *got)
{
	*(size_t *)arg = got->closed;
}

static void a_policy_that_is_set_is_the_one_used(void **state)
{
	struct conformance *t = *state;
	struct incident_policy longer = stand_in_policy;
	longer.late_grace = 9 * TIME_HOUR;
	longer.attentive_since = clock_of(t);
	struct incident *inc = primary_incident(t, "k");
	local_store_set_policy(t->store, &longer, (struct policy_owner){NULL, NULL});
	saw_record(t, inc, 1, "c1");
	struct store_claim ask = claim_for(STORE_CLOCK, 9, TIME_HOUR);
	assert_int_equal(claim(t, &ask)->next_due_at, incident_clock(inc, &longer));
	assert_int_not_equal(incident_clock(inc, &longer), incident_clock(inc, &stand_in_policy));
}

static void count_policy_release(void *arg)
{
	++*(int *)arg;
}

/* It points into a configuration that a reload replaces while what was seen waits. */
static void a_policy_is_kept_as_long_as_something_is_to_be_done_by_it(void **state)
{
	struct conformance *t = *state;
	int first = 0, second = 0;
	local_store_set_policy(t->store, &stand_in_policy, (struct policy_owner){count_policy_release, &first});
	struct store_record r = primary_record(t, primary_incident(t, "k"), 1, "c1");
	local_store_saw(t->store, &(struct local_seen){.records = &r, .record_count = 1});
	local_store_set_policy(t->store, &stand_in_policy, (struct policy_owner){count_policy_release, &second});
	assert_int_equal(first, 0);
	clock_of(t); /* answered behind it */
	assert_int_equal(first, 1);
	assert_int_equal(second, 0);
	stand_in_reopen(t, true);
	assert_int_equal(second, 1);
}

/* ---- what stays ---- */

static void all_that_is_open_becomes_owned_and_grew_from_what_was_seen(void **state)
{
	struct conformance *t = *state;
	struct incident *over = primary_incident(t, "over");
	end_primary_incident(over, over->last_seen_at);
	struct store_record r[] = {primary_record(t, primary_incident(t, "a"), 4, "c4 c3"),
	                           primary_record(t, primary_incident(t, "b"), 1, "c1"), primary_record(t, over, 1, "c1")};
	assert_true(keep(t, &(struct local_seen){.records = r, .record_count = 3}));
	assert_int_equal(local_store_owned_count(t->store), 0);
	assert_true(own_open(t));
	assert_int_equal(local_store_owned_count(t->store), 2);
	stand_in_reopen(t, false);
	assert_int_equal(stats(t, NULL, 0)->open, 2);
	assert_true(member_of(t, STR("am"), STR("b")).found);
	stand_in_reopen(t, true);
	const struct local_branches *page = owned(t, "", 9);
	assert_int_equal(page->count, 2);
	assert_int_equal(page->branches[0].base.number, 4);
	assert_string_equal(page->branches[0].base.commit_id, "c4");
	assert_int_equal(page->branches[0].record.version.number, 4);
	assert_int_equal(page->branches[0].member_count, 1);
	assert_int_equal(page->branches[1].base.number, 1);
}

static void without_a_primary_mirrors_are_forgotten(void **state)
{
	struct conformance *t = *state;
	saw_record(t, primary_incident(t, "mirrored"), 1, "c1");
	saw_record(t, primary_incident(t, "mine"), 1, "c1");
	change_here(t, "mine");
	struct store_member_change member = change_of("f", "mine", true);
	commit_member(t, "mine", &member);
	stand_in_reopen(t, true);
	assert_int_equal(local_store_owned_count(t->store), 1);
	assert_int_equal(stats(t, NULL, 0)->open, 2);
	assert_int_equal(record_of(t, "mirrored").version.number, 1);
	stand_in_reopen(t, false);
	struct str asked[] = {STR("r"), STR(STORE_CLOCK)};
	const struct store_stats *got = stats(t, asked, 2);
	assert_int_equal(got->open, 1);
	assert_true(got->queues[0].due <= 1 && got->queues[1].due <= 1);
	assert_int_equal(record_of(t, "mirrored").version.number, 0);
	assert_int_equal(record_of(t, "mine").version.number, 3);
	assert_true(member_of(t, STR("am"), STR("f")).found);
	assert_false(member_of(t, STR("am"), STR("mirrored")).found);
}

static void sweeping_forgets_nothing_that_is_owed(void **state)
{
	struct conformance *t = *state;
	struct incident *inc = primary_incident(t, "mirrored");
	end_primary_incident(inc, clock_of(t) - TIME_HOUR);
	saw_record(t, inc, 1, "c1");
	struct store_commit c = incident("mine", NONE);
	struct store_count count = {.field = STR("f"), .add = 3};
	c.open = false;
	c.counts = &count, c.count_count = 1;
	commit_ok(t, &c);
	assert_int_equal(stats(t, NULL, 0)->closed, 2);
	bool more = true;
	while (more)
		assert_int_equal(sweep(t, -9 * TIME_HOUR, &more), STORE_OK);
	assert_int_equal(stats(t, NULL, 0)->closed, 1);
	assert_int_equal(record_of(t, "mirrored").version.number, 0);
	assert_int_equal(record_of(t, "mine").version.number, 1);
	assert_int_equal(counters(t, 0, INT64_MAX / 2)->rows[0].count, 3);
}

static void closing_takes_in_what_was_seen(void **state)
{
	struct conformance *t = *state;
	struct store_record r = primary_record(t, primary_incident(t, "k"), 1, "c1");
	size_t closed = 99;
	local_store_saw(t->store, &(struct local_seen){.records = &r, .record_count = 1});
	store_stats(t->store, NULL, 0, count_of_closed, &closed);
	stand_in_reopen(t, true);
	assert_int_equal(closed, 0);
	assert_int_equal(record_of(t, "k").version.number, 1);
}

/* ---- kill -9 ---- */

struct child {
	struct store *store;
	int pipe;
	uint32_t next;
};

static void local_child_commit(struct child *c);

static void local_child_acknowledged(void *arg, const struct store_committed *got)
{
	struct child *c = arg;
	if (got->result != STORE_OK || write(c->pipe, &c->next, sizeof c->next) != sizeof c->next)
		_exit(1);
	c->next++;
	local_child_commit(c);
}

/* Between the commits, something is seen. */
static void local_child_commit(struct child *c)
{
	char key[32], seen[32];
	snprintf(key, sizeof key, "k%u", c->next);
	snprintf(seen, sizeof seen, "seen %u", c->next);
	struct store_member_change change = change_of(seen, seen, true);
	local_store_saw(c->store, &(struct local_seen){.members = &change, .member_count = 1});
	struct store_commit ask = incident(key, NONE);
	c->store->ops->commit(c->store, &ask, local_child_acknowledged, c);
}

static void local_child_run(const char *folder, int out)
{
	struct loop *l = loop_new();
	struct child child = {stand_in_open(l, folder), out, 0};
	local_child_commit(&child);
	loop_run(l);
	_exit(3);
}

#define MANY 200
static void kill_9_loses_nothing_that_is_owned(void **state)
{
	struct conformance *t = *state;
	AUTOFREE char *folder = folder_new();
	int ends[2];
	/* no thread beside the one that forks: what it has locked would stay locked in the child */
	t->store->ops->close(t->store);
	assert_int_equal(pipe(ends), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(ends[0]);
		local_child_run(folder, ends[1]);
	}
	close(ends[1]);
	uint32_t number, n = 0;
	while (read(ends[0], &number, sizeof number) == sizeof number)
		if (++n == MANY)
			kill(pid, SIGKILL);
	close(ends[0]);
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && n >= MANY);
	t->store = stand_in_open(t->loop, folder);
	assert_true(local_store_owned_count(t->store) >= n);
	assert_int_equal(record_of(t, arena_printf(t->arena, "k%u", n - 1)).version.number, 1);
	t->store->ops->close(t->store);
	t->store = stand_in_open(t->loop, t->own);
	folder_remove(folder);
}

#define OWN(test) cmocka_unit_test_setup_teardown(test, stand_in_set_up, stand_in_tear_down)

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	log_setup(LOG_ERROR, LOG_LOGFMT, loop_wall_ms);
	const struct conformance_opener opener = {"local", stand_in_open_case, stand_in_close_case, true};
	const struct CMUnitTest own_tests[] = {
		OWN(kill_9_loses_nothing_that_is_owned),
		OWN(what_is_no_record_is_lost_and_counted),
		OWN(beyond_its_limit_it_drops_and_refuses_no_verb),
		OWN(the_clock_is_the_primarys),
		OWN(a_policy_that_is_set_is_the_one_used),
		OWN(a_policy_is_kept_as_long_as_something_is_to_be_done_by_it),
		OWN(all_that_is_open_becomes_owned_and_grew_from_what_was_seen),
		OWN(without_a_primary_mirrors_are_forgotten),
		OWN(sweeping_forgets_nothing_that_is_owed),
		OWN(closing_takes_in_what_was_seen),
	};
	return cmocka_run_group_tests(own_tests, NULL, NULL) + conformance_run(&opener);
}
