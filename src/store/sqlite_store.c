/* SQLite's thread: takes what waits, in one transaction, and answers when it is on the disk. */
#include "store/sqlite_store.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/time.h"
#include "store/query.h"
#include "store/sqlite_impl.h"

struct sqlite_store *sqlite_of(struct front *f)
{
	return (struct sqlite_store *)(void *)f;
}

/* What is seen of a primary has limits of its own: it never keeps a verb from its place. */
static bool has_queue_room(const struct sqlite_store *s, const struct request *r)
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

static bool is_patient(const struct request *r)
{
	return r->verb == VERB_COMMIT && r->ask.commit.patient;
}

/* Several commits have come just now, and more are likely to. */
static bool has_company(const struct sqlite_store *s, int64_t now)
{
	int64_t oldest = s->commits_at[s->commits % SQLITE_COMPANY];
	return oldest && now - oldest < SQLITE_COMPANY_MS;
}

/* A patient one wakes the thread only where nobody has: it then waits for what comes next. */
static void queue_request(struct sqlite_store *s, struct request *r)
{
	int64_t now = loop_mono_ms();
	bool patient = is_patient(r) && has_company(s, now), alone = !s->first;
	if (r->verb == VERB_COMMIT && !is_patient(r))
		s->commits_at[s->commits++ % SQLITE_COMPANY] = now;
	if (r->verb == VERB_COMMIT)
		r->ask.commit.patient = patient;
	*s->last = r;
	s->last = &r->next;
	s->urgent += !patient;
	s->urgent_writes += !patient && request_writes(r);
	if (patient && !s->patient_until)
		s->patient_until = now + SQLITE_PATIENT_MS;
	if (!patient || alone)
		pthread_cond_signal(&s->wake);
}

