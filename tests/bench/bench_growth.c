/*
 * Does what an alert costs depend on how much there is? The same work beside a small store and a large one, in turns, on
 * SQLite and on Redis. GROWTH_OPEN and GROWTH_CLOSED say how large (100,000 open and 1,000,000 closed incidents).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/time.h"
#include "growth.h"

#define SMALL_OPEN 100
#define NOISE_HOURS (7 * 24)
#define TURNS 9          /* of each kind of work; the median counts */
#define ADMISSIONS 400   /* in a turn */
#define ADMIT_AT_ONCE 50 /* on their way to the store */
#define WEBHOOKS 480     /* in a turn of the daemons */
#define AT_ONCE_MAX 16
#define DAEMON_TURNS 7
#define LOOKS 20 /* in a turn, of what takes no longer than waking a thread */
#define PAGE 100
#define CLAIM_MOST 16
#define LEASE (2 * TIME_HOUR)

struct side {
	const char *name;
	char *folder, *address;
	size_t open, closed, fresh; /* fresh: the next incident that does not exist yet */
	struct growth_program redis, daemon;
	struct growth_store s;
	struct str cursor; /* of a page in the middle of the open ones */
	char cursor_bytes[128];
	struct store_claimed claimed;
	bool more;
};

static size_t setting(const char *name, size_t otherwise)
{
	const char *text = getenv(name);
	return text ? strtoul(text, NULL, 10) : otherwise;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof *v, by_size);
	return v[n / 2];
}

static void row(const char *what, const char *unit, double small, double large)
{
	printf("  %-46s %10.3f %10.3f %s %7.2f\n", what, small, large, unit, large / small);
	fflush(stdout);
}

static double cpu_of(const struct side *x)
{
	return growth_cpu(x->daemon.pid ? x->daemon.pid : getpid()) + (x->redis.pid ? growth_cpu(x->redis.pid) : 0);
}

/* In turns, so that whatever else the machine does falls on both. CPU is that of both ends. */
static void compare(struct side *sides, const char *what, double (*work)(struct side *))
{
	double took[2][TURNS], cpu[2][TURNS];
	for (int turn = -1; turn < TURNS; turn++) {
		for (int i = 0; i < 2; i++) {
			double before = cpu_of(&sides[i]);
			double ms = work(&sides[i]), spent = cpu_of(&sides[i]) - before;
			if (turn >= 0) /* the first one warms up */
				took[i][turn] = ms, cpu[i][turn] = spent * 1e3;
		}
	}
	double small = median(cpu[0], TURNS), large = median(cpu[1], TURNS);
	printf("  %-46s %10.3f %10.3f ms %7.2f   CPU %.2f\n", what, median(took[0], TURNS), median(took[1], TURNS),
	       median(took[1], TURNS) / median(took[0], TURNS), large / small);
	fflush(stdout);
}

static double mean_of(struct side *x, double (*one)(struct side *))
{
	double all = 0;
	for (int i = 0; i < LOOKS; i++)
		all += one(x);
	return all / LOOKS;
}

/* ---- verbs, straight at the store ---- */

static double repeats(struct side *x)
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

static void listed(void *arg, const struct store_listed *got)
{
	struct side *x = arg;
	if (got->result != STORE_OK)
		growth_die("a list was not answered");
	snprintf(x->cursor_bytes, sizeof x->cursor_bytes, "%.*s", STR_ARG(got->cursor));
	x->s.pending--;
	loop_stop(x->s.loop);
}

static double list(struct side *x, enum store_list which, struct str cursor, size_t limit)
{
	double from = growth_clock();
	x->s.pending++;
	x->s.store->ops->list(x->s.store, which, cursor, limit, listed, x);
	growth_wait(&x->s, 0);
	return (growth_clock() - from) * 1e3;
}

static double first_page(struct side *x)
{
	return list(x, STORE_LIST_OPEN, STR(""), PAGE);
}

static double middle_page(struct side *x)
{
	return list(x, STORE_LIST_OPEN, x->cursor, PAGE);
}

