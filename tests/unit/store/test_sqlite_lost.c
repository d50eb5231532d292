/* What becomes of the embedded store when its file is lost while it is open. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "sqlite_place.h"
#include "store/sqlite_store.h"

static const struct store_version NONE = {0, ""};

/* ---- ways to lose a file ---- */

static void cut_file_off(const struct place *p, const char *suffix)
{
	AUTOFREE char *name = place_beside(p, suffix);
	assert_int_equal(truncate(name, 0), 0);
}

static void delete_database(const struct place *p)
{
	place_without(p, "");
}

static void delete_log(const struct place *p)
{
	place_without(p, "-wal");
}

static void delete_index(const struct place *p)
{
	place_without(p, "-shm");
}

static void cut_log(const struct place *p)
{
	cut_file_off(p, "-wal");
}

static void rename_it(const struct place *p)
{
	AUTOFREE char *to = place_beside(p, ".bak");
	assert_int_equal(rename(p->path, to), 0);
}

static void rename_folder(const struct place *p)
{
	AUTOFREE char *from = mem_printf("%s/data", p->folder), *to = mem_printf("%s/elsewhere", p->folder);
	assert_int_equal(rename(from, to), 0);
}

static void put_another_there(const struct place *p)
{
	AUTOFREE char *to = place_beside(p, ".new");
	FILE *f = fopen(to, "w");
	assert_non_null(f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(rename(to, p->path), 0);
}

static void folder_for_log(const struct place *p)
{
	AUTOFREE char *name = place_beside(p, "-wal");
	delete_log(p);
	assert_int_equal(mkdir(name, 0700), 0);
}

static void fifo_for_log(const struct place *p)
{
	AUTOFREE char *name = place_beside(p, "-wal");
	delete_log(p);
	assert_int_equal(mkfifo(name, 0600), 0);
}

static void folder_for_index(const struct place *p)
{
	AUTOFREE char *name = place_beside(p, "-shm");
	delete_index(p);
	assert_int_equal(mkdir(name, 0700), 0);
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
	{"delete all", place_delete_all},
	{"delete the database", delete_database},
	{"delete the log", delete_log},
	{"delete the index", delete_index},
	{"cut the log", cut_log},
	{"rename it", rename_it},
	{"rename its folder", rename_folder},
	{"put another there", put_another_there},
	{"link elsewhere", link_elsewhere},
	{"a folder in the place of the log", folder_for_log},
	{"a FIFO in the place of the log", fifo_for_log},
	{"a folder in the place of the index", folder_for_index},
};
#define LOSSES (sizeof losses / sizeof *losses)

static void begin_place_anew(void **state)
{
	place_tear_down(state);
	place_set_up(state);
}

/* Nobody writes: it is noticed all the same. */
static void what_it_knew_goes_on_in_a_fresh_file(void **state)
{
	for (size_t i = 0; i < LOSSES; i++, begin_place_anew(state)) {
		struct conformance *t = *state;
		print_message("          %s\n", losses[i].name);
		struct store_claim under_way = place_fill(t), other = claim_for("r", 1, TIME_HOUR);
		losses[i].lose(place_of(t));
		place_wait_health(t, true, "lost once");
		assert_true(t->store->ops->health(t->store).durable);
		assert_int_equal(claim(t, &other)->count, 0); /* the lease is in force still */
		assert_int_equal(claim(t, &under_way)->count, 1);
		due_incident(t, "afterwards", "other", 0, 10);
		place_reopen(t);
		place_assert_all_there(t);
		assert_int_equal(record_of(t, "afterwards").version.number, 1);
		assert_int_equal(claim(t, &other)->count, 1); /* now it is void */
	}
}

/* What is answered after the loss is in the fresh file: no second has to pass. */
static void nothing_is_acknowledged_into_nothing(void **state)
{
	for (size_t i = 0; i < LOSSES; i++, begin_place_anew(state)) {
		struct conformance *t = *state;
		print_message("          %s\n", losses[i].name);
		place_fill(t);
		losses[i].lose(place_of(t));
		due_incident(t, "at once", "other", 0, 10);
		place_reopen(t);
		place_assert_all_there(t);
		assert_int_equal(record_of(t, "at once").version.number, 1);
	}
}

static void closed_before_anybody_looked(void **state)
{
	for (size_t i = 0; i < LOSSES; i++, begin_place_anew(state)) {
		struct conformance *t = *state;
		print_message("          %s\n", losses[i].name);
		place_fill(t);
		losses[i].lose(place_of(t));
		place_reopen(t);
		place_assert_all_there(t);
	}
}

static void what_was_put_there_is_set_aside(void **state)
{
	struct conformance *t = *state;
	put_another_there(place_of(t));
	place_wait_health(t, true, ".lost-");
	assert_int_equal(place_count_files(place_of(t), "runbookd.db.lost-"), 3); /* and the log, and its index */
	assert_int_equal(place_count_files(place_of(t), ".fresh"), 0);
	assert_int_equal(place_count_files(place_of(t), ".building"), 0);
}

/* Someone else's file is left to him. While nothing can be done it is down, and still read. */
static void where_no_fresh_one_can_be_it_is_down_until_one_can(void **state)
{
	struct conformance *t = *state;
	AUTOFREE char *building = place_beside(place_of(t), ".building");
	place_fill(t);
	place_delete_all(place_of(t));
	assert_int_equal(mkdir(building, 0700), 0); /* in the way */
	struct store_commit c = incident("k", NONE);
	enum store_result result = commit(t, &c)->result;
	assert_true(result == STORE_UNKNOWN || result == STORE_UNAVAILABLE);
	place_wait_health(t, false, ".building");
	assert_false(t->store->ops->health(t->store).durable);
	place_assert_all_there(t);
	c = incident("k2", NONE);
	assert_int_equal(commit(t, &c)->result, STORE_UNAVAILABLE);
	assert_int_equal(rmdir(building), 0);
	place_wait_health(t, true, "lost once");
	commit_ok(t, &c);
	place_reopen(t);
	place_assert_all_there(t);
	assert_int_equal(record_of(t, "k2").version.number, 1);
}

static void one_that_somebody_else_holds_is_left_to_him(void **state)
{
	struct conformance *t = *state;
	place_fill(t);
	place_delete_all(place_of(t));
	AUTOERR struct err err = ERR_INIT;
	struct store *other = sqlite_store_open(t->loop, place_of(t)->path, &err);
	if (!other) /* it was quicker, and has it */
		assert_non_null(strstr(err_first(&err), "held by another process"));
	else
		place_wait_health(t, false, "held by another process");
	if (other)
		other->ops->close(other);
	place_wait_health(t, true, "lost once");
	place_assert_all_there(t);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	log_setup(LOG_ERROR + 1, LOG_LOGFMT, loop_wall_ms); /* errors are what this is about */
	const struct CMUnitTest tests[] = {
		PLACE_TEST(what_it_knew_goes_on_in_a_fresh_file),
		PLACE_TEST(nothing_is_acknowledged_into_nothing),
		PLACE_TEST(closed_before_anybody_looked),
		PLACE_TEST(what_was_put_there_is_set_aside),
		PLACE_TEST(where_no_fresh_one_can_be_it_is_down_until_one_can),
		PLACE_TEST(one_that_somebody_else_holds_is_left_to_him),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
