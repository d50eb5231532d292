/* Records, members, counters: what a commit does, and what it refuses to do. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/time.h"
#include "conformance.h"

static const struct store_version NONE = {0, ""};

static void unknown_is_version_0(struct conformance *t)
{
	struct store_record r = record_of(t, "k");
	assert_int_equal(r.version.number, 0);
	assert_string_equal(r.version.commit_id, "");
	assert_int_equal(r.bytes.n, 0);
	assert_false(member_of(t, STR("s"), STR("f")).found);
}

static void commit_then_load(struct conformance *t)
{
	struct store_commit c = incident("k", NONE);
	c.bytes = STR("{\"a\":1}");
	struct store_version v = commit_ok(t, &c);
	struct store_record r = record_of(t, "k");
	assert_int_equal(r.version.number, 1);
	assert_string_equal(r.version.commit_id, v.commit_id);
	assert_str(r.bytes, "{\"a\":1}");

	c = incident("k", v);
	c.bytes = STR("{\"a\":2}");
	v = commit_ok(t, &c);
	assert_int_equal(v.number, 2);
	assert_str(record_of(t, "k").bytes, "{\"a\":2}");
}

static void versions_are_number_and_id(struct conformance *t)
{
	struct store_commit first = incident("k", NONE);
	struct store_version v = commit_ok(t, &first);
	const struct {
		struct store_version expect;
	} wrong[] = {{NONE}, {{1, "0123456789abcdef0123456789abcdef"}}, {{2, ""}}, {{0, "0"}}};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct store_commit c = incident("k", wrong[i].expect);
		c.bytes = STR("{\"lost\":1}");
		assert_int_equal(commit(t, &c)->result, STORE_CONFLICT);
	}
	struct store_commit absent = incident("other", v);
	assert_int_equal(commit(t, &absent)->result, STORE_CONFLICT);
	assert_str(record_of(t, "k").bytes, "{}");
	assert_int_equal(record_of(t, "other").version.number, 0);
}

static void of_two_at_once_one_conflicts(struct conformance *t)
{
	struct store_commit a = incident("k", NONE), b = incident("k", NONE);
	a.bytes = STR("{\"by\":\"a\"}");
	b.bytes = STR("{\"by\":\"b\"}");
	struct store_committed got_a, got_b;
	commit_later(t, &a, &got_a);
	commit_later(t, &b, &got_b);
	conformance_wait(t);
	assert_int_not_equal(got_a.result, got_b.result);
	assert_true(got_a.result == STORE_CONFLICT || got_b.result == STORE_CONFLICT);
	assert_str(record_of(t, "k").bytes, got_a.result == STORE_OK ? "{\"by\":\"a\"}" : "{\"by\":\"b\"}");
}

/* Though none of them has been answered yet. */
static void one_after_the_other_in_one_turn(struct conformance *t)
{
	enum { STEPS = 5 };
	struct store_committed got[STEPS];
	struct store_version v = NONE;
	for (int i = 0; i < STEPS; i++) {
		struct store_commit c = incident("k", v);
		c.bytes = str_c(arena_printf(t->arena, "%d", i));
		v.number++;
		memcpy(v.commit_id, c.id, STORE_ID_MAX);
		commit_later(t, &c, &got[i]);
	}
	conformance_wait(t);
	for (int i = 0; i < STEPS; i++) {
		assert_int_equal(got[i].result, STORE_OK);
		assert_int_equal(got[i].version.number, i + 1);
	}
	assert_str(record_of(t, "k").bytes, "4");
}

uint64_t sum_of_field(struct conformance *t, const char *field)
{
	const struct store_counted *got = counters(t, 0, INT64_MAX / 2);
	uint64_t sum = 0;
	for (size_t i = 0; i < got->count; i++)
		if (str_eq_c(got->rows[i].field, field))
			sum += got->rows[i].count;
	return sum;
}

static void a_conflict_leaves_its_neighbours_alone(struct conformance *t)
{
	struct store_commit wrong = incident("b", (struct store_version){7, "x"});
	struct store_count count = {.field = STR("lost"), .add = 1};
	wrong.counts = &count;
	wrong.count_count = 1;
	struct store_commit a = incident("a", NONE), c = incident("c", NONE);
	struct store_committed got[3];
	commit_later(t, &a, &got[0]);
	commit_later(t, &wrong, &got[1]);
	commit_later(t, &c, &got[2]);
	conformance_wait(t);
	assert_int_equal(got[0].result, STORE_OK);
	assert_int_equal(got[1].result, STORE_CONFLICT);
	assert_int_equal(got[2].result, STORE_OK);
	assert_int_equal(record_of(t, "a").version.number, 1);
	assert_int_equal(record_of(t, "b").version.number, 0);
	assert_int_equal(record_of(t, "c").version.number, 1);
	assert_int_equal(sum_of_field(t, "lost"), 0);
}

