#include "store/sqlite_store.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/time.h"
#include "store/sqlite_impl.h"

/* How often to see whether writing works again. */
#define PROBE_MS TIME_SECOND

struct sqlite_store *sqlite_of(struct front *f)
{
	return (struct sqlite_store *)(void *)f;
}

/* What is seen of a primary has limits of its own: it never keeps a verb from its place. */
static bool has_room(const struct sqlite_store *s, const struct request *r)
{
	if (s->stop)
		return false;
	if (r->verb != VERB_WORK || r->ask.work.weight == 0)
		return s->waiting < SQLITE_QUEUE_MAX;
	return s->seen + r->ask.work.weight <= SQLITE_SEEN_MAX &&
	       s->seen_bytes + r->ask.work.bytes <= SQLITE_SEEN_BYTES_MAX;
}

static void count_waiting(struct sqlite_store *s, const struct request *r, int step)
{
	if (r->verb != VERB_WORK || r->ask.work.weight == 0) {
		s->waiting += (size_t)step;
		return;
	}
	s->seen += (size_t)step * r->ask.work.weight;
	s->seen_bytes += (size_t)step * r->ask.work.bytes;
}

static void sqlite_submit(struct front *f, struct request *r)
{
	struct sqlite_store *s = sqlite_of(f);
	pthread_mutex_lock(&s->lock);
	bool room = has_room(s, r);
	if (room) {
		*s->last = r;
		s->last = &r->next;
		count_waiting(s, r, 1);
		pthread_cond_signal(&s->wake);
	}
	pthread_mutex_unlock(&s->lock);
	if (room)
		return;
	request_fail(r, STORE_UNAVAILABLE);
	front_answer(f, r);
}

/* A change of health on its way from the thread to the loop. */
struct news {
	struct sqlite_store *store;
	bool up;
	char why[sizeof((struct sqlite_db *)NULL)->why];
};

static void hear_news(void *arg)
{
	struct news *n = arg;
	struct sqlite_store *s = n->store;
	s->up = n->up;
	memcpy(s->why, n->why, sizeof s->why);
	mem_cleanup(&n);
	if (s->up)
		LOG(LOG_INFO, "The sqlite store can be written again");
	else
		LOG(LOG_WARN, "The sqlite store cannot be written", LOG_S("why", s->why));
	front_changed(&s->front);
}

static void set_writable(struct sqlite_store *s, bool writable)
{
	if (s->writable == writable)
		return;
	s->writable = writable;
	struct news *n = mem_zero(sizeof *n);
	n->store = s;
	n->up = writable;
	if (!writable)
		memcpy(n->why, s->db.why, sizeof n->why);
	front_post(&s->front, hear_news, n);
}

static int64_t clock_of(const struct sqlite_store *s)
{
	return s->db.stand_in ? loop_mono_ms() + s->clock : loop_wall_ms();
}

static void run_verb(struct sqlite_db *db, struct request *r)
{
	static void (*const run[VERBS])(struct sqlite_db *, struct request *) = {
		[VERB_LOAD] = sqlite_load,       [VERB_COMMIT] = sqlite_commit, [VERB_CLAIM] = sqlite_claim,
		[VERB_RELEASE] = sqlite_release, [VERB_LIST] = sqlite_list,     [VERB_COUNTERS] = sqlite_counters,
		[VERB_STATS] = sqlite_stats,     [VERB_SWEEP] = sqlite_sweep,   [VERB_MEMBERS] = sqlite_members,
	};
	request_fail(r, STORE_OK);
	r->now = db->now;
	if (r->verb == VERB_WORK)
		r->ask.work.run(db, r);
	else
		run[r->verb](db, r);
}

static bool any(const struct request *batch, bool (*is)(const struct request *))
{
	for (; batch; batch = batch->next)
		if (is(batch))
			return true;
	return false;
}

static void see_figures(struct sqlite_store *s)
{
	size_t owned = 0;
	sqlite3_stmt *row = sql(&s->db, SQL_STATS, "");
	while (sql_row(&s->db, row))
		owned = (size_t)sqlite3_column_int64(row, 3);
	pthread_mutex_lock(&s->lock);
	s->owned = owned;
	pthread_mutex_unlock(&s->lock);
}

/* All of a batch in one transaction: one fsync, and all of it or nothing. */
static bool run_batch(struct sqlite_store *s, struct request *batch)
{
	struct sqlite_db *db = &s->db;
	sqlite3_int64 before = sqlite3_total_changes64(db->handle);
	bool writes = any(batch, request_writes);
	if (writes && !sqlite_db_sync(db, any(batch, request_durable)))
		return false;
	sqlite_db_begin(db, clock_of(s), writes);
	for (struct request *r = batch; r && !db->failed; r = r->next)
		run_verb(db, r);
	bool done = sqlite_db_commit(db);
	if (!done)
		set_writable(s, false);
	else if (sqlite3_total_changes64(db->handle) > before)
		set_writable(s, true);
	if (done && writes && db->stand_in)
		see_figures(s);
	return done;
}

