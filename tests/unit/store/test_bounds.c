/*
 * What has ended leaves nothing behind: after sweeping no key, no row and no page is there because of a forgotten incident.
 */
#include <sqlite3.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "conformance.h"
#include "folder.h"
#include "redis_server.h"
#include "store/redis_store.h"
#include "store/sqlite_store.h"

#define INCIDENTS 40
#define LEASE_MS 60
#define MEMBER_MS 80

static const struct store_version NONE = {0, ""};
static char filler[2048];

/* ---- lives of incidents, with everything that may be attached to one ---- */

static struct store_member_change member_change(struct arena *arena, int i, const char *key, bool joins)
{
	struct member m = {.source = STR("am"), .fingerprint = str_c(arena_printf(arena, "%016d", i))};
	struct member in = m;
	in.found = in.counted = true;
	in.mark = 3;
	in.key = str_c(key);
	in.starts_at = in.episode = 1;
	if (joins)
		return (struct store_member_change){m, in, TIME_DAY};
	m = in;
	m.mark = 0;
	m.ends_at = 2;
	return (struct store_member_change){in, m, MEMBER_MS};
}

static const char *bounds_key(struct conformance *t, int i)
{
	return arena_printf(t->arena, "incident %d", i);
}

static void open_one(struct conformance *t, int i)
{
	struct store_member_change change = member_change(t->arena, i, bounds_key(t, i), true);
	struct store_due dues[] = {{STR("pager"), 0, 10}, {STR("chat"), 1, 10}, {STR("later"), 2, INT64_MAX / 4}};
	struct store_count count = {.field = str_c(arena_printf(t->arena, "field %d", i)), .add = 1};
	struct store_commit c = incident(bounds_key(t, i), NONE);
	c.bytes = str_c(filler);
	c.members = &change, c.member_count = 1;
	c.dues = dues, c.due_count = 3;
	c.counts = &count, c.count_count = 1;
	struct str groups[] = {str_c(arena_printf(t->arena, "shared %d", i % 7)), count.field};
	c.groups = groups, c.group_count = 2;
	c.groups_changed = true;
	c.clock_at = 10;
	commit_ok(t, &c);
}

/* Some are still owed something, some have become dead letters, all were claimed by somebody who never came back. */
static void close_one(struct conformance *t, int i)
{
	struct store_member_change change = member_change(t->arena, i, bounds_key(t, i), false);
	struct store_due dues[] = {{STR("pager"), 0, i % 2 ? 10 : 0}, {STR("chat"), 1, 0}};
	struct store_commit c = incident(bounds_key(t, i), record_of(t, bounds_key(t, i)).version);
	c.bytes = str_c(filler);
	c.open = false;
	c.since = clock_of(t) - TIME_HOUR;
	c.dead = i % 3 == 0;
	c.members = &change, c.member_count = 1;
	c.dues = dues, c.due_count = 2;
	c.clock_at = i % 5 ? 0 : 10;
	commit_ok(t, &c);
}

static void claim_every_queue(struct conformance *t)
{
	static const char *const receivers[] = {"pager", "chat", STORE_CLOCK};
	for (size_t i = 0; i < sizeof receivers / sizeof *receivers; i++) {
		struct store_claim ask = claim_for(receivers[i], INCIDENTS, LEASE_MS);
		claim(t, &ask);
	}
}

static void sweep_bounds(struct conformance *t, int64_t retention_ms)
{
	bool more = true;
	for (int i = 0; more; i++) {
		assert_true(i < 100);
		assert_int_equal(sweep(t, retention_ms, &more), STORE_OK);
	}
}

static void live_round(struct conformance *t, int round)
{
	for (int i = 0; i < INCIDENTS; i++)
		open_one(t, round * INCIDENTS + i);
	claim_every_queue(t);
	for (int i = 0; i < INCIDENTS; i++)
		close_one(t, round * INCIDENTS + i);
	claim_every_queue(t);
	t->pass(t, clock_of(t) + MEMBER_MS + LEASE_MS);
	sweep_bounds(t, TIME_MINUTE);
}

