/* The hourly counters that behind_store.c holds: gathered, then sent as one tally, under its id until it is taken. */
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/time.h"
#include "store/behind_impl.h"
#include "store/query.h"

#define TALLIES_MAX 16 /* sent and not answered: beyond it nothing is held */

struct behind_tally {
	struct behind *b;
	struct behind_tally *next;
	struct arena *arena;
	struct store_tally ask;
	bool asked; /* to be answered yet; else it is sent again */
};

void behind_counts_init(struct behind *b)
{
	b->counts = map_new();
	b->counts_arena = arena_new();
}

static void tally_free(struct behind_tally *t)
{
	arena_free(t->arena);
}

void behind_counts_release(struct behind *b)
{
	while (b->tallies) {
		struct behind_tally *t = b->tallies;
		b->tallies = t->next;
		tally_free(t);
	}
	map_free(b->counts);
	arena_free(b->counts_arena);
}

bool behind_counts_fit(const struct behind *b)
{
	return b->tally_count < TALLIES_MAX && map_count(b->counts) < STORE_COUNTS_PER_HOUR;
}

size_t behind_counts_pending(const struct behind *b)
{
	return b->tally_count + (map_count(b->counts) > 0);
}

static struct str hourly_count_key(struct buf *out, int64_t hour, struct str field)
{
	buf_reset(out);
	buf_add(out, (struct str){(const char *)&hour, sizeof hour});
	buf_add(out, field);
	return buf_str(out);
}

static void count_one(struct behind *b, const struct store_count *c, int64_t now, struct buf *key)
{
	int64_t hour = c->hour ? c->hour : now - now % TIME_HOUR;
	struct store_count *known = map_get(b->counts, hourly_count_key(key, hour, c->field));
	if (!known) {
		known = arena_alloc(b->counts_arena, sizeof *known);
		*known = (struct store_count){.field = arena_str(b->counts_arena, c->field), .hour = hour};
		map_set(b->counts, buf_str(key), known);
	}
	known->add += c->add;
}

void behind_count(struct behind *b, const struct store_count *counts, size_t n)
{
	int64_t now = b->inner->ops->now(b->inner);
	AUTOBUF struct buf key;
	buf_init(&key, SIZE_MAX);
	for (size_t i = 0; i < n; i++)
		count_one(b, &counts[i], now, &key);
}

/* ---- of a commit on its way ---- */

/* What it counts, once it stands: the fields follow. */
struct counted {
	struct behind *b;
	void (*done)(void *, const struct store_committed *);
	void *arg;
	char id[STORE_ID_MAX];
	size_t count;
	struct store_count counts[];
};

/* One place for each id, which another takes that falls on it: whoever repeats a commit does so soon. */
static bool counted_before(struct behind *b, const char *id)
{
	uint64_t spread;
	memcpy(&spread, id, sizeof spread);
	char *place = b->counted[spread * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BEHIND_COUNTED_BITS)];
	if (memcmp(place, id, STORE_ID_MAX) == 0)
		return true;
	memcpy(place, id, STORE_ID_MAX);
	return false;
}

static size_t counted_size(const struct store_commit *ask)
{
	size_t n = sizeof(struct counted) + ask->count_count * sizeof *ask->counts;
	for (size_t i = 0; i < ask->count_count; i++)
		n += ask->counts[i].field.n;
	return n;
}

void *behind_counted_new(struct behind *b, const struct store_commit *ask,
                         void (*done)(void *, const struct store_committed *), void *arg)
{
	struct counted *c = mem_alloc(counted_size(ask));
	*c = (struct counted){.b = b, .done = done, .arg = arg, .count = ask->count_count};
	memcpy(c->id, ask->id, sizeof c->id);
	char *to = (char *)&c->counts[c->count];
	for (size_t i = 0; i < c->count; i++) {
		c->counts[i] = ask->counts[i];
		if (ask->counts[i].field.n)
			c->counts[i].field.p = memcpy(to, ask->counts[i].field.p, ask->counts[i].field.n);
		to += ask->counts[i].field.n;
	}
	return c;
}

void behind_take_counted(void *arg, const struct store_committed *reply)
{
	struct counted *c = arg;
	if (reply->result == STORE_OK && !counted_before(c->b, c->id)) {
		behind_count(c->b, c->counts, c->count);
		behind_wake(c->b);
	}
	c->done(c->arg, reply);
	mem_cleanup(&c);
}

static void answer_tally(void *r)
{
	request_deliver(r);
}

bool behind_take_tally(struct behind *b, struct request *r)
{
	const struct store_tally *ask = r->query.ask;
	if (r->query.is != &query_tally || !ask->behind || !behind_takes(b))
		return false;
	behind_count(b, ask->counts, ask->count);
	behind_wake(b);
	request_fail(r, STORE_OK);
	r->now = b->inner->ops->now(b->inner);
	outbox_put(b->outbox, answer_tally, r);
	return true;
}

/* ---- sending ---- */

static void take_tallied(void *arg, const struct store_tallied *reply)
{
	struct behind_tally *t = arg, **at = &t->b->tallies;
	t->asked = false;
	t->b->failing = reply->result != STORE_OK;
	if (reply->result != STORE_OK) {
		behind_wake(t->b);
		return;
	}
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	t->b->tally_count--;
	tally_free(t);
}

static void begin_tally(struct behind *b)
{
	struct behind_tally *t = arena_alloc(b->counts_arena, sizeof *t);
	struct store_count *counts = arena_alloc(b->counts_arena, map_count(b->counts) * sizeof *counts);
	struct str key;
	void *one;
	*t = (struct behind_tally){.b = b, .next = b->tallies, .arena = b->counts_arena, .ask = {.counts = counts}};
	for (size_t i = 0; map_next(b->counts, &i, &key, &one);)
		counts[t->ask.count++] = *(struct store_count *)one;
	hash_random_id(t->ask.id);
	b->tallies = t;
	b->tally_count++;
	map_free(b->counts);
	behind_counts_init(b);
}

void behind_send_counts(struct behind *b)
{
	if (map_count(b->counts))
		begin_tally(b);
	for (struct behind_tally *t = b->tallies; t; t = t->next) {
		if (t->asked)
			continue;
		t->asked = true;
		store_tally(b->inner, &t->ask, take_tallied, t);
	}
}