/* The disk takes no writes. Reading may still work, each by itself. */
static void salvage(struct sqlite_store *s, struct request *batch)
{
	for (struct request *r = batch; r; r = r->next) {
		bool done = false;
		if (!request_writes(r)) {
			sqlite_db_begin(&s->db, clock_of(s), false);
			if (!s->db.failed)
				run_verb(&s->db, r);
			done = sqlite_db_commit(&s->db);
		}
		if (!done)
			request_fail(r, STORE_UNAVAILABLE);
	}
}

static void answer_batch(struct sqlite_store *s, struct request *batch)
{
	pthread_mutex_lock(&s->lock);
	for (const struct request *r = batch; r; r = r->next)
		count_waiting(s, r, -1);
	pthread_mutex_unlock(&s->lock);
	for (struct request *next; batch; batch = next) {
		next = batch->next;
		batch->next = NULL;
		front_answer(&s->front, batch);
	}
}

static void probe(struct sqlite_store *s)
{
	sqlite_db_begin(&s->db, clock_of(s), true);
	sql_run(&s->db, SQL_PROBE, "");
	set_writable(s, sqlite_db_commit(&s->db));
}

static void wait_for_work(struct sqlite_store *s)
{
	if (s->writable) {
		pthread_cond_wait(&s->wake, &s->lock);
		return;
	}
	int64_t until = loop_mono_ms() + PROBE_MS;
	struct timespec at = {until / TIME_SECOND, (long)(until % TIME_SECOND) * 1000000};
	pthread_cond_timedwait(&s->wake, &s->lock, &at);
}

/* Everything that waits; NULL when there is nothing to do but probe. False at the end. */
static bool next_batch(struct sqlite_store *s, struct request **batch)
{
	pthread_mutex_lock(&s->lock);
	if (!s->first && !s->stop)
		wait_for_work(s);
	*batch = s->first;
	s->first = NULL;
	s->last = &s->first;
	s->db.policy = s->policy;
	s->clock = s->clock_set;
	bool go_on = *batch || !s->stop;
	pthread_mutex_unlock(&s->lock);
	return go_on;
}

static void *work(void *arg)
{
	struct sqlite_store *s = arg;
	for (struct request *batch; next_batch(s, &batch);) {
		if (!batch && !s->writable)
			probe(s);
		if (batch && !run_batch(s, batch))
			salvage(s, batch);
		answer_batch(s, batch);
	}
	return NULL;
}

/* Signals are the loop's. */
static bool start(struct sqlite_store *s, struct err *err)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	int failed = pthread_create(&s->thread, NULL, work, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed)
		err_add(err, "cannot start a thread: %s", strerror(failed));
	return !failed;
}

static struct store_health sqlite_health(struct front *f)
{
	struct sqlite_store *s = sqlite_of(f);
	return (struct store_health){.name = "sqlite", .up = s->up, .durable = s->up, .why = s->why, .serving = true};
}

static void sqlite_free(struct sqlite_store *s)
{
	front_release(&s->front);
	sqlite_db_close(&s->db);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	mem_cleanup(&s);
}

/* What waits is still done: the thread ends when nothing is left. */
static void sqlite_close(struct front *f)
{
	struct sqlite_store *s = sqlite_of(f);
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	sqlite_free(s);
}

static struct sqlite_store *sqlite_new(struct loop *l)
{
	struct sqlite_store *s = mem_zero(sizeof *s);
	front_init(&s->front, l);
	s->front.submit = sqlite_submit;
	s->front.health = sqlite_health;
	s->front.close = sqlite_close;
	s->last = &s->first;
	s->up = s->writable = true;
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return s;
}

struct store *sqlite_open(struct loop *l, const char *path, const struct incident_policy *stand_in, struct err *err)
{
	struct sqlite_store *s = sqlite_new(l);
	if (stand_in)
		s->policy = *stand_in;
	s->clock = s->clock_set = loop_wall_ms() - loop_mono_ms();
	if (!sqlite_db_open(&s->db, path, stand_in, err)) {
		s->db = (struct sqlite_db){.lock_fd = -1};
		sqlite_free(s);
		return NULL;
	}
	see_figures(s);
	if (start(s, err))
		return &s->front.store;
	sqlite_free(s);
	return NULL;
}

struct store *sqlite_store_open(struct loop *l, const char *path, struct err *err)
{
	return sqlite_open(l, path, NULL, err);
}
