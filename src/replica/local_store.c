/* The stand-in's verbs, on SQLite's own thread. */
#include "replica/local_store.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "replica/local_work.h"
#include "store/sqlite_impl.h"

static struct sqlite_store *local_of(struct store *s)
{
	struct sqlite_store *local = sqlite_of(front_of(s));
	assert(local->stand_in);
	return local;
}

static struct local_beside *beside_store(struct store *s)
{
	return local_of(s)->beside;
}

static struct store *open_with(struct loop *l, const char *path, const struct incident_policy *policy, bool forgiving,
                               struct err *err)
{
	struct local_beside *beside = mem_zero(sizeof *beside);
	beside->policy = local_policy_new(policy, (struct policy_owner){NULL, NULL});
	struct local_policy *given = beside->policy;
	struct store *s = sqlite_open(l, path, beside, forgiving, err);
	if (s)
		local_hold_begin(front_of(s), l);
	else
		local_policy_unref(given);
	return s;
}

struct store *local_store_open(struct loop *l, const char *path, const struct incident_policy *policy, struct err *err)
{
	return open_with(l, path, policy, false, err);
}

struct store *local_store_open_anyway(struct loop *l, const char *path, const struct incident_policy *policy,
                                      struct err *err)
{
	return open_with(l, path, policy, true, err);
}

void local_store_set_policy(struct store *s, const struct incident_policy *policy, struct policy_owner owner)
{
	struct local_beside *b = beside_store(s);
	local_policy_unref(b->policy);
	b->policy = local_policy_new(policy, owner);
}

void local_store_set_clock(struct store *s, int64_t now_ms)
{
	struct sqlite_store *local = local_of(s);
	pthread_mutex_lock(&local->lock);
	local->clock_set = now_ms - loop_mono_ms();
	pthread_mutex_unlock(&local->lock);
}

/* What the thread says of itself: `of` is a member of the store, the lock is the one thing that changes. */
static size_t read_locked(const struct store *s, const size_t *of)
{
	struct sqlite_store *local = local_of((struct store *)(uintptr_t)s);
	pthread_mutex_lock(&local->lock);
	size_t n = *of;
	pthread_mutex_unlock(&local->lock);
	return n;
}

static const struct sqlite_store *sqlite_of_store(const struct store *s)
{
	return (const struct sqlite_store *)(const void *)s;
}

size_t local_store_owned_count(const struct store *s)
{
	return read_locked(s, &sqlite_of_store(s)->owned);
}

size_t local_store_backlog(const struct store *s)
{
	return local_store_held(s) + read_locked(s, &sqlite_of_store(s)->seen);
}

uint64_t local_store_lost(const struct store *s)
{
	return sqlite_of_store(s)->lost;
}

/* Whom to call back; `what` of the request begins with it. */
struct caller {
	struct sqlite_store *store;
	void *arg;
	union {
		void (*kept)(void *, bool);
		void (*own)(void *, bool);
		void (*page)(void *, const struct local_branches *);
		void (*merged)(void *, bool, bool);
		void (*debt)(void *, const struct local_debt *);
	} done;
};

static struct request *work_new(struct store *s, void (*run)(struct sqlite_db *, struct request *),
                                void (*done)(struct request *), struct caller **caller)
{
	struct request *r = request_new(VERB_WORK, NULL);
	*caller = arena_alloc(r->arena, sizeof **caller);
	(*caller)->store = local_of(s);
	r->arg = *caller;
	r->ask.work.run = run;
	r->ask.work.writes = true;
	r->done.work = done;
	return r;
}

static void submit_work(struct store *s, struct request *r)
{
	struct front *f = front_of(s);
	f->submit(f, r);
}

/* ---- what was seen ---- */

static struct store_record *copy_seen(struct request *r, struct seen_work *work, const struct local_seen *from)
{
	struct store_record *records = arena_alloc(r->arena, from->record_count * sizeof *records);
	work->seen = *from;
	for (size_t i = 0; i < from->record_count; i++)
		records[i] = request_copy_record(r->arena, &from->records[i]);
	work->seen.records = records;
	work->seen.members = request_copy_changes(r->arena, from->members, from->member_count);
	work->seen.loaded.v = request_copy_members(r->arena, from->loaded.v, from->loaded.count);
	work->seen.leases = request_copy_leases(r->arena, from->leases, from->lease_count);
	work->seen.release_receiver = arena_str(r->arena, from->release_receiver);
	return records;
}

/* The thread works by the policy of now. */
static struct store_record *take_seen(struct store *s, struct request *r, const struct local_seen *seen)
{
	struct seen_work *work = arena_alloc(r->arena, sizeof *work);
	struct store_record *records = copy_seen(r, work, seen);
	work->policy = local_policy_ref(beside_store(s)->policy);
	r->ask.work.what = work;
	return records;
}

static void seen_done(struct request *r)
{
	const struct seen_work *work = r->ask.work.what;
	struct caller *c = r->arg;
	c->store->lost += r->result == STORE_OK ? work->lost : work->seen.record_count;
	local_policy_unref(work->policy);
}

void local_store_saw(struct store *s, const struct local_seen *seen)
{
	struct caller *c;
	struct request *r = work_new(s, local_saw, seen_done, &c);
	struct store_record *records = take_seen(s, r, seen);
	r->ask.work.lazy = true;
	r->ask.work.weight = seen->record_count ? seen->record_count : 1;
	r->ask.work.bytes = arena_bytes(r->arena);
	local_hold(front_of(s), r, records, seen->record_count);
}

