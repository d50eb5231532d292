#include <assert.h>
#include <stdlib.h>

#include "base/map.h"
#include "service/intake_request.h"
#include "service/membership.h"
#include "service/transaction.h"

/* The alerts of one webhook that belong to one incident: one change of it. */
struct group {
	struct request *q;
	struct str key;
	struct item *first, **last;
	struct item **items;
	size_t n;
	struct arrival *arrivals;
	struct decision *decisions;
};

static bool open_item(const struct item *item)
{
	return !item->folded_into && !item->decided;
}

/* ---- one change ---- */

static bool moved(void *arg, size_t index, const struct member *m, const struct incident *holder)
{
	struct group *g = arg;

	if (arrival_sticks(m, holder))
		return !str_eq(m->key, g->key);
	return !str_eq_c(g->key, g->items[index]->plan.key);
}

static enum tx_apply apply(void *arg, struct incident *inc, struct tx_member *members, int64_t now,
                           struct counts *counts)
{
	struct group *g = arg;

	for (size_t i = 0; i < g->n; i++) {
		struct item *item = g->items[i];
		g->arrivals[i] = (struct arrival){item->alert, &item->plan, members[i].before};
	}
	struct incident_policy policy = router_policy(g->q->in->r, g->q->config);
	incident_decide(inc, g->arrivals, g->n, &policy, now, g->decisions, counts);
	for (size_t i = 0; i < g->n; i++) {
		const struct decision *d = &g->decisions[i];
		members[i].changed = d->member_changed;
		members[i].after = d->member;
		members[i].ttl_ms = d->member_ttl;
	}
	return TX_WRITE;
}

static void take_decisions(struct group *g)
{
	for (size_t i = 0; i < g->n; i++) {
		struct item *item = g->items[i];
		if (g->decisions[i].leaves) {
			g->q->moved = true;
			continue;
		}
		item->decided = true;
		item->verdict = g->decisions[i].verdict;
		item->reason = g->decisions[i].reason;
	}
}

static void finish(struct request *q)
{
	if (q->error)
		intake_answer(q, 503, q->error);
	else if (!q->moved)
		intake_answer(q, 200, "");
	else if (++q->rounds < INTAKE_ROUNDS)
		intake_route(q);
	else
		intake_answer(q, 503, "incidents keep moving, try again");
}

static void done(void *arg, enum tx_result result, const struct incident *inc, int64_t now)
{
	struct group *g = arg;
	struct request *q = g->q;

	(void)inc;
	(void)now;
	switch (result) {
	case TX_DONE: take_decisions(g); break;
	case TX_MOVED: q->moved = true; break;
	case TX_BUSY: q->error = "too many changes of one incident at once, try again"; break;
	case TX_UNAVAILABLE: q->error = "the store cannot take it, try again"; break;
	}
	if (!--q->waiting)
		finish(q);
}

/* ---- grouping ---- */

/* Records by key, and those of other incidents parsed at most once. */
struct loaded_records {
	struct arena *arena;
	struct map *records, *incidents;
};

static const struct incident *incident_of(struct loaded_records *l, struct str key)
{
	const struct store_record *record = map_get(l->records, key);
	struct incident *inc = map_get(l->incidents, key);
	AUTOERR struct err err = ERR_INIT;

	if (inc || !record || !record->json.n)
		return inc;
	/* An unreadable one holds nobody; whoever changes it says so. */
	inc = incident_read(l->arena, record->json, &err);
	if (inc)
		map_set(l->incidents, key, inc);
	return inc;
}

static struct str target(struct loaded_records *l, const struct item *item)
{
	const struct member *m = &item->member;
	struct str planned = str_c(item->plan.key);

	if (!m->found || !m->firing || str_eq(m->key, planned))
		return planned;
	return arrival_sticks(m, incident_of(l, m->key)) ? m->key : planned;
}

static struct group *group_of(struct request *q, struct map *groups, struct str key)
{
	struct group *g = map_get(groups, key);

