/* What is held of records; the counters: behind_counts.c. */
#include "store/behind_store.h"

#include <assert.h>
#include <string.h>

#include "base/map.h"
#include "store/behind_impl.h"

static struct behind *behind_of(struct store *s)
{
	struct behind *b = (struct behind *)(void *)s;
	assert(b->magic == BEHIND_MAGIC);
	return b;
}

/* ---- what is held of one record ---- */

/* A commit that only counts, in as much room as it needs: key and bytes follow it, and it has nothing else. */
struct counting {
	struct store_commit commit;
	char text[];
};

/* Of one record: a commit that gathers, and one that was sent and is not known to be done. */
struct held {
	struct behind *b;
	struct counting *waiting, *sent;
	bool asked;  /* `sent` is to be answered yet; else it is sent again */
	bool urgent; /* `waiting` goes as soon as that has come */
};

static struct counting *counting_new(const struct store_commit *ask)
{
	struct counting *c = mem_alloc(sizeof *c + ask->key.n + ask->bytes.n);
	c->commit = *ask;
	c->commit.key.p = memcpy(c->text, ask->key.p, ask->key.n);
	c->commit.bytes.p = memcpy(c->text + ask->key.n, ask->bytes.p, ask->bytes.n);
	c->commit.counts = NULL;
	c->commit.count_count = 0;
	c->commit.groups = NULL;
	c->commit.group_count = 0;
	c->commit.release_receiver = (struct str){NULL, 0};
	return c;
}

static struct store_version made_by(const struct counting *c)
{
	struct store_version v = {.number = c->commit.expect.number + 1};
	memcpy(v.commit_id, c->commit.id, STORE_ID_MAX);
	return v;
}

static void drop_counting(struct behind *b, struct counting **c)
{
	if (*c)
		b->bytes -= (*c)->commit.bytes.n;
	mem_cleanup(c);
	*c = NULL;
}

static void forget_held(struct held *h)
{
	struct behind *b = h->b;
	struct counting *any = h->sent ? h->sent : h->waiting;
	map_remove(b->held, any->commit.key);
	b->waiting -= h->waiting != NULL;
	drop_counting(b, &h->sent);
	drop_counting(b, &h->waiting);
	mem_cleanup(&h);
}

static void lost(struct held *h)
{
	struct behind *b = h->b;
	AUTOFREE char *name = mem_str(h->sent->commit.key);
	struct str key = {name, h->sent->commit.key.n};
	uint64_t alerts = h->sent->commit.behind + (h->waiting ? h->waiting->commit.behind : 0);
	forget_held(h);
	if (b->lost && !b->closing)
		b->lost(b->lost_arg, key, alerts);
}

static void send_held(struct held *h);

static void take_written(void *arg, const struct store_committed *reply)
{
	struct held *h = arg;
	struct behind *b = h->b;
	h->asked = false;
	b->failing = reply->result == STORE_UNAVAILABLE || reply->result == STORE_UNKNOWN;
	if (reply->result == STORE_CONFLICT) {
		lost(h);
	} else if (b->failing) {
		behind_wake(b);
	} else if (h->waiting) {
		drop_counting(b, &h->sent);
		behind_wake(b);
		if (h->urgent)
			send_held(h);
	} else {
		forget_held(h);
	}
}

static void send_held(struct held *h)
{
	struct behind *b = h->b;
	h->urgent = h->asked && h->waiting;
	if (h->asked || b->closed)
		return;
	if (!h->sent) {
		h->sent = h->waiting;
		h->waiting = NULL;
		b->waiting--;
	}
	h->asked = true;
	b->inner->ops->commit(b->inner, &h->sent->commit, take_written, h);
}

static void send_all(struct behind *b)
{
	struct str key;
	void *h;
	for (size_t i = 0; map_next(b->held, &i, &key, &h);)
		send_held(h);
	behind_send_counts(b);
}

/* ---- taking in ---- */

/* As those who have been answered know it. */
static struct store_version version_of(const struct held *h)
{
	return made_by(h->waiting ? h->waiting : h->sent);
}

static bool is_plain_commit(const struct store_commit *ask)
{
	return ask->expect.number && !ask->member_count && !ask->groups_changed && !ask->due_count && !ask->lease_count &&
	       !ask->release_claim[0];
}

static bool may_hold_commit(struct behind *b, const struct held *h, const struct store_commit *ask)
{
	if (!is_plain_commit(ask) || !behind_takes(b) || b->bytes + ask->bytes.n > BEHIND_BYTES_MAX)
		return false;
	if (!h)
		return map_count(b->held) < BEHIND_KEYS_MAX;
	struct store_version known = version_of(h);
	return request_same_version(&known, &ask->expect);
}

static struct held *held_new(struct behind *b, struct str key)
{
	struct held *h = mem_zero(sizeof *h);
	h->b = b;
	map_set(b->held, key, h);
	return h;
}

