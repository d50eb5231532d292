#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "growth_sides.h"

#define WEBHOOKS 480 /* in a turn */
#define AT_ONCE_MAX 16
#define TURNS 7

/* Until it has nothing to do but wait: what was owed at the start and the first census are done. */
static void settle_daemon(struct side *x)
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
static void post_to_daemons(const int *fds, const size_t *alerts, size_t n, bool resolved)
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
			post_to_daemons(fds, alerts, at_once, false);
	}
	struct turn to = spent_so_far(x);
	for (size_t i = 0; i < WEBHOOKS; i += 3) {
		alerts[0] = x->fresh + i;
		post_to_daemons(fds, alerts, 1, true);
	}
	x->fresh += WEBHOOKS;
	for (size_t i = 0; i < at_once; i++)
		close(fds[i]);
	return (struct turn){(to.wall - from.wall) * 1e3 / WEBHOOKS, (to.runbookd - from.runbookd) * 1e3 / WEBHOOKS,
	                     (to.redis - from.redis) * 1e3 / WEBHOOKS};
}

static void compare_webhooks(struct side *sides, const char *what, size_t at_once)
{
	static const int order[] = {0, 1, 1, 0}; /* either twice: neither always comes second */
	double wall[2][TURNS] = {{0}}, runbookd[2][TURNS] = {{0}}, redis[2][TURNS] = {{0}};
	for (int turn = -1; turn < TURNS; turn++) {
		for (int n = 0; n < 4; n++) {
			int i = order[n];
			struct turn t = webhooks(&sides[i], at_once);
			if (turn >= 0)
				wall[i][turn] += t.wall / 2, runbookd[i][turn] += t.runbookd / 2, redis[i][turn] += t.redis / 2;
		}
	}
	growth_row(what, "ms", growth_median(wall[0], TURNS), growth_median(wall[1], TURNS));
	growth_row("  CPU of runbookd", "ms", growth_median(runbookd[0], TURNS), growth_median(runbookd[1], TURNS));
	if (sides[0].redis.pid)
		growth_row("  CPU of Redis", "ms", growth_median(redis[0], TURNS), growth_median(redis[1], TURNS));
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

void run_daemons(struct side *sides)
{
	double before[2];
	for (int i = 0; i < 2; i++) {
		sides[i].daemon = growth_runbookd(sides[i].folder);
	}
	for (int i = 0; i < 2; i++)
		settle_daemon(&sides[i]);
	for (int i = 0; i < 2; i++)
		before[i] = cpu_of(&sides[i]);
	growth_idle(1000 * (int64_t)setting("GROWTH_IDLE", 60));
	growth_row("CPU of runbookd and Redis in an idle minute", "s ", cpu_of(&sides[0]) - before[0],
	           cpu_of(&sides[1]) - before[1]);
	compare_webhooks(sides, "a webhook, one after the other, from HTTP to 200", 1);
	compare_webhooks(sides, "a webhook, 16 at once, from HTTP to 200", AT_ONCE_MAX);
	growth_row("resident memory of runbookd", "MB", (double)growth_memory(sides[0].daemon.pid, "VmRSS:") / 1024,
	           (double)growth_memory(sides[1].daemon.pid, "VmRSS:") / 1024);
	growth_row("  at its highest", "MB", (double)growth_memory(sides[0].daemon.pid, "VmHWM:") / 1024,
	           (double)growth_memory(sides[1].daemon.pid, "VmHWM:") / 1024);
	noise(&sides[1]);
	growth_row("resident memory after the noise report", "MB",
	           (double)growth_memory(sides[0].daemon.pid, "VmHWM:") / 1024,
	           (double)growth_memory(sides[1].daemon.pid, "VmHWM:") / 1024);
	for (int i = 0; i < 2; i++)
		growth_stop(&sides[i].daemon);
}
