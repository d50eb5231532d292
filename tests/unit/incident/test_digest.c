/* Many incidents in one message: who may stand in it, what it says, and what is known of them afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/time.h"
#include "incident/digest.h"
#include "incident/message.h"
#include "incident/row.h"

#define NOW (INT64_C(1763712000) * TIME_SECOND)
#define KEY STR("0123456789abcdef0123456789abcdef")
#define LEASE (NOW + 30 * TIME_SECOND)

static const struct incident_policy policy = {.delivery_timeout = 15 * TIME_SECOND, .delivery_expire = TIME_DAY};

/* Paged, and waits to be told. */
static struct incident *paged(struct arena *arena, int rank, const char *rule, const char *owner)
{
	struct incident *inc = incident_new(arena, KEY);
	inc->severity.rank = rank;
	inc->severity.name = str_c(arena_printf(arena, "P%d", rank));
	inc->rule = str_c(rule);
	inc->owner = str_c(owner);
	inc->episode = inc->generation = inc->notice = 1;
	row_make(inc, "0123456789abcdef", NOW);
	incident_add_receiver(inc, STR("chat"), NOW);
	incident_refresh(inc, NOW);
	return inc;
}

static bool takes(const struct incident *inc)
{
	return digest_takes(inc, &inc->deliveries[0], NOW);
}

static void takes_pages_below_the_gravest_severity(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	assert_false(takes(paged(arena, 0, "r", "o")));
	assert_true(takes(paged(arena, 1, "r", "o")));
	assert_true(takes(paged(arena, 3, "r", "o")));
	assert_false(digest_takes(paged(arena, 3, "r", "o"), &paged(arena, 3, "r", "o")->deliveries[0], NOW - 1));
}

/* It may be open at the provider under a key of its own: then that one is tried again, and resolved later. */
static void takes_nothing_whose_outcome_is_in_doubt(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = paged(arena, 2, "r", "o");
	delivery_begin(inc, &inc->deliveries[0], NOW, LEASE);
	assert_false(digest_takes(inc, &inc->deliveries[0], LEASE));
}

static void takes_no_resolve(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = paged(arena, 2, "r", "o");
	struct attempt a = delivery_begin(inc, &inc->deliveries[0], NOW, LEASE);
	incident_settle(inc, &(struct settlement){.receiver = STR("chat"), .attempt = a}, &policy, NOW);
	inc->ended_generation = 1;
	incident_refresh(inc, NOW);
	assert_int_equal(inc->deliveries[0].want.verb, WANT_RESOLVE);
	assert_false(takes(inc));
}

static void fold(struct digest *g, struct arena *arena, size_t n, int rank, const char *rule, const char *owner)
{
	struct incident *inc = paged(arena, rank, rule, owner);
	for (size_t i = 0; i < n; i++)
		digest_fold(g, inc, &inc->deliveries[0]);
}

static void counts_by_rule_and_owner_the_gravest_first(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct digest g;
	digest_init(&g, arena);
	fold(&g, arena, 2, 3, "disk", "storage");
	fold(&g, arena, 7, 3, "queue", "mail");
	fold(&g, arena, 1, 1, "", "");
	const struct incident *inc = digest_incident(&g, STR("chat"), NOW);
	assert_true(str_eq_c(labels_get(&inc->annotations, STR("description")),
	                     "1 P1 by no rule\n7 P3 by rule queue, owner mail\n2 P3 by rule disk, owner storage\n"));
	assert_true(str_eq_c(inc->severity.name, "P1"));
	assert_true(str_starts(inc->summary, STR("10 incidents ")));
	assert_int_equal(inc->started_at, NOW);
}

