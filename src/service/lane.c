/* A key's line of changes: loading, committing, and again on a conflict. */
#include "service/lane.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "service/attempts.h"
#include "service/board.h"
#include "service/dispatcher.h"
#include "service/membership.h"
#include "service/newest.h"
#include "service/timers.h"

/* Delays between tries: long enough that whoever was faster is done, too short for a webhook's sender to notice. */
#define CONFLICT_DELAY_MOST_LOG2 6 /* 64 ms */
#define UNKNOWN_DELAY_MS 100

static void load_lane_records(struct lane *l);
static void commit_batch(struct lane *l);

static void go_on_with_lane(void *arg)
{
	struct lane *l = arg;

	if (l->unknown_since)
		commit_batch(l);
	else
		load_lane_records(l);
}

struct lane *lane_new(struct transactions *t, struct str key)
{
	struct lane *l = mem_zero(sizeof *l);

	l->t = t;
	l->name = mem_str(key);
	l->key = (struct str){l->name, key.n};
	l->last = &l->first;
	return l;
}

static void release_try(struct lane *l)
{
	attempts_drop(l->try.attempts);
	counts_release(&l->try.counts);
	arena_free(l->try.arena);
	l->try = (struct attempted){.arena = NULL};
}

static void release_batch(struct lane *l)
{
	release_try(l);
	arena_free(l->arena);
	l->arena = NULL;
	l->known = NULL;
	l->known_count = 0;
}

void lane_free(struct lane *l)
{
	assert(!l->at_store && !l->first && !l->batch);
	release_batch(l);
	loop_timer_free(l->timer);
	free(l->name);
	free(l);
}

static void pause_for(struct lane *l, int64_t ms)
{
	if (!l->timer)
		l->timer = loop_timer_new(lane_router(l)->loop, go_on_with_lane, l);
	loop_timer_set(l->timer, ms);
}

/* True when the reply is nobody's any more. */
static bool orphaned(struct lane *l)
{
	l->at_store = false;
	if (l->t)
		return false;
	lane_free(l);
	return true;
}

/* ---- the batch ---- */

static void take_batch(struct lane *l)
{
	size_t members = 0;
	struct waiting **w = &l->first;

	while (*w && (w == &l->first || members + (*w)->change.member_count <= TRANSACTION_BATCH_MEMBERS)) {
		members += (*w)->change.member_count;
		w = &(*w)->next;
	}
	struct waiting *rest = *w;
	*w = NULL;
	l->batch = l->first;
	l->first = rest;
	if (!rest)
		l->last = &l->first;
	l->known = arena_alloc(l->arena, (members + 1) * sizeof *l->known);
}

void lane_put_back(struct lane *l, struct waiting *from)
{
	struct waiting **w = &l->batch;

	while (*w != from)
		w = &(*w)->next;
	*w = NULL;
	struct waiting *last = from;
	while (last->next)
		last = last->next;
	last->next = l->first;
	if (!l->first)
		l->last = &last->next;
	l->first = from;
}

static void know(struct known *k, const struct member *m)
{
	k->identity = (struct member){.source = m->source, .fingerprint = m->fingerprint};
	k->loaded = *m;
}

/* Of one change each member stands there once. */
static void index_alone(struct lane *l, struct waiting *w)
{
	w->known = arena_alloc(l->arena, (w->change.member_count + 1) * sizeof *w->known);
	for (size_t i = 0; i < w->change.member_count; i++) {
		know(&l->known[i], &w->change.members[i]);
		w->known[i] = i;
	}
	l->known_count = w->change.member_count;
}

/* Each change learns where its members are among the batch's; one that several changes name stands there once. */
static void index_members(struct lane *l)
{
	if (!l->batch->next) {
		index_alone(l, l->batch);
		return;
	}
	struct map *places = map_new();

	for (struct waiting *w = l->batch; w; w = w->next) {
		w->known = arena_alloc(l->arena, (w->change.member_count + 1) * sizeof *w->known);
		for (size_t i = 0; i < w->change.member_count; i++) {
			const struct member *m = &w->change.members[i];
			struct str identity = membership_identity(l->arena, m);
			struct known *k = map_get(places, identity);
			if (!k) {
				k = &l->known[l->known_count++];
				know(k, m);
				map_set(places, identity, k);
			}
			w->known[i] = (size_t)(k - l->known);
		}
	}
	map_free(places);
}