static double walk(struct side *x)
{
	double took = list(x, STORE_LIST_OPEN, STR(""), PAGE);
	while (x->cursor_bytes[0])
		took += list(x, STORE_LIST_OPEN, str_c(x->cursor_bytes), PAGE);
	return took;
}

static void go_to_the_middle(struct side *x)
{
	list(x, STORE_LIST_OPEN, STR(""), x->open < 1000 ? x->open / 2 : 1000);
	for (size_t at = 1000; at < x->open / 2; at += 1000)
		list(x, STORE_LIST_OPEN, str_c(x->cursor_bytes), 1000);
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

static double stats(struct side *x)
{
	const struct str receivers[] = {STR("oncall"), STR("busy"), STR(STORE_CLOCK)};
	double from = growth_clock();
	x->s.pending++;
	x->s.store->ops->stats(x->s.store, receivers, 3, got_stats, x);
	growth_wait(&x->s, 0);
	return (growth_clock() - from) * 1e3;
}

static void swept(void *arg, enum store_result result, bool more)
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
	x->s.store->ops->sweep(x->s.store, retention, swept, x);
	growth_wait(&x->s, 0);
	return (growth_clock() - from) * 1e3;
}

static double sweep(struct side *x)
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

static void claimed(void *arg, const struct store_claimed *got)
{
	struct side *x = arg;
	if (got->result != STORE_OK)
		growth_die("a claim was not answered");
	x->claimed.count = got->count;
	x->s.pending--;
	loop_stop(x->s.loop);
}

static double claim(struct side *x, struct str receiver, int most)
{
	struct store_claim ask = {.receiver = receiver, .max = most, .lease_ms = LEASE};
	digest_random_id(ask.id);
	double from = growth_clock();
	x->s.pending++;
	x->s.store->ops->claim(x->s.store, &ask, claimed, x);
	growth_wait(&x->s, 0);
	return (growth_clock() - from) * 1e3;
}

static double claim_busy(struct side *x)
{
	return claim(x, STR("busy"), CLAIM_MOST);
}

static double claim_idle(struct side *x)
{
	return claim(x, STR("oncall"), CLAIM_MOST);
}

/* Each takes no longer than waking the store's thread: one alone would measure what else the machine does. */
static double many_stats(struct side *x)
{
	return mean_of(x, stats);
}

static double many_sweeps(struct side *x)
{
	return mean_of(x, sweep);
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
		claim(x, STR("busy"), 1000);
	while (x->claimed.count);
}

/* ---- daemons ---- */

/* Until it has nothing to do but wait: what was owed at the start and the first census are done. */
static void settle(struct side *x)
{
	for (double before = -1, now = cpu_of(x); now - before > 0.06; before = now, now = cpu_of(x))
		growth_idle(3000);
}

struct turn {
	double wall, runbookd, redis;
};

static struct turn spent_so_far(const struct side *x)
{
	return (struct turn){growth_clock(), growth_cpu(x->daemon.pid), x->redis.pid ? growth_cpu(x->redis.pid) : 0};
}

/* One on each connection. */
static void post(const int *fds, const size_t *alerts, size_t n, bool resolved)
{
	for (size_t i = 0; i < n; i++) {
		AUTOBUF struct buf body;
		buf_init(&body, 65536);
		growth_body(&body, alerts[i], resolved, loop_wall_ms());
		growth_post(fds[i], &body);
	}
	for (size_t i = 0; i < n; i++)
		if (growth_posted(fds[i]) != 200)
			growth_die("a webhook was not taken");
}

/* Two of three are repeats; the new ones end afterwards, unmeasured. */
static struct turn webhooks(struct side *x, size_t at_once)
{
	int fds[AT_ONCE_MAX];
	size_t alerts[AT_ONCE_MAX];
	for (size_t i = 0; i < at_once; i++)
		fds[i] = growth_connect(x->daemon.port);
	struct turn from = spent_so_far(x);
	for (size_t i = 0; i < WEBHOOKS; i++) {
		alerts[i % at_once] = i % 3 ? (size_t)random() % x->open : x->fresh + i;
		if (i % at_once == at_once - 1)
			post(fds, alerts, at_once, false);
	}
	struct turn to = spent_so_far(x);
	for (size_t i = 0; i < WEBHOOKS; i += 3) {
		alerts[0] = x->fresh + i;
		post(fds, alerts, 1, true);
	}
	x->fresh += WEBHOOKS;
	for (size_t i = 0; i < at_once; i++)
		close(fds[i]);
	return (struct turn){(to.wall - from.wall) * 1e3 / WEBHOOKS, (to.runbookd - from.runbookd) * 1e3 / WEBHOOKS,
	                     (to.redis - from.redis) * 1e3 / WEBHOOKS};
}