static void a_repeated_commit_is_done_once(struct conformance *t)
{
	struct store_commit c = incident("k", NONE);
	struct store_count count = {.field = STR("received"), .add = 3};
	c.counts = &count;
	c.count_count = 1;
	struct store_version v = commit_ok(t, &c);
	commit_ok(t, &c);
	assert_int_equal(sum_of_field(t, "received"), 3);
	for (int i = 1; i < STORE_HISTORY; i++) {
		struct store_commit newer = incident("k", v);
		v = commit_ok(t, &newer);
	}
	/* seven newer ones stand on it: it still says which version it made */
	commit_ok(t, &c);
	assert_int_equal(sum_of_field(t, "received"), 3);
	struct store_record r = record_of(t, "k");
	assert_int_equal(r.version.number, STORE_HISTORY);
	assert_string_equal(r.version.commit_id, v.commit_id);

	struct store_commit newer = incident("k", v);
	commit_ok(t, &newer);
	assert_int_equal(commit(t, &c)->result, STORE_CONFLICT);
	assert_int_equal(sum_of_field(t, "received"), 3);
}

/* Newest first, as many as are known again. */
static void a_record_says_its_last_commits(struct conformance *t)
{
	AUTOBUF struct buf all;
	buf_init(&all, 4096);
	struct store_version v = NONE;
	char ids[STORE_HISTORY + 3][STORE_ID_MAX];
	for (int i = 0; i < STORE_HISTORY + 3; i++) {
		struct store_commit c = incident("k", v);
		struct store_due due = {STR("r"), 0, 10};
		c.dues = &due, c.due_count = 1;
		v = commit_ok(t, &c);
		memcpy(ids[i], c.id, STORE_ID_MAX);
		if (i == 0)
			assert_str(record_of(t, "k").ids, c.id);
	}
	for (int i = STORE_HISTORY + 2; i >= 3; i--)
		buf_printf(&all, "%s%s", all.n ? " " : "", ids[i]);
	buf_add_char(&all, '\0');
	assert_str(record_of(t, "k").ids, all.p);
	assert_str(list(t, STORE_LIST_OPEN, STR(""), 1)->records[0].ids, all.p);
	struct store_claim ask = claim_for("r", 1, TIME_HOUR);
	assert_str(claim(t, &ask)->records[0].ids, all.p);
	assert_str(claim(t, &ask)->records[0].ids, all.p);
	assert_int_equal(record_of(t, "nobody").ids.n, 0);
}

static void versions_come_without_json(struct conformance *t)
{
	struct store_commit c = incident("k", NONE);
	struct store_member_change change = {{.source = STR("s"), .fingerprint = STR("f")}, {.found = false}, TIME_HOUR};
	change.after = change.before;
	change.after.found = true;
	change.after.key = STR("k");
	c.members = &change, c.member_count = 1;
	struct store_version v = commit_ok(t, &c);
	struct str keys[] = {STR("k"), STR("nobody")};
	struct store_load ask = {
		.members = &change.before, .member_count = 1, .keys = keys, .key_count = 2, .versions_only = true};
	const struct store_loaded *got = load(t, &ask);
	assert_true(got->members[0].found);
	assert_int_equal(got->record_count, 2);
	assert_str(got->records[0].key, "k");
	assert_string_equal(got->records[0].version.commit_id, v.commit_id);
	assert_int_equal(got->records[0].version.number, 1);
	assert_str(got->records[0].ids, v.commit_id);
	assert_int_equal(got->records[0].bytes.n + got->records[1].ids.n, 0);
	assert_int_equal(got->records[1].version.number, 0);
	assert_str(record_of(t, "k").bytes, "{}");
}

