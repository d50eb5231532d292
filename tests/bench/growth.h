/*
 * What bench_growth stands on: a store full of realistic incidents, reached through the store's own interface as a router
 * reaches it, and the programs beside it (redis-server, runbookd) with what they use of the machine.
 */
#ifndef TESTS_BENCH_GROWTH_H
#define TESTS_BENCH_GROWTH_H

#include <sys/types.h>

#include "base/buf.h"
#include "config/config.h"
#include "io/loop.h"
#include "store/store.h"

_Noreturn void growth_die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
double growth_clock(void); /* monotonic, seconds */
void growth_idle(int64_t ms);
void growth_remove(const char *folder);

/* ---- alerts: the i-th of a world, always the same ---- */

struct alert growth_alert(struct arena *arena, size_t i, bool resolved, int64_t now);
/* The same as a webhook's body with this one alert. */
void growth_body(struct buf *out, size_t i, bool resolved, int64_t now);

/* ---- a store ---- */

struct growth_store {
	struct loop *loop;
	struct store *store;
	struct config *config;
	size_t pending, failed;
	char *folder;      /* of the configuration and the sqlite file */
	const char *redis; /* address; NULL: sqlite */
	int64_t now;       /* the store's, of its last answer */
};
void growth_open(struct growth_store *s, char *folder, const char *redis);
void growth_close(struct growth_store *s);
void growth_wait(struct growth_store *s, size_t most); /* until at most so many answers are still to come */

/* Incidents first to first + count: open ones, told to their receiver; or such as were resolved over the last weeks. */
void growth_fill(struct growth_store *s, size_t first, size_t count, bool open);
/* Open ones whose page is due for `receiver`. */
void growth_fill_due(struct growth_store *s, size_t first, size_t count, struct str receiver);
/* One webhook as a router handles it: load by member, decide, commit. Does not wait. */
void growth_admit(struct growth_store *s, size_t i, bool resolved);
/* Each of the first `count` incidents comes once more, as it does every few minutes while it is open. */
void growth_repeat(struct growth_store *s, size_t count);
/* Counters of `hours` hours before this one, each with as many fields as an hour may have. Before the store is opened. */
void growth_fill_counters(const char *folder, const char *redis, size_t hours);

/* ---- programs ---- */

struct growth_program {
	pid_t pid;
	int port;
};
struct growth_program growth_redis(const char *folder);
struct growth_program growth_runbookd(const char *folder); /* listening, and its first census is through */
void growth_stop(struct growth_program *p);
double growth_cpu(pid_t pid);                     /* seconds of CPU so far */
long growth_memory(pid_t pid, const char *field); /* KiB of a line of /proc/PID/status: "VmRSS:", "VmHWM:" */

/* One keep-alive connection. A webhook on its way, so that others can be as well; then the status of its answer. */
int growth_connect(int port);
void growth_post(int fd, const struct buf *body);
int growth_posted(int fd);
/* The body of the answer is appended to `out`. */
int growth_get(int fd, const char *path, struct buf *out);

#endif