static void sqlite_submit(struct front *f, struct request *r)
{
	struct sqlite_store *s = sqlite_of(f);
	pthread_mutex_lock(&s->lock);
	bool room = has_queue_room(s, r);
	if (room) {
		queue_request(s, r);
		count_waiting(s, r, 1);
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
	char why[SQLITE_WHY_MAX];
};

static void hear_news(void *arg)
{
	struct news *n = arg;
	struct sqlite_store *s = n->store;
	bool was_up = s->up;
	s->up = n->up;
	memcpy(s->why, n->why, sizeof s->why);
	mem_cleanup(&n);
	if (s->up && !was_up)
		LOG(LOG_INFO, "The sqlite store can be written again");
	else if (!s->up)
		LOG(LOG_WARN, "The sqlite store cannot be written", LOG_S("why", s->why));
	front_changed(&s->front);
}

void sqlite_set_writable(struct sqlite_store *s, bool writable, const char *why)
{
	if (s->writable == writable && !(writable && why[0]))
		return;
	s->writable = writable;
	struct news *n = mem_zero(sizeof *n);
	n->store = s;
	n->up = writable;
	snprintf(n->why, sizeof n->why, "%s", why);
	front_post(&s->front, hear_news, n);
}

int64_t sqlite_now(struct sqlite_store *s)
{
	int64_t mono = loop_mono_ms();
	return s->stand_in ? mono + s->clock : sqlite_clock_read(&s->ticking, loop_wall_ms(), mono);
}

static void run_query(struct sqlite_db *db, struct request *r)
{
	r->query.is->in_sqlite(db, r);
}

static void run_verb(struct sqlite_db *db, struct request *r)
{
	static void (*const run[VERBS])(struct sqlite_db *, struct request *) = {
		[VERB_LOAD] = sqlite_load,       [VERB_COMMIT] = sqlite_commit, [VERB_CLAIM] = sqlite_claim,
		[VERB_RELEASE] = sqlite_release, [VERB_QUERY] = run_query,      [VERB_SWEEP] = sqlite_sweep,
	};
	request_fail(r, STORE_OK);
	r->now = db->now;
	if (r->verb != VERB_COMMIT)
		sqlite_counts_write(db);
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

void sqlite_see_figures(struct sqlite_store *s)
{
	size_t owned = s->db.stand_in ? (size_t)sqlite_figures(&s->db)->owned : 0;
	pthread_mutex_lock(&s->lock);
	s->owned = owned;
	pthread_mutex_unlock(&s->lock);
}

/* The clock must not go back over a restart: the file always knows a time that it has not reached. */
static void note_clock(struct sqlite_store *s)
{
	if (s->db.now < s->noted)
		return;
	s->noted = s->db.now + SQLITE_LOOK_MS;
	sql_run(&s->db, SQL_PROBE, "i", s->noted);
}

static void begin_transaction(struct sqlite_store *s, bool writes)
{
	sqlite_db_begin(&s->db, sqlite_now(s), writes);
}

/* All of a batch in one transaction: one fsync, and all of it or nothing. */
static bool run_batch(struct sqlite_store *s, struct request *batch)
{
	struct sqlite_db *db = &s->db;
	bool writes = any(batch, request_writes);
	if (!db->handle || (writes && s->astray))
		return false;
	sqlite3_int64 before = sqlite3_total_changes64(db->handle);
	if (writes && !sqlite_db_sync(db, any(batch, request_durable)))
		return false;
	begin_transaction(s, writes);
	db->gathers = writes && batch->next;
	for (struct request *r = batch; r && !db->failed; r = r->next)
		run_verb(db, r);
	bool changed = sqlite3_total_changes64(db->handle) > before;
	if (changed)
		note_clock(s);
	bool done = sqlite_db_commit(db);
	if (!done) {
		s->noted = 0;
		sqlite_set_writable(s, false, db->why);
	} else if (changed) {
		sqlite_set_writable(s, true, "");
	}
	if (done && writes && db->stand_in)
		sqlite_see_figures(s);
	return done;
}

/* The disk takes no writes. Reading may still work, each by itself. */
static void salvage(struct sqlite_store *s, struct request *batch)
{
	for (struct request *r = batch; r; r = r->next) {
		bool done = false;
		if (!request_writes(r) && s->db.handle) {
			begin_transaction(s, false);
			if (!s->db.failed)
				run_verb(&s->db, r);
			done = sqlite_db_commit(&s->db);
		}
		if (!done)
			request_fail(r, STORE_UNAVAILABLE);
	}
}

/* They are in a file that nobody will find again. */
static void mark_writes_unknown(struct request *batch)
{
	for (struct request *r = batch; r; r = r->next)
		if (request_writes(r))
			request_fail(r, STORE_UNKNOWN);
}

static void serve(struct sqlite_store *s, struct request *batch)
{
	if (any(batch, request_durable))
		sqlite_tend_writing(s);
	bool done = run_batch(s, batch) || (sqlite_tend_failed(s) && run_batch(s, batch));
	if (!done)
		salvage(s, batch);
	else if (any(batch, request_durable) && !sqlite_tend_written(s))
		mark_writes_unknown(batch);
}

static void answer_sqlite_batch(struct sqlite_store *s, struct request *batch)
{
	pthread_mutex_lock(&s->lock);
	if (batch && s->db.now) {
		s->said = s->db.now;
		s->said_mono = loop_mono_ms();
	}
	for (const struct request *r = batch; r; r = r->next)
		count_waiting(s, r, -1);
	pthread_mutex_unlock(&s->lock);
	for (struct request *next; batch; batch = next) {
		next = batch->next;
		batch->next = NULL;
		front_answer(&s->front, batch);
	}
}

/* Until there is work that does not wait for other work, or a look after the file is due. */
static void wait_for_work(struct sqlite_store *s)
{
	int64_t look_at = loop_mono_ms() + SQLITE_LOOK_MS;
	while (!s->urgent && !s->stop) {
		int64_t until = s->first ? s->patient_until : look_at;
		struct timespec at = {until / TIME_SECOND, (long)(until % TIME_SECOND) * 1000000};
		if (loop_mono_ms() >= until)
			return;
		pthread_cond_timedwait(&s->wake, &s->lock, &at);
	}
}

static struct request *take_all(struct sqlite_store *s)
{
	struct request *all = s->first;
	s->first = NULL;
	s->last = &s->first;
	s->urgent = s->urgent_writes = 0;
	s->patient_until = 0;
	return all;
}

/* Who only reads is not kept waiting for the disk by those who have time. */
static struct request *take_urgent(struct sqlite_store *s)
{
	struct request *taken = NULL, **last = &taken, **at = &s->first;
	while (*at) {
		struct request *r = *at;
		if (is_patient(r)) {
			at = &r->next;
			continue;
		}
		*at = r->next;
		r->next = NULL;
		*last = r;
		last = &r->next;
	}
	s->last = at;
	s->urgent = 0;
	return taken;
}

/* What is to be done now; NULL when there is nothing to do but look after the file. False at the end. */
static bool await_batch(struct sqlite_store *s, struct request **batch)
{
	pthread_mutex_lock(&s->lock);
	wait_for_work(s);
	bool only_reads = s->urgent && !s->urgent_writes && !s->stop;
	*batch = only_reads ? take_urgent(s) : take_all(s);
	s->clock = s->clock_set;
	bool go_on = *batch || !s->stop;
	pthread_mutex_unlock(&s->lock);
	return go_on;
}

static void *serve_batches(void *arg)
{
	struct sqlite_store *s = arg;
	for (struct request *batch; await_batch(s, &batch);) {
		sqlite_tend(s);
		if (batch)
			serve(s, batch);
		answer_sqlite_batch(s, batch);
	}
	sqlite_tend_end(s);
	return NULL;
}

/* Signals are the loop's. */
static bool start_sqlite_thread(struct sqlite_store *s, struct err *err)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	int failed = pthread_create(&s->thread, NULL, serve_batches, s);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failed)
		err_add(err, "cannot start a thread: %s", strerror(failed));
	return !failed;
}