static void keep_done(struct request *r)
{
	const struct seen_work *work = r->ask.work.what;
	struct caller *c = r->arg;
	local_policy_unref(work->policy);
	c->done.kept(c->arg, r->result == STORE_OK && work->lost == 0);
}

void local_store_keep(struct store *s, const struct local_seen *seen, void (*done)(void *, bool), void *arg)
{
	struct caller *c;
	struct request *r = work_new(s, local_saw, keep_done, &c);
	c->done.kept = done;
	c->arg = arg;
	take_seen(s, r, seen);
	submit_work(s, r);
}

/* ---- pages ---- */

static void local_page_done(struct request *r)
{
	const struct page_work *work = r->ask.work.what;
	struct caller *c = r->arg;
	const struct local_branches unread = {.ok = false};
	c->done.page(c->arg, r->result == STORE_OK ? &work->page : &unread);
}

static void ask_page(struct store *s, void (*run)(struct sqlite_db *, struct request *), const struct page_work *ask,
                     void (*done)(void *, const struct local_branches *), void *arg)
{
	struct caller *c;
	struct request *r = work_new(s, run, local_page_done, &c);
	struct page_work *work = arena_alloc(r->arena, sizeof *work);
	*work = *ask;
	work->after = arena_str(r->arena, ask->after);
	if (work->max > STORE_BATCH_MAX)
		work->max = STORE_BATCH_MAX;
	r->ask.work.what = work;
	r->ask.work.writes = false;
	c->done.page = done;
	c->arg = arg;
	submit_work(s, r);
}

void local_store_owned(struct store *s, struct str after, size_t max,
                       void (*done)(void *, const struct local_branches *), void *arg)
{
	ask_page(s, local_owned_page, &(struct page_work){.after = after, .max = max}, done, arg);
}

void local_store_mirrored(struct store *s, struct str after, size_t max, int64_t since,
                          void (*done)(void *, const struct local_branches *), void *arg)
{
	ask_page(s, local_mirrored_page, &(struct page_work){.after = after, .max = max, .since = since}, done, arg);
}

/* ---- owning, merging ---- */

static void own_done(struct request *r)
{
	struct caller *c = r->arg;
	c->done.own(c->arg, r->result == STORE_OK);
}

void local_store_own(struct store *s, const struct str *keys, size_t count, void (*done)(void *, bool), void *arg)
{
	struct caller *c;
	struct request *r = work_new(s, local_own, own_done, &c);
	struct own_work *work = arena_alloc(r->arena, sizeof *work);
	work->keys = request_copy_strs(r->arena, keys, count);
	work->count = count;
	r->ask.work.what = work;
	c->done.own = done;
	c->arg = arg;
	submit_work(s, r);
}

void local_store_own_open(struct store *s, void (*done)(void *, bool), void *arg)
{
	struct caller *c;
	struct request *r = work_new(s, local_own_open, own_done, &c);
	c->done.own = done;
	c->arg = arg;
	submit_work(s, r);
}

static struct request *debt_new(struct store *s, void (*run)(struct sqlite_db *, struct request *), const char *id,
                                void (*done)(struct request *), struct caller **c)
{
	struct request *r = work_new(s, run, done, c);
	struct debt_work *work = arena_alloc(r->arena, sizeof *work);
	memcpy(work->id, id, STORE_ID_MAX);
	r->ask.work.what = work;
	return r;
}

static void debt_done(struct request *r)
{
	const struct debt_work *work = r->ask.work.what;
	struct caller *c = r->arg;
	const struct local_debt unread = {.ok = false};
	c->done.debt(c->arg, r->result == STORE_OK ? &work->debt : &unread);
}

void local_store_debt(struct store *s, void (*done)(void *, const struct local_debt *), void *arg)
{
	struct caller *c;
	char id[STORE_ID_MAX];
	hash_random_id(id);
	struct request *r = debt_new(s, local_debt, id, debt_done, &c);
	c->done.debt = done;
	c->arg = arg;
	submit_work(s, r);
}

void local_store_pay(struct store *s, const char *id, void (*done)(void *, bool), void *arg)
{
	struct caller *c;
	struct request *r = debt_new(s, local_debt_paid, id, own_done, &c);
	c->done.own = done;
	c->arg = arg;
	submit_work(s, r);
}

static void merged_done(struct request *r)
{
	const struct merged_work *work = r->ask.work.what;
	struct caller *c = r->arg;
	bool ok = r->result == STORE_OK;
	local_policy_unref(work->policy);
	c->done.merged(c->arg, ok, ok && work->clean);
}

void local_store_merged(struct store *s, const struct local_merged *m, void (*done)(void *, bool, bool), void *arg)
{
	struct caller *c;
	struct request *r = work_new(s, local_merge, merged_done, &c);
	struct merged_work *work = arena_alloc(r->arena, sizeof *work);
	work->merged = *m;
	work->policy = local_policy_ref(beside_store(s)->policy);
	work->merged.key = arena_str(r->arena, m->key);
	work->merged.record = request_copy_record(r->arena, &m->record);
	work->merged.members = request_copy_changes(r->arena, m->members, m->member_count);
	r->ask.work.what = work;
	c->done.merged = done;
	c->arg = arg;
	submit_work(s, r);
}