static void load_answers_each_key_once(struct conformance *t)
{
	struct store_member_change a = joins("s", "a", "k1"), b = joins("s", "b", "k1"), c = joins("s", "c", "k2");
	assert_int_equal(move(t, "k1", &a), STORE_OK);
	assert_int_equal(move(t, "k1", &b), STORE_OK);
	assert_int_equal(move(t, "k2", &c), STORE_OK);
	struct member asked[] = {c.before, a.before, {.source = STR("s"), .fingerprint = STR("x")}, b.before};
	struct str keys[] = {STR("k2"), STR("k3"), STR("k3")};
	const struct store_loaded *got =
		load(t, &(struct store_load){.members = asked, .member_count = 4, .keys = keys, .key_count = 3});
	assert_int_equal(got->member_count, 4);
	assert_str(got->members[0].key, "k2");
	assert_str(got->members[1].key, "k1");
	assert_false(got->members[2].found);
	assert_str(got->members[3].key, "k1");
	assert_int_equal(got->record_count, 3);
	uint64_t versions = 0;
	for (size_t i = 0; i < 3; i++)
		versions += got->records[i].version.number * (str_eq_c(got->records[i].key, "k1") ? 1 : 10);
	assert_int_equal(versions, 12); /* k1 twice, k2 once, k3 never */
	assert_int_equal(load(t, &(struct store_load){.members = NULL})->record_count, 0);
}

static void names_may_be_any_bytes(struct conformance *t)
{
	static const char *const odd[] = {"a:b", "a%3Ab", " blank ", "é☃", "{x}", "\"\\\n", "*?[", "0"};
	const size_t n = sizeof odd / sizeof *odd;
	for (size_t i = 0; i < n; i++) {
		struct store_member_change change = joins(odd[i], odd[n - 1 - i], odd[i]);
		struct store_commit c = incident(odd[i], NONE);
		struct store_due due = {str_c(odd[i]), 0, 1};
		struct store_count count = {.field = str_c(odd[i]), .add = i + 1};
		c.bytes = str_c(odd[i]);
		c.members = &change, c.member_count = 1;
		c.dues = &due, c.due_count = 1;
		c.counts = &count, c.count_count = 1;
		commit_ok(t, &c);
	}
	for (size_t i = 0; i < n; i++) {
		assert_str(member_of(t, str_c(odd[i]), str_c(odd[n - 1 - i])).key, odd[i]);
		assert_str(record_of(t, odd[i]).bytes, odd[i]);
		assert_int_equal(sum_of_field(t, odd[i]), i + 1);
		struct store_claim ask = claim_for(odd[i], 10, 60000);
		const struct store_claimed *got = claim(t, &ask);
		assert_int_equal(got->count, 1);
		assert_str(got->records[0].key, odd[i]);
	}
	/* source "a:" with "b" is not source "a" with ":b" */
	struct store_member_change left = joins("a:", "b", "left"), right = joins("a", ":b", "right");
	assert_int_equal(move(t, "left", &left), STORE_OK);
	assert_int_equal(move(t, "right", &right), STORE_OK);
	assert_str(member_of(t, STR("a:"), STR("b")).key, "left");
	assert_str(member_of(t, STR("a"), STR(":b")).key, "right");
}

static void the_largest_record_fits(struct conformance *t)
{
	char *bytes = arena_alloc(t->arena, STORE_RECORD_MAX);
	memset(bytes, 'x', STORE_RECORD_MAX);
	bytes[7] = '\0';
	struct store_commit c = incident("k", NONE);
	c.bytes = (struct str){bytes, STORE_RECORD_MAX};
	commit_ok(t, &c);
	assert_true(str_eq(record_of(t, "k").bytes, c.bytes));
}

static void counters_add_up(struct conformance *t)
{
	struct store_count first[] = {{.field = STR("a"), .add = 1}, {.field = STR("b"), .add = 2}},
					   second[] = {{.field = STR("b"), .add = 40}};
	struct store_commit c = incident("k1", NONE);
	c.counts = first, c.count_count = 2;
	commit_ok(t, &c);
	c = incident("k2", NONE);
	c.counts = second, c.count_count = 1;
	commit_ok(t, &c);
	assert_int_equal(sum_of_field(t, "a"), 1);
	assert_int_equal(sum_of_field(t, "b"), 42);
	const struct store_counted *got = counters(t, 0, INT64_MAX / 2);
	assert_int_equal(got->rows[0].hour % TIME_HOUR, 0);
	assert_true(got->rows[0].hour <= got->now && got->now - got->rows[0].hour < 2 * TIME_HOUR);
	assert_int_equal(counters(t, got->rows[0].hour, got->rows[0].hour)->rows[0].hour, got->rows[0].hour);
	assert_int_equal(counters(t, 0, got->rows[0].hour - 1)->count, 0);
	assert_int_equal(counters(t, got->now + TIME_HOUR, INT64_MAX / 2)->count, 0);
}

