/* A Redis that an older version has written: what it holds stands. */
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "conformance.h"
#include "redis_case.h"

static const struct store_version NONE = {0, ""};
static struct redis_server server;

static int cases;

static int redis_format_setup(void **state)
{
	struct conformance *t = mem_zero(sizeof *t);
	t->loop = loop_new();
	t->store = redis_case_open(t->loop, &server, ++cases, 5000);
	t->pass = conformance_poll;
	conformance_begin(t);
	*state = t;
	return 0;
}

static int redis_format_teardown(void **state)
{
	struct conformance *t = *state;
	conformance_end(t);
	t->store->ops->close(t->store);
	redis_case_turn(t->loop);
	loop_free(t->loop);
	mem_cleanup(&t);
	return 0;
}

static void say_of_case(const char *command, const char *key, const char *first, const char *second)
{
	AUTOFREE char *name = mem_printf("}:%s", key);
	redis_server_say(&server, second ? "%s %s%d%s %s %s" : "%s %s%d%s %s", command, "{case ", cases, name, first,
	                 second);
}

static void hold_as_format_2(const char *receiver, const char *lane, const char *key, int64_t until, int64_t due,
                             const char *claim)
{
	AUTOFREE char *held = mem_printf("held:%s", receiver), *leases = mem_printf("lease:%s", receiver);
	AUTOFREE char *end = mem_printf("%lld", (long long)until);
	AUTOFREE char *value = mem_printf("%lld %lld %s 0 %s", (long long)until, (long long)due, lane, claim);
	say_of_case("HSET", held, key, value);
	say_of_case("ZADD", leases, end, key);
	say_of_case("SADD", "leased", receiver, NULL);
	if (due) {
		AUTOFREE char *set = receiver[0] ? mem_printf("due:%s:%s", receiver, lane) : mem_printf("due:clock");
		AUTOFREE char *record = mem_printf("i:%s", key), *field = mem_printf("d:%s", receiver);
		say_of_case("ZADD", set, end, key);
		say_of_case("HSET", record, field, lane);
	}
}

/* "a" is due and leased, "b" leased and not due, "gone" has no record any more; the clock of "a" is leased too. */
static void leases_of_format_2_stand(void **state)
{
	struct conformance *t = *state;
	int64_t until = clock_of(t) + TIME_HOUR, over = clock_of(t) + 1500;
	struct store_commit c = incident("a", NONE);
	commit_ok(t, &c);
	c = incident("b", NONE);
	commit_ok(t, &c);
	hold_as_format_2("r", "2", "a", until, 10, "first");
	hold_as_format_2("r", "1", "b", until, 0, "second");
	hold_as_format_2("r", "1", "gone", until, 0, "third");
	hold_as_format_2("", "0", "a", over, 20, "fourth");
	say_of_case("SET", "format", "2", NULL);
	t->store->ops->close(t->store);
	t->store = redis_case_open(t->loop, &server, cases, 5000);
	struct store_claim ask = claim_for("r", 9, TIME_HOUR);
	const struct store_claimed *got = claim_ok(t, &ask);
	assert_int_equal(got->count, 0);
	assert_int_equal(got->next_due_at, until);
	assert_int_equal(stats(t, &STR("r"), 1)->queues[0].due, 1);
	assert_int_equal(stats(t, &STR("r"), 1)->queues[0].oldest_due_at, 10);
	struct store_release back = {.receiver = STR("r"), .key = STR("a"), .claim_id = "first"};
	assert_int_equal(release(t, &back), STORE_OK);
	assert_claims(t, "r", 9, TIME_HOUR, "a");
	t->pass(t, over);
	assert_claims(t, STORE_CLOCK, 9, TIME_HOUR, "a");
	assert_int_equal(redis_server_say(&server, "EXISTS %s%d%s", "{case ", cases, "}:held:r"), 0);
}

