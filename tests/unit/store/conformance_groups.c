/* The index of groups: which records come with a group, and what a commit does to that. */
#include <string.h>

#include "base/time.h"
#include "conformance.h"

static const struct store_version NONE = {0, ""};

/* The keys that a group's records have, sorted, blanks between; "" when there are none. */
static const char *keys_of(struct conformance *t, const char *group)
{
	struct str name = str_c(group);
	const struct store_loaded *got = load(t, &(struct store_load){.groups = &name, .group_count = 1});
	assert_int_equal(got->result, STORE_OK);
	const char *all = "";
	for (const char *last = "";;) {
		struct str next = {NULL, 0};
		for (size_t i = 0; i < got->record_count; i++) {
			struct str key = got->records[i].key;
			assert_true(got->records[i].version.number > 0 && got->records[i].bytes.n);
			if (str_cmp(key, str_c(last)) > 0 && (!next.p || str_cmp(key, next) < 0))
				next = key;
		}
		if (!next.p)
			return all;
		last = arena_cstr(t->arena, next);
		all = arena_printf(t->arena, "%s%s%s", all, all[0] ? " " : "", last);
	}
}

/* The next version of a record, which then has rows of these groups; NULL ends them. */
static struct store_commit with_groups(struct conformance *t, const char *key, const char *const *groups)
{
	struct store_commit c = incident(key, record_of(t, key).version);
	struct str *names = arena_alloc(t->arena, 8 * sizeof *names);
	for (; groups[c.group_count]; c.group_count++) {
		assert_true(c.group_count < 8);
		names[c.group_count] = str_c(groups[c.group_count]);
	}
	c.groups = names;
	c.groups_changed = true;
	return c;
}

#define GROUPS(...) ((const char *const[]){__VA_ARGS__, NULL})
static const char *const NO_GROUPS[] = {NULL};

static void put_in_groups(struct conformance *t, const char *key, const char *const *groups)
{
	struct store_commit c = with_groups(t, key, groups);
	commit_ok(t, &c);
}

static void records_come_with_their_group(struct conformance *t)
{
	put_in_groups(t, "k1", GROUPS("a", "b"));
	put_in_groups(t, "k2", GROUPS("b"));
	put_in_groups(t, "k3", NO_GROUPS);
	assert_string_equal(keys_of(t, "a"), "k1");
	assert_string_equal(keys_of(t, "b"), "k1 k2");
	assert_string_equal(keys_of(t, "c"), "");
	assert_string_equal(keys_of(t, ""), "");
}

static void a_commit_replaces_all_groups_of_its_record(struct conformance *t)
{
	put_in_groups(t, "k1", GROUPS("a", "b"));
	put_in_groups(t, "k2", GROUPS("a", "c"));
	put_in_groups(t, "k1", GROUPS("b", "c", "c"));
	assert_string_equal(keys_of(t, "a"), "k2");
	assert_string_equal(keys_of(t, "b"), "k1");
	assert_string_equal(keys_of(t, "c"), "k1 k2");
	put_in_groups(t, "k1", GROUPS("b", "c"));
	assert_string_equal(keys_of(t, "c"), "k1 k2");
	put_in_groups(t, "k1", NO_GROUPS);
	assert_string_equal(keys_of(t, "b"), "");
	assert_string_equal(keys_of(t, "c"), "k2");
}

static void a_commit_that_says_nothing_of_groups_leaves_them(struct conformance *t)
{
	put_in_groups(t, "k1", GROUPS("a"));
	struct store_commit c = with_groups(t, "k1", GROUPS("b"));
	c.groups_changed = false;
	commit_ok(t, &c);
	assert_string_equal(keys_of(t, "a"), "k1");
	assert_string_equal(keys_of(t, "b"), "");
}