struct answer {
	void (*done)(void *, const struct store_committed *);
	void *arg;
	struct store_committed committed;
};

static void answer_held_commit(void *arg)
{
	struct answer *a = arg;
	a->done(a->arg, &a->committed);
	mem_cleanup(&a);
}

/* It replaces what waits already: it was made of it. */
static struct store_version hold(struct behind *b, struct held *h, const struct store_commit *ask)
{
	struct counting *c = counting_new(ask);
	behind_count(b, ask->counts, ask->count_count);
	if (h->waiting) {
		c->commit.expect = h->waiting->commit.expect;
		c->commit.behind += h->waiting->commit.behind;
		if (ask->clock_at == STORE_STAYS)
			c->commit.clock_at = h->waiting->commit.clock_at;
		b->waiting--;
		drop_counting(b, &h->waiting);
	}
	b->waiting++;
	h->waiting = c;
	b->bytes += ask->bytes.n;
	return made_by(c);
}

/* A commit that does not wait here goes on at once; its counts come when it is done, and are written with all others. */
static void pass_commit(struct behind *b, const struct store_commit *ask,
                        void (*done)(void *, const struct store_committed *), void *arg)
{
	if (!ask->count_count || !behind_takes(b)) {
		if (ask->count_count && map_count(b->counts))
			behind_send_counts(b); /* what was counted before is written before */
		b->inner->ops->commit(b->inner, ask, done, arg);
		return;
	}
	struct store_commit uncounted = *ask;
	uncounted.count_count = 0;
	b->inner->ops->commit(b->inner, &uncounted, behind_take_counted, behind_counted_new(b, ask, done, arg));
}

static void behind_commit(struct store *s, const struct store_commit *ask,
                          void (*done)(void *, const struct store_committed *), void *arg)
{
	struct behind *b = behind_of(s);
	struct held *h = map_count(b->held) ? map_get(b->held, ask->key) : NULL;
	if (!ask->behind || !may_hold_commit(b, h, ask)) {
		if (h)
			send_held(h);
		pass_commit(b, ask, done, arg);
		return;
	}
	struct answer *a = mem_zero(sizeof *a);
	*a = (struct answer){done, arg, {.result = STORE_OK, .now = b->inner->ops->now(b->inner)}};
	a->committed.version = hold(b, h ? h : held_new(b, ask->key), ask);
	outbox_put(b->outbox, answer_held_commit, a);
	if (b->waiting >= BEHIND_AT_ONCE)
		send_all(b);
	behind_wake(b);
}

/* ---- what is held shows ---- */

/* An answer on its way back, with what is held put into its records. */
struct passing {
	struct behind *b;
	void (*load)(void *, const struct store_loaded *);
	void (*claim)(void *, const struct store_claimed *);
	void *arg;
};

static struct passing *passing_new(struct behind *b, void *arg)
{
	struct passing *p = mem_zero(sizeof *p);
	p->b = b;
	p->arg = arg;
	return p;
}

static void put_held_in(struct arena *arena, const struct counting *c, struct store_record *record)
{
	if (!c || !request_same_version(&c->commit.expect, &record->version))
		return;
	record->version = made_by(c);
	if (record->bytes.n)
		record->bytes = c->commit.bytes;
	if (record->ids.n)
		record->ids = str_c(arena_printf(arena, "%s %.*s", c->commit.id, STR_ARG(record->ids)));
}

static const struct store_record *with_held(const struct behind *b, struct arena *arena,
                                            const struct store_record *from, size_t n)
{
	struct store_record *records = arena_alloc(arena, (n + 1) * sizeof *records);
	for (size_t i = 0; i < n; i++) {
		records[i] = from[i];
		const struct held *h = map_get(b->held, from[i].key);
		if (!h)
			continue;
		put_held_in(arena, h->sent, &records[i]);
		put_held_in(arena, h->waiting, &records[i]);
	}
	return records;
}

static void show_loaded(void *arg, const struct store_loaded *reply)
{
	AUTOARENA struct arena *arena = arena_new();
	struct passing p = *(struct passing *)arg;
	struct store_loaded shown = *reply;
	mem_cleanup(&arg);
	shown.records = with_held(p.b, arena, reply->records, reply->record_count);
	p.load(p.arg, &shown);
}

static void show_claimed(void *arg, const struct store_claimed *reply)
{
	AUTOARENA struct arena *arena = arena_new();
	struct passing p = *(struct passing *)arg;
	struct store_claimed shown = *reply;
	mem_cleanup(&arg);
	shown.records = with_held(p.b, arena, reply->records, reply->count);
	p.claim(p.arg, &shown);
}