/* They may share a transaction, with one that conflicts and with whoever asks among them. */
static void commits_at_once_count_all(struct conformance *t)
{
	enum { COMMITS = 40 };
	struct store_committed done[COMMITS], refused;
	struct store_tallied tallied;
	const struct store_count a[] = {{.field = STR("a"), .add = 1}, {.field = STR("b"), .add = 2}},
							 b = {.field = STR("b"), .add = 100}, lost = {.field = STR("a"), .add = 1000};
	for (int i = 0; i < COMMITS; i++) {
		struct store_commit c = incident(arena_printf(t->arena, "k%d", i), NONE);
		c.counts = a, c.count_count = 2;
		commit_later(t, &c, &done[i]);
		if (i == COMMITS / 2)
			tally_later(t, "t", &b, 1, &tallied);
	}
	struct store_commit stale = incident("k0", (struct store_version){7, "none"});
	stale.counts = &lost, stale.count_count = 1;
	commit_later(t, &stale, &refused);
	conformance_wait(t);
	assert_int_equal(refused.result, STORE_CONFLICT);
	assert_int_equal(tallied.result, STORE_OK);
	for (int i = 0; i < COMMITS; i++)
		assert_int_equal(done[i].result, STORE_OK);
	assert_int_equal(sum_of_field(t, "a"), COMMITS);
	assert_int_equal(sum_of_field(t, "b"), 2 * COMMITS + 100);
}

/* Of a body whose alerts stand in several incidents: a lost answer is asked for again, under the same id. */
static void tallies_are_added_once(struct conformance *t)
{
	struct store_count both[] = {{.field = STR("a"), .add = 1}, {.field = STR("b"), .add = 2}},
					   more[] = {{.field = STR("b"), .add = 40}};
	struct store_commit c = incident("k", NONE);
	c.counts = more, c.count_count = 1;
	commit_ok(t, &c);
	struct store_tallied got = tally(t, "one", both, 2);
	assert_int_equal(got.result, STORE_OK);
	assert_true(got.now > 0);
	assert_int_equal(tally(t, "one", both, 2).result, STORE_OK);
	assert_int_equal(sum_of_field(t, "a"), 1);
	assert_int_equal(sum_of_field(t, "b"), 42);
	tally(t, "two", both, 2);
	tally(t, "one", both, 2);
	assert_int_equal(sum_of_field(t, "a"), 2);
	assert_int_equal(sum_of_field(t, "b"), 44);
}

static void tallies_go_to_the_hour_they_name(struct conformance *t)
{
	int64_t before = clock_of(t) / TIME_HOUR * TIME_HOUR - 3 * TIME_HOUR;
	struct store_count one = {STR("a"), 7, before};
	tally(t, "one", &one, 1);
	const struct store_counted *got = counters(t, before, before);
	assert_int_equal(got->count, 1);
	assert_int_equal(got->rows[0].count, 7);
	tally(t, "none", NULL, 0);
	assert_int_equal(counters(t, 0, INT64_MAX / 2)->count, 1);
}

static void counts_go_to_the_hour_they_name(struct conformance *t)
{
	int64_t hour = clock_of(t) / TIME_HOUR * TIME_HOUR, before = hour - 3 * TIME_HOUR, after = hour + 2 * TIME_HOUR;
	struct store_count all[] = {{STR("a"), 1, hour},
	                            {STR("a"), 20, before},
	                            {STR("b"), 3, before},
	                            {STR("a"), 400, after},
	                            {STR("a"), 4000, before}};
	struct store_commit c = incident("k", NONE);
	c.counts = all, c.count_count = 5;
	commit_ok(t, &c);
	const struct store_counted *got = counters(t, before, before);
	assert_int_equal(got->count, 2);
	assert_int_equal(got->rows[0].count + got->rows[1].count, 4023);
	got = counters(t, hour, hour);
	assert_int_equal(got->count, 1);
	assert_int_equal(got->rows[0].count, 1);
	got = counters(t, after, after);
	assert_int_equal(got->count, 1);
	assert_int_equal(got->rows[0].count, 400);
	assert_int_equal(sum_of_field(t, "a"), 4421);
}

#define PER_COMMIT 2500
/* More than an hour may have; 0: the current one. */
static void add_hour_fields(struct conformance *t, int64_t hour)
{
	struct store_count *counts = arena_alloc(t->arena, PER_COMMIT * sizeof *counts);
	for (int i = 0; i < 5; i++) {
		for (int j = 0; j < PER_COMMIT; j++)
			counts[j] = (struct store_count){str_c(arena_printf(t->arena, "field %d", i * PER_COMMIT + j)), 1, hour};
		struct store_commit c = incident(arena_printf(t->arena, "k%d", i), NONE);
		c.counts = counts, c.count_count = PER_COMMIT;
		commit_ok(t, &c);
	}
}

