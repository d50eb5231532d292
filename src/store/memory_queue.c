/* Due times and leases in memory. */
#include <string.h>

#include "store/memory_tables.h"
#include "store/store_stats.h"

static void free_pair(void *pair)
{
	struct pair *p = pair;
	mem_cleanup(&p->key.p);
	mem_cleanup(&p);
}

void tables_free_queue(void *queue)
{
	struct queue *q = queue;
	map_free_with(q->pairs, free_pair);
	for (int lane = 0; lane < STORE_LANES; lane++)
		ranking_release(&q->lanes[lane]);
	ranking_release(&q->leases);
	mem_cleanup(&q);
}

static struct queue *receiver_queue(struct tables *t, struct str receiver)
{
	struct queue *q = map_get(t->queues, receiver);
	if (!q) {
		q = mem_zero(sizeof *q);
		q->pairs = map_new();
		map_set(t->queues, receiver, q);
	}
	return q;
}

static struct pair *pair_of(struct queue *q, struct str key)
{
	struct pair *p = map_get(q->pairs, key);
	if (!p) {
		p = mem_zero(sizeof *p);
		p->key = (struct str){mem_str(key), key.n};
		map_set(q->pairs, key, p);
	}
	return p;
}

static bool leased(const struct pair *p, int64_t now)
{
	return p->claim[0] && p->until > now;
}

/* The one place where a pair's due time changes. */
static void place_pair(struct tables *t, struct queue *q, struct pair *p, int lane, int64_t at)
{
	if (p->at)
		ranking_remove(&q->lanes[p->lane], p->ready, p->key);
	p->lane = lane;
	p->at = at;
	p->ready = leased(p, t->now) && p->until > at ? p->until : at;
	if (at)
		ranking_add(&q->lanes[lane], p->ready, p->key, p);
}

/* Both end a lease; the pair then stands in its lane as if it had never been leased. */
static void unlease(struct tables *t, struct queue *q, struct pair *p)
{
	if (p->claim[0])
		ranking_remove(&q->leases, p->until, p->key);
	p->claim[0] = '\0';
	p->touched = false;
	place_pair(t, q, p, p->lane, p->at);
}

static void forget_if_idle(struct queue *q, struct pair *p)
{
	if (p->at || p->claim[0])
		return;
	map_remove(q->pairs, p->key);
	free_pair(p);
}

void tables_set_due(struct tables *t, struct str receiver, struct str key, int lane, int64_t at)
{
	struct queue *q = receiver_queue(t, receiver);
	struct pair *p = pair_of(q, key);
	if (!leased(p, t->now))
		unlease(t, q, p);
	p->touched = at > 0 && p->claim[0];
	place_pair(t, q, p, lane, at);
	forget_if_idle(q, p);
}

void tables_release_pair(struct tables *t, struct str receiver, struct str key, const char *claim, int64_t due_at)
{
	struct queue *q = claim[0] ? map_get(t->queues, receiver) : NULL;
	struct pair *p = q ? map_get(q->pairs, key) : NULL;
	if (!p || !leased(p, t->now) || strcmp(p->claim, claim) != 0)
		return;
	int64_t at = due_at > 0 && !p->touched ? due_at : p->at;
	unlease(t, q, p);
	place_pair(t, q, p, p->lane, at);
	forget_if_idle(q, p);
}

void tables_forget_dues(struct tables *t, struct str key)
{
	struct str receiver;
	void *queue;
	for (size_t i = 0; map_next(t->queues, &i, &receiver, &queue);) {
		struct queue *q = queue;
		struct pair *p = map_get(q->pairs, key);
		if (!p)
			continue;
		unlease(t, q, p);
		place_pair(t, q, p, p->lane, 0);
		forget_if_idle(q, p);
	}
}

static void end_outlived_pairs(struct tables *t, struct queue *q)
{
	for (const struct ranked *first; (first = ranking_first(&q->leases)) && first->score <= t->now;) {
		struct pair *p = first->item;
		unlease(t, q, p);
		forget_if_idle(q, p);
	}
}

static void hand_out(struct tables *t, struct request *r, struct store_record *records, const struct pair *p)
{
	struct store_claimed *answer = &r->answer.claim;
	tables_record(map_get(t->rows, p->key), r, &records[answer->count++]);
	answer->lease_until = p->until;
}

