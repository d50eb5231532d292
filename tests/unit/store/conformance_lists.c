/* Lists, figures, and what is forgotten. */
#include <string.h>

#include "base/buf.h"
#include "base/time.h"
#include "conformance.h"

static const struct store_version NONE = {0, ""};

static struct store_version put_listed(struct conformance *t, const char *key, bool open, bool dead, int64_t since)
{
	struct store_commit c = incident(key, record_of(t, key).version);
	c.open = open;
	c.dead = dead;
	c.since = since;
	return commit_ok(t, &c);
}

/* All pages of `limit`, keys joined by blanks, pages by '|'. */
static void lists(struct conformance *t, enum store_list which, size_t limit, const char *expected)
{
	AUTOBUF struct buf keys;
	buf_init(&keys, 4096);
	struct str cursor = {NULL, 0};
	for (int page = 0; page == 0 || cursor.n; page++) {
		const struct store_listed *got = list(t, which, cursor, limit);
		assert_int_equal(got->result, STORE_OK);
		assert_true(got->count <= limit && page < 20);
		buf_add_c(&keys, page ? "|" : "");
		for (size_t i = 0; i < got->count; i++) {
			buf_printf(&keys, "%s%.*s", i ? " " : "", STR_ARG(got->records[i].key));
			assert_true(got->records[i].version.number > 0 && got->records[i].bytes.n > 0);
		}
		cursor = got->cursor;
	}
	assert_str(buf_str(&keys), expected);
}

static void newest_first_page_by_page(struct conformance *t)
{
	lists(t, STORE_LIST_OPEN, 3, "");
	put_listed(t, "a", true, false, 100);
	put_listed(t, "b", true, false, 300);
	put_listed(t, "c", true, false, 200);
	put_listed(t, "x", false, false, 250);
	lists(t, STORE_LIST_OPEN, 10, "b c a");
	lists(t, STORE_LIST_OPEN, 2, "b c|a");
	lists(t, STORE_LIST_OPEN, 3, "b c a");
	lists(t, STORE_LIST_CLOSED, 1, "x");
	lists(t, STORE_LIST_DEAD, 1, "");
}

static void ties_are_neither_lost_nor_repeated(struct conformance *t)
{
	put_listed(t, "a:1", true, true, 100);
	put_listed(t, "a:2", true, true, 100);
	put_listed(t, "b", true, true, 100);
	put_listed(t, "c", true, true, 100);
	put_listed(t, "new", true, true, 101);
	put_listed(t, "old", true, true, 99);
	lists(t, STORE_LIST_OPEN, 1, "new|c|b|a:2|a:1|old");
	lists(t, STORE_LIST_DEAD, 2, "new c|b a:2|a:1 old");
	lists(t, STORE_LIST_OPEN, 4, "new c b a:2|a:1 old");
}

static void a_page_goes_on_when_its_last_record_has_gone(struct conformance *t)
{
	put_listed(t, "a", true, false, 100);
	put_listed(t, "b", true, false, 100);
	put_listed(t, "c", true, false, 100);
	const struct store_listed *first = list(t, STORE_LIST_OPEN, (struct str){NULL, 0}, 2);
	assert_str(first->records[1].key, "b");
	put_listed(t, "b", false, false, 100);
	const struct store_listed *second = list(t, STORE_LIST_OPEN, first->cursor, 2);
	assert_int_equal(second->count, 1);
	assert_str(second->records[0].key, "a");
	assert_int_equal(second->cursor.n, 0);
}

static void a_strange_cursor_lists_nothing(struct conformance *t)
{
	put_listed(t, "a", true, false, 100);
	static const char *const strange[] = {"x", ":", "1e9:a", "99999999999999999999:a", "\xff"};
	for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
		const struct store_listed *got = list(t, STORE_LIST_OPEN, str_c(strange[i]), 2);
		assert_int_equal(got->result, STORE_OK);
		assert_int_equal(got->count, 0);
		assert_int_equal(got->cursor.n, 0);
	}
}

static void each_list_and_its_count_follow_the_record(struct conformance *t)
{
	static const struct {
		bool open, dead;
		int64_t since;
	} steps[] = {{true, false, 5}, {true, true, 6}, {false, true, 7}, {false, false, 8}, {true, false, 9}};
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		put_listed(t, "k", steps[i].open, steps[i].dead, steps[i].since);
		lists(t, STORE_LIST_OPEN, 1, steps[i].open ? "k" : "");
		lists(t, STORE_LIST_CLOSED, 1, steps[i].open ? "" : "k");
		lists(t, STORE_LIST_DEAD, 1, steps[i].dead ? "k" : "");
		const struct store_stats *got = stats(t, NULL, 0);
		assert_int_equal(got->open, steps[i].open);
		assert_int_equal(got->closed, !steps[i].open);
		assert_int_equal(got->dead, steps[i].dead);
	}
}