static void too_many_fields_become_other(struct conformance *t)
{
	int64_t hour = clock_of(t) / TIME_HOUR;
	add_hour_fields(t, 0);
	struct store_count again = {.field = STR("field 0"), .add = 1}; /* what is known goes on being counted */
	struct store_commit c = incident("last", NONE);
	c.counts = &again, c.count_count = 1;
	commit_ok(t, &c);
	if (clock_of(t) / TIME_HOUR != hour)
		skip(); /* the hour turned meanwhile: it has two shares of fields */
	assert_int_equal(sum_of_field(t, STORE_COUNTS_OTHER), 5 * PER_COMMIT - STORE_COUNTS_PER_HOUR);
	assert_int_equal(sum_of_field(t, "field 0"), 2);
	assert_int_equal(sum_of_field(t, "field 9999"), 1);
	assert_int_equal(sum_of_field(t, "field 10000"), 0);
}

static void each_hour_has_room_of_its_own(struct conformance *t)
{
	int64_t hour = (clock_of(t) / TIME_HOUR - 2) * TIME_HOUR;
	add_hour_fields(t, hour);
	struct store_count one[] = {{STR("late"), 1, hour}, {STR("late"), 1, hour - TIME_HOUR}, {STR("late"), 1, hour}};
	struct store_commit c = incident("last", NONE);
	c.counts = one, c.count_count = 3;
	commit_ok(t, &c);
	assert_int_equal(sum_of_field(t, STORE_COUNTS_OTHER), 5 * PER_COMMIT - STORE_COUNTS_PER_HOUR + 2);
	assert_int_equal(sum_of_field(t, "field 9999"), 1);
	assert_int_equal(sum_of_field(t, "field 10000"), 0);
	assert_int_equal(sum_of_field(t, "late"), 1);
}

/* Whether it is held for a moment is nobody's business but kill -9's. */
static void what_may_be_behind_is_there(struct conformance *t)
{
	const struct store_count count = {.field = STR("a"), .add = 2};
	struct store_commit c = incident("k", NONE);
	struct store_version v = commit_ok(t, &c);
	int64_t now = clock_of(t), hour = now - now % TIME_HOUR;
	for (int i = 0; i < 3; i++) {
		c = incident("k", v);
		c.bytes = str_c(arena_printf(t->arena, "{\"n\":%d}", i));
		c.behind = 1;
		c.counts = &count;
		c.count_count = 1;
		const struct store_committed *done = commit(t, &c);
		assert_int_equal(done->result, STORE_OK);
		v = done->version;
		assert_str(record_of(t, "k").bytes, i == 0 ? "{\"n\":0}" : i == 1 ? "{\"n\":1}" : "{\"n\":2}");
		assert_string_equal(record_of(t, "k").version.commit_id, v.commit_id);
	}
	struct store_commit stale = incident("k", (struct store_version){1, ""});
	stale.behind = 1;
	assert_int_equal(commit(t, &stale)->result, STORE_CONFLICT);
	c = incident("k", v);
	c.bytes = STR("{\"told\":1}");
	commit_ok(t, &c);
	assert_str(record_of(t, "k").bytes, "{\"told\":1}");
	const struct store_counted *got = counters(t, hour, hour + TIME_HOUR);
	assert_int_equal(got->count, 1);
	assert_int_equal(got->rows[0].count, 6);
}

const struct conformance_case conformance_commits[] = {
	{"unknown is version 0", unknown_is_version_0},
	{"commit, then load", commit_then_load},
	{"versions are number and id", versions_are_number_and_id},
	{"of two at once one conflicts", of_two_at_once_one_conflicts},
	{"one after the other in one turn", one_after_the_other_in_one_turn},
	{"a conflict leaves its neighbours alone", a_conflict_leaves_its_neighbours_alone},
	{"a repeated commit is done once", a_repeated_commit_is_done_once},
	{"load answers each key once", load_answers_each_key_once},
	{"names may be any bytes", names_may_be_any_bytes},
	{"the largest record fits", the_largest_record_fits},
	{"counters add up", counters_add_up},
	{"commits at once count all", commits_at_once_count_all},
	{"tallies are added once", tallies_are_added_once},
	{"tallies go to the hour they name", tallies_go_to_the_hour_they_name},
	{"too many fields become other", too_many_fields_become_other},
	{"a record says its last commits", a_record_says_its_last_commits},
	{"versions come without bytes", versions_come_without_json},
	{"counts go to the hour they name", counts_go_to_the_hour_they_name},
	{"each hour has room of its own", each_hour_has_room_of_its_own},
	{"what may be behind is there", what_may_be_behind_is_there},
	{NULL, NULL},
};