/* Claimed before under this id, and not released since: the answer was lost. */
static void hand_out_leased_pairs(struct tables *t, struct queue *q, struct request *r, struct store_record *records)
{
	struct ranking turns = {.count = 0};
	const struct ranked *entry;
	for (struct ranking_place at = {0, 0}; (entry = ranking_next(&q->leases, &at));) {
		struct pair *p = entry->item;
		if (strcmp(p->claim, r->ask.claim.id) == 0)
			ranking_add(&turns, (int64_t)p->turn, p->key, p);
	}
	struct ranking_place at = {0, 0};
	for (int i = 0; i < r->ask.claim.max && (entry = ranking_next(&turns, &at)); i++)
		hand_out(t, r, records, entry->item);
	ranking_release(&turns);
}

static void lease_pair(struct tables *t, struct queue *q, struct pair *p, const char *claim, int64_t until)
{
	memcpy(p->claim, claim, STORE_ID_MAX);
	p->until = until;
	p->turn = ++t->turns;
	ranking_add(&q->leases, p->until, p->key, p);
	place_pair(t, q, p, p->lane, p->at);
}

bool tables_leased(struct tables *t, struct str receiver, struct str key)
{
	struct queue *q = map_get(t->queues, receiver);
	struct pair *p = q ? map_get(q->pairs, key) : NULL;
	return p && leased(p, t->now);
}

void tables_put_lease(struct tables *t, struct str key, const struct store_lease *l)
{
	struct queue *q = receiver_queue(t, l->receiver);
	struct pair *p = map_get(q->pairs, key);
	if (l->until <= t->now || (p && leased(p, t->now)))
		return;
	p = pair_of(q, key);
	unlease(t, q, p);
	lease_pair(t, q, p, l->claim, l->until);
}

static void hand_out_due(struct tables *t, struct queue *q, struct request *r, struct store_record *records)
{
	const struct store_claim *ask = &r->ask.claim;
	for (int lane = 0; lane < STORE_LANES; lane++) {
		const struct ranked *first;
		while ((first = ranking_first(&q->lanes[lane])) && first->score <= t->now &&
		       r->answer.claim.count < (size_t)ask->max) {
			struct pair *p = first->item;
			lease_pair(t, q, p, ask->id, t->now + ask->lease_ms);
			hand_out(t, r, records, p);
		}
	}
}

static int64_t next_pair_due_at(const struct queue *q, const char *claim)
{
	int64_t next = 0;
	for (int lane = 0; lane < STORE_LANES; lane++) {
		const struct ranked *entry;
		struct ranking_place at = {0, 0};
		while ((entry = ranking_next(&q->lanes[lane], &at)) && strcmp(((struct pair *)entry->item)->claim, claim) == 0)
			;
		if (entry && (next == 0 || entry->score < next))
			next = entry->score;
	}
	return next;
}

void tables_claim(struct tables *t, struct request *r)
{
	const struct store_claim *ask = &r->ask.claim;
	struct queue *q = receiver_queue(t, ask->receiver);
	end_outlived_pairs(t, q);
	struct store_record *records = request_records(r, (size_t)ask->max);
	r->answer.claim.records = records;
	r->answer.claim.lease_until = t->now + ask->lease_ms;
	hand_out_leased_pairs(t, q, r, records);
	if (r->answer.claim.count == 0)
		hand_out_due(t, q, r, records);
	r->answer.claim.next_due_at = next_pair_due_at(q, ask->id);
}

static struct store_queue queue_stats(struct tables *t, struct str receiver)
{
	struct store_queue out = {.receiver = receiver};
	struct queue *q = map_get(t->queues, receiver);
	for (int lane = 0; q && lane < STORE_LANES; lane++) {
		out.due += q->lanes[lane].count;
		const struct ranked *entry;
		for (struct ranking_place at = {0, 0}; (entry = ranking_next(&q->lanes[lane], &at));) {
			const struct pair *p = entry->item;
			if (out.oldest_due_at == 0 || p->at < out.oldest_due_at)
				out.oldest_due_at = p->at;
		}
	}
	return out;
}

void tables_stats(struct tables *t, struct request *r)
{
	const struct stats_ask *ask = r->query.ask;
	struct store_stats *answer = r->query.answer;
	struct store_queue *queues = arena_alloc(r->arena, ask->count * sizeof *queues);
	for (size_t i = 0; i < ask->count; i++)
		queues[i] = queue_stats(t, ask->receivers[i]);
	answer->queues = queues;
	answer->queue_count = ask->count;
	answer->open = t->lists[STORE_LIST_OPEN].count;
	answer->closed = t->lists[STORE_LIST_CLOSED].count;
	answer->dead = t->lists[STORE_LIST_DEAD].count;
}