/* All of them began with what is known, and it still is: whoever was at work since may have changed it. */
static bool take_known_members(struct lane *l)
{
	for (const struct waiting *w = l->batch; w; w = w->next)
		if (!w->change.from_known)
			return false;
	for (size_t i = 0; i < l->known_count; i++) {
		const struct member *m = transaction_knows(l->t, l->key, &l->known[i].identity);
		if (!m)
			return false;
		l->known[i].loaded = *m;
	}
	return true;
}

/* False: it does more than count, and what it does it is not to do by what was not looked up. */
static bool counts_from_known(struct lane *l)
{
	struct store *s = lane_router(l)->store;
	const struct store_record *record = newest_find(lane_newest(l), l->key);
	struct loaded from = {.records = record, .count = 1, .now = s->ops->now(s), .given = true};

	if (!record || !lane_apply(l, &from) || !l->try.commit.behind)
		return false;
	commit_batch(l);
	return true;
}

static void try_from(struct lane *l, const struct loaded *from)
{
	if (lane_apply(l, from)) {
		commit_batch(l);
	} else {
		transactions_finished(l, TX_DONE);
	}
}

static bool same_version(const struct store_version *a, const struct store_version *b)
{
	return a->number == b->number && strcmp(a->commit_id, b->commit_id) == 0;
}

static bool needs_newest(const struct lane *l)
{
	for (const struct waiting *w = l->batch; w; w = w->next)
		if (!w->change.record_given)
			return true;
	return false;
}

/* The record that all changes of the batch may begin with; NULL: there is none. */
static const struct store_record *common_record(const struct lane *l, const struct store_record *newest)
{
	const struct store_record *common = needs_newest(l) ? newest : &l->batch->change.record;

	for (const struct waiting *w = l->batch; common && w; w = w->next) {
		const struct tx_change *c = &w->change;
		if (c->record_given ? !same_version(&c->record.version, &common->version) : !c->begins_with_newest)
			common = NULL;
	}
	return common;
}

/*
 * What the callers loaded, or this router's last commit left, is good for a first try when it is one version. Nobody has
 * asked the store for the time of the latter: it is good enough for a record, and no lease is counted by it.
 */
static bool begin_without_load(struct lane *l)
{
	const struct store_record *newest = newest_find(lane_newest(l), l->key), *record = common_record(l, newest);
	const struct tx_change *c = &l->batch->change;
	struct store *s = lane_router(l)->store;

	if (!record)
		return false;
	struct loaded from = {.records = record, .count = 1, .now = c->now, .asked_mono = c->asked_mono, .given = true};
	if (needs_newest(l)) {
		from.now = s->ops->now(s);
		from.asked_mono = 0;
	}
	if (from.now)
		try_from(l, &from);
	return from.now;
}

void lane_start(struct lane *l)
{
	assert(!l->busy && l->first);
	release_batch(l);
	l->arena = arena_new();
	l->busy = true;
	l->tries = 0;
	l->unknown_since = 0;
	take_batch(l);
	index_members(l);
	if (!(take_known_members(l) ? counts_from_known(l) : begin_without_load(l)))
		load_lane_records(l);
}

/* ---- load ---- */

static void take_lane_records(void *arg, const struct store_loaded *reply)
{
	struct lane *l = arg;

	if (orphaned(l))
		return;
	if (reply->result != STORE_OK) {
		transactions_finished(l, TX_UNAVAILABLE);
		return;
	}
	assert(reply->member_count == l->known_count);
	for (size_t i = 0; i < l->known_count; i++)
		l->known[i].loaded = reply->members[i];
	struct loaded from = {
		.records = reply->records, .count = reply->record_count, .now = reply->now, .asked_mono = l->load_sent_at};
	try_from(l, &from);
}

static void load_lane_records(struct lane *l)
{
	struct store *s = lane_router(l)->store;
	struct member *members = mem_alloc((l->known_count + 1) * sizeof *members);

	for (size_t i = 0; i < l->known_count; i++)
		members[i] = l->known[i].identity;
	struct store_load request = {.members = members, .member_count = l->known_count, .keys = &l->key, .key_count = 1};
	l->at_store = true;
	l->load_sent_at = loop_mono_ms();
	s->ops->load(s, &request, take_lane_records, l);
	free(members);
}

/* ---- commit ---- */

