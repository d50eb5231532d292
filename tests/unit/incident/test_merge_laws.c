#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "branches.h"
#include "incident/decide.h"
#include "incident/delivery.h"
#include "incident/row.h"

#ifdef __SANITIZE_ADDRESS__
#define SEEDS 150
#else
#define SEEDS 1000
#endif

struct family {
	struct branch base, a, b, c;
	int64_t now;
};

static void grow_family(struct family *f, struct arena *arena, uint64_t seed)
{
	struct chance chance = {seed};
	branch_init(&f->base, arena);
	branch_grow(&f->base, &chance, chance_roll(&chance) % 16);
	struct branch *all[] = {&f->a, &f->b, &f->c};
	f->now = 0;
	for (size_t i = 0; i < 3; i++) {
		*all[i] = branch_copy(&f->base, arena);
		branch_grow(all[i], &chance, chance_roll(&chance) % 14);
		f->now = all[i]->now > f->now ? all[i]->now : f->now;
	}
}

/* Where two texts part, with what stands before. */
static void assert_equal(const char *a, const char *b, const char *law, uint64_t seed)
{
	size_t at = 0;
	while (a[at] && a[at] == b[at])
		at++;
	size_t from = at > 120 ? at - 120 : 0;
	if ((a[at] || b[at]) && getenv("FULL"))
		printf("%s\n\n%s\n", a, b);
	if (a[at] || b[at])
		fail_msg("seed %llu: not %s:\n  …%.200s\n  …%.200s", (unsigned long long)seed, law, a + from, b + from);
}

static void assert_same(const struct branch *x, const struct branch *y, const char *law, uint64_t seed)
{
	assert_equal(branch_text(x), branch_text(y), law, seed);
}

/* With FULL=1: what was merged, and what became of it. */
static void show_branches(const struct branch *a, const struct branch *b, const struct branch *ab)
{
	if (getenv("FULL"))
		printf("A %s\nB %s\nAB %s\n", branch_text(a), branch_text(b), branch_text(ab));
}

static void for_each_family(void (*law)(struct family *, uint64_t))
{
	const char *one = getenv("SEED"), *count = getenv("SEEDS");
	uint64_t from = one ? strtoull(one, NULL, 10) : 1, to = one ? from : count ? strtoull(count, NULL, 10) : SEEDS;
	for (uint64_t seed = from; seed <= to; seed++) {
		AUTOARENA struct arena *arena = arena_new();
		struct family f;
		grow_family(&f, arena, seed);
		law(&f, seed);
	}
}

static void check_commutative(struct family *f, uint64_t seed)
{
	struct branch ab = branch_merge(&f->a, &f->b, f->now), ba = branch_merge(&f->b, &f->a, f->now);
	assert_same(&ab, &ba, "commutative", seed);
}

static void check_idempotent(struct family *f, uint64_t seed)
{
	struct branch aa = branch_merge(&f->a, &f->a, f->now);
	assert_same(&aa, &f->a, "idempotent", seed);
}

/* A truncated body's: some may fire that it did not list. */
static bool hides_members(const struct incident *inc)
{
	for (size_t i = 0; i < inc->row_count; i++)
		if (inc->rows[i].truncated)
			return true;
	return false;
}

/* Not what a truncated body hides, which ends with the incident on the other side: once it is gone nobody can tell that. */
static void check_absorbing(struct family *f, uint64_t seed)
{
	struct branch ab = branch_merge(&f->a, &f->b, f->now);
	show_branches(&f->a, &f->b, &ab);
	if (hides_members(f->a.inc) || hides_members(f->b.inc))
		return;
	struct branch once = branch_merge(&ab, &f->b, f->now), again = branch_merge(&ab, &f->a, f->now);
	assert_same(&once, &ab, "absorbing", seed);
	assert_same(&again, &ab, "absorbing (the trunk)", seed);
}

/* Closed by hand, or a firing member that stayed behind in an episode that was. */
static bool by_hand(const struct branch *b)
{
	bool strays = false;
	for (size_t i = 0; i < BRANCH_MEMBERS; i++)
		strays = strays || (member_is_listed(&b->members[i]) && !arrival_sticks(&b->members[i], b->inc));
	return strays || b->inc->closed_by_hand.at;
}

/*
 * In what matters. Not where somebody closed one of three views by hand: that holds against a view that knows no more, and
 * yields to one that has paged anew, so it depends on whom it meets.
 */
static void check_associative(struct family *f, uint64_t seed)
{
	if (by_hand(&f->a) || by_hand(&f->b) || by_hand(&f->c))
		return;
	struct branch ab = branch_merge(&f->a, &f->b, f->now), bc = branch_merge(&f->b, &f->c, f->now);
	struct branch left = branch_merge(&ab, &f->c, f->now), right = branch_merge(&f->a, &bc, f->now);
	if (getenv("FULL"))
		printf("A %s\nB %s\nC %s\nAB %s\nBC %s\nAB C %s\nA BC %s\n", branch_gist(&f->a), branch_gist(&f->b),
		       branch_gist(&f->c), branch_gist(&ab), branch_gist(&bc), branch_gist(&left), branch_gist(&right));
	assert_equal(branch_gist(&left), branch_gist(&right), "associative", seed);
}