static void a_conflict_leaves_groups_alone(struct conformance *t)
{
	put_in_groups(t, "k1", GROUPS("a"));
	struct store_commit c = with_groups(t, "k1", GROUPS("b"));
	c.expect = NONE;
	assert_int_equal(commit(t, &c)->result, STORE_CONFLICT);
	c = with_groups(t, "k2", GROUPS("a"));
	c.expect = (struct store_version){7, "x"};
	assert_int_equal(commit(t, &c)->result, STORE_CONFLICT);
	/* the record is as expected, a member is not */
	struct store_member_change change = joins("s", "f", "k1");
	change.before.found = true;
	c = with_groups(t, "k1", GROUPS("b"));
	c.members = &change, c.member_count = 1;
	assert_int_equal(commit(t, &c)->result, STORE_CONFLICT);
	assert_string_equal(keys_of(t, "a"), "k1");
	assert_string_equal(keys_of(t, "b"), "");
}

static void a_repeated_commit_does_not_undo_what_came_after_it(struct conformance *t)
{
	struct store_commit first = with_groups(t, "k1", GROUPS("a"));
	commit_ok(t, &first);
	commit_ok(t, &first);
	assert_string_equal(keys_of(t, "a"), "k1");
	put_in_groups(t, "k1", GROUPS("b"));
	assert_int_equal(commit(t, &first)->result, STORE_OK);
	assert_string_equal(keys_of(t, "a"), "");
	assert_string_equal(keys_of(t, "b"), "k1");
}

