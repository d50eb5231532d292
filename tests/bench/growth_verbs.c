#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/time.h"
#include "growth_sides.h"

#define TURNS 7          /* of each kind of work; the median counts */
#define ADMISSIONS 400   /* in a turn */
#define ADMIT_AT_ONCE 50 /* on their way to the store */
#define LOOKS 20         /* in a turn, of what takes no longer than waking a thread */
#define PAGE 100
#define CLAIM_MOST 16
#define LEASE (2 * TIME_HOUR)

/* Whoever comes second finds the machine as the first has left it: in each turn either does twice. CPU is of both ends. */
static void compare_sides(struct side *sides, const char *what, double (*work)(struct side *))
{
	static const int order[] = {0, 1, 1, 0};
	double took[2][TURNS] = {{0}}, cpu[2][TURNS] = {{0}};
	for (int turn = -1; turn < TURNS; turn++) {
		for (int n = 0; n < 4; n++) {
			int i = order[n];
			double before = cpu_of(&sides[i]);
			double ms = work(&sides[i]), spent = cpu_of(&sides[i]) - before;
			if (turn >= 0) /* the first one warms up */
				took[i][turn] += ms / 2, cpu[i][turn] += spent * 1e3 / 2;
		}
	}
	double small = growth_median(cpu[0], TURNS), large = growth_median(cpu[1], TURNS);
	printf("  %-46s %10.3f %10.3f ms %7.2f   CPU %.2f\n", what, growth_median(took[0], TURNS),
	       growth_median(took[1], TURNS), growth_median(took[1], TURNS) / growth_median(took[0], TURNS), large / small);
	fflush(stdout);
}

static double mean_of(struct side *x, double (*one)(struct side *))
{
	double all = 0;
	for (int i = 0; i < LOOKS; i++)
		all += one(x);
	return all / LOOKS;
}

static double time_repeats(struct side *x)
{
	struct growth_store *s = &x->s;
	double from = growth_clock();
	for (size_t i = 0; i < ADMISSIONS; i++) {
		/* all over the open ones: what is loaded is in no cache because of the one before */
		growth_admit(s, (i * 7919 + (size_t)random()) % x->open, false);
		growth_wait(s, ADMIT_AT_ONCE);
	}
	growth_wait(s, 0);
	return (growth_clock() - from) * 1e3 / ADMISSIONS;
}

static double admit_fresh(struct side *x, bool resolved)
{
	double from = growth_clock();
	for (size_t i = 0; i < ADMISSIONS; i++) {
		growth_admit(&x->s, x->fresh + i, resolved);
		growth_wait(&x->s, ADMIT_AT_ONCE);
	}
	growth_wait(&x->s, 0);
	return (growth_clock() - from) * 1e3 / ADMISSIONS;
}

/* They end at once, unmeasured: the small store stays small. */
static double news(struct side *x)
{
	double ms = admit_fresh(x, false);
	admit_fresh(x, true);
	x->fresh += ADMISSIONS;
	return ms;
}

static void keep_list_end(void *arg, const struct store_listed *got)
{
	struct side *x = arg;
	if (got->result != STORE_OK)
		growth_die("a list was not answered");
	snprintf(x->cursor_bytes, sizeof x->cursor_bytes, "%.*s", STR_ARG(got->cursor));
	x->s.pending--;
	loop_stop(x->s.loop);
}

static double time_list(struct side *x, enum store_list which, struct str cursor, size_t limit)
{
	double from = growth_clock();
	x->s.pending++;
	store_list(x->s.store, which, cursor, limit, keep_list_end, x);
	growth_wait(&x->s, 0);
	return (growth_clock() - from) * 1e3;
}

static double first_page(struct side *x)
{
	return time_list(x, STORE_LIST_OPEN, STR(""), PAGE);
}

static double middle_page(struct side *x)
{
	return time_list(x, STORE_LIST_OPEN, x->cursor, PAGE);
}

static double time_walk(struct side *x)
{
	double took = time_list(x, STORE_LIST_OPEN, STR(""), PAGE);
	while (x->cursor_bytes[0])
		took += time_list(x, STORE_LIST_OPEN, str_c(x->cursor_bytes), PAGE);
	return took;
}

static void go_to_the_middle(struct side *x)
{
	time_list(x, STORE_LIST_OPEN, STR(""), x->open < 1000 ? x->open / 2 : 1000);
	for (size_t at = 1000; at < x->open / 2; at += 1000)
		time_list(x, STORE_LIST_OPEN, str_c(x->cursor_bytes), 1000);
	x->cursor = str_c(mem_strdup(x->cursor_bytes));
}