static void stats_of_queues(struct conformance *t)
{
	due_incident(t, "a", "r", 0, 70);
	due_incident(t, "b", "r", 3, 50);
	due_incident(t, "c", "s", 3, clock_of(t) + TIME_HOUR);
	struct store_commit c = incident("timer", NONE);
	c.clock_at = 77;
	commit_ok(t, &c);
	struct str asked[] = {STR("s"), STR("r"), STR("nobody"), STR(STORE_CLOCK)};
	struct store_claim held = claim_for("r", 1, TIME_HOUR);
	assert_int_equal(claim(t, &held)->count, 1);
	const struct store_stats *got = stats(t, asked, 4);
	assert_int_equal(got->queue_count, 4);
	assert_str(got->queues[0].receiver, "s");
	assert_int_equal(got->queues[0].due, 1);
	assert_true(got->queues[0].oldest_due_at > got->now);
	assert_str(got->queues[1].receiver, "r");
	assert_int_equal(got->queues[1].due, 2);
	assert_int_equal(got->queues[1].oldest_due_at, 50);
	assert_int_equal(got->queues[2].due, 0);
	assert_int_equal(got->queues[2].oldest_due_at, 0);
	assert_int_equal(got->queues[3].due, 1);
	assert_int_equal(got->queues[3].oldest_due_at, 77);
	/* the one held is the oldest of its queue even while it is held */
	held = claim_for("r", 1, TIME_HOUR);
	assert_int_equal(claim(t, &held)->count, 1);
	assert_int_equal(stats(t, asked, 4)->queues[1].oldest_due_at, 50);
}

static void sweep_lists(struct conformance *t, int64_t retention_ms)
{
	bool more = true;
	for (int i = 0; more; i++) {
		assert_true(i < 100);
		assert_int_equal(sweep(t, retention_ms, &more), STORE_OK);
	}
}

static void sweep_forgets_old_closed_incidents(struct conformance *t)
{
	int64_t now = clock_of(t);
	put_listed(t, "old", false, true, now - TIME_HOUR);
	put_listed(t, "young", false, false, now);
	put_listed(t, "open", true, false, now - TIME_HOUR);
	sweep_lists(t, TIME_MINUTE);
	lists(t, STORE_LIST_OPEN, 9, "open");
	lists(t, STORE_LIST_CLOSED, 9, "young");
	lists(t, STORE_LIST_DEAD, 9, "");
	assert_int_equal(record_of(t, "old").version.number, 0);
	/* a key that was swept begins anew */
	put_listed(t, "old", true, false, now);
	assert_int_equal(record_of(t, "old").version.number, 1);
}

static struct store_version put_due_incident(struct conformance *t, const char *key, int64_t at)
{
	struct store_commit c = incident(key, record_of(t, key).version);
	struct store_due due = {STR("r"), 0, at};
	c.open = false;
	c.clock_at = at;
	c.dues = &due, c.due_count = 1;
	return commit_ok(t, &c);
}

/* Nothing is due for what is gone, not even when its holder gives it back. */
static void sweep_forgets_what_was_due(struct conformance *t)
{
	static const char *const keys[] = {"held", "held and settled by another", "held for ever"};
	put_due_incident(t, keys[0], 10);
	put_due_incident(t, keys[1], 10);
	put_due_incident(t, keys[2], 10);
	struct store_claim held = claim_for("r", 3, TIME_HOUR);
	assert_int_equal(claim(t, &held)->count, 3);
	put_due_incident(t, keys[1], 0);
	put_due_incident(t, "due", 10);
	sweep_lists(t, TIME_MINUTE);
	for (size_t i = 0; i < 2; i++) {
		struct store_release back = {.receiver = STR("r"), .key = str_c(keys[i]), .due_at = 10};
		memcpy(back.claim_id, held.id, STORE_ID_MAX);
		assert_int_equal(release(t, &back), STORE_OK);
	}
	struct str asked[] = {STR("r"), STR(STORE_CLOCK)};
	const struct store_stats *got = stats(t, asked, 2);
	assert_int_equal(got->closed, 0);
	assert_int_equal(got->queues[0].due + got->queues[1].due, 0);
	struct store_claim next = claim_for("r", 1, TIME_HOUR);
	const struct store_claimed *none = claim(t, &next);
	assert_int_equal(none->count, 0);
	assert_int_equal(none->next_due_at, 0);
	/* a lease of the former life holds nobody up */
	put_due_incident(t, keys[2], 10);
	next = claim_for("r", 1, TIME_HOUR);
	assert_int_equal(claim(t, &next)->count, 1);
}

static void sweep_goes_in_batches(struct conformance *t)
{
	for (int i = 0; i < STORE_SWEEP_MAX + 1; i++) {
		struct store_commit *c = arena_alloc(t->arena, sizeof *c);
		*c = incident(arena_printf(t->arena, "k%d", i), NONE);
		c->open = false;
		commit_later(t, c, arena_alloc(t->arena, sizeof(struct store_committed)));
	}
	conformance_wait(t);
	bool more = false;
	assert_int_equal(sweep(t, 100, &more), STORE_OK);
	assert_true(more);
	assert_int_equal(stats(t, NULL, 0)->closed, 1);
	assert_int_equal(sweep(t, 100, &more), STORE_OK);
	assert_false(more);
	assert_int_equal(stats(t, NULL, 0)->closed, 0);
}