	if (g)
		return g;
	g = arena_alloc(q->arena, sizeof *g);
	g->q = q;
	g->key = key;
	g->last = &g->first;
	map_set(groups, key, g);
	return g;
}

static void run(struct group *g, const struct store_record *record)
{
	struct arena *arena = g->q->arena;
	struct member *members = arena_alloc(arena, g->n * sizeof *members);
	size_t i = 0;

	g->items = arena_alloc(arena, g->n * sizeof *g->items);
	g->arrivals = arena_alloc(arena, g->n * sizeof *g->arrivals);
	g->decisions = arena_alloc(arena, g->n * sizeof *g->decisions);
	for (struct item *item = g->first; item; item = item->next, i++) {
		g->items[i] = item;
		members[i] = item->member;
	}
	struct tx_change change = {
		.key = g->key,
		.members = members,
		.member_count = g->n,
		.apply = apply,
		.moved = moved,
		.done = done,
		.arg = g,
		.record_given = record != NULL,
		.now = g->q->now,
		.start_anew = true,
	};
	if (record)
		change.record = *record;
	transaction_run(g->q->in->r->transactions, &change);
}

static void group_items(struct request *q, struct loaded_records *l, struct map *groups)
{
	for (size_t i = 0; i < q->hook.count; i++) {
		struct item *item = &q->items[i];
		if (!open_item(item))
			continue;
		item->key = target(l, item);
		struct group *g = group_of(q, groups, item->key);
		item->next = NULL;
		*g->last = item;
		g->last = &item->next;
		g->n++;
	}
}

static void take_members(struct request *q, const struct store_loaded *reply)
{
	size_t n = 0;

	for (size_t i = 0; i < q->hook.count; i++) {
		if (!open_item(&q->items[i]))
			continue;
		struct member m = reply->members[n++];
		q->items[i].member = membership_copy(q->arena, &m);
	}
	assert(n == reply->member_count);
}

static void route_loaded(struct request *q, const struct store_loaded *reply)
{
	struct loaded_records l = {q->arena, map_new(), map_new()};
	struct map *groups = map_new();
	struct str key;
	void *g;

	for (size_t i = 0; i < reply->record_count; i++) {
		const struct store_record *record = &reply->records[i];
		struct store_record *copy = arena_alloc(q->arena, sizeof *copy);
		*copy = *record;
		map_set(l.records, record->key, copy);
	}
	take_members(q, reply);
	group_items(q, &l, groups);
	q->now = reply->now;
	router_heard_store(q->in->r, reply->now);
	q->moved = false;
	q->waiting = map_count(groups);
	for (size_t i = 0; map_next(groups, &i, &key, &g);)
		run(g, map_get(l.records, key));
	map_free(l.records);
	map_free(l.incidents);
	map_free(groups);
}

static void loaded(void *arg, const struct store_loaded *reply)
{
	struct request *q = arg;

	if (q->in->closed || reply->result != STORE_OK)
		intake_answer(q, 503, "the store cannot be read, try again");
	else
		route_loaded(q, reply);
}

/* ---- load ---- */

void intake_route(struct request *q)
{
	struct store *s = q->in->r->store;
	struct member *members = mem_alloc((q->hook.count + 1) * sizeof *members);
	struct str *keys = mem_alloc((q->hook.count + 1) * sizeof *keys);
	struct map *seen = map_new();
	size_t n = 0, key_count = 0;

	for (size_t i = 0; i < q->hook.count; i++) {
		struct item *item = &q->items[i];
		if (!open_item(item))
			continue;
		struct member identity = {.source = item->member.source, .fingerprint = item->member.fingerprint};
		members[n++] = identity;
		if (!map_set(seen, str_c(item->plan.key), item))
			keys[key_count++] = str_c(item->plan.key);
	}
	struct store_load request = {.members = members, .member_count = n, .keys = keys, .key_count = key_count};
	s->ops->load(s, &request, loaded, q);
	map_free(seen);
	free(keys);
	free(members);
}