static void check_identity(struct family *f, uint64_t seed)
{
	struct branch nothing;
	branch_init(&nothing, f->a.inc->arena);
	struct branch right = branch_merge(&f->a, &nothing, f->now), left = branch_merge(&nothing, &f->a, f->now);
	assert_same(&right, &f->a, "unchanged by nothing", seed);
	assert_same(&left, &f->a, "unchanged in nothing", seed);
}

static bool may_be_open(const struct told_generation *g)
{
	return g->maybe || g->told == TOLD_FIRING || g->told == TOLD_ACKNOWLEDGED;
}

static const struct told_generation *find_told_generation(const struct delivery *d, uint64_t generation)
{
	for (size_t i = 0; d && i < d->gen_count; i++)
		if (d->gens[i].generation == generation)
			return &d->gens[i];
	return NULL;
}

/* What either side told stays known until its resolve has gone. */
static void check_nothing_told_is_forgotten(struct family *f, uint64_t seed)
{
	struct branch ab = branch_merge(&f->a, &f->b, f->now);
	const struct branch *sides[] = {&f->a, &f->b};
	show_branches(&f->a, &f->b, &ab);
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < sides[s]->inc->delivery_count; i++) {
			const struct delivery *d = &sides[s]->inc->deliveries[i];
			const struct delivery *merged = incident_delivery(ab.inc, d->receiver);
			for (size_t g = 0; g < d->gen_count; g++) {
				const struct told_generation *known = find_told_generation(merged, d->gens[g].generation);
				if (may_be_open(&d->gens[g]) && (!known || !may_be_open(known)))
					fail_msg("seed %llu: generation %d may be open at %.*s, and the merger does not know",
					         (unsigned long long)seed, (int)d->gens[g].generation, STR_ARG(d->receiver));
			}
		}
}

/* Each side that pages it does so quietly: somebody has it. */
static bool is_taken_on_all_sides(const struct branch *const sides[2], uint64_t generation)
{
	for (size_t s = 0; s < 2; s++)
		if (sides[s]->inc->generation == generation && incident_is_paged(sides[s]->inc) &&
		    !incident_is_taken(sides[s]->inc))
			return false;
	return true;
}

/* Whoever one side would tell is told, or was told the current generation, or his page is a dead letter on both sides. */
static void check_nobody_is_left_out(struct family *f, uint64_t seed)
{
	struct branch ab = branch_merge(&f->a, &f->b, f->now);
	const struct incident *inc = ab.inc;
	bool fires = incident_is_paged(inc) && !inc->quiet_at;
	const struct branch *sides[] = {&f->a, &f->b};
	show_branches(&f->a, &f->b, &ab);
	if (incident_is_taken(inc) && is_taken_on_all_sides(sides, inc->generation))
		return;
	for (size_t s = 0; fires && s < 2; s++)
		for (size_t i = 0; i < sides[s]->inc->delivery_count; i++) {
			const struct delivery *d = incident_delivery(ab.inc, sides[s]->inc->deliveries[i].receiver);
			assert_non_null(d);
			const struct told_generation *g = find_told_generation(d, inc->generation);
			struct want want = delivery_want(inc, d);
			bool told = g && !g->maybe && (g->told == TOLD_FIRING || g->told == TOLD_ACKNOWLEDGED);
			bool will_be = want.verb == WANT_RESOLVE || want.verb == WANT_TRIGGER;
			if (!told && !will_be && d->dead.verb == WANT_NOTHING && d->from <= inc->generation)
				fail_msg("seed %llu: %.*s is not told", (unsigned long long)seed, STR_ARG(d->receiver));
			if (will_be && !d->due_at)
				fail_msg("seed %llu: nothing is due for %.*s", (unsigned long long)seed, STR_ARG(d->receiver));
		}
}

/* Loudness is kept: where a side that pages has a member that still fires, the merger pages. */
static void check_a_page_stays_a_page(struct family *f, uint64_t seed)
{
	struct branch ab = branch_merge(&f->a, &f->b, f->now);
	const struct branch *sides[] = {&f->a, &f->b};
	show_branches(&f->a, &f->b, &ab);
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < BRANCH_MEMBERS; i++) {
			const struct incident *inc = sides[s]->inc;
			bool fires = arrival_sticks(&sides[s]->members[i], inc) && arrival_sticks(&ab.members[i], ab.inc);
			bool waits = row_waits(inc, &sides[s]->members[i]) || row_waits(ab.inc, &ab.members[i]);
			if (fires && !waits && incident_is_paged(inc) && !incident_is_paged(ab.inc))
				fail_msg("seed %llu: a member's page is not one any more", (unsigned long long)seed);
		}
}