static void compare_webhooks(struct side *sides, const char *what, size_t at_once)
{
	double wall[2][DAEMON_TURNS], runbookd[2][DAEMON_TURNS], redis[2][DAEMON_TURNS];
	for (int turn = -1; turn < DAEMON_TURNS; turn++) {
		for (int i = 0; i < 2; i++) {
			struct turn t = webhooks(&sides[i], at_once);
			if (turn >= 0)
				wall[i][turn] = t.wall, runbookd[i][turn] = t.runbookd, redis[i][turn] = t.redis;
		}
	}
	row(what, "ms", median(wall[0], DAEMON_TURNS), median(wall[1], DAEMON_TURNS));
	row("  CPU of runbookd", "ms", median(runbookd[0], DAEMON_TURNS), median(runbookd[1], DAEMON_TURNS));
	if (sides[0].redis.pid)
		row("  CPU of Redis", "ms", median(redis[0], DAEMON_TURNS), median(redis[1], DAEMON_TURNS));
}

static double get(const struct side *x, const char *path)
{
	AUTOBUF struct buf out;
	int fd = growth_connect(x->daemon.port);
	buf_init(&out, (size_t)64 << 20);
	double from = growth_clock();
	if (growth_get(fd, path, &out) != 200)
		growth_die("%s: not answered", path);
	close(fd);
	return (growth_clock() - from) * 1e3;
}

/* Something small is asked again and again meanwhile: how long the loop was busy with one thing. */
static void noise(const struct side *x)
{
	double longest = 0;
	pid_t asking = fork();
	if (asking == 0) {
		get(x, "/api/v1/noise?since=7d");
		_exit(0);
	}
	while (waitpid(asking, NULL, WNOHANG) == 0) {
		double ms = get(x, "/-/healthy");
		longest = ms > longest ? ms : longest;
		growth_idle(1);
	}
	printf(
		"  noise over 7 days of full counters: %.0f ms; whoever asks something else meanwhile waits %.1f ms at most\n",
		get(x, "/api/v1/noise?since=7d"), longest);
}

static void run_daemons(struct side *sides)
{
	double before[2];
	for (int i = 0; i < 2; i++) {
		sides[i].daemon = growth_runbookd(sides[i].folder);
	}
	for (int i = 0; i < 2; i++)
		settle(&sides[i]);
	for (int i = 0; i < 2; i++)
		before[i] = cpu_of(&sides[i]);
	growth_idle(1000 * (int64_t)setting("GROWTH_IDLE", 60));
	row("CPU of runbookd and Redis in an idle minute", "s ", cpu_of(&sides[0]) - before[0],
	    cpu_of(&sides[1]) - before[1]);
	compare_webhooks(sides, "a webhook, one after the other, from HTTP to 200", 1);
	compare_webhooks(sides, "a webhook, 16 at once, from HTTP to 200", AT_ONCE_MAX);
	row("resident memory of runbookd", "MB", (double)growth_memory(sides[0].daemon.pid, "VmRSS:") / 1024,
	    (double)growth_memory(sides[1].daemon.pid, "VmRSS:") / 1024);
	row("  at its highest", "MB", (double)growth_memory(sides[0].daemon.pid, "VmHWM:") / 1024,
	    (double)growth_memory(sides[1].daemon.pid, "VmHWM:") / 1024);
	noise(&sides[1]);
	row("resident memory after the noise report", "MB", (double)growth_memory(sides[0].daemon.pid, "VmHWM:") / 1024,
	    (double)growth_memory(sides[1].daemon.pid, "VmHWM:") / 1024);
	for (int i = 0; i < 2; i++)
		growth_stop(&sides[i].daemon);
}