/* ... and so does what was due, of which the record said the lane alone. */
static void dues_of_format_2_stand(void **state)
{
	struct conformance *t = *state;
	struct store_commit c = incident("a", NONE);
	struct store_version v = commit_ok(t, &c);
	redis_server_say(&server, "HSET %s%d}:i:a d:r 1 d:s 3", "{case ", cases);
	say_of_case("ZADD", "due:r:1", "10", "a");
	say_of_case("ZADD", "due:s:3", "20", "a");
	assert_int_equal(stats(t, &STR("r"), 1)->queues[0].oldest_due_at, 10);
	/* a commit that leases one of them and takes the other one out */
	struct store_due due = {STR("s"), 0, 0};
	struct store_lease lease = {.receiver = STR("r"), .claim = "mine", .until = clock_of(t) + TIME_HOUR};
	c = incident("a", v);
	c.dues = &due, c.due_count = 1, c.leases = &lease, c.lease_count = 1, c.must_lease = true;
	commit_ok(t, &c);
	struct store_claim ask = claim_for("r", 9, TIME_HOUR);
	assert_int_equal(claim_ok(t, &ask)->next_due_at, lease.until);
	assert_int_equal(stats(t, &STR("r"), 1)->queues[0].oldest_due_at, 10);
	ask = claim_for("s", 9, TIME_HOUR);
	assert_int_equal(claim_ok(t, &ask)->next_due_at, 0);
}

/* ---- what version 1 has written ---- */

static void write_redis_member(const char *name, const char *value)
{
	redis_server_say(&server, "SET %s%d%s%s %s", "{case ", cases, "}:m:", name, value);
}

/* Version 1: "<touched> <firing> <starts> <ends> <episode> <key>". */
static void members_of_version_1_are_read(void **state)
{
	struct conformance *t = *state;
	write_redis_member("s:fires", "33 1 11 0 2 k");
	write_redis_member("s:resolved", "34 0 -12 22 3 + 1 odd\n");
	struct member m = member_of(t, STR("s"), STR("fires"));
	assert_true(m.found && m.mark == 1 && m.counted && m.waits == 0 && m.group[0] == '\0');
	assert_true(m.touched_at == 33 && m.starts_at == 11 && m.ends_at == 0 && m.episode == 2);
	assert_str(m.key, "k");
	m = member_of(t, STR("s"), STR("resolved"));
	assert_true(m.found && m.mark == 0 && m.waits == 0 && m.group[0] == '\0');
	assert_true(m.touched_at == 34 && m.starts_at == -12 && m.ends_at == 22 && m.episode == 3);
	assert_str(m.key, "+ 1 odd\n");
	size_t paged = 0;
	for (struct str cursor = STR(""), end = cursor; paged == 0 || cursor.n > end.n;) {
		const struct store_membered *page = members_page(t, cursor, 1000);
		assert_int_equal(page->result, STORE_OK);
		for (size_t i = 0; i < page->count; i++)
			assert_true(page->members[i].mark == (int64_t)str_eq_c(page->members[i].key, "k"));
		paged += page->count;
		cursor = page->cursor;
	}
	assert_int_equal(paged, 2);
}

static void members_of_version_1_are_compared_and_replaced(void **state)
{
	struct conformance *t = *state;
	write_redis_member("s:fires", "33 1 11 0 2 k");
	struct member m = member_of(t, STR("s"), STR("fires"));
	struct store_member_change change = {m, m, TIME_HOUR};
	change.before.episode = 3;
	assert_int_equal(move(t, "k", &change), STORE_CONFLICT);
	change.before.episode = 2;
	change.after.mark = 77;
	assert_int_equal(move(t, "k", &change), STORE_OK);
	assert_int_equal(member_of(t, STR("s"), STR("fires")).mark, 77);
	assert_int_equal(move(t, "k", &change), STORE_CONFLICT); /* it is what it was no more */
}

#define FORMAT_TEST(test) cmocka_unit_test_setup_teardown(test, redis_format_setup, redis_format_teardown)

int main(void)
{
	redis_server_start(&server, NULL);
	const struct CMUnitTest own[] = {
		FORMAT_TEST(leases_of_format_2_stand),
		FORMAT_TEST(dues_of_format_2_stand),
		FORMAT_TEST(members_of_version_1_are_read),
		FORMAT_TEST(members_of_version_1_are_compared_and_replaced),
	};
	int failed = cmocka_run_group_tests_name("redis, written by an older version", own, NULL, NULL);
	redis_server_stop(&server);
	return failed;
}
