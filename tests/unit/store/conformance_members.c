/* Members: what is kept of each, and what a commit says that it found of them. */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "conformance.h"

static const struct store_version NONE = {0, ""};

static void members_are_kept_and_forgotten(struct conformance *t)
{
	struct store_member_change change = joins("s", "f", "k");
	assert_int_equal(move(t, "k", &change), STORE_OK);
	struct member m = member_of(t, STR("s"), STR("f"));
	assert_true(m.found && m.counted);
	assert_str(m.key, "k");
	assert_string_equal(m.group, "0123456789abcdef");
	assert_int_equal(m.mark, 1700000000456);
	assert_int_equal(m.waits, 3);
	assert_int_equal(m.starts_at, 1700000000123);
	assert_int_equal(m.ends_at, 0);
	assert_true(m.episode == UINT64_MAX / 2);
	assert_true(m.touched_at > 0 && m.touched_at <= clock_of(t));

	struct store_member_change resolved = {m, m, TIME_HOUR};
	resolved.after.mark = 0;
	resolved.after.counted = false;
	resolved.after.waits = 0;
	resolved.after.ends_at = 1700000000999;
	assert_int_equal(move(t, "k", &resolved), STORE_OK);
	m = member_of(t, STR("s"), STR("f"));
	assert_true(m.found && !m.counted);
	assert_int_equal(m.mark, 0);
	assert_int_equal(m.waits, 0);
	assert_int_equal(m.ends_at, 1700000000999);

	struct store_member_change gone = {m, {.source = m.source, .fingerprint = m.fingerprint}, 1};
	assert_int_equal(move(t, "k", &gone), STORE_OK);
	assert_false(member_of(t, STR("s"), STR("f")).found);
}

/* Each field of `before` counts; when it was touched does not. */
static void members_are_compared(struct conformance *t)
{
	struct store_member_change change = joins("s", "f", "k");
	assert_int_equal(move(t, "k", &change), STORE_OK);
	const struct member m = member_of(t, STR("s"), STR("f"));
	struct member wrong[] = {m, m, m, m, m, m, m, m, m, {.source = m.source, .fingerprint = m.fingerprint}};
	wrong[0].key = STR("K");
	wrong[1].mark++;
	wrong[2].starts_at++;
	wrong[3].ends_at++;
	wrong[4].episode++;
	wrong[5].group[0] = '1';
	wrong[6].group[0] = '\0';
	wrong[7].counted = false;
	wrong[8].waits++;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct store_member_change c = {wrong[i], wrong[i], TIME_HOUR};
		c.after.found = true;
		c.after.key = STR("elsewhere");
		assert_int_equal(move(t, "k", &c), STORE_CONFLICT);
	}
	assert_int_equal(record_of(t, "k").version.number, 1);
	assert_str(member_of(t, STR("s"), STR("f")).key, "k");
	struct store_member_change absent = {m, m, TIME_HOUR};
	absent.before.fingerprint = absent.after.fingerprint = STR("another");
	assert_int_equal(move(t, "k", &absent), STORE_CONFLICT);

	struct store_member_change same = {m, m, TIME_HOUR};
	same.before.touched_at = 5;
	assert_int_equal(move(t, "k", &same), STORE_OK);
}

static void a_member_moves_to_one_incident_only(struct conformance *t)
{
	struct store_member_change to_1 = joins("s", "f", "k1"), to_2 = joins("s", "f", "k2");
	struct store_commit one = incident("k1", NONE), two = incident("k2", NONE);
	one.members = &to_1, one.member_count = 1;
	two.members = &to_2, two.member_count = 1;
	struct store_committed got_1, got_2;
	commit_later(t, &one, &got_1);
	commit_later(t, &two, &got_2);
	conformance_wait(t);
	assert_true((got_1.result == STORE_OK) != (got_2.result == STORE_OK));
	const char *winner = got_1.result == STORE_OK ? "k1" : "k2";
	const char *loser = got_1.result == STORE_OK ? "k2" : "k1";
	assert_str(member_of(t, STR("s"), STR("f")).key, winner);
	assert_int_equal(record_of(t, winner).version.number, 1);
	assert_int_equal(record_of(t, loser).version.number, 0);
}

static void one_wrong_member_of_many_stops_them_all(struct conformance *t)
{
	struct store_member_change first = joins("s", "taken", "k");
	assert_int_equal(move(t, "k", &first), STORE_OK);
	struct store_member_change three[] = {joins("s", "a", "k2"), joins("s", "taken", "k2"), joins("s", "b", "k2")};
	struct store_commit c = incident("k2", NONE);
	c.members = three, c.member_count = 3;
	assert_int_equal(commit(t, &c)->result, STORE_CONFLICT);
	assert_false(member_of(t, STR("s"), STR("a")).found);
	assert_false(member_of(t, STR("s"), STR("b")).found);
	assert_str(member_of(t, STR("s"), STR("taken")).key, "k");
}

static void members_outlive_their_time_only_when_touched(struct conformance *t)
{
	struct store_member_change change = joins("s", "short", "k");
	change.ttl_ms = 40;
	assert_int_equal(move(t, "k", &change), STORE_OK);
	t->pass(t, clock_of(t) + 60);
	assert_false(member_of(t, STR("s"), STR("short")).found);
	/* what has gone by itself is as if it had never been, for a commit too */
	change.ttl_ms = TIME_HOUR;
	assert_int_equal(move(t, "k", &change), STORE_OK);
	assert_true(member_of(t, STR("s"), STR("short")).found);
}