static void got_stats(void *arg, const struct store_stats *got)
{
	struct side *x = arg;
	if (got->result != STORE_OK)
		growth_die("stats were not answered");
	x->s.now = got->now;
	x->s.pending--;
	loop_stop(x->s.loop);
}

static double time_stats(struct side *x)
{
	const struct str receivers[] = {STR("oncall"), STR("busy"), STR(STORE_CLOCK)};
	double from = growth_clock();
	x->s.pending++;
	store_stats(x->s.store, receivers, 3, got_stats, x);
	growth_wait(&x->s, 0);
	return (growth_clock() - from) * 1e3;
}

static void note_sweep(void *arg, enum store_result result, bool more)
{
	struct side *x = arg;
	if (result != STORE_OK)
		growth_die("a sweep was not answered");
	x->more = more;
	x->s.pending--;
	loop_stop(x->s.loop);
}

static double sweep_of(struct side *x, int64_t retention)
{
	double from = growth_clock();
	x->s.pending++;
	x->s.store->ops->sweep(x->s.store, retention, note_sweep, x);
	growth_wait(&x->s, 0);
	return (growth_clock() - from) * 1e3;
}

static double time_sweep(struct side *x)
{
	return sweep_of(x, 30 * TIME_DAY);
}

static void sweep_batches(struct side *x)
{
	double most = 0, all = 0;
	int batches = 0;
	for (x->more = true; x->more && batches < 10; batches++) {
		double ms = sweep_of(x, 20 * TIME_DAY);
		all += ms;
		most = ms > most ? ms : most;
	}
	printf("  a sweep of 500 closed incidents: mean %.1f ms, longest %.1f ms\n", all / batches, most);
}

/* ---- claims ---- */

static void keep_claims(void *arg, const struct store_claimed *got)
{
	struct side *x = arg;
	if (got->result != STORE_OK)
		growth_die("a claim was not answered");
	x->claimed.count = got->count;
	x->s.pending--;
	loop_stop(x->s.loop);
}

static double time_claim(struct side *x, struct str receiver, int most)
{
	struct store_claim ask = {.receiver = receiver, .max = most, .lease_ms = LEASE};
	hash_random_id(ask.id);
	double from = growth_clock();
	x->s.pending++;
	x->s.store->ops->claim(x->s.store, &ask, keep_claims, x);
	growth_wait(&x->s, 0);
	return (growth_clock() - from) * 1e3;
}

static double claim_busy(struct side *x)
{
	return time_claim(x, STR("busy"), CLAIM_MOST);
}

static double claim_idle(struct side *x)
{
	return time_claim(x, STR("oncall"), CLAIM_MOST);
}

/* Each takes no longer than waking the store's thread: one alone would measure what else the machine does. */
static double many_stats(struct side *x)
{
	return mean_of(x, time_stats);
}

static double many_sweeps(struct side *x)
{
	return mean_of(x, time_sweep);
}

static double many_busy_claims(struct side *x)
{
	return mean_of(x, claim_busy);
}

static double many_idle_claims(struct side *x)
{
	return mean_of(x, claim_idle);
}

static void lease_all(struct side *x)
{
	do
		time_claim(x, STR("busy"), 1000);
	while (x->claimed.count);
}

/* ---- both ---- */

void run_verbs(struct side *sides)
{
	for (int i = 0; i < 2; i++)
		go_to_the_middle(&sides[i]);
	compare_sides(sides, "a repeat: load, decide, commit (50 at once)", time_repeats);
	compare_sides(sides, "a new incident: the same", news);
	compare_sides(sides, "first page of 100 open incidents", first_page);
	compare_sides(sides, "a page in the middle", middle_page);
	compare_sides(sides, "stats", many_stats);
	compare_sides(sides, "sweep with nothing to do", many_sweeps);
	compare_sides(sides, "claim of 16, or fewer", many_idle_claims);
	printf("  walk over all open incidents: %.0f ms\n", time_walk(&sides[1]));
}

void run_claims(struct side *sides)
{
	for (int i = 0; i < 2; i++) {
		growth_fill_due(&sides[i].s, sides[i].fresh, sides[i].open, STR("busy"));
		sides[i].fresh += sides[i].open;
		lease_all(&sides[i]);
	}
	compare_sides(sides, "claim with all due ones leased by others", many_busy_claims);
	compare_sides(sides, "claim for somebody else meanwhile", many_idle_claims);
	compare_sides(sides, "stats meanwhile", time_stats);
	compare_sides(sides, "a repeat meanwhile", time_repeats);
	sweep_batches(&sides[1]);
}