static void behind_load(struct store *s, const struct store_load *ask,
                        void (*done)(void *, const struct store_loaded *), void *arg)
{
	struct behind *b = behind_of(s);
	if (!map_count(b->held)) {
		b->inner->ops->load(b->inner, ask, done, arg);
		return;
	}
	struct passing *p = passing_new(b, arg);
	p->load = done;
	b->inner->ops->load(b->inner, ask, show_loaded, p);
}

static void behind_claim(struct store *s, const struct store_claim *ask,
                         void (*done)(void *, const struct store_claimed *), void *arg)
{
	struct behind *b = behind_of(s);
	if (!map_count(b->held)) {
		b->inner->ops->claim(b->inner, ask, done, arg);
		return;
	}
	struct passing *p = passing_new(b, arg);
	p->claim = done;
	b->inner->ops->claim(b->inner, ask, show_claimed, p);
}

static void verb_query(struct store *s, struct request *r)
{
	struct behind *b = behind_of(s);
	if (behind_take_tally(b, r))
		return;
	send_all(b);
	b->inner->ops->query(b->inner, r);
}

/* ---- passed on ---- */

static void behind_release(struct store *s, const struct store_release *ask, void (*done)(void *, enum store_result),
                           void *arg)
{
	struct store *inner = behind_of(s)->inner;
	inner->ops->release(inner, ask, done, arg);
}

static void behind_sweep(struct store *s, int64_t retention_ms, void (*done)(void *, enum store_result, bool),
                         void *arg)
{
	struct behind *b = behind_of(s);
	behind_send_counts(b);
	b->inner->ops->sweep(b->inner, retention_ms, done, arg);
}

static struct store_health behind_health(struct store *s)
{
	struct store *inner = behind_of(s)->inner;
	return inner->ops->health(inner);
}

static int64_t behind_now(struct store *s)
{
	struct store *inner = behind_of(s)->inner;
	return inner->ops->now(inner);
}

static size_t behind_parts(struct store *s, struct store_health *out)
{
	struct store *inner = behind_of(s)->inner;
	return inner->ops->parts(inner, out);
}

static void behind_on_change(struct store *s, void (*changed)(void *), void *arg)
{
	struct store *inner = behind_of(s)->inner;
	inner->ops->on_change(inner, changed, arg);
}

/* ---- life ---- */

bool behind_takes(struct behind *b)
{
	return !b->failing && !b->closing && behind_counts_fit(b) && b->inner->ops->now(b->inner) &&
	       b->inner->ops->health(b->inner).up;
}

void behind_wake(struct behind *b)
{
	if (!b->closing && !loop_timer_running(b->timer))
		loop_timer_set(b->timer, BEHIND_MS);
}

static void send_held_in_time(void *arg)
{
	send_all(arg);
}

/* What is sent is taken by the store behind as it closes; what it cannot take any more is lost, as by kill -9. */
static void behind_close(struct store *s)
{
	struct behind *b = behind_of(s);
	struct str key;
	void *h;
	b->closing = true;
	send_all(b);
	b->closed = true; /* nothing is sent to it from within its end */
	b->inner->ops->close(b->inner);
	outbox_close(b->outbox);
	for (size_t i = 0; map_next(b->held, &i, &key, &h);)
		forget_held(h);
	map_free(b->held);
	behind_counts_release(b);
	loop_timer_free(b->timer);
	b->magic = 0;
	mem_cleanup(&b);
}

static const struct store_ops OPS = {
	.load = behind_load,
	.commit = behind_commit,
	.claim = behind_claim,
	.release = behind_release,
	.query = verb_query,
	.sweep = behind_sweep,
	.health = behind_health,
	.now = behind_now,
	.parts = behind_parts,
	.on_change = behind_on_change,
	.close = behind_close,
};

struct store *behind_store_open(struct loop *l, struct store *inner)
{
	struct behind *b = mem_zero(sizeof *b);
	b->store.ops = &OPS;
	b->magic = BEHIND_MAGIC;
	b->inner = inner;
	b->outbox = outbox_new(l);
	b->timer = loop_timer_new(l, send_held_in_time, b);
	b->held = map_new();
	behind_counts_init(b);
	return &b->store;
}

void behind_store_on_lost(struct store *s, void (*lost_fn)(void *arg, struct str key, uint64_t alerts), void *arg)
{
	struct behind *b = behind_of(s);
	b->lost = lost_fn;
	b->lost_arg = arg;
}

void behind_store_flush(struct store *s)
{
	send_all(behind_of(s));
}

static const struct behind *behind_of_const(const struct store *s)
{
	return behind_of((struct store *)(uintptr_t)s);
}

size_t behind_store_keys(const struct store *s)
{
	return map_count(behind_of_const(s)->held);
}

size_t behind_store_pending(const struct store *s)
{
	return behind_store_keys(s) + behind_counts_pending(behind_of_const(s));
}