/* Who fires is told of by the page in force, or waits for one that is due. */
static void check_everybody_is_told_or_waits(struct family *f, uint64_t seed)
{
	struct branch ab = branch_merge(&f->a, &f->b, f->now);
	show_branches(&f->a, &f->b, &ab);
	uint64_t waiting = 0;
	for (size_t i = 0; i < BRANCH_MEMBERS; i++)
		waiting += arrival_sticks(&ab.members[i], ab.inc) && row_waits(ab.inc, &ab.members[i]);
	if (waiting != rows_waiting(ab.inc) || (waiting > 0) != (ab.inc->due_at > 0))
		fail_msg("seed %llu: %d wait for a page at %lld, %d are counted", (unsigned long long)seed, (int)waiting,
		         (long long)ab.inc->due_at, (int)rows_waiting(ab.inc));
	if (incident_firing(ab.inc) > waiting && !incident_is_paged(ab.inc))
		fail_msg("seed %llu: who fires is not told of, and nothing is due", (unsigned long long)seed);
}

static void check_counts_and_ceilings(struct family *f, uint64_t seed)
{
	struct branch ab = branch_merge(&f->a, &f->b, f->now);
	uint64_t firing = 0;
	for (size_t i = 0; i < BRANCH_MEMBERS; i++)
		firing += arrival_sticks(&ab.members[i], ab.inc);
	if (incident_firing(ab.inc) != firing || ab.inc->count.total < firing)
		fail_msg("seed %llu: %d counted, %d fire", (unsigned long long)seed, (int)incident_firing(ab.inc), (int)firing);
	if (incident_is_open(ab.inc) && !firing && !ab.inc->quiet_at && !hides_members(ab.inc))
		fail_msg("seed %llu: open with nobody firing", (unsigned long long)seed);
	assert_true(ab.inc->timeline_count <= INCIDENT_TIMELINE_MAX);
	assert_true(ab.inc->change_count <= INCIDENT_CHANGES_MAX);
	assert_true(ab.inc->previous_count <= INCIDENT_PREVIOUS_MAX);
	assert_true(ab.inc->generation >= f->a.inc->generation && ab.inc->generation >= f->b.inc->generation);
	assert_true(ab.inc->episode >= f->a.inc->episode && ab.inc->episode >= f->b.inc->episode);
}

/* That side knows the alert, which has ended there without a word: whole bodies did not list it. */
static bool is_absent_from(const struct branch *side, size_t i)
{
	const struct member *m = &side->members[i];
	return m->found && m->counted && member_is_listed(m) && !arrival_sticks(m, side->inc);
}

/* An alert that fires on a side that has it open is not lost: it fires in the merger, or was seen to end, or was closed by hand. */
static void check_no_firing_alert_is_lost(struct family *f, uint64_t seed)
{
	struct branch ab = branch_merge(&f->a, &f->b, f->now);
	const struct branch *sides[] = {&f->a, &f->b};
	show_branches(&f->a, &f->b, &ab);
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < BRANCH_MEMBERS; i++) {
			const struct member *m = &sides[s]->members[i], *other = &sides[1 - s]->members[i];
			bool ended = other->found && (other->ends_at >= m->starts_at || is_absent_from(sides[1 - s], i));
			if (arrival_sticks(m, sides[s]->inc) && !ended && !ab.inc->closed_by_hand.at &&
			    !arrival_sticks(&ab.members[i], ab.inc))
				fail_msg("seed %llu: %.*s fires and nobody has it", (unsigned long long)seed, STR_ARG(m->fingerprint));
		}
}

#define LAW(name)                                                                                                      \
	static void name(void **state)                                                                                     \
	{                                                                                                                  \
		(void)state;                                                                                                   \
		for_each_family(check_##name);                                                                                 \
	}
LAW(commutative)
LAW(idempotent)
LAW(absorbing)
LAW(associative)
LAW(identity)
LAW(nothing_told_is_forgotten)
LAW(nobody_is_left_out)
LAW(a_page_stays_a_page)
LAW(everybody_is_told_or_waits)
LAW(counts_and_ceilings)
LAW(no_firing_alert_is_lost)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commutative),
		cmocka_unit_test(idempotent),
		cmocka_unit_test(absorbing),
		cmocka_unit_test(associative),
		cmocka_unit_test(identity),
		cmocka_unit_test(nothing_told_is_forgotten),
		cmocka_unit_test(nobody_is_left_out),
		cmocka_unit_test(a_page_stays_a_page),
		cmocka_unit_test(everybody_is_told_or_waits),
		cmocka_unit_test(counts_and_ceilings),
		cmocka_unit_test(no_firing_alert_is_lost),
	};
	return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