static void says_at_most_so_many_rows(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct digest g;
	digest_init(&g, arena);
	for (int i = 0; i < 2 * DIGEST_ROWS_MAX; i++)
		fold(&g, arena, 1, 2, arena_printf(arena, "rule-%d", i), "o");
	struct str text = labels_get(&digest_incident(&g, STR("chat"), NOW)->annotations, STR("description"));
	size_t lines = 0;
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	assert_int_equal(lines, DIGEST_ROWS_SHOWN + 1);
	assert_int_equal(g.incidents, 2 * DIGEST_ROWS_MAX);
	assert_int_equal(g.row_count, DIGEST_ROWS_MAX);
}

/* One key an hour and receiver, so that a paging service gets one incident; yet no two digests are the same message. */
static void has_a_key_of_the_hour(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct digest g;
	digest_init(&g, arena);
	fold(&g, arena, 1, 2, "r", "o");
	const struct incident *now = digest_incident(&g, STR("chat"), NOW),
						  *soon = digest_incident(&g, STR("chat"), NOW + 1);
	assert_string_equal(now->key, soon->key);
	assert_true(now->notice != soon->notice);
	assert_string_not_equal(now->key, digest_incident(&g, STR("chat"), NOW + TIME_HOUR)->key);
	assert_string_not_equal(now->key, digest_incident(&g, STR("mail"), NOW)->key);
}

static const char *last_event(const struct incident *inc)
{
	return arena_cstr(inc->arena, inc->timeline[inc->timeline_count - 1].detail);
}

static void who_stood_in_it_was_told_and_needs_no_resolve(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = paged(arena, 2, "r", "o");
	struct delivery *d = &inc->deliveries[0];
	struct attempt a = delivery_peek(inc, d);
	incident_folded(inc, STR("chat"), &a, 812, NOW);
	assert_string_equal(last_event(inc), "chat: in a digest of 812 incidents, generation 1");
	assert_string_equal(delivery_told_name(d), "firing");
	assert_int_equal(d->due_at, 0);
	inc->ended_generation = 1;
	incident_refresh(inc, NOW);
	assert_int_equal(d->due_at, 0);
}

static void a_reminder_is_a_page_of_its_own_with_a_resolve(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = paged(arena, 2, "r", "o");
	struct delivery *d = &inc->deliveries[0];
	struct attempt a = delivery_peek(inc, d);
	incident_folded(inc, STR("chat"), &a, 812, NOW);
	inc->notice++;
	a = delivery_begin(inc, d, NOW, LEASE);
	assert_int_equal(a.want.verb, WANT_TRIGGER);
	assert_false(a.update);
	incident_settle(inc, &(struct settlement){.receiver = STR("chat"), .attempt = a}, &policy, NOW);
	inc->ended_generation = 1;
	incident_refresh(inc, NOW);
	assert_int_equal(d->want.verb, WANT_RESOLVE);
}

/* The record moved on while the digest was under way: what pages now is told by itself. */
static void a_newer_generation_is_told_all_the_same(void **state)
{
	(void)state;
	AUTOARENA struct arena *arena = arena_new();
	struct incident *inc = paged(arena, 2, "r", "o");
	struct delivery *d = &inc->deliveries[0];
	struct attempt a = delivery_peek(inc, d);
	inc->ended_generation = 1;
	inc->generation = inc->notice = 2;
	incident_folded(inc, STR("chat"), &a, 812, NOW);
	assert_int_equal(d->want.verb, WANT_TRIGGER);
	assert_int_equal(d->want.generation, 2);
	assert_true(d->due_at != 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_pages_below_the_gravest_severity),
		cmocka_unit_test(takes_nothing_whose_outcome_is_in_doubt),
		cmocka_unit_test(takes_no_resolve),
		cmocka_unit_test(counts_by_rule_and_owner_the_gravest_first),
		cmocka_unit_test(says_at_most_so_many_rows),
		cmocka_unit_test(has_a_key_of_the_hour),
		cmocka_unit_test(who_stood_in_it_was_told_and_needs_no_resolve),
		cmocka_unit_test(a_reminder_is_a_page_of_its_own_with_a_resolve),
		cmocka_unit_test(a_newer_generation_is_told_all_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
