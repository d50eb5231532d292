/*
 * Does what an alert costs depend on how much there is? The same work beside a small store and a large one, in turns, on
 * SQLite and on Redis. GROWTH_OPEN and GROWTH_CLOSED say how large (100,000 open and 1,000,000 closed incidents).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "growth_sides.h"

#define SMALL_OPEN 100
#define NOISE_HOURS (7 * 24)

size_t setting(const char *name, size_t otherwise)
{
	const char *text = getenv(name);
	return text ? strtoul(text, NULL, 10) : otherwise;
}

static int compare_durations(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

double growth_median(double *v, size_t n)
{
	qsort(v, n, sizeof *v, compare_durations);
	return v[n / 2];
}

void growth_row(const char *what, const char *unit, double small, double large)
{
	printf("  %-46s %10.3f %10.3f %s %7.2f\n", what, small, large, unit, large / small);
	fflush(stdout);
}

double cpu_of(const struct side *x)
{
	return growth_cpu(x->daemon.pid ? x->daemon.pid : getpid()) + (x->redis.pid ? growth_cpu(x->redis.pid) : 0);
}

static void report_size(const struct side *x)
{
	AUTOFREE char *path = mem_printf("%s/runbookd.db", x->folder);
	struct stat st;
	if (x->redis.pid)
		printf("  %s: Redis uses %.0f MB\n", x->name, (double)growth_memory(x->redis.pid, "VmRSS:") / 1024);
	else if (stat(path, &st) == 0)
		printf("  %s: the file has %.0f MB\n", x->name, (double)st.st_size / 1048576);
}

static void prepare_side(struct side *x, bool with_redis)
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
	growth_repeat(&x->s, x->open);
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

static void run_growth(const char *name, bool with_redis)
{
	struct side sides[2] = {
		{.name = "small", .open = SMALL_OPEN},
		{.name = "large", .open = setting("GROWTH_OPEN", 100000), .closed = setting("GROWTH_CLOSED", 1000000)}};
	printf("\n%s\n", name);
	for (int i = 0; i < 2; i++)
		prepare_side(&sides[i], with_redis);
	sync(); /* what filling has written is no part of what follows */
	printf("  %-46s %10s %10s %10s\n", "", "small", "large", "ratio");
	run_verbs(sides);
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
		run_growth("SQLite", false);
	if (strcmp(only, "sqlite") != 0)
		run_growth("Redis", true);
	return 0;
}