/* ---- both ---- */

static void report_size(const struct side *x)
{
	AUTOFREE char *path = mem_printf("%s/runbookd.db", x->folder);
	struct stat st;
	if (x->redis.pid)
		printf("  %s: Redis uses %.0f MB\n", x->name, (double)growth_memory(x->redis.pid, "VmRSS:") / 1024);
	else if (stat(path, &st) == 0)
		printf("  %s: the file has %.0f MB\n", x->name, (double)st.st_size / 1048576);
}

static void prepare(struct side *x, bool with_redis)
{
	AUTOFREE char *folder = mem_printf("%s/growth-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(folder))
		growth_die("%s: cannot be made", folder);
	x->folder = mem_strdup(folder);
	if (with_redis) {
		x->redis = growth_redis(folder);
		x->address = mem_printf("127.0.0.1:%d", x->redis.port);
	}
	double from = growth_clock();
	growth_open(&x->s, x->folder, x->address);
	growth_fill(&x->s, x->open, x->closed, false);
	growth_fill(&x->s, 0, x->open, true);
	x->fresh = x->open + x->closed;
	growth_close(&x->s);
	if (x->closed)
		growth_fill_counters(x->folder, x->address, NOISE_HOURS);
	printf("  %s: %zu open, %zu closed, filled in %.0f s\n", x->name, x->open, x->closed, growth_clock() - from);
	growth_open(&x->s, x->folder, x->address);
	report_size(x);
	fflush(stdout);
}

static void remove_side(struct side *x)
{
	growth_close(&x->s);
	if (x->redis.pid)
		growth_stop(&x->redis);
	growth_remove(x->folder);
}

static void run_store(struct side *sides)
{
	for (int i = 0; i < 2; i++)
		go_to_the_middle(&sides[i]);
	compare(sides, "a repeat: load, decide, commit (50 at once)", repeats);
	compare(sides, "a new incident: the same", news);
	compare(sides, "first page of 100 open incidents", first_page);
	compare(sides, "a page in the middle", middle_page);
	compare(sides, "stats", many_stats);
	compare(sides, "sweep with nothing to do", many_sweeps);
	compare(sides, "claim of 16, or fewer", many_idle_claims);
	printf("  walk over all open incidents: %.0f ms\n", walk(&sides[1]));
}

static void run_claims(struct side *sides)
{
	for (int i = 0; i < 2; i++) {
		growth_fill_due(&sides[i].s, sides[i].fresh, sides[i].open, STR("busy"));
		sides[i].fresh += sides[i].open;
		lease_all(&sides[i]);
	}
	compare(sides, "claim with all due ones leased by others", many_busy_claims);
	compare(sides, "claim for somebody else meanwhile", many_idle_claims);
	compare(sides, "stats meanwhile", many_stats);
	compare(sides, "a repeat meanwhile", repeats);
	sweep_batches(&sides[1]);
}

static void run(const char *name, bool with_redis)
{
	struct side sides[2] = {
		{.name = "small", .open = SMALL_OPEN},
		{.name = "large", .open = setting("GROWTH_OPEN", 100000), .closed = setting("GROWTH_CLOSED", 1000000)}};
	printf("\n%s\n", name);
	for (int i = 0; i < 2; i++)
		prepare(&sides[i], with_redis);
	sync(); /* what filling has written is no part of what follows */
	printf("  %-46s %10s %10s %10s\n", "", "small", "large", "ratio");
	run_store(sides);
	for (int i = 0; i < 2; i++)
		growth_close(&sides[i].s);
	run_daemons(sides);
	for (int i = 0; i < 2; i++)
		growth_open(&sides[i].s, sides[i].folder, sides[i].address);
	run_claims(sides);
	for (int i = 0; i < 2; i++)
		remove_side(&sides[i]);
}

int main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : "";
	if (strcmp(only, "redis") != 0)
		run("SQLite", false);
	if (strcmp(only, "sqlite") != 0)
		run("Redis", true);
	return 0;
}