static struct store_health sqlite_health(struct front *f)
{
	struct sqlite_store *s = sqlite_of(f);
	return (struct store_health){.name = "sqlite",
	                             .up = s->up,
	                             .durable = s->up,
	                             .why = s->why,
	                             .serving = true,
	                             .sole = s->up && !s->stand_in && !s->why[0]};
}

static int64_t sqlite_clock_as_said(struct front *f)
{
	struct sqlite_store *s = sqlite_of(f);
	pthread_mutex_lock(&s->lock);
	int64_t now = s->said ? s->said + (loop_mono_ms() - s->said_mono) : 0;
	pthread_mutex_unlock(&s->lock);
	return now;
}

static void sqlite_free(struct sqlite_store *s)
{
	front_release(&s->front);
	sqlite_db_close(&s->db);
	sqlite_leases_free(s->db.leases);
	sqlite_figures_release(&s->db.figures);
	pthread_cond_destroy(&s->wake);
	pthread_mutex_destroy(&s->lock);
	mem_cleanup(&s->path);
	mem_cleanup(&s->beside);
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
	s->front.now = sqlite_clock_as_said;
	s->front.close = sqlite_close;
	s->last = &s->first;
	s->db = (struct sqlite_db){.file = {.fd = -1, .path_lock = -1}};
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return s;
}

struct store *sqlite_open(struct loop *l, const char *path, void *stand_in, bool forgiving, struct err *err)
{
	struct sqlite_store *s = sqlite_new(l);
	s->beside = stand_in;
	s->path = mem_strdup(path);
	s->stand_in = stand_in;
	s->forgiving = forgiving;
	bool begun = sqlite_tend_begin(s, err);
	memcpy(s->owner, s->db.file.owner, sizeof s->owner);
	if (begun && start_sqlite_thread(s, err))
		return &s->front.store;
	sqlite_free(s);
	return NULL;
}

const char *sqlite_store_owner(const struct store *s)
{
	return ((const struct sqlite_store *)(const void *)s)->owner;
}

struct store *sqlite_store_open(struct loop *l, const char *path, struct err *err)
{
	return sqlite_open(l, path, NULL, false, err);
}

struct store *sqlite_store_open_anyway(struct loop *l, const char *path, struct err *err)
{
	return sqlite_open(l, path, NULL, true, err);
}