static void sweep_ahead(struct conformance *t)
{
	sweep_bounds(t, -2 * TIME_HOUR); /* looks ahead: this hour is over by then */
}

static void leave_loop(struct conformance *t)
{
	t->store->ops->close(t->store);
	loop_defer(t->loop, (void (*)(void *))loop_stop, t->loop);
	loop_run(t->loop);
	loop_free(t->loop);
}

/* ---- Redis ---- */

static void up(void *arg)
{
	loop_stop(arg);
}

static void of_a_forgotten_incident_no_key_is_left_in_redis(void **state)
{
	(void)state;
	struct redis_server server;
	struct conformance t = {.loop = loop_new(), .pass = conformance_poll};
	redis_server_start(&server, NULL);
	t.store = redis_store_open(
		t.loop, &(struct redis_store_options){.connection = {.address = str_c(server.address), .timeout_ms = 5000},
	                                          .prefix = STR("bounds")});
	t.store->ops->on_change(t.store, up, t.loop);
	while (!t.store->ops->health(t.store).up)
		loop_run(t.loop);
	t.store->ops->on_change(t.store, NULL, NULL);
	conformance_begin(&t);
	for (int round = 0; round < 3; round++)
		live_round(&t, round);
	sweep_ahead(&t);
	for (int i = 0; i < 3 * INCIDENTS; i++) {
		AUTOFREE char *fingerprint = mem_printf("%016d", i);
		assert_false(member_of(&t, STR("am"), str_c(fingerprint)).found); /* a look makes Redis forget what is over */
	}
	long long left = redis_server_say(&server, "DBSIZE") - redis_server_say(&server, "EXISTS {bounds}:format");
	if (left != 0)
		fail_msg("%lld keys are left", left);
	conformance_end(&t);
	leave_loop(&t);
	redis_server_stop(&server);
}

/* ---- SQLite ---- */

static int64_t sql_number(sqlite3 *db, const char *text)
{
	sqlite3_stmt *s;
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static void assert_no_rows(sqlite3 *db)
{
	static const char *const tables[] = {"incident", "member", "due", "count", "record_group"};
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		AUTOFREE char *question = mem_printf("SELECT count(*) FROM %s", tables[i]);
		if (sql_number(db, question) != 0)
			fail_msg("%s has rows left", tables[i]);
	}
}

static void of_a_forgotten_incident_no_row_is_left_and_the_file_grows_no_more(void **state)
{
	(void)state;
	AUTOERR struct err err = ERR_INIT;
	char *folder = folder_new();
	AUTOFREE char *path = mem_printf("%s/runbookd.db", folder);
	struct conformance t = {.loop = loop_new(), .pass = conformance_poll};
	int64_t pages[10];
	sqlite3 *look;
	t.store = sqlite_store_open(t.loop, path, &err);
	assert_non_null(t.store);
	assert_int_equal(sqlite3_open_v2(path, &look, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	conformance_begin(&t);
	for (int round = 0; round < 10; round++) {
		live_round(&t, round);
		pages[round] = sql_number(look, "PRAGMA page_count");
	}
	sweep_ahead(&t);
	assert_no_rows(look);
	if (pages[9] * 10 > pages[2] * 11)
		fail_msg("%d pages after 3 rounds, %d after 10", (int)pages[2], (int)pages[9]);
	const struct store_stats *got = stats(&t, &STR("pager"), 1);
	assert_int_equal(got->open + got->closed + got->dead + got->queues[0].due, 0);
	conformance_end(&t);
	sqlite3_close(look);
	leave_loop(&t);
	folder_remove(folder);
	mem_cleanup(&folder);
}

int main(void)
{
	log_setup(LOG_ERROR, LOG_LOGFMT, loop_wall_ms);
	memset(filler, 'x', sizeof filler - 1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_a_forgotten_incident_no_key_is_left_in_redis),
		cmocka_unit_test(of_a_forgotten_incident_no_row_is_left_and_the_file_grows_no_more),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
