/* Puts changes into their key's lane, and answers when they are committed. */
#include "service/transaction.h"

#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/map.h"
#include "service/lane.h"
#include "service/newest.h"

#define TURN_MS 8

struct transactions {
	struct router *r;
	struct map *lanes; /* by key */
	struct newest *newest;
	/* to be started on the next turn, so that what arrives together goes together; in order */
	struct lane *ready, **ready_end;
	struct waiting *refused, **refused_end;
	struct loop_timer *kick;
	size_t pending;
	bool closing;
};

struct router *lane_router(const struct lane *l)
{
	return l->t->r;
}

struct newest *lane_newest(const struct lane *l)
{
	return l->t->newest;
}

static struct waiting *waiting_new(const struct tx_change *change)
{
	struct arena *arena = arena_new();
	struct waiting *w = arena_alloc(arena, sizeof *w);
	struct tx_change *c = &w->change;

	w->arena = arena;
	*c = *change;
	c->key = arena_str(arena, change->key);
	struct member *members = arena_alloc(arena, (change->member_count + 1) * sizeof *members);
	for (size_t i = 0; i < change->member_count; i++)
		members[i] = member_copy(arena, &change->members[i]);
	c->members = members;
	c->release_receiver = arena_str(arena, change->release_receiver);
	c->record.key = c->key;
	c->record.bytes = arena_str(arena, change->record.bytes);
	return w;
}

static void answer_change(struct transactions *t, struct waiting *w, enum tx_result result, const struct incident *inc,
                          int64_t now)
{
	t->pending--;
	if (w->change.done)
		w->change.done(w->change.arg, result, result == TX_DONE ? inc : NULL, now);
}

static void free_all(struct waiting *w)
{
	while (w) {
		struct waiting *next = w->next;
		arena_free(w->arena);
		w = next;
	}
}

static void answer_changes(struct transactions *t, struct waiting *all, enum tx_result result)
{
	for (struct waiting *w = all; w; w = w->next)
		answer_change(t, w, result, NULL, 0);
	free_all(all);
}

static void start_one(struct transactions *t)
{
	struct lane *l = t->ready;

	t->ready = l->next_ready;
	if (!t->ready)
		t->ready_end = &t->ready;
	l->next_ready = NULL;
	lane_start(l);
}

/* Not so many in one turn that the loop is away for long. */
static void start_ready(void *arg)
{
	struct transactions *t = arg;
	struct waiting *refused = t->refused;
	int64_t until = loop_mono_ms() + TURN_MS;

	t->refused = NULL;
	t->refused_end = &t->refused;
	do {
		if (t->ready)
			start_one(t);
	} while (t->ready && loop_mono_ms() < until);
	if (t->ready)
		loop_timer_set(t->kick, 0);
	answer_changes(t, refused, TX_UNAVAILABLE);
}

struct transactions *transactions_new(struct router *r)
{
	struct transactions *t = mem_zero(sizeof *t);

	t->r = r;
	t->lanes = map_new();
	t->newest = newest_new();
	t->refused_end = &t->refused;
	t->ready_end = &t->ready;
	t->kick = loop_timer_new(r->loop, start_ready, t);
	return t;
}

static void kick(struct transactions *t)
{
	if (!loop_timer_running(t->kick))
		loop_timer_set(t->kick, 0);
}

static void make_ready(struct transactions *t, struct lane *l)
{
	l->next_ready = NULL;
	*t->ready_end = l;
	t->ready_end = &l->next_ready;
	kick(t);
}

static void refuse_change(struct transactions *t, struct waiting *w)
{
	*t->refused_end = w;
	t->refused_end = &w->next;
	kick(t);
}

void transaction_run(struct transactions *t, const struct tx_change *change)
{
	struct waiting *w = waiting_new(change);

	t->pending++;
	if (t->closing || t->pending > TRANSACTIONS_MAX) {
		refuse_change(t, w);
		return;
	}
	struct lane *l = map_get(t->lanes, w->change.key);
	if (!l) {
		l = lane_new(t, w->change.key);
		map_set(t->lanes, l->key, l);
		make_ready(t, l);
	}
	*l->last = w;
	l->last = &w->next;
}

size_t transactions_pending(const struct transactions *t)
{
	return t->pending;
}

const struct member *transaction_knows(struct transactions *t, struct str key, const struct member *who)
{
	struct store *s = t->r->store;

	return s->ops->health(s).sole ? newest_member(t->newest, key, who, s->ops->now(s)) : NULL;
}

/* The record may view what its changes brought along: nothing is freed before everybody has read it. */
static void answer_lane_batch(struct lane *l, enum tx_result result)
{
	struct waiting *batch = l->batch;

	l->batch = NULL;
	for (struct waiting *w = batch; w; w = w->next)
		answer_change(l->t, w, w->left_out ? w->result : result, l->try.inc, l->try.now);
	free_all(batch);
}

void transactions_finished(struct lane *l, enum tx_result result)
{
	struct transactions *t = l->t;

	answer_lane_batch(l, result);
	l->busy = false;
	if (l->first) {
		make_ready(t, l);
		return;
	}
	map_remove(t->lanes, l->key);
	lane_free(l);
}

static void abandon(struct transactions *t, struct lane *l)
{
	struct waiting *batch = l->batch, *line = l->first;

	l->batch = NULL;
	l->first = NULL;
	l->last = &l->first;
	answer_changes(t, batch, TX_UNAVAILABLE);
	answer_changes(t, line, TX_UNAVAILABLE);
	l->t = NULL;
	if (!l->at_store)
		lane_free(l);
}

void transactions_free(struct transactions *t)
{
	if (!t)
		return;
	t->closing = true;
	size_t i = 0;
	struct str key;
	void *lane;
	while (map_next(t->lanes, &i, &key, &lane))
		abandon(t, lane);
	while (t->refused) {
		struct waiting *refused = t->refused;
		t->refused = NULL;
		t->refused_end = &t->refused;
		answer_changes(t, refused, TX_UNAVAILABLE);
	}
	assert(!t->pending);
	map_free(t->lanes);
	newest_free(t->newest);
	loop_timer_free(t->kick);
	free(t);
}