/* Whoever looks at a month has it, also where incidents are forgotten after a day. */
static void sweep_forgets_hours(struct conformance *t)
{
	struct store_commit c = incident("k", NONE);
	const int64_t hour = clock_of(t) / TIME_HOUR * TIME_HOUR;
	struct store_count counts[] = {{STR("f"), 1, hour},
	                               {STR("f"), 20, hour - 34 * TIME_DAY},
	                               {STR("f"), 300, hour - 36 * TIME_DAY},
	                               {STR("f"), 4000, hour - 50 * TIME_DAY}};
	c.counts = counts, c.count_count = 4;
	commit_ok(t, &c);
	sweep_lists(t, 40 * TIME_DAY);
	assert_int_equal(counters(t, 0, INT64_MAX / 2)->count, 3);
	sweep_lists(t, TIME_DAY);
	const struct store_counted *got = counters(t, 0, INT64_MAX / 2);
	assert_int_equal(got->result, STORE_OK);
	assert_int_equal(got->count, 2);
	assert_int_equal(got->rows[0].count + got->rows[1].count, 21);
	sweep_lists(t, -2 * TIME_HOUR);
	assert_int_equal(counters(t, 0, INT64_MAX / 2)->count, 0);
	struct store_commit again = incident("k", record_of(t, "k").version);
	again.counts = counts, again.count_count = 1;
	commit_ok(t, &again);
	assert_int_equal(counters(t, 0, INT64_MAX / 2)->count, 1);
}

#define MEMBERS 50
#define MEMBERS_TTL INT64_C(100000)

/* Sources with the bytes that stores put between names. */
static struct member member_number(struct conformance *t, int i)
{
	static const char *const sources[] = {"", "eu:1", "a%b", "%3A", "*[x]"};
	return (struct member){.source = str_c(sources[i % 5]),
	                       .fingerprint = str_c(arena_printf(t->arena, "%016x", i)),
	                       .found = true,
	                       .key = STR("k"),
	                       .group = {(char)('a' + i % 3)},
	                       .mark = i % 2 ? 3000 + i : 0,
	                       .counted = i % 3,
	                       .waits = (uint64_t)(i % 4),
	                       .starts_at = 1000 + i,
	                       .ends_at = i % 2 ? 0 : 2000 + i,
	                       .episode = 7};
}

static int member_position(struct conformance *t, const struct member *m)
{
	for (int i = 0; i < MEMBERS; i++) {
		struct member want = member_number(t, i);
		if (str_eq(want.source, m->source) && str_eq(want.fingerprint, m->fingerprint) && str_eq(want.key, m->key) &&
		    want.mark == m->mark && want.counted == m->counted && want.waits == m->waits &&
		    strcmp(want.group, m->group) == 0 && want.starts_at == m->starts_at && want.ends_at == m->ends_at &&
		    want.episode == m->episode)
			return i;
	}
	fail_msg("a member that nobody has written");
	return 0;
}

static void every_member_is_on_some_page(struct conformance *t)
{
	struct store_member_change changes[MEMBERS];
	bool seen[MEMBERS] = {false};
	int missing = MEMBERS;
	for (int i = 0; i < MEMBERS; i++) {
		struct member who = member_number(t, i);
		changes[i] = (struct store_member_change){
			.before = {.source = who.source, .fingerprint = who.fingerprint}, .after = who, .ttl_ms = MEMBERS_TTL};
	}
	struct store_commit c = incident("k", (struct store_version){0, ""});
	c.members = changes;
	c.member_count = MEMBERS;
	commit_ok(t, &c);
	struct str cursor = STR("");
	do {
		const struct store_membered *page = members_page(t, cursor, 10);
		assert_int_equal(page->result, STORE_OK);
		for (size_t i = 0; i < page->count; i++) {
			int place = member_position(t, &page->members[i]);
			assert_true(page->ttls[i] > 0 && page->ttls[i] <= MEMBERS_TTL);
			missing -= !seen[place];
			seen[place] = true;
		}
		cursor = page->cursor;
	} while (cursor.n);
	assert_int_equal(missing, 0);
}

const struct conformance_case conformance_lists[] = {
	{"newest first, page by page", newest_first_page_by_page},
	{"ties are neither lost nor repeated", ties_are_neither_lost_nor_repeated},
	{"a page goes on when its last record has gone", a_page_goes_on_when_its_last_record_has_gone},
	{"a strange cursor lists nothing", a_strange_cursor_lists_nothing},
	{"each list and its count follow the record", each_list_and_its_count_follow_the_record},
	{"every member is on some page", every_member_is_on_some_page},
	{"stats of queues", stats_of_queues},
	{NULL, NULL},
};

const struct conformance_case conformance_sweeps[] = {
	{"sweep forgets old closed incidents", sweep_forgets_old_closed_incidents},
	{"sweep forgets what was due", sweep_forgets_what_was_due},
	{"sweep goes in batches", sweep_goes_in_batches},
	{"sweep forgets hours", sweep_forgets_hours},
	{NULL, NULL},
};