/* It may be what the next change of this incident begins with. */
static void keep_newest(struct lane *l, const struct store_version *made)
{
	struct store_record record = {.key = l->key, .version = *made, .bytes = l->try.commit.bytes};

	if (lane_router(l)->replays)
		return;
	newest_keep(lane_newest(l), &record);
	newest_learn(lane_newest(l), &l->try.commit, l->try.now);
}

static void tell_due(const struct router *r, const struct store_commit *c)
{
	for (size_t i = 0; i < c->due_count; i++) {
		if (c->dues[i].at)
			r->due(r->due_arg, c->dues[i].receiver, c->dues[i].at);
	}
	if (c->clock_at)
		r->due(r->due_arg, STR(STORE_CLOCK), c->clock_at);
}

static void wake_others(struct lane *l, int64_t now)
{
	struct router *r = lane_router(l);
	const struct store_commit *c = &l->try.commit;

	for (size_t i = 0; r->dispatcher && i < c->due_count; i++) {
		if (c->dues[i].at)
			dispatcher_wake(r->dispatcher, c->dues[i].receiver, c->dues[i].at, now);
	}
	if (r->timers && c->clock_at > 0)
		timers_wake(r->timers, c->clock_at, now);
	if (r->due)
		tell_due(r, c);
}

static void conflicted(struct lane *l)
{
	metrics_add(lane_router(l)->metrics, METRIC_STORE_CONFLICTS, NULL, 1);
	newest_doubt(lane_newest(l), &l->try.commit);
	l->unknown_since = 0;
	if (++l->tries >= TRANSACTION_TRIES) {
		transactions_finished(l, TX_BUSY);
		return;
	}
	int log2 = l->tries < CONFLICT_DELAY_MOST_LOG2 ? l->tries : CONFLICT_DELAY_MOST_LOG2;
	pause_for(l, (int64_t)(loop_dice() % (UINT64_C(1) << log2)));
}

static void give_up_in_doubt(struct lane *l)
{
	for (struct waiting *w = l->batch; w; w = w->next)
		if (w->change.doubted_id && !w->left_out)
			memcpy(w->change.doubted_id, l->try.commit.id, STORE_ID_MAX);
	transactions_finished(l, TX_UNAVAILABLE);
}

/* Once an answer was missing, only OK and CONFLICT end the doubt: the first command may still run. */
static void in_doubt(struct lane *l, int64_t now)
{
	newest_doubt(lane_newest(l), &l->try.commit);
	l->try.commit.behind = 0; /* it may be there already: nobody is to count it a second time */
	if (!l->unknown_since)
		l->unknown_since = now;
	if (now - l->unknown_since >= TRANSACTION_UNKNOWN_MS)
		give_up_in_doubt(l);
	else
		pause_for(l, UNKNOWN_DELAY_MS / 2 + (int64_t)(loop_dice() % UNKNOWN_DELAY_MS));
}

static void observe_commit(struct lane *l, int64_t now)
{
	struct router *r = lane_router(l);
	struct str name = str_c(r->store->ops->health(r->store).name);

	metrics_observe(r->metrics, METRIC_STORE_COMMIT_DURATION, &name, (double)(now - l->sent_at) / 1000.0);
}

static void settle_batch(void *arg, const struct store_committed *reply)
{
	struct lane *l = arg;
	int64_t now = loop_mono_ms();

	if (orphaned(l))
		return;
	observe_commit(l, now);
	switch (reply->result) {
	case STORE_OK:
		l->try.now = reply->now;
		keep_newest(l, &reply->version);
		wake_others(l, reply->now);
		board_take(lane_router(l)->board, l->try.inc, reply->version.number);
		attempts_send(l->try.attempts, l->try.inc);
		l->try.attempts = NULL;
		transactions_finished(l, TX_DONE);
		return;
	case STORE_CONFLICT: conflicted(l); return;
	case STORE_UNAVAILABLE:
		if (l->unknown_since)
			in_doubt(l, now);
		else
			transactions_finished(l, TX_UNAVAILABLE);
		return;
	case STORE_UNKNOWN: in_doubt(l, now); return;
	}
}

static void commit_batch(struct lane *l)
{
	struct store *s = lane_router(l)->store;

	l->sent_at = loop_mono_ms();
	l->at_store = true;
	s->ops->commit(s, &l->try.commit, settle_batch, l);
}