#define MANY 1000
static void a_thousand_members_in_one_commit(struct conformance *t)
{
	struct store_member_change *changes = arena_alloc(t->arena, MANY * sizeof *changes);
	struct member *asked = arena_alloc(t->arena, MANY * sizeof *asked);
	for (int i = 0; i < MANY; i++) {
		changes[i] = joins("am", arena_printf(t->arena, "%016x", i), "k");
		asked[i] = changes[i].before;
	}
	struct store_commit c = incident("k", NONE);
	c.members = changes, c.member_count = MANY;
	commit_ok(t, &c);
	const struct store_loaded *got = load(t, &(struct store_load){.members = asked, .member_count = MANY});
	assert_int_equal(got->result, STORE_OK);
	assert_int_equal(got->record_count, 1);
	assert_int_equal(got->member_count, MANY);
	for (int i = 0; i < MANY; i++) {
		assert_true(got->members[i].found && str_eq(got->members[i].fingerprint, asked[i].fingerprint));
		changes[i].before = changes[i].after = got->members[i];
		changes[i].after.mark = 0;
	}
	c = incident("k", record_of(t, "k").version);
	c.members = changes, c.member_count = MANY;
	commit_ok(t, &c);
	assert_int_equal(member_of(t, STR("am"), asked[MANY - 1].fingerprint).mark, 0);
}

#define CROWD 4500
/* More than some stores answer at once: members of two incidents in turn, and of nobody. */
static void thousands_of_members_in_one_load(struct conformance *t)
{
	struct member *asked = arena_alloc(t->arena, CROWD * sizeof *asked);
	struct str keys[] = {STR("b"), STR("nobody")};
	for (int i = 0; i < CROWD; i++)
		asked[i] = (struct member){.source = STR("s"), .fingerprint = str_c(arena_printf(t->arena, "%d", i))};
	for (int i = 0; i < CROWD; i += 500) {
		struct store_member_change change = joins("s", arena_printf(t->arena, "%d", i), i % 1000 ? "a" : "b");
		assert_int_equal(move(t, i % 1000 ? "a" : "b", &change), STORE_OK);
	}
	const struct store_loaded *got =
		load(t, &(struct store_load){.members = asked, .member_count = CROWD, .keys = keys, .key_count = 2});
	assert_int_equal(got->result, STORE_OK);
	assert_int_equal(got->member_count, CROWD);
	for (int i = 0; i < CROWD; i++) {
		assert_true(str_eq(got->members[i].fingerprint, asked[i].fingerprint));
		assert_true(got->members[i].found == (i % 500 == 0));
		if (got->members[i].found)
			assert_str(got->members[i].key, i % 1000 ? "a" : "b");
	}
	assert_int_equal(got->record_count, 3);
	uint64_t versions = 0;
	for (size_t i = 0; i < 3; i++)
		versions += got->records[i].version.number;
	assert_int_equal(versions, 9);
}

/* A group's id is a text of at most 16 bytes, whatever they are; what is not there is not taken from its neighbours. */
static void members_hold_any_values(struct conformance *t)
{
	static const struct {
		const char *group, *key;
		int64_t mark, starts_at, ends_at;
		uint64_t waits, episode;
		bool counted;
	} rows[] = {
		{"", "k", 1, 2, 3, 4, 5, true},
		{"", " + 1 1 1", 0, 0, 0, 0, 0, false},
		{"g", "", 7, 0, 0, 0, 0, true},
		{" 16 a:b\n%\xff\"{}*", "5 + \n", INT64_MAX, -1, -2, UINT64_MAX, UINT64_MAX, true},
		{"16 0123456789ab", "16 k", -5, INT64_MIN, INT64_MAX, 1, UINT64_MAX / 2 + 1, false},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct store_member_change change = joins("s", arena_printf(t->arena, "%zu", i), rows[i].key);
		struct member *to = &change.after;
		snprintf(to->group, sizeof to->group, "%s", rows[i].group);
		to->mark = rows[i].mark, to->starts_at = rows[i].starts_at, to->ends_at = rows[i].ends_at;
		to->waits = rows[i].waits, to->episode = rows[i].episode, to->counted = rows[i].counted;
		assert_int_equal(move(t, "k", &change), STORE_OK);
		struct member m = member_of(t, STR("s"), change.before.fingerprint);
		assert_str(m.key, rows[i].key);
		assert_string_equal(m.group, rows[i].group);
		assert_true(m.mark == to->mark && m.starts_at == to->starts_at && m.ends_at == to->ends_at);
		assert_true(m.waits == to->waits && m.episode == to->episode && m.counted == to->counted);
		/* and compares as what it is */
		struct store_member_change again = {m, m, TIME_HOUR};
		assert_int_equal(move(t, "k", &again), STORE_OK);
	}
}

const struct conformance_case conformance_members[] = {
	{"members are kept and forgotten", members_are_kept_and_forgotten},
	{"members hold any values", members_hold_any_values},
	{"members are compared", members_are_compared},
	{"a member moves to one incident only", a_member_moves_to_one_incident_only},
	{"one wrong member of many stops them all", one_wrong_member_of_many_stops_them_all},
	{"members outlive their time only when touched", members_outlive_their_time_only_when_touched},
	{"thousands of members in one load", thousands_of_members_in_one_load},
	{"a thousand members in one commit", a_thousand_members_in_one_commit},
	{NULL, NULL},
};