/* Members, keys and groups in one load: each record comes once, whoever named it. */
static void a_group_is_asked_for_beside_members_and_keys(struct conformance *t)
{
	struct store_member_change change = joins("s", "f", "k1");
	struct store_commit c = with_groups(t, "k1", GROUPS("a", "b"));
	c.members = &change, c.member_count = 1;
	commit_ok(t, &c);
	put_in_groups(t, "k2", GROUPS("a", "b"));
	put_in_groups(t, "k3", GROUPS("b"));
	struct str keys[] = {STR("k2"), STR("nobody")}, groups[] = {STR("a"), STR("none"), STR("b"), STR("a")};
	struct store_load ask = {
		.members = &change.before, .member_count = 1, .keys = keys, .key_count = 2, .groups = groups, .group_count = 4};
	const struct store_loaded *got = load(t, &ask);
	assert_true(got->members[0].found);
	assert_int_equal(got->record_count, 4);
	uint64_t versions = 0;
	for (size_t i = 0; i < 4; i++) {
		versions += got->records[i].version.number;
		assert_true(got->records[i].bytes.n > 0 || str_eq_c(got->records[i].key, "nobody"));
	}
	assert_int_equal(versions, 3);
	ask.versions_only = true;
	got = load(t, &ask);
	assert_int_equal(got->record_count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(got->records[i].bytes.n, 0);
}

static void groups_may_have_any_name(struct conformance *t)
{
	static const char *const odd[] = {"a b", "a", "b", "", ":", "%3A", "g:a", "\xff\n\"", "*"};
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		put_in_groups(t, odd[i][0] ? odd[i] : "empty", GROUPS(odd[i]));
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		assert_string_equal(keys_of(t, odd[i]), odd[i][0] ? odd[i] : "empty");
}

#define MANY (STORE_GROUP_RECORDS_MAX + 200)

static void seen_once(bool seen[MANY], struct str key)
{
	int64_t n = -1;
	assert_true(str_to_i64(key, &n) && n >= 0 && n < MANY && !seen[n]);
	seen[n] = true;
}

static void put_many(struct conformance *t, struct str group, struct store_committed got[MANY])
{
	char *json = arena_alloc(t->arena, 4000);
	memset(json, 'x', 4000);
	for (int i = 0; i < MANY; i++) {
		struct store_commit c = incident(arena_printf(t->arena, "%d", i), NONE);
		c.bytes = (struct str){json, 4000};
		c.groups = &group, c.group_count = 1;
		c.groups_changed = true;
		commit_later(t, &c, &got[i]);
	}
	conformance_wait(t);
}

/* More than one answer of some stores holds, and more bytes: so many records come, the others are named. */
static void of_a_large_group_some_records_come_and_the_others_are_named(struct conformance *t)
{
	struct str group = STR("a");
	struct store_committed got[MANY];
	bool seen[MANY] = {false};
	put_many(t, group, got);
	const struct store_loaded *all = load(t, &(struct store_load){.groups = &group, .group_count = 1});
	assert_int_equal(all->result, STORE_OK);
	assert_int_equal(all->record_count, STORE_GROUP_RECORDS_MAX);
	assert_int_equal(all->further_count, MANY - STORE_GROUP_RECORDS_MAX);
	for (size_t i = 0; i < all->further_count; i++)
		seen_once(seen, all->further[i]);
	for (size_t i = 0; i < all->record_count; i++) {
		const struct store_record *r = &all->records[i];
		int64_t n = 0;
		seen_once(seen, r->key);
		assert_true(str_to_i64(r->key, &n));
		assert_int_equal(r->bytes.n, 4000);
		assert_string_equal(r->version.commit_id, got[n].version.commit_id);
	}
}

/* Whoever is asked for by its key comes beside those, and is not named once more. */
static void what_is_asked_for_by_key_comes_beside_a_large_group(struct conformance *t)
{
	struct str groups[] = {STR("a"), STR("a")}, keys[MANY];
	struct store_committed got[MANY];
	bool seen[MANY] = {false};
	put_many(t, groups[0], got);
	size_t asked = 0;
	for (int i = 0; i < MANY; i += 12)
		keys[asked++] = str_c(arena_printf(t->arena, "%d", i));
	const struct store_loaded *all =
		load(t, &(struct store_load){
					.keys = keys, .key_count = asked, .groups = groups, .group_count = 2, .versions_only = true});
	assert_int_equal(all->record_count, STORE_GROUP_RECORDS_MAX + asked);
	assert_int_equal(all->further_count, MANY - STORE_GROUP_RECORDS_MAX - asked);
	for (size_t i = 0; i < all->further_count; i++)
		seen_once(seen, all->further[i]);
	for (size_t i = 0; i < all->record_count; i++) {
		seen_once(seen, all->records[i].key);
		assert_true(all->records[i].version.number == 1 && !all->records[i].bytes.n);
	}
}

static void sweep_takes_records_out_of_their_groups(struct conformance *t)
{
	struct store_commit c = with_groups(t, "closed", GROUPS("a", "b"));
	c.open = false;
	c.since = clock_of(t) - TIME_DAY;
	commit_ok(t, &c);
	put_in_groups(t, "open", GROUPS("a"));
	bool more;
	assert_int_equal(sweep(t, TIME_HOUR, &more), STORE_OK);
	assert_string_equal(keys_of(t, "a"), "open");
	assert_string_equal(keys_of(t, "b"), "");
	/* and whoever comes again under the key starts without any */
	c = incident("closed", NONE);
	commit_ok(t, &c);
	assert_string_equal(keys_of(t, "a"), "open");
}

const struct conformance_case conformance_groups[] = {
	{"records come with their group", records_come_with_their_group},
	{"a commit replaces all groups of its record", a_commit_replaces_all_groups_of_its_record},
	{"a commit that says nothing of groups leaves them", a_commit_that_says_nothing_of_groups_leaves_them},
	{"a conflict leaves groups alone", a_conflict_leaves_groups_alone},
	{"a repeated commit does not undo what came after it", a_repeated_commit_does_not_undo_what_came_after_it},
	{"a group is asked for beside members and keys", a_group_is_asked_for_beside_members_and_keys},
	{"groups may have any name", groups_may_have_any_name},
	{"of a large group some records come and the others are named",
     of_a_large_group_some_records_come_and_the_others_are_named},
	{"what is asked for by key comes beside a large group", what_is_asked_for_by_key_comes_beside_a_large_group},
	{NULL, NULL},
};

/* Of those that owe what is swept to another store: not run (see conformance.h). */
const struct conformance_case conformance_group_sweeps[] = {
	{"sweep takes records out of their groups", sweep_takes_records_out_of_their_groups},
	{NULL, NULL},
};
